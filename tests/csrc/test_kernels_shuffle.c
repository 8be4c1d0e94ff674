#include "check_tiers.h"

static void test_shuffle(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    for (size_t itemsize = 1; itemsize <= 40; itemsize++)
        for (int round = 0; round < 26; round++) {
            /* the last two: planes at distances that have a way of their own */
            const size_t items = round >= 24 ? 2048 * (size_t)(round - 23) : check_below(round < 12 ? 80 : 400);
            const size_t n = itemsize * items + check_below(itemsize);
            check_block_t src = check_block(n, check_below(33)), want = check_block(n, 0);
            check_block_t got = check_block(n, check_below(33)), back = check_block(n, check_below(33));
            scalar->shuffle(itemsize, n, src.data, want.data);
            k->shuffle(itemsize, n, src.data, got.data);
            CHECK(memcmp(want.data, got.data, n) == 0, "%s: shuffle of %zu bytes, items of %zu", tier, n, itemsize);
            k->unshuffle(itemsize, n, got.data, back.data);
            CHECK(memcmp(src.data, back.data, n) == 0, "%s: unshuffle of %zu bytes, items of %zu", tier, n, itemsize);
            check_free(src), check_free(want), check_free(got), check_free(back);
        }
}

static void test_shuffle_layout(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    const uint8_t src[8] = {1, 2, 3, 4, 5, 6, 7, 8}, want[8] = {1, 4, 2, 5, 3, 6, 7, 8};
    uint8_t got[8];
    (void)scalar;
    k->shuffle(3, 8, src, got);
    CHECK(memcmp(want, got, 8) == 0, "%s: two items of three bytes and a tail", tier);
}

static void test_bitshuffle(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    for (size_t itemsize = 1; itemsize <= 40; itemsize++)
        for (int round = 0; round < 16; round++) {
            const size_t nitems = 8 * check_below(round < 8 ? 20 : 120), n = nitems * itemsize;
            check_block_t src = check_block(n, check_below(33)), want = check_block(n, 0);
            check_block_t got = check_block(n, check_below(33)), back = check_block(n, check_below(33));
            check_block_t scratch = check_block(n, check_below(33));
            scalar->bitshuffle(itemsize, nitems, src.data, want.data, scratch.data);
            k->bitshuffle(itemsize, nitems, src.data, got.data, scratch.data);
            CHECK(memcmp(want.data, got.data, n) == 0, "%s: bitshuffle of %zu items of %zu", tier, nitems, itemsize);
            k->bitunshuffle(itemsize, nitems, got.data, back.data, scratch.data);
            CHECK(memcmp(src.data, back.data, n) == 0, "%s: bitunshuffle of %zu items of %zu", tier, nitems, itemsize);
            check_free(src), check_free(want), check_free(got), check_free(back), check_free(scratch);
        }
}

/* The contract bit by bit: bit i % 8 of byte i / 8 of row j * 8 + b is bit b of byte j of item i. */
static void test_bitshuffle_layout(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    enum { NITEMS = 136, ITEMSIZE = 3 };
    check_block_t src = check_block(NITEMS * ITEMSIZE, 0), got = check_block(NITEMS * ITEMSIZE, 0);
    uint8_t scratch[NITEMS * ITEMSIZE], want[NITEMS * ITEMSIZE] = {0};
    (void)scalar;
    for (size_t i = 0; i < NITEMS; i++)
        for (size_t bit = 0; bit < 8 * ITEMSIZE; bit++)
            if (src.data[i * ITEMSIZE + bit / 8] >> bit % 8 & 1)
                want[bit * (NITEMS / 8) + i / 8] |= (uint8_t)(1 << i % 8);
    k->bitshuffle(ITEMSIZE, NITEMS, src.data, got.data, scratch);
    CHECK(memcmp(want, got.data, sizeof want) == 0, "%s: rows of bits", tier);
    check_free(src), check_free(got);
}

int main(void) {
    check_tiers(test_shuffle);
    check_tiers(test_shuffle_layout);
    check_tiers(test_bitshuffle);
    check_tiers(test_bitshuffle_layout);
    return check_report();
}

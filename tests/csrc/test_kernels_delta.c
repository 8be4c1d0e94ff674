#include "check_tiers.h"
#include "kernels/delta/delta.h"

/* Noise for integers; finite numbers of different sizes for floats, whose sums depend on the order. */
static void noise(int type, uint8_t *data, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const double x = (double)(int64_t)check_random() / (double)(1ULL << check_below(63));
        const float y = (float)x;
        if (type == ZC_TYPE_F8) memcpy(data + 8 * i, &x, 8);
        if (type == ZC_TYPE_F4) memcpy(data + 4 * i, &y, 4);
    }
}

static void test_delta(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    for (int type = 0; type < ZC_TYPE_COUNT; type++)
        for (int round = 0; round < 120; round++) {
            const size_t size = zc_type_size(type), count = round < 60 ? (size_t)round : check_below(900);
            const size_t n = size * count;
            check_block_t src = check_block(n, check_below(33)), want = check_block(n, 0);
            check_block_t got = check_block(n, check_below(33)), back = check_block(n, check_below(33));
            noise(type, src.data, count);
            scalar->delta_encode(type, count, src.data, want.data);
            k->delta_encode(type, count, src.data, got.data);
            CHECK(memcmp(want.data, got.data, n) == 0, "%s: encode %zu of type %d", tier, count, type);
            scalar->delta_decode(type, count, src.data, want.data);
            k->delta_decode(type, count, src.data, back.data);
            CHECK(memcmp(want.data, back.data, n) == 0, "%s: decode %zu of type %d", tier, count, type);
            k->delta_decode(type, count, got.data, back.data);
            if (type < ZC_TYPE_F4) CHECK(memcmp(src.data, back.data, n) == 0, "%s: round trip, type %d", tier, type);
            k->delta_decode(type, count, got.data, got.data);
            CHECK(memcmp(got.data, back.data, n) == 0, "%s: in place, %zu of type %d", tier, count, type);
            check_free(src), check_free(want), check_free(got), check_free(back);
        }
}

static void test_cast_same_type(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    (void)scalar;
    for (int type = 0; type < ZC_TYPE_COUNT; type++) {
        const size_t count = 77, n = count * zc_type_size(type);
        check_block_t src = check_block(n, 3), want = check_block(n, 1), got = check_block(n, 5);
        noise(type, src.data, count);
        k->delta_encode(type, count, src.data, want.data);
        zc_cast_delta_encode(type, type, count, src.data, got.data);
        CHECK(memcmp(want.data, got.data, n) == 0, "%s: encode type %d", tier, type);
        k->delta_decode(type, count, src.data, want.data);
        zc_cast_delta_decode(type, type, count, src.data, got.data);
        CHECK(memcmp(want.data, got.data, n) == 0, "%s: decode type %d", tier, type);
        check_free(src), check_free(want), check_free(got);
    }
}

/* Every pair of types on any bytes at all: the sanitizers watch. */
static void test_cast_pairs(void) {
    for (int type = 0; type < ZC_TYPE_COUNT; type++)
        for (int astype = 0; astype < ZC_TYPE_COUNT; astype++)
            for (size_t count = 0; count < 40; count += 13) {
                check_block_t src = check_block(count * zc_type_size(type), 1);
                check_block_t enc = check_block(count * zc_type_size(astype), 3);
                zc_cast_delta_encode(type, astype, count, src.data, enc.data);
                zc_cast_delta_decode(type, astype, count, enc.data, src.data);
                check_free(src), check_free(enc);
            }
    const int16_t values[3] = {1, 300, -40};
    const int8_t small[3] = {1, 43, -84}; /* 299 and -340 cut to 8 bits */
    int8_t enc[3];
    int16_t back[3];
    zc_cast_delta_encode(ZC_TYPE_I2, ZC_TYPE_I1, 3, values, enc);
    CHECK(memcmp(enc, small, 3) == 0, "differences in int16, cut to int8");
    zc_cast_delta_decode(ZC_TYPE_I2, ZC_TYPE_I1, 3, enc, back);
    CHECK(back[0] == 1 && back[1] == 44 && back[2] == -40, "sums in int16");
}

int main(void) {
    check_tiers(test_delta);
    check_tiers(test_cast_same_type);
    test_cast_pairs();
    return check_report();
}

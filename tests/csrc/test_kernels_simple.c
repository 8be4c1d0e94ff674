/* byteswap, crc32c, fill and all_equal, and the dispatch itself. */
#include "check_tiers.h"

static void test_byteswap(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    static const size_t widths[] = {2, 4, 8, 16};
    (void)scalar;
    for (size_t w = 0; w < 4; w++)
        for (size_t count = 0; count < 200; count++) {
            const size_t width = widths[w], n = width * count;
            check_block_t src = check_block(n, check_below(33)), want = check_block(n, 0);
            check_block_t got = check_block(n, check_below(33));
            for (size_t i = 0; i < n; i++) want.data[i] = src.data[i / width * width + (width - 1 - i % width)];
            k->byteswap(width, count, src.data, got.data);
            CHECK(memcmp(want.data, got.data, n) == 0, "%s: %zu x %zu", tier, count, width);
            k->byteswap(width, count, src.data, src.data);
            CHECK(memcmp(want.data, src.data, n) == 0, "%s: %zu x %zu in place", tier, count, width);
            check_free(src), check_free(want), check_free(got);
        }
}

static void test_crc32c(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    const uint8_t zeros[32] = {0};
    CHECK(k->crc32c(0, (const uint8_t *)"123456789", 9) == 0xE3069283U, "%s: check value", tier);
    CHECK(k->crc32c(0, zeros, 32) == 0x8A9136AAU, "%s: 32 zeros (RFC 3720, B.4)", tier);
    CHECK(k->crc32c(0, zeros, 0) == 0, "%s: nothing", tier);
    for (int round = 0; round < 300; round++) {
        const size_t n = check_below(round < 100 ? 100 : round < 200 ? 5000 : 50000), cut = check_below(n + 1);
        check_block_t src = check_block(n, check_below(33));
        uint32_t slow = ~0U;
        for (size_t i = 0; i < n; i++) {
            slow ^= src.data[i];
            for (int bit = 0; bit < 8; bit++) slow = (slow >> 1) ^ (0x82F63B78U & (0U - (slow & 1)));
        }
        const uint32_t got = k->crc32c(0, src.data, n);
        CHECK(got == ~slow && got == scalar->crc32c(0, src.data, n), "%s: %zu bytes", tier, n);
        CHECK(k->crc32c(k->crc32c(0, src.data, cut), src.data + cut, n - cut) == got, "%s: %zu + %zu bytes", tier, cut,
              n - cut);
        check_free(src);
    }
}

static void test_fill(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    (void)scalar;
    for (size_t itemsize = 1; itemsize <= 40; itemsize++)
        for (int round = 0; round < 20; round++) {
            const size_t count = check_below(round < 18 ? 60 : 2000), n = itemsize * count;
            check_block_t pattern = check_block(itemsize, check_below(9)), dst = check_block(n, check_below(33));
            if (round % 4 == 0) memset(pattern.data, 0xC3, itemsize);
            k->fill(dst.data, pattern.data, itemsize, count);
            size_t wrong = 0;
            for (size_t i = 0; i < n; i++) wrong += dst.data[i] != pattern.data[i % itemsize];
            CHECK(wrong == 0, "%s: %zu items of %zu", tier, count, itemsize);
            CHECK(k->all_equal(dst.data, pattern.data, itemsize, count) == 1, "%s: %zu of %zu", tier, count, itemsize);
            if (n) {
                dst.data[check_below(n)] ^= (uint8_t)(1 << check_below(8));
                CHECK(k->all_equal(dst.data, pattern.data, itemsize, count) == 0, "%s: one bit of %zu items of %zu",
                      tier, count, itemsize);
            }
            check_free(pattern), check_free(dst);
        }
}

static void test_dispatch(void) {
    zc_kernels_t k;
    int tiers = 0;
    CHECK(zc_k.shuffle != NULL && strcmp(zc_dispatch_active(), "scalar") == 0, "before the first init");
    CHECK(zc_dispatch_table("sse9", &k) == ZC_DISPATCH_UNKNOWN, "unknown name");
    CHECK(zc_dispatch_init("sse9") == ZC_DISPATCH_UNKNOWN, "unknown name");
    CHECK(zc_dispatch_table(ZC_X86 ? "neon" : "avx2", &k) == ZC_DISPATCH_NOT_BUILT, "other architecture");
    CHECK(zc_tier_name(-1) == NULL && zc_tier_name(ZC_TIER_COUNT) == NULL, "no such tiers");
    CHECK(zc_tier_status(ZC_TIER_COUNT) == ZC_DISPATCH_UNKNOWN, "no such tier");
    for (; zc_tier_name(tiers); tiers++) {
        const zc_dispatch_result_t result = zc_dispatch_init(zc_tier_name(tiers));
        CHECK(result == zc_tier_status(tiers), "%s", zc_tier_name(tiers));
        if (result != ZC_DISPATCH_OK) continue;
        CHECK(strcmp(zc_dispatch_active(), zc_tier_name(tiers)) == 0, "%s", zc_tier_name(tiers));
        CHECK(zc_dispatch_table(zc_tier_name(tiers), &k) == ZC_DISPATCH_OK, "%s", zc_tier_name(tiers));
        CHECK(memcmp(&k, &zc_k, sizeof k) == 0, "%s: one table", zc_tier_name(tiers));
    }
    CHECK(tiers == ZC_TIER_COUNT, "%d tiers", tiers);
    CHECK(zc_dispatch_init("") == ZC_DISPATCH_OK && zc_dispatch_init(NULL) == ZC_DISPATCH_OK, "the best");
    if (zc_tier_status(ZC_X86 ? ZC_TIER_AVX2 : ZC_TIER_NEON) == ZC_DISPATCH_OK)
        CHECK(strcmp(zc_dispatch_active(), "scalar") != 0, "the best is not the scalar one");
}

int main(void) {
    test_dispatch();
    check_tiers(test_byteswap);
    check_tiers(test_crc32c);
    check_tiers(test_fill);
    return check_report();
}

#include "dispatch.h"

#include "cpu.h"
#include "kernels/bitshuffle/bitshuffle.h"
#include "kernels/box/box.h"
#include "kernels/byteswap/byteswap.h"
#include "kernels/crc32c/crc32c.h"
#include "kernels/delta/delta.h"
#include "kernels/fill/fill.h"
#include "kernels/shuffle/shuffle.h"

#include <string.h>

#define ZC_SCALAR_KERNELS                                                                                              \
    {.shuffle = zc_shuffle_scalar,                                                                                     \
     .unshuffle = zc_unshuffle_scalar,                                                                                 \
     .bitshuffle = zc_bitshuffle_scalar,                                                                               \
     .bitunshuffle = zc_bitunshuffle_scalar,                                                                           \
     .byteswap = zc_byteswap_scalar,                                                                                   \
     .crc32c = zc_crc32c_scalar,                                                                                       \
     .fill = zc_fill_scalar,                                                                                           \
     .all_equal = zc_all_equal_scalar,                                                                                 \
     .copy_row = zc_copy_row_scalar,                                                                                   \
     .copy_tile = zc_copy_tile_scalar,                                                                                 \
     .delta_encode = zc_delta_encode_scalar,                                                                           \
     .delta_decode = zc_delta_decode_scalar}

static const zc_kernels_t zc_scalar_kernels = ZC_SCALAR_KERNELS;
zc_kernels_t zc_k = ZC_SCALAR_KERNELS;
static int zc_active_tier = ZC_TIER_SCALAR;

static const char *const zc_tier_names[ZC_TIER_COUNT] = {"scalar", "avx2", "neon"};

const char *zc_tier_name(int i) { return i >= 0 && i < ZC_TIER_COUNT ? zc_tier_names[i] : NULL; }

const char *zc_dispatch_active(void) { return zc_tier_names[zc_active_tier]; }

zc_dispatch_result_t zc_tier_status(int i) {
    switch (i) {
    case ZC_TIER_SCALAR:
        return ZC_DISPATCH_OK;
    case ZC_TIER_AVX2:
        if (!ZC_X86) return ZC_DISPATCH_NOT_BUILT;
        return zc_cpu_has_avx2() ? ZC_DISPATCH_OK : ZC_DISPATCH_NO_CPU;
    case ZC_TIER_NEON:
        if (!ZC_ARM64) return ZC_DISPATCH_NOT_BUILT;
        return zc_cpu_has_neon() ? ZC_DISPATCH_OK : ZC_DISPATCH_NO_CPU;
    default:
        return ZC_DISPATCH_UNKNOWN;
    }
}

static void zc_override_simd(zc_kernels_t *k) {
#if ZC_SIMD
    k->shuffle = zc_shuffle_simd;
    k->unshuffle = zc_unshuffle_simd;
    k->bitshuffle = zc_bitshuffle_simd;
    k->bitunshuffle = zc_bitunshuffle_simd;
    k->byteswap = zc_byteswap_simd;
    k->copy_tile = zc_copy_tile_simd;
    k->delta_encode = zc_delta_encode_simd;
    k->delta_decode = zc_delta_decode_simd;
#endif
#if ZC_X86
    k->crc32c = zc_crc32c_avx2;
#elif ZC_ARM64
    if (zc_cpu_has_arm_crc()) k->crc32c = zc_crc32c_neon;
#else
    (void)k;
#endif
}

static int zc_best_tier(void) {
    int best = ZC_TIER_SCALAR;
    for (int i = 0; i < ZC_TIER_COUNT; i++)
        if (zc_tier_status(i) == ZC_DISPATCH_OK) best = i;
    return best;
}

/* The tier that a name asks for, and whether it can be had. */
static zc_dispatch_result_t zc_tier_find(const char *name, int *tier) {
    if (name == NULL || *name == '\0') {
        *tier = zc_best_tier();
        return ZC_DISPATCH_OK;
    }
    for (int i = 0; i < ZC_TIER_COUNT; i++)
        if (strcmp(name, zc_tier_names[i]) == 0) {
            *tier = i;
            return zc_tier_status(i);
        }
    return ZC_DISPATCH_UNKNOWN;
}

static void zc_table_fill(int tier, zc_kernels_t *k) {
    *k = zc_scalar_kernels;
    if (tier != ZC_TIER_SCALAR) zc_override_simd(k);
    k->tier = (zc_tier_t)tier;
}

zc_dispatch_result_t zc_dispatch_table(const char *name, zc_kernels_t *out) {
    int tier;
    const zc_dispatch_result_t result = zc_tier_find(name, &tier);
    if (result == ZC_DISPATCH_OK) zc_table_fill(tier, out);
    return result;
}

zc_dispatch_result_t zc_dispatch_init(const char *name) {
    int tier;
    const zc_dispatch_result_t result = zc_tier_find(name, &tier);
    if (result == ZC_DISPATCH_OK) {
        zc_table_fill(tier, &zc_k);
        zc_active_tier = tier;
    }
    return result;
}

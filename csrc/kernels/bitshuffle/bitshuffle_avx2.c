#include "bitshuffle.h"
#include "../shuffle/shuffle.h"

#if ZC_X86

#include "../../simd_avx2.h"

ZC_TARGET_AVX2_BEGIN

#include "bitshuffle_vec.h"

void zc_bitshuffle_avx2(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                        uint8_t *ZC_RESTRICT scratch) {
    const uint8_t *planes = src;
    if (itemsize > 1) {
        zc_shuffle_avx2(itemsize, nitems * itemsize, src, scratch);
        planes = scratch;
    }
    for (size_t j = 0; j < itemsize; j++) zc_bitplane_split_vec(nitems / 8, planes + j * nitems, dst + j * nitems);
}

void zc_bitunshuffle_avx2(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                          uint8_t *ZC_RESTRICT scratch) {
    uint8_t *planes = itemsize > 1 ? scratch : dst;
    for (size_t j = 0; j < itemsize; j++) zc_bitplane_join_vec(nitems / 8, src + j * nitems, planes + j * nitems);
    if (itemsize > 1) zc_unshuffle_avx2(itemsize, nitems * itemsize, scratch, dst);
}

ZC_TARGET_END

#endif

#include "shuffle.h"

#if ZC_ARM64

#include "../../simd_neon.h"

#include "shuffle_vec.h"

void zc_shuffle_neon(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    ZC_SHUFFLE_CHOOSE(zc_planes_split)
    for (size_t g = 0; itemsize > 16 && g < itemsize; g += 16) {
        const size_t at = g + 16 <= itemsize ? g : itemsize - 16;
        done = zc_planes_split(16, 16, itemsize, n, nbytes - at, src + at, dst + at * n);
    }
    zc_shuffle_rest(itemsize, nbytes, done, src, dst);
}

void zc_unshuffle_neon(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    ZC_SHUFFLE_CHOOSE(zc_planes_join)
    for (size_t g = 0; itemsize > 16 && g < itemsize; g += 16) {
        const size_t at = g + 16 <= itemsize ? g : itemsize - 16;
        done = zc_planes_join(16, 16, itemsize, n, nbytes - at, src + at * n, dst + at);
    }
    zc_unshuffle_rest(itemsize, nbytes, done, src, dst);
}

#endif

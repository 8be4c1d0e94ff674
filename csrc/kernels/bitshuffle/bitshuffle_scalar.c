#include "bitshuffle.h"

void zc_bitshuffle_scalar(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                          uint8_t *ZC_RESTRICT scratch) {
    (void)scratch;
    for (size_t j = 0; j < itemsize; j++) zc_bitplane_split(nitems / 8, 0, itemsize, src + j, dst + j * nitems);
}

void zc_bitunshuffle_scalar(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                            uint8_t *ZC_RESTRICT scratch) {
    (void)scratch;
    for (size_t j = 0; j < itemsize; j++) zc_bitplane_join(nitems / 8, 0, itemsize, src + j * nitems, dst + j);
}

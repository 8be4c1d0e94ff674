#include "shuffle.h"

void zc_shuffle_scalar(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    zc_shuffle_rest(itemsize, nbytes, 0, src, dst);
}

void zc_unshuffle_scalar(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    zc_unshuffle_rest(itemsize, nbytes, 0, src, dst);
}

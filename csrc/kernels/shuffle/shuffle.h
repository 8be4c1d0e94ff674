/* Byte shuffle: byte j of all items, then byte j + 1 of all items.
 *
 * With n = nbytes / itemsize: dst[j * n + i] = src[i * itemsize + j]. The nbytes % itemsize bytes at the end are
 * copied unchanged, as Blosc does. itemsize >= 1; src and dst hold nbytes bytes each, do not overlap and may have
 * any alignment. unshuffle is the inverse. */
#ifndef ZC_SHUFFLE_H
#define ZC_SHUFFLE_H

#include "../../compiler.h"

#include <string.h>

void zc_shuffle_scalar(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);
void zc_unshuffle_scalar(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);
void zc_shuffle_simd(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);
void zc_unshuffle_simd(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);

/* Items [first, n) and the bytes after the last item: what the vector loops leave over. */
static inline void zc_shuffle_rest(size_t itemsize, size_t nbytes, size_t first, const uint8_t *ZC_RESTRICT src,
                                   uint8_t *ZC_RESTRICT dst) {
    const size_t n = nbytes / itemsize, whole = n * itemsize;
    for (size_t j = 0; j < itemsize; j++)
        for (size_t i = first; i < n; i++) dst[j * n + i] = src[i * itemsize + j];
    if (nbytes > whole) memcpy(dst + whole, src + whole, nbytes - whole);
}

static inline void zc_unshuffle_rest(size_t itemsize, size_t nbytes, size_t first, const uint8_t *ZC_RESTRICT src,
                                     uint8_t *ZC_RESTRICT dst) {
    const size_t n = nbytes / itemsize, whole = n * itemsize;
    for (size_t i = first; i < n; i++)
        for (size_t j = 0; j < itemsize; j++) dst[i * itemsize + j] = src[j * n + i];
    if (nbytes > whole) memcpy(dst + whole, src + whole, nbytes - whole);
}

#endif

/* Strided N-d copies and fills: how chunks get into arrays and arrays into chunks.
 *
 * Strides are in bytes and may be negative; a source stride may be 0 (the same item again and again). Source and
 * destination do not overlap, and no two items of the destination do. Any alignment. `swap` (0, 2, 4, 8 or 16, a
 * divisor of itemsize) is the width of the components whose bytes are reversed within each item, 0 for none. */
#ifndef ZC_BOX_H
#define ZC_BOX_H

#include "../../compiler.h"

#include <string.h>

/* Axes that a box may have. */
#define ZC_BOX_MAX_NDIM 64

/* Copies the box of `shape` items; nothing when an axis is empty. src and dst point at item (0, ..., 0).
 * ndim <= ZC_BOX_MAX_NDIM, itemsize >= 1. */
void zc_box_copy(size_t ndim, const size_t *shape, const uint8_t *src, const ptrdiff_t *sstride, uint8_t *dst,
                 const ptrdiff_t *dstride, size_t itemsize, size_t swap);

/* Sets every item of the box to the itemsize bytes at pattern. */
void zc_box_fill(size_t ndim, const size_t *shape, uint8_t *dst, const ptrdiff_t *dstride, const uint8_t *pattern,
                 size_t itemsize);

/* One row: item i goes from src + i * sstride to dst + i * dstride. */
void zc_copy_row_scalar(size_t itemsize, size_t swap, size_t count, const uint8_t *src, ptrdiff_t sstride, uint8_t *dst,
                        ptrdiff_t dstride);

/* A transpose: item (r, c) goes from src + r * srow + c * itemsize to dst + c * dcol + r * itemsize. */
void zc_copy_tile_scalar(size_t itemsize, size_t swap, size_t nrows, size_t ncols, const uint8_t *src, ptrdiff_t srow,
                         uint8_t *dst, ptrdiff_t dcol);
void zc_copy_tile_simd(size_t itemsize, size_t swap, size_t nrows, size_t ncols, const uint8_t *src, ptrdiff_t srow,
                       uint8_t *dst, ptrdiff_t dcol);

/* One item. With constants for itemsize and swap this becomes a load, a byte swap and a store. */
ZC_ALWAYS_INLINE void zc_item_copy(size_t itemsize, size_t swap, const uint8_t *src, uint8_t *dst) {
    switch (swap) {
    case 0:
        memcpy(dst, src, itemsize);
        break;
    case 2:
        for (size_t i = 0; i < itemsize; i += 2) {
            uint16_t x;
            memcpy(&x, src + i, 2);
            x = __builtin_bswap16(x);
            memcpy(dst + i, &x, 2);
        }
        break;
    case 4:
        for (size_t i = 0; i < itemsize; i += 4) {
            uint32_t x;
            memcpy(&x, src + i, 4);
            x = __builtin_bswap32(x);
            memcpy(dst + i, &x, 4);
        }
        break;
    case 8:
        for (size_t i = 0; i < itemsize; i += 8) {
            uint64_t x;
            memcpy(&x, src + i, 8);
            x = __builtin_bswap64(x);
            memcpy(dst + i, &x, 8);
        }
        break;
    default:
        for (size_t i = 0; i < itemsize; i += 16) {
            uint64_t lo, hi;
            memcpy(&lo, src + i, 8);
            memcpy(&hi, src + i + 8, 8);
            lo = __builtin_bswap64(lo);
            hi = __builtin_bswap64(hi);
            memcpy(dst + i, &hi, 8);
            memcpy(dst + i + 8, &lo, 8);
        }
    }
}

/* Picks constants for the common pairs of itemsize and swap: body(itemsize, swap) is compiled for each. */
#define ZC_ITEM_SWITCH(body)                                                                                           \
    switch (itemsize * 32 + swap) {                                                                                    \
    case 1 * 32:                                                                                                       \
        body(1, 0);                                                                                                    \
        break;                                                                                                         \
    case 2 * 32:                                                                                                       \
        body(2, 0);                                                                                                    \
        break;                                                                                                         \
    case 4 * 32:                                                                                                       \
        body(4, 0);                                                                                                    \
        break;                                                                                                         \
    case 8 * 32:                                                                                                       \
        body(8, 0);                                                                                                    \
        break;                                                                                                         \
    case 16 * 32:                                                                                                      \
        body(16, 0);                                                                                                   \
        break;                                                                                                         \
    case 32 * 32:                                                                                                      \
        body(32, 0);                                                                                                   \
        break;                                                                                                         \
    case 64 * 32:                                                                                                      \
        body(64, 0);                                                                                                   \
        break;                                                                                                         \
    case 128 * 32:                                                                                                     \
        body(128, 0);                                                                                                  \
        break;                                                                                                         \
    case 2 * 32 + 2:                                                                                                   \
        body(2, 2);                                                                                                    \
        break;                                                                                                         \
    case 4 * 32 + 4:                                                                                                   \
        body(4, 4);                                                                                                    \
        break;                                                                                                         \
    case 8 * 32 + 8:                                                                                                   \
        body(8, 8);                                                                                                    \
        break;                                                                                                         \
    case 8 * 32 + 4:                                                                                                   \
        body(8, 4);                                                                                                    \
        break;                                                                                                         \
    case 16 * 32 + 8:                                                                                                  \
        body(16, 8);                                                                                                   \
        break;                                                                                                         \
    case 16 * 32 + 16:                                                                                                 \
        body(16, 16);                                                                                                  \
        break;                                                                                                         \
    default:                                                                                                           \
        body(itemsize, swap);                                                                                          \
    }

#endif

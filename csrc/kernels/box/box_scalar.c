#include "box.h"

ZC_ALWAYS_INLINE void zc_row(size_t itemsize, size_t swap, size_t count, const uint8_t *src, ptrdiff_t sstride,
                             uint8_t *dst, ptrdiff_t dstride) {
    for (size_t i = 0; i < count; i++)
        zc_item_copy(itemsize, swap, src + (ptrdiff_t)i * sstride, dst + (ptrdiff_t)i * dstride);
}

void zc_copy_row_scalar(size_t itemsize, size_t swap, size_t count, const uint8_t *src, ptrdiff_t sstride, uint8_t *dst,
                        ptrdiff_t dstride){
#define ZC_ROW(size, width) zc_row(size, width, count, src, sstride, dst, dstride)
    ZC_ITEM_SWITCH(ZC_ROW)}

ZC_ALWAYS_INLINE void zc_tile(size_t itemsize, size_t swap, size_t nrows, size_t ncols, const uint8_t *src,
                              ptrdiff_t srow, uint8_t *dst, ptrdiff_t dcol) {
    for (size_t c = 0; c < ncols; c++)
        for (size_t r = 0; r < nrows; r++)
            zc_item_copy(itemsize, swap, src + (ptrdiff_t)r * srow + (ptrdiff_t)(c * itemsize),
                         dst + (ptrdiff_t)c * dcol + (ptrdiff_t)(r * itemsize));
}

void zc_copy_tile_scalar(size_t itemsize, size_t swap, size_t nrows, size_t ncols, const uint8_t *src, ptrdiff_t srow,
                         uint8_t *dst, ptrdiff_t dcol) {
#define ZC_TILE(size, width) zc_tile(size, width, nrows, ncols, src, srow, dst, dcol)
    ZC_ITEM_SWITCH(ZC_TILE)
}

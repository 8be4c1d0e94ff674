/* Transposed tiles in vector words. */
#include "box.h"

#include "../../simd.h"

#if ZC_SIMD

ZC_SIMD_BEGIN

/* Items of size 1, 2, 4 or 8: squares of w = 16 / size items, ZC_VLANES below each other; the edges one by one. */
ZC_ALWAYS_INLINE void zc_copy_tile_vec(const size_t size, size_t swap, size_t nrows, size_t ncols, const uint8_t *src,
                                       ptrdiff_t srow, uint8_t *dst, ptrdiff_t dcol) {
    const int w = 16 / (int)size;
    const size_t high = (size_t)w * ZC_VLANES, wide = (size_t)w;
    const size_t rows = nrows - nrows % high, cols = ncols - ncols % wide;
    uint8_t order[16];
    for (size_t i = 0; i < 16; i++) order[i] = (uint8_t)(swap ? i ^ (swap - 1) : i);
    const zc_v_t index = zc_v_splat_lane(order);
    for (size_t r = 0; r < rows; r += high)
        for (size_t c = 0; c < cols; c += wide) {
            const uint8_t *s = src + (ptrdiff_t)r * srow + (ptrdiff_t)(c * size);
            uint8_t *d = dst + (ptrdiff_t)c * dcol + (ptrdiff_t)(r * size);
            zc_v_t v[16];
            ZC_UNROLL for (int i = 0; i < w; i++) { v[i] = zc_v_load_lanes(s + i * srow, w * srow); }
            if (swap) {
                ZC_UNROLL for (int i = 0; i < w; i++) { v[i] = zc_v_permute(v[i], index); }
            }
            /* The units of this transpose are items: 16 / w = size bytes. */
            zc_net_transpose(w, v);
            ZC_UNROLL for (int i = 0; i < w; i++) { zc_v_store(d + i * dcol, v[zc_net_register(w, i)]); }
        }
    if (cols < ncols)
        zc_copy_tile_scalar(size, swap, rows, ncols - cols, src + (ptrdiff_t)(cols * size), srow,
                            dst + (ptrdiff_t)cols * dcol, dcol);
    if (rows < nrows)
        zc_copy_tile_scalar(size, swap, nrows - rows, ncols, src + (ptrdiff_t)rows * srow, srow,
                            dst + (ptrdiff_t)(rows * size), dcol);
}

void zc_copy_tile_simd(size_t itemsize, size_t swap, size_t nrows, size_t ncols, const uint8_t *src, ptrdiff_t srow,
                       uint8_t *dst, ptrdiff_t dcol) {
    switch (itemsize) {
    case 1:
        zc_copy_tile_vec(1, swap, nrows, ncols, src, srow, dst, dcol);
        break;
    case 2:
        zc_copy_tile_vec(2, swap, nrows, ncols, src, srow, dst, dcol);
        break;
    case 4:
        zc_copy_tile_vec(4, swap, nrows, ncols, src, srow, dst, dcol);
        break;
    case 8:
        zc_copy_tile_vec(8, swap, nrows, ncols, src, srow, dst, dcol);
        break;
    default:
        zc_copy_tile_scalar(itemsize, swap, nrows, ncols, src, srow, dst, dcol);
    }
}

ZC_SIMD_END

#endif

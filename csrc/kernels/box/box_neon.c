#include "box.h"

#if ZC_ARM64

#include "../../simd_neon.h"

#include "box_vec.h"

void zc_copy_tile_neon(size_t itemsize, size_t swap, size_t nrows, size_t ncols, const uint8_t *src, ptrdiff_t srow,
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

#endif

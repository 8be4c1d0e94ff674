/* Byte shuffle in vector words.
 *
 * w is the number of planes made at a time (2, 4, 8 or 16), k <= w of which count, stride the distance of items,
 * n the distance of planes. A register takes 16 bytes from each 16 / w items on, so loads (shuffle) and stores
 * (unshuffle) reach up to 16 bytes past the last item's start: `reach` bytes may be touched, counted from src (dst).
 * What is stored too much is overwritten by the items that follow. */
#include "shuffle.h"

#include "../../simd.h"

#if ZC_SIMD

ZC_SIMD_BEGIN

/* Items a step: what a vector holds of a plane. */
#define ZC_SHUFFLE_STEP ((size_t)16 * ZC_VLANES)

/* Whether a round at i fits. With `last`, a round that does not is moved back so that it ends with the last item. */
ZC_ALWAYS_INLINE int zc_shuffle_fits(const int w, const size_t items, const int last, size_t n, size_t stride,
                                     size_t reach, size_t *i) {
    if (*i + items > n) {
        if (!last || *i >= n || n < items) return 0;
        *i = n - items;
    }
    return (*i + items - 16 / (size_t)w) * stride + 16 <= reach;
}

/* Items from i on; returns where the items that are not done begin. Two steps a round write whole cache lines: the
 * distance of planes is often a power of two, so that all lines compete for a few places in the cache, and a line
 * that is written again later has to be fetched again. */
ZC_ALWAYS_INLINE size_t zc_split_rounds(const int w, const int steps, const size_t k, size_t stride, size_t n,
                                        size_t reach, size_t i, const uint8_t *ZC_RESTRICT src,
                                        uint8_t *ZC_RESTRICT dst) {
    const zc_v_t index = zc_net_gather_index(w, k);
    const size_t pieces = 16 / (size_t)w, items = (size_t)steps * ZC_SHUFFLE_STEP;
    size_t done = i;
    for (; zc_shuffle_fits(w, items, steps == 1, n, stride, reach, &i); done = i += items) {
        zc_v_t v[2][16];
        ZC_UNROLL for (int step = 0; step < steps; step++) {
            const uint8_t *from = src + (i + (size_t)step * ZC_SHUFFLE_STEP) * stride;
            ZC_UNROLL for (int r = 0; r < w; r++) {
                v[step][r] = zc_v_load_lanes(from + (size_t)r * pieces * stride, (ptrdiff_t)(16 * stride));
                if (w < 16) v[step][r] = zc_v_permute(v[step][r], index);
            }
            zc_net_transpose(w, v[step]);
        }
        ZC_UNROLL for (int b = 0; b < w; b++) {
            if ((size_t)b >= k) continue;
            ZC_UNROLL for (int step = 0; step < steps; step++) {
                zc_v_store(dst + (size_t)b * n + i + (size_t)step * ZC_SHUFFLE_STEP, v[step][zc_net_register(w, b)]);
            }
        }
    }
    return done;
}

ZC_ALWAYS_INLINE size_t zc_join_rounds(const int w, const size_t k, size_t stride, size_t n, size_t reach, size_t i,
                                       const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    const zc_v_t index = zc_net_close_index(w, k);
    const size_t pieces = 16 / (size_t)w;
    size_t done = i;
    for (; zc_shuffle_fits(w, ZC_SHUFFLE_STEP, 1, n, stride, reach, &i); done = i += ZC_SHUFFLE_STEP) {
        zc_v_t v[16];
        ZC_UNROLL for (int b = 0; b < w; b++) {
            v[b] = (size_t)b < k ? zc_v_load(src + (size_t)b * n + i) : zc_v_zero();
        }
        zc_net_interleave(w, v);
        ZC_UNROLL for (int lane = 0; lane < ZC_VLANES; lane++) {
            ZC_UNROLL for (int r = 0; r < w; r++) {
                const zc_v_t x = (size_t)w == k ? v[r] : zc_v_permute(v[r], index);
                zc_v_store_lane(dst + (i + (size_t)lane * 16 + (size_t)r * pieces) * stride, x, lane);
            }
        }
    }
    return done;
}

/* 16 planes whose distance is a multiple of half the cache's stride evict one another. So many items at a time then
 * go through a tile of their own, and each plane is touched in one stretch: 2 to 3 times as fast. */
#define ZC_SHUFFLE_TILE ((size_t)512)
#define ZC_SHUFFLE_TILED(w, n) ((w) == 16 && (n) % 2048 == 0)

/* 16 planes of ZC_SHUFFLE_TILE bytes. */
ZC_ALWAYS_INLINE void zc_copy_planes(const size_t k, const uint8_t *ZC_RESTRICT src, size_t from,
                                     uint8_t *ZC_RESTRICT dst, size_t to) {
    for (size_t b = 0; b < k; b++)
        for (size_t j = 0; j < ZC_SHUFFLE_TILE; j += ZC_VBYTES)
            zc_v_store(dst + b * to + j, zc_v_load(src + b * from + j));
}

/* Returns how many items are done. */
ZC_ALWAYS_INLINE size_t zc_planes_split(const int w, const size_t k, size_t stride, size_t n, size_t reach,
                                        const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    const size_t part = (ZC_SHUFFLE_TILE - 1) * stride + 16; /* bytes that a tile of items reaches */
    uint8_t tile[16 * ZC_SHUFFLE_TILE];
    size_t i = 0;
    for (; ZC_SHUFFLE_TILED(w, n) && i < n && i * stride + part <= reach; i += ZC_SHUFFLE_TILE) {
        zc_split_rounds(w, 1, k, stride, ZC_SHUFFLE_TILE, part, 0, src + i * stride, tile);
        zc_copy_planes(k, tile, ZC_SHUFFLE_TILE, dst + i, n);
    }
    if (w >= 8) i = zc_split_rounds(w, 2, k, stride, n, reach, i, src, dst);
    return zc_split_rounds(w, 1, k, stride, n, reach, i, src, dst);
}

/* Returns how many items are done. */
ZC_ALWAYS_INLINE size_t zc_planes_join(const int w, const size_t k, size_t stride, size_t n, size_t reach,
                                       const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    const size_t part = (ZC_SHUFFLE_TILE - 1) * stride + 16; /* bytes that a tile of items reaches */
    uint8_t tile[16 * ZC_SHUFFLE_TILE];
    size_t i = 0;
    for (; ZC_SHUFFLE_TILED(w, n) && i < n && i * stride + part <= reach; i += ZC_SHUFFLE_TILE) {
        zc_copy_planes(k, src + i, n, tile, ZC_SHUFFLE_TILE);
        zc_join_rounds(w, k, stride, ZC_SHUFFLE_TILE, part, 0, tile, dst + i * stride);
    }
    return zc_join_rounds(w, k, stride, n, reach, i, src, dst);
}

/* Chooses w; the powers of two are compiled for themselves. Items of more than 16 bytes are done 16 planes at a
 * time, the last 16 perhaps overlapping those before. The first n items that every group has done are returned. */
#define ZC_SHUFFLE_CHOOSE(op)                                                                                          \
    const size_t n = nbytes / itemsize;                                                                                \
    size_t done = 0;                                                                                                   \
    switch (itemsize) {                                                                                                \
    case 1:                                                                                                            \
        memcpy(dst, src, nbytes);                                                                                      \
        return;                                                                                                        \
    case 2:                                                                                                            \
        done = op(2, 2, 2, n, nbytes, src, dst);                                                                       \
        break;                                                                                                         \
    case 3:                                                                                                            \
        done = op(4, 3, 3, n, nbytes, src, dst);                                                                       \
        break;                                                                                                         \
    case 4:                                                                                                            \
        done = op(4, 4, 4, n, nbytes, src, dst);                                                                       \
        break;                                                                                                         \
    case 5:                                                                                                            \
    case 6:                                                                                                            \
    case 7:                                                                                                            \
        done = op(8, itemsize, itemsize, n, nbytes, src, dst);                                                         \
        break;                                                                                                         \
    case 8:                                                                                                            \
        done = op(8, 8, 8, n, nbytes, src, dst);                                                                       \
        break;                                                                                                         \
    case 16:                                                                                                           \
        done = op(16, 16, 16, n, nbytes, src, dst);                                                                    \
        break;                                                                                                         \
    default:                                                                                                           \
        if (itemsize < 16) done = op(16, itemsize, itemsize, n, nbytes, src, dst);                                     \
    }

void zc_shuffle_simd(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    ZC_SHUFFLE_CHOOSE(zc_planes_split)
    for (size_t g = 0; itemsize > 16 && g < itemsize; g += 16) {
        const size_t at = g + 16 <= itemsize ? g : itemsize - 16;
        done = zc_planes_split(16, 16, itemsize, n, nbytes - at, src + at, dst + at * n);
    }
    zc_shuffle_rest(itemsize, nbytes, done, src, dst);
}

void zc_unshuffle_simd(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    ZC_SHUFFLE_CHOOSE(zc_planes_join)
    for (size_t g = 0; itemsize > 16 && g < itemsize; g += 16) {
        const size_t at = g + 16 <= itemsize ? g : itemsize - 16;
        done = zc_planes_join(16, 16, itemsize, n, nbytes - at, src + at * n, dst + at);
    }
    zc_unshuffle_rest(itemsize, nbytes, done, src, dst);
}

ZC_SIMD_END

#endif

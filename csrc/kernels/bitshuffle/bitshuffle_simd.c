/* Bit shuffle in vector words.
 *
 * Bytes are shuffled first, so that each byte plane is a run of groups of 8 bytes. Transposing the 8 x 8 bits of
 * each group turns its byte b into the group's byte of row b: a byte shuffle of 8-byte items does the rest. */
#include "bitshuffle.h"
#include "../shuffle/shuffle.h"

#include "../../simd.h"

#if ZC_SIMD

ZC_SIMD_BEGIN

/* Groups a round: 8 registers of two groups a lane. */
#define ZC_BITSHUFFLE_GROUPS ((size_t)16 * ZC_VLANES)

/* zc_bits8x8_transpose on every 8 bytes. */
ZC_ALWAYS_INLINE zc_v_t zc_v_bits8x8(zc_v_t x) {
    zc_v_t t = zc_v_and(zc_v_xor(x, zc_v_shift_right64(x, 7)), zc_v_splat64(0x00AA00AA00AA00AAULL));
    x = zc_v_xor(zc_v_xor(x, t), zc_v_shift_left64(t, 7));
    t = zc_v_and(zc_v_xor(x, zc_v_shift_right64(x, 14)), zc_v_splat64(0x0000CCCC0000CCCCULL));
    x = zc_v_xor(zc_v_xor(x, t), zc_v_shift_left64(t, 14));
    t = zc_v_and(zc_v_xor(x, zc_v_shift_right64(x, 28)), zc_v_splat64(0x00000000F0F0F0F0ULL));
    return zc_v_xor(zc_v_xor(x, t), zc_v_shift_left64(t, 28));
}

/* The plane's 8 * ngroups bytes to its 8 rows. */
ZC_ALWAYS_INLINE void zc_bitplane_split_vec(size_t ngroups, const uint8_t *ZC_RESTRICT plane,
                                            uint8_t *ZC_RESTRICT rows) {
    const zc_v_t index = zc_net_gather_index(8, 8);
    size_t g = 0;
    for (; g + ZC_BITSHUFFLE_GROUPS <= ngroups; g += ZC_BITSHUFFLE_GROUPS) {
        zc_v_t v[8];
        ZC_UNROLL for (int r = 0; r < 8; r++) {
            v[r] = zc_v_permute(zc_v_bits8x8(zc_v_load_lanes(plane + (g + 2 * (size_t)r) * 8, 128)), index);
        }
        zc_net_transpose(8, v);
        ZC_UNROLL for (int b = 0; b < 8; b++) { zc_v_store(rows + (size_t)b * ngroups + g, v[zc_net_register(8, b)]); }
    }
    zc_bitplane_split(ngroups, g, 1, plane, rows);
}

ZC_ALWAYS_INLINE void zc_bitplane_join_vec(size_t ngroups, const uint8_t *ZC_RESTRICT rows,
                                           uint8_t *ZC_RESTRICT plane) {
    size_t g = 0;
    for (; g + ZC_BITSHUFFLE_GROUPS <= ngroups; g += ZC_BITSHUFFLE_GROUPS) {
        zc_v_t v[8];
        ZC_UNROLL for (int b = 0; b < 8; b++) { v[b] = zc_v_load(rows + (size_t)b * ngroups + g); }
        zc_net_interleave(8, v);
        ZC_UNROLL for (int r = 0; r < 8; r++) {
            const zc_v_t x = zc_v_bits8x8(v[r]);
            ZC_UNROLL for (int lane = 0; lane < ZC_VLANES; lane++) {
                zc_v_store_lane(plane + (g + (size_t)lane * 16 + 2 * (size_t)r) * 8, x, lane);
            }
        }
    }
    zc_bitplane_join(ngroups, g, 1, rows, plane);
}

void zc_bitshuffle_simd(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                        uint8_t *ZC_RESTRICT scratch) {
    const uint8_t *planes = src;
    if (itemsize > 1) {
        zc_shuffle_simd(itemsize, nitems * itemsize, src, scratch);
        planes = scratch;
    }
    for (size_t j = 0; j < itemsize; j++) zc_bitplane_split_vec(nitems / 8, planes + j * nitems, dst + j * nitems);
}

void zc_bitunshuffle_simd(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                          uint8_t *ZC_RESTRICT scratch) {
    uint8_t *planes = itemsize > 1 ? scratch : dst;
    for (size_t j = 0; j < itemsize; j++) zc_bitplane_join_vec(nitems / 8, src + j * nitems, planes + j * nitems);
    if (itemsize > 1) zc_unshuffle_simd(itemsize, nitems * itemsize, scratch, dst);
}

ZC_SIMD_END

#endif

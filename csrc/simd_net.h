/* Transposes made of interleavings, written in the words of simd_avx2.h or simd_neon.h. Included by simd.h.
 *
 * Think of w registers, each of whose lanes holds w columns of 16 / w bytes. Interleaving two registers whose
 * numbers differ in one bit moves that bit into the place of a byte and the top bit of the place into the number:
 * log2(w) rounds exchange the two. (Stone, "Parallel processing with the perfect shuffle", 1971.) */
#ifndef ZC_SIMD_NET_H
#define ZC_SIMD_NET_H

/* Exchanges register number and column; column c comes out in register zc_net_register(w, c). */
ZC_ALWAYS_INLINE void zc_net_transpose(const int w, zc_v_t *v) {
    int unit = 16 / w;
    ZC_UNROLL for (int bit = 1; bit < w; bit *= 2, unit *= 2) {
        ZC_UNROLL for (int r = 0; r < w; r++) {
            if (r & bit) continue;
            const zc_v_t a = v[r], b = v[r | bit];
            v[r] = zc_v_zip_low(unit, a, b);
            v[r | bit] = zc_v_zip_high(unit, a, b);
        }
    }
}

/* The number with the bits of c (below w) in the opposite order: an involution. */
ZC_ALWAYS_INLINE int zc_net_register(const int w, const int c) {
    int r = 0;
    for (int bit = 1, other = w / 2; bit < w; bit *= 2, other /= 2)
        if (c & bit) r |= other;
    return r;
}

/* Interleaves single bytes of w registers: byte b of register r's piece i comes from byte i of register b. Pieces
 * of w bytes come out in order. */
ZC_ALWAYS_INLINE void zc_net_interleave(const int w, zc_v_t *v) {
    ZC_UNROLL for (int bit = w / 2; bit > 0; bit /= 2) {
        ZC_UNROLL for (int r = 0; r < w; r++) {
            if (r & bit) continue;
            const zc_v_t a = v[r], b = v[r | bit];
            v[r] = zc_v_zip_low(1, a, b);
            v[r | bit] = zc_v_zip_high(1, a, b);
        }
    }
}

/* For each lane of 16 / w pieces of k bytes (k <= w): a permutation that puts byte b of all pieces together. */
ZC_ALWAYS_INLINE zc_v_t zc_net_gather_index(const int w, const size_t k) {
    uint8_t index[16];
    const size_t pieces = 16 / (size_t)w;
    for (size_t b = 0; b < (size_t)w; b++)
        for (size_t j = 0; j < pieces; j++) index[b * pieces + j] = b < k ? (uint8_t)(j * k + b) : 0x80;
    return zc_v_splat_lane(index);
}

/* The permutation that closes the gaps between 16 / w pieces of w bytes of which k count. */
ZC_ALWAYS_INLINE zc_v_t zc_net_close_index(const int w, const size_t k) {
    uint8_t index[16];
    const size_t pieces = 16 / (size_t)w;
    memset(index, 0x80, sizeof index);
    for (size_t j = 0; j < pieces; j++)
        for (size_t b = 0; b < k; b++) index[j * k + b] = (uint8_t)(j * (size_t)w + b);
    return zc_v_splat_lane(index);
}

#endif

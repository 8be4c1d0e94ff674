/* Bit shuffle in Blosc's layout: bit b of byte j of all items, lowest bit first, then the next bit.
 *
 * Row j * 8 + b of the result has nitems / 8 bytes; bit i % 8 of its byte i / 8 is bit b of byte j of item i.
 * nitems is a multiple of 8, itemsize >= 1; src, dst and scratch hold nitems * itemsize bytes each and do not
 * overlap; scratch is left undefined. bitunshuffle is the inverse. */
#ifndef ZC_BITSHUFFLE_H
#define ZC_BITSHUFFLE_H

#include "../../compiler.h"

#include <string.h>

void zc_bitshuffle_scalar(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                          uint8_t *ZC_RESTRICT scratch);
void zc_bitunshuffle_scalar(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                            uint8_t *ZC_RESTRICT scratch);
void zc_bitshuffle_simd(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                        uint8_t *ZC_RESTRICT scratch);
void zc_bitunshuffle_simd(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                          uint8_t *ZC_RESTRICT scratch);

/* Transposes the 8 x 8 bits of a word: byte r bit c goes to byte c bit r (three rounds of swapping the
 * off-diagonal halves; Warren, Hacker's Delight, section 7-3). */
static inline uint64_t zc_bits8x8_transpose(uint64_t x) {
    uint64_t t;
    t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAULL;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCULL;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0ULL;
    return x ^ t ^ (t << 28);
}

/* One byte plane: groups [first, ngroups) of 8 bytes (stride bytes apart) to and from the plane's 8 rows of
 * ngroups bytes. */
static inline void zc_bitplane_split(size_t ngroups, size_t first, size_t stride, const uint8_t *ZC_RESTRICT src,
                                     uint8_t *ZC_RESTRICT rows) {
    for (size_t g = first; g < ngroups; g++) {
        uint64_t x = 0;
        for (size_t i = 0; i < 8; i++) x |= (uint64_t)src[(g * 8 + i) * stride] << (8 * i);
        x = zc_bits8x8_transpose(x);
        for (size_t b = 0; b < 8; b++) rows[b * ngroups + g] = (uint8_t)(x >> (8 * b));
    }
}

static inline void zc_bitplane_join(size_t ngroups, size_t first, size_t stride, const uint8_t *ZC_RESTRICT rows,
                                    uint8_t *ZC_RESTRICT dst) {
    for (size_t g = first; g < ngroups; g++) {
        uint64_t x = 0;
        for (size_t b = 0; b < 8; b++) x |= (uint64_t)rows[b * ngroups + g] << (8 * b);
        x = zc_bits8x8_transpose(x);
        for (size_t i = 0; i < 8; i++) dst[(g * 8 + i) * stride] = (uint8_t)(x >> (8 * i));
    }
}

#endif

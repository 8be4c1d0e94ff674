/* Reverses the bytes of each of count components of width bytes.
 *
 * width is 2, 4, 8 or 16 (any other: a plain copy). src and dst hold count * width bytes and are either the same
 * or do not overlap; any alignment. */
#ifndef ZC_BYTESWAP_H
#define ZC_BYTESWAP_H

#include "../../compiler.h"

#include <string.h>

void zc_byteswap_scalar(size_t width, size_t count, const uint8_t *src, uint8_t *dst);
void zc_byteswap_simd(size_t width, size_t count, const uint8_t *src, uint8_t *dst);

static inline void zc_byteswap_one2(const uint8_t *src, uint8_t *dst) {
    uint16_t x;
    memcpy(&x, src, 2);
    x = __builtin_bswap16(x);
    memcpy(dst, &x, 2);
}

static inline void zc_byteswap_one4(const uint8_t *src, uint8_t *dst) {
    uint32_t x;
    memcpy(&x, src, 4);
    x = __builtin_bswap32(x);
    memcpy(dst, &x, 4);
}

static inline void zc_byteswap_one8(const uint8_t *src, uint8_t *dst) {
    uint64_t x;
    memcpy(&x, src, 8);
    x = __builtin_bswap64(x);
    memcpy(dst, &x, 8);
}

static inline void zc_byteswap_one16(const uint8_t *src, uint8_t *dst) {
    uint64_t lo, hi;
    memcpy(&lo, src, 8);
    memcpy(&hi, src + 8, 8);
    lo = __builtin_bswap64(lo);
    hi = __builtin_bswap64(hi);
    memcpy(dst, &hi, 8);
    memcpy(dst + 8, &lo, 8);
}

/* The components of the bytes [first, nbytes), one by one. */
static inline void zc_byteswap_rest(size_t width, size_t nbytes, size_t first, const uint8_t *src, uint8_t *dst) {
    switch (width) {
    case 2:
        for (size_t i = first; i < nbytes; i += 2) zc_byteswap_one2(src + i, dst + i);
        break;
    case 4:
        for (size_t i = first; i < nbytes; i += 4) zc_byteswap_one4(src + i, dst + i);
        break;
    case 8:
        for (size_t i = first; i < nbytes; i += 8) zc_byteswap_one8(src + i, dst + i);
        break;
    case 16:
        for (size_t i = first; i < nbytes; i += 16) zc_byteswap_one16(src + i, dst + i);
        break;
    default:
        if (nbytes > first) memmove(dst + first, src + first, nbytes - first);
    }
}

#endif

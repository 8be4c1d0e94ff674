/* Rounding to integers, ties to even, as loops that are vectorised without SSE 4.1. */
#ifndef ZC_ITEMS_RINT_H
#define ZC_ITEMS_RINT_H

#include "../compiler.h"

#if defined(__SSE4_1__) || ZC_ARM64
static inline float zc_rint_f4(float x) { return __builtin_rintf(x); }
static inline double zc_rint_f8(double x) { return __builtin_rint(x); }
#else
/* From 2^23 (2^52) on there are only whole numbers: adding that much, with the sign of x, rounds, in the mode that rint
 * would use. To numbers that are whole for their size, and to NaN, 0 is added. The choice is made on bits and without
 * comparing: gcc would make a branch of it and not vectorise. Not with fused multiplication, which would skip a
 * rounding before: the processors that have it have rint. */
static inline float zc_rint_f4(float x) {
    uint32_t bits, added;
    float large;
    __builtin_memcpy(&bits, &x, sizeof bits);
    const uint32_t sign = bits & 0x80000000U, size = bits ^ sign;
    added = (((uint32_t)0 - ((size - 0x4B000000U) >> 31)) & 0x4B000000U) | sign;
    __builtin_memcpy(&large, &added, sizeof large);
    x = (x + large) - large;
    __builtin_memcpy(&bits, &x, sizeof bits);
    bits |= sign; /* -0.25 becomes -0.0 */
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
static inline double zc_rint_f8(double x) {
    uint64_t bits, added;
    double large;
    __builtin_memcpy(&bits, &x, sizeof bits);
    const uint64_t sign = bits & 0x8000000000000000U, size = bits ^ sign;
    added = (((uint64_t)0 - ((size - 0x4330000000000000U) >> 63)) & 0x4330000000000000U) | sign;
    __builtin_memcpy(&large, &added, sizeof large);
    x = (x + large) - large;
    __builtin_memcpy(&bits, &x, sizeof bits);
    bits |= sign; /* -0.25 becomes -0.0 */
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
#endif

#endif

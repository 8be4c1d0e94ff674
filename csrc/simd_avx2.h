/* The vector words that the kernels are written in, for AVX2. simd_neon.h has the same words.
 *
 * A vector is ZC_VLANES lanes of 16 bytes; what moves bytes moves them within their lane. Included by simd.h. */
#ifndef ZC_SIMD_AVX2_H
#define ZC_SIMD_AVX2_H

#include "compiler.h"

#include <immintrin.h>

ZC_TARGET_AVX2_BEGIN

typedef __m256i zc_v_t;
#define ZC_VLANES 2
#define ZC_VBYTES 32

ZC_ALWAYS_INLINE zc_v_t zc_v_zero(void) { return _mm256_setzero_si256(); }
ZC_ALWAYS_INLINE zc_v_t zc_v_load(const uint8_t *p) { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
ZC_ALWAYS_INLINE void zc_v_store(uint8_t *p, zc_v_t v) { _mm256_storeu_si256((__m256i *)(void *)p, v); }

/* Lane i from p + i * step. */
ZC_ALWAYS_INLINE zc_v_t zc_v_load_lanes(const uint8_t *p, ptrdiff_t step) {
    const __m128i lo = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i hi = _mm_loadu_si128((const __m128i *)(const void *)(p + step));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(lo), hi, 1);
}

ZC_ALWAYS_INLINE void zc_v_store_lane(uint8_t *p, zc_v_t v, int lane) {
    const __m128i x = lane ? _mm256_extracti128_si256(v, 1) : _mm256_castsi256_si128(v);
    _mm_storeu_si128((__m128i *)(void *)p, x);
}

/* The same 16 bytes in every lane. */
ZC_ALWAYS_INLINE zc_v_t zc_v_splat_lane(const uint8_t *p) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)p));
}

/* Byte i of a lane becomes its byte index[i]; an index of 0x80 gives 0. */
ZC_ALWAYS_INLINE zc_v_t zc_v_permute(zc_v_t v, zc_v_t index) { return _mm256_shuffle_epi8(v, index); }

/* Interleaves the low (or high) halves of the lanes of a and b in units of 1, 2, 4 or 8 bytes. */
ZC_ALWAYS_INLINE zc_v_t zc_v_zip_low(int unit, zc_v_t a, zc_v_t b) {
    switch (unit) {
    case 1:
        return _mm256_unpacklo_epi8(a, b);
    case 2:
        return _mm256_unpacklo_epi16(a, b);
    case 4:
        return _mm256_unpacklo_epi32(a, b);
    default:
        return _mm256_unpacklo_epi64(a, b);
    }
}

ZC_ALWAYS_INLINE zc_v_t zc_v_zip_high(int unit, zc_v_t a, zc_v_t b) {
    switch (unit) {
    case 1:
        return _mm256_unpackhi_epi8(a, b);
    case 2:
        return _mm256_unpackhi_epi16(a, b);
    case 4:
        return _mm256_unpackhi_epi32(a, b);
    default:
        return _mm256_unpackhi_epi64(a, b);
    }
}

ZC_ALWAYS_INLINE zc_v_t zc_v_xor(zc_v_t a, zc_v_t b) { return _mm256_xor_si256(a, b); }
ZC_ALWAYS_INLINE zc_v_t zc_v_and(zc_v_t a, zc_v_t b) { return _mm256_and_si256(a, b); }
ZC_ALWAYS_INLINE zc_v_t zc_v_splat64(uint64_t x) { return _mm256_set1_epi64x((int64_t)x); }
#define zc_v_shift_right64(v, bits) _mm256_srli_epi64(v, bits)
#define zc_v_shift_left64(v, bits) _mm256_slli_epi64(v, bits)

/* Wrapping sums and differences of units of 1, 2, 4 or 8 bytes. */
ZC_ALWAYS_INLINE zc_v_t zc_v_add(int unit, zc_v_t a, zc_v_t b) {
    switch (unit) {
    case 1:
        return _mm256_add_epi8(a, b);
    case 2:
        return _mm256_add_epi16(a, b);
    case 4:
        return _mm256_add_epi32(a, b);
    default:
        return _mm256_add_epi64(a, b);
    }
}

ZC_ALWAYS_INLINE zc_v_t zc_v_sub(int unit, zc_v_t a, zc_v_t b) {
    switch (unit) {
    case 1:
        return _mm256_sub_epi8(a, b);
    case 2:
        return _mm256_sub_epi16(a, b);
    case 4:
        return _mm256_sub_epi32(a, b);
    default:
        return _mm256_sub_epi64(a, b);
    }
}

ZC_ALWAYS_INLINE zc_v_t zc_v_sub_f4(zc_v_t a, zc_v_t b) {
    return _mm256_castps_si256(_mm256_sub_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)));
}

ZC_ALWAYS_INLINE zc_v_t zc_v_sub_f8(zc_v_t a, zc_v_t b) {
    return _mm256_castpd_si256(_mm256_sub_pd(_mm256_castsi256_pd(a), _mm256_castsi256_pd(b)));
}

/* Running sums of the units of the whole vector. */
ZC_ALWAYS_INLINE zc_v_t zc_v_running_sum(int unit, zc_v_t v, zc_v_t last_of_lane) {
    if (unit <= 1) v = zc_v_add(unit, v, _mm256_slli_si256(v, 1));
    if (unit <= 2) v = zc_v_add(unit, v, _mm256_slli_si256(v, 2));
    if (unit <= 4) v = zc_v_add(unit, v, _mm256_slli_si256(v, 4));
    v = zc_v_add(unit, v, _mm256_slli_si256(v, 8));
    const zc_v_t carry = _mm256_permute2x128_si256(v, v, 0x08); /* [0, low lane] */
    return zc_v_add(unit, v, zc_v_permute(carry, last_of_lane));
}

/* The vector's last unit everywhere; last_of_lane permutes the last unit of a lane to all of it. */
ZC_ALWAYS_INLINE zc_v_t zc_v_splat_last(zc_v_t v, zc_v_t last_of_lane) {
    return zc_v_permute(_mm256_permute4x64_epi64(v, 0xFF), last_of_lane);
}

ZC_TARGET_END

#endif

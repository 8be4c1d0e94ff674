/* The vector words that the kernels are written in, for NEON. simd_avx2.h has the same words and says more. */
#ifndef ZC_SIMD_NEON_H
#define ZC_SIMD_NEON_H

#include "compiler.h"

#include <arm_neon.h>

typedef uint8x16_t zc_v_t;
#define ZC_VLANES 1
#define ZC_VBYTES 16

ZC_ALWAYS_INLINE zc_v_t zc_v_zero(void) { return vdupq_n_u8(0); }
ZC_ALWAYS_INLINE zc_v_t zc_v_load(const uint8_t *p) { return vld1q_u8(p); }
ZC_ALWAYS_INLINE void zc_v_store(uint8_t *p, zc_v_t v) { vst1q_u8(p, v); }

ZC_ALWAYS_INLINE zc_v_t zc_v_load_lanes(const uint8_t *p, ptrdiff_t step) {
    (void)step;
    return vld1q_u8(p);
}

ZC_ALWAYS_INLINE void zc_v_store_lane(uint8_t *p, zc_v_t v, int lane) {
    (void)lane;
    vst1q_u8(p, v);
}

ZC_ALWAYS_INLINE zc_v_t zc_v_splat_lane(const uint8_t *p) { return vld1q_u8(p); }
ZC_ALWAYS_INLINE zc_v_t zc_v_permute(zc_v_t v, zc_v_t index) { return vqtbl1q_u8(v, index); }

#define ZC_V16(v) vreinterpretq_u16_u8(v)
#define ZC_V32(v) vreinterpretq_u32_u8(v)
#define ZC_V64(v) vreinterpretq_u64_u8(v)

ZC_ALWAYS_INLINE zc_v_t zc_v_zip_low(int unit, zc_v_t a, zc_v_t b) {
    switch (unit) {
    case 1:
        return vzip1q_u8(a, b);
    case 2:
        return vreinterpretq_u8_u16(vzip1q_u16(ZC_V16(a), ZC_V16(b)));
    case 4:
        return vreinterpretq_u8_u32(vzip1q_u32(ZC_V32(a), ZC_V32(b)));
    default:
        return vreinterpretq_u8_u64(vzip1q_u64(ZC_V64(a), ZC_V64(b)));
    }
}

ZC_ALWAYS_INLINE zc_v_t zc_v_zip_high(int unit, zc_v_t a, zc_v_t b) {
    switch (unit) {
    case 1:
        return vzip2q_u8(a, b);
    case 2:
        return vreinterpretq_u8_u16(vzip2q_u16(ZC_V16(a), ZC_V16(b)));
    case 4:
        return vreinterpretq_u8_u32(vzip2q_u32(ZC_V32(a), ZC_V32(b)));
    default:
        return vreinterpretq_u8_u64(vzip2q_u64(ZC_V64(a), ZC_V64(b)));
    }
}

ZC_ALWAYS_INLINE zc_v_t zc_v_xor(zc_v_t a, zc_v_t b) { return veorq_u8(a, b); }
ZC_ALWAYS_INLINE zc_v_t zc_v_and(zc_v_t a, zc_v_t b) { return vandq_u8(a, b); }
ZC_ALWAYS_INLINE zc_v_t zc_v_splat64(uint64_t x) { return vreinterpretq_u8_u64(vdupq_n_u64(x)); }
#define zc_v_shift_right64(v, bits) vreinterpretq_u8_u64(vshrq_n_u64(ZC_V64(v), bits))
#define zc_v_shift_left64(v, bits) vreinterpretq_u8_u64(vshlq_n_u64(ZC_V64(v), bits))

ZC_ALWAYS_INLINE zc_v_t zc_v_add(int unit, zc_v_t a, zc_v_t b) {
    switch (unit) {
    case 1:
        return vaddq_u8(a, b);
    case 2:
        return vreinterpretq_u8_u16(vaddq_u16(ZC_V16(a), ZC_V16(b)));
    case 4:
        return vreinterpretq_u8_u32(vaddq_u32(ZC_V32(a), ZC_V32(b)));
    default:
        return vreinterpretq_u8_u64(vaddq_u64(ZC_V64(a), ZC_V64(b)));
    }
}

ZC_ALWAYS_INLINE zc_v_t zc_v_sub(int unit, zc_v_t a, zc_v_t b) {
    switch (unit) {
    case 1:
        return vsubq_u8(a, b);
    case 2:
        return vreinterpretq_u8_u16(vsubq_u16(ZC_V16(a), ZC_V16(b)));
    case 4:
        return vreinterpretq_u8_u32(vsubq_u32(ZC_V32(a), ZC_V32(b)));
    default:
        return vreinterpretq_u8_u64(vsubq_u64(ZC_V64(a), ZC_V64(b)));
    }
}

ZC_ALWAYS_INLINE zc_v_t zc_v_sub_f4(zc_v_t a, zc_v_t b) {
    return vreinterpretq_u8_f32(vsubq_f32(vreinterpretq_f32_u8(a), vreinterpretq_f32_u8(b)));
}

ZC_ALWAYS_INLINE zc_v_t zc_v_sub_f8(zc_v_t a, zc_v_t b) {
    return vreinterpretq_u8_f64(vsubq_f64(vreinterpretq_f64_u8(a), vreinterpretq_f64_u8(b)));
}

ZC_ALWAYS_INLINE zc_v_t zc_v_running_sum(int unit, zc_v_t v, zc_v_t last_of_lane) {
    const zc_v_t zero = zc_v_zero();
    (void)last_of_lane;
    if (unit <= 1) v = zc_v_add(unit, v, vextq_u8(zero, v, 15));
    if (unit <= 2) v = zc_v_add(unit, v, vextq_u8(zero, v, 14));
    if (unit <= 4) v = zc_v_add(unit, v, vextq_u8(zero, v, 12));
    return zc_v_add(unit, v, vextq_u8(zero, v, 8));
}

ZC_ALWAYS_INLINE zc_v_t zc_v_splat_last(zc_v_t v, zc_v_t last_of_lane) { return zc_v_permute(v, last_of_lane); }

#endif

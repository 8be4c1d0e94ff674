#include "delta.h"

/* Items are read and written by memcpy: buffers need not be aligned. */
#define ZC_DELTA_TYPE(name, ctype)                                                                                     \
    static void zc_delta_encode_##name(size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {           \
        ctype last = 0, x, d;                                                                                          \
        if (n == 0) return;                                                                                            \
        memcpy(&last, src, sizeof x);                                                                                  \
        memcpy(dst, &last, sizeof x);                                                                                  \
        for (size_t i = 1; i < n; i++, last = x) {                                                                     \
            memcpy(&x, src + i * sizeof x, sizeof x);                                                                  \
            d = (ctype)(x - last);                                                                                     \
            memcpy(dst + i * sizeof x, &d, sizeof x);                                                                  \
        }                                                                                                              \
    }                                                                                                                  \
    static void zc_delta_decode_##name(size_t n, const uint8_t *src, uint8_t *dst) {                                   \
        ctype sum = 0, x;                                                                                              \
        if (n == 0) return;                                                                                            \
        memcpy(&sum, src, sizeof x);                                                                                   \
        memcpy(dst, &sum, sizeof x);                                                                                   \
        for (size_t i = 1; i < n; i++) {                                                                               \
            memcpy(&x, src + i * sizeof x, sizeof x);                                                                  \
            sum = (ctype)(sum + x);                                                                                    \
            memcpy(dst + i * sizeof x, &sum, sizeof x);                                                                \
        }                                                                                                              \
    }

ZC_DELTA_TYPE(u1, uint8_t)
ZC_DELTA_TYPE(u2, uint16_t)
ZC_DELTA_TYPE(u4, uint32_t)
ZC_DELTA_TYPE(u8, uint64_t)
ZC_DELTA_TYPE(f4, float)
ZC_DELTA_TYPE(f8, double)

/* Wrapping arithmetic is the same for both signs. */
#define ZC_DELTA_SWITCH(op)                                                                                            \
    switch (type) {                                                                                                    \
    case ZC_TYPE_I1:                                                                                                   \
    case ZC_TYPE_U1:                                                                                                   \
        op##u1(n, src, dst);                                                                                           \
        break;                                                                                                         \
    case ZC_TYPE_I2:                                                                                                   \
    case ZC_TYPE_U2:                                                                                                   \
        op##u2(n, src, dst);                                                                                           \
        break;                                                                                                         \
    case ZC_TYPE_I4:                                                                                                   \
    case ZC_TYPE_U4:                                                                                                   \
        op##u4(n, src, dst);                                                                                           \
        break;                                                                                                         \
    case ZC_TYPE_I8:                                                                                                   \
    case ZC_TYPE_U8:                                                                                                   \
        op##u8(n, src, dst);                                                                                           \
        break;                                                                                                         \
    case ZC_TYPE_F4:                                                                                                   \
        op##f4(n, src, dst);                                                                                           \
        break;                                                                                                         \
    case ZC_TYPE_F8:                                                                                                   \
        op##f8(n, src, dst);                                                                                           \
        break;                                                                                                         \
    default:                                                                                                           \
        break;                                                                                                         \
    }

void zc_delta_encode_scalar(int type, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst) {
    ZC_DELTA_SWITCH(zc_delta_encode_)
}

void zc_delta_decode_scalar(int type, size_t n, const void *src, void *dst) { ZC_DELTA_SWITCH(zc_delta_decode_) }

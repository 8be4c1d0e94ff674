/* Differences of neighbours, and the running sum that undoes them (numcodecs.Delta).
 *
 * encode: dst[0] = src[0], dst[i] = src[i] - src[i - 1]; decode: dst[i] = dst[i - 1] + src[i], in this order for
 * floats too, so that the bits are those of numpy.cumsum. Integers wrap. Any alignment. encode's buffers do not
 * overlap; decode's are either the same or do not overlap. n may be 0. */
#ifndef ZC_DELTA_H
#define ZC_DELTA_H

#include "../../compiler.h"

#include <string.h>

typedef enum zc_type {
    ZC_TYPE_I1 = 0,
    ZC_TYPE_I2,
    ZC_TYPE_I4,
    ZC_TYPE_I8,
    ZC_TYPE_U1,
    ZC_TYPE_U2,
    ZC_TYPE_U4,
    ZC_TYPE_U8,
    ZC_TYPE_F4,
    ZC_TYPE_F8,
    ZC_TYPE_COUNT
} zc_type_t;

/* Bytes of one item of the type; 0 for a number that is no zc_type_t. */
static inline size_t zc_type_size(int type) {
    switch (type) {
    case ZC_TYPE_I1:
    case ZC_TYPE_U1:
        return 1;
    case ZC_TYPE_I2:
    case ZC_TYPE_U2:
        return 2;
    case ZC_TYPE_I4:
    case ZC_TYPE_U4:
    case ZC_TYPE_F4:
        return 4;
    case ZC_TYPE_I8:
    case ZC_TYPE_U8:
    case ZC_TYPE_F8:
        return 8;
    default:
        return 0;
    }
}

void zc_delta_encode_scalar(int type, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst);
void zc_delta_decode_scalar(int type, size_t n, const void *src, void *dst);
void zc_delta_encode_simd(int type, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst);
void zc_delta_decode_simd(int type, size_t n, const void *src, void *dst);

/* decode from byte `done` on: what the vector loops leave over. Only integers are ever partly done. */
static inline void zc_delta_decode_rest(int type, size_t size, size_t n, size_t done, const uint8_t *src,
                                        uint8_t *dst) {
    if (done == 0) {
        zc_delta_decode_scalar(type, n, src, dst);
        return;
    }
    uint64_t sum = 0, x = 0;
    memcpy(&sum, dst + done - size, size);
    for (size_t i = done; i < n * size; i += size) {
        memcpy(&x, src + i, size);
        sum += x;
        memcpy(dst + i, &sum, size);
    }
}

/* The same between two types. encode: differences in `type`, each then cast to `astype` (n items of type in, n of
 * astype out). decode: numpy.cumsum(items, out=array of `type`), that is, sums are made in the type that `type` and
 * `astype` promote to and cast to `type` when done; only for uint64 with a signed type, where numpy would pass
 * through float64 and lose bits, sums are exact modulo 2^64 instead. Casts are numpy's unsafe ones; a float that is
 * out of an integer's range, or NaN, gives what numpy gives on x86-64: the lowest int32 (for types up to int32 and
 * uint16) or int64, cut to the type's width. The buffers do not overlap. */
void zc_cast_delta_encode(int type, int astype, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst);
void zc_cast_delta_decode(int type, int astype, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst);

#endif

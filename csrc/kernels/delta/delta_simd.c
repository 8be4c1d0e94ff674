/* Delta in vector words. */
#include "delta.h"

#include "../../simd.h"

#if ZC_SIMD

ZC_SIMD_BEGIN

typedef enum zc_delta_kind { ZC_DELTA_INT, ZC_DELTA_F4, ZC_DELTA_F8 } zc_delta_kind_t;

/* n >= 1. Floats subtract item by item, so the bits are the scalar loop's. */
ZC_ALWAYS_INLINE void zc_delta_encode_vec(const zc_delta_kind_t kind, const int unit, size_t n,
                                          const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    const size_t size = (size_t)unit, nbytes = n * size;
    size_t i = size;
    memcpy(dst, src, size);
    for (; i + ZC_VBYTES <= nbytes; i += ZC_VBYTES) {
        const zc_v_t x = zc_v_load(src + i), last = zc_v_load(src + i - size);
        zc_v_store(dst + i, kind == ZC_DELTA_F4   ? zc_v_sub_f4(x, last)
                            : kind == ZC_DELTA_F8 ? zc_v_sub_f8(x, last)
                                                  : zc_v_sub(unit, x, last));
    }
    /* The scalar loop starts anew at the item before the rest, whose result is then put back. */
    const size_t at = i - size;
    uint8_t keep[8];
    if (at) memcpy(keep, dst + at, size);
    zc_delta_encode_scalar(kind == ZC_DELTA_F4   ? ZC_TYPE_F4
                           : kind == ZC_DELTA_F8 ? ZC_TYPE_F8
                           : unit == 1           ? ZC_TYPE_U1
                           : unit == 2           ? ZC_TYPE_U2
                           : unit == 4           ? ZC_TYPE_U4
                                                 : ZC_TYPE_U8,
                           n - at / size, src + at, dst + at);
    if (at) memcpy(dst + at, keep, size);
}

/* Running sums of integers: within a vector by doubling, across vectors by adding the last sum everywhere. Only
 * that one addition waits for the vector before. Returns how many bytes are done. */
ZC_ALWAYS_INLINE size_t zc_delta_decode_vec(const int unit, size_t n, const uint8_t *src, uint8_t *dst) {
    const size_t size = (size_t)unit, nbytes = n * size;
    uint8_t index[16];
    for (size_t i = 0; i < 16; i++) index[i] = (uint8_t)(16 - size + i % size);
    const zc_v_t last_of_lane = zc_v_splat_lane(index);
    zc_v_t sum = zc_v_zero();
    size_t i = 0;
    for (; i + ZC_VBYTES <= nbytes; i += ZC_VBYTES) {
        const zc_v_t v = zc_v_running_sum(unit, zc_v_load(src + i), last_of_lane);
        zc_v_store(dst + i, zc_v_add(unit, v, sum));
        sum = zc_v_add(unit, sum, zc_v_splat_last(v, last_of_lane));
    }
    return i;
}

void zc_delta_encode_simd(int type, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst) {
    if (n == 0) return;
    switch (type) {
    case ZC_TYPE_I1:
    case ZC_TYPE_U1:
        zc_delta_encode_vec(ZC_DELTA_INT, 1, n, src, dst);
        break;
    case ZC_TYPE_I2:
    case ZC_TYPE_U2:
        zc_delta_encode_vec(ZC_DELTA_INT, 2, n, src, dst);
        break;
    case ZC_TYPE_I4:
    case ZC_TYPE_U4:
        zc_delta_encode_vec(ZC_DELTA_INT, 4, n, src, dst);
        break;
    case ZC_TYPE_I8:
    case ZC_TYPE_U8:
        zc_delta_encode_vec(ZC_DELTA_INT, 8, n, src, dst);
        break;
    case ZC_TYPE_F4:
        zc_delta_encode_vec(ZC_DELTA_F4, 4, n, src, dst);
        break;
    case ZC_TYPE_F8:
        zc_delta_encode_vec(ZC_DELTA_F8, 8, n, src, dst);
        break;
    default:
        break;
    }
}

void zc_delta_decode_simd(int type, size_t n, const void *src, void *dst) {
    const uint8_t *s = src;
    uint8_t *d = dst;
    const size_t size = zc_type_size(type);
    size_t done = 0;
    switch (type) {
    case ZC_TYPE_I1:
    case ZC_TYPE_U1:
        done = zc_delta_decode_vec(1, n, s, d);
        break;
    case ZC_TYPE_I2:
    case ZC_TYPE_U2:
        done = zc_delta_decode_vec(2, n, s, d);
        break;
    case ZC_TYPE_I4:
    case ZC_TYPE_U4:
        done = zc_delta_decode_vec(4, n, s, d);
        break;
    case ZC_TYPE_I8:
    case ZC_TYPE_U8:
        done = zc_delta_decode_vec(8, n, s, d);
        break;
    default:
        break; /* floats: only the sequential sum has the right bits */
    }
    zc_delta_decode_rest(type, size, n, done, s, d);
}

ZC_SIMD_END

#endif

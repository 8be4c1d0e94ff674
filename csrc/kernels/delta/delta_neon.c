#include "delta.h"

#if ZC_ARM64

#include "../../simd_neon.h"

#include "delta_vec.h"

void zc_delta_encode_neon(int type, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst) {
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

void zc_delta_decode_neon(int type, size_t n, const void *src, void *dst) {
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

#endif

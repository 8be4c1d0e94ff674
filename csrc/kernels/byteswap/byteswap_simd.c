/* Byte swap in vector words. */
#include "byteswap.h"

#include "../../simd.h"

#if ZC_SIMD

ZC_SIMD_BEGIN

/* Returns how many bytes are done. Each vector is read before it is written: src may be dst. */
ZC_ALWAYS_INLINE size_t zc_byteswap_vec(const size_t width, size_t nbytes, const uint8_t *src, uint8_t *dst) {
    uint8_t order[16];
    for (size_t i = 0; i < 16; i++) order[i] = (uint8_t)(i ^ (width - 1));
    const zc_v_t index = zc_v_splat_lane(order);
    size_t i = 0;
    for (; i + 4 * ZC_VBYTES <= nbytes; i += 4 * ZC_VBYTES) {
        const zc_v_t a = zc_v_load(src + i), b = zc_v_load(src + i + ZC_VBYTES);
        const zc_v_t c = zc_v_load(src + i + 2 * ZC_VBYTES), d = zc_v_load(src + i + 3 * ZC_VBYTES);
        zc_v_store(dst + i, zc_v_permute(a, index));
        zc_v_store(dst + i + ZC_VBYTES, zc_v_permute(b, index));
        zc_v_store(dst + i + 2 * ZC_VBYTES, zc_v_permute(c, index));
        zc_v_store(dst + i + 3 * ZC_VBYTES, zc_v_permute(d, index));
    }
    for (; i + ZC_VBYTES <= nbytes; i += ZC_VBYTES) zc_v_store(dst + i, zc_v_permute(zc_v_load(src + i), index));
    return i;
}

void zc_byteswap_simd(size_t width, size_t count, const uint8_t *src, uint8_t *dst) {
    const size_t nbytes = width * count;
    size_t done = 0;
    switch (width) {
    case 2:
        done = zc_byteswap_vec(2, nbytes, src, dst);
        break;
    case 4:
        done = zc_byteswap_vec(4, nbytes, src, dst);
        break;
    case 8:
        done = zc_byteswap_vec(8, nbytes, src, dst);
        break;
    case 16:
        done = zc_byteswap_vec(16, nbytes, src, dst);
        break;
    default:
        break;
    }
    zc_byteswap_rest(width, nbytes, done, src, dst);
}

ZC_SIMD_END

#endif

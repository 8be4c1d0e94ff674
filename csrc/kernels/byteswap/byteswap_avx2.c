#include "byteswap.h"

#if ZC_X86

#include "../../simd_avx2.h"

ZC_TARGET_AVX2_BEGIN

#include "byteswap_vec.h"

void zc_byteswap_avx2(size_t width, size_t count, const uint8_t *src, uint8_t *dst) {
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

ZC_TARGET_END

#endif

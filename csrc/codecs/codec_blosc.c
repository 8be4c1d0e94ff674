/* The blosc codec: parameters and sizes. The work is in blosc_encode.c and blosc_decode.c. */
#include "codec_blosc.h"

static zc_status_t blosc_check(const zc_step_t *step) {
    const int64_t *p = step->p;
    if (p[ZC_BLOSC_P_CNAME] < ZC_BLOSC_BLOSCLZ || p[ZC_BLOSC_P_CNAME] > ZC_BLOSC_ZSTD) return ZC_E_PARAM;
    if (p[ZC_BLOSC_P_CLEVEL] < 0 || p[ZC_BLOSC_P_CLEVEL] > 9) return ZC_E_PARAM;
    if (p[ZC_BLOSC_P_SHUFFLE] < 0 || p[ZC_BLOSC_P_SHUFFLE] > 2) return ZC_E_PARAM;
    if (p[ZC_BLOSC_P_BLOCKSIZE] < 0 || p[ZC_BLOSC_P_BLOCKSIZE] > INT32_MAX) return ZC_E_PARAM;
    return ZC_OK;
}

static size_t blosc_size_unknown(const zc_step_t *step, size_t n) {
    (void)step, (void)n;
    return ZC_SIZE_UNKNOWN;
}

static size_t blosc_bound(const zc_step_t *step, size_t n) {
    (void)step;
    return n > ZC_BLOSC_MAX_CONTENT ? ZC_SIZE_UNKNOWN : n + ZC_BLOSC_HEADER;
}

const zc_codec_ops_t zc_codec_blosc = {
    .name = "blosc",
    .nparams = 5,
    .check = blosc_check,
    .encoded_size = blosc_size_unknown,
    .decoded_size = blosc_size_unknown,
    .bound = blosc_bound,
    .encode = zc_blosc_encode,
    .decode = zc_blosc_decode,
    .decode_range = zc_blosc_decode_range,
    .decode_fetched = zc_blosc_decode_fetched,
};

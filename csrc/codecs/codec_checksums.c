/* crc32, adler32 and fletcher32 (numcodecs): the content and four bytes of checksum, LE, before or after it. */
#include <string.h>

#include "codec.h"
#include "fletcher32.h"
#include "libs.h"

enum { P_AT_START = 0, CHECKSUM = 4 };

static uint32_t sum_of(const zc_step_t *step, const uint8_t *data, size_t n) {
    if (step->ops == &zc_codec_crc32) return zng_crc32_z(0, data, n);
    if (step->ops == &zc_codec_adler32) return zng_adler32_z(1, data, n);
    return zc_fletcher32(data, n);
}

/* fletcher32 has no parameter: its checksum is always at the end. */
static int at_start(const zc_step_t *step) { return step->ops->nparams > 0 && step->p[P_AT_START] != 0; }

static zc_status_t location_check(const zc_step_t *step) {
    return step->p[P_AT_START] == 0 || step->p[P_AT_START] == 1 ? ZC_OK : ZC_E_PARAM;
}

static zc_status_t nothing_check(const zc_step_t *step) {
    (void)step;
    return ZC_OK;
}

static size_t sum_encoded_size(const zc_step_t *step, size_t n) {
    (void)step;
    size_t size;
    return zc_add_overflow(n, CHECKSUM, &size) ? ZC_SIZE_UNKNOWN : size;
}

static size_t sum_decoded_size(const zc_step_t *step, size_t n) {
    (void)step;
    return n < CHECKSUM ? ZC_SIZE_UNKNOWN : n - CHECKSUM;
}

static zc_status_t sum_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                              size_t cap, size_t *written) {
    const char *name = step->ops->name;
    if (cap < CHECKSUM || cap - CHECKSUM < n) return zc_ctx_fail(ctx, ZC_E_DST, "%s: no room for the checksum", name);
    uint32_t sum = sum_of(step, src, n);
    int first = at_start(step);
    uint8_t *content = first ? dst + CHECKSUM : dst;
    /* memmove: content may already lie in place (an encode into the same buffer), and n may be 0 */
    if (n && content != src) memmove(content, src, n);
    memcpy(first ? dst : dst + n, &sum, CHECKSUM);
    *written = n + CHECKSUM;
    return ZC_OK;
}

static zc_status_t sum_decode_view(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                   const uint8_t **out, size_t *out_n) {
    const char *name = step->ops->name;
    if (n < CHECKSUM) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "%s: %zu bytes are too few for a checksum", name, n);
    size_t size = n - CHECKSUM;
    int first = at_start(step);
    const uint8_t *content = first ? src + CHECKSUM : src;
    uint32_t stored, sum = sum_of(step, content, size);
    memcpy(&stored, first ? src : src + size, CHECKSUM);
    if (sum != stored) return zc_ctx_fail(ctx, ZC_E_CHECKSUM, "%s: stored 0x%08x, computed 0x%08x", name, stored, sum);
    *out = content;
    *out_n = size;
    return ZC_OK;
}

static zc_status_t sum_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                              size_t cap, size_t *written) {
    const uint8_t *content = src;
    size_t size = 0;
    zc_status_t status = sum_decode_view(step, ctx, src, n, &content, &size);
    if (status != ZC_OK) return status;
    if (size > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "%s: %zu bytes", step->ops->name, size);
    if (size) memcpy(dst, content, size);
    *written = size;
    return ZC_OK;
}

const zc_codec_ops_t zc_codec_crc32 = {
    .name = "crc32",
    .nparams = 1,
    .check = location_check,
    .encoded_size = sum_encoded_size,
    .decoded_size = sum_decoded_size,
    .bound = sum_encoded_size,
    .encode = sum_encode,
    .decode = sum_decode,
    .decode_view = sum_decode_view,
};

const zc_codec_ops_t zc_codec_adler32 = {
    .name = "adler32",
    .nparams = 1,
    .check = location_check,
    .encoded_size = sum_encoded_size,
    .decoded_size = sum_decoded_size,
    .bound = sum_encoded_size,
    .encode = sum_encode,
    .decode = sum_decode,
    .decode_view = sum_decode_view,
};

const zc_codec_ops_t zc_codec_fletcher32 = {
    .name = "fletcher32",
    .nparams = 0,
    .check = nothing_check,
    .encoded_size = sum_encoded_size,
    .decoded_size = sum_decoded_size,
    .bound = sum_encoded_size,
    .encode = sum_encode,
    .decode = sum_decode,
    .decode_view = sum_decode_view,
};

/* crc32c (zarr v3 core; numcodecs with `location`): the content and its CRC-32C, 4 bytes LE, after or before it. */
#include <string.h>

#include "../dispatch.h"
#include "codec.h"

enum { P_AT_START = 0, CHECKSUM = 4 };

static zc_status_t crc32c_check(const zc_step_t *step) {
    return step->p[P_AT_START] == 0 || step->p[P_AT_START] == 1 ? ZC_OK : ZC_E_PARAM;
}

static size_t crc32c_encoded_size(const zc_step_t *step, size_t n) {
    (void)step;
    size_t size;
    return zc_add_overflow(n, CHECKSUM, &size) ? ZC_SIZE_UNKNOWN : size;
}

static size_t crc32c_decoded_size(const zc_step_t *step, size_t n) {
    (void)step;
    return n < CHECKSUM ? ZC_SIZE_UNKNOWN : n - CHECKSUM;
}

static zc_status_t crc32c_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                 size_t cap, size_t *written) {
    if (cap < CHECKSUM || cap - CHECKSUM < n) return zc_ctx_fail(ctx, ZC_E_DST, "crc32c: no room for the checksum");
    uint32_t sum = zc_k.crc32c(0, src, n);
    int at_start = step->p[P_AT_START] != 0;
    uint8_t *content = at_start ? dst + CHECKSUM : dst;
    /* memmove: content may already lie in place (an encode into the same buffer), and n may be 0 */
    if (n && content != src) memmove(content, src, n);
    memcpy(at_start ? dst : dst + n, &sum, CHECKSUM);
    *written = n + CHECKSUM;
    return ZC_OK;
}

static zc_status_t crc32c_decode_view(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                      const uint8_t **out, size_t *out_n) {
    if (n < CHECKSUM) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "crc32c: %zu bytes are too few for a checksum", n);
    size_t size = n - CHECKSUM;
    const uint8_t *content = step->p[P_AT_START] ? src + CHECKSUM : src;
    uint32_t stored, sum = zc_k.crc32c(0, content, size);
    memcpy(&stored, step->p[P_AT_START] ? src : src + size, CHECKSUM);
    if (sum != stored) return zc_ctx_fail(ctx, ZC_E_CHECKSUM, "crc32c: stored 0x%08x, computed 0x%08x", stored, sum);
    *out = content;
    *out_n = size;
    return ZC_OK;
}

static zc_status_t crc32c_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                 size_t cap, size_t *written) {
    const uint8_t *content = src;
    size_t size = 0;
    zc_status_t status = crc32c_decode_view(step, ctx, src, n, &content, &size);
    if (status != ZC_OK) return status;
    if (size > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "crc32c: %zu bytes", size);
    if (size) memcpy(dst, content, size);
    *written = size;
    return ZC_OK;
}

const zc_codec_ops_t zc_codec_crc32c = {
    .name = "crc32c",
    .nparams = 1,
    .check = crc32c_check,
    .encoded_size = crc32c_encoded_size,
    .decoded_size = crc32c_decoded_size,
    .bound = crc32c_encoded_size,
    .encode = crc32c_encode,
    .decode = crc32c_decode,
    .decode_view = crc32c_decode_view,
};

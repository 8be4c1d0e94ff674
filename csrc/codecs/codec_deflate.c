/* zlib (RFC 1950) and gzip (RFC 1952): encoded by zlib-ng, decoded by inflate.c. */
#include "codec_deflate.h"

#include <stdlib.h>

#include "codec.h"
#include "libs.h"

enum { P_LEVEL = 0 };

static uint32_t take32(size_t n) { return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n; }

static zng_stream *deflate_state(zc_ctx_t *ctx, int wrap, int level) {
    /* zlib-ng's level 1 codes with fixed tables: faster, but up to twice the size of what users of zlib's level 1, the
     * default of Zarr v2, know, and larger than the content when that is noise. Its level 2 is their level 1. */
    if (level == 1) level = 2;
    int key = (level + 2) * 64 + wrap;
    zng_stream *z = ctx->deflate;
    if (z && ctx->deflate_key == key) return zng_deflateReset(z) == ZC_Z_OK ? z : NULL;
    if (z) {
        zng_deflateEnd(z);
        free(z);
        ctx->deflate = NULL;
    }
    z = calloc(1, sizeof *z);
    if (!z) return NULL;
    if (zng_deflateInit2(z, level, ZC_Z_DEFLATED, wrap, 8, 0) != ZC_Z_OK) {
        free(z);
        return NULL;
    }
    ctx->deflate = z;
    ctx->deflate_key = key;
    return z;
}

zc_status_t zc_deflate_stream(zc_ctx_t *ctx, int wrap, int level, const uint8_t *src, size_t n, uint8_t *dst,
                              size_t cap, size_t *written) {
    zng_stream *z = deflate_state(ctx, wrap, level);
    if (!z) return ZC_E_NOMEM;
    size_t in = 0, out = 0;
    for (;;) {
        uint32_t give = take32(n - in), room = take32(cap - out);
        z->next_in = src + in;
        z->avail_in = give;
        z->next_out = dst + out;
        z->avail_out = room;
        int32_t code = zng_deflate(z, in + give == n ? ZC_Z_FINISH : ZC_Z_NO_FLUSH);
        in += give - z->avail_in;
        out += room - z->avail_out;
        if (code == ZC_Z_STREAM_END) break;
        if (code != ZC_Z_OK && code != ZC_Z_BUF_ERROR) return zc_ctx_fail(ctx, ZC_E_PARAM, "deflate failed (%d)", code);
        if (out == cap) return zc_ctx_fail(ctx, ZC_E_DST, "the bound of deflate does not hold");
    }
    *written = out;
    return ZC_OK;
}

/* ---- codecs ---- */

static int wrap_of(const zc_step_t *step) { return step->ops == &zc_codec_gzip ? ZC_WRAP_GZIP : ZC_WRAP_ZLIB; }

static zc_status_t deflate_check(const zc_step_t *step) {
    return step->p[P_LEVEL] >= -1 && step->p[P_LEVEL] <= 9 ? ZC_OK : ZC_E_PARAM;
}

static size_t deflate_size_unknown(const zc_step_t *step, size_t n) {
    (void)step, (void)n;
    return ZC_SIZE_UNKNOWN;
}

/* Stored blocks of a few KiB with 5 bytes each, and the wrapping, cost less; fixed tables take up to 9 bits a byte. */
static size_t deflate_bound(const zc_step_t *step, size_t n) {
    (void)step;
    size_t bound;
    return zc_add_overflow(n, n / 8 + n / 256 + 64, &bound) ? ZC_SIZE_UNKNOWN : bound;
}

static zc_status_t deflate_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                  size_t cap, size_t *written) {
    return zc_deflate_stream(ctx, wrap_of(step), (int)step->p[P_LEVEL], src, n, dst, cap, written);
}

/* Every member up to `cap` bytes of content, and what may follow them: further gzip members and zero padding
 * (RFC 1952 2.2; tape and block devices pad). With `stop`, nothing after the cap-th byte is looked at. */
static zc_status_t members(const zc_step_t *step, zc_ctx_t *ctx, int stop, const uint8_t *src, size_t n, uint8_t *dst,
                           size_t cap, size_t *written) {
    int wrap = wrap_of(step);
    size_t at = 0, done = 0;
    for (;;) {
        size_t used = 0, made = 0;
        int ended;
        zc_status_t status =
            zc_inflate_stream(ctx, wrap, stop, src + at, n - at, dst + done, cap - done, &used, &made, &ended);
        if (status != ZC_OK) return status;
        at += used;
        done += made;
        if (!ended || (stop && done == cap)) break;
        while (at < n && src[at] == 0) at++;
        if (at == n) break;
        if (wrap != ZC_WRAP_GZIP || src[at] != 0x1F)
            return zc_ctx_fail(ctx, ZC_E_CORRUPT, "inflate: %zu bytes of garbage after the stream", n - at);
    }
    *written = done;
    return ZC_OK;
}

static zc_status_t deflate_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                  size_t cap, size_t *written) {
    return members(step, ctx, 0, src, n, dst, cap, written);
}

static zc_status_t deflate_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                        size_t total, const zc_want_t *want, uint8_t *dst) {
    size_t written = 0;
    zc_status_t status = members(step, ctx, want->hi < total, src, n, dst, want->hi, &written);
    return status != ZC_OK ? status : written < want->hi ? ZC_E_TOO_SHORT : ZC_OK;
}

const zc_codec_ops_t zc_codec_zlib = {
    .name = "zlib",
    .nparams = 1,
    .check = deflate_check,
    .encoded_size = deflate_size_unknown,
    .decoded_size = deflate_size_unknown,
    .bound = deflate_bound,
    .encode = deflate_encode,
    .decode = deflate_decode,
    .decode_range = deflate_decode_range,
};

const zc_codec_ops_t zc_codec_gzip = {
    .name = "gzip",
    .nparams = 1,
    .check = deflate_check,
    .encoded_size = deflate_size_unknown,
    .decoded_size = deflate_size_unknown,
    .bound = deflate_bound,
    .encode = deflate_encode,
    .decode = deflate_decode,
    .decode_range = deflate_decode_range,
};

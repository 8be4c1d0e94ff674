/* zlib (RFC 1950) and gzip (RFC 1952) streams: what is around their DEFLATE blocks, and the checksums. */
#include <string.h>

#include "codec_deflate.h"
#include "inflate.h"
#include "libs.h"

/* FLG of a gzip member (RFC 1952 2.3.1) */
enum { HAS_CRC = 0x02, HAS_EXTRA = 0x04, HAS_NAME = 0x08, HAS_COMMENT = 0x10, RESERVED = 0xE0 };

enum { METHOD = 8, HAS_DICTIONARY = 0x20, GZIP_HEADER = 10 };

static zc_status_t ends(zc_ctx_t *ctx) {
    return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "inflate: the stream ends too early");
}

static zc_status_t zlib_header(zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t *size) {
    if (n < 2) return ends(ctx);
    if ((src[0] << 8 | src[1]) % 31) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "inflate: not a zlib header");
    if ((src[0] & 15) != METHOD || src[0] >> 4 > 7)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "inflate: a zlib header of method 0x%02x", src[0]);
    *size = 2;
    if (!(src[1] & HAS_DICTIONARY)) return ZC_OK;
    return n < 6 ? ends(ctx) : zc_ctx_fail(ctx, ZC_E_UNSUPPORTED, "inflate: the stream needs a preset dictionary");
}

/* Past the 0 that ends the text at `at`; past n when there is none. */
static size_t skip_text(const uint8_t *src, size_t n, size_t at) {
    const uint8_t *end = at < n ? memchr(src + at, 0, n - at) : NULL;
    return end ? (size_t)(end - src) + 1 : n + 1;
}

static zc_status_t gzip_header(zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t *size) {
    if (n < 2) return ends(ctx);
    if (src[0] != 0x1F || src[1] != 0x8B) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "inflate: not a gzip header");
    if (n < 4) return ends(ctx);
    if (src[2] != METHOD || (src[3] & RESERVED))
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "inflate: a gzip header of method %d, flags 0x%02x", src[2], src[3]);
    size_t at = GZIP_HEADER;
    if (src[3] & HAS_EXTRA) {
        if (n < at + 2) return ends(ctx);
        at += 2 + (size_t)(src[at] | src[at + 1] << 8);
    }
    if (src[3] & HAS_NAME) at = skip_text(src, n, at);
    if (src[3] & HAS_COMMENT) at = skip_text(src, n, at);
    if (src[3] & HAS_CRC) {
        if (n < at || n - at < 2) return ends(ctx);
        if ((zng_crc32_z(0, src, at) & 0xFFFF) != (uint32_t)(src[at] | src[at + 1] << 8))
            return zc_ctx_fail(ctx, ZC_E_CORRUPT, "inflate: the checksum of the gzip header does not match");
        at += 2;
    }
    *size = at;
    return at > n ? ends(ctx) : ZC_OK;
}

static zc_status_t check(zc_ctx_t *ctx, const char *what, uint32_t stored, uint32_t computed) {
    if (stored == computed) return ZC_OK;
    return zc_ctx_fail(ctx, ZC_E_CHECKSUM, "inflate: stored %s 0x%08x, computed 0x%08x", what, stored, computed);
}

/* What follows the blocks: the checksum and, in gzip, the size of the content. */
static zc_status_t trailer(zc_ctx_t *ctx, int wrap, const uint8_t *src, size_t n, uint32_t sum, size_t made,
                           size_t *size) {
    uint32_t stored;
    if (n < 4) return ends(ctx);
    memcpy(&stored, src, 4);
    if (wrap == ZC_WRAP_ZLIB) {
        *size = 4;
        return check(ctx, "Adler-32", __builtin_bswap32(stored), sum);
    }
    zc_status_t status = check(ctx, "CRC-32", stored, sum);
    if (status != ZC_OK) return status;
    if (n < 8) return ends(ctx);
    memcpy(&stored, src + 4, 4);
    *size = 8;
    return check(ctx, "size", stored, (uint32_t)made);
}

static zc_status_t inflate_fail(zc_ctx_t *ctx, zc_status_t status, const zc_inflate_t *z, size_t cap) {
    if (status == ZC_E_TOO_LONG) return zc_ctx_fail(ctx, status, "inflate: more than %zu bytes", cap);
    return zc_ctx_fail(ctx, status, "inflate: %s", z->words);
}

zc_status_t zc_inflate_stream(zc_ctx_t *ctx, int wrap, int stop, const uint8_t *src, size_t n, uint8_t *dst, size_t cap,
                              size_t *used, size_t *written, int *ended) {
    *used = 0;
    *written = 0;
    *ended = 0;
    if (stop && cap == 0) return ZC_OK;
    size_t at = 0;
    zc_status_t status = wrap == ZC_WRAP_GZIP ? gzip_header(ctx, src, n, &at) : zlib_header(ctx, src, n, &at);
    if (status != ZC_OK) return status;
    zc_inflate_t z;
    zc_inflate_begin(&z, src + at, n - at, dst, cap, stop);
    uint32_t sum = wrap == ZC_WRAP_GZIP ? 0 : 1;
    while (!z.last) {
        const uint8_t *from = z.out; /* summed up by blocks, while they are in the cache */
        status = zc_inflate_block(&z);
        if (status != ZC_OK) return inflate_fail(ctx, status, &z, cap);
        if (z.full) break;
        size_t made = (size_t)(z.out - from);
        sum = wrap == ZC_WRAP_GZIP ? zng_crc32_z(sum, from, made) : zng_adler32_z(sum, from, made);
    }
    *used = (size_t)(z.in - src);
    *written = (size_t)(z.out - dst);
    if (z.full) return ZC_OK;
    *ended = 1;
    status = trailer(ctx, wrap, z.in, n - *used, sum, *written, &at);
    *used += at;
    return status;
}

/* Zstandard frames, RFC 8878. Encodes one frame with its content size; decodes any sequence of frames. */
#include "codec_zstd.h"

#include <string.h>

#include "codec.h"

enum { P_LEVEL = 0, P_CHECKSUM = 1 };

ZSTD_CCtx *zc_zstd_cctx(zc_ctx_t *ctx) {
    if (!ctx->zstd_c) ctx->zstd_c = ZSTD_createCCtx();
    return ctx->zstd_c;
}

ZSTD_DCtx *zc_zstd_dctx(zc_ctx_t *ctx) {
    if (!ctx->zstd_d) ctx->zstd_d = ZSTD_createDCtx();
    return ctx->zstd_d;
}

zc_status_t zc_zstd_fail(zc_ctx_t *ctx, size_t code) {
    zc_status_t status;
    switch (ZSTD_getErrorCode(code)) {
    case ZC_ZSTD_DST_TOO_SMALL:
        status = ZC_E_TOO_LONG;
        break;
    case ZC_ZSTD_CHECKSUM_WRONG:
        status = ZC_E_CHECKSUM;
        break;
    case ZC_ZSTD_SRC_WRONG:
        status = ZC_E_TRUNCATED;
        break;
    case ZC_ZSTD_MEMORY_ALLOCATION:
        status = ZC_E_NOMEM;
        break;
    case ZC_ZSTD_DICTIONARY_WRONG:
    case ZC_ZSTD_FRAME_UNSUPPORTED:
    case ZC_ZSTD_WINDOW_TOO_LARGE:
        status = ZC_E_UNSUPPORTED;
        break;
    default:
        status = ZC_E_CORRUPT;
        break;
    }
    return zc_ctx_fail(ctx, status, "zstd: %s", ZSTD_getErrorName(code));
}

static zc_status_t zstd_check(const zc_step_t *step) {
    int64_t level = step->p[P_LEVEL];
    if (level < ZSTD_minCLevel() || level > ZSTD_maxCLevel()) return ZC_E_PARAM;
    return step->p[P_CHECKSUM] == 0 || step->p[P_CHECKSUM] == 1 ? ZC_OK : ZC_E_PARAM;
}

static size_t zstd_size_unknown(const zc_step_t *step, size_t n) {
    (void)step, (void)n;
    return ZC_SIZE_UNKNOWN;
}

/* RFC 8878 3.1.1: raw blocks cost 3 bytes each, and blocks are 128 KiB unless the level makes them smaller, which
 * n / 256 covers; 128 for header, checksum and last block. */
static size_t zstd_bound(const zc_step_t *step, size_t n) {
    (void)step;
    size_t bound;
    return zc_add_overflow(n, n / 256 + 128, &bound) ? ZC_SIZE_UNKNOWN : bound;
}

static zc_status_t zstd_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                               size_t cap, size_t *written) {
    ZSTD_CCtx *cctx = zc_zstd_cctx(ctx);
    if (!cctx) return ZC_E_NOMEM;
    size_t code = ZSTD_CCtx_reset(cctx, ZC_ZSTD_RESET_SESSION); /* an encode that failed leaves its frame open */
    if (!ZSTD_isError(code)) code = ZSTD_CCtx_setParameter(cctx, ZC_ZSTD_COMPRESSION_LEVEL, (int)step->p[P_LEVEL]);
    if (!ZSTD_isError(code)) code = ZSTD_CCtx_setParameter(cctx, ZC_ZSTD_CHECKSUM_FLAG, (int)step->p[P_CHECKSUM]);
    if (!ZSTD_isError(code)) code = ZSTD_compress2(cctx, dst, cap, src, n);
    if (ZSTD_isError(code)) {
        zc_status_t status = zc_zstd_fail(ctx, code);
        return status == ZC_E_TOO_LONG ? ZC_E_DST : status == ZC_E_NOMEM ? status : ZC_E_PARAM;
    }
    *written = code;
    return ZC_OK;
}

static uint32_t read_le32(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

/* Whether p[0..n) can be the beginning of a frame. */
static int starts_frame(const uint8_t *p, size_t n) {
    uint8_t head[4] = {0x28, 0xB5, 0x2F, 0xFD};
    if (n >= 4) return read_le32(p) == ZC_ZSTD_MAGIC || (read_le32(p) & ~0xFU) == ZC_ZSTD_MAGIC_SKIPPABLE;
    if (memcmp(p, head, n) == 0) return 1;
    uint8_t skip[4] = {p[0], 0x2A, 0x4D, 0x18};
    return (p[0] & 0xF0) == 0x50 && memcmp(p, skip, n) == 0;
}

/* Whether src is whole frames. zstd's own codes do not tell "ends too early" from "garbage after a frame" or from "the
 * checksum does not match"; only asked when a decode has failed. */
static zc_status_t walk_frames(zc_ctx_t *ctx, const uint8_t *src, size_t n) {
    while (n > 0) {
        if (!starts_frame(src, n)) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "zstd: no frame magic");
        size_t frame = ZSTD_findFrameCompressedSize(src, n);
        if (ZSTD_isError(frame)) return zc_zstd_fail(ctx, frame);
        src += frame;
        n -= frame;
    }
    return ZC_OK;
}

/* The one-shot decoder writes straight to dst: it needs no window, whatever the frame header claims. */
static zc_status_t zstd_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                               size_t cap, size_t *written) {
    (void)step;
    ZSTD_DCtx *dctx = zc_zstd_dctx(ctx);
    if (!dctx) return ZC_E_NOMEM;
    if (n == 0) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "zstd: no frame");
    size_t code = ZSTD_decompressDCtx(dctx, dst, cap, src, n);
    if (ZSTD_isError(code)) {
        int error = ZSTD_getErrorCode(code);
        zc_status_t status = ZC_OK;
        if (error == ZC_ZSTD_SRC_WRONG || error == ZC_ZSTD_PREFIX_UNKNOWN || error == ZC_ZSTD_CHECKSUM_WRONG)
            status = walk_frames(ctx, src, n);
        return status != ZC_OK ? status : zc_zstd_fail(ctx, code);
    }
    *written = code;
    return ZC_OK;
}

/* Block by block into dst, which is also the window, until hi is reached: no allocation either. What follows hi is
 * not looked at, so a content checksum is verified only when hi needs the last block. */
static zc_status_t zstd_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                     const zc_want_t *want, uint8_t *dst) {
    const size_t hi = want->hi;
    if (hi >= total) {
        size_t written = 0;
        zc_status_t status = zstd_decode(step, ctx, src, n, dst, total, &written);
        return status != ZC_OK ? status : written < total ? ZC_E_TOO_SHORT : ZC_OK;
    }
    ZSTD_DCtx *dctx = zc_zstd_dctx(ctx);
    if (!dctx) return ZC_E_NOMEM;
    size_t at = 0, done = 0;
    while (done < hi) {
        if (at == n) return at == 0 ? ZC_E_TRUNCATED : ZC_E_TOO_SHORT;
        size_t code = ZSTD_decompressBegin(dctx);
        if (ZSTD_isError(code)) return zc_zstd_fail(ctx, code);
        size_t need;
        while (done < hi && (need = ZSTD_nextSrcSizeToDecompress(dctx)) != 0) {
            if (need > n - at) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "zstd: the frame ends too early");
            code = ZSTD_decompressContinue(dctx, dst + done, total - done, src + at, need);
            if (ZSTD_isError(code)) return zc_zstd_fail(ctx, code);
            at += need;
            done += code;
        }
    }
    return ZC_OK;
}

const zc_codec_ops_t zc_codec_zstd = {
    .name = "zstd",
    .nparams = 2,
    .check = zstd_check,
    .encoded_size = zstd_size_unknown,
    .decoded_size = zstd_size_unknown,
    .bound = zstd_bound,
    .encode = zstd_encode,
    .decode = zstd_decode,
    .decode_range = zstd_decode_range,
};

/* Decoding of Blosc1 frames, wholly or by blocks. The frame's header rules, not the codec's parameters. */
#include <string.h>

#include "../dispatch.h"
#include "codec_blosc.h"
#include "codec_deflate.h"
#include "codec_lz4.h"
#include "codec_zstd.h"

typedef struct frame {
    const uint8_t *src;
    size_t from, n; /* blocks lie in src[from, n) */
    size_t nbytes, blocksize, nblocks, typesize;
    int flags, format;
} frame_t;

static uint32_t read_le32(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

/* Fills *f from the header; after ZC_OK the table of block offsets lies within the frame's n bytes. */
static zc_status_t parse(zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t cap, frame_t *f) {
    if (n < ZC_BLOSC_HEADER) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "blosc: %zu bytes are too few for a header", n);
    int version = src[0];
    f->src = src;
    f->n = n;
    f->flags = src[2];
    f->format = src[2] >> 5;
    f->typesize = src[3];
    f->nbytes = read_le32(src + 4);
    f->blocksize = read_le32(src + 8);
    size_t cbytes = read_le32(src + 12);
    int filters = f->flags & (ZC_BLOSC_SHUFFLE | ZC_BLOSC_BITSHUFFLE);
    if (version > ZC_BLOSC_VERSION || filters == (ZC_BLOSC_SHUFFLE | ZC_BLOSC_BITSHUFFLE))
        return zc_ctx_fail(ctx, ZC_E_UNSUPPORTED, "blosc: a frame of version %d (Blosc2), not a Blosc1 frame", version);
    if (version == 0 || f->typesize == 0 || (f->flags & ZC_BLOSC_RESERVED))
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: not a frame header");
    if (cbytes > n) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "blosc: %zu bytes of a frame of %zu", n, cbytes);
    if (cbytes < n) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: %zu bytes for a frame of %zu", n, cbytes);
    if (f->nbytes > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "blosc: the frame holds %zu bytes", f->nbytes);
    f->nblocks = 0;
    if (f->nbytes == 0) return ZC_OK;
    if (f->flags & ZC_BLOSC_MEMCPYED) {
        if (n - ZC_BLOSC_HEADER != f->nbytes)
            return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: %zu bytes stored in a frame of %zu", f->nbytes, n);
        return ZC_OK;
    }
    if (f->blocksize == 0 || f->blocksize > f->nbytes)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block size %zu", f->blocksize);
    f->nblocks = (f->nbytes - 1) / f->blocksize + 1;
    if (f->nblocks > (n - ZC_BLOSC_HEADER) / 4)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: no room for the offsets of %zu blocks", f->nblocks);
    if (f->format == ZC_BLOSC_FORMAT_SNAPPY)
        return zc_ctx_fail(ctx, ZC_E_UNSUPPORTED, "blosc: compressed with snappy, which is not built in");
    if (f->format > ZC_BLOSC_FORMAT_ZSTD)
        return zc_ctx_fail(ctx, ZC_E_UNSUPPORTED, "blosc: unknown compressed format %d", f->format);
    f->from = ZC_BLOSC_HEADER + 4 * f->nblocks;
    return ZC_OK;
}

/* One compressed split to exactly `size` bytes. */
static zc_status_t decode_split(zc_ctx_t *ctx, int format, const uint8_t *src, size_t n, uint8_t *dst, size_t size) {
    size_t made = 0;
    switch (format) {
    case ZC_BLOSC_FORMAT_BLOSCLZ:
        made = (size_t)blosclz_decompress(src, (int)n, dst, (int)size);
        break;
    case ZC_BLOSC_FORMAT_LZ4:
        made = (size_t)zc_lz4_decompress(src, n, dst, size);
        break;
    case ZC_BLOSC_FORMAT_ZLIB: {
        size_t used;
        int ended;
        zc_status_t status = zc_inflate_stream(ctx, ZC_WRAP_ZLIB, 0, src, n, dst, size, &used, &made, &ended);
        if (status != ZC_OK) return status == ZC_E_NOMEM || status == ZC_E_CHECKSUM ? status : ZC_E_CORRUPT;
        break;
    }
    default: {
        ZSTD_DCtx *dctx = zc_zstd_dctx(ctx);
        if (!dctx) return ZC_E_NOMEM;
        made = ZSTD_decompressDCtx(dctx, dst, size, src, n);
        break;
    }
    }
    return made == size ? ZC_OK : ZC_E_CORRUPT; /* errors are negative numbers, so never equal to size */
}

/* Block i to dst, which has room for its bytes and no more. */
static zc_status_t decode_block(zc_ctx_t *ctx, const frame_t *f, size_t i, uint8_t *dst) {
    size_t offset = i * f->blocksize;
    size_t bsize = f->nbytes - offset < f->blocksize ? f->nbytes - offset : f->blocksize;
    size_t at = read_le32(f->src + ZC_BLOSC_HEADER + 4 * i);
    if (at < f->from || at > f->n) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block %zu at offset %zu", i, at);
    size_t nsplits = 1;
    if (!(f->flags & ZC_BLOSC_DONT_SPLIT) && bsize == f->blocksize && zc_blosc_can_split(f->typesize, f->blocksize))
        nsplits = f->typesize;
    size_t size = bsize / nsplits;
    if (size * nsplits != bsize)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block size %zu with items of %zu bytes", bsize, f->typesize);

    int filter = zc_blosc_block_filter(f->flags, f->typesize, bsize);
    uint8_t *splits = dst;
    if (filter && !(splits = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_A, bsize))) return ZC_E_NOMEM;
    const uint8_t *filtered = splits;
    for (size_t s = 0; s < nsplits; s++) {
        if (f->n - at < 4) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block %zu passes the end of the frame", i);
        size_t csize = read_le32(f->src + at);
        at += 4;
        if (csize == 0 || csize > f->n - at || csize > INT32_MAX || size > INT32_MAX) /* the libraries take ints */
            return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: a split of %zu bytes in block %zu", csize, i);
        if (csize != size) {
            zc_status_t status = decode_split(ctx, f->format, f->src + at, csize, splits + s * size, size);
            if (status != ZC_OK) return zc_ctx_fail(ctx, status, "blosc: block %zu is damaged", i);
        } else if (filter && nsplits == 1) {
            filtered = f->src + at; /* stored: unfilter from where it lies */
        } else {
            memcpy(splits + s * size, f->src + at, size);
        }
        at += csize;
    }
    if (filter == ZC_BLOSC_SHUFFLE) zc_k.unshuffle(f->typesize, bsize, filtered, dst);
    if (filter == ZC_BLOSC_BITSHUFFLE) {
        size_t nitems = bsize / f->typesize, whole = nitems * f->typesize;
        uint8_t *scratch = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_B, whole);
        if (!scratch) return ZC_E_NOMEM;
        zc_k.bitunshuffle(f->typesize, nitems, filtered, dst, scratch);
        memcpy(dst + whole, filtered + whole, bsize - whole);
    }
    return ZC_OK;
}

zc_status_t zc_blosc_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                            size_t cap, size_t *written) {
    (void)step;
    frame_t f = {0};
    zc_status_t status = parse(ctx, src, n, cap, &f);
    if (status != ZC_OK) return status;
    if (f.nbytes && f.nblocks == 0) memcpy(dst, src + ZC_BLOSC_HEADER, f.nbytes);
    for (size_t i = 0; i < f.nblocks; i++) {
        status = decode_block(ctx, &f, i, dst + i * f.blocksize);
        if (status != ZC_OK) return status;
    }
    *written = f.nbytes;
    return ZC_OK;
}

/* The blocks that hold bytes [lo, hi). */
static zc_status_t decode_blocks(zc_ctx_t *ctx, const frame_t *f, size_t lo, size_t hi, uint8_t *dst) {
    for (size_t i = lo / f->blocksize; i < f->nblocks && i * f->blocksize < hi; i++) {
        zc_status_t status = decode_block(ctx, f, i, dst + i * f->blocksize);
        if (status != ZC_OK) return status;
    }
    return ZC_OK;
}

zc_status_t zc_blosc_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                  size_t lo, size_t hi, uint8_t *dst) {
    (void)step;
    frame_t f = {0};
    zc_status_t status = parse(ctx, src, n, total, &f);
    if (status != ZC_OK) return status;
    if (f.nbytes < total) return zc_ctx_fail(ctx, ZC_E_TOO_SHORT, "blosc: the frame holds %zu bytes", f.nbytes);
    if (lo >= hi) return ZC_OK;
    if (f.nblocks > 0) return decode_blocks(ctx, &f, lo, hi, dst);
    memcpy(dst + lo, src + ZC_BLOSC_HEADER + lo, hi - lo);
    return ZC_OK;
}

/* Encoders write the blocks one after the other, in whatever order they were done: a block ends where another begins,
 * or with the frame. */
zc_status_t zc_blosc_part(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t head, size_t n, size_t total,
                          size_t lo, size_t hi, size_t *from, size_t *to) {
    (void)step;
    frame_t f = {0};
    if (head < ZC_BLOSC_HEADER || lo >= hi) return ZC_E_TRUNCATED;
    zc_status_t status = parse(ctx, src, n, total, &f);
    if (status != ZC_OK || f.nbytes != total || hi > total) return ZC_E_CORRUPT;
    if (f.nblocks == 0) {
        *from = ZC_BLOSC_HEADER + lo;
        *to = ZC_BLOSC_HEADER + hi;
        return ZC_OK;
    }
    if (head < f.from) return ZC_E_TRUNCATED;
    size_t last = 0;
    *from = *to = n;
    for (size_t i = lo / f.blocksize; i < f.nblocks && i * f.blocksize < hi; i++) {
        size_t at = read_le32(src + ZC_BLOSC_HEADER + 4 * i);
        if (at < *from) *from = at;
        if (at > last) last = at;
    }
    for (size_t i = 0; i < f.nblocks; i++) {
        size_t at = read_le32(src + ZC_BLOSC_HEADER + 4 * i);
        if (at > last && at < *to) *to = at;
    }
    return *from >= f.from && last < n ? ZC_OK : ZC_E_CORRUPT;
}

zc_status_t zc_blosc_decode_part(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t from,
                                 size_t to, size_t total, size_t lo, size_t hi, uint8_t *dst) {
    (void)step;
    frame_t f = {0};
    zc_status_t status = parse(ctx, src, n, total, &f);
    if (status != ZC_OK) return status;
    if (f.nblocks == 0) {
        memcpy(dst + lo, src + from, hi - lo);
        return ZC_OK;
    }
    f.from = from;
    f.n = to;
    return decode_blocks(ctx, &f, lo, hi, dst);
}

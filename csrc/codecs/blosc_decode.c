/* Decoding of Blosc1 frames, wholly or by blocks. The frame's header rules, not the codec's parameters. */
#include <string.h>

#include "../dispatch.h"
#include "codec_blosc.h"
#include "codec_deflate.h"
#include "codec_zstd.h"
#include "lz4_block.h"

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

/* The first `need` bytes of a compressed split of `size`. */
static zc_status_t decode_split(zc_ctx_t *ctx, int format, const uint8_t *src, size_t n, uint8_t *dst, size_t need,
                                size_t size) {
    size_t made = 0;
    switch (format) {
    case ZC_BLOSC_FORMAT_BLOSCLZ:
        made = (size_t)blosclz_decompress(src, (int)n, dst, (int)size);
        need = size;
        break;
    case ZC_BLOSC_FORMAT_LZ4: {
        ptrdiff_t first = zc_lz4_block(src, n, dst, need, size);
        made = need < size && first > (ptrdiff_t)need ? need : (size_t)first;
        break;
    }
    case ZC_BLOSC_FORMAT_ZLIB: {
        size_t used;
        int ended;
        zc_status_t status = zc_inflate_stream(ctx, ZC_WRAP_ZLIB, need < size, src, n, dst, need, &used, &made, &ended);
        if (status != ZC_OK) return status == ZC_E_NOMEM || status == ZC_E_CHECKSUM ? status : ZC_E_CORRUPT;
        break;
    }
    default: {
        ZSTD_DCtx *dctx = zc_zstd_dctx(ctx);
        if (!dctx) return ZC_E_NOMEM;
        made = ZSTD_decompressDCtx(dctx, dst, size, src, n);
        need = size;
        break;
    }
    }
    return made == need ? ZC_OK : ZC_E_CORRUPT; /* errors are negative numbers, so never equal to need */
}

/* One block of a frame and its splits. */
typedef struct block {
    size_t offset, size; /* in the content */
    size_t nsplits, split;
    int filter;
    const uint8_t *planes[ZC_BLOSC_MAX_SPLITS]; /* the splits, decoded */
} block_t;

static zc_status_t open_block(zc_ctx_t *ctx, const frame_t *f, size_t i, block_t *b) {
    b->offset = i * f->blocksize;
    b->size = f->nbytes - b->offset < f->blocksize ? f->nbytes - b->offset : f->blocksize;
    b->filter = zc_blosc_block_filter(f->flags, f->typesize, b->size);
    b->nsplits = 1;
    if (!(f->flags & ZC_BLOSC_DONT_SPLIT) && b->size == f->blocksize && zc_blosc_can_split(f->typesize, f->blocksize))
        b->nsplits = f->typesize;
    b->split = b->size / b->nsplits;
    if (b->split * b->nsplits != b->size)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block size %zu with items of %zu bytes", b->size, f->typesize);
    return ZC_OK;
}

/* The first `need` bytes of each split of block i. Stored ones are left where they are with `in_place`, else all go to
 * dst, one behind the other. */
static zc_status_t decode_splits(zc_ctx_t *ctx, const frame_t *f, size_t i, block_t *b, size_t need, int in_place,
                                 uint8_t *dst) {
    size_t at = read_le32(f->src + ZC_BLOSC_HEADER + 4 * i);
    if (at < f->from || at > f->n) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block %zu at offset %zu", i, at);
    for (size_t s = 0; s < b->nsplits; s++) {
        if (f->n - at < 4) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block %zu passes the end of the frame", i);
        size_t csize = read_le32(f->src + at);
        at += 4;
        if (csize == 0 || csize > f->n - at || csize > INT32_MAX || b->split > INT32_MAX) /* the libraries take ints */
            return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: a split of %zu bytes in block %zu", csize, i);
        uint8_t *to = dst + s * b->split;
        b->planes[s] = to;
        if (csize != b->split) {
            zc_status_t status = decode_split(ctx, f->format, f->src + at, csize, to, need, b->split);
            if (status != ZC_OK) return zc_ctx_fail(ctx, status, "blosc: block %zu is damaged", i);
        } else if (in_place) {
            b->planes[s] = f->src + at;
        } else {
            memcpy(to, f->src + at, need);
        }
        at += csize;
    }
    return ZC_OK;
}

/* Block i to dst, which has room for its bytes and no more. */
static zc_status_t decode_block(zc_ctx_t *ctx, const frame_t *f, size_t i, block_t *b, uint8_t *dst) {
    uint8_t *splits = dst;
    if (b->filter && !(splits = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_A, b->size))) return ZC_E_NOMEM;
    zc_status_t status = decode_splits(ctx, f, i, b, b->split, b->filter && b->nsplits == 1, splits);
    if (status != ZC_OK) return status;
    if (b->filter == ZC_BLOSC_SHUFFLE) zc_k.unshuffle(f->typesize, b->size, b->planes[0], dst);
    if (b->filter == ZC_BLOSC_BITSHUFFLE) {
        size_t nitems = b->size / f->typesize, whole = nitems * f->typesize;
        uint8_t *scratch = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_B, whole);
        if (!scratch) return ZC_E_NOMEM;
        zc_k.bitunshuffle(f->typesize, nitems, b->planes[0], dst, scratch);
        memcpy(dst + whole, b->planes[0] + whole, b->size - whole);
    }
    return ZC_OK;
}

/* Parts of block i, a shuffled one with a split for each byte of an item: splits are decoded up to the last part, and
 * only the parts are put together. */
static zc_status_t decode_block_parts(zc_ctx_t *ctx, const frame_t *f, size_t i, block_t *b, const zc_stretch_t *parts,
                                      size_t nparts, uint8_t *dst) {
    const size_t width = f->typesize;
    uint8_t *splits = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_A, b->size), *planes = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_B, b->size);
    if (!splits || !planes) return ZC_E_NOMEM;
    size_t last = parts[nparts - 1].hi - b->offset;
    if (last > b->size) last = b->size;
    zc_status_t status = decode_splits(ctx, f, i, b, (last - 1) / width + 1, 1, splits);
    for (size_t k = 0; k < nparts && status == ZC_OK; k++) {
        size_t lo = parts[k].lo < b->offset ? 0 : (parts[k].lo - b->offset) / width;
        size_t hi = parts[k].hi > b->offset + b->size ? b->split : (parts[k].hi - b->offset - 1) / width + 1;
        for (size_t s = 0; s < width; s++) memcpy(planes + s * (hi - lo), b->planes[s] + lo, hi - lo);
        zc_k.unshuffle(width, width * (hi - lo), planes, dst + lo * width);
    }
    return status;
}

/* The blocks that hold wanted bytes, to their places at dst. */
static zc_status_t decode_blocks(zc_ctx_t *ctx, const frame_t *f, const zc_want_t *want, uint8_t *dst) {
    const zc_stretch_t all = {want->lo, want->hi}, *parts = want->nparts > 0 ? want->parts : &all;
    const zc_stretch_t *end = parts + (want->nparts > 0 ? want->nparts : 1);
    for (size_t i = want->lo / f->blocksize; i < f->nblocks && i * f->blocksize < want->hi; i++) {
        block_t b;
        zc_status_t status = open_block(ctx, f, i, &b);
        size_t n = 0, bytes = 0;
        while (parts < end && parts->hi <= b.offset) parts++;
        for (; parts + n < end && parts[n].lo < b.offset + b.size; n++) bytes += parts[n].hi - parts[n].lo;
        if (status == ZC_OK && n > 0) {
            if (b.filter == ZC_BLOSC_SHUFFLE && b.nsplits > 1 && bytes <= b.size / 2)
                status = decode_block_parts(ctx, f, i, &b, parts, n, dst + b.offset);
            else
                status = decode_block(ctx, f, i, &b, dst + b.offset);
        }
        if (status != ZC_OK) return status;
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
    *written = f.nbytes;
    return f.nblocks ? decode_blocks(ctx, &f, &(zc_want_t){.hi = f.nbytes}, dst) : ZC_OK;
}

zc_status_t zc_blosc_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                  const zc_want_t *want, uint8_t *dst) {
    (void)step;
    frame_t f = {0};
    zc_status_t status = parse(ctx, src, n, total, &f);
    if (status != ZC_OK) return status;
    if (f.nbytes < total) return zc_ctx_fail(ctx, ZC_E_TOO_SHORT, "blosc: the frame holds %zu bytes", f.nbytes);
    if (want->lo >= want->hi) return ZC_OK;
    if (f.nblocks > 0) return decode_blocks(ctx, &f, want, dst);
    memcpy(dst + want->lo, src + ZC_BLOSC_HEADER + want->lo, want->hi - want->lo);
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
                                 size_t to, size_t total, const zc_want_t *want, uint8_t *dst) {
    (void)step;
    frame_t f = {0};
    zc_status_t status = parse(ctx, src, n, total, &f);
    if (status != ZC_OK) return status;
    if (f.nblocks == 0) {
        memcpy(dst + want->lo, src + from, want->hi - want->lo);
        return ZC_OK;
    }
    f.from = from;
    f.n = to;
    return decode_blocks(ctx, &f, want, dst);
}

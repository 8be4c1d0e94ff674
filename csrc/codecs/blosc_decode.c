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
    const zc_fetch_t *fetch; /* NULL: all of src is there */
    size_t lo, hi;           /* what was fetched last */
} frame_t;

/* What is fetched at first: a header and, of all but the largest frames, the offsets of the blocks. To read so many
 * bytes that nobody wants is as quick as another call. */
enum { FETCH_FIRST = 4 << 10, FETCH_GAP = 4 << 10 };

/* After ZC_OK src[from, to) is there, as far as the frame goes; from <= n. */
static zc_status_t fetch(frame_t *f, size_t from, size_t to) {
    if (f->fetch == NULL) return ZC_OK;
    if (to > f->n) to = f->n;
    if (from < f->lo || from > f->hi + FETCH_GAP) f->lo = f->hi = from;
    if (to <= f->hi) return ZC_OK;
    zc_status_t status = f->fetch->call(f->fetch->arg, f->hi, to);
    if (status == ZC_OK) f->hi = to;
    return status;
}

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

/* The first `need` bytes of a split of `size`, from the first n bytes of the `csize` that it is compressed to: all of
 * them, except in LZ4. */
static zc_status_t decode_split(zc_ctx_t *ctx, int format, const uint8_t *src, size_t n, size_t csize, uint8_t *dst,
                                size_t need, size_t size) {
    size_t made = 0;
    switch (format) {
    case ZC_BLOSC_FORMAT_BLOSCLZ:
        made = (size_t)blosclz_decompress(src, (int)n, dst, (int)size);
        need = size;
        break;
    case ZC_BLOSC_FORMAT_LZ4: {
        ptrdiff_t first = zc_lz4_block(src, n, csize, dst, need, size);
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

/* Items [lo, hi) of the block. */
static zc_stretch_t items_of(const block_t *b, size_t width, const zc_stretch_t *part) {
    size_t lo = part->lo < b->offset ? 0 : part->lo - b->offset, hi = part->hi - b->offset;
    return (zc_stretch_t){lo / width, hi > b->size ? b->split : (hi - 1) / width + 1};
}

/* How many of the `size` bytes that `all` bytes are packed into hold the first `need` of them, and some more: it is
 * rarely too little, and then the rest is fetched. */
static size_t share(size_t size, size_t need, size_t all) {
    size_t some = (size_t)((double)size * (double)need / (double)all);
    some += some / 8 + 256;
    return need < all && some < size ? some : size;
}

/* Bytes from `at`, where split s of block i begins, to the end of the block, if the blocks are in order. */
static size_t rest_of_block(const frame_t *f, size_t i, size_t at) {
    size_t end = i + 1 < f->nblocks ? read_le32(f->src + ZC_BLOSC_HEADER + 4 * (i + 1)) : f->n;
    return (end <= at || end > f->n ? f->n : end) - at;
}

/* One compressed split at `at`: its start may do. */
static zc_status_t fetch_and_decode(zc_ctx_t *ctx, frame_t *f, size_t at, size_t csize, uint8_t *dst, size_t need,
                                    size_t size) {
    const size_t some = f->format == ZC_BLOSC_FORMAT_LZ4 && f->fetch != NULL ? share(csize, need, size) : csize;
    zc_status_t status = fetch(f, at, at + some);
    if (status == ZC_OK && some < csize) {
        if (decode_split(ctx, f->format, f->src + at, some, csize, dst, need, size) == ZC_OK) return ZC_OK;
        status = fetch(f, at, at + csize);
    }
    return status == ZC_OK ? decode_split(ctx, f->format, f->src + at, csize, csize, dst, need, size) : status;
}

/* The first `need` bytes of each split of block i. Stored ones are left where they are with `in_place`, and of them
 * only the parts are fetched if there are any; else all go to dst, one behind the other. */
static zc_status_t decode_splits(zc_ctx_t *ctx, frame_t *f, size_t i, block_t *b, const zc_stretch_t *parts,
                                 size_t nparts, size_t need, int in_place, uint8_t *dst) {
    size_t at = read_le32(f->src + ZC_BLOSC_HEADER + 4 * i);
    if (at < f->from || at > f->n) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block %zu at offset %zu", i, at);
    for (size_t s = 0; s < b->nsplits; s++) {
        if (f->n - at < 4) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: block %zu passes the end of the frame", i);
        zc_status_t status = fetch(f, at, at + 4 + share(rest_of_block(f, i, at) / (b->nsplits - s), need, b->split));
        if (status != ZC_OK) return status;
        size_t csize = read_le32(f->src + at);
        at += 4;
        if (csize == 0 || csize > f->n - at || csize > INT32_MAX || b->split > INT32_MAX) /* the libraries take ints */
            return zc_ctx_fail(ctx, ZC_E_CORRUPT, "blosc: a split of %zu bytes in block %zu", csize, i);
        uint8_t *to = dst + s * b->split;
        b->planes[s] = to;
        if (csize != b->split) {
            status = fetch_and_decode(ctx, f, at, csize, to, need, b->split);
            if (status != ZC_OK) return zc_ctx_fail(ctx, status, "blosc: block %zu is damaged", i);
        } else {
            for (size_t k = 0; k < nparts && status == ZC_OK; k++) {
                const zc_stretch_t items = items_of(b, f->typesize, &parts[k]);
                status = fetch(f, at + items.lo, at + items.hi);
            }
            if (nparts == 0) status = fetch(f, at, at + need);
            if (status != ZC_OK) return status;
            if (in_place)
                b->planes[s] = f->src + at;
            else
                memcpy(to, f->src + at, need);
        }
        at += csize;
    }
    return ZC_OK;
}

/* Block i to dst, which has room for its bytes and no more. */
static zc_status_t decode_block(zc_ctx_t *ctx, frame_t *f, size_t i, block_t *b, uint8_t *dst) {
    uint8_t *splits = dst;
    if (b->filter && !(splits = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_A, b->size))) return ZC_E_NOMEM;
    zc_status_t status = decode_splits(ctx, f, i, b, NULL, 0, b->split, b->filter && b->nsplits == 1, splits);
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
static zc_status_t decode_block_parts(zc_ctx_t *ctx, frame_t *f, size_t i, block_t *b, const zc_stretch_t *parts,
                                      size_t nparts, uint8_t *dst) {
    const size_t width = f->typesize;
    uint8_t *splits = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_A, b->size), *planes = zc_ctx_tmp(ctx, ZC_TMP_BLOSC_B, b->size);
    if (!splits || !planes) return ZC_E_NOMEM;
    const size_t need = items_of(b, width, &parts[nparts - 1]).hi;
    zc_status_t status = decode_splits(ctx, f, i, b, parts, nparts, need, 1, splits);
    for (size_t k = 0; k < nparts && status == ZC_OK; k++) {
        const zc_stretch_t items = items_of(b, width, &parts[k]);
        const size_t n = items.hi - items.lo;
        for (size_t s = 0; s < width; s++) memcpy(planes + s * n, b->planes[s] + items.lo, n);
        zc_k.unshuffle(width, width * n, planes, dst + items.lo * width);
    }
    return status;
}

/* The blocks that hold wanted bytes, to their places at dst. */
static zc_status_t decode_blocks(zc_ctx_t *ctx, frame_t *f, const zc_want_t *want, uint8_t *dst) {
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

zc_status_t zc_blosc_decode_fetched(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                    const zc_fetch_t *from_file, size_t total, const zc_want_t *want, uint8_t *dst) {
    (void)step;
    frame_t f = {.n = n, .fetch = from_file};
    zc_status_t status = fetch(&f, 0, FETCH_FIRST);
    if (status == ZC_OK) status = parse(ctx, src, n, total, &f);
    if (status != ZC_OK) return status;
    if (f.nbytes < total) return zc_ctx_fail(ctx, ZC_E_TOO_SHORT, "blosc: the frame holds %zu bytes", f.nbytes);
    if (want->lo >= want->hi) return ZC_OK;
    if (f.nblocks > 0) {
        status = fetch(&f, 0, f.from);
        return status == ZC_OK ? decode_blocks(ctx, &f, want, dst) : status;
    }
    const zc_stretch_t all = {want->lo, want->hi};
    const zc_stretch_t *part = want->nparts > 0 ? want->parts : &all,
                       *end = part + (want->nparts > 0 ? want->nparts : 1);
    for (; part < end && status == ZC_OK; part++) {
        status = fetch(&f, ZC_BLOSC_HEADER + part->lo, ZC_BLOSC_HEADER + part->hi);
        if (status == ZC_OK) memcpy(dst + part->lo, src + ZC_BLOSC_HEADER + part->lo, part->hi - part->lo);
    }
    return status;
}

zc_status_t zc_blosc_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                  const zc_want_t *want, uint8_t *dst) {
    return zc_blosc_decode_fetched(step, ctx, src, n, NULL, total, want, dst);
}

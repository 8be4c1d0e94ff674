/* Encoding of Blosc1 frames with the block sizes, splits and level mappings of c-blosc 1.21, so that sizes and speed
 * are what users of the `blosc` codec expect. */
#include <string.h>

#include "../dispatch.h"
#include "blosclz_encode.h"
#include "codec_blosc.h"
#include "codec_deflate.h"
#include "codec_lz4.h"
#include "codec_zstd.h"

static const uint8_t formats[] = {ZC_BLOSC_FORMAT_BLOSCLZ, ZC_BLOSC_FORMAT_LZ4, ZC_BLOSC_FORMAT_LZ4,
                                  ZC_BLOSC_FORMAT_ZLIB, ZC_BLOSC_FORMAT_ZSTD};

typedef struct job {
    zc_ctx_t *ctx;
    int cname, clevel, flags;
    size_t typesize, blocksize;
} job_t;

/* c-blosc splits for everything but zstd, which does better on whole blocks. */
static int splits(const job_t *job, size_t blocksize) {
    return job->cname != ZC_BLOSC_ZSTD && zc_blosc_can_split(job->typesize, blocksize);
}

/* c-blosc's choice: 32 KiB (an L1 cache) scaled by level, twice that for the slow compressors; where blocks are
 * split, that much for each split within limits. A given size is treated like a chosen one. */
static size_t choose_blocksize(const job_t *job, size_t n, size_t asked) {
    static const uint8_t scale[10] = {1, 2, 4, 8, 16, 16, 32, 32, 32, 32}; /* quarters of 32 KiB */
    const size_t quarter = 8 << 10, max_split = 256 << 10, min_split_block = 64 << 10, max_split_block = 1 << 20;
    int slow = job->cname >= ZC_BLOSC_LZ4HC;
    size_t size = n;
    if (asked) {
        size = asked < ZC_BLOSC_MIN_SPLIT ? ZC_BLOSC_MIN_SPLIT : asked;
    } else if (n >= 4 * quarter) {
        size = quarter * scale[job->clevel] * (slow ? 2 : 1);
        if (slow && job->clevel == 9) size *= 2;
    }
    if (job->clevel > 0 && splits(job, size)) {
        size = (size > max_split ? max_split : size) * job->typesize;
        if (size < min_split_block) size = min_split_block;
        if (size > max_split_block) size = max_split_block;
    }
    if (size > n) size = n;
    if (size > job->typesize) size -= size % job->typesize;
    return size ? size : 1;
}

/* One split into at most `room` bytes; 0 when it does not fit, negative when out of memory. */
static int64_t compress_split(const job_t *job, const uint8_t *src, size_t n, uint8_t *dst, size_t room) {
    switch (job->cname) {
    case ZC_BLOSC_BLOSCLZ:
        return (int64_t)zc_blosclz_encode(job->ctx, job->clevel, src, n, dst, room);
    case ZC_BLOSC_LZ4: {
        void *state = zc_lz4_state(job->ctx);
        if (!state) return -1;
        return LZ4_compress_fast_extState(state, (const char *)src, (char *)dst, (int)n, (int)room, 10 - job->clevel);
    }
    case ZC_BLOSC_LZ4HC: {
        void *state = zc_lz4hc_state(job->ctx);
        if (!state) return -1;
        return LZ4_compress_HC_extStateHC(state, (const char *)src, (char *)dst, (int)n, (int)room, job->clevel);
    }
    case ZC_BLOSC_ZLIB: {
        size_t made = 0;
        zc_status_t status = zc_deflate_stream(job->ctx, ZC_WRAP_ZLIB, job->clevel, src, n, dst, room, &made);
        job->ctx->message[0] = 0; /* not fitting is no failure here */
        return status == ZC_OK ? (int64_t)made : status == ZC_E_DST ? 0 : -1;
    }
    default: {
        ZSTD_CCtx *cctx = zc_zstd_cctx(job->ctx);
        if (!cctx) return -1;
        int level = job->clevel < 9 ? job->clevel * 2 - 1 : ZSTD_maxCLevel();
        size_t made = ZSTD_compressCCtx(cctx, dst, room, src, n, level);
        if (!ZSTD_isError(made)) return (int64_t)made;
        return ZSTD_getErrorCode(made) == ZC_ZSTD_MEMORY_ALLOCATION ? -1 : 0;
    }
    }
}

/* The block's bytes as they are to be compressed: src itself or a filtered copy. NULL: out of memory. */
static const uint8_t *filter_block(const job_t *job, const uint8_t *src, size_t bsize) {
    int filter = zc_blosc_block_filter(job->flags, job->typesize, bsize);
    if (!filter) return src;
    uint8_t *block = zc_ctx_tmp(job->ctx, ZC_TMP_BLOSC_A, bsize);
    if (!block) return NULL;
    if (filter == ZC_BLOSC_SHUFFLE) {
        zc_k.shuffle(job->typesize, bsize, src, block);
        return block;
    }
    size_t nitems = bsize / job->typesize, whole = nitems * job->typesize;
    uint8_t *scratch = zc_ctx_tmp(job->ctx, ZC_TMP_BLOSC_B, whole);
    if (!scratch) return NULL;
    zc_k.bitshuffle(job->typesize, nitems, src, block, scratch);
    memcpy(block + whole, src + whole, bsize - whole);
    return block;
}

static void write_le32(uint8_t *p, size_t v) {
    uint32_t w = (uint32_t)v;
    memcpy(p, &w, 4);
}

/* The blocks behind the header, ending below `limit`; 0 when they do not fit, negative when out of memory. */
static int64_t compress_blocks(const job_t *job, const uint8_t *src, size_t n, uint8_t *dst, size_t limit) {
    size_t nblocks = (n - 1) / job->blocksize + 1;
    size_t at = ZC_BLOSC_HEADER + 4 * nblocks;
    for (size_t i = 0; i < nblocks; i++) {
        size_t offset = i * job->blocksize;
        size_t bsize = n - offset < job->blocksize ? n - offset : job->blocksize;
        size_t nsplits = bsize == job->blocksize && splits(job, bsize) ? job->typesize : 1, size = bsize / nsplits;
        const uint8_t *block = filter_block(job, src + offset, bsize);
        if (!block) return -1;
        if (at >= limit) return 0;
        write_le32(dst + ZC_BLOSC_HEADER + 4 * i, at);
        for (size_t s = 0; s < nsplits; s++) {
            if (limit < at || limit - at <= 4) return 0;
            size_t room = limit - at - 4;
            int64_t made = compress_split(job, block + s * size, size, dst + at + 4, room < size ? room : size);
            if (made < 0) return -1;
            size_t csize = (size_t)made;
            if (csize == 0 || csize >= size) {
                if (room < size) return 0;
                memcpy(dst + at + 4, block + s * size, size);
                csize = size;
            }
            write_le32(dst + at, csize);
            at += 4 + csize;
        }
    }
    return (int64_t)at;
}

zc_status_t zc_blosc_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                            size_t cap, size_t *written) {
    if (n > ZC_BLOSC_MAX_CONTENT) return zc_ctx_fail(ctx, ZC_E_PARAM, "blosc: %zu bytes are too many for a frame", n);
    if (cap < ZC_BLOSC_HEADER) return ZC_E_DST;
    int64_t typesize = step->p[ZC_BLOSC_P_TYPESIZE];
    job_t job = {.ctx = ctx, .cname = (int)step->p[ZC_BLOSC_P_CNAME], .clevel = (int)step->p[ZC_BLOSC_P_CLEVEL]};
    /* The header has one byte for it; an item larger than the content has nothing to be shuffled with. */
    job.typesize = typesize < 1 || typesize > 255 || (size_t)typesize > n ? 1 : (size_t)typesize;
    job.blocksize = choose_blocksize(&job, n, (size_t)step->p[ZC_BLOSC_P_BLOCKSIZE]);
    job.flags = formats[job.cname] << 5;
    if (step->p[ZC_BLOSC_P_SHUFFLE] == 1) job.flags |= ZC_BLOSC_SHUFFLE;
    if (step->p[ZC_BLOSC_P_SHUFFLE] == 2) job.flags |= ZC_BLOSC_BITSHUFFLE;
    if (!splits(&job, job.blocksize)) job.flags |= ZC_BLOSC_DONT_SPLIT;

    int64_t size = 0;
    if (job.clevel > 0 && n >= ZC_BLOSC_MIN_SPLIT) {
        /* Not smaller than the content stored as it is: stored as it is. */
        size_t limit = n + ZC_BLOSC_HEADER - 1;
        size = compress_blocks(&job, src, n, dst, cap < limit ? cap : limit);
        if (size < 0) return ZC_E_NOMEM;
    }
    if (size == 0) {
        if (cap - ZC_BLOSC_HEADER < n) return zc_ctx_fail(ctx, ZC_E_DST, "blosc: no room for %zu bytes", n);
        job.flags |= ZC_BLOSC_MEMCPYED;
        if (n) memcpy(dst + ZC_BLOSC_HEADER, src, n);
        size = (int64_t)(n + ZC_BLOSC_HEADER);
    }
    dst[0] = ZC_BLOSC_VERSION;
    dst[1] = 1; /* the version of every compressed format */
    dst[2] = (uint8_t)job.flags;
    dst[3] = (uint8_t)job.typesize;
    write_le32(dst + 4, n);
    write_le32(dst + 8, job.blocksize);
    write_le32(dst + 12, (size_t)size);
    *written = (size_t)size;
    return ZC_OK;
}

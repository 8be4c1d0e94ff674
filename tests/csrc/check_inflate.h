/* The twin of the DEFLATE decoder: zlib-ng's, which the core itself no longer calls. */
#ifndef ZC_TESTS_CHECK_INFLATE_H
#define ZC_TESTS_CHECK_INFLATE_H

#include "check_codecs.h"
#include "codecs/codec_deflate.h"
#include "codecs/libs.h"

int32_t zng_inflateInit2(zng_stream *s, int32_t window_bits);
int32_t zng_inflateReset2(zng_stream *s, int32_t window_bits);
int32_t zng_inflate(zng_stream *s, int32_t flush);

enum { RAW = -15, ZNG_NEED_DICT = 2, ZNG_FULL_FLUSH = 3 };

/* What zlib-ng says of one stream, in the terms of zc_inflate_stream. */
static inline zc_status_t twin(int wrap, const uint8_t *src, size_t n, uint8_t *dst, size_t cap, size_t *used,
                               size_t *written) {
    static zng_stream z;
    uint8_t spare; /* where a byte too many shows itself */
    if ((z.state ? zng_inflateReset2(&z, wrap) : zng_inflateInit2(&z, wrap)) != ZC_Z_OK) abort();
    z.next_in = src;
    z.avail_in = (uint32_t)n;
    *written = 0;
    for (;;) {
        int full = *written == cap;
        uint32_t room = full ? 1 : (uint32_t)(cap - *written), had = z.avail_in;
        z.next_out = full ? &spare : dst + *written;
        z.avail_out = room;
        int32_t code = zng_inflate(&z, ZC_Z_FINISH);
        uint32_t made = room - z.avail_out;
        if (made && full) return ZC_E_TOO_LONG;
        *written += made;
        *used = n - z.avail_in;
        if (code == ZC_Z_STREAM_END) return ZC_OK;
        if (code == ZNG_NEED_DICT) return ZC_E_UNSUPPORTED;
        if (code != ZC_Z_OK && code != ZC_Z_BUF_ERROR)
            return z.msg && (strstr(z.msg, "data check") || strstr(z.msg, "length check")) ? ZC_E_CHECKSUM
                                                                                           : ZC_E_CORRUPT;
        if (!made && had == z.avail_in && z.avail_out) return ZC_E_TRUNCATED;
    }
}

/* Buffers for one stream, each ending at a guard page, used for many decodes of at most n bytes to at most cap. */
typedef struct bench {
    guarded_t src, ours, theirs;
    size_t n, cap;
} bench_t;

static inline bench_t bench(size_t n, size_t cap) {
    bench_t b = {guarded(n), guarded(cap), guarded(cap), n, cap};
    return b;
}

static inline void unbench(bench_t b) {
    unguard(b.src);
    unguard(b.ours);
    unguard(b.theirs);
}

/* Decodes the n bytes at src to at most cap bytes with both and compares; returns the status. */
static inline zc_status_t both(zc_ctx_t *ctx, const bench_t *b, int wrap, const uint8_t *src, size_t n, size_t cap) {
    uint8_t *in = b->src.data + b->n - n, *ours = b->ours.data + b->cap - cap, *theirs = b->theirs.data + b->cap - cap;
    memmove(in, src, n);
    size_t used = 0, made = 0, used2 = 0, made2 = 0;
    int ended = 0;
    zc_status_t want = twin(wrap, in, n, theirs, cap, &used2, &made2);
    zc_status_t got = zc_inflate_stream(ctx, wrap, 0, in, n, ours, cap, &used, &made, &ended);
    CHECK(got == want, "%zu bytes to %zu: status %d, not %d (%s)", n, cap, got, want, ctx->message);
    if (got == ZC_OK && want == ZC_OK)
        CHECK(ended && used == used2 && made == made2 && memcmp(ours, theirs, made) == 0,
              "%zu bytes to %zu: %zu and %zu made, %zu and %zu used", n, cap, made, made2, used, used2);
    return got;
}

/* Once for each tier that there is. */
static inline void each_tier(void (*test)(zc_ctx_t *ctx)) {
    zc_ctx_t *ctx = zc_ctx_new();
    if (!ctx) abort();
    for (int i = 0; zc_tier_name(i); i++)
        if (zc_tier_status(i) == ZC_DISPATCH_OK && zc_dispatch_init(zc_tier_name(i)) == ZC_DISPATCH_OK) test(ctx);
    zc_ctx_free(ctx);
}

#endif

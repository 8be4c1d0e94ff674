/* The DEFLATE decoder on what zlib-ng writes, whole, cut, damaged and stopped early, against zlib-ng's own decoder. */
#include "check_inflate.h"

#ifdef ZC_EMULATED
enum { FLIPS = 400, CUTS = 300, ROUNDS = 1 };
#else
enum { FLIPS = 4000, CUTS = 3000, ROUNDS = 4 };
#endif

/* ---- contents ---- */

enum { SMOOTH = CONTENTS, SPARSE, PERIODS, TEXT, KINDS };

static void content(int kind, uint8_t *p, size_t n) {
    static const char *const words[] = {"chunk", "shape ", "of ", "an ", "array", "\n", "0.0.1", "the ", "fill_value"};
    if (kind < CONTENTS) fill_content(kind, p, n);
    switch (kind) {
    case SMOOTH: /* as float32 fields are: noise, something, hardly anything, nothing */
        for (size_t i = 0; i < n; i++)
            p[i] = (uint8_t)(i % 4 == 0   ? 0
                             : i % 4 == 1 ? check_below(8) << 5
                             : i % 4 == 2 ? check_random() >> 40
                                          : 0x40 + check_below(3) / 2);
        break;
    case SPARSE:
        for (size_t i = 0; i < n; i++) p[i] = check_below(50) ? 0 : (uint8_t)(check_random() >> 40);
        break;
    case PERIODS: /* every small distance, with matches of every length */
        for (size_t i = 0; i < n;) {
            size_t period = 1 + check_below(check_below(4) ? 20 : 3000), length = check_below(700), first = i;
            for (; i < n && i < first + period; i++) p[i] = (uint8_t)(check_random() >> 40);
            for (; i < n && i < first + period + length; i++) p[i] = p[i - period];
        }
        break;
    case TEXT:
        for (size_t i = 0; i < n;)
            for (const char *w = words[check_below(sizeof words / sizeof *words)]; *w && i < n; i++)
                p[i] = (uint8_t)*w++;
        break;
    }
}

/* ---- streams ---- */

typedef struct stream {
    guarded_t src, enc;
    size_t n, size;
} stream_t;

/* With flushes of every kind in between when `flushes` is set: empty stored blocks and short ones of all sorts. */
static stream_t stream(int kind, size_t n, int wrap, int level, int strategy, int memory, int flushes) {
    stream_t s = {.src = guarded(n), .n = n};
    content(kind, s.src.data, n);
    size_t bound = n + n / 4 + 1000 + (flushes ? n / 8 + 4000 : 0), at = 0;
    guarded_t room = guarded(bound);
    zng_stream z = {0};
    if (zng_deflateInit2(&z, level, ZC_Z_DEFLATED, wrap, memory, strategy) != ZC_Z_OK) abort();
    z.next_out = room.data;
    z.avail_out = (uint32_t)bound;
    while (flushes && at < n) {
        size_t part = 1 + check_below(check_below(3) ? 20000 : 300);
        if (part > n - at) part = n - at;
        z.next_in = s.src.data + at;
        z.avail_in = (uint32_t)part;
        at += part;
        if (zng_deflate(&z, 1 + (int)check_below(ZNG_FULL_FLUSH)) != ZC_Z_OK || z.avail_in) abort();
    }
    z.next_in = s.src.data + at;
    z.avail_in = (uint32_t)(n - at);
    if (zng_deflate(&z, ZC_Z_FINISH) != ZC_Z_STREAM_END) abort();
    s.size = bound - z.avail_out;
    s.enc = guarded_copy(room.data, s.size);
    zng_deflateEnd(&z);
    unguard(room);
    return s;
}

static void unstream(stream_t s) {
    unguard(s.src);
    unguard(s.enc);
}

static int some_wrap(void) { return check_below(2) ? ZC_WRAP_GZIP : ZC_WRAP_ZLIB; }

static size_t some_size(void) {
    static const size_t most[] = {4, 40, 400, 5000, 70000, 300000};
    return check_below(most[check_below(sizeof most / sizeof *most)] + 1);
}

/* ---- tests ---- */

/* To room enough, just enough, too little; and stopped early, which looks at nothing after. */
static void whole(zc_ctx_t *ctx, const stream_t *s, int wrap) {
    bench_t b = bench(s->size, s->n + 400);
    CHECK(both(ctx, &b, wrap, s->enc.data, s->size, s->n) == ZC_OK, "%zu bytes: %s", s->n, ctx->message);
    CHECK(memcmp(b.ours.data + 400, s->src.data, s->n) == 0, "%zu bytes differ", s->n);
    CHECK(both(ctx, &b, wrap, s->enc.data, s->size, s->n + 1 + check_below(400)) == ZC_OK, "%s", ctx->message);
    if (s->n) CHECK(both(ctx, &b, wrap, s->enc.data, s->size, s->n - 1) == ZC_E_TOO_LONG, "%zu bytes", s->n);
    CHECK(both(ctx, &b, wrap, s->enc.data, s->size, check_below(s->n + 1)) != ZC_E_TRUNCATED, "%zu bytes", s->n);
    for (int i = 0; i < 3; i++) {
        size_t cap = check_below(s->n + 1), used, made;
        int ended;
        uint8_t *out = b.ours.data + b.cap - cap;
        zc_status_t status = zc_inflate_stream(ctx, wrap, 1, s->enc.data, s->size, out, cap, &used, &made, &ended);
        CHECK(status == ZC_OK && made == cap && memcmp(out, s->src.data, cap) == 0, "stop after %zu of %zu: %d %s", cap,
              s->n, status, ctx->message);
    }
    unbench(b);
}

static void test_streams(zc_ctx_t *ctx) {
    for (int round = 0; round < ROUNDS; round++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int level = 0; level <= 9; level++) {
                int wrap = some_wrap(), strategy = check_below(2) ? 0 : (int)check_below(5);
                stream_t s =
                    stream(kind, some_size(), wrap, level, strategy, 1 + (int)check_below(9), check_below(4) == 0);
                whole(ctx, &s, wrap);
                unstream(s);
            }
}

/* Every cut of short streams, some of long ones, everything around the ends of both. */
static void test_cuts(zc_ctx_t *ctx) {
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t n = 30; n <= 30000; n *= 10) {
            int wrap = some_wrap();
            stream_t s = stream(kind, n, wrap, (int)check_below(10), (int)check_below(5), 8, n == 300);
            bench_t b = bench(s.size, s.n);
            for (size_t i = 0; i < CUTS && i < s.size; i++) {
                size_t cut = s.size <= CUTS || i < 30 ? i : i < 60 ? s.size - (i - 29) : check_below(s.size);
                CHECK(both(ctx, &b, wrap, s.enc.data, cut, s.n) == ZC_E_TRUNCATED, "%zu of %zu: %s", cut, s.size,
                      ctx->message);
            }
            unbench(b);
            unstream(s);
        }
}

static void test_flips(zc_ctx_t *ctx) {
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t n = 60; n <= 60000; n *= 10) {
            int wrap = some_wrap();
            stream_t s = stream(kind, n, wrap, 1 + (int)check_below(9), (int)check_below(5), 8, n == 600);
            bench_t b = bench(s.size, s.n + 100);
            size_t flips = n > 6000 ? FLIPS / 8 : FLIPS / 2;
            for (size_t i = 0; i < flips; i++) {
                /* most of what can go wrong does in the beginning, where the codes are */
                size_t first = check_below(check_below(2) || s.size < 100 ? s.size : 100), second = check_below(s.size);
                uint8_t bit = (uint8_t)(1 << check_below(8)), noise = (uint8_t)(check_below(3) ? 0 : check_random());
                s.enc.data[first] ^= bit;
                s.enc.data[second] ^= noise;
                both(ctx, &b, wrap, s.enc.data, s.size, s.n + check_below(101));
                s.enc.data[second] ^= noise;
                s.enc.data[first] ^= bit;
            }
            unbench(b);
            unstream(s);
        }
}

/* Members one after the other, through the codec. */
static void test_members(zc_ctx_t *ctx) {
    zc_step_t step = {.ops = &zc_codec_gzip, .p = {6}};
    for (int round = 0; round < 30 * ROUNDS; round++) {
        enum { ROOM = 1 << 20 };
        static uint8_t enc[ROOM], want[ROOM];
        size_t size = 0, n = 0, written = 0;
        for (size_t k = 1 + check_below(5); k > 0; k--) {
            stream_t s = stream((int)check_below(KINDS), some_size() / 3, ZC_WRAP_GZIP, (int)check_below(10), 0, 8, 0);
            memcpy(enc + size, s.enc.data, s.size);
            memcpy(want + n, s.src.data, s.n);
            size += s.size;
            n += s.n;
            unstream(s);
            for (size_t zeros = check_below(3) ? 0 : check_below(20); zeros; zeros--) enc[size++] = 0;
        }
        guarded_t src = guarded_copy(enc, size), out = guarded(n);
        zc_status_t status = step.ops->decode(&step, ctx, src.data, size, out.data, n, &written);
        CHECK(status == ZC_OK && written == n && memcmp(out.data, want, n) == 0, "status %d %s", status, ctx->message);
        size_t hi = check_below(n + 1);
        status = step.ops->decode_range(&step, ctx, src.data, size, n, &(zc_want_t){.lo = hi / 2, .hi = hi}, out.data);
        CHECK(status == ZC_OK && memcmp(out.data, want, hi) == 0, "to %zu of %zu: %d %s", hi, n, status, ctx->message);
        if (n) {
            guarded_t small = guarded(n - 1);
            status = step.ops->decode(&step, ctx, src.data, size, small.data, n - 1, &written);
            CHECK(status == ZC_E_TOO_LONG, "status %d %s", status, ctx->message);
            unguard(small);
        }
        unguard(src);
        unguard(out);
    }
}

/* Every flag of a gzip header (RFC 1952 2.3.1), cut everywhere, and every bit of it wrong. */
static void test_gzip_headers(zc_ctx_t *ctx) {
    bench_t b = bench(300, 10);
    for (unsigned flags = 0; flags < 32; flags++) {
        uint8_t h[100] = {0x1F, 0x8B, 8, (uint8_t)flags, 1, 2, 3, 4, 5, 6};
        size_t n = 10;
        if (flags & 4) memcpy(h + n, "\5\0extra", 7), n += 7;
        if (flags & 8) memcpy(h + n, "name", 5), n += 5;
        if (flags & 16) memcpy(h + n, "a comment", 10), n += 10;
        if (flags & 2) {
            uint16_t sum = (uint16_t)zng_crc32_z(0, h, n);
            memcpy(h + n, &sum, 2), n += 2;
        }
        size_t header = n;
        stream_t s = stream(TEXT, 10, ZC_WRAP_GZIP, 6, 0, 8, 0);
        memcpy(h + n, s.enc.data + 10, s.size - 10);
        n += s.size - 10;
        unstream(s);
        CHECK(both(ctx, &b, ZC_WRAP_GZIP, h, n, 10) == ZC_OK, "flags %u: %s", flags, ctx->message);
        for (size_t cut = 0; cut < n; cut++)
            CHECK(both(ctx, &b, ZC_WRAP_GZIP, h, cut, 10) == ZC_E_TRUNCATED, "flags %u, %zu bytes", flags, cut);
        for (size_t bit = 0; bit < 8 * header; bit++) {
            h[bit / 8] ^= (uint8_t)(1 << bit % 8);
            both(ctx, &b, ZC_WRAP_GZIP, h, n, 10);
            h[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    for (unsigned h = 0; h < 65536; h++) {
        uint8_t zlib[] = {(uint8_t)(h >> 8), (uint8_t)h, 3, 0, 0, 0, 0, 1};
        both(ctx, &b, ZC_WRAP_ZLIB, zlib, 2 + check_below(7), 10);
    }
    unbench(b);
}

int main(void) {
    each_tier(test_streams);
    each_tier(test_cuts);
    each_tier(test_flips);
    each_tier(test_members);
    each_tier(test_gzip_headers);
    return check_report();
}

/* One codec's decoder on any bytes. The codec is chosen when compiling: -DZC_FUZZ_CODEC="\"zstd\"".
 *
 * Promised: no stray access; no more than `cap` bytes; the same answer twice; nothing returned that was not written;
 * a range of what decodes whole is the same bytes, also from a part of the encoded ones; a step that knows sizes keeps
 * to them.
 *
 * Input: number of the parameters, cap (2 bytes), lo, hi (2 bytes each), then the encoded bytes. */
#include "codecs/codec.h"
#include "codecs/codec_blosc.h"
#include "fuzz.h"
#include "kernels/delta/delta.h"

typedef struct variant {
    const char *codec;
    int64_t p[ZC_CODEC_PARAMS];
} variant_t;

/* Bits of the float64 numbers 2.5, 10 and -7. */
#define F64_2_5 0x4004000000000000
#define F64_10 0x4024000000000000
#define F64_M7 ((int64_t)0xC01C000000000000)

/* Compressors decode by what is stored, whatever their parameters. */
static const variant_t variants[] = {
    {"zstd", {3, 0}},
    {"zlib", {6}},
    {"gzip", {6}},
    {"lz4", {1}},
    {"blosc", {ZC_BLOSC_LZ4, 5, 1, 4, 0}},
    {"packbits", {0}},
    {"crc32c", {0}},
    {"crc32c", {1}},
    {"crc32", {0}},
    {"crc32", {1}},
    {"adler32", {0}},
    {"adler32", {1}},
    {"fletcher32", {0}},
    {"shuffle", {1}},
    {"shuffle", {4}},
    {"shuffle", {11}},
    {"swap", {2}},
    {"swap", {16}},
    {"delta", {ZC_TYPE_U1, 0, ZC_TYPE_U1, 0}},
    {"delta", {ZC_TYPE_I2, 1, ZC_TYPE_I4, 1}},
    {"delta", {ZC_TYPE_F8, 0, ZC_TYPE_F8, 0}},
    {"bitround", {4, 1, 10}},
    {"quantize", {ZC_TYPE_F8, 0, ZC_TYPE_F4, 1, F64_10}},
    {"astype", {ZC_TYPE_F8, 1, ZC_TYPE_F4, 0}},
    {"astype", {ZC_TYPE_U1, 0, ZC_TYPE_I8, 1}},
    {"fixedscaleoffset", {ZC_TYPE_F8, 0, ZC_TYPE_U1, 0, F64_2_5, F64_M7}},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

/* The number-th variant of the codecs that this program fuzzes (names with commas around them). */
static const variant_t *variant_of(size_t number) {
    const variant_t *mine[VARIANTS];
    size_t n = 0;
    for (size_t i = 0; i < VARIANTS; i++) {
        char name[32];
        snprintf(name, sizeof name, ",%s,", variants[i].codec);
        if (strstr("," ZC_FUZZ_CODEC ",", name) != NULL) mine[n++] = &variants[i];
    }
    PROMISE(n > 0, "no codec in " ZC_FUZZ_CODEC);
    return mine[number % n];
}

/* A quarter at each end of [lo, hi), or all of it when it is short. */
static zc_want_t want_of(size_t lo, size_t hi, zc_stretch_t parts[2]) {
    const size_t quarter = (hi - lo) / 4;
    parts[0] = (zc_stretch_t){lo, quarter ? lo + quarter : hi};
    parts[1] = (zc_stretch_t){hi - quarter, hi};
    return (zc_want_t){.lo = lo, .hi = hi, .nparts = quarter ? 2 : 1, .parts = parts};
}

static void check_wanted(const zc_want_t *want, size_t total, const uint8_t *dst, const uint8_t *expected) {
    for (size_t k = 0; k < want->nparts; k++) {
        const zc_stretch_t *part = &want->parts[k];
        PROMISE(memcmp(dst + part->lo, expected + part->lo, part->hi - part->lo) == 0, "[%zu, %zu) of %zu differs",
                part->lo, part->hi, total);
    }
}

static void check_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t lo, size_t hi,
                        size_t total, zc_status_t whole, const uint8_t *expected) {
    static arena_t arena;
    if (step->ops->decode_range == NULL) return;
    uint8_t *dst = arena_end(&arena, total);
    zc_stretch_t parts[2];
    const zc_want_t want = want_of(lo, hi, parts);
    zc_status_t status = step->ops->decode_range(step, ctx, src, n, total, &want, dst);
    if (whole != ZC_OK) return; /* what lies outside of the range may be damaged unnoticed */
    /* libzstd takes blocks larger than their window, which no encoder makes, in one of its two ways to decode only */
    if (status == ZC_E_CORRUPT && strcmp(step->ops->name, "zstd") == 0) return;
    PROMISE(status == ZC_OK, "range [%zu, %zu) of %zu: status %d", lo, hi, total, status);
    check_wanted(&want, total, dst, expected);
}

typedef struct lazy {
    const uint8_t *from;
    uint8_t *to;
    size_t n;
} lazy_t;

static zc_status_t bring(void *arg, size_t from, size_t to) {
    const lazy_t *lazy = arg;
    PROMISE(from < to && to <= lazy->n, "[%zu, %zu) of %zu is asked for", from, to, lazy->n);
    memcpy(lazy->to + from, lazy->from + from, to - from);
    return ZC_OK;
}

/* What decodes from those of the encoded bytes that are asked for is what all of them give. */
static void check_fetched(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t lo, size_t hi,
                          size_t total, zc_status_t whole, const uint8_t *expected) {
    static arena_t sources, arena;
    if (step->ops->decode_fetched == NULL) return;
    uint8_t *some = arena_end(&sources, n), *dst = arena_end(&arena, total);
    memset(some, 0xA5, n);
    lazy_t lazy = {src, some, n};
    zc_stretch_t parts[2];
    const zc_want_t want = want_of(lo, hi, parts);
    zc_status_t status = step->ops->decode_fetched(step, ctx, some, n, &(zc_fetch_t){bring, &lazy}, total, &want, dst);
    if (whole != ZC_OK) return;
    PROMISE(status == ZC_OK, "[%zu, %zu) of %zu: status %d", lo, hi, total, status);
    check_wanted(&want, total, dst, expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static arena_t sources, targets[2];
    static zc_ctx_t *ctx;
    fuzz_start();
    if (ctx == NULL && (ctx = zc_ctx_new()) == NULL) abort();

    input_t in = {data, size};
    const variant_t *variant = variant_of((size_t)take(&in, 1));
    zc_step_t step = {.ops = zc_codec_find(variant->codec)};
    memcpy(step.p, variant->p, sizeof step.p);
    PROMISE(step.ops != NULL && step.ops->check(&step) == ZC_OK, "%s", variant->codec);
    size_t cap = (size_t)take(&in, 2), lo = (size_t)take(&in, 2), hi = (size_t)take(&in, 2);
    uint8_t *src = arena_end(&sources, in.n);
    memcpy(src, in.data, in.n);

    zc_status_t status[2];
    size_t written[2] = {0, 0};
    uint8_t *dst[2];
    for (int i = 0; i < 2; i++) {
        dst[i] = arena_end(&targets[i], cap);
        memset(dst[i], i ? 0xA5 : 0x5A, cap);
        ctx->message[0] = 0;
        status[i] = step.ops->decode(&step, ctx, src, in.n, dst[i], cap, &written[i]);
    }
    PROMISE(status[0] == status[1], "%s: status %d, then %d", variant->codec, status[0], status[1]);
    PROMISE(memcmp(src, in.data, in.n) == 0, "%s changed its input", variant->codec);
    if (status[0] == ZC_OK) {
        PROMISE(written[0] == written[1] && written[0] <= cap, "%zu and %zu bytes in %zu", written[0], written[1], cap);
        PROMISE(memcmp(dst[0], dst[1], written[0]) == 0, "%s: bytes that nobody wrote", variant->codec);
        size_t known = step.ops->decoded_size(&step, in.n);
        PROMISE(known == ZC_SIZE_UNKNOWN || known == written[0], "%zu bytes, %zu said", written[0], known);
    }
    if (step.ops->decode_view != NULL) {
        const uint8_t *view;
        size_t n;
        zc_status_t seen = step.ops->decode_view(&step, ctx, src, in.n, &view, &n);
        PROMISE(seen != ZC_OK || (view >= src && n <= in.n && (size_t)(view - src) <= in.n - n), "a view outside");
        PROMISE(status[0] != ZC_OK || (seen == ZC_OK && n == written[0] && memcmp(view, dst[0], n) == 0), "a view");
    }
    size_t total = status[0] == ZC_OK ? written[0] : cap;
    hi = total > 0 ? hi % (total + 1) : 0;
    lo = hi > 0 ? lo % hi : 0;
    check_range(&step, ctx, src, in.n, lo, hi, total, status[0], dst[0]);
    check_fetched(&step, ctx, src, in.n, lo, hi, total, status[0], dst[0]);
    return 0;
}

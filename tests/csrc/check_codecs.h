/* What the codec tests share: buffers with a guard page, contents, and codec configurations. */
#ifndef ZC_TESTS_CHECK_CODECS_H
#define ZC_TESTS_CHECK_CODECS_H

#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "codecs/codec.h"
#include "codecs/codec_blosc.h"
#include "dispatch.h"
#include "kernels/delta/delta.h"

/* n bytes that end where an inaccessible page begins: also what the compressors' libraries read or write too far is
 * caught, which no sanitizer has instrumented. */
typedef struct guarded {
    uint8_t *data, *base;
    size_t mapped;
} guarded_t;

static inline guarded_t guarded(size_t n) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (n + page - 1) / page * page;
    guarded_t g;
    g.mapped = room + page;
    g.base = mmap(NULL, g.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (g.base == MAP_FAILED || mprotect(g.base + room, page, PROT_NONE)) abort();
    g.data = g.base + room - n;
    return g;
}

static inline guarded_t guarded_copy(const uint8_t *src, size_t n) {
    guarded_t g = guarded(n);
    memcpy(g.data, src, n);
    return g;
}

static inline void unguard(guarded_t g) { munmap(g.base, g.mapped); }

enum { CONTENT_NOISE = 0, CONTENT_ZEROS, CONTENT_COUNTER, CONTENT_FEW_VALUES, CONTENT_HALF_NOISE, CONTENTS };

static inline void fill_content(int kind, uint8_t *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint8_t noise = (uint8_t)(check_random() >> 32);
        switch (kind) {
        case CONTENT_NOISE:
            p[i] = noise;
            break;
        case CONTENT_ZEROS:
            p[i] = 0;
            break;
        case CONTENT_COUNTER:
            p[i] = (uint8_t)((i / 4 / 7) >> (8 * (i % 4)));
            break;
        case CONTENT_FEW_VALUES:
            p[i] = i % 2 ? 0 : noise & 3;
            break;
        default:
            p[i] = i < n / 2 ? (uint8_t)(i / 64) : noise;
            break;
        }
    }
}

typedef struct config {
    const char *name;
    size_t unit; /* contents are a multiple of it */
    int64_t p[ZC_CODEC_PARAMS];
} config_t;

static const config_t configs[] = {
    {"zstd", 1, {3, 0}},
    {"zstd", 1, {-2, 1}},
    {"zstd", 1, {7, 1}},
    {"zlib", 1, {-1}},
    {"zlib", 1, {0}},
    {"zlib", 1, {1}},
    {"zlib", 1, {6}},
    {"gzip", 1, {1}},
    {"gzip", 1, {9}},
    {"lz4", 1, {1}},
    {"lz4", 1, {50}},
    {"crc32c", 1, {0}},
    {"crc32c", 1, {1}},
    {"shuffle", 1, {1}},
    {"shuffle", 4, {4}},
    {"shuffle", 11, {11}},
    {"swap", 1, {1}},
    {"swap", 2, {2}},
    {"swap", 4, {4}},
    {"swap", 8, {8}},
    {"swap", 16, {16}},
    {"delta", 1, {ZC_TYPE_U1, 0, ZC_TYPE_U1, 0}},
    {"delta", 4, {ZC_TYPE_I4, 0, ZC_TYPE_I4, 0}},
    {"delta", 8, {ZC_TYPE_U8, 1, ZC_TYPE_U8, 0}},
    {"delta", 2, {ZC_TYPE_I2, 1, ZC_TYPE_I4, 1}},
    {"delta", 4, {ZC_TYPE_U4, 0, ZC_TYPE_I8, 1}},
    {"blosc", 1, {ZC_BLOSC_BLOSCLZ, 5, 1, 4, 0}},
    {"blosc", 1, {ZC_BLOSC_BLOSCLZ, 9, 0, 1, 0}},
    {"blosc", 1, {ZC_BLOSC_BLOSCLZ, 1, 2, 2, 1000}},
    {"blosc", 1, {ZC_BLOSC_LZ4, 5, 1, 4, 0}},
    {"blosc", 1, {ZC_BLOSC_LZ4, 5, 2, 4, 0}},
    {"blosc", 1, {ZC_BLOSC_LZ4, 1, 1, 16, 4096}},
    {"blosc", 1, {ZC_BLOSC_LZ4, 9, 2, 3, 128}},
    {"blosc", 1, {ZC_BLOSC_LZ4HC, 5, 1, 8, 0}},
    {"blosc", 1, {ZC_BLOSC_ZLIB, 5, 1, 2, 0}},
    {"blosc", 1, {ZC_BLOSC_ZLIB, 1, 2, 7, 500}},
    {"blosc", 1, {ZC_BLOSC_ZSTD, 5, 1, 4, 0}},
    {"blosc", 1, {ZC_BLOSC_ZSTD, 1, 2, 8, 256}},
    {"blosc", 1, {ZC_BLOSC_ZSTD, 0, 1, 4, 0}},
    {"blosc", 1, {ZC_BLOSC_LZ4, 5, 1, 200, 0}},
    {"blosc", 1, {ZC_BLOSC_LZ4, 5, 1, 1000, 0}},
};
enum { CONFIGS = sizeof configs / sizeof *configs };

static inline zc_step_t step_of(const config_t *config) {
    zc_step_t step = {.ops = zc_codec_find(config->name)};
    if (!step.ops) abort();
    memcpy(step.p, config->p, sizeof step.p);
    return step;
}

enum { WANT_MOST = 5 };

/* Bytes wanted of n > 0: one stretch, or up to WANT_MOST parts (in `room`) apart from each other. */
static inline zc_want_t random_want(size_t n, zc_stretch_t room[WANT_MOST]) {
    zc_want_t want = {.lo = check_below(n), .parts = room};
    size_t most = check_below(WANT_MOST + 1), at = want.lo;
    want.hi = want.lo + 1 + check_below(n - want.lo);
    if (most == 0) return want;
    for (want.hi = n; want.nparts < most && at < n; want.nparts++) {
        size_t left = n - at, len = 1 + check_below(check_below(2) ? left : left / 16 + 1);
        room[want.nparts] = (zc_stretch_t){at, at + len};
        want.hi = at + len;
        at = want.hi + 1 + check_below((n - want.hi) / 2 + 1);
    }
    return want;
}

/* Whether what is wanted is the same in both. */
static inline int same_wanted(const zc_want_t *want, const uint8_t *a, const uint8_t *b) {
    int same = want->nparts > 0 || memcmp(a + want->lo, b + want->lo, want->hi - want->lo) == 0;
    for (size_t k = 0; k < want->nparts; k++)
        same &= memcmp(a + want->parts[k].lo, b + want->parts[k].lo, want->parts[k].hi - want->parts[k].lo) == 0;
    return same;
}

/* The encoded form in a guarded buffer of its exact size. */
static inline guarded_t encoded(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t *size) {
    size_t bound = step->ops->bound(step, n);
    guarded_t room = guarded(bound);
    zc_status_t status = step->ops->encode(step, ctx, src, n, room.data, bound, size);
    CHECK(status == ZC_OK, "%s: encode of %zu bytes: status %d %s", step->ops->name, n, status, ctx->message);
    if (status != ZC_OK) *size = 0;
    guarded_t exact = guarded_copy(room.data, *size);
    unguard(room);
    return exact;
}

#endif

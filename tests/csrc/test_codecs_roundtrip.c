/* Every codec gives back what it was given, within exactly the room it was told of. */
#include "check_codecs.h"

static void check_decode(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, const uint8_t *want,
                         size_t n) {
    const char *name = step->ops->name;
    size_t written = 0;
    for (size_t more = 0; more < 2; more++) {
        guarded_t out = guarded(n + more);
        zc_status_t status = step->ops->decode(step, ctx, enc.data, size, out.data, n + more, &written);
        CHECK(status == ZC_OK && written == n && memcmp(out.data, want, n) == 0, "%s: %zu bytes, status %d %s", name, n,
              status, ctx->message);
        unguard(out);
    }
    for (size_t cap = n ? n - 1 : 0; n; cap /= 2) {
        guarded_t out = guarded(cap);
        zc_status_t status = step->ops->decode(step, ctx, enc.data, size, out.data, cap, &written);
        CHECK(status == ZC_E_TOO_LONG, "%s: %zu bytes to %zu: status %d", name, n, cap, status);
        unguard(out);
        if (cap == 0) break;
    }
}

static void check_range(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, const uint8_t *content,
                        size_t n) {
    if (!step->ops->decode_range) return;
    for (int round = 0; round < 8; round++) {
        zc_stretch_t room[WANT_MOST];
        zc_want_t want = {.hi = n};
        if (round > 0 && n > 0) want = random_want(n, room);
        guarded_t out = guarded(n);
        zc_status_t status = step->ops->decode_range(step, ctx, enc.data, size, n, &want, out.data);
        CHECK(status == ZC_OK && same_wanted(&want, out.data, content), "%s: %zu parts of [%zu, %zu) of %zu: %d %s",
              step->ops->name, want.nparts, want.lo, want.hi, n, status, ctx->message);
        unguard(out);
    }
    guarded_t out = guarded(n + 1);
    CHECK(step->ops->decode_range(step, ctx, enc.data, size, n + 1, &(zc_want_t){.hi = n + 1}, out.data) != ZC_OK,
          "%s: %zu bytes taken for %zu", step->ops->name, n, n + 1);
    unguard(out);
}

/* Encoded bytes that come when they are asked for, until `left` calls were made. */
typedef struct slow_file {
    const uint8_t *from;
    uint8_t *to;
    size_t n, fetched;
    int left;
} slow_file_t;

static zc_status_t fetch_slowly(void *arg, size_t from, size_t to) {
    slow_file_t *f = arg;
    CHECK(from < to && to <= f->n, "[%zu, %zu) of %zu", from, to, f->n);
    if (f->left-- == 0) return ZC_E_IO;
    memcpy(f->to + from, f->from + from, to - from);
    f->fetched += to - from;
    return ZC_OK;
}

/* From those of the encoded bytes that are asked for, among bytes that mean nothing. */
static void check_fetched(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, const uint8_t *content,
                          size_t n) {
    if (!step->ops->decode_fetched || n == 0) return;
    for (int round = 0; round < 8; round++) {
        zc_stretch_t parts[WANT_MOST];
        zc_want_t want = random_want(n, parts);
        if (round == 7) want = (zc_want_t){.lo = n / 3, .hi = n / 3 + 1};
        guarded_t some = guarded(size), out = guarded(n);
        memset(some.data, 0xA5, size);
        slow_file_t file = {enc.data, some.data, size, 0, round == 6 ? (int)check_below(4) : -1};
        zc_status_t status = step->ops->decode_fetched(step, ctx, some.data, size, &(zc_fetch_t){fetch_slowly, &file},
                                                       n, &want, out.data);
        if (round == 6 && status != ZC_OK)
            CHECK(file.left < 0, "%d", status);
        else
            CHECK(status == ZC_OK && same_wanted(&want, out.data, content), "parts of [%zu, %zu) of %zu: %d %s",
                  want.lo, want.hi, n, status, ctx->message);
        if (round == 7 && size > (100 << 10) && step->p[ZC_BLOSC_P_CNAME] == ZC_BLOSC_LZ4 &&
            step->p[ZC_BLOSC_P_SHUFFLE] == 1)
            CHECK(file.fetched < size / 4 * 3, "%zu of %zu bytes were read for one", file.fetched, size);
        unguard(some);
        unguard(out);
    }
}

static void check_view(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, const uint8_t *want,
                       size_t n) {
    if (!step->ops->decode_view) return;
    const uint8_t *view = NULL;
    size_t length = 0;
    zc_status_t status = step->ops->decode_view(step, ctx, enc.data, size, &view, &length);
    CHECK(status == ZC_OK && length == n && view >= enc.data && view + length <= enc.data + size, "view: %d", status);
    CHECK(status == ZC_OK && memcmp(view, want, n) == 0, "%s: view of %zu bytes", step->ops->name, n);
}

/* An encode into less than it needs says so, or finds a form that fits. */
static void check_small_room(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t size) {
    for (size_t cap = size ? size - 1 : 0;; cap /= 2) {
        guarded_t out = guarded(cap);
        size_t written = 0;
        zc_status_t status = step->ops->encode(step, ctx, src, n, out.data, cap, &written);
        CHECK(status == ZC_E_DST || (status == ZC_OK && written <= cap), "%s: %zu bytes into %zu: %d", step->ops->name,
              n, cap, status);
        unguard(out);
        if (cap == 0) break;
    }
}

static void roundtrip(const config_t *config, zc_ctx_t *ctx, int kind, size_t n) {
    zc_step_t step = step_of(config);
    CHECK(step.ops->check(&step) == ZC_OK, "%s", config->name);
    n -= n % config->unit;
    guarded_t src = guarded(n);
    fill_content(kind, src.data, n);
    size_t size = 0;
    guarded_t enc = encoded(&step, ctx, src.data, n, &size);
    size_t exact = step.ops->encoded_size(&step, n), back = step.ops->decoded_size(&step, size);
    CHECK(exact == ZC_SIZE_UNKNOWN || exact == size, "%s: %zu, not %zu", config->name, size, exact);
    CHECK(back == ZC_SIZE_UNKNOWN || back == n, "%s: %zu, not %zu", config->name, n, back);
    check_decode(&step, ctx, enc, size, src.data, n);
    check_range(&step, ctx, enc, size, src.data, n);
    check_fetched(&step, ctx, enc, size, src.data, n);
    check_view(&step, ctx, enc, size, src.data, n);
    if (n && n < 9000) check_small_room(&step, ctx, src.data, n, size);
    unguard(enc);
    unguard(src);
}

int main(void) {
    static const size_t sizes[] = {0,   1,   2,   3,   7,   12,  16,   31,   64,   100,   127,  128,
                                   129, 255, 256, 400, 777, 999, 1024, 4099, 8192, 20001, 70000};
    zc_ctx_t *ctx = zc_ctx_new();
    if (!ctx || zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (size_t c = 0; c < CONFIGS; c++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (int kind = 0; kind < CONTENTS; kind++) roundtrip(&configs[c], ctx, kind, sizes[s]);
    for (size_t c = 0; c < CONFIGS; c++) roundtrip(&configs[c], ctx, CONTENT_HALF_NOISE, 300007);
    zc_ctx_free(ctx);
    return check_report();
}

/* Verifying and mending chunks in buffers: what is whole passes, what is damaged is named, and only that is mended. */
#include "check_engine.h"
#include "dispatch.h"
#include "engine/verify.h"

/* One shard of N items in chunks of INNER; each inner chunk ends with its checksum. */
enum { N = 12, INNER = 3, CHUNKS = N / INNER, STORED = INNER * CHECK_ITEM + 4, INDEX = 16 * CHUNKS + 4 };

typedef struct one {
    zc_plan_t plan;
    check_shard_t s;
    uint32_t items[N];
    zc_span_t stored, made;
} one_t;

static zc_batch_t batch_of(one_t *w, zc_selection_t *sel, size_t first, size_t count) {
    *sel = (zc_selection_t){.ndim = 1};
    sel->axis[0] =
        (zc_axis_t){.length = N, .chunk = N, .start = first, .step = 1, .count = count, .stride = CHECK_ITEM};
    if (zc_selection_init(sel) != ZC_OK) abort();
    return (zc_batch_t){.plan = &w->plan,
                        .sel = sel,
                        .items = (uint8_t *)(w->items + first),
                        .stored = &w->stored,
                        .made = &w->made,
                        .threads = 2};
}

static void one_make(one_t *w, int sharded) {
    zc_selection_t sel;
    memset(w, 0, sizeof *w);
    check_plan(&w->plan, 1);
    if (sharded) {
        check_plan(&w->s.chunk, 1);
        check_step(&w->s.chunk, "crc32c", 0, 0, 0, 0);
        check_plan_ready(&w->s.chunk);
        check_shard_plan(&w->plan, &w->s, (size_t[]){INNER}, 0, 0, 1);
    } else {
        check_step(&w->plan, "zstd", 1, 1, 0, 0);
    }
    check_plan_ready(&w->plan);
    for (uint32_t i = 0; i < N; i++) w->items[i] = 100 + i;
    zc_batch_t b = batch_of(w, &sel, 0, N);
    CHECK(zc_batch_write(&b) == ZC_OK, "write");
    w->stored = w->made;
    w->made = (zc_span_t){NULL, 0};
}

static void one_free(one_t *w) {
    free((void *)w->stored.data);
    free((void *)w->made.data);
    if (w->plan.shard != NULL) check_shard_clear(&w->s);
    zc_plan_clear(&w->plan);
}

static zc_verdict_t verify(one_t *w) {
    static const int64_t coords[1];
    zc_selection_t sel;
    zc_verdict_t v;
    zc_batch_t b = batch_of(w, &sel, 0, N);
    CHECK(zc_verify(&b, coords, &v) == ZC_OK, "verify");
    return v;
}

static zc_mended_t mend(one_t *w) {
    static const int64_t coords[1];
    zc_selection_t sel;
    zc_mended_t mended;
    zc_batch_t b = batch_of(w, &sel, 0, N);
    CHECK(zc_mend(&b, coords, &mended) == ZC_OK, "mend");
    return mended;
}

static void whole(int sharded) {
    one_t w;
    one_make(&w, sharded);
    zc_verdict_t v = verify(&w);
    CHECK(v.found && v.ndefects == 0 && v.stored == w.stored.n, "%zu defects", v.ndefects);
    CHECK(v.chunks == (sharded ? CHUNKS : 1) && v.decoded == N * CHECK_ITEM, "%zu chunks", (size_t)v.chunks);
    CHECK(mend(&w) == ZC_MEND_NOTHING && w.made.data == NULL, "mended");
    free(v.defects);
    zc_span_t kept = w.stored;
    w.stored = (zc_span_t){NULL, 0};
    v = verify(&w);
    CHECK(!v.found && v.ndefects == 0, "a missing chunk");
    CHECK(mend(&w) == ZC_MEND_NOTHING, "a missing chunk");
    w.stored = kept;
    one_free(&w);
}

/* Every byte flipped; a damaged inner chunk is all that a mended shard lacks. */
static void flipped(int sharded) {
    one_t w;
    one_make(&w, sharded);
    uint8_t *bytes = (uint8_t *)(uintptr_t)w.stored.data;
    for (size_t at = 0; at < w.stored.n; at++) {
        bytes[at] ^= 0x40;
        zc_verdict_t v = verify(&w);
        int inside = sharded && at < w.stored.n - INDEX;
        CHECK(v.ndefects >= 1, "byte %zu", at);
        if (inside) CHECK(v.ndefects == 1 && v.defects[0].inner && v.chunks == CHUNKS - 1, "byte %zu", at);
        zc_mended_t mended = mend(&w);
        CHECK(mended == (inside ? ZC_MEND_REWRITTEN : ZC_MEND_REMOVED) || !sharded, "byte %zu: %d", at, (int)mended);
        if (inside) {
            zc_selection_t sel;
            zc_span_t damaged = w.stored;
            w.stored = w.made;
            zc_batch_t b = batch_of(&w, &sel, 0, N);
            CHECK(zc_batch_read(&b) == ZC_OK, "byte %zu: cannot be read", at);
            for (size_t i = 0; i < N; i++)
                CHECK(w.items[i] == (i / INNER == at / STORED ? check_fill : 100 + i), "byte %zu, item %zu", at, i);
            w.stored = damaged;
        }
        free(v.defects);
        free((void *)w.made.data);
        w.made = (zc_span_t){NULL, 0};
        bytes[at] ^= 0x40;
    }
    one_free(&w);
}

/* Many chunks on several threads, one in four damaged. */
static void many(int sharded) {
    enum { MANY = 64 };
    one_t w;
    zc_span_t spans[MANY];
    zc_verdict_t verdicts[MANY];
    int64_t coords[MANY];
    zc_selection_t sel = {.ndim = 1};
    one_make(&w, sharded);
    for (size_t i = 0; i < MANY; i++) {
        uint8_t *copy = check_alloc(w.stored.n);
        memcpy(copy, w.stored.data, w.stored.n);
        if (i % 4 == 0) copy[10] ^= 1;
        spans[i] = (zc_span_t){copy, w.stored.n};
        coords[i] = (int64_t)i;
    }
    sel.axis[0] = (zc_axis_t){.length = MANY * N, .chunk = N, .step = 1, .count = MANY * N, .stride = CHECK_ITEM};
    if (zc_selection_init(&sel) != ZC_OK) abort();
    zc_batch_t b = {.plan = &w.plan, .sel = &sel, .keys = {1, '/'}, .stored = spans, .threads = 4};
    CHECK(zc_verify(&b, coords, verdicts) == ZC_OK, "verify");
    for (size_t i = 0; i < MANY; i++) {
        CHECK(verdicts[i].ndefects == (i % 4 == 0), "chunk %zu: %zu defects", i, verdicts[i].ndefects);
        free(verdicts[i].defects);
        free((void *)spans[i].data);
    }
    zc_selection_free(&sel);
    one_free(&w);
}

int main(void) {
    if (zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (int sharded = 0; sharded < 2; sharded++) {
        whole(sharded);
        flipped(sharded);
        many(sharded);
    }
    return check_report();
}

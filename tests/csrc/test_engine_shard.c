/* Shards in a buffer: the bytes that are written, shards of others' making, damage and limits. */
#include "check_engine.h"
#include "dispatch.h"

/* A one-dimensional array of one shard of `N` items in chunks of `INNER`, in a buffer. */
enum { N = 12, INNER = 3, CHUNKS = N / INNER, INDEX = 16 * CHUNKS };

typedef struct one {
    zc_plan_t plan;
    check_shard_t s;
    zc_selection_t sel;
    zc_span_t stored, made;
    zc_failure_t failure;
    uint32_t items[N];
} one_t;

static void one_make(one_t *w, int at_start, int swap, int sum) {
    memset(w, 0, sizeof *w);
    check_plan(&w->plan, 1);
    check_plan(&w->s.chunk, 1);
    check_plan_ready(&w->s.chunk);
    check_shard_plan(&w->plan, &w->s, (size_t[]){INNER}, at_start, swap, sum);
    check_plan_ready(&w->plan);
    for (uint32_t i = 0; i < N; i++) w->items[i] = 100 + i;
}

static void one_free(one_t *w) {
    free((void *)w->made.data);
    check_shard_clear(&w->s);
    zc_plan_clear(&w->plan);
}

/* Reads or writes items [first, first + count); `made` is what was written. */
static zc_status_t one_run(one_t *w, int writing, size_t first, size_t count, int write_empty) {
    zc_selection_t sel = {.ndim = 1};
    sel.axis[0] = (zc_axis_t){.length = N, .chunk = N, .start = first, .step = 1, .count = count, .stride = CHECK_ITEM};
    if (zc_selection_init(&sel) != ZC_OK) abort();
    zc_batch_t b = {.plan = &w->plan,
                    .sel = &sel,
                    .items = (uint8_t *)(w->items + first),
                    .stored = &w->stored,
                    .made = &w->made,
                    .threads = 2,
                    .write_empty = write_empty};
    if (writing) {
        free((void *)w->made.data);
        w->made = (zc_span_t){NULL, 0};
    }
    zc_status_t status = writing ? zc_batch_write(&b) : zc_batch_read(&b);
    w->failure = b.failure;
    zc_selection_free(&sel);
    return status;
}

static uint64_t get64(const uint8_t *p, int swap) {
    uint64_t v;
    memcpy(&v, p, 8);
    return swap ? __builtin_bswap64(v) : v;
}

static void put64(uint8_t *p, uint64_t v) { memcpy(p, &v, 8); }

/* Every byte of a shard that is written is where the specification says. */
static void layout(void) {
    for (int variant = 0; variant < 8; variant++) {
        one_t w;
        int at_start = variant & 1, swap = variant >> 1 & 1, sum = variant >> 2;
        const size_t index = INDEX + (sum ? 4 : 0), data = at_start ? index : 0;
        one_make(&w, at_start, swap, sum);
        for (size_t i = INNER; i < 2 * INNER; i++) w.items[i] = check_fill; /* chunk 1 is left out */
        CHECK(one_run(&w, 1, 0, N, 0) == ZC_OK, "status %d", w.failure.status);
        CHECK(w.made.n == index + 3 * INNER * CHECK_ITEM, "%zu bytes", w.made.n);
        const uint8_t *entry = w.made.data + (at_start ? 0 : w.made.n - index);
        for (size_t i = 0, at = data; i < CHUNKS; i++, entry += 16) {
            int missing = i == 1;
            CHECK(get64(entry, swap) == (missing ? UINT64_MAX : at), "offset of %zu", i);
            CHECK(get64(entry + 8, swap) == (missing ? UINT64_MAX : INNER * CHECK_ITEM), "length of %zu", i);
            if (missing) continue;
            CHECK(memcmp(w.made.data + at, w.items + i * INNER, INNER * CHECK_ITEM) == 0, "chunk %zu", i);
            at += INNER * CHECK_ITEM;
        }
        w.stored = w.made;
        uint32_t kept[N];
        memcpy(kept, w.items, sizeof kept);
        memset(w.items, 0, sizeof w.items);
        CHECK(one_run(&w, 0, 0, N, 0) == ZC_OK && memcmp(kept, w.items, sizeof kept) == 0, "read back");
        one_free(&w);
    }
}

/* Shards that others may write: gaps, shared stretches, any order, chunks in the index's neighbourhood. */
static void foreign(void) {
    one_t w;
    uint8_t shard[200];
    one_make(&w, 0, 0, 0);
    for (size_t i = 0; i < sizeof shard; i++) shard[i] = (uint8_t)i;
    uint8_t *index = shard + sizeof shard - INDEX;
    const uint64_t offsets[CHUNKS] = {40, 40, 7, UINT64_MAX};
    for (size_t i = 0; i < CHUNKS; i++) {
        put64(index + 16 * i, offsets[i]);
        put64(index + 16 * i + 8, i == 3 ? UINT64_MAX : INNER * CHECK_ITEM);
    }
    w.stored = (zc_span_t){shard, sizeof shard};
    CHECK(one_run(&w, 0, 0, N, 0) == ZC_OK, "status %d", w.failure.status);
    for (size_t i = 0; i < 3; i++)
        CHECK(memcmp(w.items + i * INNER, shard + offsets[i], INNER * CHECK_ITEM) == 0, "chunk %zu", i);
    for (size_t i = 9; i < N; i++) CHECK(w.items[i] == check_fill, "missing: %x", w.items[i]);

    /* A partial write: what it does not touch keeps its bytes, gaps go. */
    uint32_t before[N];
    memcpy(before, w.items, sizeof before);
    before[4] = w.items[4] = 77;
    CHECK(one_run(&w, 1, 4, 1, 0) == ZC_OK && w.made.n == INDEX + 3 * INNER * CHECK_ITEM, "%zu bytes", w.made.n);
    w.stored = w.made;
    memset(w.items, 0, sizeof w.items);
    CHECK(one_run(&w, 0, 0, N, 0) == ZC_OK && memcmp(before, w.items, sizeof before) == 0, "merged");
    one_free(&w);
}

/* Entries that lie: refused where they are used, and by a merge that would have to copy them. */
static void entries_that_lie(void) {
    static const uint64_t top = UINT64_MAX;
    const struct {
        uint64_t offset, n;
        zc_status_t status;
    } wrong[] = {
        {top, 12, ZC_E_CORRUPT},
        {0, top, ZC_E_CORRUPT},
        {top, 0, ZC_E_CORRUPT},
        {top - 11, 12, ZC_E_CORRUPT},
        {12, top - 11, ZC_E_CORRUPT},
        {112, 1, ZC_E_CORRUPT},
        {1, 112, ZC_E_CORRUPT},
        {0, 113, ZC_E_CORRUPT},
        {113, 0, ZC_E_CORRUPT},
        {(uint64_t)1 << 63, 12, ZC_E_CORRUPT},
        {0, (uint64_t)1 << 63, ZC_E_CORRUPT},
        {0, 11, ZC_E_TOO_SHORT},
        {0, 13, ZC_E_TOO_LONG},
        {112, 0, ZC_E_TOO_SHORT},
        {0, 112, ZC_E_TOO_LONG},
        {0, 0, ZC_E_TOO_SHORT},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        one_t w;
        one_make(&w, 0, 0, 0);
        CHECK(one_run(&w, 1, 0, N, 0) == ZC_OK && w.made.n == 112, "%zu bytes", w.made.n);
        check_block_t shard = check_block(w.made.n, 0); /* of exactly its bytes */
        memcpy(shard.data, w.made.data, w.made.n);
        put64(shard.data + shard.n - INDEX + 16 * 2, wrong[k].offset);
        put64(shard.data + shard.n - INDEX + 16 * 2 + 8, wrong[k].n);
        w.stored = (zc_span_t){shard.data, shard.n};
        CHECK(one_run(&w, 0, 0, N, 0) == wrong[k].status, "entry %zu: status %d: %s", k, w.failure.status,
              w.failure.message);
        CHECK(strncmp(w.failure.message, "inner chunk [2]", 15) == 0, "%s", w.failure.message);
        CHECK(one_run(&w, 0, 0, 6, 0) == ZC_OK, "another chunk: status %d", w.failure.status);
        CHECK(one_run(&w, 1, 7, 1, 0) == wrong[k].status && w.made.data == NULL, "entry %zu, merge of it: status %d", k,
              w.failure.status);
        zc_status_t beside = one_run(&w, 1, 1, 1, 0); /* copies what lies within the shard as it is */
        CHECK(beside == (wrong[k].status == ZC_E_CORRUPT || wrong[k].n > 12 ? wrong[k].status : ZC_OK),
              "entry %zu, merge beside it: status %d", k, beside);
        CHECK(one_run(&w, 1, 6, 3, 0) == ZC_OK, "a whole inner chunk mends it: status %d", w.failure.status);
        check_free(shard);
        one_free(&w);
    }
}

static void truncated(void) {
    for (int variant = 0; variant < 8; variant++) {
        one_t w;
        one_make(&w, variant & 1, variant >> 1 & 1, variant >> 2);
        CHECK(one_run(&w, 1, 0, N, 0) == ZC_OK, "write");
        for (size_t n = 0; n < w.made.n; n++) {
            check_block_t cut = check_block(n, 0);
            memcpy(cut.data, w.made.data, n);
            w.stored = (zc_span_t){cut.data, n};
            CHECK(one_run(&w, 0, 0, N, 0) != ZC_OK, "%zu of %zu bytes", n, w.made.n);
            one_run(&w, 0, 4, 2, 0);
            check_free(cut);
        }
        one_free(&w);
    }
}

/* With checksums in the index and the chunks every flipped bit of a stored byte is noticed. */
static void flipped(void) {
    for (int variant = 0; variant < 4; variant++) {
        one_t w;
        one_make(&w, variant & 1, variant >> 1, 1);
        check_step(&w.s.chunk, "crc32c", 0, 0, 0, 0);
        CHECK(one_run(&w, 1, 0, N, 0) == ZC_OK, "write");
        check_block_t shard = check_block(w.made.n, 0);
        memcpy(shard.data, w.made.data, w.made.n);
        w.stored = (zc_span_t){shard.data, shard.n};
        for (size_t bit = 0; bit < 8 * shard.n; bit++) {
            shard.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK(one_run(&w, 0, 0, N, 0) == ZC_E_CHECKSUM, "bit %zu of %zu: status %d", bit, 8 * shard.n,
                  w.failure.status);
            shard.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        CHECK(one_run(&w, 0, 0, N, 0) == ZC_OK, "status %d", w.failure.status);
        check_free(shard);
        one_free(&w);
    }
}

static void fill_values(void) {
    one_t w;
    one_make(&w, 0, 0, 1);
    CHECK(one_run(&w, 1, 0, N, 0) == ZC_OK, "write");
    zc_span_t full = w.made;
    w.made = (zc_span_t){NULL, 0};
    w.stored = full;
    for (size_t i = 0; i < N; i++) w.items[i] = check_fill;
    CHECK(one_run(&w, 1, 0, N, 0) == ZC_OK && w.made.data == NULL, "a shard of fill values is deleted");
    CHECK(one_run(&w, 1, 0, N, 1) == ZC_OK && w.made.n == full.n, "or kept: %zu bytes", w.made.n);
    CHECK(one_run(&w, 1, 2, 8, 0) == ZC_OK && w.made.n == full.n - 2 * INNER * CHECK_ITEM, "the ends: %zu", w.made.n);
    zc_span_t ends = w.made;
    w.made = (zc_span_t){NULL, 0};
    w.stored = ends;
    CHECK(one_run(&w, 1, 0, 3, 0) == ZC_OK && w.made.n == full.n - 3 * INNER * CHECK_ITEM, "the last: %zu", w.made.n);
    zc_span_t last = w.made;
    w.made = (zc_span_t){NULL, 0};
    w.stored = last;
    CHECK(one_run(&w, 1, 10, 2, 0) == ZC_OK && w.made.data == NULL && w.made.n == 0, "item by item: %zu", w.made.n);
    free((void *)full.data);
    free((void *)ends.data);
    free((void *)last.data);
    one_free(&w);
}

/* Grids that do not fit, that are too many for memory, and a bomb of entries that share a stretch. */
static void limits(void) {
    one_t w;
    zc_shard_grid_t grid;
    one_make(&w, 0, 0, 1);
    const size_t edges[] = {N + 1, (size_t)INNER * ((size_t)ZC_SHARD_MOST + 1), SIZE_MAX / INNER * INNER, 1};
    for (size_t i = 0; i < 4; i++) {
        CHECK(zc_shard_grid(&w.plan, &edges[i], &grid) == ZC_E_PARAM, "edge %zu", edges[i]);
        CHECK(zc_plan_encoded_limit(&w.plan, &edges[i]) <= 65536, "edge %zu", edges[i]);
    }
    size_t most = (size_t)INNER * ZC_SHARD_MOST;
    CHECK(zc_shard_grid(&w.plan, &most, &grid) == ZC_OK && grid.index_bytes == ((size_t)1 << 30) + 4, "the most");
    w.s.shard.inner[0] = 0;
    CHECK(zc_shard_grid(&w.plan, &(size_t){N}, &grid) == ZC_E_PARAM, "no inner edge");
    w.s.shard.inner[0] = INNER;
    check_step(&w.s.index, "zstd", 1, 0, 0, 0);
    CHECK(zc_shard_grid(&w.plan, &(size_t){N}, &grid) == ZC_E_PARAM, "an index of no fixed size");
    w.s.index.nsteps--;
    one_free(&w);

    one_make(&w, 0, 0, 0);
    enum { LARGE = 1 << 20 };
    uint8_t *large = calloc(LARGE + INDEX, 1);
    if (large == NULL) abort();
    for (size_t i = 0; i < CHUNKS; i++) put64(large + LARGE + 16 * i + 8, i == 0 ? INNER * CHECK_ITEM : LARGE);
    w.stored = (zc_span_t){large, LARGE + INDEX};
    CHECK(one_run(&w, 1, 1, 1, 0) == ZC_E_TOO_LONG, "status %d", w.failure.status);
    CHECK(one_run(&w, 0, 0, N, 0) == ZC_E_TOO_LONG, "status %d", w.failure.status);
    free(large);
    one_free(&w);
}

/* Codecs around a shard whose content is a view, and an index with two codecs that write: none is in another's
 * scratch memory. */
static void scratch(void) {
    one_t w;
    one_make(&w, 0, 0, 0);
    check_step(&w.s.index, "shuffle", 8, 0, 0, 0);
    check_step(&w.s.index, "swap", 8, 0, 0, 0);
    check_step(&w.s.index, "shuffle", 4, 0, 0, 0);
    check_step(&w.plan, "crc32c", 0, 0, 0, 0);
    check_step(&w.plan, "zstd", 1, 1, 0, 0);
    CHECK(one_run(&w, 1, 0, N, 0) == ZC_OK, "status %d", w.failure.status);
    zc_span_t first = w.made;
    w.made = (zc_span_t){NULL, 0};
    w.stored = first;
    for (int i = 0; i < 3; i++) {
        memset(w.items, 0, sizeof w.items);
        CHECK(one_run(&w, 0, 0, N, 0) == ZC_OK, "status %d, %s: %s", w.failure.status, w.failure.codec,
              w.failure.message);
        for (uint32_t k = 0; k < N; k++) CHECK(w.items[k] == 100 + k, "item %u: %u", k, w.items[k]);
    }
    w.items[5] = 1;
    CHECK(one_run(&w, 1, 5, 1, 0) == ZC_OK, "status %d", w.failure.status);
    w.stored = w.made;
    memset(w.items, 0, sizeof w.items);
    CHECK(one_run(&w, 0, 0, N, 0) == ZC_OK, "status %d", w.failure.status);
    for (uint32_t k = 0; k < N; k++) CHECK(w.items[k] == (k == 5 ? 1 : 100 + k), "item %u: %u", k, w.items[k]);
    free((void *)first.data);
    one_free(&w);
}

/* Damage of a shard inside compression, with compressed chunks: any error or any data, nothing else. */
static void noise(void) {
    one_t w;
    one_make(&w, 0, 0, 0);
    check_step(&w.s.chunk, "zstd", 1, 0, 0, 0);
    CHECK(one_run(&w, 1, 0, N, 0) == ZC_OK, "write");
    check_block_t shard = check_block(w.made.n, 0);
    for (int round = 0; round < 4000; round++) {
        memcpy(shard.data, w.made.data, shard.n);
        for (size_t k = 1 + check_below(4); k > 0; k--) shard.data[check_below(shard.n)] = (uint8_t)check_random();
        w.stored = (zc_span_t){shard.data, shard.n};
        uint32_t kept[N];
        memcpy(kept, w.items, sizeof kept);
        one_run(&w, 0, check_below(N), 1, 0);
        memcpy(w.items, kept, sizeof kept);
    }
    check_free(shard);
    one_free(&w);
}

int main(void) {
    if (zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    layout();
    foreign();
    entries_that_lie();
    truncated();
    flipped();
    fill_values();
    limits();
    scratch();
    noise();
    return check_report();
}

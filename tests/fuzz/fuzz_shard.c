/* Any bytes as a stored chunk: shards of several kinds, and chains of codecs without shards.
 *
 * Promised: no stray access; the same answer and the same values twice; a part of what can be read whole is the same
 * values; verifying finds a defect where reading fails; a partial write gives bytes that can be read, with the new
 * values in them; mending leaves what is whole or nothing.
 *
 * Input: kind, first item, count; then the stored bytes. */
#include "codecs/codec_blosc.h"
#include "engine/shard.h"
#include "engine/verify.h"
#include "fuzz.h"
#include "kernels/delta/delta.h"

enum { ROWS = 6, COLUMNS = 4, ITEMS = ROWS * COLUMNS, ITEM = 4 };

typedef struct plans {
    zc_plan_t outer, chunk, index, deep, deep_index;
    zc_shard_t shard, below;
} plans_t;

static const uint32_t fill = 0x01020304;

static void start(zc_plan_t *plan, int ndim, size_t itemsize) {
    memset(plan, 0, sizeof *plan);
    plan->ndim = ndim;
    plan->itemsize = itemsize;
    for (int i = 0; i < ndim; i++) plan->order[i] = i;
}

static void step(zc_plan_t *plan, const char *name, int64_t p0, int64_t p1, int64_t p2, int64_t p3) {
    plan->steps[plan->nsteps++] = (zc_step_t){.ops = zc_codec_find(name), .p = {p0, p1, p2, p3}};
}

static void ready(zc_plan_t *plan) {
    static const uint64_t zero;
    int bad;
    if (zc_plan_init(plan, plan->itemsize == ITEM ? (const uint8_t *)&fill : (const uint8_t *)&zero, &bad) != ZC_OK)
        abort();
}

static void chain(zc_plan_t *plan, size_t kind) {
    switch (kind % 8) {
    case 1:
        step(plan, "zstd", 1, 0, 0, 0);
        break;
    case 2:
        step(plan, "crc32c", 0, 0, 0, 0);
        break;
    case 3:
        step(plan, "blosc", ZC_BLOSC_LZ4, 5, 1, 4);
        break;
    case 4:
        step(plan, "shuffle", 4, 0, 0, 0);
        step(plan, "gzip", 1, 0, 0, 0);
        step(plan, "crc32c", 1, 0, 0, 0);
        break;
    case 5:
        step(plan, "lz4", 1, 0, 0, 0);
        break;
    case 6:
        step(plan, "delta", ZC_TYPE_I4, 0, ZC_TYPE_I4, 0);
        step(plan, "zlib", 1, 0, 0, 0);
        step(plan, "zstd", 1, 1, 0, 0);
        break;
    default:
        break;
    }
}

static void index_plan(zc_plan_t *plan, int ndim, size_t kind) {
    start(plan, ndim + 1, 8);
    if (kind & 1) plan->swap = 8;
    if (kind & 2) step(plan, "crc32c", 0, 0, 0, 0);
    if (kind & 4) {
        plan->order[0] = 1;
        plan->order[1] = 0;
    }
    ready(plan);
}

/* kind: chain (3 bits), shard (1), index (3), index at the start (1), something around the shard (1), a shard in the
 * shard (1), transposed (1). */
static void make_plans(plans_t *p, size_t kind) {
    memset(p, 0, sizeof *p);
    start(&p->outer, 2, ITEM);
    if (kind & 1024) {
        p->outer.order[0] = 1;
        p->outer.order[1] = 0;
    }
    if (!(kind & 8)) {
        chain(&p->outer, kind);
        ready(&p->outer);
        return;
    }
    start(&p->chunk, 2, ITEM);
    if (kind & 512) {
        start(&p->deep, 2, ITEM);
        chain(&p->deep, kind);
        ready(&p->deep);
        index_plan(&p->deep_index, 2, kind >> 5);
        p->below = (zc_shard_t){.inner = {1, 2}, .chunk = &p->deep, .index = &p->deep_index, .index_at_start = 1};
        p->chunk.shard = &p->below;
    } else {
        chain(&p->chunk, kind);
    }
    ready(&p->chunk);
    index_plan(&p->index, 2, kind >> 4);
    p->shard = (zc_shard_t){.inner = {3, 2}, .chunk = &p->chunk, .index = &p->index, .index_at_start = kind >> 7 & 1};
    p->outer.shard = &p->shard;
    if (kind & 256) step(&p->outer, kind & 1 ? "zstd" : "crc32c", kind & 1, 0, 0, 0);
    ready(&p->outer);
}

static void clear_plans(plans_t *p) {
    zc_plan_clear(&p->outer);
    zc_plan_clear(&p->chunk);
    zc_plan_clear(&p->index);
    zc_plan_clear(&p->deep);
    zc_plan_clear(&p->deep_index);
}

/* Rows [first, first + count) and all columns. */
static zc_selection_t rows(size_t first, size_t count) {
    zc_selection_t sel = {.ndim = 2};
    sel.axis[0] =
        (zc_axis_t){.length = ROWS, .chunk = ROWS, .start = first, .step = 1, .count = count, .stride = COLUMNS * ITEM};
    sel.axis[1] = (zc_axis_t){.length = COLUMNS, .chunk = COLUMNS, .step = 1, .count = COLUMNS, .stride = ITEM};
    if (zc_selection_init(&sel) != ZC_OK) abort();
    return sel;
}

static zc_status_t run(const plans_t *p, zc_span_t stored, size_t first, size_t count, uint32_t *items,
                       zc_span_t *made) {
    zc_selection_t sel = rows(first, count);
    zc_batch_t b = {.plan = &p->outer,
                    .sel = &sel,
                    .keys = {1, '/'},
                    .items = (uint8_t *)items,
                    .stored = &stored,
                    .made = made,
                    .threads = 1};
    zc_status_t status = made == NULL ? zc_batch_read(&b) : zc_batch_write(&b);
    zc_selection_free(&sel);
    return status;
}

static size_t defects(const plans_t *p, zc_span_t stored) {
    zc_selection_t sel = rows(0, ROWS);
    zc_verdict_t verdict;
    int64_t coords[2] = {0, 0};
    zc_batch_t b = {.plan = &p->outer, .sel = &sel, .keys = {1, '/'}, .stored = &stored, .threads = 1};
    PROMISE(zc_verify(&b, coords, &verdict) == ZC_OK, "verify");
    PROMISE(verdict.nkept <= verdict.ndefects && verdict.nkept <= ZC_DEFECTS_KEPT, "%zu kept", verdict.nkept);
    free(verdict.defects);
    zc_selection_free(&sel);
    return verdict.ndefects;
}

static void check_mending(const plans_t *p, zc_span_t stored, size_t found) {
    zc_selection_t sel = rows(0, ROWS);
    zc_span_t made = {NULL, 0};
    zc_mended_t mended;
    int64_t coords[2] = {0, 0};
    uint32_t items[ITEMS];
    zc_batch_t b = {.plan = &p->outer, .sel = &sel, .keys = {1, '/'}, .stored = &stored, .made = &made, .threads = 1};
    zc_status_t status = zc_mend(&b, coords, &mended);
    PROMISE(status == ZC_OK, "mend: status %d", status);
    PROMISE(found > 0 || mended == ZC_MEND_NOTHING, "mended what was whole");
    PROMISE((mended == ZC_MEND_REWRITTEN) == (made.data != NULL), "mended %d", (int)mended);
    if (made.data != NULL) { /* what is left may be of a variant that is not supported, but is not damaged */
        status = run(p, made, 0, ROWS, items, NULL);
        PROMISE(status == ZC_OK || status == ZC_E_UNSUPPORTED || status == ZC_E_PARAM, "after mending: %d", status);
    }
    free((void *)made.data);
    zc_selection_free(&sel);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static arena_t sources, targets[2];
    plans_t p;
    input_t in = {data, size};
    fuzz_start();
    size_t kind = (size_t)take(&in, 2);
    make_plans(&p, kind);
    size_t first = take_below(&in, ROWS), count = 1 + take_below(&in, ROWS - first);
    zc_span_t stored = {arena_end(&sources, in.n), in.n}, made = {NULL, 0};
    memcpy((uint8_t *)stored.data, in.data, in.n);

    zc_status_t status[2];
    uint32_t *items[2], part[ITEMS];
    for (int i = 0; i < 2; i++) {
        items[i] = (uint32_t *)arena_end(&targets[i], ITEMS * ITEM);
        memset(items[i], i ? 0xA5 : 0x5A, ITEMS * ITEM);
        status[i] = run(&p, stored, 0, ROWS, items[i], NULL);
    }
    PROMISE(status[0] == status[1], "status %d, then %d", status[0], status[1]);
    size_t found = defects(&p, stored);
    if (status[0] != ZC_OK) {
        PROMISE(found > 0, "reading fails with %d, verifying finds nothing", status[0]);
    } else {
        PROMISE(memcmp(items[0], items[1], ITEMS * ITEM) == 0, "values that nobody wrote");
        /* What no encoder makes may mean one thing whole and another in part: LZ4's matches at distance 0, and blocks
         * of zstd that are larger than their window. */
        int lz4 = kind % 8 == 3 || kind % 8 == 5, zstd = kind % 8 == 1 || kind % 8 == 6 || kind & 256;
        zc_status_t partly = run(&p, stored, first, count, part, NULL);
        PROMISE(partly == ZC_OK || (zstd && partly == ZC_E_CORRUPT), "a part cannot be read: status %d", partly);
        PROMISE(partly != ZC_OK || lz4 || memcmp(part, items[0] + first * COLUMNS, count * COLUMNS * ITEM) == 0,
                "a part differs");
    }
    check_mending(&p, stored, found);
    for (size_t i = 0; i < ITEMS; i++) part[i] = (uint32_t)i;
    if (run(&p, stored, first, count, part, &made) == ZC_OK) {
        uint32_t again[ITEMS];
        PROMISE(made.data != NULL, "nothing was written");
        zc_status_t after = run(&p, made, first, count, again, NULL);
        PROMISE(after == ZC_OK && memcmp(again, part, count * COLUMNS * ITEM) == 0, "after a write: %d", after);
    }
    free((void *)made.data);
    clear_plans(&p);
    return 0;
}

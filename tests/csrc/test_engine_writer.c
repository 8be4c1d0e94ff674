/* Batches of writes under every policy: masks against a model, directories to sync, interrupts, waiting for locks. */
#define _GNU_SOURCE
#include <errno.h>

#include "check.h"
#include "check_dir.h"
#include "check_engine.h"
#include "engine/lock.h"
#include "engine/pool.h"
#include "engine/touched.h"

static char path[64];
static int dir;

/* Boxes of which items are left out, on plain and sharded arrays, contiguous memory. */
static void masked(check_array_t *a) {
    zc_selection_t sel = {.ndim = a->grid.ndim};
    size_t items = 1, count[CHECK_NDIM], start[CHECK_NDIM], step[CHECK_NDIM];
    for (int i = 0; i < a->grid.ndim; i++) {
        start[i] = check_below(a->grid.length[i]);
        step[i] = 1 + check_below(3);
        count[i] = 1 + check_below((a->grid.length[i] - 1 - start[i]) / step[i] + 1);
        if (check_below(4) == 0) start[i] = 0, step[i] = 1, count[i] = a->grid.length[i];
        items *= count[i];
    }
    ptrdiff_t stride = CHECK_ITEM;
    for (int i = a->grid.ndim - 1; i >= 0; i--) {
        sel.axis[i] = (zc_axis_t){.length = a->grid.length[i],
                                  .chunk = a->grid.chunk[i],
                                  .start = start[i],
                                  .step = step[i],
                                  .count = count[i],
                                  .stride = stride};
        stride *= (ptrdiff_t)count[i];
    }
    if (zc_selection_init(&sel) != ZC_OK) abort();
    check_block_t in = check_block(items * CHECK_ITEM, 0), mask = check_block(items, 0);
    size_t dense = check_below(4);
    for (size_t k = 0; k < items; k++) mask.data[k] = dense == 0 ? 1 : dense == 1 ? 0 : check_below(5 * dense) != 0;
    zc_batch_t b = check_batch(a, &sel, in.data);
    b.mask = mask.data;
    b.concurrency = (zc_concurrency_t)check_below(3);
    b.durability = (zc_durability_t)check_below(3);
    CHECK(zc_batch_write(&b) == ZC_OK, "status %d, chunk %s, %s", b.failure.status, b.failure.key, b.failure.message);
    for (size_t k = 0; k < items; k++) {
        size_t rest = k, at = 0, pitch = 1;
        for (int i = a->grid.ndim - 1; i >= 0; i--) {
            at += (start[i] + rest % count[i] * step[i]) * pitch;
            rest /= count[i];
            pitch *= a->grid.length[i];
        }
        if (mask.data[k]) memcpy(&a->model[at], in.data + k * CHECK_ITEM, CHECK_ITEM);
    }
    check_free(in);
    check_free(mask);
    zc_selection_free(&sel);
}

static void masked_arrays(void) {
    for (int round = 0; round < 60; round++) {
        zc_plan_t plan;
        check_shard_t shard;
        int sharded = round % 2;
        check_array_t a = {.plan = &plan, .root = path};
        a.grid.ndim = 1 + (int)check_below(3);
        size_t inner[CHECK_NDIM];
        for (int i = 0; i < a.grid.ndim; i++) {
            inner[i] = 1 + check_below(4);
            a.grid.chunk[i] = inner[i] * (1 + check_below(3));
            a.grid.length[i] = 1 + check_below(14);
        }
        check_plan(&plan, a.grid.ndim);
        check_shuffle_order(&plan);
        plan.swap = check_below(2) ? 4 : 0;
        if (sharded) {
            shard.chunk = plan;
            check_random_steps(&shard.chunk, 4);
            check_plan_ready(&shard.chunk);
            check_shard_plan(&plan, &shard, inner, (int)check_below(2), 0, 1);
        } else {
            check_random_steps(&plan, 4);
        }
        check_plan_ready(&plan);
        check_array_fill(&a);
        for (int i = 0; i < 12; i++) {
            if (check_below(3) == 0) check_array_write(&a);
            masked(&a);
            check_array_read(&a);
        }
        CHECK(check_leftovers(dir) == 0, "a temporary file stays");
        free(a.model);
        zc_plan_clear(&plan);
        if (sharded) check_shard_clear(&shard);
        check_dir_remove(path, dir);
        dir = check_dir_make(path);
    }
}

static int has(const zc_touched_t *set, const char *name) {
    for (size_t i = 0; i < set->cap; i++)
        if (set->names[i] != NULL && strcmp(set->names[i], name) == 0) return 1;
    return 0;
}

static void touched(void) {
    zc_touched_t set;
    int err = 0;
    zc_touched_init(&set);
    zc_touched_add(&set, "c/0/1", 0);
    zc_touched_add(&set, "c/0/2", 0);
    zc_touched_add(&set, "c/1/2", 0);
    CHECK(set.count == 4 && has(&set, "c/0") && has(&set, "c/1") && has(&set, "c") && has(&set, ""), "%zu", set.count);
    CHECK(zc_touched_sync(&set, dir, &err) == ZC_OK, "directories that are gone: %d", err);
    zc_touched_clear(&set);
    zc_touched_init(&set);
    zc_touched_add(&set, "/a/b/c/d", 4);
    CHECK(set.count == 2 && has(&set, "/a/b/c") && has(&set, "/a/b"), "%zu", set.count);
    zc_touched_clear(&set);
    zc_touched_init(&set);
    zc_touched_add(&set, "/a", 0);
    CHECK(set.count == 1 && has(&set, "/"), "%zu", set.count);
    zc_touched_clear(&set);
    zc_touched_init(&set);
    for (int i = 0; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d/%d/0", i % 30, i);
        CHECK(zc_touched_add(&set, name, 0) == ZC_OK, "no memory");
    }
    CHECK(set.count == 1031, "%zu", set.count);
    zc_touched_clear(&set);
}

static int calls;

static int stop_at_once(void *arg) {
    calls++;
    return *(int *)arg;
}

/* A batch that is interrupted says so, and the chunks that it wrote are whole. */
static void interrupts(void) {
    zc_plan_t plan;
    check_plan(&plan, 1);
    check_step(&plan, "zlib", 9, 0, 0, 0);
    check_plan_ready(&plan);
    check_array_t a = {.plan = &plan, .root = path};
    a.grid = (check_grid_t){.ndim = 1, .length = {1 << 22}, .chunk = {1 << 14}};
    for (int over = 0; over < 2; over++) {
        zc_selection_t sel = {.ndim = 1};
        sel.axis[0] =
            (zc_axis_t){.length = 1 << 22, .chunk = 1 << 14, .step = 1, .count = 1 << 22, .stride = CHECK_ITEM};
        if (zc_selection_init(&sel) != ZC_OK) abort();
        check_block_t in = check_block((size_t)CHECK_ITEM << 22, 0);
        zc_batch_t b = check_batch(&a, &sel, in.data);
        b.threads = 2;
        b.interrupted = stop_at_once;
        b.interrupted_arg = &over;
        calls = 0;
        zc_status_t status = zc_batch_write(&b);
        CHECK(calls > 0, "never asked");
        CHECK(status == (over ? ZC_E_CANCELLED : ZC_OK) && (!over || calls == 1), "status %d, %d calls", status, calls);
        CHECK(check_leftovers(dir) == 0, "a temporary file stays");
        check_free(in);
        zc_selection_free(&sel);
    }
    zc_plan_clear(&plan);
}

int main(void) {
    dir = check_dir_make(path);
    masked_arrays();
    touched();
    interrupts();
    check_dir_remove(path, dir);
    return check_report();
}

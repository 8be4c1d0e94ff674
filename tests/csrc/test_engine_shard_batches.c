/* Sharded arrays in a directory: random selections, shards in shards, many threads on one shard. */
#define _GNU_SOURCE
#include <pthread.h>

#include "check_dir.h"
#include "check_engine.h"
#include "dispatch.h"

/* Random sharded arrays in a directory, shards in shards too. */
static void batches(int round) {
    char path[64];
    int dir = check_dir_make(path), files = check_open_files();
    const int nested = check_below(3) == 0;
    check_array_t a = {.root = path};
    check_shard_t outer = {0}, middle = {0};
    zc_plan_t plan, *leaf = nested ? &middle.chunk : &outer.chunk;
    size_t inner[CHECK_NDIM], between[CHECK_NDIM];
    a.grid.ndim = round % 4;
    for (int i = 0; i < a.grid.ndim; i++) {
        a.grid.length[i] = 1 + check_below(a.grid.ndim == 1 ? 60 : a.grid.ndim == 2 ? 30 : 14);
        inner[i] = 1 + check_below(4);
        between[i] = inner[i] * (1 + check_below(3));
        a.grid.chunk[i] = nested ? between[i] * (1 + check_below(3)) : inner[i] * (1 + check_below(8));
    }
    check_plan(leaf, a.grid.ndim);
    leaf->swap = check_below(2) ? 4 : 0;
    check_shuffle_order(leaf);
    check_random_steps(leaf, CHECK_ITEM);
    check_plan_ready(leaf);
    if (nested) {
        check_plan(&outer.chunk, a.grid.ndim);
        check_shuffle_order(&outer.chunk);
        if (check_below(3) == 0) check_random_steps(&outer.chunk, 1);
        check_shard_plan(&outer.chunk, &middle, inner, (int)check_below(2), (int)check_below(2), (int)check_below(2));
        check_plan_ready(&outer.chunk);
    }
    check_plan(&plan, a.grid.ndim);
    check_shuffle_order(&plan);
    if (check_below(3) == 0) check_random_steps(&plan, 1);
    check_shard_plan(&plan, &outer, nested ? between : inner, (int)check_below(2), (int)check_below(2),
                     (int)check_below(2));
    check_plan_ready(&plan);
    a.plan = &plan;
    check_array_fill(&a);
    for (int i = 0; i < 12; i++) {
        check_array_write(&a);
        check_array_read(&a);
    }
    CHECK(check_leftovers(dir) == 0 && check_open_files() == files, "a file stays");
    free(a.model);
    if (nested) check_shard_clear(&middle);
    check_shard_clear(&outer);
    zc_plan_clear(&plan);
    check_dir_remove(path, dir);
}

/* Many threads on one shard in a directory: writers of parts, replacers of the whole, readers. */
enum { N = 12 };

typedef struct shared {
    const zc_plan_t *plan;
    const char *root;
    uint32_t first;
} shared_t;

static zc_status_t shared_run(const shared_t *s, int writing, size_t first, size_t count, uint32_t *items) {
    zc_selection_t sel = {.ndim = 1};
    sel.axis[0] = (zc_axis_t){.length = N, .chunk = N, .start = first, .step = 1, .count = count, .stride = CHECK_ITEM};
    if (zc_selection_init(&sel) != ZC_OK) abort();
    zc_batch_t b = {
        .plan = s->plan, .sel = &sel, .keys = {1, '/'}, .items = (uint8_t *)items, .root = s->root, .threads = 3};
    zc_status_t status = writing ? zc_batch_write(&b) : zc_batch_read(&b);
    zc_selection_free(&sel);
    return status;
}

static void *write_own(void *arg) {
    const shared_t *s = arg;
    for (uint32_t i = s->first; i < N; i += 6)
        for (uint32_t round = 1; round <= 25; round++)
            if (shared_run(s, 1, i, 1, &(uint32_t){1000 * round + i}) != ZC_OK) abort();
    return NULL;
}

static void *replace_all(void *arg) {
    const shared_t *s = arg;
    uint32_t items[N];
    for (uint32_t round = 1; round <= 60; round++) {
        for (size_t i = 0; i < N; i++) items[i] = 7 * round + s->first;
        if (shared_run(s, 1, 0, N, items) != ZC_OK) abort();
    }
    return NULL;
}

static void threads(void) {
    char path[64];
    int dir = check_dir_make(path);
    zc_plan_t plan;
    check_shard_t shard;
    pthread_t id[6];
    shared_t s[6];
    uint32_t items[N];
    check_plan(&plan, 1);
    check_plan(&shard.chunk, 1);
    check_plan_ready(&shard.chunk);
    check_shard_plan(&plan, &shard, (size_t[]){3}, 0, 0, 1);
    check_plan_ready(&plan);
    for (uint32_t i = 0; i < 6; i++) {
        s[i] = (shared_t){&plan, path, i};
        pthread_create(&id[i], NULL, write_own, &s[i]);
    }
    for (int i = 0; i < 6; i++) pthread_join(id[i], NULL);
    CHECK(shared_run(&s[0], 0, 0, N, items) == ZC_OK, "read");
    for (uint32_t i = 0; i < N; i++) CHECK(items[i] == 25000 + i, "item %u is lost: %u", i, items[i]);

    if (replace_all(&s[5]) != NULL) abort();
    for (int i = 0; i < 2; i++) pthread_create(&id[i], NULL, replace_all, &s[i]);
    for (int round = 0; round < 200; round++) {
        CHECK(shared_run(&s[2], 0, 0, N, items) == ZC_OK, "read");
        for (size_t i = 1; i < N; i++) CHECK(items[i] == items[0], "torn: %u and %u", items[i], items[0]);
    }
    for (int i = 0; i < 2; i++) pthread_join(id[i], NULL);
    check_shard_clear(&shard);
    zc_plan_clear(&plan);
    check_dir_remove(path, dir);
}

int main(void) {
    if (zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (int i = 0; i < 160; i++) batches(i);
    threads();
    return check_report();
}

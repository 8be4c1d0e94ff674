/* Batches: random selections read and written in a directory and in buffers, against a plain array in memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>

#include "check.h"
#include "check_dir.h"
#include "dispatch.h"
#include "engine/batch.h"
#include "engine/file.h"

enum { NDIM = 3, ITEM = 4, MOST_ITEMS = 40 * 40 * 40 };

typedef struct world {
    zc_plan_t plan;
    size_t length[NDIM], chunk[NDIM];
    zc_keys_t keys;
    char path[64];
    int dir;
    uint32_t model[MOST_ITEMS]; /* what the array must hold, as in memory */
} world_t;

static const uint32_t fill_value = 0x01020304;

static void add_step(zc_plan_t *plan, const char *name, int64_t p0, int64_t p1, int64_t p2, int64_t p3) {
    zc_step_t *s = &plan->steps[plan->nsteps++];
    s->ops = zc_codec_find(name);
    s->p[0] = p0, s->p[1] = p1, s->p[2] = p2, s->p[3] = p3;
}

static void world_make(world_t *w, int variant) {
    int bad;
    memset(w, 0, sizeof *w);
    w->dir = check_dir_make(w->path);
    w->plan.ndim = NDIM;
    w->plan.itemsize = ITEM;
    w->plan.swap = variant % 3 == 2 ? ITEM : 0;
    for (int i = 0; i < NDIM; i++) w->plan.order[i] = variant % 2 ? NDIM - 1 - i : i;
    switch (variant / 2 % 4) {
    case 1:
        add_step(&w->plan, "zstd", 1, 1, 0, 0);
        break;
    case 2:
        add_step(&w->plan, "shuffle", 4, 0, 0, 0);
        add_step(&w->plan, "zlib", 1, 0, 0, 0);
        add_step(&w->plan, "crc32c", 0, 0, 0, 0);
        break;
    case 3:
        add_step(&w->plan, "blosc", ZC_BLOSC_LZ4, 5, 1, 4);
        break;
    default: /* uncompressed: ranges of files */
        break;
    }
    if (zc_plan_init(&w->plan, (const uint8_t *)&fill_value, &bad) != ZC_OK) abort();
    w->keys = (zc_keys_t){variant % 2, variant % 2 ? '/' : '.'};
    size_t total = 1;
    for (int i = 0; i < NDIM; i++) {
        w->length[i] = 1 + check_below(40);
        w->chunk[i] = 1 + check_below(45);
        total *= w->length[i];
    }
    for (size_t i = 0; i < total; i++) w->model[i] = fill_value;
}

static void world_free(world_t *w) {
    zc_plan_clear(&w->plan);
    check_dir_remove(w->path, w->dir);
}

static size_t random_selection(const world_t *w, zc_selection_t *sel) {
    size_t items = 1;
    ptrdiff_t stride = ITEM;
    memset(sel, 0, sizeof *sel);
    sel->ndim = NDIM;
    int whole = check_below(5) == 0;
    for (int i = NDIM - 1; i >= 0; i--) {
        zc_axis_t *ax = &sel->axis[i];
        ax->length = w->length[i];
        ax->chunk = w->chunk[i];
        ax->start = whole ? 0 : check_below(ax->length);
        ax->step = whole || check_below(2) ? 1 : 1 + check_below(6);
        size_t most = (ax->length - 1 - ax->start) / ax->step + 1;
        ax->count = whole ? most : check_below(6) == 0 ? 1 : 1 + check_below(most);
        ax->stride = stride;
        stride *= (ptrdiff_t)ax->count;
        items *= ax->count;
    }
    if (zc_selection_init(sel) != ZC_OK) abort();
    return items;
}

static uint32_t *model_item(world_t *w, const zc_selection_t *sel, size_t item) {
    size_t at = 0, pitch = 1;
    for (int i = NDIM - 1; i >= 0; i--) {
        size_t k = item % sel->axis[i].count;
        item /= sel->axis[i].count;
        at += (sel->axis[i].start + k * sel->axis[i].step) * pitch;
        pitch *= w->length[i];
    }
    return &w->model[at];
}

static zc_batch_t batch_of(const world_t *w, const zc_selection_t *sel, uint8_t *items) {
    return (zc_batch_t){.plan = &w->plan,
                        .sel = sel,
                        .keys = w->keys,
                        .items = items,
                        .root = w->path,
                        .threads = 1 + (int)check_below(4),
                        .write_empty = (int)check_below(2)};
}

static void read_check(world_t *w) {
    zc_selection_t sel;
    size_t items = random_selection(w, &sel);
    check_block_t out = check_block(items * ITEM, 0);
    zc_batch_t b = batch_of(w, &sel, out.data);
    zc_status_t status = zc_batch_read(&b);
    CHECK(status == ZC_OK, "read: %d, chunk %s: %s", status, b.failure.key, b.failure.message);
    zc_selection_free(&sel);
    for (size_t i = 0; i < items; i++)
        if (memcmp(out.data + i * ITEM, model_item(w, &sel, i), ITEM) != 0) {
            CHECK(0, "item %zu of %zu differs", i, items);
            break;
        }
    check_free(out);
}

static void write_random(world_t *w) {
    zc_selection_t sel;
    size_t items = random_selection(w, &sel);
    check_block_t in = check_block(items * ITEM, 0);
    if (check_below(4) == 0) /* chunks that turn into the fill value vanish */
        for (size_t i = 0; i < items; i++) memcpy(in.data + i * ITEM, &fill_value, ITEM);
    zc_batch_t b = batch_of(w, &sel, in.data);
    zc_status_t status = zc_batch_write(&b);
    CHECK(status == ZC_OK, "write: %d, chunk %s: %s", status, b.failure.key, b.failure.message);
    for (size_t i = 0; i < items; i++) memcpy(model_item(w, &sel, i), in.data + i * ITEM, ITEM);
    check_free(in);
}

/* The same selection in buffers: what a write makes, a read gives back. */
static void buffers(world_t *w) {
    zc_selection_t sel;
    size_t items = random_selection(w, &sel);
    check_block_t in = check_block(items * ITEM, 0), out = check_block(items * ITEM, 0);
    zc_span_t *stored = calloc(2 * sel.njobs, sizeof *stored);
    if (stored == NULL) abort();
    zc_batch_t b = batch_of(w, &sel, in.data);
    b.root = NULL;
    b.stored = stored;
    b.made = stored + sel.njobs;
    CHECK(zc_batch_write(&b) == ZC_OK, "write to buffers");
    b.items = out.data;
    b.stored = b.made;
    CHECK(zc_batch_read(&b) == ZC_OK, "read from buffers");
    CHECK(memcmp(in.data, out.data, items * ITEM) == 0, "buffers differ");
    b.missing_is_error = 1;
    free((void *)stored[sel.njobs].data);
    stored[sel.njobs].data = NULL;
    CHECK(zc_batch_read(&b) == ZC_E_MISSING, "a missing chunk: %d", b.failure.status);
    for (size_t i = 0; i < sel.njobs; i++) free((void *)b.made[i].data);
    free(stored);
    check_free(in);
    check_free(out);
}

/* A damaged chunk: reads fail by name or stay in bounds, a merge fails and leaves the file as it is. */
static void damaged(world_t *w) {
    char key[ZC_KEY_MAX];
    size_t coords[NDIM] = {0};
    uint8_t junk[8] = {0xFF, 1, 2, 3, 4, 5, 6, 7};
    int err = 0, fd;
    size_t size;
    zc_key_format(&w->keys, NDIM, coords, key);
    CHECK(zc_file_replace(w->dir, key, junk, 7, &err) == ZC_OK, "%s", strerror(err));
    int before = check_open_files();
    for (int i = 0; i < 10; i++) {
        zc_selection_t sel;
        size_t items = random_selection(w, &sel);
        check_block_t data = check_block(items * ITEM, 0);
        zc_batch_t b = batch_of(w, &sel, data.data);
        zc_status_t status = i % 2 ? zc_batch_read(&b) : zc_batch_write(&b);
        int first = 1, covers = 1;
        for (int k = 0; k < NDIM; k++) {
            first &= sel.axis[k].start < w->chunk[k];
            covers &= sel.axis[k].start == 0 &&
                      (sel.axis[k].count == w->length[k] || sel.axis[k].count >= w->chunk[k]) && sel.axis[k].step == 1;
        }
        if (first && (i % 2 || !covers)) {
            CHECK(status != ZC_OK && strcmp(b.failure.key, key) == 0, "status %d, chunk %s not %s", status,
                  b.failure.key, key);
            CHECK(zc_file_open(w->dir, key, &fd, &size, &err) == ZC_OK && size == 7, "the chunk was touched");
            close(fd);
        }
        check_free(data);
        if (!(i % 2) && status == ZC_OK && first) break; /* replaced by a whole one */
    }
    CHECK(check_open_files() == before, "%d open files, before %d", check_open_files(), before);
    CHECK(check_leftovers(w->dir) == 0, "a temporary file stays");
}

typedef struct part {
    size_t first;
    const char *root;
    zc_batch_t batch;
} part_t;

static void *write_part(void *arg) {
    part_t *p = arg;
    zc_selection_t sel = {.ndim = NDIM};
    for (size_t k = p->first; k < 64; k += 16) {
        for (int i = 0; i < NDIM; i++)
            sel.axis[i] = (zc_axis_t){.length = 64, .chunk = 64, .start = 0, .step = 1, .count = 1, .stride = 0};
        sel.axis[2].start = k;
        zc_selection_init(&sel);
        uint32_t value = (uint32_t)k;
        zc_batch_t b = p->batch;
        b.sel = &sel;
        b.items = (uint8_t *)&value;
        b.root = p->root;
        if (zc_batch_write(&b) != ZC_OK) abort();
    }
    return NULL;
}

/* Parts of one chunk, written by many threads that spell its directory in two ways: none is lost. */
static void concurrent_parts(void) {
    world_t *w = malloc(sizeof *w);
    pthread_t id[16];
    part_t parts[16];
    char other[128];
    if (w == NULL) abort();
    world_make(w, 0);
    snprintf(other, sizeof other, "%s/../%s", w->path, strrchr(w->path, '/') + 1);
    for (size_t i = 0; i < 16; i++) {
        parts[i] = (part_t){i, i % 2 ? w->path : other, batch_of(w, NULL, NULL)};
        pthread_create(&id[i], NULL, write_part, &parts[i]);
    }
    for (int i = 0; i < 16; i++) pthread_join(id[i], NULL);
    uint32_t out[64];
    zc_selection_t sel = {.ndim = NDIM};
    for (int i = 0; i < NDIM; i++)
        sel.axis[i] = (zc_axis_t){.length = 64, .chunk = 64, .start = 0, .step = 1, .count = 1, .stride = ITEM};
    sel.axis[2].count = 64;
    zc_selection_init(&sel);
    zc_batch_t b = batch_of(w, &sel, (uint8_t *)out);
    CHECK(zc_batch_read(&b) == ZC_OK, "read");
    for (uint32_t k = 0; k < 64; k++) CHECK(out[k] == k, "part %u is lost: %u", k, out[k]);
    world_free(w);
    free(w);
}

/* Rows far apart in a large uncompressed chunk are read one by one; the rest of the file need not be there. */
static void sparse(void) {
    world_t *w = malloc(sizeof *w);
    uint32_t out[3] = {0};
    int err = 0, fd;
    if (w == NULL) abort();
    world_make(w, 0);
    const size_t row = 100000;
    zc_file_replace(w->dir, "0.0.0", (const uint8_t *)"", 0, &err);
    fd = openat(w->dir, "0.0.0", O_WRONLY);
    if (fd < 0 || ftruncate(fd, (off_t)(1000 * row * ITEM)) != 0) abort();
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t v = i + 7;
        if (pwrite(fd, &v, ITEM, (off_t)(((300 * i + 5) * row + 77) * ITEM)) != ITEM) abort();
    }
    close(fd);
    zc_selection_t sel = {.ndim = NDIM};
    sel.axis[0] = (zc_axis_t){.length = 1, .chunk = 1, .start = 0, .step = 1, .count = 1};
    sel.axis[1] = (zc_axis_t){.length = 1000, .chunk = 1000, .start = 5, .step = 300, .count = 3, .stride = ITEM};
    sel.axis[2] = (zc_axis_t){.length = row, .chunk = row, .start = 77, .step = 1, .count = 1};
    zc_selection_init(&sel);
    zc_batch_t b = batch_of(w, &sel, (uint8_t *)out);
    CHECK(zc_batch_read(&b) == ZC_OK, "status %d", b.failure.status);
    for (uint32_t i = 0; i < 3; i++) CHECK(out[i] == i + 7, "row %u: %u", i, out[i]);
    world_free(w);
    free(w);
}

static void no_directory(void) {
    world_t *w = malloc(sizeof *w);
    if (w == NULL) abort();
    world_make(w, 0);
    zc_selection_t sel;
    size_t items = random_selection(w, &sel);
    check_block_t data = check_block(items * ITEM, 0);
    zc_batch_t b = batch_of(w, &sel, data.data);
    int before = check_open_files();
    b.root = "/nowhere/at/all";
    CHECK(zc_batch_read(&b) == ZC_E_IO && b.failure.err == ENOENT && b.failure.key[0] == 0, "%d", b.failure.err);
    CHECK(zc_batch_write(&b) == ZC_E_IO && b.failure.err == ENOENT, "%d", b.failure.err);
    CHECK(check_open_files() == before, "a file stays open");
    check_free(data);
    world_free(w);
    free(w);
}

int main(void) {
    if (zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    world_t *w = malloc(sizeof *w);
    if (w == NULL) return 1;
    for (int variant = 0; variant < 36; variant++) {
        world_make(w, variant);
        read_check(w);
        for (int round = 0; round < 8; round++) {
            write_random(w);
            read_check(w);
        }
        for (int round = 0; round < 4; round++) buffers(w);
        CHECK(check_leftovers(w->dir) == 0, "a temporary file stays");
        damaged(w);
        world_free(w);
    }
    free(w);
    concurrent_parts();
    sparse();
    no_directory();
    return check_report();
}

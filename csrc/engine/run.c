#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "pool.h"
#include "writer.h"

#ifdef CLOCK_MONOTONIC_COARSE /* good to some milliseconds, and read in a few nanoseconds */
#define LOOK_CLOCK CLOCK_MONOTONIC_COARSE
#else
#define LOOK_CLOCK CLOCK_MONOTONIC
#endif

static const int64_t LOOK_EVERY = 50 * 1000 * 1000; /* ns */

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(LOOK_CLOCK, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

zc_status_t zc_run_open(zc_run_t *run, zc_batch_t *batch) {
    *run = (zc_run_t){.batch = batch, .dirfd = -1, .caller = pthread_self(), .next_look = now_ns() + LOOK_EVERY};
    batch->failure.status = ZC_OK;
    if (batch->root == NULL) return ZC_OK;
    do run->dirfd = open(batch->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (run->dirfd < 0 && errno == EINTR);
    struct stat st;
    if (run->dirfd < 0 || fstat(run->dirfd, &st) != 0) {
        zc_run_fail(run, NULL, "", ZC_E_IO, errno, "");
        return ZC_E_IO;
    }
    run->place = zc_hash_place((uint64_t)st.st_dev, (uint64_t)st.st_ino);
    return ZC_OK;
}

void zc_run_close(zc_run_t *run) {
    if (run->dirfd >= 0) close(run->dirfd);
}

int zc_run_fail(zc_run_t *run, zc_ctx_t *ctx, const char *key, zc_status_t status, int err, const char *codec) {
    zc_failure_t *f = &run->batch->failure;
    if (__atomic_exchange_n(&run->failed, 1, __ATOMIC_ACQ_REL)) return 1;
    f->status = status;
    f->err = err;
    f->codec = codec;
    strncpy(f->key, key, sizeof f->key - 1);
    f->key[sizeof f->key - 1] = 0;
    memcpy(f->message, ctx != NULL ? ctx->message : "", ctx != NULL ? sizeof f->message : 1);
    return 1;
}

int zc_run_failed(const zc_run_t *run) { return __atomic_load_n(&run->failed, __ATOMIC_ACQUIRE); }

int zc_run_is_caller(const zc_run_t *run) { return pthread_equal(pthread_self(), run->caller); }

int zc_run_stop(zc_run_t *run, int now) {
    zc_batch_t *b = run->batch;
    if (zc_run_failed(run)) return 1;
    if (b->interrupted == NULL || !zc_run_is_caller(run)) return 0;
    if (!now && now_ns() < run->next_look) return 0;
    int over = b->interrupted(b->interrupted_arg);
    run->next_look = now_ns() + LOOK_EVERY;
    return over ? zc_run_fail(run, NULL, "", ZC_E_CANCELLED, 0, "") : 0;
}

/* Waking a thread costs some microseconds: small batches stay on the caller's. */
int zc_run_threads(const zc_batch_t *batch, size_t njobs, size_t chunk_bytes) {
    size_t cost = chunk_bytes + (batch->root != NULL ? 16384 : 1024); /* opening a file weighs like some KiB */
    if (batch->threads <= 1 || njobs <= 1 || (njobs < 16 && njobs * cost < 131072)) return 1;
    return batch->threads;
}

static void run_pool(zc_run_t *run, int threads, int (*job)(void *arg, size_t index, zc_ctx_t *ctx), void *arg) {
    zc_status_t status = zc_pool_run(run->batch->sel->njobs, threads, job, arg);
    if (status != ZC_OK) zc_run_fail(run, NULL, "", status, 0, "");
}

/* All jobs, and what writes need before and after them. */
static void run_writes(zc_run_t *run, int merges, int threads, int (*job)(void *arg, size_t index, zc_ctx_t *ctx),
                       void *arg) {
    zc_writer_t writer;
    int err = 0;
    zc_writer_init(&writer);
    run->writer = &writer;
    zc_status_t status = zc_writer_begin(run, merges, &err);
    if (status == ZC_OK) {
        run_pool(run, threads, job, arg);
        if (!zc_run_failed(run) && zc_writer_overtaken(run, &status, &err)) run_pool(run, threads, job, arg);
        if (status == ZC_OK && run->batch->root != NULL && !zc_run_failed(run)) status = zc_writer_finish(run, &err);
    }
    if (status != ZC_OK) zc_run_fail(run, NULL, "", status, err, "");
    zc_writer_close(&writer);
}

zc_status_t zc_run_jobs(zc_run_t *run, zc_batch_t *batch, const size_t *edges, zc_work_t work,
                        int (*job)(void *arg, size_t index, zc_ctx_t *ctx), void *arg) {
    zc_layout_t lay = {0};
    zc_status_t status = zc_run_open(run, batch);
    if (status != ZC_OK && batch->lenient && work == ZC_READ &&
        (batch->failure.err == ENOENT || batch->failure.err == ENOTDIR)) {
        run->nowhere = 1;
        run->failed = 0;
        status = batch->failure.status = ZC_OK;
    }
    if (status == ZC_OK) {
        (void)zc_plan_layout(batch->plan, edges, &lay);
        int threads = zc_run_threads(batch, batch->sel->njobs, lay.nbytes);
        if (work == ZC_READ)
            run_pool(run, threads, job, arg);
        else
            run_writes(run, work == ZC_MERGE, threads, job, arg);
    }
    zc_run_close(run);
    return batch->failure.status;
}

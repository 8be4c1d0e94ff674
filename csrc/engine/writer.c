#define _GNU_SOURCE
#include "writer.h"

#include <string.h>

#include "file.h"
#include "pool.h"

void zc_writer_init(zc_writer_t *w) {
    pthread_mutex_init(&w->guard, NULL);
    w->open = w->unlocked = 0;
    w->lockfile.fd = -1;
    zc_touched_init(&w->touched);
}

void zc_writer_close(zc_writer_t *w) {
    zc_lockfile_close(&w->lockfile);
    pthread_mutex_destroy(&w->guard);
    zc_touched_clear(&w->touched);
}

static zc_status_t open_lockfile(zc_run_t *run, int create, int *err) {
    zc_writer_t *w = run->writer;
    if (__atomic_load_n(&w->open, __ATOMIC_ACQUIRE)) return ZC_OK;
    pthread_mutex_lock(&w->guard);
    zc_status_t status = w->open ? ZC_OK : zc_lockfile_open(&w->lockfile, run->dirfd, ZC_LOCK_NAME, create, err);
    if (status == ZC_OK) __atomic_store_n(&w->open, 1, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&w->guard);
    return status;
}

static int locking(const zc_run_t *run) {
    return run->batch->root != NULL && run->batch->concurrency == ZC_PROCESS_LOCKS;
}

/* Shards never are: who had read the index of the old one would find other chunks where it says. */
static int in_place(const zc_run_t *run) {
    return run->batch->durability == ZC_IN_PLACE && run->batch->plan->shard == NULL;
}

zc_status_t zc_writer_begin(zc_run_t *run, int merges, int *err) {
    /* Bytes that are written in place must not be read meanwhile by one who merges. */
    int must = merges || in_place(run);
    zc_status_t status = locking(run) ? open_lockfile(run, must, err) : ZC_OK;
    return status == ZC_E_MISSING ? ZC_OK : status;
}

int zc_writer_keeps(const zc_run_t *run) {
    if (run->batch->root == NULL || run->batch->concurrency == ZC_NO_LOCKS) return 0;
    return run->batch->concurrency == ZC_THREAD_LOCKS || __atomic_load_n(&run->writer->open, __ATOMIC_ACQUIRE);
}

int zc_writer_overtaken(zc_run_t *run, zc_status_t *status, int *err) {
    if (!locking(run) || !run->writer->unlocked) return 0;
    run->writer->unlocked = 0;
    *status = open_lockfile(run, 0, err);
    if (*status != ZC_E_MISSING) return *status == ZC_OK;
    *status = ZC_OK;
    return 0;
}

zc_status_t zc_writer_lock(zc_run_t *run, const char *key, int must, zc_held_t *held, int *err) {
    zc_concurrency_t concurrency = run->batch->concurrency;
    held->stripe = held->byte = 0;
    held->hash = zc_hash_bytes(0, key, strlen(key));
    if (concurrency == ZC_NO_LOCKS) return ZC_OK;
    for (;;) {
        if (!zc_run_is_caller(run))
            zc_stripe_lock(held->hash ^ run->place);
        else /* whose signal handlers must run, as who holds it may wait for another process */
            while (!zc_stripe_wait(held->hash ^ run->place, 50))
                if (zc_run_stop(run, 1)) return ZC_E_CANCELLED;
        held->stripe = 1;
        if (concurrency == ZC_THREAD_LOCKS) return ZC_OK;
        if (!must && !__atomic_load_n(&run->writer->open, __ATOMIC_ACQUIRE)) {
            __atomic_store_n(&run->writer->unlocked, 1, __ATOMIC_RELAXED);
            return ZC_OK;
        }
        zc_status_t status = open_lockfile(run, 1, err);
        if (status == ZC_OK)
            status = zc_lockfile_lock(&run->writer->lockfile, zc_lock_byte(held->hash), zc_run_is_caller(run), err);
        if (status == ZC_OK) {
            held->byte = 1;
            return ZC_OK;
        }
        zc_writer_unlock(run, held); /* nothing is held while the caller's signal handlers run */
        if (status != ZC_E_CANCELLED || zc_run_stop(run, 1)) return status;
    }
}

void zc_writer_unlock(zc_run_t *run, zc_held_t *held) {
    if (held->byte) zc_lockfile_unlock(&run->writer->lockfile, zc_lock_byte(held->hash));
    if (held->stripe) zc_stripe_unlock(held->hash ^ run->place);
    held->byte = held->stripe = 0;
}

zc_status_t zc_writer_put(zc_run_t *run, const char *key, const zc_span_t *made, zc_held_t *held, int *err) {
    const zc_durability_t durability = run->batch->durability;
    char temporary[ZC_NAME_MAX];
    zc_status_t status = ZC_OK;
    const int staged = made->data != NULL && !in_place(run);
    if (staged)
        status = zc_file_stage(run->dirfd, key, made->data, made->n, durability == ZC_FSYNC, temporary, NULL, err);
    if (status != ZC_OK) return status;
    if (!held->stripe) status = zc_writer_lock(run, key, in_place(run), held, err);
    held->late = status == ZC_OK && held->over && locking(run) && !held->byte && open_lockfile(run, 0, err) == ZC_OK;
    if (status != ZC_OK || held->late) {
        int ignored;
        if (staged) zc_file_remove(run->dirfd, temporary, &ignored);
        return status;
    }
    if (staged)
        status = zc_file_commit(run->dirfd, temporary, key, err);
    else if (made->data != NULL)
        status = zc_file_overwrite(run->dirfd, key, made->data, made->n, err);
    else
        status = zc_file_remove(run->dirfd, key, err);
    return status == ZC_OK && durability == ZC_FSYNC ? zc_touched_add(&run->writer->touched, key, 0) : status;
}

zc_status_t zc_writer_finish(zc_run_t *run, int *err) {
    return run->batch->durability == ZC_FSYNC ? zc_touched_sync(&run->writer->touched, run->dirfd, err) : ZC_OK;
}

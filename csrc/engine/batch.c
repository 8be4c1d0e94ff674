#define _GNU_SOURCE
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool.h"

zc_status_t zc_run_open(zc_run_t *run, zc_batch_t *batch) {
    run->batch = batch;
    run->dirfd = -1;
    run->failed = 0;
    run->place = 0;
    batch->failure.status = ZC_OK;
    if (batch->root == NULL) return ZC_OK;
    do run->dirfd = open(batch->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (run->dirfd < 0 && errno == EINTR);
    if (run->dirfd < 0) {
        zc_run_fail(run, NULL, "", ZC_E_IO, errno, -1);
        return ZC_E_IO;
    }
    struct stat st;
    if (fstat(run->dirfd, &st) != 0) {
        zc_run_fail(run, NULL, "", ZC_E_IO, errno, -1);
        return ZC_E_IO;
    }
    uint64_t id[2] = {(uint64_t)st.st_dev, (uint64_t)st.st_ino};
    run->place = zc_hash_bytes(0, id, sizeof id);
    return ZC_OK;
}

void zc_run_close(zc_run_t *run) {
    if (run->dirfd >= 0) close(run->dirfd);
}

int zc_run_fail(zc_run_t *run, zc_ctx_t *ctx, const char *key, zc_status_t status, int err, int step) {
    zc_failure_t *f = &run->batch->failure;
    if (__atomic_exchange_n(&run->failed, 1, __ATOMIC_ACQ_REL)) return 1;
    f->status = status;
    f->err = err;
    f->step = step;
    strncpy(f->key, key, sizeof f->key - 1);
    f->key[sizeof f->key - 1] = 0;
    memcpy(f->message, ctx != NULL ? ctx->message : "", ctx != NULL ? sizeof f->message : 1);
    return 1;
}

/* Waking a thread costs some microseconds: small batches stay on the caller's. */
int zc_run_threads(const zc_batch_t *batch, size_t chunk_bytes) {
    size_t njobs = batch->sel->njobs;
    size_t cost = chunk_bytes + (batch->root != NULL ? 16384 : 1024); /* opening a file weighs like some KiB */
    if (batch->threads <= 1 || njobs <= 1 || (njobs < 16 && njobs * cost < 131072)) return 1;
    return batch->threads;
}

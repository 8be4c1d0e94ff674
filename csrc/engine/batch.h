/* One native call per selection: every touched chunk is read and placed, or gathered and written.
 *
 * Chunks live in a directory (files are opened relative to it) or in buffers that a store gathered. */
#ifndef ZC_BATCH_H
#define ZC_BATCH_H

#include "keys.h"
#include "plan.h"
#include "selection.h"

typedef struct zc_span {
    const uint8_t *data; /* NULL: missing (read), delete (write result) */
    size_t n;
} zc_span_t;

/* What went wrong first; valid when status is not ZC_OK. */
typedef struct zc_failure {
    zc_status_t status;
    int err;              /* errno of ZC_E_IO */
    const char *codec;    /* name of the codec that noticed, or "" */
    char key[ZC_KEY_MAX]; /* chunk key */
    char message[160];    /* the codec's detail, or "" */
} zc_failure_t;

typedef struct zc_batch {
    const zc_plan_t *plan;
    const zc_selection_t *sel;
    zc_keys_t keys;
    uint8_t *items;    /* the caller's memory at the selection's first item */
    const char *root;  /* directory of the array, or NULL when chunks are buffers */
    zc_span_t *stored; /* per job: the stored bytes; chunks as buffers only */
    zc_span_t *made;   /* per job, writing: malloc'ed encoded bytes, data NULL for "delete"; chunks as buffers only */
    int threads;       /* at most */
    int missing_is_error;
    int write_empty; /* store chunks that hold nothing but the fill value */
    zc_failure_t failure;
} zc_batch_t;

/* Returns failure.status. */
zc_status_t zc_batch_read(zc_batch_t *batch);
zc_status_t zc_batch_write(zc_batch_t *batch);

/* Chunk shared by both directions (batch.c). */
typedef struct zc_run {
    zc_batch_t *batch;
    int dirfd;
    int failed;
    uint64_t place; /* of the directory, however its path is spelled: part of a chunk's lock */
} zc_run_t;

zc_status_t zc_run_open(zc_run_t *run, zc_batch_t *batch);
void zc_run_close(zc_run_t *run);
int zc_run_fail(zc_run_t *run, zc_ctx_t *ctx, const char *key, zc_status_t status, int err, const char *codec);
int zc_run_failed(const zc_run_t *run);
int zc_run_threads(const zc_batch_t *batch, size_t njobs, size_t chunk_bytes);

#endif

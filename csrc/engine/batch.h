/* One native call per selection: every touched chunk is read and placed, or gathered and written.
 *
 * Chunks live in a directory (files are opened relative to it) or in buffers that a store gathered. */
#ifndef ZC_BATCH_H
#define ZC_BATCH_H

#include <pthread.h>

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

/* Who else may write the same chunks at the same time. */
typedef enum zc_concurrency { ZC_PROCESS_LOCKS = 0, ZC_THREAD_LOCKS, ZC_NO_LOCKS } zc_concurrency_t;

/* What a crash may leave of a chunk. ZC_ATOMIC: old or new if the process dies; ZC_FSYNC: if the machine does, and what
 * a call that came back has written stays; ZC_IN_PLACE: a beginning of the new bytes. */
typedef enum zc_durability { ZC_ATOMIC = 0, ZC_FSYNC, ZC_IN_PLACE } zc_durability_t;

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
    int lenient;     /* no directory: no chunks; something else than a file in a chunk's place: no chunk */
    zc_concurrency_t concurrency;
    zc_durability_t durability;
    /* Writing boxes: one byte an item, laid out like the items; those with 0 are left as they are stored. Or NULL. */
    const uint8_t *mask;
    /* Reading: one byte an item, laid out like the items; set where its chunk, or inner chunk, is missing. Or NULL. */
    uint8_t *absent;
    /* Called now and then by the thread that called, between chunks; not 0 ends the batch. Or NULL. */
    int (*interrupted)(void *arg);
    void *interrupted_arg;
    zc_failure_t failure;
} zc_batch_t;

/* Returns failure.status. */
zc_status_t zc_batch_read(zc_batch_t *batch);
zc_status_t zc_batch_write(zc_batch_t *batch);

struct zc_writer; /* writer.h */

/* A batch under way. */
typedef struct zc_run {
    zc_batch_t *batch;
    int dirfd;
    int nowhere; /* the directory does not exist */
    int failed;
    uint64_t place; /* of the directory, however its path is spelled: part of a chunk's lock */
    pthread_t caller;
    int64_t next_look; /* when to ask for an interrupt again, ns; the caller's alone */
    struct zc_writer *writer;
} zc_run_t;

zc_status_t zc_run_open(zc_run_t *run, zc_batch_t *batch);
void zc_run_close(zc_run_t *run);
int zc_run_fail(zc_run_t *run, zc_ctx_t *ctx, const char *key, zc_status_t status, int err, const char *codec);
int zc_run_failed(const zc_run_t *run);
int zc_run_is_caller(const zc_run_t *run);

/* Whether the batch is over before its last job: one failed, or the caller was interrupted; asks for that every few
 * hundredths of a second, or `now`. To be called with no lock held: signal handlers may run in it. */
int zc_run_stop(zc_run_t *run, int now);

/* Runs a job for each of the selection's, with the chunks' edges to guess the work by. Opens and closes the run.
 * ZC_MERGE: some chunks are merged with what is stored, or may be. */
typedef enum zc_work { ZC_READ, ZC_REPLACE, ZC_MERGE } zc_work_t;
zc_status_t zc_run_jobs(zc_run_t *run, zc_batch_t *batch, const size_t *edges, zc_work_t work,
                        int (*job)(void *arg, size_t index, zc_ctx_t *ctx), void *arg);
int zc_run_threads(const zc_batch_t *batch, size_t njobs, size_t chunk_bytes);

#endif

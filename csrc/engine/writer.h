/* How a batch of writes puts chunks into its directory: under which locks, and how safe from a crash.
 *
 * A merge (a chunk that is partly covered) holds the chunk's lock from the read to the replacement. A whole chunk
 * holds it for the replacement alone, and needs none between processes where no lock file is there: no one has merged
 * yet. Should the file be there when such a batch is done, the batch is run once more, with locks: a merge that had
 * read a chunk before may have taken the replacement back. Whoever merged meanwhile wrote while the batch did, so that
 * it may have the last word. */
#ifndef ZC_WRITER_H
#define ZC_WRITER_H

#include <pthread.h>

#include "batch.h"
#include "lock.h"
#include "touched.h"

typedef struct zc_writer {
    pthread_mutex_t guard; /* of the opening of the lock file */
    int open;              /* the lock file is */
    int unlocked;          /* some chunk was put in place without the lock between processes */
    zc_lockfile_t lockfile;
    zc_touched_t touched; /* ZC_FSYNC */
} zc_writer_t;

void zc_writer_init(zc_writer_t *w);
void zc_writer_close(zc_writer_t *w);

/* What a thread holds while it changes a chunk; 0 for nothing. */
typedef struct zc_held {
    int stripe, byte;
    uint64_t hash;
    int over; /* zc_writer_put: the chunk goes over the array's edge, and is not put where merges have begun */
    int late; /* they have, and it was not */
} zc_held_t;

/* Before the first chunk: opens the lock file, which is made where `merges` says that a chunk will be merged. */
zc_status_t zc_writer_begin(zc_run_t *run, int merges, int *err);

/* Whether a write of a chunk that goes over the array's edge has to merge what lies there. Another process that knows a
 * longer array has put it there under the chunk's lock, so that there is a lock file. */
int zc_writer_keeps(const zc_run_t *run);

/* Takes the lock of a chunk. `must` says that there has to be one, else it is enough to have it where the lock file
 * is open. ZC_E_CANCELLED: the batch is over, by another job's failure or an interrupt that zc_run_stop has noted. */
zc_status_t zc_writer_lock(zc_run_t *run, const char *key, int must, zc_held_t *held, int *err);
void zc_writer_unlock(zc_run_t *run, zc_held_t *held);

/* Puts a chunk in place (data NULL: removes it). `held` is the chunk's lock, already taken for a merge, or not; with
 * `over` set, `late` says that nothing was done: the write is to be made again as zc_writer_keeps now says. */
zc_status_t zc_writer_put(zc_run_t *run, const char *key, const zc_span_t *made, zc_held_t *held, int *err);

/* After the last chunk: whether all of it is to be done once more. */
int zc_writer_overtaken(zc_run_t *run, zc_status_t *status, int *err);

/* After that: what was promised about crashes holds from here. */
zc_status_t zc_writer_finish(zc_run_t *run, int *err);

#endif

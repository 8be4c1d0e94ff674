/* Worker threads, contexts and locks of the process. Nothing exists before the first use; all survive fork. */
#ifndef ZC_POOL_H
#define ZC_POOL_H

#include "../codecs/context.h"

/* Runs fn(arg, job, ctx) for every job in [0, njobs) on up to `threads` threads, the caller among them, and returns
 * when all are done. A non-zero return of fn stops the handing out of further jobs. Any thread may call it at any
 * time, from inside a job too. ZC_E_NOMEM when no context could be made; ZC_E_CANCELLED in a process that was forked
 * by a signal handler meanwhile, where some jobs may be missing. */
typedef int (*zc_job_fn)(void *arg, size_t job, zc_ctx_t *ctx);
zc_status_t zc_pool_run(size_t njobs, int threads, zc_job_fn fn, void *arg);

/* Threads a batch may use: ZARRC_NUM_THREADS, else CPUs by affinity and cgroup quota. Read at the first call. */
int zc_pool_threads(void);
void zc_pool_set_threads(int n); /* 1 .. 256; 0: back to the default */
int zc_pool_setting(void);       /* of ZARRC_NUM_THREADS; 0: none, -1: no number of threads, and of no effect */

/* Lock number of a chunk, process-wide; equal hashes share a lock. The hash is that of the chunk's key ^ that of the
 * directory of its array. A thread may take again what it holds, as Python code that runs under one may write. */
void zc_stripe_lock(uint64_t hash);
void zc_stripe_unlock(uint64_t hash);
int zc_stripe_wait(uint64_t hash, int ms); /* gives up after so many milliseconds; whether it is held */

/* +1 and -1 around what a thread does while it holds a stripe and may run batches: their jobs stay on the thread, as a
 * worker would wait for what it holds. */
void zc_stripe_around(int more);
uint64_t zc_hash_bytes(uint64_t seed, const void *data, size_t n);
uint64_t zc_hash_place(uint64_t device, uint64_t inode);

#endif

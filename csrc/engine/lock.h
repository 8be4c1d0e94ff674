/* Exclusive locks between processes: single bytes of a file, locked through its open description (fcntl, F_OFD_SETLK).
 *
 * The kernel frees them when the process ends, however it ends: there are no stale locks. A forked child has none of
 * its parent's. Threads that share one zc_lockfile_t do not keep each other out: that is for the stripes of pool.h. */
#ifndef ZC_LOCK_H
#define ZC_LOCK_H

#include <stddef.h>
#include <stdint.h>

#include "../status.h"

/* The lock file of an array, in its directory; empty. Made by the first write that merges, and kept. */
#define ZC_LOCK_NAME ".zarrc.lock"

/* An open lock file. In use only where `generation` is that of the process: after fork it is as if closed. */
typedef struct zc_lockfile {
    int fd;
    unsigned generation;
} zc_lockfile_t;

/* The byte that stands for a key, of its zc_hash_bytes(0, key). */
static inline uint64_t zc_lock_byte(uint64_t hash) { return hash & 0x3fffffffffffffff; }

/* ZC_E_MISSING: there is none and `create` is off. ZC_E_LOCK: it may not be opened or made. ZC_E_IO, ZC_E_NOMEM. */
zc_status_t zc_lockfile_open(zc_lockfile_t *lock, int dirfd, const char *name, int create, int *err);
void zc_lockfile_close(zc_lockfile_t *lock); /* gives back every byte */

/* Waits until the byte is this description's. ZC_E_CANCELLED: a signal came, or, without `block`, some hundredths of a
 * second passed; the caller looks around and tries again. ZC_E_LOCK: this file system has no locks. */
zc_status_t zc_lockfile_lock(const zc_lockfile_t *lock, uint64_t byte, int block, int *err);
void zc_lockfile_unlock(const zc_lockfile_t *lock, uint64_t byte);

/* Locks a file that is replaced by renaming another over it, by byte 0 of whichever file has the name now. The lock
 * stays with the file that had the name: who holds it replaces the file last. ZC_E_MISSING: there is no such file. */
zc_status_t zc_lockfile_lock_document(zc_lockfile_t *lock, int dirfd, const char *name, int *err);

#endif

/* The directories in which a call changed names: each is synced once, at the call's end. */
#ifndef ZC_TOUCHED_H
#define ZC_TOUCHED_H

#include <pthread.h>
#include <stddef.h>

#include "../status.h"

typedef struct zc_touched {
    pthread_mutex_t guard;
    char **names; /* hash table; NULL where a place is free */
    size_t count, cap;
} zc_touched_t;

void zc_touched_init(zc_touched_t *set);
void zc_touched_clear(zc_touched_t *set);

/* Notes the directory of `name`, and those above it down to the one that has the first `kept` bytes of the name; those
 * below are new, and their names are changes too. One that is noted already is so with all above it. Any thread.
 * ZC_E_NOMEM. */
zc_status_t zc_touched_add(zc_touched_t *set, const char *name, size_t kept);

/* fsync of each, relative to dirfd. ZC_E_IO. */
zc_status_t zc_touched_sync(const zc_touched_t *set, int dirfd, int *err);

/* fsync as far as the disk. A directory that is gone, or a file system that does not sync directories, is fine. */
int zc_sync_fd(int fd);

#endif

#define _GNU_SOURCE
#include "touched.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pool.h"

void zc_touched_init(zc_touched_t *set) {
    pthread_mutex_init(&set->guard, NULL);
    set->names = NULL;
    set->count = set->cap = 0;
}

void zc_touched_clear(zc_touched_t *set) {
    for (size_t i = 0; i < set->cap; i++) free(set->names[i]);
    free(set->names);
    pthread_mutex_destroy(&set->guard);
}

/* Where the name is, or the free place where it would be. */
static size_t place_of(char **names, size_t cap, const char *name, size_t n) {
    size_t i = (size_t)zc_hash_bytes(0, name, n) & (cap - 1);
    while (names[i] != NULL && (strncmp(names[i], name, n) != 0 || names[i][n] != 0)) i = (i + 1) & (cap - 1);
    return i;
}

static int grow(zc_touched_t *set) {
    size_t cap = set->cap > 0 ? 2 * set->cap : 16;
    char **names = calloc(cap, sizeof *names);
    if (names == NULL) return -1;
    for (size_t i = 0; i < set->cap; i++)
        if (set->names[i] != NULL) names[place_of(names, cap, set->names[i], strlen(set->names[i]))] = set->names[i];
    free(set->names);
    set->names = names;
    set->cap = cap;
    return 0;
}

/* 1: it was new, 0: it was there, -1: no memory. */
static int add(zc_touched_t *set, const char *name, size_t n) {
    if (2 * (set->count + 1) > set->cap && grow(set) != 0) return -1;
    size_t i = place_of(set->names, set->cap, name, n);
    if (set->names[i] != NULL) return 0;
    set->names[i] = strndup(name, n);
    if (set->names[i] == NULL) return -1;
    set->count++;
    return 1;
}

/* Length of the directory part of the first n bytes: "a" of "a/b", "/" of "/a", "" of "a". */
static size_t directory_of(const char *name, size_t n) {
    while (n > 0 && name[n - 1] == '/') n--;
    while (n > 0 && name[n - 1] != '/') n--;
    while (n > 1 && name[n - 1] == '/') n--;
    return n;
}

zc_status_t zc_touched_add(zc_touched_t *set, const char *name, size_t kept) {
    size_t n = strlen(name), above = directory_of(name, n);
    int status = 0;
    pthread_mutex_lock(&set->guard);
    for (;;) {
        status = add(set, name, above);
        n = above;
        above = directory_of(name, n);
        if (status <= 0 || n <= kept || above == n || (n == 1 && name[0] == '/')) break;
    }
    pthread_mutex_unlock(&set->guard);
    return status < 0 ? ZC_E_NOMEM : ZC_OK;
}

int zc_sync_fd(int fd) {
#ifdef F_FULLFSYNC
    if (fcntl(fd, F_FULLFSYNC) == 0) return 0;
#endif
    int status;
    do status = fsync(fd);
    while (status != 0 && errno == EINTR);
    return status;
}

zc_status_t zc_touched_sync(const zc_touched_t *set, int dirfd, int *err) {
    for (size_t i = 0; i < set->cap; i++) {
        const char *name = set->names[i];
        if (name == NULL) continue;
        int fd;
        do fd = openat(dirfd, name[0] != 0 ? name : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        while (fd < 0 && errno == EINTR);
        int failed = fd < 0 ? errno != ENOENT : zc_sync_fd(fd) != 0 && errno != EINVAL && errno != ENOTSUP;
        if (failed) *err = errno;
        if (fd >= 0) close(fd);
        if (failed) return ZC_E_IO;
    }
    return ZC_OK;
}

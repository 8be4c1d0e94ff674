#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "touched.h"

/* Some systems refuse a single call for 2 GiB or more. */
enum { CALL_MAX = 1 << 30 };

static zc_status_t io_error(int *err) {
    *err = errno;
    return ZC_E_IO;
}

/* mkdir -p of everything before the last '/' of name; *kept is lowered to the length of what was there. */
static int make_parents(int dirfd, const char *name, size_t *kept) {
    char path[ZC_NAME_MAX];
    size_t n = strlen(name), there = 0;
    if (n >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(path, name, n + 1);
    for (char *p = path + 1; n > 0 && *p != 0; p++) {
        if (*p != '/') continue;
        *p = 0;
        if (mkdirat(dirfd, path, 0777) == 0)
            *kept = there < *kept ? there : *kept;
        else if (errno != EEXIST)
            return -1;
        *p = '/';
        there = (size_t)(p - path);
    }
    return 0;
}

static int parent_length(const char *name) {
    const char *slash = strrchr(name, '/');
    return slash != NULL ? (int)(slash - name) + 1 : 0;
}

/* A name in the directory of `name` that no one else uses: pid, counter and clock. Not made of the key, which may be
 * as long as a file's name can be. */
static int temporary_name(const char *name, char *out, size_t cap) {
    static _Atomic unsigned counter;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int n = snprintf(out, cap, "%.*s.%x-%x-%lx.partial", parent_length(name), name, (unsigned)getpid(),
                     atomic_fetch_add(&counter, 1), (unsigned long)now.tv_nsec);
    if (n < 0 || (size_t)n >= cap) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return 0;
}

static int write_all(int fd, const uint8_t *data, size_t n) {
    while (n > 0) {
        ssize_t put = write(fd, data, n < CALL_MAX ? n : CALL_MAX);
        if (put < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        if (put == 0) { /* no error, no progress: do not try for ever */
            errno = EIO;
            return -1;
        }
        data += put;
        n -= (size_t)put;
    }
    return 0;
}

/* Writes and closes. An error of close is one of writing: network file systems say there that the disk is full. */
static int fill_file(int fd, const uint8_t *data, size_t n, int sync, int *err) {
    int failed = write_all(fd, data, n) != 0 || (sync && zc_sync_fd(fd) != 0);
    if (failed) *err = errno;
    if (close(fd) != 0 && !failed) {
        failed = 1;
        *err = errno;
    }
    return failed;
}

zc_status_t zc_file_stage(int dirfd, const char *name, const uint8_t *data, size_t n, int sync, char *temporary,
                          size_t *kept, int *err) {
    size_t there = strlen(name);
    int fd = -1;
    /* A parent may vanish between mkdir and open; another host may have our name. */
    for (int tries = 0; fd < 0 && tries < 8; tries++) {
        if (temporary_name(name, temporary, ZC_NAME_MAX) != 0) return io_error(err);
        fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) break;
        io_error(err);
        if (*err != ENOENT && *err != EINTR && *err != EEXIST) return ZC_E_IO;
        if (*err == ENOENT && make_parents(dirfd, name, &there) != 0) return io_error(err);
    }
    if (fd < 0) return ZC_E_IO;
    if (kept != NULL) *kept = there;
    if (fill_file(fd, data, n, sync, err) == 0) return ZC_OK;
    unlinkat(dirfd, temporary, 0);
    return ZC_E_IO;
}

zc_status_t zc_file_commit(int dirfd, const char *temporary, const char *name, int *err) {
    if (renameat(dirfd, temporary, dirfd, name) == 0) return ZC_OK;
    io_error(err);
    unlinkat(dirfd, temporary, 0);
    return ZC_E_IO;
}

zc_status_t zc_file_replace(int dirfd, const char *name, const uint8_t *data, size_t n, int *err) {
    char temporary[ZC_NAME_MAX];
    zc_status_t status = zc_file_stage(dirfd, name, data, n, 0, temporary, NULL, err);
    return status == ZC_OK ? zc_file_commit(dirfd, temporary, name, err) : status;
}

zc_status_t zc_file_overwrite(int dirfd, const char *name, const uint8_t *data, size_t n, int *err) {
    size_t there = strlen(name);
    struct stat st;
    int fd = -1;
    for (int tries = 0; fd < 0 && tries < 8; tries++) {
        /* Not blocking, as zc_file_open. */
        fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
        if (fd >= 0) break;
        io_error(err);
        if (*err != ENOENT && *err != EINTR) return ZC_E_IO;
        if (*err == ENOENT && make_parents(dirfd, name, &there) != 0) return io_error(err);
    }
    if (fd < 0) return ZC_E_IO;
    int failed = fstat(fd, &st) != 0;
    if (!failed && !S_ISREG(st.st_mode)) {
        failed = 1;
        errno = EINVAL; /* a device, by a link, would swallow the bytes */
    }
    /* Emptied first: what is there then is always the beginning of the new bytes. */
    if (failed || (st.st_size > 0 && ftruncate(fd, 0) != 0)) {
        io_error(err);
        close(fd);
        return ZC_E_IO;
    }
    return fill_file(fd, data, n, 0, err) == 0 ? ZC_OK : ZC_E_IO;
}

zc_status_t zc_file_remove(int dirfd, const char *name, int *err) {
    if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT) return ZC_OK;
    return io_error(err);
}

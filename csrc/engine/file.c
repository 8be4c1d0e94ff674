#define _GNU_SOURCE
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

/* Some systems refuse a single call for 2 GiB or more. */
enum { CALL_MAX = 1 << 30 };

static zc_status_t io_error(int *err) {
    *err = errno;
    return ZC_E_IO;
}

zc_status_t zc_file_open(int dirfd, const char *name, int *fd, size_t *size, int *err) {
    /* Not blocking: a FIFO in a chunk's place must not wait for a writer. Files take no notice. */
    do *fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (*fd < 0 && errno == EINTR);
    if (*fd < 0) return errno == ENOENT ? ZC_E_MISSING : io_error(err);
    struct stat st;
    if (fstat(*fd, &st) != 0) {
        io_error(err);
        close(*fd);
        return ZC_E_IO;
    }
    if (!S_ISREG(st.st_mode)) {
        *err = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        close(*fd);
        return ZC_E_IO;
    }
    *size = (size_t)st.st_size;
    return ZC_OK;
}

zc_status_t zc_file_pread(int fd, uint8_t *dst, size_t n, size_t offset, int *err) {
    while (n > 0) {
        ssize_t got = pread(fd, dst, n < CALL_MAX ? n : CALL_MAX, (off_t)offset);
        if (got < 0) {
            if (errno == EINTR) continue;
            return io_error(err);
        }
        if (got == 0) { /* the file shrank under us */
            *err = EIO;
            return ZC_E_IO;
        }
        dst += got;
        n -= (size_t)got;
        offset += (size_t)got;
    }
    return ZC_OK;
}

/* mkdir -p of everything before the last '/' of name. */
static int make_parents(int dirfd, const char *name) {
    char path[4096];
    size_t n = strlen(name);
    if (n >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(path, name, n + 1);
    for (char *p = path + 1; *p != 0; p++) {
        if (*p != '/') continue;
        *p = 0;
        if (mkdirat(dirfd, path, 0777) != 0 && errno != EEXIST) return -1;
        *p = '/';
    }
    return 0;
}

/* A name in the directory of `name` that no one else uses: pid, counter and clock. Not made of the key, which may be
 * as long as a file's name can be. */
static int temporary_name(const char *name, char *out, size_t cap) {
    static _Atomic unsigned counter;
    struct timespec now;
    const char *slash = strrchr(name, '/');
    int parent = slash != NULL ? (int)(slash - name) + 1 : 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int n = snprintf(out, cap, "%.*s.%x-%x-%lx.partial", parent, name, (unsigned)getpid(),
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

zc_status_t zc_file_replace(int dirfd, const char *name, const uint8_t *data, size_t n, int *err) {
    char temporary[4096];
    int fd = -1;
    /* A parent may vanish between mkdir and open; another host may have our name. */
    for (int tries = 0; fd < 0 && tries < 8; tries++) {
        if (temporary_name(name, temporary, sizeof temporary) != 0) return io_error(err);
        fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) break;
        io_error(err);
        if (*err != ENOENT && *err != EINTR && *err != EEXIST) return ZC_E_IO;
        if (*err == ENOENT && make_parents(dirfd, name) != 0) return io_error(err);
    }
    if (fd < 0) return ZC_E_IO;
    int failed = write_all(fd, data, n) != 0;
    if (failed) *err = errno;
    if (close(fd) != 0 && !failed) {
        failed = 1;
        *err = errno;
    }
    if (!failed && renameat(dirfd, temporary, dirfd, name) != 0) {
        failed = 1;
        *err = errno;
    }
    if (failed) {
        unlinkat(dirfd, temporary, 0);
        return ZC_E_IO;
    }
    return ZC_OK;
}

zc_status_t zc_file_remove(int dirfd, const char *name, int *err) {
    if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT) return ZC_OK;
    return io_error(err);
}

#define _GNU_SOURCE
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
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

static zc_status_t open_reading(int dirfd, const char *name, int *fd, int *err) {
    /* Not blocking: a FIFO in a chunk's place must not wait for a writer. Files take no notice. */
    do *fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (*fd < 0 && errno == EINTR);
    if (*fd >= 0) return ZC_OK;
    if (errno != ENOENT) return io_error(err);
    /* A link that leads nowhere, as to a disk that is not mounted, is no missing file. */
    struct stat st;
    if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISLNK(st.st_mode)) return ZC_E_MISSING;
    *err = ENOLINK;
    return ZC_E_IO;
}

zc_status_t zc_file_open(int dirfd, const char *name, int *fd, size_t *size, int *err) {
    zc_status_t status = open_reading(dirfd, name, fd, err);
    if (status != ZC_OK) return status;
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

zc_status_t zc_file_read_usual(int dirfd, const char *name, size_t usual, uint8_t *dst, size_t *n, int *err) {
    int fd;
    ssize_t got;
    zc_status_t status = open_reading(dirfd, name, &fd, err);
    if (status != ZC_OK) return status;
    *n = 0;
    do {
        got = pread(fd, dst + *n, usual + 1 - *n, (off_t)*n);
        if (got > 0) *n += (size_t)got;
        /* A byte more was asked for: the usual size is the end of the file. Anything less may have been cut short. */
    } while ((got > 0 && *n < usual) || (got < 0 && errno == EINTR));
    if (got < 0) {
        status = io_error(err);
        if (*err == ESPIPE) *err = EINVAL; /* as zc_file_open says of FIFOs */
    }
    close(fd);
    return status;
}

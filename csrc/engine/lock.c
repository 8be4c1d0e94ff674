#define _GNU_SOURCE
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Descriptors of all lock files that are open. A child that kept one would keep its parent's locks when the parent
 * dies, so it closes them first of all. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int *open_fds;
static size_t nopen, cap;
static unsigned generation; /* forks since the first of the line */

static void before_fork(void) { pthread_mutex_lock(&guard); }
static void after_fork_parent(void) { pthread_mutex_unlock(&guard); }
static void after_fork_child(void) {
    for (size_t i = 0; i < nopen; i++) close(open_fds[i]);
    nopen = 0;
    generation++;
    pthread_mutex_init(&guard, NULL);
}

static void init_once(void) { pthread_atfork(before_fork, after_fork_parent, after_fork_child); }

static zc_status_t refused(int *err) {
    *err = errno;
    return *err == EACCES || *err == EPERM || *err == ELOOP ? ZC_E_LOCK : ZC_E_IO;
}

/* A new lock file is for whoever may write to the directory, whatever the umask of the process that was first. */
static int create_file(int dirfd, const char *name) {
    int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    struct stat above;
    if (fd >= 0 && fstat(dirfd, &above) == 0) (void)!fchmod(fd, above.st_mode & 0666);
    return fd;
}

static int open_or_create(int dirfd, const char *name, int create) {
    for (int tries = 0;; tries++) {
        int fd = openat(dirfd, name, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (create ? O_NOFOLLOW : 0));
        if (fd >= 0) return fd;
        if (errno == EINTR) continue;
        if (errno != ENOENT || !create || tries == 8) return -1;
        fd = create_file(dirfd, name);
        if (fd >= 0 || (errno != EEXIST && errno != EINTR)) return fd;
    }
}

zc_status_t zc_lockfile_open(zc_lockfile_t *lock, int dirfd, const char *name, int create, int *err) {
    zc_status_t status = ZC_OK;
    lock->fd = -1;
    pthread_once(&once, init_once);
    pthread_mutex_lock(&guard); /* over the opening too: a fork in between would take along what is not yet listed */
    if (nopen == cap) {
        size_t more = cap > 0 ? 2 * cap : 16;
        int *grown = realloc(open_fds, more * sizeof *grown);
        if (grown == NULL) {
            pthread_mutex_unlock(&guard);
            return ZC_E_NOMEM;
        }
        open_fds = grown;
        cap = more;
    }
    int fd = open_or_create(dirfd, name, create);
    if (fd >= 0) {
        open_fds[nopen++] = fd;
        lock->fd = fd;
        lock->generation = generation;
    } else {
        status = errno == ENOENT && !create ? ZC_E_MISSING : refused(err);
    }
    pthread_mutex_unlock(&guard);
    return status;
}

void zc_lockfile_close(zc_lockfile_t *lock) {
    if (lock->fd < 0) return;
    pthread_mutex_lock(&guard);
    if (lock->generation == generation) {
        size_t i = 0;
        while (i < nopen && open_fds[i] != lock->fd) i++;
        if (i < nopen) open_fds[i] = open_fds[--nopen];
        close(lock->fd);
    }
    pthread_mutex_unlock(&guard);
    lock->fd = -1;
}

#ifdef F_OFD_SETLK

static int set_lock(const zc_lockfile_t *lock, int command, short type, uint64_t byte) {
    struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1};
    return fcntl(lock->fd, command, &range);
}

zc_status_t zc_lockfile_lock(const zc_lockfile_t *lock, uint64_t byte, int block, int *err) {
    const long first = 50 * 1000, longest = 1000 * 1000, enough = 20 * 1000 * 1000; /* ns */
    for (long pause = first, waited = 0;;) {
        if (set_lock(lock, F_OFD_SETLK, F_WRLCK, byte) == 0) return ZC_OK;
        if (errno != EAGAIN && errno != EACCES && errno != EINTR) break;
        if (block) {
            if (set_lock(lock, F_OFD_SETLKW, F_WRLCK, byte) == 0) return ZC_OK;
            if (errno == EINTR) return ZC_E_CANCELLED;
            break;
        }
        if (waited >= enough) return ZC_E_CANCELLED;
        nanosleep(&(struct timespec){0, pause}, NULL);
        waited += pause;
        pause = pause < longest / 2 ? 2 * pause : longest;
    }
    *err = errno;
    return ZC_E_LOCK;
}

void zc_lockfile_unlock(const zc_lockfile_t *lock, uint64_t byte) {
    if (lock->generation == __atomic_load_n(&generation, __ATOMIC_RELAXED)) set_lock(lock, F_OFD_SETLK, F_UNLCK, byte);
}

#else /* a system without such locks */

zc_status_t zc_lockfile_lock(const zc_lockfile_t *lock, uint64_t byte, int block, int *err) {
    (void)lock, (void)byte, (void)block;
    *err = ENOTSUP;
    return ZC_E_LOCK;
}

void zc_lockfile_unlock(const zc_lockfile_t *lock, uint64_t byte) { (void)lock, (void)byte; }

#endif

zc_status_t zc_lockfile_lock_document(zc_lockfile_t *lock, int dirfd, const char *name, int *err) {
    for (;;) {
        struct stat mine, now;
        zc_status_t status = zc_lockfile_open(lock, dirfd, name, 0, err);
        if (status != ZC_OK) return status;
        status = zc_lockfile_lock(lock, 0, 1, err);
        if (status == ZC_OK && fstat(lock->fd, &mine) == 0 && fstatat(dirfd, name, &now, 0) == 0 &&
            mine.st_dev == now.st_dev && mine.st_ino == now.st_ino)
            return ZC_OK;
        zc_lockfile_close(lock);
        if (status != ZC_OK) return status;
    }
}

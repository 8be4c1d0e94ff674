/* Stands between a process and the C library's calls that change files, or also those that look at and lock them
 * (LD_PRELOAD). Counts those below one directory, logs them, and makes the k-th fail, or kills or stops the process
 * before or after it.
 *
 * Armed by interpose_arm; the numbers of calls are from there on. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum action { FAIL, SHORT, KILL_BEFORE, KILL_AFTER, STOP_BEFORE };

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int armed, count, target, action, failure, looks;
static char below[4096], journal[1 << 16];
static size_t used;

/* action on call number k (0: none), with this errno; calls on files below `directory` count, and with `all` also those
 * that change nothing. */
void interpose_arm(int k, int what, int number, const char *directory, int all) {
    pthread_mutex_lock(&guard);
    count = 0, used = 0, target = k, action = what, failure = number, looks = all;
    snprintf(below, sizeof below, "%s", directory);
    armed = 1;
    pthread_mutex_unlock(&guard);
}

/* Stops counting; the log, a line a call. */
const char *interpose_disarm(void) {
    pthread_mutex_lock(&guard);
    armed = 0;
    journal[used] = 0;
    pthread_mutex_unlock(&guard);
    return journal;
}

static int within(int dirfd, const char *name, char *path) {
    char link[64];
    ssize_t n = 0;
    path[0] = 0;
    if (name == NULL || name[0] != '/') {
        if (dirfd == AT_FDCWD) return 0;
        snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
        n = readlink(link, path, 4000);
        if (n < 0) return 0;
        path[n] = 0;
    }
    if (name != NULL) snprintf(path + n, 4096 - (size_t)n, "%s%s", n > 0 ? "/" : "", name);
    return strncmp(path, below, strlen(below)) == 0;
}

/* 0: go on, 1: fail, 2: short. */
static int before(const char *call, int dirfd, const char *name) {
    char path[8192];
    int result = 0;
    if (!armed || !within(dirfd, name, path)) return 0;
    pthread_mutex_lock(&guard);
    count++;
    used += (size_t)snprintf(journal + used, sizeof journal - used - 1, "%s %s\n", call, path + strlen(below));
    if (count == target) {
        if (action == KILL_BEFORE) kill(getpid(), SIGKILL);
        if (action == STOP_BEFORE) raise(SIGSTOP);
        result = action == FAIL ? 1 : action == SHORT ? 2 : 0;
    }
    pthread_mutex_unlock(&guard);
    if (result == 1) errno = failure;
    return result;
}

static void after(void) {
    if (armed && count == target && action == KILL_AFTER) kill(getpid(), SIGKILL);
}

#define REAL(type, name, ...)                                                                                          \
    static type (*real)(__VA_ARGS__);                                                                                  \
    if (real == NULL) real = dlsym(RTLD_NEXT, name)

int openat(int dirfd, const char *name, int flags, ...) {
    REAL(int, "openat", int, const char *, int, ...);
    va_list rest;
    va_start(rest, flags);
    unsigned mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, unsigned) : 0;
    va_end(rest);
    int changes = (flags & (O_CREAT | O_TRUNC)) != 0, counts = changes || looks;
    if (counts && before(changes ? "create" : "open", dirfd, name) == 1) return -1;
    int result = real(dirfd, name, flags, mode);
    if (counts) after();
    return result;
}

ssize_t pread(int fd, void *data, size_t n, off_t at) {
    REAL(ssize_t, "pread", int, void *, size_t, off_t);
    int what = looks ? before("read", fd, NULL) : 0;
    return what == 1 ? -1 : real(fd, data, what == 2 && n > 1 ? n / 2 : n, at);
}

int fcntl(int fd, int command, ...) {
    REAL(int, "fcntl", int, int, ...);
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    int locks = looks && (command == F_OFD_SETLK || command == F_OFD_SETLKW);
    locks = locks && ((const struct flock *)argument)->l_type == F_WRLCK;
    return locks && before("lock", fd, NULL) == 1 ? -1 : real(fd, command, argument);
}

ssize_t write(int fd, const void *data, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int what = before("write", fd, NULL);
    if (what == 1) return -1;
    ssize_t result = real(fd, data, what == 2 && n > 1 ? n / 2 : n);
    after();
    return result;
}

int close(int fd) {
    REAL(int, "close", int);
    char path[8192];
    int what = 0;
    /* only of files that are written: "*.partial" and those in place */
    if (armed && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY && within(fd, NULL, path))
        what = before("close", fd, NULL);
    int result = real(fd);
    if (what == 1) {
        errno = failure;
        return -1;
    }
    if (what == 0) after();
    return result;
}

int fsync(int fd) {
    REAL(int, "fsync", int);
    if (before("fsync", fd, NULL) == 1) return -1;
    int result = real(fd);
    after();
    return result;
}

int renameat(int from, const char *old, int to, const char *name) {
    REAL(int, "renameat", int, const char *, int, const char *);
    if (before("rename", to, name) == 1) return -1;
    int result = real(from, old, to, name);
    after();
    return result;
}

int unlinkat(int dirfd, const char *name, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    if (before("unlink", dirfd, name) == 1) return -1;
    int result = real(dirfd, name, flags);
    after();
    return result;
}

int mkdirat(int dirfd, const char *name, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    if (before("mkdir", dirfd, name) == 1) return -1;
    int result = real(dirfd, name, mode);
    after();
    return result;
}

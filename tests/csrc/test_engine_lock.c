/* Locks between processes: who waits for whom, what a dead process leaves, what a forked child does not have. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "check.h"
#include "check_dir.h"
#include "engine/lock.h"

#if defined(ZC_EMULATED) || !defined(F_OFD_SETLK)

int main(void) { return check_report(); } /* neither forks nor locks can be relied on */

#else

static int dir;

static int busy(uint64_t byte) {
    zc_lockfile_t other;
    int err = 0;
    if (zc_lockfile_open(&other, dir, "lock", 0, &err) != ZC_OK) abort();
    zc_status_t status = zc_lockfile_lock(&other, byte, 0, &err);
    zc_lockfile_close(&other);
    CHECK(status == ZC_OK || status == ZC_E_CANCELLED, "status %d, errno %d", status, err);
    return status == ZC_E_CANCELLED;
}

static void opening(void) {
    zc_lockfile_t lock;
    int err = 0;
    const int before = check_open_files();
    struct stat st;
    CHECK(zc_lockfile_open(&lock, dir, "lock", 0, &err) == ZC_E_MISSING, "there is none yet");
    zc_lockfile_close(&lock);
    fchmod(dir, 0775);
    mode_t old = umask(077);
    CHECK(zc_lockfile_open(&lock, dir, "lock", 1, &err) == ZC_OK, "made: %d", err);
    umask(old);
    CHECK(fstatat(dir, "lock", &st, 0) == 0 && (st.st_mode & 0777) == 0664 && st.st_size == 0, "mode %o", st.st_mode);
    zc_lockfile_close(&lock);
    zc_lockfile_close(&lock);
    CHECK(zc_lockfile_open(&lock, dir, "lock", 1, &err) == ZC_OK, "opened: %d", err);
    zc_lockfile_close(&lock);
    symlinkat("elsewhere", dir, "link");
    CHECK(zc_lockfile_open(&lock, dir, "link", 1, &err) == ZC_E_LOCK && err == ELOOP, "a link: %d", err);
    CHECK(faccessat(dir, "elsewhere", F_OK, 0) != 0, "made what the link names");
    CHECK(zc_lockfile_open(&lock, dir, "no/such", 1, &err) == ZC_E_IO && err == ENOENT, "no directory: %d", err);
    CHECK(check_open_files() == before, "a file stays open");
}

static void bytes(void) {
    zc_lockfile_t lock;
    int err = 0;
    const uint64_t far = zc_lock_byte(UINT64_MAX);
    zc_lockfile_open(&lock, dir, "lock", 1, &err);
    CHECK(zc_lockfile_lock(&lock, 5, 1, &err) == ZC_OK && zc_lockfile_lock(&lock, far, 1, &err) == ZC_OK, "%d", err);
    CHECK(busy(5) && busy(far) && !busy(6) && !busy(4) && !busy(0), "each byte is a lock");
    zc_lockfile_unlock(&lock, 5);
    CHECK(!busy(5) && busy(far), "given back alone");
    zc_lockfile_close(&lock);
    CHECK(!busy(far), "given back with the file");
}

static pid_t child_of(int (*work)(void *), void *arg) {
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20);
        _exit(work(arg));
    }
    return pid;
}

static int reaped(pid_t pid) {
    int status = -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

static int hold_for_ever(void *arg) {
    zc_lockfile_t lock;
    int err, *ready = arg;
    if (zc_lockfile_open(&lock, dir, "lock", 1, &err) != ZC_OK || zc_lockfile_lock(&lock, 9, 1, &err) != ZC_OK)
        return 1;
    if (write(ready[1], "x", 1) != 1) return 1;
    pause();
    return 0;
}

static void killed(void) {
    int ready[2], err = 0;
    char c;
    zc_lockfile_t lock;
    if (pipe(ready) != 0) abort();
    pid_t pid = child_of(hold_for_ever, ready);
    CHECK(read(ready[0], &c, 1) == 1 && busy(9), "held by the child");
    kill(pid, SIGKILL);
    reaped(pid);
    zc_lockfile_open(&lock, dir, "lock", 0, &err);
    CHECK(zc_lockfile_lock(&lock, 9, 1, &err) == ZC_OK, "free when it is dead: %d", err);
    zc_lockfile_close(&lock);
    close(ready[0]);
    close(ready[1]);
}

/* In the child the parent's lock file is as if closed, even where its number is in use again. */
static int after_fork(void *arg) {
    zc_lockfile_t *lock = arg;
    int fd = openat(dir, "lock", O_RDWR);
    if (fd != lock->fd) return 1; /* the lowest free number: it was closed */
    zc_lockfile_unlock(lock, 3);
    zc_lockfile_close(lock);
    return fcntl(fd, F_GETFD) == -1 ? 2 : 0;
}

static void forked(void) {
    zc_lockfile_t lock;
    int err = 0;
    zc_lockfile_open(&lock, dir, "lock", 1, &err);
    CHECK(zc_lockfile_lock(&lock, 3, 1, &err) == ZC_OK, "%d", err);
    int status = reaped(child_of(after_fork, &lock));
    CHECK(status == 0, "status %d", status);
    CHECK(busy(3), "the child gave back its parent's lock");
    zc_lockfile_close(&lock);
}

static void on_alarm(int unused) { (void)unused; }

static void interrupted(void) {
    int ready[2], err = 0;
    char c;
    zc_lockfile_t lock;
    struct sigaction act = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &act, NULL);
    if (pipe(ready) != 0) abort();
    pid_t pid = child_of(hold_for_ever, ready);
    CHECK(read(ready[0], &c, 1) == 1, "ready");
    zc_lockfile_open(&lock, dir, "lock", 0, &err);
    alarm(1);
    CHECK(zc_lockfile_lock(&lock, 9, 1, &err) == ZC_E_CANCELLED, "a signal ends the wait: %d", err);
    zc_lockfile_close(&lock);
    kill(pid, SIGKILL);
    reaped(pid);
    close(ready[0]);
    close(ready[1]);
}

/* Processes that add to a number in a file, which each of them replaces. */
static int add(void *arg) {
    (void)arg;
    for (int i = 0; i < 40; i++) {
        zc_lockfile_t lock;
        int err = 0, n = 0;
        char name[32];
        if (zc_lockfile_lock_document(&lock, dir, "document", &err) != ZC_OK) return 1;
        int fd = openat(dir, "document", O_RDONLY);
        if (read(fd, &n, sizeof n) != sizeof n) return 2;
        close(fd);
        n++;
        snprintf(name, sizeof name, "new-%d", (int)getpid());
        fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (write(fd, &n, sizeof n) != sizeof n) return 3;
        close(fd);
        if (renameat(dir, name, dir, "document") != 0) return 4;
        zc_lockfile_close(&lock);
    }
    return 0;
}

static void documents(void) {
    int n = 0, err = 0;
    zc_lockfile_t lock;
    pid_t pid[6];
    CHECK(zc_lockfile_lock_document(&lock, dir, "document", &err) == ZC_E_MISSING, "there is none");
    int fd = openat(dir, "document", O_RDWR | O_CREAT, 0666);
    if (write(fd, &n, sizeof n) != sizeof n) abort();
    close(fd);
    for (int i = 0; i < 6; i++) pid[i] = child_of(add, NULL);
    for (int i = 0; i < 6; i++) CHECK(reaped(pid[i]) == 0, "child %d", i);
    fd = openat(dir, "document", O_RDONLY);
    CHECK(read(fd, &n, sizeof n) == sizeof n && n == 240, "%d of 240", n);
    close(fd);
}

int main(void) {
    char path[64];
    dir = check_dir_make(path);
    opening();
    bytes();
    forked();
    killed();
    interrupted();
    documents();
    check_dir_remove(path, dir);
    return check_report();
}

#endif

/* Files: open, ranged read, atomic replace and remove, and every kind of thing that may lie in a chunk's place. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "check_dir.h"
#include "engine/file.h"

static int dir;

static size_t read_whole(const char *name, uint8_t *out, size_t cap, int *err) {
    int fd;
    size_t n = 0;
    if (zc_file_open(dir, name, &fd, &n, err) != ZC_OK) return SIZE_MAX;
    if (n > cap || zc_file_pread(fd, out, n, 0, err) != ZC_OK) n = SIZE_MAX;
    close(fd);
    return n;
}

/* What zc_file_read_usual gives is what open and pread give, up to one byte more than is usual. */
static void check_usual(const char *name, const uint8_t *data, size_t n) {
    const size_t usual[] = {0, 1, n - (n > 0), n, n + 1, n + 70000};
    const int before = check_open_files();
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        int err = 0;
        size_t got = 0, most = usual[i] + 1;
        check_block_t out = check_block(most, 0);
        CHECK(zc_file_read_usual(dir, name, usual[i], out.data, &got, &err) == ZC_OK, "%s: %s", name, strerror(err));
        CHECK(got == (n < most ? n : most) && memcmp(out.data, data, got) == 0, "%s: %zu of %zu", name, got, n);
        check_free(out);
    }
    CHECK(check_open_files() == before, "a file stays open");
}

static void round_trips(void) {
    const size_t sizes[] = {0, 1, 4095, 4096, 100000};
    const char *names[] = {"0", "0.0", "c/0/0", "c/0/1", "a/b/c/d/e/f"};
    static uint8_t out[100000];
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++) {
            int err = 0, fd;
            size_t size;
            check_block_t data = check_block(sizes[i], 0);
            CHECK(zc_file_replace(dir, names[k], data.data, data.n, &err) == ZC_OK, "%s: %s", names[k], strerror(err));
            CHECK(read_whole(names[k], out, sizeof out, &err) == data.n && memcmp(out, data.data, data.n) == 0,
                  "%s differs", names[k]);
            check_usual(names[k], data.data, data.n);
            CHECK(zc_file_open(dir, names[k], &fd, &size, &err) == ZC_OK && size == data.n, "open");
            size_t lo = check_below(data.n + 1), n = check_below(data.n - lo + 1);
            CHECK(zc_file_pread(fd, out, n, lo, &err) == ZC_OK && memcmp(out, data.data + lo, n) == 0, "range");
            CHECK(zc_file_pread(fd, out, 1, data.n, &err) == ZC_E_IO && err == EIO, "past the end");
            close(fd);
            check_free(data);
        }
    for (size_t k = 0; k < 5; k++) {
        int err = 0, fd;
        size_t size;
        CHECK(zc_file_remove(dir, names[k], &err) == ZC_OK, "%s: %s", names[k], strerror(err));
        CHECK(zc_file_remove(dir, names[k], &err) == ZC_OK, "removed twice");
        CHECK(zc_file_open(dir, names[k], &fd, &size, &err) == ZC_E_MISSING, "gone");
        CHECK(zc_file_read_usual(dir, names[k], 0, out, &size, &err) == ZC_E_MISSING, "gone");
    }
}

static void check_refused(const char *name, int open_errno, int replace_errno) {
    int err = 0, fd;
    size_t size;
    uint8_t byte;
    const int before = check_open_files();
    if (open_errno) {
        CHECK(zc_file_read_usual(dir, name, 0, &byte, &size, &err) == ZC_E_IO && err == open_errno, "read %s: %d", name,
              err);
        CHECK(zc_file_open(dir, name, &fd, &size, &err) == ZC_E_IO && err == open_errno, "open %s: %d", name, err);
    }
    if (replace_errno) {
        zc_status_t status = zc_file_replace(dir, name, (const uint8_t *)"x", 1, &err);
        CHECK(status == ZC_E_IO && err == replace_errno, "replace %.40s: status %d errno %d", name, status, err);
    }
    CHECK(check_open_files() == before, "a file stays open");
    CHECK(check_leftovers(dir) == 0, "a temporary file stays");
}

static void wrong_things(void) {
    int err = 0;
    char name[5000];
    zc_file_replace(dir, "file", (const uint8_t *)"x", 1, &err);
    mkdirat(dir, "folder", 0777);
    mkfifoat(dir, "fifo", 0666);
    symlinkat("loop", dir, "loop");
    symlinkat("nowhere/at/all", dir, "dangling");
    check_refused("folder", EISDIR, EISDIR);
    check_refused("file/0", ENOTDIR, ENOTDIR);
    check_refused("file/0/1", ENOTDIR, ENOTDIR);
    check_refused("fifo", EINVAL, 0); /* and it does not wait for a writer */
    check_refused("loop", ELOOP, 0);
    check_refused("dangling", ENOLINK, 0);
    check_refused("loop/0", ELOOP, ELOOP);
    memset(name, 'n', sizeof name);
    name[256] = 0;
    check_refused(name, ENAMETOOLONG, ENAMETOOLONG);
    name[256] = 'n', name[sizeof name - 1] = 0;
    check_refused(name, ENAMETOOLONG, ENAMETOOLONG);
    name[255] = 0; /* the longest name that is one */
    CHECK(zc_file_replace(dir, name, (const uint8_t *)"x", 1, &err) == ZC_OK, "255 characters: %s", strerror(err));
    CHECK(zc_file_remove(dir, "folder", &err) == ZC_E_IO && (err == EISDIR || err == EPERM), "remove a folder: %d",
          err);
    CHECK(zc_file_remove(dir, "file/0", &err) == ZC_E_IO && err == ENOTDIR, "remove below a file: %d", err);
}

static void overwritten(void) {
    static uint8_t out[100];
    int err = 0;
    const char *const name = "new/in/place";
    for (size_t n = 0; n < 100; n = 3 * n + 7) {
        check_block_t data = check_block(100 - n, 0); /* shorter every time, and longer once more */
        CHECK(zc_file_overwrite(dir, name, data.data, data.n, &err) == ZC_OK, "%s", strerror(err));
        CHECK(read_whole(name, out, sizeof out, &err) == data.n && memcmp(out, data.data, data.n) == 0, "differs");
        check_free(data);
    }
    CHECK(zc_file_overwrite(dir, name, (const uint8_t *)"longer", 6, &err) == ZC_OK, "%s", strerror(err));
    CHECK(read_whole(name, out, sizeof out, &err) == 6 && memcmp(out, "longer", 6) == 0, "differs");
    symlinkat("/dev/null", dir, "null");
    CHECK(zc_file_overwrite(dir, "null", out, 6, &err) == ZC_E_IO && err == EINVAL, "a device: %d", err);
    CHECK(zc_file_overwrite(dir, "folder", out, 6, &err) == ZC_E_IO && err == EISDIR, "a folder: %d", err);
}

/* A directory that was removed while it was open. */
static void lost_directory(void) {
    int err = 0, fd, lost;
    size_t size;
    mkdirat(dir, "lost", 0777);
    lost = openat(dir, "lost", O_RDONLY | O_DIRECTORY);
    unlinkat(dir, "lost", AT_REMOVEDIR);
    CHECK(zc_file_open(lost, "0", &fd, &size, &err) == ZC_E_MISSING, "open");
    CHECK(zc_file_replace(lost, "0", (const uint8_t *)"x", 1, &err) == ZC_E_IO && err == ENOENT, "replace: %d", err);
    CHECK(zc_file_replace(lost, "c/0", (const uint8_t *)"x", 1, &err) == ZC_E_IO && err == ENOENT, "parents: %d", err);
    close(lost);
}

static atomic_int stop;

static void *replacer(void *arg) {
    uint8_t data[9000];
    int err = 0;
    unsigned round = (unsigned)(uintptr_t)arg;
    while (!atomic_load(&stop)) {
        size_t n = 1 + round * 977 % sizeof data;
        memset(data, (int)(n & 0xFF), n);
        if (zc_file_replace(dir, "busy/chunk", data, n, &err) != ZC_OK) abort();
        round++;
    }
    return NULL;
}

/* Readers see one whole version, whatever the writers do. */
static void never_torn(void) {
    pthread_t id[3];
    static uint8_t out[9000];
    int err = 0;
    zc_file_replace(dir, "busy/chunk", (const uint8_t *)"\1", 1, &err);
    for (uintptr_t i = 0; i < 3; i++) pthread_create(&id[i], NULL, replacer, (void *)(i * 31));
    for (int i = 0; i < 2000; i++) {
        size_t n = read_whole("busy/chunk", out, sizeof out, &err);
        CHECK(n != SIZE_MAX && n > 0, "round %d: %s", i, strerror(err));
        for (size_t k = 0; n != SIZE_MAX && k < n; k++)
            if (out[k] != (uint8_t)n) {
                CHECK(0, "byte %zu of %zu", k, n);
                break;
            }
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < 3; i++) pthread_join(id[i], NULL);
    CHECK(check_leftovers(dir) == 0, "a temporary file stays");
}

int main(void) {
    char path[64];
    dir = check_dir_make(path);
    round_trips();
    wrong_things();
    overwritten();
    lost_directory();
    never_torn();
    check_dir_remove(path, dir);
    return check_report();
}

/* A temporary directory, and what lies in it. */
#ifndef ZC_TESTS_CHECK_DIR_H
#define ZC_TESTS_CHECK_DIR_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Makes one; its path goes to path[64]; returns it opened. */
static inline int check_dir_make(char *path) {
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || strlen(parent) > 40) parent = "/tmp";
    snprintf(path, 64, "%s/zarrc-XXXXXX", parent);
    if (mkdtemp(path) == NULL) abort();
    int dir = open(path, O_RDONLY | O_DIRECTORY);
    if (dir < 0) abort();
    return dir;
}

static inline int check_unlink_entry(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    return remove(path);
}

static inline void check_dir_remove(const char *path, int dir) {
    close(dir);
    nftw(path, check_unlink_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Number of *.partial files below an open directory. */
static inline int check_leftovers(int dir) {
    int found = 0;
    DIR *d = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY));
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        size_t n = strlen(e->d_name);
        if (n > 8 && strcmp(e->d_name + n - 8, ".partial") == 0) found++;
        if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            int below = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY);
            found += check_leftovers(below);
            close(below);
        }
    }
    if (d != NULL) closedir(d);
    return found;
}

/* Number of file descriptors of the process. */
static inline int check_open_files(void) {
    int n = 0;
    for (int fd = 0; fd < 256; fd++) n += fcntl(fd, F_GETFD) != -1;
    return n;
}

#endif

/* Chunk files relative to a directory: whole and ranged reads, replacement.
 * Functions return ZC_OK, ZC_E_MISSING (no such file), ZC_E_NOMEM, or ZC_E_IO with *err = errno. */
#ifndef ZC_FILE_H
#define ZC_FILE_H

#include "../codecs/context.h"

/* Opens for reading and gives the size. A directory where a file should be: ZC_E_IO, EISDIR; a link to nothing:
 * ENOLINK. */
zc_status_t zc_file_open(int dirfd, const char *name, int *fd, size_t *size, int *err);
zc_status_t zc_file_pread(int fd, uint8_t *dst, size_t n, size_t offset, int *err); /* short file: EIO */

/* The file as zc_file_open and zc_file_pread would give it, in two system calls less when it has the `usual` size.
 * dst has room for usual + 1 bytes; *n is usual + 1 for every longer file. */
zc_status_t zc_file_read_usual(int dirfd, const char *name, size_t usual, uint8_t *dst, size_t *n, int *err);

/* The file's bytes become `n` bytes at data, in one step: readers see the old bytes or the new ones. Makes missing
 * parent directories. (replace.c) */
zc_status_t zc_file_replace(int dirfd, const char *name, const uint8_t *data, size_t n, int *err);
zc_status_t zc_file_remove(int dirfd, const char *name, int *err); /* a missing file is fine: ZC_OK */

/* The two halves of zc_file_replace. The first writes a temporary file and puts its name into temporary[ZC_NAME_MAX];
 * with `sync` its bytes are on the disk then. *kept (if not NULL) is the length of the deepest directory of the name
 * that was there before. The second gives it the name, or removes it. */
enum { ZC_NAME_MAX = 4096 };
zc_status_t zc_file_stage(int dirfd, const char *name, const uint8_t *data, size_t n, int sync, char *temporary,
                          size_t *kept, int *err);
zc_status_t zc_file_commit(int dirfd, const char *temporary, const char *name, int *err);

/* Writes the file where it is: a reader meanwhile, or after a crash, finds a beginning of it. What is no file is
 * refused, EINVAL. */
zc_status_t zc_file_overwrite(int dirfd, const char *name, const uint8_t *data, size_t n, int *err);

#endif

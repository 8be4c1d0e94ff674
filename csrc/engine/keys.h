/* Chunk keys (Zarr v3 core "Chunk key encoding", Zarr v2 "Chunks"). */
#ifndef ZC_KEYS_H
#define ZC_KEYS_H

#include "selection.h"

typedef struct zc_keys {
    int default_style; /* 1: "c/0/1"; 0: v2's "0.1" */
    char separator;
} zc_keys_t;

enum { ZC_KEY_MAX = 2 + 21 * ZC_MAX_NDIM };

/* Writes the key of a chunk, NUL-terminated, to out (ZC_KEY_MAX bytes); returns its length. */
size_t zc_key_format(const zc_keys_t *keys, int ndim, const size_t *coords, char *out);

#endif

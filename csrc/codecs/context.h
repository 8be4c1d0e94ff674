/* What one thread keeps between chunks: library states and scratch memory that only ever grows.
 * A context is used by one thread at a time; contexts are kept in a free list by the engine. */
#ifndef ZC_CONTEXT_H
#define ZC_CONTEXT_H

#include "../compiler.h"
#include "../status.h"

enum {
    ZC_TMP_BLOSC_A = 0,
    ZC_TMP_BLOSC_B,
    ZC_TMP_CODEC,
    ZC_TMP_FILE,
    ZC_TMP_STEP_A,
    ZC_TMP_STEP_B,
    ZC_TMP_CHUNK,
    ZC_TMP_OLD,
    ZC_TMP_INDEX,
    ZC_TMP_SHARD,
    ZC_TMP_PARTS,
    ZC_TMP_COUNT
};

typedef struct zc_buf {
    uint8_t *data;
    size_t cap;
} zc_buf_t;

typedef struct zc_ctx {
    struct zc_ctx *next; /* free list */
    void *zstd_d, *zstd_c;
    void *deflate;     /* zng_stream, made at first use, reset between uses */
    int deflate_key;   /* level and window bits `deflate` was made with */
    void *lz4, *lz4hc; /* encoder states */
    zc_buf_t tmp[ZC_TMP_COUNT];
    char message[160]; /* detail of the last failure, or "" */
} zc_ctx_t;

zc_ctx_t *zc_ctx_new(void); /* NULL: out of memory */
void zc_ctx_free(zc_ctx_t *ctx);

/* Scratch slot of at least n bytes, 64-byte aligned, contents undefined; NULL: out of memory. A slot stays valid
 * until the same slot is asked for again. */
uint8_t *zc_ctx_tmp(zc_ctx_t *ctx, int slot, size_t n);

/* Sets ctx->message (printf style, cut to its size) and returns `status`. */
#if defined(__GNUC__) || defined(__clang__)
__attribute__((format(printf, 3, 4)))
#endif
zc_status_t zc_ctx_fail(zc_ctx_t *ctx, zc_status_t status, const char *format, ...);

#endif

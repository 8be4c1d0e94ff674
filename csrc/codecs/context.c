#include "context.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "libs.h"

enum { ALIGNMENT = 64 };

zc_ctx_t *zc_ctx_new(void) { return calloc(1, sizeof(zc_ctx_t)); }

void zc_ctx_free(zc_ctx_t *ctx) {
    if (!ctx) return;
    if (ctx->zstd_d) ZSTD_freeDCtx(ctx->zstd_d);
    if (ctx->zstd_c) ZSTD_freeCCtx(ctx->zstd_c);
    if (ctx->deflate) {
        zng_deflateEnd(ctx->deflate);
        free(ctx->deflate);
    }
    free(ctx->lz4);
    free(ctx->lz4hc);
    for (int i = 0; i < ZC_TMP_COUNT; i++) free(ctx->tmp[i].data);
    free(ctx);
}

uint8_t *zc_ctx_tmp(zc_ctx_t *ctx, int slot, size_t n) {
    zc_buf_t *buf = &ctx->tmp[slot];
    if (n <= buf->cap && buf->data) return buf->data;
    /* A little more than asked for: chunks of one array differ by a few percent in encoded size. */
    size_t want;
    if (zc_add_overflow(n, n / 8 + ALIGNMENT, &want)) return NULL;
    want &= ~(size_t)(ALIGNMENT - 1);
    void *fresh = aligned_alloc(ALIGNMENT, want);
    if (!fresh) return NULL;
    free(buf->data); /* contents need not survive, so no realloc, which would copy them */
    buf->data = fresh;
    buf->cap = want;
    return buf->data;
}

zc_status_t zc_ctx_fail(zc_ctx_t *ctx, zc_status_t status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(ctx->message, sizeof ctx->message, format, args);
    va_end(args);
    return status;
}

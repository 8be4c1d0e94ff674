/* What the blosc codec shares with the zstd codec: the per-thread states and the meaning of zstd's errors. */
#ifndef ZC_CODEC_ZSTD_H
#define ZC_CODEC_ZSTD_H

#include "context.h"
#include "libs.h"

/* The thread's state, made at first use; NULL: out of memory. */
ZSTD_CCtx *zc_zstd_cctx(zc_ctx_t *ctx);
ZSTD_DCtx *zc_zstd_dctx(zc_ctx_t *ctx);

/* The status of a decoder's error code, with zstd's words as the message. */
zc_status_t zc_zstd_fail(zc_ctx_t *ctx, size_t code);

#endif

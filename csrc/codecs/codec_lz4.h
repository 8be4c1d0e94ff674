/* LZ4's per-thread encoder states, shared by the lz4 and blosc codecs. */
#ifndef ZC_CODEC_LZ4_H
#define ZC_CODEC_LZ4_H

#include "context.h"

/* Made at first use; NULL: out of memory. */
void *zc_lz4_state(zc_ctx_t *ctx);
void *zc_lz4hc_state(zc_ctx_t *ctx);

#endif

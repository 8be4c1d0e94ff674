/* LZ4's per-thread encoder states and its decoder, shared by the lz4 and blosc codecs. */
#ifndef ZC_CODEC_LZ4_H
#define ZC_CODEC_LZ4_H

#include "context.h"

/* Made at first use; NULL: out of memory. */
void *zc_lz4_state(zc_ctx_t *ctx);
void *zc_lz4hc_state(zc_ctx_t *ctx);

/* LZ4_decompress_safe to at most `size` bytes, INT_MAX at most, of which the first `need` are needed. The library takes
 * a match at distance 0, which no encoder makes, for a copy of what lies in dst: zeros are put there first (4 to 8 % of
 * the time to decode; looking for such matches takes 30 to 90 %), so that damaged bytes never give away what the memory
 * held before. */
int zc_lz4_decompress(const uint8_t *src, size_t n, uint8_t *dst, size_t need, size_t size);

#endif

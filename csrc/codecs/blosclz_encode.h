/* The blosclz encoder of the blosc codec. */
#ifndef ZC_BLOSCLZ_ENCODE_H
#define ZC_BLOSCLZ_ENCODE_H

#include "context.h"

/* n bytes (at most 2 GiB) to at most `room` bytes in the blosclz format; level 1..9. The encoded size, or 0 when it
 * does not fit or scratch memory is short. Uses slot ZC_TMP_CODEC. */
size_t zc_blosclz_encode(zc_ctx_t *ctx, int level, const uint8_t *src, size_t n, uint8_t *dst, size_t room);

#endif

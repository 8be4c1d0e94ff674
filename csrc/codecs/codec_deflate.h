/* DEFLATE streams with their zlib or gzip wrapping, for the zlib, gzip and blosc codecs. */
#ifndef ZC_CODEC_DEFLATE_H
#define ZC_CODEC_DEFLATE_H

#include "context.h"

/* Wrapping, as zlib's window bits say it. */
enum { ZC_WRAP_ZLIB = 15, ZC_WRAP_GZIP = 31 };

/* One stream of src's n bytes. dst too small: ZC_E_DST. */
zc_status_t zc_deflate_stream(zc_ctx_t *ctx, int wrap, int level, const uint8_t *src, size_t n, uint8_t *dst,
                              size_t cap, size_t *written);

/* One stream from src into dst, at most cap bytes of content (more: ZC_E_TOO_LONG). With `stop` set, ends quietly
 * when cap bytes are decoded, whatever follows. *used: how much of src was taken, *ended: the end was seen. */
zc_status_t zc_inflate_stream(zc_ctx_t *ctx, int wrap, int stop, const uint8_t *src, size_t n, uint8_t *dst, size_t cap,
                              size_t *used, size_t *written, int *ended);

#endif

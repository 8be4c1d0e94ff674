/* Blosc1 frames as c-blosc 1.x writes them.
 *
 * A frame is a header of 16 bytes, the int32 LE offsets of its blocks, and the blocks. A block holds `blocksize`
 * bytes of the content (the last one what is left), filtered on its own, as `typesize` splits or one; a split is an
 * int32 LE size and that many bytes, compressed unless the size is the split's own. */
#ifndef ZC_CODEC_BLOSC_H
#define ZC_CODEC_BLOSC_H

#include "codec.h"

enum { ZC_BLOSC_P_CNAME = 0, ZC_BLOSC_P_CLEVEL, ZC_BLOSC_P_SHUFFLE, ZC_BLOSC_P_TYPESIZE, ZC_BLOSC_P_BLOCKSIZE };

enum {
    ZC_BLOSC_HEADER = 16,
    ZC_BLOSC_VERSION = 2,
    ZC_BLOSC_MIN_SPLIT = 128, /* smaller contents are stored, smaller splits not made */
    ZC_BLOSC_MAX_SPLITS = 16
};
#define ZC_BLOSC_MAX_CONTENT ((size_t)INT32_MAX - ZC_BLOSC_HEADER)

/* Bits of the flags byte; the compressed format is in its upper three. */
enum {
    ZC_BLOSC_SHUFFLE = 0x01,
    ZC_BLOSC_MEMCPYED = 0x02,
    ZC_BLOSC_BITSHUFFLE = 0x04,
    ZC_BLOSC_RESERVED = 0x08,
    ZC_BLOSC_DONT_SPLIT = 0x10
};
enum {
    ZC_BLOSC_FORMAT_BLOSCLZ = 0,
    ZC_BLOSC_FORMAT_LZ4 = 1,
    ZC_BLOSC_FORMAT_SNAPPY = 2,
    ZC_BLOSC_FORMAT_ZLIB = 3,
    ZC_BLOSC_FORMAT_ZSTD = 4
};

/* Whether blocks of that size can be cut into one split for each byte of an item. */
static inline int zc_blosc_can_split(size_t typesize, size_t blocksize) {
    return typesize <= ZC_BLOSC_MAX_SPLITS && blocksize / typesize >= ZC_BLOSC_MIN_SPLIT;
}

/* The filter that a block of `bsize` bytes really gets: ZC_BLOSC_SHUFFLE, ZC_BLOSC_BITSHUFFLE or 0. c-blosc 1.x
 * leaves blocks alone whose number of items is no multiple of 8 when asked for bit shuffle. */
static inline int zc_blosc_block_filter(int flags, size_t typesize, size_t bsize) {
    if (flags & ZC_BLOSC_SHUFFLE) return typesize > 1 ? ZC_BLOSC_SHUFFLE : 0;
    if (flags & ZC_BLOSC_BITSHUFFLE) return bsize >= typesize && bsize / typesize % 8 == 0 ? ZC_BLOSC_BITSHUFFLE : 0;
    return 0;
}

zc_status_t zc_blosc_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                            size_t cap, size_t *written);
zc_status_t zc_blosc_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                            size_t cap, size_t *written);
zc_status_t zc_blosc_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                  const zc_want_t *want, uint8_t *dst);
zc_status_t zc_blosc_decode_fetched(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                    const zc_fetch_t *fetch, size_t total, const zc_want_t *want, uint8_t *dst);

#endif

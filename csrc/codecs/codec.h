/* The codec interface: bytes to bytes, one vtable per codec, one file per codec.
 *
 * Sizes that come from stored bytes are hostile until checked. A decoder never writes past dst + cap, never
 * reads past src + n, and never allocates by a stored size. */
#ifndef ZC_CODEC_H
#define ZC_CODEC_H

#include "../compiler.h"
#include "../status.h"
#include "context.h"

#define ZC_SIZE_UNKNOWN SIZE_MAX
#define ZC_CODEC_PARAMS 8

typedef struct zc_codec_ops zc_codec_ops_t;

/* One codec with its parameters, as a chunk's plan holds it. The order of p[] is fixed by each codec's header. */
typedef struct zc_step {
    const zc_codec_ops_t *ops;
    int64_t p[ZC_CODEC_PARAMS];
} zc_step_t;

/* Bytes [lo, hi) of what a chunk holds. */
typedef struct zc_stretch {
    size_t lo, hi;
} zc_stretch_t;

/* Which bytes of a chunk are wanted: `parts` of [lo, hi), ascending, apart from each other, the last up to hi; with no
 * parts all of it. */
typedef struct zc_want {
    size_t lo, hi, nparts;
    const zc_stretch_t *parts;
} zc_want_t;

/* Brings bytes [from, to) of what is encoded to their places; anything else than ZC_OK ends the decoding. */
typedef struct zc_fetch {
    zc_status_t (*call)(void *arg, size_t from, size_t to);
    void *arg;
} zc_fetch_t;

struct zc_codec_ops {
    const char *name; /* as in messages and in _core.Plan: "zstd" */
    int nparams;
    /* Checks parameters once, when the plan is made. ZC_OK or ZC_E_PARAM. */
    zc_status_t (*check)(const zc_step_t *step);
    /* Exact encoded size of n decoded bytes, or ZC_SIZE_UNKNOWN when it depends on the content. */
    size_t (*encoded_size)(const zc_step_t *step, size_t n);
    /* Exact decoded size of n encoded bytes for fixed-size codecs, or ZC_SIZE_UNKNOWN. */
    size_t (*decoded_size)(const zc_step_t *step, size_t n);
    /* Upper bound of the encoded size; ZC_SIZE_UNKNOWN when n is too large for the format. */
    size_t (*bound)(const zc_step_t *step, size_t n);
    zc_status_t (*encode)(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst, size_t cap,
                          size_t *written);
    /* Decodes everything. More than cap bytes of content: ZC_E_TOO_LONG. *written may be less than cap: the caller
     * knows what it expects. */
    zc_status_t (*decode)(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst, size_t cap,
                          size_t *written);
    /* Decodes at least the wanted bytes of a content of exactly `total` to their places at dst, which has room for
     * `total` bytes; other parts of it may be written. NULL: not worth it for this codec. */
    zc_status_t (*decode_range)(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                const zc_want_t *want, uint8_t *dst);
    /* decode_range of encoded bytes that lie in a file, of which only those that are fetched are read: src has room for
     * all n. When it fails, decode_range of all of them says why. NULL: all are needed. */
    zc_status_t (*decode_fetched)(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                  const zc_fetch_t *fetch, size_t total, const zc_want_t *want, uint8_t *dst);
    /* Verifies the encoded bytes and says where in src the decoded ones lie, for codecs whose content is a stretch of
     * their encoded form (crc32c): no copy. NULL: use decode. */
    zc_status_t (*decode_view)(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, const uint8_t **out,
                               size_t *out_n);
};

extern const zc_codec_ops_t zc_codec_zstd; /* p: level, checksum(0/1) */
extern const zc_codec_ops_t zc_codec_lz4;  /* p: acceleration; u32 LE size + raw block (numcodecs) */
extern const zc_codec_ops_t zc_codec_zlib; /* p: level */
extern const zc_codec_ops_t zc_codec_gzip; /* p: level; several members are read, MTIME 0 is written */
extern const zc_codec_ops_t
    zc_codec_blosc; /* p: cname (enum zc_blosc_cname), clevel, shuffle(0/1/2), typesize, blocksize */
extern const zc_codec_ops_t zc_codec_crc32c;  /* p: at_start(0/1); 4 bytes LE */
extern const zc_codec_ops_t zc_codec_shuffle; /* p: elementsize */
extern const zc_codec_ops_t zc_codec_delta;   /* p: type, swap_in(0/1), astype, swap_out(0/1) */
extern const zc_codec_ops_t zc_codec_swap;    /* p: width; reverses each component (byte order between typed steps) */
extern const zc_codec_ops_t zc_codec_crc32;   /* p: at_start(0/1); 4 bytes LE */
extern const zc_codec_ops_t zc_codec_adler32; /* p: at_start(0/1); 4 bytes LE */
extern const zc_codec_ops_t zc_codec_fletcher32; /* no p; HDF5's variant, 4 bytes LE at the end */
extern const zc_codec_ops_t zc_codec_bitround;   /* p: width(2/4/8), swap(0/1), keepbits */
extern const zc_codec_ops_t zc_codec_packbits;   /* no p */
/* p: type, swap_in(0/1), astype, swap_out(0/1), and: nothing; scale; scale, offset (bits of a float64) */
extern const zc_codec_ops_t zc_codec_astype;
extern const zc_codec_ops_t zc_codec_quantize;
extern const zc_codec_ops_t zc_codec_fixedscaleoffset;

/* Index in the wire format's compressor names; lz4hc is written as lz4. */
enum zc_blosc_cname {
    ZC_BLOSC_BLOSCLZ = 0,
    ZC_BLOSC_LZ4 = 1,
    ZC_BLOSC_LZ4HC = 2,
    ZC_BLOSC_ZLIB = 3,
    ZC_BLOSC_ZSTD = 4
};

/* Name of codec i, NULL past the last. */
const char *zc_codec_name(size_t i);

/* The codec of that name, or NULL. */
const zc_codec_ops_t *zc_codec_find(const char *name);

#endif

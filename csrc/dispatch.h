/* The one table of kernels. Filled once at module initialisation, read-only afterwards. */
#ifndef ZC_DISPATCH_H
#define ZC_DISPATCH_H

#include "compiler.h"

typedef enum zc_tier { ZC_TIER_SCALAR = 0, ZC_TIER_AVX2, ZC_TIER_NEON, ZC_TIER_COUNT } zc_tier_t;

/* Contracts of the functions are in kernels/<name>/<name>.h. */
typedef struct zc_kernels {
    void (*shuffle)(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);
    void (*unshuffle)(size_t itemsize, size_t nbytes, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);
    void (*bitshuffle)(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                       uint8_t *ZC_RESTRICT scratch);
    void (*bitunshuffle)(size_t itemsize, size_t nitems, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst,
                         uint8_t *ZC_RESTRICT scratch);
    void (*byteswap)(size_t width, size_t count, const uint8_t *src, uint8_t *dst);
    uint32_t (*crc32c)(uint32_t crc, const uint8_t *data, size_t nbytes);
    void (*fill)(uint8_t *dst, const uint8_t *pattern, size_t itemsize, size_t count);
    int (*all_equal)(const uint8_t *data, const uint8_t *pattern, size_t itemsize, size_t count);
    /* One row of a strided copy: count items, strides in bytes, components of `swap` bytes reversed (0: none). */
    void (*copy_row)(size_t itemsize, size_t swap, size_t count, const uint8_t *src, ptrdiff_t sstride, uint8_t *dst,
                     ptrdiff_t dstride);
    /* nrows x ncols items: src has its columns adjacent, dst its rows (a blocked transpose step of box_copy). */
    void (*copy_tile)(size_t itemsize, size_t swap, size_t nrows, size_t ncols, const uint8_t *src, ptrdiff_t srow,
                      uint8_t *dst, ptrdiff_t dcol);
    /* Delta of n items of C type `type` (zc_type_t, kernels/delta/delta.h), same type on both sides. */
    void (*delta_encode)(int type, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst);
    void (*delta_decode)(int type, size_t n, const void *src, void *dst);
    /* Whose kernels these are, for what has variants elsewhere (codecs/inflate.h). */
    zc_tier_t tier;
} zc_kernels_t;

/* The active table. Valid (scalar) even before zc_dispatch_init. */
extern zc_kernels_t zc_k;

typedef enum zc_dispatch_result {
    ZC_DISPATCH_OK = 0,
    ZC_DISPATCH_UNKNOWN,   /* no tier of that name exists */
    ZC_DISPATCH_NOT_BUILT, /* a tier of another architecture */
    ZC_DISPATCH_NO_CPU     /* built, but this CPU lacks the instructions */
} zc_dispatch_result_t;

/* Fills zc_k with the best tier, or with at most the tier called `name` (NULL or "": best). */
zc_dispatch_result_t zc_dispatch_init(const char *name);

/* Fills a caller's table with the kernels of one tier exactly as zc_dispatch_init(name) would: for tests and
 * benchmarks. */
zc_dispatch_result_t zc_dispatch_table(const char *name, zc_kernels_t *out);

/* Name of the tier now active, and of tier `i` (NULL past the end); whether this build and CPU run it. */
const char *zc_dispatch_active(void);
const char *zc_tier_name(int i);
zc_dispatch_result_t zc_tier_status(int i);

#endif

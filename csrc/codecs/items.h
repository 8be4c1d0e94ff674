/* What the filters on typed items share: a walk in small blocks, byte order, casts, sizes. */
#ifndef ZC_ITEMS_H
#define ZC_ITEMS_H

#include "../kernels/delta/delta.h"
#include "codec.h"

/* Items a block: what lies between the stages of a filter stays in the first cache. */
enum { ZC_ITEMS_BLOCK = 512 };

/* Parameters that fixedscaleoffset, quantize and astype begin with: decoded type, its swap, encoded type, its swap. */
enum { ZC_P_TYPE = 0, ZC_P_SWAP_IN, ZC_P_ASTYPE, ZC_P_SWAP_OUT, ZC_P_TYPED };

/* One block: n <= ZC_ITEMS_BLOCK items from src to dst, both in this machine's byte order, of any alignment and not
 * overlapping. */
typedef void zc_items_fn_t(const zc_step_t *step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);

/* Items in storage: their width in bytes, and whether they are in the other byte order. */
typedef struct zc_items {
    size_t width;
    int swap;
} zc_items_t;

/* `count` items through fn, block by block, with byte orders undone before and made after. */
void zc_items_run(const zc_step_t *step, zc_items_fn_t *fn, zc_items_t from, zc_items_t to, size_t count,
                  const uint8_t *src, uint8_t *dst);

/* numpy's astype(casting="unsafe") between types (zc_type_t), any but integers to F4. A float that an integer type
 * cannot hold is undefined in C and in numpy; here, on every processor, it becomes what numpy gives on x86-64:
 * the lowest int32 (to types of 1 and 2 bytes, cut), the lowest int32 or int64, for the unsigned types of 4 and 8
 * bytes 0 from 2^32 and 2^64 on. */
void zc_items_cast(int from, int to, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);

static inline int zc_type_is_float(int64_t type) { return type == ZC_TYPE_F4 || type == ZC_TYPE_F8; }

/* The float64 whose bits a parameter holds. */
static inline double zc_param_double(int64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The vtable functions of a filter with the parameters above; fn is its forward or its backward side. */
zc_status_t zc_typed_check(const zc_step_t *step);
size_t zc_typed_encoded_size(const zc_step_t *step, size_t n);
size_t zc_typed_decoded_size(const zc_step_t *step, size_t n);
zc_status_t zc_typed_encode(const zc_step_t *step, zc_ctx_t *ctx, zc_items_fn_t *fn, const uint8_t *src, size_t n,
                            uint8_t *dst, size_t cap, size_t *written);
zc_status_t zc_typed_decode(const zc_step_t *step, zc_ctx_t *ctx, zc_items_fn_t *fn, const uint8_t *src, size_t n,
                            uint8_t *dst, size_t cap, size_t *written);
zc_status_t zc_typed_decode_range(const zc_step_t *step, zc_ctx_t *ctx, zc_items_fn_t *fn, const uint8_t *src, size_t n,
                                  size_t total, const zc_want_t *want, uint8_t *dst);

#endif

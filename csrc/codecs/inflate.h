/* Decoding of DEFLATE (RFC 1951) from one whole buffer into another, a block at a time.
 *
 * There is no window: what matches refer to is the destination itself. Nothing is allocated, nothing read outside the
 * source and nothing written outside the destination; within the destination, bytes after the decoded ones may be
 * overwritten. */
#ifndef ZC_INFLATE_H
#define ZC_INFLATE_H

#include "../compiler.h"
#include "../status.h"
#include "inflate_tables.h"

typedef struct zc_inflate {
    const uint8_t *in, *in_end;
    uint8_t *start, *out, *out_end; /* matches reach back to `start` at most */
    uint64_t bits;                  /* taken from `in` and not used yet, the next one lowest */
    unsigned nbits;                 /* how many; above them `bits` is 0 between calls */
    int stop;                       /* to end quietly when the destination is full */
    int full;                       /* it did */
    int last;                       /* the last block is decoded; `in` is the byte after it */
    int use_wide;                   /* `wide` is filled and worth its use */
    size_t made;                    /* bytes of content in the last block, SIZE_MAX before the first */
    const char *words;              /* what was wrong */
    uint64_t wide[ZC_INF_WIDE_ENTRIES];
    uint32_t lit[ZC_INF_LIT_ENTRIES], dist[ZC_INF_DIST_ENTRIES];
} zc_inflate_t;

/* Prepares for a stream of at most n bytes at src, to at most cap bytes at dst. */
void zc_inflate_begin(zc_inflate_t *z, const uint8_t *src, size_t n, uint8_t *dst, size_t cap, int stop);

/* Decodes the next block; to be called until `last` or `full` is set. ZC_E_TRUNCATED, ZC_E_CORRUPT, or ZC_E_TOO_LONG
 * when the content does not fit and `stop` is not set; then `words` says more. */
zc_status_t zc_inflate_block(zc_inflate_t *z);

/* What a fast loop ended with: it came near an end of a buffer, or it has read the end of the block, or damage. */
enum { ZC_INF_NEAR_END, ZC_INF_BLOCK_END, ZC_INF_NO_SYMBOL, ZC_INF_NO_DISTANCE, ZC_INF_TOO_FAR };

/* How far a fast loop must be from the ends of source and destination when it begins a round: a round reads less than
 * 16 bytes, and writes at most four literals, two short matches and a long one with what a copy may write too much. */
enum { ZC_INF_IN_SLACK = 16, ZC_INF_OUT_SLACK = 352 };

/* Decode symbols as long as the source's end is not nearer than the slack and `out` not past out_far, which leaves as
 * much to the destination: by the tables of one symbol, or by `wide`, for which ZC_INF_WIDE_FAR bytes must be decoded
 * already. At the beginning, 8 bytes more than the slack must be left of the source. */
int zc_inflate_plain_scalar(zc_inflate_t *z, const uint8_t *out_far);
int zc_inflate_wide_scalar(zc_inflate_t *z, const uint8_t *out_far);
int zc_inflate_plain_avx2(zc_inflate_t *z, const uint8_t *out_far);
int zc_inflate_wide_avx2(zc_inflate_t *z, const uint8_t *out_far);

#endif

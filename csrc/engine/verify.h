/* Checks stored chunks: every byte is read, decoded and thrown away. The twin of batch.h that goes on after a failure
 * and says what is wrong with each chunk. */
#ifndef ZC_VERIFY_H
#define ZC_VERIFY_H

#include "batch.h"

/* Defects kept of one stored chunk; further ones are counted. */
enum { ZC_DEFECTS_KEPT = 16 };

typedef struct zc_defect {
    zc_status_t status;
    int err;           /* errno of ZC_E_IO */
    int inner;         /* of one inner chunk of a shard; the message begins with its coordinates */
    const char *codec; /* name of the codec that noticed, or "" */
    char message[160];
} zc_defect_t;

typedef struct zc_verdict {
    int found;        /* 0: no such chunk */
    size_t stored;    /* its bytes */
    uint64_t decoded; /* bytes that it, or its inner chunks, decoded to */
    uint64_t chunks;  /* what decoded: 1, or the inner chunks that a shard has */
    size_t ndefects, nkept;
    zc_defect_t *defects; /* nkept of them; freed by the caller */
} zc_verdict_t;

/* Checks the chunks at `coords` (n times ndim grid coordinates, all inside the grid that the selection's axes have).
 * batch: plan, sel (ndim, njobs = n, and of each axis chunk, bounds), keys, threads, and root or `stored`, one for
 * each chunk. Defects of chunks are no failure of the call; ZC_E_IO (the directory) and ZC_E_NOMEM are. */
zc_status_t zc_verify(zc_batch_t *batch, const int64_t *coords, zc_verdict_t *verdicts);

typedef enum zc_mended { ZC_MEND_NOTHING = 0, ZC_MEND_REMOVED, ZC_MEND_REWRITTEN } zc_mended_t;

/* Checks one chunk again, under its lock, and when it is damaged removes it; of a shard whose index is whole only the
 * damaged inner chunks. What cannot be read, or not understood, is left alone. With chunks as buffers made[0] is what
 * to store (malloc'ed) after ZC_MEND_REWRITTEN. */
zc_status_t zc_mend(zc_batch_t *batch, const int64_t *coords, zc_mended_t *mended);

#endif

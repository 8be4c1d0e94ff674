/* Writes of boxes of which some items are left as they are (zc_batch_t.mask). */
#ifndef ZC_MASKED_H
#define ZC_MASKED_H

#include "chunk.h"

/* Whether the job has anything to write. One that does not write all of its items is made one that merges. Always 1
 * without a mask. */
int zc_masked_job(const zc_level_t *level, zc_job_t *job);

/* zc_place_write of the items whose mask is set. */
void zc_masked_write(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, uint8_t *first);

#endif

/* Reads that say which items no chunk holds (zc_batch_t.absent). */
#ifndef ZC_ABSENT_H
#define ZC_ABSENT_H

#include "chunk.h"

/* Marks the job's items: their chunk is missing. Nothing without zc_batch_t.absent. */
void zc_absent_mark(const zc_level_t *level, const zc_job_t *job);

#endif

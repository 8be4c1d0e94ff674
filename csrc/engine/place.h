/* Copies the items of a job between a decoded chunk and the caller's memory. */
#ifndef ZC_PLACE_H
#define ZC_PLACE_H

#include "chunk.h"

/* True when the caller's memory, where the job is, lies exactly as the whole stored chunk does. */
int zc_place_same(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job);

/* Storage bytes that the job needs: everything from its first item to its last. */
void zc_place_range(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, size_t *lo, size_t *hi);

/* `first` is byte `lo` of the stored chunk. */
void zc_place_read(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, const uint8_t *first);
void zc_place_write(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, uint8_t *first);

/* The fill value to the job's items in the caller's memory. */
void zc_place_fill(const zc_level_t *level, const zc_job_t *job);

#endif

/* Copies the items of a job between a decoded chunk and the caller's memory. */
#ifndef ZC_PLACE_H
#define ZC_PLACE_H

#include "chunk.h"

/* True when the caller's memory, where the job is, lies exactly as the whole stored chunk does. */
int zc_place_same(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job);

/* Storage bytes that the job needs: everything from its first item to its last. */
void zc_place_range(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, size_t *lo, size_t *hi);

/* Bytes from the job's first item to the point of that number, in the stored chunk. */
static inline size_t zc_place_point(const zc_layout_t *lay, const zc_job_t *job, int ndim, size_t id) {
    size_t offset = 0;
    for (int i = 0; i < ndim; i++)
        offset += ((size_t)job->points->coords[i][id] - job->origin[i] - job->start[i]) * (size_t)lay->stride[i];
    return offset;
}

/* `first` is byte `lo` of the stored chunk. */
void zc_place_read(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, const uint8_t *first);
void zc_place_write(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, uint8_t *first);

/* The fill value to the job's items in the caller's memory. */
void zc_place_fill(const zc_level_t *level, const zc_job_t *job);

#endif

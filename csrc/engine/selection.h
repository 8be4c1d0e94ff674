/* A selection on a chunk grid, cut into one job per touched chunk.
 *
 * Along each axis a selection is start + k * step, k < count. The axis is cut into segments, one per touched chunk;
 * a job is one segment of every axis, numbered in C order. Nothing is stored per job. */
#ifndef ZC_SELECTION_H
#define ZC_SELECTION_H

#include "plan.h"

typedef struct zc_axis {
    size_t length;             /* edge of the array */
    size_t chunk;              /* edge of a chunk, > 0 */
    size_t start, step, count; /* step > 0; every selected index < length */
    ptrdiff_t stride;          /* bytes between consecutive selected items in the caller's memory; 0: broadcast */
    size_t nseg;               /* set by zc_selection_init */
} zc_axis_t;

typedef struct zc_selection {
    int ndim;
    zc_axis_t axis[ZC_MAX_NDIM];
    size_t njobs;
} zc_selection_t;

/* One axis of one job. */
typedef struct zc_seg {
    size_t chunk;              /* chunk index */
    size_t edge;               /* stored length of the chunk */
    size_t valid;              /* part of it inside the array */
    size_t start, step, count; /* selected, relative to the chunk */
    size_t out;                /* first selected item, counted in the selection */
} zc_seg_t;

typedef struct zc_job {
    size_t coords[ZC_MAX_NDIM], edges[ZC_MAX_NDIM];
    size_t start[ZC_MAX_NDIM], step[ZC_MAX_NDIM], count[ZC_MAX_NDIM];
    ptrdiff_t offset; /* of the job's first item in the caller's memory, bytes */
    int whole;        /* the box is the whole stored chunk */
    int covers;       /* the box has every item of the chunk that lies in the array */
} zc_job_t;

/* Counts segments and jobs. ZC_E_PARAM: more jobs than can be counted. */
zc_status_t zc_selection_init(zc_selection_t *sel);
void zc_selection_job(const zc_selection_t *sel, size_t index, zc_job_t *job);

#endif

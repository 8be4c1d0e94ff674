/* A selection on a chunk grid, cut into one job per touched chunk.
 *
 * Along each axis a selection is start + k * step for k < count, or a list of indices. The axis is cut into segments,
 * one per touched chunk; a job is one segment of every axis, numbered in C order. Slices of regular grids store
 * nothing per segment; lists and irregular grids keep one entry per touched chunk.
 *
 * A selection may also be a set of points, each with a coordinate on every axis (numpy's coordinate indexing): they
 * are sorted by chunk, and a job is the points of one chunk. */
#ifndef ZC_SELECTION_H
#define ZC_SELECTION_H

#include "plan.h"

/* One axis of one job. */
typedef struct zc_seg {
    size_t chunk;              /* chunk index */
    size_t origin;             /* first index of the chunk */
    size_t edge;               /* stored length of the chunk */
    size_t valid;              /* part of it inside the array */
    size_t start, step, count; /* selected, relative to the chunk; of a list: first, 1, length */
    size_t out;                /* first selected item, counted in the selection */
    int covers;                /* every valid index of the chunk is selected */
} zc_seg_t;

typedef struct zc_axis {
    size_t length;        /* edge of the array */
    size_t chunk;         /* edge of a chunk, > 0 (regular grids) */
    const size_t *bounds; /* irregular grids: first index of each chunk, then the end; nbounds >= 1 entries */
    size_t nbounds;
    size_t start, step, count; /* step > 0; every selected index < length */
    const int64_t *indices;    /* a list of `count` ascending numbers, or NULL; the index is number - base */
    size_t base;
    const int64_t *positions; /* their places in the caller's memory; NULL: 0, 1, 2 ... */
    ptrdiff_t stride;         /* bytes between consecutive items in the caller's memory; 0: broadcast */
    size_t nseg;              /* set by zc_selection_init */
    zc_seg_t *segs;
} zc_axis_t;

typedef struct zc_points {
    const int64_t *coords[ZC_MAX_NDIM]; /* by axis; a point's index is its coordinate - base of the axis */
    ptrdiff_t stride;                   /* bytes between consecutive points in the caller's memory */
} zc_points_t;

typedef struct zc_selection {
    int ndim;
    zc_axis_t axis[ZC_MAX_NDIM]; /* with points: length, chunk, bounds and base only */
    size_t njobs;
    const zc_points_t *points; /* or NULL */
    const size_t *given;       /* numbers of the points to take; NULL: the first npoints */
    size_t npoints;
    size_t *ids, *starts; /* set by zc_selection_init: points sorted by chunk, and where each job's begin */
} zc_selection_t;

typedef struct zc_job {
    size_t coords[ZC_MAX_NDIM], edges[ZC_MAX_NDIM];
    size_t valid[ZC_MAX_NDIM]; /* part of each edge that lies in the array */
    size_t start[ZC_MAX_NDIM], step[ZC_MAX_NDIM], count[ZC_MAX_NDIM];
    size_t last[ZC_MAX_NDIM];            /* last selected index */
    const int64_t *indices[ZC_MAX_NDIM]; /* list of this job, relative to origin, or NULL */
    const int64_t *positions[ZC_MAX_NDIM];
    size_t origin[ZC_MAX_NDIM]; /* what to take from a listed number to get an index in the chunk */
    ptrdiff_t offset; /* of the job's first item in the caller's memory, bytes; axes with positions count as 0 */
    const zc_points_t *points; /* or NULL */
    const size_t *ids;         /* numbers of this job's points, ascending */
    size_t nids;
    int listed; /* some axis has a list, or points */
    int whole;  /* the box is the whole stored chunk */
    int covers; /* the box has every item of the chunk that lies in the array */
} zc_job_t;

/* Counts segments and jobs. ZC_E_PARAM: more jobs than can be counted; ZC_E_NOMEM. To be freed unless it failed. */
zc_status_t zc_selection_init(zc_selection_t *sel);
void zc_selection_free(zc_selection_t *sel);
void zc_selection_job(const zc_selection_t *sel, size_t index, zc_job_t *job);

/* Whether every job of it covers its chunk, without a look at each. */
int zc_selection_covers(const zc_selection_t *sel);

#endif

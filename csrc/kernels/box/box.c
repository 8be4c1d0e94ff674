/* The plan of a box copy: fewer and longer axes, then rows, tiles or blocks of rows. */
#include "box.h"

#include "../../dispatch.h"

/* Runs that are adjacent on both sides are made part of the item up to this many bytes: a call of memcpy each
 * would cost more than the copy. */
#define ZC_BOX_FOLD 128

typedef struct zc_axis {
    size_t n;
    ptrdiff_t s, d; /* strides of source and destination, bytes */
} zc_box_axis_t;

typedef struct zc_box {
    zc_box_axis_t axis[ZC_BOX_MAX_NDIM]; /* outermost first */
    size_t naxes;
    const uint8_t *src;
    uint8_t *dst;
    size_t itemsize, swap;
} zc_box_t;

static inline size_t zc_magnitude(ptrdiff_t x) { return x < 0 ? (size_t)0 - (size_t)x : (size_t)x; }

/* Fills in the axes: none of length 1, destination strides positive, in the order of the destination's memory.
 * 0 when the box is empty. */
static int zc_box_axes(zc_box_t *box, size_t ndim, const size_t *shape, const ptrdiff_t *sstride,
                       const ptrdiff_t *dstride) {
    size_t naxes = 0;
    for (size_t i = 0; i < ndim; i++) {
        if (shape[i] == 0) return 0;
        if (shape[i] == 1) continue;
        zc_box_axis_t a = {shape[i], sstride[i], dstride[i]};
        if (a.d < 0) {
            box->src += (ptrdiff_t)(a.n - 1) * a.s;
            box->dst += (ptrdiff_t)(a.n - 1) * a.d;
            a.s = -a.s;
            a.d = -a.d;
        }
        size_t at = naxes++;
        for (; at > 0 && box->axis[at - 1].d < a.d; at--) box->axis[at] = box->axis[at - 1];
        box->axis[at] = a;
    }
    box->naxes = naxes;
    return 1;
}

/* Joins neighbours that are one longer axis on both sides, then takes a short innermost run into the item. */
static void zc_box_merge(zc_box_t *box) {
    size_t out = 0;
    for (size_t i = 0; i < box->naxes; i++) {
        const zc_box_axis_t a = box->axis[i];
        zc_box_axis_t *outer = out ? &box->axis[out - 1] : NULL;
        if (outer && outer->s == a.s * (ptrdiff_t)a.n && outer->d == a.d * (ptrdiff_t)a.n) {
            outer->n *= a.n;
            outer->s = a.s;
            outer->d = a.d;
        } else {
            box->axis[out++] = a;
        }
    }
    if (out > 1) {
        const zc_box_axis_t *inner = &box->axis[out - 1];
        const ptrdiff_t item = (ptrdiff_t)box->itemsize;
        if (inner->s == item && inner->d == item && inner->n <= ZC_BOX_FOLD / box->itemsize) {
            box->itemsize *= inner->n;
            out--;
        }
    }
    box->naxes = out;
}

/* One row along the innermost axis. */
static void zc_box_row(const zc_box_t *box, const zc_box_axis_t *a, const uint8_t *src, uint8_t *dst) {
    const ptrdiff_t item = (ptrdiff_t)box->itemsize;
    if (a->d != item || (a->s != item && (a->s != 0 || box->swap != 0)))
        zc_k.copy_row(box->itemsize, box->swap, a->n, src, a->s, dst, a->d);
    else if (a->s == 0)
        zc_k.fill(dst, src, box->itemsize, a->n);
    else if (box->swap)
        zc_k.byteswap(box->swap, a->n * (box->itemsize / box->swap), src, dst);
    else
        memcpy(dst, src, a->n * box->itemsize);
}

/* The plane of two axes whose order differs between the sides, in blocks that stay in the cache: x has the smaller
 * destination stride, y the smaller source stride. */
static void zc_box_plane(const zc_box_t *box, const zc_box_axis_t *x, const zc_box_axis_t *y, const uint8_t *src,
                         uint8_t *dst) {
    const ptrdiff_t item = (ptrdiff_t)box->itemsize;
    const int tiles = x->d == item && y->s == item;
    const size_t edge = item <= 4 ? 64 : item <= 8 ? 32 : 16;
    for (size_t r = 0; r < x->n; r += edge) {
        const size_t nr = x->n - r < edge ? x->n - r : edge;
        for (size_t c = 0; c < y->n; c += edge) {
            const size_t nc = y->n - c < edge ? y->n - c : edge;
            const uint8_t *s = src + (ptrdiff_t)r * x->s + (ptrdiff_t)c * y->s;
            uint8_t *d = dst + (ptrdiff_t)r * x->d + (ptrdiff_t)c * y->d;
            if (tiles) {
                zc_k.copy_tile(box->itemsize, box->swap, nr, nc, s, x->s, d, y->d);
                continue;
            }
            for (size_t i = 0; i < nc; i++)
                zc_k.copy_row(box->itemsize, box->swap, nr, s + (ptrdiff_t)i * y->s, x->s, d + (ptrdiff_t)i * y->d,
                              x->d);
        }
    }
}

/* The axis to pair with the innermost one in blocks: the one along which the source is densest, when that is not
 * the innermost; else naxes. */
static size_t zc_box_partner(const zc_box_t *box) {
    const size_t inner = box->naxes - 1;
    size_t best = box->naxes, smallest = zc_magnitude(box->axis[inner].s);
    for (size_t i = 0; i < inner; i++)
        if (box->axis[i].s != 0 && zc_magnitude(box->axis[i].s) < smallest) {
            smallest = zc_magnitude(box->axis[i].s);
            best = i;
        }
    return best;
}

void zc_box_copy(size_t ndim, const size_t *shape, const uint8_t *src, const ptrdiff_t *sstride, uint8_t *dst,
                 const ptrdiff_t *dstride, size_t itemsize, size_t swap) {
    zc_box_t box;
    box.src = src;
    box.dst = dst;
    box.itemsize = itemsize;
    box.swap = swap;
    if (!zc_box_axes(&box, ndim, shape, sstride, dstride)) return;
    zc_box_merge(&box);
    if (box.naxes == 0) {
        zc_k.copy_row(box.itemsize, box.swap, 1, box.src, 0, box.dst, 0);
        return;
    }
    const size_t partner = zc_box_partner(&box);
    const zc_box_axis_t x = box.axis[--box.naxes];
    zc_box_axis_t y = {0, 0, 0};
    if (partner < box.naxes + 1) {
        y = box.axis[partner];
        box.naxes--;
        for (size_t i = partner; i < box.naxes; i++) box.axis[i] = box.axis[i + 1];
    }
    size_t at[ZC_BOX_MAX_NDIM] = {0};
    for (;;) {
        if (y.n)
            zc_box_plane(&box, &x, &y, box.src, box.dst);
        else
            zc_box_row(&box, &x, box.src, box.dst);
        size_t i = box.naxes;
        for (; i > 0; i--) { /* the next place of the outer axes, last axis fastest */
            const zc_box_axis_t *a = &box.axis[i - 1];
            if (++at[i - 1] < a->n) {
                box.src += a->s;
                box.dst += a->d;
                break;
            }
            at[i - 1] = 0;
            box.src -= (ptrdiff_t)(a->n - 1) * a->s;
            box.dst -= (ptrdiff_t)(a->n - 1) * a->d;
        }
        if (i == 0) return;
    }
}

void zc_box_fill(size_t ndim, const size_t *shape, uint8_t *dst, const ptrdiff_t *dstride, const uint8_t *pattern,
                 size_t itemsize) {
    static const ptrdiff_t still[ZC_BOX_MAX_NDIM] = {0};
    zc_box_copy(ndim, shape, pattern, still, dst, dstride, itemsize, 0);
}

#include "check_tiers.h"
#include "kernels/box/box.h"

static void item(size_t itemsize, size_t swap, const uint8_t *src, uint8_t *dst) {
    for (size_t i = 0; i < itemsize; i++) dst[i] = swap ? src[i / swap * swap + (swap - 1 - i % swap)] : src[i];
}

/* A width of components that fits the itemsize. */
static size_t random_swap(size_t itemsize) {
    const size_t swap = (size_t)1 << check_below(5);
    return swap > 1 && itemsize % swap == 0 ? swap : 0;
}

static void test_copy_row(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    (void)scalar;
    for (size_t itemsize = 1; itemsize <= 40; itemsize++)
        for (int round = 0; round < 20; round++) {
            const size_t count = check_below(50), swap = random_swap(itemsize), sgap = check_below(3) * itemsize;
            const size_t dgap = itemsize * (1 + check_below(3)), n = count ? (count - 1) * sgap + itemsize : itemsize;
            const size_t dn = count ? (count - 1) * dgap + itemsize : 0;
            check_block_t src = check_block(n, check_below(17)), got = check_block(dn, check_below(17));
            check_block_t want = check_block(dn, 0);
            memcpy(want.data, got.data, dn);
            const int back = (int)check_below(2); /* a negative stride: from the last item */
            const ptrdiff_t sstride = back ? -(ptrdiff_t)sgap : (ptrdiff_t)sgap;
            const uint8_t *start = src.data + (back && count ? (count - 1) * sgap : 0);
            for (size_t i = 0; i < count; i++)
                item(itemsize, swap, start + (ptrdiff_t)i * sstride, want.data + i * dgap);
            k->copy_row(itemsize, swap, count, start, sstride, got.data, (ptrdiff_t)dgap);
            CHECK(memcmp(want.data, got.data, dn) == 0, "%s: %zu items of %zu, swap %zu", tier, count, itemsize, swap);
            check_free(src), check_free(got), check_free(want);
        }
}

static void test_copy_tile(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    (void)scalar;
    for (size_t itemsize = 1; itemsize <= 40; itemsize++)
        for (int round = 0; round < 12; round++) {
            const size_t nr = 1 + check_below(70), nc = 1 + check_below(70), swap = random_swap(itemsize);
            const size_t srow = nc * itemsize + check_below(9), dcol = nr * itemsize + check_below(9);
            check_block_t src = check_block((nr - 1) * srow + nc * itemsize, check_below(17));
            check_block_t got = check_block((nc - 1) * dcol + nr * itemsize, check_below(17));
            check_block_t want = check_block(got.n, 0);
            memcpy(want.data, got.data, got.n);
            for (size_t r = 0; r < nr; r++)
                for (size_t c = 0; c < nc; c++)
                    item(itemsize, swap, src.data + r * srow + c * itemsize, want.data + c * dcol + r * itemsize);
            k->copy_tile(itemsize, swap, nr, nc, src.data, (ptrdiff_t)srow, got.data, (ptrdiff_t)dcol);
            CHECK(memcmp(want.data, got.data, got.n) == 0, "%s: %zu x %zu items of %zu, swap %zu", tier, nr, nc,
                  itemsize, swap);
            check_free(src), check_free(got), check_free(want);
        }
}

/* Random strides for a box: axes in a random order, gaps, directions. The bytes needed; *first is item 0's place. */
static size_t layout(size_t ndim, const size_t *shape, size_t itemsize, int broadcast, ptrdiff_t *strides,
                     size_t *first) {
    size_t order[8], step = itemsize, at = 0;
    for (size_t i = 0; i < ndim; i++) order[i] = i;
    for (size_t i = ndim; i > 1 && check_below(4); i--) {
        const size_t j = check_below(i), keep = order[i - 1];
        order[i - 1] = order[j];
        order[j] = keep;
    }
    size_t bytes = itemsize;
    for (size_t i = ndim; i-- > 0;) {
        const size_t axis = order[i];
        if (!check_below(4)) step += check_below(2) * itemsize + check_below(2);
        if (broadcast && !check_below(4)) {
            strides[axis] = 0;
            continue;
        }
        strides[axis] = (ptrdiff_t)step;
        const size_t span = shape[axis] ? (shape[axis] - 1) * step : 0;
        bytes += span;
        if (!check_below(3)) {
            strides[axis] = -(ptrdiff_t)step;
            at += span;
        }
        step *= shape[axis] ? shape[axis] : 1;
    }
    *first = at;
    return bytes;
}

static void naive(size_t ndim, const size_t *shape, const uint8_t *src, const ptrdiff_t *ss, uint8_t *dst,
                  const ptrdiff_t *ds, size_t itemsize, size_t swap) {
    if (ndim == 0) {
        item(itemsize, swap, src, dst);
        return;
    }
    for (size_t i = 0; i < shape[0]; i++)
        naive(ndim - 1, shape + 1, src + (ptrdiff_t)i * ss[0], ss + 1, dst + (ptrdiff_t)i * ds[0], ds + 1, itemsize,
              swap);
}

static void test_box(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k) {
    (void)scalar, (void)k;
    CHECK(zc_dispatch_init(tier) == ZC_DISPATCH_OK, "%s", tier);
    for (int round = 0; round < 4000; round++) {
        const size_t ndim = check_below(7), big = ndim < 3 ? 90 : ndim < 4 ? 20 : 6;
        const size_t itemsize = check_below(2) ? (size_t)1 << check_below(5) : 1 + check_below(40);
        const size_t swap = check_below(2) ? random_swap(itemsize) : 0;
        size_t shape[8], sfirst, dfirst;
        ptrdiff_t ss[8], ds[8];
        for (size_t i = 0; i < ndim; i++) shape[i] = check_below(40) ? 1 + check_below(big) : 0;
        const size_t sn = layout(ndim, shape, itemsize, !check_below(4), ss, &sfirst);
        const size_t dn = layout(ndim, shape, itemsize, 0, ds, &dfirst);
        check_block_t src = check_block(sn, check_below(17)), got = check_block(dn, check_below(17));
        check_block_t want = check_block(dn, 0);
        memcpy(want.data, got.data, dn);
        naive(ndim, shape, src.data + sfirst, ss, want.data + dfirst, ds, itemsize, swap);
        zc_box_copy(ndim, shape, src.data + sfirst, ss, got.data + dfirst, ds, itemsize, swap);
        CHECK(memcmp(want.data, got.data, dn) == 0, "%s: copy in %zu axes, items of %zu, swap %zu", tier, ndim,
              itemsize, swap);
        ptrdiff_t still[8] = {0};
        naive(ndim, shape, src.data + sfirst, still, want.data + dfirst, ds, itemsize, 0);
        zc_box_fill(ndim, shape, got.data + dfirst, ds, src.data + sfirst, itemsize);
        CHECK(memcmp(want.data, got.data, dn) == 0, "%s: fill in %zu axes, items of %zu", tier, ndim, itemsize);
        check_free(src), check_free(got), check_free(want);
    }
}

/* As many axes as there can be: two of length 2, the rest of length 1, then a few more of length 2. */
static void test_box_many_axes(void) {
    size_t shape[ZC_BOX_MAX_NDIM];
    ptrdiff_t ss[ZC_BOX_MAX_NDIM], ds[ZC_BOX_MAX_NDIM];
    uint8_t src[1 << 16], got[1 << 16], want[1 << 16];
    ptrdiff_t step = 1;
    for (size_t i = 0; i < sizeof src; i++) src[i] = (uint8_t)check_random();
    for (size_t i = 0; i < ZC_BOX_MAX_NDIM; i++) {
        shape[i] = i % 4 == 1 ? 2 : 1;
        ss[i] = step;
        step *= (ptrdiff_t)shape[i];
    }
    for (size_t i = 0; i < ZC_BOX_MAX_NDIM; i++) ds[i] = shape[i] == 2 ? (1 << 15) / ss[i] : 7;
    naive(ZC_BOX_MAX_NDIM, shape, src, ss, want, ds, 1, 0);
    zc_box_copy(ZC_BOX_MAX_NDIM, shape, src, ss, got, ds, 1, 0);
    CHECK(memcmp(want, got, sizeof got) == 0, "64 axes");
    zc_box_copy(0, NULL, src, NULL, got, NULL, 1, 0);
    CHECK(got[0] == src[0], "no axis");
}

int main(void) {
    check_tiers(test_copy_row);
    check_tiers(test_copy_tile);
    check_tiers(test_box);
    test_box_many_axes();
    return check_report();
}

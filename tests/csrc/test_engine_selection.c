/* Selections cut by chunk grids, chunk keys and chunk layouts. */
#include "check.h"
#include "dispatch.h"
#include "engine/keys.h"

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* One axis of random size against a walk over every selected index. */
static void brute_axis(void) {
    zc_selection_t sel = {.ndim = 1};
    zc_axis_t *ax = &sel.axis[0];
    ax->length = 1 + check_below(60);
    ax->chunk = 1 + check_below(check_below(2) ? 8 : 70);
    ax->start = check_below(ax->length);
    ax->step = 1 + check_below(check_below(3) ? 5 : 90);
    size_t most = (ax->length - 1 - ax->start) / ax->step + 1;
    ax->count = check_below(most + 1);
    ax->stride = 8;
    CHECK(zc_selection_init(&sel) == ZC_OK, "init");

    size_t job = 0;
    int covers = 1;
    for (size_t k = 0; k < ax->count;) {
        size_t index = ax->start + k * ax->step, chunk = index / ax->chunk, n = 0;
        size_t valid = least(ax->chunk, ax->length - chunk * ax->chunk);
        while (k + n < ax->count && (ax->start + (k + n) * ax->step) / ax->chunk == chunk) n++;
        zc_job_t j;
        CHECK(job < sel.njobs, "job %zu of %zu", job, sel.njobs);
        zc_selection_job(&sel, job, &j);
        CHECK(j.coords[0] == chunk && j.start[0] == index - chunk * ax->chunk && j.count[0] == n,
              "length %zu chunk %zu start %zu step %zu count %zu, job %zu: chunk %zu start %zu count %zu", ax->length,
              ax->chunk, ax->start, ax->step, ax->count, job, j.coords[0], j.start[0], j.count[0]);
        CHECK(j.step[0] == (n > 1 ? ax->step : 1) && j.edges[0] == ax->chunk, "step or edge");
        CHECK(j.offset == (ptrdiff_t)(8 * k), "offset %td of item %zu", j.offset, k);
        CHECK(j.covers == (n == valid) && j.whole == (n == ax->chunk), "covers %d whole %d", j.covers, j.whole);
        k += n;
        job++;
        covers &= j.covers;
    }
    CHECK(zc_selection_covers(&sel) == covers, "length %zu chunk %zu start %zu step %zu count %zu: covers %d",
          ax->length, ax->chunk, ax->start, ax->step, ax->count, covers);
    CHECK(job == sel.njobs, "%zu jobs, counted %zu", job, sel.njobs);
}

/* In several dimensions: every item of the selection belongs to exactly one job, jobs are in C order of the chunks. */
static void brute_box(void) {
    enum { NDIM = 3, MOST = 12 };
    static uint8_t seen[MOST * MOST * MOST];
    zc_selection_t sel = {.ndim = NDIM};
    size_t total = 1;
    ptrdiff_t stride = 1;
    for (int i = NDIM - 1; i >= 0; i--) {
        zc_axis_t *ax = &sel.axis[i];
        ax->length = 1 + check_below(MOST);
        ax->chunk = 1 + check_below(MOST);
        ax->start = check_below(ax->length);
        ax->step = 1 + check_below(4);
        ax->count = 1 + check_below((ax->length - 1 - ax->start) / ax->step + 1);
        ax->stride = stride;
        stride *= (ptrdiff_t)ax->count;
        total *= ax->count;
    }
    CHECK(zc_selection_init(&sel) == ZC_OK, "init");
    memset(seen, 0, sizeof seen);
    size_t found = 0, before = 0;
    int covers = 1;
    for (size_t index = 0; index < sel.njobs; index++) {
        zc_job_t j;
        zc_selection_job(&sel, index, &j);
        covers &= j.covers;
        size_t place = (j.coords[0] * MOST + j.coords[1]) * MOST + j.coords[2] + 1;
        CHECK(place > before, "job %zu comes before its predecessor", index);
        before = place;
        for (size_t a = 0; a < j.count[0]; a++)
            for (size_t b = 0; b < j.count[1]; b++)
                for (size_t c = 0; c < j.count[2]; c++) {
                    size_t k[NDIM] = {a, b, c}, at = (size_t)j.offset;
                    for (int i = 0; i < NDIM; i++) {
                        size_t out = (size_t)j.offset / (size_t)sel.axis[i].stride % sel.axis[i].count + k[i];
                        size_t index_here = j.coords[i] * j.edges[i] + j.start[i] + k[i] * j.step[i];
                        CHECK(index_here == sel.axis[i].start + out * sel.axis[i].step, "axis %d", i);
                        at += k[i] * (size_t)sel.axis[i].stride;
                    }
                    CHECK(at < total && !seen[at]++, "item %zu of %zu twice", at, total);
                    found++;
                }
    }
    CHECK(found == total, "%zu items of %zu", found, total);
    CHECK(zc_selection_covers(&sel) == covers, "covers: %d", covers);
}

/* Arrays far larger than memory: nothing is made per job, nothing overflows. */
static void huge(void) {
    const size_t top = SIZE_MAX;
    zc_job_t j;
    zc_selection_t sel = {.ndim = 1};
    sel.axis[0] = (zc_axis_t){.length = top, .chunk = 1, .start = 0, .step = 1, .count = top, .stride = 1};
    CHECK(zc_selection_init(&sel) == ZC_OK && sel.njobs == top, "%zu jobs", sel.njobs);
    CHECK(zc_selection_covers(&sel), "all chunks"); /* without a look at each */
    zc_selection_job(&sel, top - 1, &j);
    CHECK(j.coords[0] == top - 1 && j.count[0] == 1 && j.whole && j.covers, "last item");

    sel.axis[0] = (zc_axis_t){.length = top, .chunk = 1000, .start = top - 5, .step = 1, .count = 5, .stride = 1};
    CHECK(zc_selection_init(&sel) == ZC_OK && sel.njobs == 1, "%zu jobs", sel.njobs);
    zc_selection_job(&sel, 0, &j);
    CHECK(j.coords[0] == top / 1000 && j.count[0] == 5 && !j.whole, "end: %zu", j.count[0]);

    /* Steps and chunks near the largest number. */
    const size_t steps[] = {1, 2, top / 2, top / 2 + 1, top - 1, top};
    for (size_t s = 0; s < 6; s++)
        for (size_t c = 0; c < 6; c++) {
            sel.axis[0] =
                (zc_axis_t){.length = top, .chunk = steps[c], .start = 3, .step = steps[s], .count = 1, .stride = 1};
            CHECK(zc_selection_init(&sel) == ZC_OK && sel.njobs == 1, "jobs");
            zc_selection_job(&sel, 0, &j);
            CHECK(j.count[0] == 1 && j.coords[0] == 3 / steps[c] && j.start[0] == 3 % steps[c],
                  "step %zu chunk %zu: count %zu", steps[s], steps[c], j.count[0]);
        }
    sel.axis[0] = (zc_axis_t){.length = top, .chunk = top / 2, .start = 1, .step = top / 2, .count = 2, .stride = 1};
    CHECK(zc_selection_init(&sel) == ZC_OK && sel.njobs == 2, "%zu jobs", sel.njobs);
    zc_selection_job(&sel, 1, &j);
    CHECK(j.coords[0] == 1 && j.start[0] == 1 && j.count[0] == 1, "second: %zu %zu", j.start[0], j.count[0]);

    /* More jobs than can be counted. */
    sel.ndim = 2;
    sel.axis[0] = sel.axis[1] =
        (zc_axis_t){.length = top / 2, .chunk = 1, .start = 0, .step = 1, .count = top / 2, .stride = 1};
    CHECK(zc_selection_init(&sel) == ZC_E_PARAM, "2^126 jobs");
    sel.axis[1].count = 0;
    CHECK(zc_selection_init(&sel) == ZC_OK && sel.njobs == 0, "an empty axis");
    sel.ndim = 0;
    CHECK(zc_selection_init(&sel) == ZC_OK && sel.njobs == 1, "no axes");
    zc_selection_job(&sel, 0, &j);
    CHECK(j.whole && j.covers && j.offset == 0, "no axes");
}

static void keys(void) {
    char out[ZC_KEY_MAX];
    size_t coords[ZC_MAX_NDIM] = {0, 10, 999};
    const struct {
        zc_keys_t keys;
        int ndim;
        const char *text;
    } cases[] = {
        {{1, '/'}, 0, "c"},        {{1, '.'}, 0, "c"},        {{0, '.'}, 0, "0"},          {{0, '/'}, 0, "0"},
        {{1, '/'}, 1, "c/0"},      {{0, '.'}, 1, "0"},        {{1, '/'}, 3, "c/0/10/999"}, {{1, '.'}, 3, "c.0.10.999"},
        {{0, '.'}, 3, "0.10.999"}, {{0, '/'}, 3, "0/10/999"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = zc_key_format(&cases[i].keys, cases[i].ndim, coords, out);
        CHECK(n == strlen(cases[i].text) && strcmp(out, cases[i].text) == 0, "%s, not %s", out, cases[i].text);
    }
    /* The longest key fits its buffer to the byte. */
    for (int i = 0; i < ZC_MAX_NDIM; i++) coords[i] = SIZE_MAX;
    char *exact = malloc(ZC_KEY_MAX);
    size_t n = zc_key_format(&cases[0].keys, ZC_MAX_NDIM, coords, exact);
    CHECK(n == ZC_KEY_MAX - 1 && exact[n] == 0, "%zu characters", n);
    CHECK(memcmp(exact + n - 21, "/18446744073709551615", 21) == 0, "%s", exact + n - 21);
    free(exact);
}

static void layouts(void) {
    zc_plan_t plan = {.ndim = 3, .itemsize = 4, .order = {2, 0, 1}};
    zc_layout_t lay;
    uint8_t fill[16] = {1, 2, 3, 4};
    int bad;
    CHECK(zc_plan_init(&plan, fill, &bad) == ZC_OK, "init");
    size_t edges[ZC_MAX_NDIM] = {5, 7, 11};
    CHECK(zc_plan_layout(&plan, edges, &lay) == ZC_OK, "layout");
    CHECK(lay.stride[1] == 4 && lay.stride[0] == 28 && lay.stride[2] == 140 && lay.nbytes == 1540 && lay.nitems == 385,
          "strides %td %td %td", lay.stride[0], lay.stride[1], lay.stride[2]);
    const size_t many[] = {SIZE_MAX, SIZE_MAX / 4 + 1, SIZE_MAX / 8 + 1, (size_t)1 << 61};
    for (size_t i = 0; i < 4; i++)
        for (int axis = 0; axis < 3; axis++) {
            size_t large[3] = {1, 1, 1};
            large[axis] = many[i];
            CHECK(zc_plan_layout(&plan, large, &lay) == ZC_E_PARAM, "edge %zu", many[i]);
        }
    size_t square[3] = {(size_t)1 << 32, (size_t)1 << 32, 1};
    CHECK(zc_plan_layout(&plan, square, &lay) == ZC_E_PARAM, "2^66 bytes");
    size_t most[3] = {((size_t)1 << 61) - 1, 1, 1};
    CHECK(zc_plan_layout(&plan, most, &lay) == ZC_OK && lay.nbytes == 4 * most[0], "just below");
    zc_plan_clear(&plan);

    zc_plan_t wrong[] = {
        {.ndim = 2, .itemsize = 4, .order = {0, 0}},  {.ndim = 2, .itemsize = 4, .order = {0, 2}},
        {.ndim = 2, .itemsize = 4, .order = {-1, 0}}, {.ndim = -1, .itemsize = 4},
        {.ndim = ZC_MAX_NDIM + 1, .itemsize = 4},     {.ndim = 1, .itemsize = 0},
        {.ndim = 1, .itemsize = 6, .swap = 4},        {.ndim = 1, .itemsize = 4, .nsteps = ZC_MAX_STEPS + 1},
        {.ndim = 1, .itemsize = 4, .nsteps = -1},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(zc_plan_init(&wrong[i], fill, &bad) == ZC_E_PARAM && bad == -1, "plan %zu", i);
    zc_plan_t step = {.ndim = 0, .itemsize = 4, .nsteps = 2};
    step.steps[0] = (zc_step_t){.ops = &zc_codec_crc32c};
    step.steps[1] = (zc_step_t){.ops = &zc_codec_zstd, .p = {1000, 0}};
    CHECK(zc_plan_init(&step, fill, &bad) == ZC_E_PARAM && bad == 1, "step %d", bad);
    zc_plan_clear(&step);
}

int main(void) {
    if (zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (int i = 0; i < 20000; i++) brute_axis();
    for (int i = 0; i < 300; i++) brute_box();
    huge();
    keys();
    layouts();
    return check_report();
}

/* Chains of codecs: every codec alone and random chains, damaged input, sizes that lie. */
#include "check_codecs.h"
#include "engine/plan.h"

enum { MOST_BYTES = 6000 };

static void make_plan(zc_plan_t *plan, size_t nbytes, const config_t *const *chain, int n) {
    static const uint8_t fill[1];
    int bad;
    memset(plan, 0, sizeof *plan);
    plan->ndim = 1;
    plan->itemsize = 1;
    plan->nsteps = n;
    for (int i = 0; i < n; i++) plan->steps[i] = step_of(chain[i]);
    CHECK(zc_plan_init(plan, fill, &bad) == ZC_OK, "plan of %zu bytes, step %d", nbytes, bad);
}

/* Decodes from guarded memory to guarded memory, whole and a range; content, when given, is what must come out. */
static void decode(const zc_plan_t *plan, const zc_layout_t *lay, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                   const uint8_t *content) {
    guarded_t in = guarded_copy(src, n), out = guarded(lay->nbytes);
    for (int whole = 0; whole < 2; whole++) {
        const uint8_t *view = NULL;
        zc_stretch_t room[WANT_MOST];
        zc_want_t want = {.hi = lay->nbytes};
        if (!whole) want = random_want(lay->nbytes, room);
        size_t made = 0;
        zc_chain_result_t r =
            zc_plan_decode(plan, lay->nbytes, 1, ctx, in.data, n, &want, whole ? out.data : NULL, &view, &made);
        CHECK(r.status != ZC_OK || made == lay->nbytes, "%zu bytes of %zu", made, lay->nbytes);
        if (content != NULL) {
            CHECK(r.status == ZC_OK && same_wanted(&want, view, content), "status %d step %d: %s", r.status, r.step,
                  ctx->message);
        } else if (r.status == ZC_OK) {
            unsigned sum = 0;
            for (size_t i = want.lo; i < want.hi; i++) sum += view[i];
            CHECK(sum <= 255 * (want.hi - want.lo), "readable");
        } else {
            CHECK(r.step >= -1 && r.step < plan->nsteps, "step %d", r.step);
        }
    }
    unguard(in);
    unguard(out);
}

/* A content whose size is not known, only a limit; too low a limit is noticed. */
static void decode_open(const zc_plan_t *plan, zc_ctx_t *ctx, const uint8_t *src, size_t n, const uint8_t *content,
                        size_t nbytes) {
    const uint8_t *view = NULL;
    size_t made = 0, room = nbytes + check_below(3000);
    zc_chain_result_t r = zc_plan_decode(plan, room, 0, ctx, src, n, NULL, NULL, &view, &made);
    CHECK(r.status == ZC_OK && made == nbytes && memcmp(view, content, nbytes) == 0, "status %d step %d: %s", r.status,
          r.step, ctx->message);
    const int elsewhere = view < ctx->tmp[ZC_TMP_CHUNK].data || view > ctx->tmp[ZC_TMP_CHUNK].data + made + 8;
    CHECK(!elsewhere || (view >= src && view + made <= src + n), "the content lies where the next chain may write");
    r = zc_plan_decode(plan, nbytes - 1, 0, ctx, src, n, NULL, NULL, &view, &made);
    CHECK(r.status == ZC_E_TOO_LONG, "room for one byte less: status %d step %d: %s", r.status, r.step, ctx->message);
}

static void damage(const zc_plan_t *plan, const zc_layout_t *lay, zc_ctx_t *ctx, const uint8_t *enc, size_t n) {
    uint8_t *bad = malloc(n + 64);
    if (bad == NULL) abort();
    for (int round = 0; round < 24; round++) {
        memcpy(bad, enc, n);
        size_t m = n;
        switch (round % 4) {
        case 0:
            m = check_below(n);
            break;
        case 1:
            m = n + 1 + check_below(64);
            for (size_t i = n; i < m; i++) bad[i] = (uint8_t)check_random();
            break;
        case 2:
            if (n > 0) bad[check_below(n)] ^= (uint8_t)(1 + check_below(255));
            break;
        default: /* a size in a header */
            if (n >= 4) memcpy(bad + check_below((n < 20 ? n : 20) - 3), &(uint32_t){(uint32_t)check_random()}, 4);
            break;
        }
        decode(plan, lay, ctx, bad, m, NULL);
    }
    free(bad);
}

static void chain(zc_ctx_t *ctx, const config_t *const *configs_used, int n, int kind, size_t nbytes) {
    static uint8_t content[MOST_BYTES];
    zc_plan_t plan;
    zc_layout_t lay;
    const uint8_t *view = NULL;
    size_t size = 0;
    make_plan(&plan, nbytes, configs_used, n);
    CHECK(zc_plan_layout(&plan, &nbytes, &lay) == ZC_OK && lay.nbytes == nbytes, "layout");
    fill_content(kind, content, nbytes);
    zc_chain_result_t r = zc_plan_encode(&plan, nbytes, ctx, content, &view, &size);
    /* A filter behind a compressor may get a number of bytes that is no multiple of its items. */
    CHECK(r.status == ZC_OK || (r.status == ZC_E_PARAM && r.step > 0), "encode: %d step %d %s", r.status, r.step,
          ctx->message);
    if (r.status == ZC_OK) {
        CHECK(size <= zc_plan_encoded_limit(&plan, &nbytes), "%zu bytes, limit %zu", size,
              zc_plan_encoded_limit(&plan, &nbytes));
        uint8_t *enc = malloc(size + 1);
        if (enc == NULL) abort();
        memcpy(enc, view, size);
        decode(&plan, &lay, ctx, enc, size, content);
        decode_open(&plan, ctx, enc, size, content, nbytes);
        damage(&plan, &lay, ctx, enc, size);
        free(enc);
    }
    zc_plan_clear(&plan);
}

int main(void) {
    zc_ctx_t *ctx = zc_ctx_new();
    if (ctx == NULL || zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (int kind = 0; kind < CONTENTS; kind++) {
        chain(ctx, NULL, 0, kind, 1000);
        for (size_t c = 0; c < CONFIGS; c++) {
            const config_t *one = &configs[c];
            chain(ctx, &one, 1, kind, one->unit * (1 + check_below(300)));
        }
    }
    for (int round = 0; round < 400; round++) {
        const config_t *some[6];
        int n = 2 + (int)check_below(5);
        for (int i = 0; i < n; i++) some[i] = &configs[check_below(CONFIGS)];
        chain(ctx, some, n, (int)check_below(CONTENTS), 176 * (1 + check_below(30)));
    }
    zc_ctx_free(ctx);
    return check_report();
}

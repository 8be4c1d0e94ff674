/* Damaged encoded bytes give a status or some content, never a stray access and never bytes that nobody wrote. */
#include "check_codecs.h"

/* Decodes into buffers with different old contents: what is said to be decoded must not depend on them. */
static zc_status_t decode_twice(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, size_t cap) {
    zc_status_t status[2];
    size_t written[2] = {0, 0};
    guarded_t out[2];
    for (int i = 0; i < 2; i++) {
        out[i] = guarded(cap);
        memset(out[i].data, i ? 0xA5 : 0x5A, cap);
        status[i] = step->ops->decode(step, ctx, enc.data, size, out[i].data, cap, &written[i]);
    }
    CHECK(status[0] == status[1] && written[0] == written[1], "%s: %d, then %d", step->ops->name, status[0], status[1]);
    if (status[0] == ZC_OK) {
        CHECK(written[0] <= cap, "%s: %zu written to %zu", step->ops->name, written[0], cap);
        CHECK(memcmp(out[0].data, out[1].data, written[0]) == 0, "%s: unwritten bytes returned", step->ops->name);
    } else {
        CHECK(status[0] >= ZC_E_TRUNCATED && status[0] <= ZC_E_UNSUPPORTED && status[0] != ZC_E_DST, "%s: status %d",
              step->ops->name, status[0]);
    }
    unguard(out[0]);
    unguard(out[1]);
    if (step->ops->decode_range && cap) {
        guarded_t part = guarded(cap);
        size_t lo = check_below(cap);
        (void)step->ops->decode_range(step, ctx, enc.data, size, cap, lo, lo + check_below(cap - lo + 1), part.data);
        unguard(part);
    }
    return status[0];
}

/* Whether a shorter encoded form can be another valid one: codecs without framing. */
static int is_plain(const zc_step_t *step) { return step->ops->decoded_size(step, 16) == 16; }

static void truncations(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, size_t n) {
    for (size_t cut = 0; cut < size; cut++) {
        guarded_t part = guarded_copy(enc.data, cut);
        zc_status_t status = decode_twice(step, ctx, part, cut, n);
        if (!is_plain(step) && strcmp(step->ops->name, "delta") != 0)
            CHECK(status != ZC_OK, "%s: %zu of %zu bytes decode", step->ops->name, cut, size);
        unguard(part);
    }
}

static void bit_flips(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, size_t n) {
    for (size_t bit = 0; bit < size * 8; bit++) {
        enc.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        zc_status_t status = decode_twice(step, ctx, enc, size, n);
        if (strcmp(step->ops->name, "crc32c") == 0) CHECK(status == ZC_E_CHECKSUM, "bit %zu: %d", bit, status);
        enc.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void scribbles(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, size_t n, int rounds) {
    guarded_t copy = guarded(size);
    for (int round = 0; round < rounds; round++) {
        memcpy(copy.data, enc.data, size);
        for (size_t k = 1 + check_below(6); k > 0 && size; k--)
            copy.data[check_below(size)] = (uint8_t)(check_random() >> 40);
        decode_twice(step, ctx, copy, size, n);
    }
    unguard(copy);
}

int main(void) {
    zc_ctx_t *ctx = zc_ctx_new();
    if (!ctx || zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (size_t c = 0; c < CONFIGS; c++)
        for (int kind = 0; kind < CONTENTS; kind++) {
            zc_step_t step = step_of(&configs[c]);
            size_t lengths[] = {40, 272, 3000};
            for (size_t l = 0; l < 3; l++) {
                size_t n = lengths[l] - lengths[l] % configs[c].unit, size = 0;
                guarded_t src = guarded(n);
                fill_content(kind, src.data, n);
                guarded_t enc = encoded(&step, ctx, src.data, n, &size);
                if (size <= 400) {
                    truncations(&step, ctx, enc, size, n);
                    bit_flips(&step, ctx, enc, size, n);
                }
                scribbles(&step, ctx, enc, size, n, 60);
                unguard(enc);
                unguard(src);
            }
        }
    zc_ctx_free(ctx);
    return check_report();
}

/* Damaged encoded bytes give a status or some content, never a stray access and never bytes that nobody wrote. */
#include "check_codecs.h"

typedef struct target {
    guarded_t out[3];
    size_t cap;
} target_t;

/* Decodes into buffers with different old contents: what is said to be decoded must not depend on them. */
static zc_status_t decode_twice(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *enc, size_t size,
                                const target_t *to) {
    zc_status_t status[2];
    size_t written[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        memset(to->out[i].data, i ? 0xA5 : 0x5A, to->cap);
        status[i] = step->ops->decode(step, ctx, enc, size, to->out[i].data, to->cap, &written[i]);
    }
    CHECK(status[0] == status[1] && written[0] == written[1], "%s: %d, then %d", step->ops->name, status[0], status[1]);
    if (status[0] == ZC_OK) {
        CHECK(written[0] <= to->cap, "%s: %zu written to %zu", step->ops->name, written[0], to->cap);
        CHECK(memcmp(to->out[0].data, to->out[1].data, written[0]) == 0, "%s: unwritten bytes returned",
              step->ops->name);
    } else {
        CHECK(status[0] >= ZC_E_TRUNCATED && status[0] <= ZC_E_UNSUPPORTED && status[0] != ZC_E_DST, "%s: status %d",
              step->ops->name, status[0]);
    }
    if (step->ops->decode_range && to->cap) {
        size_t lo = check_below(to->cap), hi = lo + check_below(to->cap - lo + 1);
        (void)step->ops->decode_range(step, ctx, enc, size, to->cap, &(zc_want_t){.lo = lo, .hi = hi}, to->out[2].data);
    }
    return status[0];
}

/* Whether a shorter encoded form can be another valid one: codecs without framing. */
static int is_plain(const zc_step_t *step) { return step->ops->decoded_size(step, 16) == 16; }

static void truncations(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, const target_t *to) {
    guarded_t room = guarded(size);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *part = room.data + size - cut; /* ends at the guard page */
        memcpy(part, enc.data, cut);
        zc_status_t status = decode_twice(step, ctx, part, cut, to);
        /* the checksum of nothing is 0, as content may begin */
        int empty = strcmp(step->ops->name, "crc32c") == 0 && cut == 4;
        if (!is_plain(step) && strcmp(step->ops->name, "delta") != 0 && !empty)
            CHECK(status != ZC_OK, "%s: %zu of %zu bytes decode", step->ops->name, cut, size);
    }
    unguard(room);
}

static void bit_flips(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, const target_t *to) {
    for (size_t bit = 0; bit < size * 8; bit++) {
        enc.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        zc_status_t status = decode_twice(step, ctx, enc.data, size, to);
        if (strcmp(step->ops->name, "crc32c") == 0) CHECK(status == ZC_E_CHECKSUM, "bit %zu: %d", bit, status);
        enc.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void scribbles(const zc_step_t *step, zc_ctx_t *ctx, guarded_t enc, size_t size, const target_t *to) {
    guarded_t copy = guarded(size);
    for (int round = 0; round < 60; round++) {
        memcpy(copy.data, enc.data, size);
        for (size_t k = 1 + check_below(6); k > 0 && size; k--)
            copy.data[check_below(size)] = (uint8_t)(check_random() >> 40);
        decode_twice(step, ctx, copy.data, size, to);
    }
    unguard(copy);
}

static void damage(const config_t *config, zc_ctx_t *ctx, int kind, size_t n) {
    zc_step_t step = step_of(config);
    size_t size = 0;
    n -= n % config->unit;
    guarded_t src = guarded(n);
    fill_content(kind, src.data, n);
    guarded_t enc = encoded(&step, ctx, src.data, n, &size);
    target_t to = {{guarded(n), guarded(n), guarded(n)}, n};
    if (size <= 400) {
        truncations(&step, ctx, enc, size, &to);
        bit_flips(&step, ctx, enc, size, &to);
    }
    scribbles(&step, ctx, enc, size, &to);
    for (int i = 0; i < 3; i++) unguard(to.out[i]);
    unguard(enc);
    unguard(src);
}

int main(void) {
    zc_ctx_t *ctx = zc_ctx_new();
    if (!ctx || zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (size_t c = 0; c < CONFIGS; c++)
        for (int kind = 0; kind < CONTENTS; kind++) {
            damage(&configs[c], ctx, kind, 40);
            damage(&configs[c], ctx, kind, 272);
            damage(&configs[c], ctx, kind, 3000);
        }
    zc_ctx_free(ctx);
    return check_report();
}

/* Checksums and element filters against plain twins, in buffers of exactly their size, and damaged. */
#include <math.h>

#include "check_codecs.h"

static int64_t double_bits(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static zc_ctx_t *ctx;

static zc_step_t step_with(const char *name, const int64_t *params) {
    zc_step_t step = {.ops = zc_codec_find(name)};
    if (!step.ops) abort();
    memcpy(step.p, params, (size_t)step.ops->nparams * sizeof *params);
    return step;
}

#define STEP(name, ...) step_with(name, (const int64_t[ZC_CODEC_PARAMS]){__VA_ARGS__})

/* Encodes and decodes n bytes at an odd address, checks every size that is told, and that less room is refused.
 * The results are in *enc and *dec. */
static void both_ways(const zc_step_t *step, const uint8_t *src, size_t n, check_block_t *enc, check_block_t *dec) {
    const zc_codec_ops_t *ops = step->ops;
    size_t size = ops->encoded_size(step, n), written = 0;
    *enc = check_block(size, 1);
    *dec = check_block(n, 1);
    CHECK(ops->check(step) == ZC_OK && ops->bound(step, n) == size, "%s of %zu bytes", ops->name, n);
    CHECK(ops->encode(step, ctx, src, n, enc->data, size, &written) == ZC_OK && written == size, "%s", ops->name);
    if (size) {
        check_block_t small = check_block(size - 1, 1);
        CHECK(ops->encode(step, ctx, src, n, small.data, size - 1, &written) == ZC_E_DST, "%s", ops->name);
        check_free(small);
    }
    CHECK(ops->decode(step, ctx, enc->data, size, dec->data, n, &written) == ZC_OK && written == n, "%s", ops->name);
    size_t told = ops->decoded_size(step, size);
    CHECK(told == n || told == ZC_SIZE_UNKNOWN, "%s: %zu, not %zu", ops->name, told, n);
    if (n) {
        check_block_t less = check_block(n - 1, 1);
        CHECK(ops->decode(step, ctx, enc->data, size, less.data, n - 1, &written) == ZC_E_TOO_LONG, "%s", ops->name);
        check_free(less);
    }
    for (int round = 0; ops->decode_range && round < 4; round++) {
        check_block_t part = check_block(n, 1);
        size_t lo = check_below(n + 1), hi = lo + check_below(n - lo + 1);
        CHECK(ops->decode_range(step, ctx, enc->data, size, n, &(zc_want_t){.lo = lo, .hi = hi}, part.data) == ZC_OK,
              "%s", ops->name);
        CHECK(memcmp(part.data + lo, dec->data + lo, hi - lo) == 0, "%s: [%zu, %zu)", ops->name, lo, hi);
        CHECK(ops->decode_range(step, ctx, enc->data, size, n + 1, &(zc_want_t){.lo = 0, .hi = n}, part.data) ==
                  ZC_E_TOO_SHORT,
              "%s", ops->name);
        if (n)
            CHECK(ops->decode_range(step, ctx, enc->data, size, n - 1, &(zc_want_t){.lo = 0, .hi = n - 1}, part.data) ==
                      ZC_E_TOO_LONG,
                  "%s", ops->name);
        check_free(part);
    }
}

/* Whether any bytes decode to what does not depend on the old contents of the target. */
static void any_bytes(const zc_step_t *step, size_t n, size_t cap) {
    check_block_t src = check_block(n, 1), a = check_block(cap, 0), b = check_block(cap, 0);
    size_t written[2] = {0, 0};
    zc_status_t status = step->ops->decode(step, ctx, src.data, n, a.data, cap, &written[0]);
    CHECK(step->ops->decode(step, ctx, src.data, n, b.data, cap, &written[1]) == status, "%s", step->ops->name);
    CHECK(status == ZC_OK || status == ZC_E_TRUNCATED || status == ZC_E_CORRUPT || status == ZC_E_CHECKSUM ||
              status == ZC_E_TOO_LONG,
          "%s: status %d", step->ops->name, status);
    if (status == ZC_OK)
        CHECK(written[0] == written[1] && written[0] <= cap && memcmp(a.data, b.data, written[0]) == 0, "%s: %zu",
              step->ops->name, n);
    check_free(src);
    check_free(a);
    check_free(b);
}

static uint32_t plain_crc32(const uint8_t *p, size_t n) {
    uint32_t crc = ~0U;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
    }
    return ~crc;
}

static uint32_t plain_adler32(const uint8_t *p, size_t n) {
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < n; i++) {
        a = (a + p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static uint32_t add_ones(uint32_t a, uint32_t b) { return ((a + b) & 0xFFFF) + ((a + b) >> 16); }

static uint32_t plain_fletcher32(const uint8_t *p, size_t n) {
    uint32_t a = 0, b = 0;
    for (size_t i = 0; i < n; i += 2) {
        a = add_ones(a, (uint32_t)p[i] << 8 | (i + 1 < n ? p[i + 1] : 0));
        b = add_ones(b, a);
    }
    return b << 16 | a;
}

typedef uint32_t plain_fn(const uint8_t *p, size_t n);

static void checksum(zc_step_t step, plain_fn *plain, const uint8_t *src, size_t n) {
    check_block_t enc, dec;
    uint32_t stored;
    const uint8_t *view = NULL;
    int first = step.ops->nparams && step.p[0];
    size_t length = 0, at = first ? 0 : n;
    both_ways(&step, src, n, &enc, &dec);
    memcpy(&stored, enc.data + at, 4);
    CHECK(stored == plain(src, n), "%s of %zu bytes: %08x", step.ops->name, n, stored);
    CHECK(memcmp(dec.data, src, n) == 0, "%s", step.ops->name);
    CHECK(step.ops->decode_view(&step, ctx, enc.data, enc.n, &view, &length) == ZC_OK, "%s", step.ops->name);
    CHECK(length == n && view == enc.data + (first ? 4 : 0), "%s", step.ops->name);
    for (size_t bit = 0; n < 40 && bit < 8 * enc.n; bit++) {
        enc.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(step.ops->decode(&step, ctx, enc.data, enc.n, dec.data, n, &length) == ZC_E_CHECKSUM, "%s: bit %zu",
              step.ops->name, bit);
        enc.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t cut = 0; cut < 4; cut++)
        CHECK(step.ops->decode_view(&step, ctx, enc.data, cut, &view, &length) == ZC_E_TRUNCATED, "%s", step.ops->name);
    check_free(enc);
    check_free(dec);
}

static void checksums(size_t n) {
    check_block_t src = check_block(n, 3);
    for (int kind = 0; kind < 3; kind++) {
        if (kind) memset(src.data, kind == 1 ? 0 : 0xFF, n);
        checksum(STEP("crc32", 0), plain_crc32, src.data, n);
        checksum(STEP("crc32", 1), plain_crc32, src.data, n);
        checksum(STEP("adler32", 0), plain_adler32, src.data, n);
        checksum(STEP("adler32", 1), plain_adler32, src.data, n);
        checksum(STEP("fletcher32", 0), plain_fletcher32, src.data, n);
    }
    check_free(src);
}

static void packbits(size_t n) {
    zc_step_t step = STEP("packbits", 0);
    check_block_t src = check_block(n, 3), enc, dec;
    for (size_t i = 0; i < n; i++)
        if (src.data[i] < 120) src.data[i] = (uint8_t)(src.data[i] < 60 ? 0 : 1 << src.data[i] % 8);
    both_ways(&step, src.data, n, &enc, &dec);
    CHECK(enc.n == 1 + (n + 7) / 8 && enc.data[0] == (8 - n % 8) % 8, "%zu flags", n);
    for (size_t i = 0; i < n; i++) {
        CHECK((enc.data[1 + i / 8] >> (7 - i % 8) & 1) == (src.data[i] != 0), "flag %zu of %zu", i, n);
        CHECK(dec.data[i] == (src.data[i] != 0), "flag %zu of %zu", i, n);
    }
    check_free(src);
    check_free(enc);
    check_free(dec);
}

static void packbits_damage(void) {
    zc_step_t step = STEP("packbits", 0);
    uint8_t out[64], stored[3] = {0, 255, 255};
    size_t written = 0;
    CHECK(step.ops->decode(&step, ctx, stored, 0, out, 64, &written) == ZC_E_TRUNCATED, "no bytes");
    for (int padding = 0; padding < 256; padding++) {
        stored[0] = (uint8_t)padding;
        zc_status_t status = step.ops->decode(&step, ctx, stored, 3, out, 64, &written);
        CHECK(status == (padding < 8 ? ZC_OK : ZC_E_CORRUPT), "%d padding bits", padding);
        if (padding < 8) CHECK(written == 16 - (size_t)padding, "%d padding bits: %zu", padding, written);
        status = step.ops->decode(&step, ctx, stored, 1, out, 64, &written);
        CHECK(status == (padding ? ZC_E_CORRUPT : ZC_OK), "%d padding bits of none", padding);
    }
}

static uint64_t read_item(const uint8_t *p, size_t width, int swap) {
    uint64_t x = 0;
    for (size_t i = 0; i < width; i++) x |= (uint64_t)p[swap ? width - 1 - i : i] << (8 * i);
    return x;
}

static void bitround(size_t width, int swap, int keep, size_t count) {
    zc_step_t step = STEP("bitround", (int64_t)width, swap, keep);
    int drop = (width == 2 ? 10 : width == 4 ? 23 : 52) - keep;
    uint64_t mask = width == 8 ? UINT64_MAX : ((uint64_t)1 << (8 * width)) - 1;
    check_block_t src = check_block(width * count, 3), enc, dec;
    both_ways(&step, src.data, src.n, &enc, &dec);
    for (size_t i = 0; i < count; i++) {
        uint64_t x = read_item(src.data + i * width, width, swap), want = x;
        if (drop) {
            uint64_t rest = x & (((uint64_t)1 << drop) - 1), half = (uint64_t)1 << (drop - 1);
            int up = rest > half || (rest == half && (x >> drop & 1));
            want = (x - rest + ((uint64_t)up << drop)) & mask;
        }
        CHECK(read_item(enc.data + i * width, width, swap) == want, "%zu bytes, keep %d: %llx", width, keep,
              (unsigned long long)x);
    }
    CHECK(memcmp(enc.data, dec.data, src.n) == 0, "reading changes nothing");
    check_free(src);
    check_free(enc);
    check_free(dec);
}

/* The value of an item; integers are small here. */
static double item_value(int type, uint64_t bits) {
    float f;
    double d;
    switch (type) {
    case ZC_TYPE_F4:
        memcpy(&f, &bits, 4);
        return (double)f;
    case ZC_TYPE_F8:
        memcpy(&d, &bits, 8);
        return d;
    case ZC_TYPE_I1:
        return (double)(int8_t)bits;
    case ZC_TYPE_I2:
        return (double)(int16_t)bits;
    case ZC_TYPE_I4:
        return (double)(int32_t)bits;
    case ZC_TYPE_I8:
        return (double)(int64_t)bits;
    default:
        return (double)bits;
    }
}

static check_block_t floats(int type, int swap, size_t count) {
    size_t width = zc_type_size(type);
    check_block_t src = check_block(width * count, 3);
    for (size_t i = 0; i < count; i++) {
        double d = (double)check_below(4001) / 16 - 125;
        float f = (float)d;
        memcpy(src.data + i * width, type == ZC_TYPE_F4 ? (void *)&f : (void *)&d, width);
    }
    if (swap) zc_k.byteswap(width, count, src.data, src.data);
    return src;
}

static void fixedscaleoffset(int type, int swap_in, int astype, int swap_out, size_t count) {
    const double offset = type % 2 ? -125.5 : -200, scale = 0.5;
    zc_step_t step = STEP("fixedscaleoffset", type, swap_in, astype, swap_out, double_bits(scale), double_bits(offset));
    size_t width = zc_type_size(type), out = zc_type_size(astype);
    check_block_t src = floats(type, swap_in, count), enc, dec;
    both_ways(&step, src.data, src.n, &enc, &dec);
    for (size_t i = 0; i < count; i++) {
        double x = item_value(type, read_item(src.data + i * width, width, swap_in));
        double y = item_value(astype, read_item(enc.data + i * out, out, swap_out));
        double z = item_value(type, read_item(dec.data + i * width, width, swap_in));
        double rounding = rint((x - offset) * scale);
        if (rounding <= 127) CHECK(y == rounding, "%d as %d: %g is %g, not %g", type, astype, x, y, rounding);
        CHECK(z == y / scale + offset, "%d as %d: %g read as %g", type, astype, y, z);
    }
    check_free(src);
    check_free(enc);
    check_free(dec);
}

static void quantize(int type, int swap_in, int astype, int swap_out, size_t count) {
    zc_step_t step = STEP("quantize", type, swap_in, astype, swap_out, double_bits(4));
    size_t width = zc_type_size(type), out = zc_type_size(astype);
    check_block_t src = floats(type, swap_in, count), enc, dec;
    both_ways(&step, src.data, src.n, &enc, &dec);
    for (size_t i = 0; i < count; i++) {
        double x = item_value(type, read_item(src.data + i * width, width, swap_in));
        double y = item_value(astype, read_item(enc.data + i * out, out, swap_out));
        double z = item_value(type, read_item(dec.data + i * width, width, swap_in));
        CHECK(y == rint(4 * x) / 4 && z == y, "%g as %g, read as %g", x, y, z);
    }
    check_free(src);
    check_free(enc);
    check_free(dec);
}

/* Integers keep their low bytes; what is added is their sign. */
static uint64_t widened(int type, uint64_t bits) {
    switch (type) {
    case ZC_TYPE_I1:
        return (uint64_t)(int8_t)bits;
    case ZC_TYPE_I2:
        return (uint64_t)(int16_t)bits;
    case ZC_TYPE_I4:
        return (uint64_t)(int32_t)bits;
    default:
        return bits;
    }
}

static void astype(int type, int swap_in, int to, int swap_out, size_t count) {
    zc_step_t step = STEP("astype", type, swap_in, to, swap_out);
    size_t width = zc_type_size(type), out = zc_type_size(to);
    check_block_t src = check_block(width * count, 3), enc, dec;
    both_ways(&step, src.data, src.n, &enc, &dec);
    for (size_t i = 0; i < count; i++) {
        uint64_t x = read_item(src.data + i * width, width, swap_in);
        uint64_t y = read_item(enc.data + i * out, out, swap_out);
        uint64_t z = read_item(dec.data + i * width, width, swap_in);
        CHECK(y == (widened(type, x) & (UINT64_MAX >> (64 - 8 * out))), "%d as %d", type, to);
        CHECK(z == (widened(to, y) & (UINT64_MAX >> (64 - 8 * width))), "%d as %d", type, to);
    }
    check_free(src);
    check_free(enc);
    check_free(dec);
}

static void casts_of_no_integers(void) {
    static const double values[] = {
        (double)NAN, (double)INFINITY, -(double)INFINITY, 1e300, -1e300, 3e9, -3e9, 1e19, 0x1p31, 0x1p32, 0x1p63,
        0x1p64};
    for (int t = 0; t < ZC_TYPE_F4; t++) {
        zc_step_t step = STEP("fixedscaleoffset", ZC_TYPE_F8, 0, t, 0, double_bits(1), double_bits(0));
        check_block_t enc, dec;
        both_ways(&step, (const uint8_t *)values, sizeof values, &enc, &dec);
        uint64_t nan = read_item(enc.data, zc_type_size(t), 0);
        int wide = zc_type_size(t) == 8, short_ = zc_type_size(t) < 4;
        CHECK(nan == (short_ ? 0
                      : wide ? 0x8000000000000000ULL
                             : 0x80000000ULL),
              "type %d: %llx", t, (unsigned long long)nan);
        check_free(enc);
        check_free(dec);
    }
}

static int check_of(const char *name, int64_t a, int64_t b, int64_t c, int64_t d) {
    zc_step_t step = {.ops = zc_codec_find(name), .p = {a, b, c, d}};
    return step.ops->check(&step) == ZC_OK;
}

static void parameters(void) {
    CHECK(!check_of("crc32", 2, 0, 0, 0) && !check_of("adler32", -1, 0, 0, 0), "location");
    for (int64_t width = -1; width < 18; width++) {
        int known = width == 2 || width == 4 || width == 8;
        CHECK(check_of("bitround", width, 0, 0, 0) == known, "width %d", (int)width);
    }
    CHECK(!check_of("bitround", 2, 0, 11, 0) && !check_of("bitround", 4, 0, 24, 0), "keepbits");
    CHECK(!check_of("bitround", 8, 0, 53, 0) && !check_of("bitround", 8, 2, 3, 0), "keepbits");
    CHECK(!check_of("bitround", 8, 0, -1, 0) && !check_of("bitround", 8, 0, INT64_MAX, 0), "keepbits");
    for (int64_t t = -1; t <= ZC_TYPE_COUNT; t++)
        for (int64_t a = -1; a <= ZC_TYPE_COUNT; a++) {
            int known = t >= 0 && a >= 0 && t < ZC_TYPE_COUNT && a < ZC_TYPE_COUNT;
            int from = t >= ZC_TYPE_F4, to = a >= ZC_TYPE_F4;
            CHECK(check_of("astype", t, 0, a, 0) == (known && from == to), "astype %d %d", (int)t, (int)a);
            CHECK(check_of("quantize", t, 0, a, 0) == (known && from && to), "quantize %d %d", (int)t, (int)a);
            CHECK(check_of("fixedscaleoffset", t, 0, a, 0) == (known && from), "fso %d %d", (int)t, (int)a);
            CHECK(!check_of("astype", t, 2, a, 0) && !check_of("astype", t, 0, a, -1), "swap");
        }
    zc_step_t wide = STEP("astype", ZC_TYPE_I1, 0, ZC_TYPE_I8, 0);
    CHECK(wide.ops->encoded_size(&wide, SIZE_MAX / 4) == ZC_SIZE_UNKNOWN, "overflow");
    zc_step_t sum = STEP("fletcher32", 0);
    CHECK(sum.ops->bound(&sum, SIZE_MAX - 3) == ZC_SIZE_UNKNOWN, "overflow");
}

static void names(void) {
    size_t n = 0;
    for (; zc_codec_name(n) != NULL; n++)
        CHECK(strcmp(zc_codec_find(zc_codec_name(n))->name, zc_codec_name(n)) == 0, "codec %zu", n);
    CHECK(n >= 17 && zc_codec_find("") == NULL, "%zu codecs", n);
}

static void typed(size_t count) {
    for (int t = 0; t < ZC_TYPE_COUNT; t++)
        for (int a = 0; a < ZC_TYPE_COUNT; a++)
            for (int swaps = 0; swaps < 4; swaps++) {
                int in = swaps & 1, out = swaps >> 1;
                if (t >= ZC_TYPE_F4) fixedscaleoffset(t, in, a, out, count);
                if (t >= ZC_TYPE_F4 && a >= ZC_TYPE_F4) quantize(t, in, a, out, count);
                if (t < ZC_TYPE_F4 && a < ZC_TYPE_F4) astype(t, in, a, out, count);
                zc_step_t step = STEP("fixedscaleoffset", t, in, a, out, double_bits(0), double_bits(3));
                if (t >= ZC_TYPE_F4) any_bytes(&step, 8 * count + (size_t)swaps, 8 * count);
            }
}

int main(void) {
    static const size_t sizes[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 511, 512, 513, 515, 1025, 4099};
    ctx = zc_ctx_new();
    if (!ctx || zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s];
        checksums(n);
        packbits(n);
        typed(n);
        for (int swap = 0; swap < 2; swap++)
            for (int keep = 0; keep <= 52; keep++) {
                if (keep <= 10) bitround(2, swap, keep, n);
                if (keep <= 23) bitround(4, swap, keep, n);
                bitround(8, swap, keep, n);
            }
        for (int round = 0; round < 50; round++) {
            zc_step_t bits = STEP("packbits", 0), sum = STEP("crc32", 1);
            any_bytes(&bits, check_below(n + 1), n);
            any_bytes(&sum, check_below(n + 1), n);
        }
    }
    checksums(200003);
    packbits_damage();
    casts_of_no_integers();
    parameters();
    names();
    zc_ctx_free(ctx);
    return check_report();
}

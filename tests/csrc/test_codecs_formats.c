/* What stored bytes may look like besides what the encoders here make, and the parameters that are refused. */
#include <sys/resource.h>

#include "check_codecs.h"

static zc_ctx_t *ctx;

static zc_status_t decode(const char *name, const uint8_t *src, size_t n, uint8_t *dst, size_t cap, size_t *written) {
    zc_step_t step = {.ops = zc_codec_find(name)};
    guarded_t enc = guarded_copy(src, n);
    guarded_t out = guarded(cap);
    zc_status_t status = step.ops->decode(&step, ctx, enc.data, n, out.data, cap, written);
    if (status == ZC_OK) memcpy(dst, out.data, *written);
    unguard(enc);
    unguard(out);
    return status;
}

static size_t encode(const char *name, int64_t p0, int64_t p1, const char *text, uint8_t *dst) {
    zc_step_t step = {.ops = zc_codec_find(name), .p = {p0, p1}};
    size_t size = 0;
    guarded_t enc = encoded(&step, ctx, (const uint8_t *)text, strlen(text), &size);
    memcpy(dst, enc.data, size);
    unguard(enc);
    return size;
}

#define EXPECT(name, bytes, n, cap, want)                                                                              \
    do {                                                                                                               \
        uint8_t out_[256];                                                                                             \
        size_t made_ = 0;                                                                                              \
        zc_status_t got_ = decode(name, bytes, n, out_, cap, &made_);                                                  \
        CHECK(got_ == (want), "%s: status %d, not %d (%s)", name, got_, want, ctx->message);                           \
    } while (0)

#define EXPECT_TEXT(name, bytes, n, cap, text)                                                                         \
    do {                                                                                                               \
        uint8_t out_[256];                                                                                             \
        size_t made_ = 0;                                                                                              \
        zc_status_t got_ = decode(name, bytes, n, out_, cap, &made_);                                                  \
        CHECK(got_ == ZC_OK && made_ == strlen(text) && memcmp(out_, text, made_) == 0, "%s: status %d (%s)", name,    \
              got_, ctx->message);                                                                                     \
    } while (0)

/* RFC 8878: a frame of raw blocks without a content size, between skippable frames, behind an ordinary frame. */
static void test_zstd(void) {
    static const uint8_t skippable[] = {0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'};
    static const uint8_t unsized[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0x18, 0,
                                      0,    'a',  'b',  'c',  0x23, 0,    0,    'd' /* RLE, 4 times, last */};
    uint8_t b[300];
    size_t n = encode("zstd", 3, 1, "Hello, hello, hello!", b), first = n;
    EXPECT_TEXT("zstd", b, n, 20, "Hello, hello, hello!");
    b[n - 1] ^= 1;
    EXPECT("zstd", b, n, 20, ZC_E_CHECKSUM);
    b[n - 1] ^= 1;
    memcpy(b + n, skippable, sizeof skippable), n += sizeof skippable;
    memcpy(b + n, unsized, sizeof unsized), n += sizeof unsized;
    memcpy(b + n, skippable, sizeof skippable), n += sizeof skippable;
    EXPECT_TEXT("zstd", b, n, 27, "Hello, hello, hello!abcdddd");
    EXPECT("zstd", b, n, 26, ZC_E_TOO_LONG);
    EXPECT("zstd", b, n - 1, 27, ZC_E_TRUNCATED);
    EXPECT("zstd", b, n - 9, 27, ZC_E_TRUNCATED);
    EXPECT("zstd", b, first - 1, 27, ZC_E_TRUNCATED);
    EXPECT("zstd", b, 0, 27, ZC_E_TRUNCATED);
    memcpy(b + n, "garbage", 7);
    EXPECT("zstd", b, n + 7, 27, ZC_E_CORRUPT);
    EXPECT("zstd", b, n + 2, 27, ZC_E_CORRUPT);
    EXPECT("zstd", (const uint8_t *)"no frame at all", 15, 27, ZC_E_CORRUPT);
    EXPECT_TEXT("zstd", skippable, sizeof skippable, 5, "");
}

/* 60 KiB of RLE blocks under a header that asks for a window of 2 GiB: 2.6 GiB of content. */
static void test_zstd_bomb(void) {
    enum { BLOCKS = 20000 };
    size_t n = 6 + 4 * BLOCKS, written = 0;
    guarded_t enc = guarded(n), out = guarded(1 << 20);
    static const uint8_t head[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8};
    memcpy(enc.data, head, 6);
    for (size_t i = 0; i < BLOCKS; i++) {
        uint32_t block = (i == BLOCKS - 1) | 1 << 1 | (128 << 10) << 3;
        enc.data[6 + 4 * i] = (uint8_t)block;
        enc.data[7 + 4 * i] = (uint8_t)(block >> 8);
        enc.data[8 + 4 * i] = (uint8_t)(block >> 16);
        enc.data[9 + 4 * i] = 0;
    }
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    zc_step_t step = {.ops = &zc_codec_zstd};
    zc_status_t status = step.ops->decode(&step, ctx, enc.data, n, out.data, 1 << 20, &written);
    CHECK(status == ZC_E_TOO_LONG, "status %d", status);
    status = step.ops->decode_range(&step, ctx, enc.data, n, 1 << 20, &(zc_want_t){.lo = 0, .hi = 1000}, out.data);
    CHECK(status == ZC_OK, "status %d", status);
    status = step.ops->decode_range(&step, ctx, enc.data, n, 1 << 20, &(zc_want_t){.lo = 0, .hi = 1 << 20}, out.data);
    CHECK(status == ZC_E_TOO_LONG, "status %d", status);
    getrusage(RUSAGE_SELF, &after);
    CHECK(after.ru_maxrss - before.ru_maxrss < 16 << 10, "%ld KiB more", after.ru_maxrss - before.ru_maxrss);
    unguard(enc);
    unguard(out);
}

static void test_deflate(void) {
    uint8_t b[300];
    size_t n = encode("gzip", 6, 0, "one ", b), one = n;
    CHECK(memcmp(b + 4, "\0\0\0\0", 4) == 0, "a modification time is written");
    n += encode("gzip", 1, 0, "two", b + n);
    EXPECT_TEXT("gzip", b, n, 7, "one two");
    EXPECT("gzip", b, n, 6, ZC_E_TOO_LONG);
    EXPECT("gzip", b, n - 1, 7, ZC_E_TRUNCATED);
    EXPECT("gzip", b, one + 1, 7, ZC_E_TRUNCATED);
    EXPECT("gzip", b, 0, 7, ZC_E_TRUNCATED);
    memset(b + n, 0, 9);
    EXPECT_TEXT("gzip", b, n + 9, 7, "one two");
    b[n + 9] = 'x';
    EXPECT("gzip", b, n + 10, 7, ZC_E_CORRUPT);
    b[one - 8] ^= 1; /* the CRC, then the length, of the first member */
    EXPECT("gzip", b, n, 7, ZC_E_CHECKSUM);
    b[one - 8] ^= 1;
    b[one - 4] ^= 1;
    EXPECT("gzip", b, n, 7, ZC_E_CHECKSUM);

    n = encode("zlib", 6, 0, "only one", b);
    EXPECT_TEXT("zlib", b, n, 8, "only one");
    b[n] = 'x';
    EXPECT("zlib", b, n + 1, 8, ZC_E_CORRUPT);
    b[n - 1] ^= 1;
    EXPECT("zlib", b, n, 8, ZC_E_CHECKSUM);
    EXPECT("gzip", b, n, 8, ZC_E_CORRUPT);
    b[1] = (uint8_t)(0x20 | (31 - ((b[0] << 8 | 0x20) % 31))); /* a preset dictionary */
    EXPECT("zlib", b, n, 8, ZC_E_UNSUPPORTED);
}

static void test_lz4(void) {
    uint8_t b[300];
    size_t n = encode("lz4", 1, 0, "some text", b);
    EXPECT_TEXT("lz4", b, n, 9, "some text");
    EXPECT("lz4", b, n, 8, ZC_E_TOO_LONG);
    EXPECT("lz4", b, 3, 9, ZC_E_TRUNCATED);
    EXPECT("lz4", b, 4, 9, ZC_E_TRUNCATED);
    b[0] = 8;
    EXPECT("lz4", b, n, 9, ZC_E_CORRUPT);
    b[0] = 10;
    EXPECT("lz4", b, n, 10, ZC_E_CORRUPT);
    b[3] = 0x80;
    EXPECT("lz4", b, n, 9, ZC_E_CORRUPT);
    EXPECT_TEXT("lz4", (const uint8_t *)"\0\0\0\0\0", 5, 9, "");
    EXPECT("lz4", (const uint8_t *)"\0\0\0\0\x10x", 6, 9, ZC_E_CORRUPT);
}

static void test_blosc(void) {
    /* version, versionlz, flags, typesize, nbytes, blocksize, cbytes: stored, of five bytes */
    static const uint8_t stored[] = {2, 1, 0x33, 4, 5, 0, 0, 0, 5, 0, 0, 0, 21, 0, 0, 0, 'f', 'i', 'v', 'e', '5'};
    /* one block of three bytes, stored as a split */
    static const uint8_t block[] = {2, 1, 0x30, 1, 3, 0, 0, 0, 3, 0, 0,   0,   27, 0,
                                    0, 0, 20,   0, 0, 0, 3, 0, 0, 0, 'a', 'b', 'c'};
    uint8_t b[64];
    EXPECT_TEXT("blosc", stored, 21, 5, "five5");
    EXPECT("blosc", stored, 21, 4, ZC_E_TOO_LONG);
    EXPECT("blosc", stored, 20, 5, ZC_E_TRUNCATED);
    EXPECT_TEXT("blosc", block, 27, 3, "abc");
#define CHANGED(at, value, want)                                                                                       \
    memcpy(b, block, 27), b[at] = (value);                                                                             \
    EXPECT("blosc", b, 27, 3, want)
    b[27] = 0;
    CHANGED(0, 1, ZC_OK);
    CHANGED(0, 0, ZC_E_CORRUPT);
    CHANGED(0, 3, ZC_E_UNSUPPORTED);
    CHANGED(0, 5, ZC_E_UNSUPPORTED);
    CHANGED(2, 0x35, ZC_E_UNSUPPORTED); /* both shuffles: Blosc2 */
    CHANGED(2, 0x50, ZC_E_UNSUPPORTED); /* snappy */
    CHANGED(2, 0xB0, ZC_E_UNSUPPORTED);
    CHANGED(2, 0x38, ZC_E_CORRUPT);
    CHANGED(3, 0, ZC_E_CORRUPT);
    CHANGED(4, 200, ZC_E_TOO_LONG);
    CHANGED(7, 0xFF, ZC_E_TOO_LONG);
    CHANGED(8, 0, ZC_E_CORRUPT);
    CHANGED(8, 4, ZC_E_CORRUPT);
    CHANGED(8, 1, ZC_E_CORRUPT);
    CHANGED(12, 26, ZC_E_CORRUPT);
    CHANGED(12, 28, ZC_E_TRUNCATED);
    CHANGED(16, 19, ZC_E_CORRUPT);
    CHANGED(16, 24, ZC_E_CORRUPT);
    CHANGED(19, 0xFF, ZC_E_CORRUPT);
    CHANGED(20, 0, ZC_E_CORRUPT);
    CHANGED(20, 4, ZC_E_CORRUPT);
    CHANGED(23, 0x80, ZC_E_CORRUPT);
#undef CHANGED
}

/* A range of a frame needs nothing of the blocks it does not meet. */
static void test_blosc_range_is_local(void) {
    zc_step_t step = {.ops = &zc_codec_blosc, .p = {ZC_BLOSC_ZSTD, 5, 1, 4, 4096}};
    enum { N = 10 * 4096 };
    guarded_t src = guarded(N), out = guarded(N);
    fill_content(CONTENT_COUNTER, src.data, N);
    size_t size = 0;
    guarded_t enc = encoded(&step, ctx, src.data, N, &size);
    uint32_t start[10];
    memcpy(start, enc.data + ZC_BLOSC_HEADER, sizeof start);
    for (uint32_t i = 0; i < 10; i++)
        if (i != 3) memset(enc.data + start[i], 0xFF, 8);
    size_t written;
    CHECK(step.ops->decode(&step, ctx, enc.data, size, out.data, N, &written) == ZC_E_CORRUPT, "damage not seen");
    zc_status_t status =
        step.ops->decode_range(&step, ctx, enc.data, size, N, &(zc_want_t){.lo = 3 * 4096, .hi = 4 * 4096}, out.data);
    CHECK(status == ZC_OK && memcmp(out.data + 3 * 4096, src.data + 3 * 4096, 4096) == 0, "status %d", status);
    CHECK(step.ops->decode_range(&step, ctx, enc.data, size, N, &(zc_want_t){.lo = 3 * 4096, .hi = 4 * 4096 + 1},
                                 out.data) == ZC_E_CORRUPT,
          "-");
    unguard(src);
    unguard(out);
    unguard(enc);
}

static void test_crc32c(void) {
    static const uint8_t digits[] = {'1', '2', '3', '4', '5', '6', '7', '8', '9', 0x83, 0x92, 0x06, 0xE3};
    EXPECT_TEXT("crc32c", digits, sizeof digits, 9, "123456789");
    EXPECT("crc32c", digits, sizeof digits, 8, ZC_E_TOO_LONG);
    EXPECT("crc32c", digits, sizeof digits - 1, 9, ZC_E_CHECKSUM);
    EXPECT("crc32c", digits, 3, 9, ZC_E_TRUNCATED);
}

static void test_parameters(void) {
    static const config_t refused[] = {
        {"zstd", 1, {23}},
        {"zstd", 1, {1, 2}},
        {"zstd", 1, {INT64_MIN}},
        {"zlib", 1, {10}},
        {"gzip", 1, {-2}},
        {"lz4", 1, {INT64_MAX}},
        {"crc32c", 1, {2}},
        {"shuffle", 1, {0}},
        {"shuffle", 1, {-1}},
        {"swap", 1, {3}},
        {"swap", 1, {0}},
        {"delta", 1, {-1}},
        {"delta", 1, {0, 0, 10}},
        {"delta", 1, {0, 2}},
        {"delta", 1, {1LL << 32}},
        {"blosc", 1, {5}},
        {"blosc", 1, {0, 10}},
        {"blosc", 1, {0, 5, 3}},
        {"blosc", 1, {0, 5, 1, 4, -1}},
        {"blosc", 1, {0, -1}},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        zc_step_t step = step_of(&refused[i]);
        CHECK(step.ops->check(&step) == ZC_E_PARAM, "%s %lld", refused[i].name, (long long)step.p[0]);
    }
    CHECK(zc_codec_find("nothing") == NULL && zc_codec_find("") == NULL, "found");
    for (size_t c = 0; c < CONFIGS; c++) {
        zc_step_t step = step_of(&configs[c]);
        CHECK(strcmp(step.ops->name, configs[c].name) == 0, "%s", configs[c].name);
        for (size_t n = SIZE_MAX - 8; n > SIZE_MAX - 9 && n != 0; n++) {
            size_t bound = step.ops->bound(&step, n);
            CHECK(bound >= n / 8, "%s: the bound of %zu is %zu", configs[c].name, n, bound);
        }
    }
    /* contents that are no whole items */
    uint8_t b[16] = {0}, out[16];
    size_t written;
    zc_step_t step = {.ops = &zc_codec_shuffle, .p = {4}};
    CHECK(step.ops->encode(&step, ctx, b, 7, out, 16, &written) == ZC_E_PARAM, "shuffle");
    CHECK(step.ops->decode(&step, ctx, b, 7, out, 16, &written) == ZC_E_CORRUPT, "shuffle");
    step = (zc_step_t){.ops = &zc_codec_swap, .p = {8}};
    CHECK(step.ops->decode(&step, ctx, b, 7, out, 16, &written) == ZC_E_CORRUPT, "swap");
    step = (zc_step_t){.ops = &zc_codec_delta, .p = {ZC_TYPE_I4, 0, ZC_TYPE_I2, 0}};
    CHECK(step.ops->decode(&step, ctx, b, 7, out, 16, &written) == ZC_E_CORRUPT, "delta");
    CHECK(step.ops->encoded_size(&step, 7) == ZC_SIZE_UNKNOWN && step.ops->encoded_size(&step, 8) == 4, "delta");
}

int main(void) {
    ctx = zc_ctx_new();
    if (!ctx || zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    test_zstd();
    test_zstd_bomb();
    test_deflate();
    test_lz4();
    test_blosc();
    test_blosc_range_is_local();
    test_crc32c();
    test_parameters();
    zc_ctx_free(ctx);
    return check_report();
}

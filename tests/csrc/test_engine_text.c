/* UTF-8: the fast check against one that decodes every number and asks the standard's questions of it. */
#include "check.h"
#include "text.c"

/* RFC 3629, number by number. */
static int slow_valid(const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n;) {
        size_t more = p[i] < 0x80 ? 0 : p[i] >> 5 == 6 ? 1 : p[i] >> 4 == 14 ? 2 : p[i] >> 3 == 30 ? 3 : 9;
        if (more == 9 || n - i - 1 < more) return 0;
        uint32_t number = more == 0 ? p[i] : p[i] & (0x3fu >> more);
        for (size_t k = 1; k <= more; k++) {
            if (p[i + k] >> 6 != 2) return 0;
            number = number << 6 | (p[i + k] & 0x3f);
        }
        static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (number < least[more] || number > 0x10ffff || (number >= 0xd800 && number < 0xe000)) return 0;
        i += more + 1;
    }
    return 1;
}

static void same(const uint8_t *p, size_t n) {
    check_block_t b = check_block(n, 0); /* of exactly n bytes */
    memcpy(b.data, p, n);
    CHECK(zc_utf8_valid(b.data, n) == slow_valid(p, n), "%zu bytes: %02x %02x %02x %02x", n, p[0], p[1], p[2], p[3]);
    check_free(b);
}

/* Every sequence of two bytes, every one of four with bytes from all classes, alone and cut. */
static void every_short_one(void) {
    static const uint8_t classes[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
                                      0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff};
    enum { N = sizeof classes };
    uint8_t p[4] = {0};
    for (unsigned i = 0; i < 65536; i++) {
        p[0] = (uint8_t)(i >> 8), p[1] = (uint8_t)i;
        same(p, 2);
    }
    for (unsigned i = 0; i < N * N * N * N; i += 1 + (unsigned)check_below(4)) {
        unsigned rest = i;
        for (int k = 0; k < 4; k++) p[k] = classes[rest % N], rest /= N;
        same(p, 1 + check_below(4));
        same(p, 4);
    }
}

static size_t put(uint8_t *p, uint32_t number) {
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    if (number < 0x80) return p[0] = (uint8_t)number, 1;
    size_t more = number < 0x800 ? 1 : number < 0x10000 ? 2 : 3;
    for (size_t k = more; k > 0; k--, number >>= 6) p[k] = (uint8_t)(0x80 | (number & 0x3f));
    p[0] = (uint8_t)(lead[more] | number);
    return more + 1;
}

/* Texts of numbers near the limits, whole, cut, and with one byte changed. */
static void texts(void) {
    static const uint32_t near[] = {0x24, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
    uint8_t text[300];
    for (int round = 0; round < 20000; round++) {
        size_t n = 0, numbers = check_below(60);
        int plain = check_below(2) == 0;
        for (size_t k = 0; k < numbers; k++)
            n += put(text + n, plain && check_below(12) ? 0x61 : near[check_below(sizeof near / sizeof *near)]);
        CHECK(zc_utf8_valid(text, n) == 1 && slow_valid(text, n), "a text of %zu bytes", n);
        memset(text + n, 0, 4);
        same(text, check_below(n + 1));
        text[check_below(n + 1)] = (uint8_t)check_random();
        same(text, n);
    }
}

int main(void) {
    every_short_one();
    texts();
    return check_report();
}

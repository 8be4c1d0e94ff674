/* The little that the C tests need: checks that count, and reproducible noise. */
#ifndef ZC_TESTS_CHECK_H
#define ZC_TESTS_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long zc_passed, zc_failed;

/* Counts a check; the first failures say where and, printf-like, with what. */
#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (condition) {                                                                                               \
            zc_passed++;                                                                                               \
        } else if (zc_failed++ < 20) {                                                                                 \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);                                            \
            fprintf(stderr, __VA_ARGS__);                                                                              \
            fputc('\n', stderr);                                                                                       \
        }                                                                                                              \
    } while (0)

/* The last line of every main. */
static inline int check_report(void) {
    printf("%lu passed, %lu failed\n", zc_passed, zc_failed);
    return zc_failed ? 1 : 0;
}

static uint64_t check_state = 0x9E3779B97F4A7C15ULL;

/* The next number of a xorshift sequence (Marsaglia 2003): the same in every run. */
static inline uint64_t check_random(void) {
    check_state ^= check_state << 13;
    check_state ^= check_state >> 7;
    check_state ^= check_state << 17;
    return check_state;
}

static inline size_t check_below(size_t n) { return n ? (size_t)(check_random() % n) : 0; }

/* A block of exactly n bytes of noise, starting `off` bytes into an allocation that ends with it: the address
 * sanitizer sees every byte read or written past it. Free with check_free. */
typedef struct check_block {
    uint8_t *base, *data;
    size_t n;
} check_block_t;

static inline check_block_t check_block(size_t n, size_t off) {
    check_block_t b;
    b.base = malloc(n + off ? n + off : 1);
    if (!b.base) abort();
    b.data = b.base + off;
    b.n = n;
    for (size_t i = 0; i < n; i++) b.data[i] = (uint8_t)(check_random() >> 32);
    return b;
}

static inline void check_free(check_block_t b) { free(b.base); }

#endif

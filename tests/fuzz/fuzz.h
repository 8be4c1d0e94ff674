/* What the fuzz targets share: numbers taken from the front of the input, and buffers that end at a guard page. */
#ifndef ZC_TESTS_FUZZ_H
#define ZC_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dispatch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run, with a reason, when a promise is broken. */
#define PROMISE(condition, ...)                                                                                        \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);                                            \
            fprintf(stderr, __VA_ARGS__);                                                                              \
            fputc('\n', stderr);                                                                                       \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* The rest of an input. Past its end there are zeros. */
typedef struct input {
    const uint8_t *data;
    size_t n;
} input_t;

static inline uint64_t take(input_t *in, size_t bytes) {
    uint64_t v = 0;
    for (size_t i = 0; i < bytes && in->n > 0; i++, in->n--) v |= (uint64_t)*in->data++ << (8 * i);
    return v;
}

/* A number below n, which is at least 1. */
static inline size_t take_below(input_t *in, size_t n) { return (size_t)(take(in, n > 65536 ? 8 : 2) % n); }

/* Memory whose last byte lies before an inaccessible page, mapped once and used again: what is read or written past
 * the end is caught in the compressors' libraries too, which no sanitizer has instrumented. */
typedef struct arena {
    uint8_t *base;
    size_t room;
} arena_t;

static inline uint8_t *arena_end(arena_t *a, size_t n) {
    if (a->base == NULL) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        a->room = (size_t)1 << 22;
        a->base = mmap(NULL, a->room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (a->base == MAP_FAILED || mprotect(a->base + a->room, page, PROT_NONE) != 0) abort();
    }
    if (n > a->room) abort();
    return a->base + a->room - n;
}

static inline void fuzz_start(void) {
    static int started;
    if (!started && zc_dispatch_init(NULL) != ZC_DISPATCH_OK) abort();
    started = 1;
}

#endif

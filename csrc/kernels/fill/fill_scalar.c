#include "fill.h"

#include <string.h>

/* Bytes that are copied at a time once so many are filled: they stay in the first-level cache. */
#define ZC_FILL_SPAN 8192

void zc_fill_scalar(uint8_t *dst, const uint8_t *pattern, size_t itemsize, size_t count) {
    const size_t total = itemsize * count;
    if (total == 0) return;
    size_t same = 1;
    while (same < itemsize && pattern[same] == pattern[0]) same++;
    if (same == itemsize) {
        memset(dst, pattern[0], total);
        return;
    }
    memcpy(dst, pattern, itemsize);
    size_t done = itemsize;
    while (done < total && done < ZC_FILL_SPAN) {
        const size_t n = done < total - done ? done : total - done;
        memcpy(dst + done, dst, n);
        done += n;
    }
    /* `done` is a multiple of itemsize here, so the span at the start continues the pattern anywhere. */
    for (const size_t span = done; done < total;) {
        const size_t n = span < total - done ? span : total - done;
        memcpy(dst + done, dst, n);
        done += n;
    }
}

/* All items are equal when the first is right and the data equal themselves one item further on: the library's
 * memcmp then does the work, and it stops early. */
int zc_all_equal_scalar(const uint8_t *data, const uint8_t *pattern, size_t itemsize, size_t count) {
    if (count == 0) return 1;
    if (memcmp(data, pattern, itemsize) != 0) return 0;
    return memcmp(data, data + itemsize, itemsize * (count - 1)) == 0;
}

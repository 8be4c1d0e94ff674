/* The sums are kept modulo 65535, where a byte swap of a word is a multiplication by 256. So the words are summed as
 * this machine reads them, little endian, and only the two results are swapped. */
#include "fletcher32.h"

#include <string.h>

/* Weights and words multiply to less than 2^32 in sum for up to 361 words. */
enum { BLOCK = 256 };

/* `total` modulo 65535, except that only 0 gives 0: a ones' complement sum that is not zero never becomes it. */
static uint32_t folded(uint64_t total) { return total ? (uint32_t)((total - 1) % 65535) + 1 : 0; }

static uint32_t swapped(uint32_t sum) { return folded((uint64_t)sum << 8); }

/* Sum, and sum weighted with n, n - 1 ... 1, of n <= BLOCK words. */
static void block_sums(const uint8_t *data, size_t n, uint32_t *plain, uint32_t *weighted) {
    uint16_t words[BLOCK];
    uint32_t a = 0, b = 0;
    memcpy(words, data, 2 * n);
    for (uint16_t i = 0; i < (uint16_t)n; i++) {
        a += words[i];
        b += (uint32_t)words[i] * (uint16_t)(n - i);
    }
    *plain = a;
    *weighted = b;
}

uint32_t zc_fletcher32(const uint8_t *data, size_t n) {
    uint32_t low = 0, high = 0, plain, weighted;
    for (size_t at = 0; at + 2 <= n;) {
        size_t words = (n - at) / 2 < BLOCK ? (n - at) / 2 : BLOCK;
        block_sums(data + at, words, &plain, &weighted);
        high = folded(high + (uint64_t)low * words + weighted);
        low = folded((uint64_t)low + plain);
        at += 2 * words;
    }
    if (n % 2) { /* as a little-endian word, the high byte of the big-endian one comes first */
        low = folded((uint64_t)low + data[n - 1]);
        high = folded((uint64_t)high + low);
    }
    return swapped(high) << 16 | swapped(low);
}

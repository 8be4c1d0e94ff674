/* An encoder of the blosclz format (FastLZ's second level with 16-bit far distances): greedy, one hash table.
 *
 * A control byte below 32 starts that many plus one literals. Any other starts a match: its length less two in the
 * upper three bits (7: more follows in bytes, each 255 says that another comes), the distance less one in the lower
 * five bits and a byte after the length; the largest value of those 13 bits says that 16 bits follow, to be added to
 * it. The stream begins and ends with literals: decoders rely on it. c-blosc2's own encoder gives up on much that
 * c-blosc 1.x compresses, hence this one. */
#include "blosclz_encode.h"

#include <string.h>

#include "../compiler.h"

enum {
    HASH_LOG = 14,
    HASH_LOG_MIN = 8,
    MAX_LITERALS = 32,
    NEAR_LIMIT = 8191,    /* smallest distance less one that needs the far form */
    MAX_DISTANCE = 73725, /* of c-blosc's encoder */
    MIN_FAR_LENGTH = 6,   /* the far form costs two bytes more */
    LAST_MATCH = 12,      /* no match starts so near the end */
    LAST_LITERALS = 5,    /* no match reaches so near the end */
    LONG_LENGTH = 7,      /* length code after which bytes follow */
    MIN_CONTENT = 16
};

typedef struct sink {
    uint8_t *at, *end;
} sink_t;

static uint32_t load32(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

static uint64_t load64(const uint8_t *p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* Bytes that are equal at a and b, at most up to a's limit. b < a. */
static size_t common(const uint8_t *a, const uint8_t *b, const uint8_t *limit) {
    const uint8_t *start = a;
    while (limit - a >= 8) {
        uint64_t diff = load64(a) ^ load64(b);
        if (diff) return (size_t)(a - start) + (size_t)(__builtin_ctzll(diff) >> 3);
        a += 8;
        b += 8;
    }
    while (a < limit && *a == *b) a++, b++;
    return (size_t)(a - start);
}

/* 0: no room. */
static int put_literals(sink_t *out, const uint8_t *p, size_t n) {
    if ((size_t)(out->end - out->at) < n + (n + MAX_LITERALS - 1) / MAX_LITERALS) return 0;
    for (; n >= MAX_LITERALS; n -= MAX_LITERALS, p += MAX_LITERALS) {
        *out->at++ = MAX_LITERALS - 1;
        memcpy(out->at, p, MAX_LITERALS);
        out->at += MAX_LITERALS;
    }
    if (n) {
        *out->at++ = (uint8_t)(n - 1);
        memcpy(out->at, p, n);
        out->at += n;
    }
    return 1;
}

static int put_match(sink_t *out, size_t length, size_t distance) {
    size_t code = length - 2, bias = distance - 1;
    int far = bias >= NEAR_LIMIT;
    if ((size_t)(out->end - out->at) < 5 + code / 255 + 1) return 0;
    uint8_t *p = out->at;
    size_t high = far ? 31 : bias >> 8;
    if (code < LONG_LENGTH) {
        *p++ = (uint8_t)(code << 5 | high);
    } else {
        *p++ = (uint8_t)(LONG_LENGTH << 5 | high);
        for (code -= LONG_LENGTH; code >= 255; code -= 255) *p++ = 255;
        *p++ = (uint8_t)code;
    }
    if (far) {
        *p++ = 255;
        *p++ = (uint8_t)((bias - NEAR_LIMIT) >> 8);
        *p++ = (uint8_t)(bias - NEAR_LIMIT);
    } else {
        *p++ = (uint8_t)bias;
    }
    out->at = p;
    return 1;
}

size_t zc_blosclz_encode(zc_ctx_t *ctx, int level, const uint8_t *src, size_t n, uint8_t *dst, size_t room) {
    if (n < MIN_CONTENT) return 0;
    int log = HASH_LOG_MIN;
    while (log < HASH_LOG && n >> log) log++;
    uint32_t *table = (uint32_t *)(void *)zc_ctx_tmp(ctx, ZC_TMP_CODEC, sizeof(uint32_t) << HASH_LOG);
    if (!table) return 0;
    memset(table, 0, sizeof(uint32_t) << log);
    /* Misses in a row before the stride grows: low levels leave incompressible stretches sooner. */
    const int patience = 3 + level / 2;
    const int shift = 32 - log;
    const uint8_t *match_end = src + n - LAST_LITERALS, *last = src + n - LAST_MATCH;
    const uint8_t *anchor = src, *ip = src + 1;
    sink_t out = {dst, dst + room};
    uint32_t misses = 0;
    while (ip <= last) {
        uint32_t word = load32(ip), *slot = &table[word * 2654435761U >> shift];
        const uint8_t *ref = src + *slot;
        *slot = (uint32_t)(ip - src);
        size_t length = 0;
        if (ip - ref <= MAX_DISTANCE && load32(ref) == word) {
            length = 4 + common(ip + 4, ref + 4, match_end);
            if (ip - ref > NEAR_LIMIT && length < MIN_FAR_LENGTH) length = 0;
        }
        if (length == 0) {
            ip += 1 + (misses++ >> patience);
            continue;
        }
        /* backwards too, but the first byte stays a literal */
        while (ip - 1 > anchor && ref > src && ip[-1] == ref[-1]) ip--, ref--, length++;
        if (!put_literals(&out, anchor, (size_t)(ip - anchor)) || !put_match(&out, length, (size_t)(ip - ref)))
            return 0;
        ip += length;
        anchor = ip;
        misses = 0;
        if (ip <= last) table[load32(ip - 2) * 2654435761U >> shift] = (uint32_t)(ip - 2 - src);
    }
    if (!put_literals(&out, anchor, (size_t)(src + n - anchor))) return 0;
    return (size_t)(out.at - dst);
}

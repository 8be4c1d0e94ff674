#include "lz4_block.h"

#include "match_copy.h"

/* What encoders keep to, and the library insists on: a block ends with literals, five at the least if a match comes
 * before them, and no match begins in its last twelve bytes. */
enum { LAST_LITERALS = 5, LAST_START = 12, LEAST_AFTER = 2 + 1 + LAST_LITERALS };

/* With so much left, a sequence whose lengths fit into the token needs no more checks of room: 16 bytes of literals are
 * read, of which 14 count at the most, then the distance; 18 bytes of match are made. */
enum { ROOM_IN = 32, ROOM_OUT = 14 + 18 + ZC_MATCH_SLACK };

/* The bytes that lengthen a run of 15 or more. */
static inline int lengthen(const uint8_t **in, const uint8_t *end, size_t *length) {
    uint8_t more;
    do {
        if (*in == end) return 0;
        more = *(*in)++;
        *length += more;
    } while (more == 255);
    return 1;
}

ZC_ALWAYS_INLINE ptrdiff_t decode(const int partial, const uint8_t *src, size_t n, uint8_t *dst, size_t need,
                                  size_t size) {
    const uint8_t *in = src, *const in_end = src + n;
    uint8_t *out = dst, *const out_end = dst + size, *const stop = dst + need;
    while (!partial || out < stop) {
        if (ZC_UNLIKELY(in == in_end)) return -1;
        const unsigned token = *in++;
        size_t length = token >> 4, distance;
        const int roomy = length < 15 && in_end - in >= ROOM_IN && out_end - out >= ROOM_OUT;
        if (ZC_LIKELY(roomy)) {
            zc_copy16(out, in);
        } else {
            if (length == 15 && !lengthen(&in, in_end, &length)) return -1;
            if (length > (size_t)(in_end - in) || length > (size_t)(out_end - out)) return -1;
            if (partial && length > (size_t)(stop - out)) length = (size_t)(stop - out);
            memcpy(out, in, length);
            if (partial && length == (size_t)(stop - out)) return (ptrdiff_t)need;
            if (in + length == in_end) return out + length - dst;
            if (out_end - out - (ptrdiff_t)length < LAST_START || in_end - in - (ptrdiff_t)length < LEAST_AFTER)
                return -1;
        }
        out += length;
        in += length;
        distance = (size_t)in[0] | (size_t)in[1] << 8;
        in += 2;
        if (ZC_UNLIKELY(distance - 1 >= (size_t)(out - dst))) return -1; /* 0 too */
        length = token & 15;
        if (ZC_LIKELY(roomy && length < 15 && distance >= 16)) {
            zc_copy16(out, out - distance);
            memcpy(out + 16, out + 16 - distance, 2);
            out += length + 4;
            continue;
        }
        if (ZC_UNLIKELY(length == 15 && !lengthen(&in, in_end, &length))) return -1;
        length += 4;
        if (ZC_LIKELY(length + ZC_MATCH_SLACK <= (size_t)(out_end - out))) {
            zc_match_copy(out, length, distance);
        } else {
            if (length + LAST_LITERALS > (size_t)(out_end - out)) return -1;
            size_t i = 0;
            if (length > ZC_MATCH_SLACK) zc_match_copy(out, i = length - ZC_MATCH_SLACK, distance);
            for (; i < length; i++) out[i] = *(out + i - distance);
        }
        out += length;
    }
    return out - dst;
}

ptrdiff_t zc_lz4_block(const uint8_t *src, size_t n, uint8_t *dst, size_t need, size_t size) {
    return need < size ? decode(1, src, n, dst, need, size) : decode(0, src, n, dst, need, size);
}

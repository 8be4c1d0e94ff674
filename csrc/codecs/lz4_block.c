#include "lz4_block.h"

#include "match_copy.h"

/* What encoders keep to, and the library insists on: a block ends with literals, five at the least if a match comes
 * before them, and no match begins in its last twelve bytes. */
enum { LAST_LITERALS = 5, LAST_START = 12, LEAST_AFTER = 2 + 1 + LAST_LITERALS };

/* Blocks that are mostly literals have runs of them on both sides of 15, so that a branch on that is a guess at every
 * token. In such blocks, `rich`, runs up to SHORT_RUN are taken without one: more is copied than most need. In others
 * that would be too much work for a few bytes. */
enum { SHORT_RUN = 64 };

/* With so much left, a short run of literals and a match whose length fits into the token need no more checks of room:
 * a byte of length and SHORT_RUN of literals are read, and what must come after them; 18 bytes of match are made. */
enum { ROOM_IN = 1 + SHORT_RUN + LEAST_AFTER, ROOM_OUT = SHORT_RUN + 18 + ZC_MATCH_SLACK };

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

ZC_ALWAYS_INLINE ptrdiff_t decode(const int partial, const int rich, const uint8_t *src, size_t n, uint8_t *dst,
                                  size_t need, size_t size) {
    const uint8_t *in = src, *const in_end = src + n;
    uint8_t *out = dst, *const out_end = dst + size, *const stop = dst + need;
    while (!partial || out < stop) {
        if (ZC_UNLIKELY(in == in_end)) return -1;
        const unsigned token = *in++;
        size_t length = token >> 4, distance;
        const int roomy = in_end - in >= ROOM_IN && out_end - out >= ROOM_OUT;
        size_t extended = 0;
        if (rich && ZC_LIKELY(roomy)) {
            extended = length == 15;
            length += *in & (0 - extended);
            in += extended;
        }
        const int quick = roomy && length < (rich ? SHORT_RUN + 1 : 15);
        if (ZC_LIKELY(quick)) {
            zc_copy16(out, in);
            for (size_t i = 16; rich && i < SHORT_RUN; i += 16) zc_copy16(out + i, in + i);
        } else {
            if (length == (extended ? 15 + 255 : 15) && !lengthen(&in, in_end, &length)) return -1;
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
        if (ZC_LIKELY(quick && length < 15 && distance >= 16)) {
            zc_copy16(out, out - distance);
            memcpy(out + 16, out + 16 - distance, 2);
            out += length + 4;
            continue;
        }
        if (ZC_UNLIKELY(length == 15 && !lengthen(&in, in_end - (LAST_LITERALS - 1), &length))) return -1;
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

ptrdiff_t zc_lz4_block(const uint8_t *src, size_t n, size_t packed, uint8_t *dst, size_t need, size_t size) {
    if (packed > size / 2)
        return need < size ? decode(1, 1, src, n, dst, need, size) : decode(0, 1, src, n, dst, need, size);
    return need < size ? decode(1, 0, src, n, dst, need, size) : decode(0, 0, src, n, dst, need, size);
}

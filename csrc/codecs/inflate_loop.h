/* The fast loops of the DEFLATE decoder, compiled once for each tier: the file that includes this one defines PLAIN and
 * WIDE, their names, and may define LOWEST.
 *
 * What a symbol costs is the latency of a look-up and a shift, and the branches that cannot be foreseen. The plain loop
 * looks up one symbol at a time and branches on what it is. In the wide one, a look takes in literals and a match
 * together, and what it says is written without a branch between the two. */
#include <string.h>

#include "match_copy.h"

#ifndef LOWEST /* the n lowest bits of v, where n is the low byte of what is given and less than 64 */
#define LOWEST(v, n) ((v) & (((uint64_t)1 << ((n) & 63)) - 1))
#endif
#define MASK(n) ((1U << (n)) - 1)

/* The base and extra bits of an entry at the start of `bits`. */
static inline size_t value_of(uint32_t entry, uint64_t bits) {
    return (entry >> 16) + (size_t)(LOWEST(bits, entry) >> (entry >> 8 & 63));
}

static inline size_t wide_length(uint64_t entry) { return (uint32_t)entry >> 22; }

static inline size_t wide_distance(uint64_t entry, uint64_t bits) {
    return (size_t)(entry >> 48) + (size_t)(LOWEST(bits, entry & 0x7F) >> (entry >> 16 & 63));
}

#define BEGIN()                                                                                                        \
    const uint8_t *in = z->in, *const in_far = z->in_end - ZC_INF_IN_SLACK;                                            \
    uint8_t *out = z->out;                                                                                             \
    const uint8_t *const start = z->start;                                                                             \
    uint64_t bits = z->bits;                                                                                           \
    unsigned nbits = z->nbits;                                                                                         \
    int result = ZC_INF_NEAR_END
#define END()                                                                                                          \
    do {                                                                                                               \
        z->in = in;                                                                                                    \
        z->out = out;                                                                                                  \
        z->nbits = nbits & 63;                                                                                         \
        z->bits = LOWEST(bits, z->nbits);                                                                              \
        return result;                                                                                                 \
    } while (0)

/* At least 56 bits, by eight bytes that are all there; those that do not fit whole are read again later. Only the low
 * six bits of nbits count, so that an entry can be subtracted as it is. */
#define REFILL()                                                                                                       \
    do {                                                                                                               \
        uint64_t more;                                                                                                 \
        memcpy(&more, in, 8);                                                                                          \
        bits |= more << (nbits & 63);                                                                                  \
        in += 7 - (nbits >> 3 & 7);                                                                                    \
        nbits |= 56;                                                                                                   \
    } while (0)
#define DROP(entry) (bits >>= (entry) & 63, nbits -= (unsigned)(entry))
#define LIT() (z->lit[bits & MASK(ZC_INF_LIT_BITS)])
#define LIT_BELOW(entry) (z->lit[((entry) >> 16) + LOWEST(bits >> ZC_INF_LIT_BITS, (entry) >> 8 & 31)])

/* To `d` the entry of the distance at the start of the bits, which are as many as it can take. */
enum { DISTANCE_BITS = 28 };
#define DISTANCE(d)                                                                                                    \
    uint32_t d = z->dist[bits & MASK(ZC_INF_DIST_BITS)];                                                               \
    if (ZC_UNLIKELY(d & ZC_INF_SPECIAL)) {                                                                             \
        if (!(uint8_t)d) d = z->dist[(d >> 16) + LOWEST(bits >> ZC_INF_DIST_BITS, d >> 8 & 31)];                       \
        if (d & ZC_INF_SPECIAL) {                                                                                      \
            result = ZC_INF_NO_DISTANCE;                                                                               \
            break;                                                                                                     \
        }                                                                                                              \
    }

#define CHECK_DISTANCE(distance)                                                                                       \
    if (ZC_UNLIKELY(distance > (size_t)(out - start))) {                                                               \
        result = ZC_INF_TOO_FAR;                                                                                       \
        break;                                                                                                         \
    }

int PLAIN(zc_inflate_t *z, const uint8_t *out_far) {
    BEGIN();
    REFILL();
    uint32_t e = LIT();
    while (in <= in_far && out <= out_far) {
        /* There are 56 bits: enough for two literals that need no subtable and a third or a length. The next entry is
         * looked up before the refill, for which it then need not wait. */
        uint64_t before = bits;
        DROP(e);
        if (e & ZC_INF_LITERAL) {
            *out++ = (uint8_t)(e >> 16);
            e = LIT();
            before = bits;
            DROP(e);
            if (e & ZC_INF_LITERAL) {
                *out++ = (uint8_t)(e >> 16);
                e = LIT();
                before = bits;
                DROP(e);
                if (e & ZC_INF_LITERAL) {
                    *out++ = (uint8_t)(e >> 16);
                    e = LIT();
                    REFILL();
                    continue;
                }
            }
        }
        if (ZC_UNLIKELY(e & ZC_INF_SPECIAL)) {
            if (!(uint8_t)e) {
                e = LIT_BELOW(e);
                DROP(e);
                if (e & ZC_INF_LITERAL) {
                    *out++ = (uint8_t)(e >> 16);
                    REFILL();
                    e = LIT();
                    continue;
                }
            }
            if (e & ZC_INF_SPECIAL) {
                result = e & ZC_INF_END ? ZC_INF_BLOCK_END : ZC_INF_NO_SYMBOL;
                break;
            }
        }
        size_t length = value_of(e, before);
        if (ZC_UNLIKELY((nbits & 63) < DISTANCE_BITS + ZC_INF_LIT_BITS)) REFILL();
        DISTANCE(d);
        size_t distance = value_of(d, bits);
        DROP(d);
        e = LIT();
        REFILL();
        CHECK_DISTANCE(distance);
        zc_match_copy(out, length, distance);
        out += length;
    }
    END();
}

/* Writes what the next entry says, if that is simple: else goes to `other`, with the entry dropped and nothing written;
 * or to `overlap`, with the literals written. */
#define WIDE_STEP()                                                                                                    \
    do {                                                                                                               \
        before = bits;                                                                                                 \
        here = next;                                                                                                   \
        DROP(here);                                                                                                    \
        if (ZC_UNLIKELY((int8_t)here <= 0)) goto other;                                                                \
        next = z->wide[bits & MASK(ZC_INF_WIDE_BITS)];                                                                 \
        const size_t length_ = wide_length(here), distance_ = wide_distance(here, before);                             \
        WIDE_LITERALS();                                                                                               \
        /* length <= distance <= out - start at once, as there is more than a length's worth of output */              \
        if (ZC_UNLIKELY(distance_ - length_ > (size_t)(out - length_ - start))) goto overlap;                          \
        zc_copy16(out, out - distance_);                                                                               \
        out += length_;                                                                                                \
    } while (0)
/* Both places for literals, as the match or the next entry overwrites what is too much. */
#define WIDE_LITERALS()                                                                                                \
    do {                                                                                                               \
        const uint16_t literals_ = (uint16_t)(here >> 32);                                                             \
        memcpy(out, &literals_, 2);                                                                                    \
        out += (uint8_t)(here >> 8);                                                                                   \
    } while (0)

int WIDE(zc_inflate_t *z, const uint8_t *out_far) {
    BEGIN();
    uint64_t before, here, next;
    REFILL();
    next = z->wide[bits & MASK(ZC_INF_WIDE_BITS)];
    while (in <= in_far && out <= out_far) {
        /* There are 56 bits. A simple entry takes 22 at most, so that after two of them 12 are left for a look-up. An
         * entry without a match copies from ZC_INF_WIDE_FAR back, to no effect: from nearby, it would wait for what has
         * just been written. */
        size_t length, distance;
        WIDE_STEP();
        WIDE_STEP();
        REFILL();
        continue;
    other:
        REFILL();
        if (!(uint8_t)here) {
            uint32_t e = LIT();
            if (!(uint8_t)e) e = LIT_BELOW(e);
            before = bits;
            DROP(e);
            if (e & ZC_INF_LITERAL) {
                *out++ = (uint8_t)(e >> 16);
                REFILL();
                next = z->wide[bits & MASK(ZC_INF_WIDE_BITS)];
                continue;
            }
            if (e & ZC_INF_SPECIAL) {
                result = e & ZC_INF_END ? ZC_INF_BLOCK_END : ZC_INF_NO_SYMBOL;
                break;
            }
            length = value_of(e, before);
            DISTANCE(d);
            distance = value_of(d, bits);
            DROP(d);
            REFILL();
            next = z->wide[bits & MASK(ZC_INF_WIDE_BITS)];
        } else {
            next = z->wide[bits & MASK(ZC_INF_WIDE_BITS)];
            WIDE_LITERALS();
        overlap:
            REFILL();
            length = wide_length(here);
            distance = wide_distance(here, before);
        }
        CHECK_DISTANCE(distance);
        zc_match_copy(out, length, distance);
        out += length;
    }
    END();
}

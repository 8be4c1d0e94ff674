#include "inflate.h"

#include <string.h>

#include "../dispatch.h"
#include "match_copy.h"

static zc_status_t fail(zc_inflate_t *z, zc_status_t status, const char *words) {
    z->words = words;
    return status;
}

static zc_status_t ends(zc_inflate_t *z) { return fail(z, ZC_E_TRUNCATED, "the stream ends too early"); }
static zc_status_t bad(zc_inflate_t *z, const char *words) { return fail(z, ZC_E_CORRUPT, words); }

/* ---- bits ---- */

/* As many bits as fit and are there: at least 56 unless the source ends. */
static void refill(zc_inflate_t *z) {
    while (z->nbits <= 56 && z->in < z->in_end) {
        z->bits |= (uint64_t)*z->in++ << z->nbits;
        z->nbits += 8;
    }
}

static unsigned peek(const zc_inflate_t *z, unsigned n) { return (unsigned)(z->bits & (((uint64_t)1 << n) - 1)); }

static unsigned take(zc_inflate_t *z, unsigned n) {
    unsigned v = peek(z, n);
    z->bits >>= n;
    z->nbits -= n;
    return v;
}

/* Gives back the bytes that are taken but not begun. */
static void to_byte(zc_inflate_t *z) {
    z->in -= z->nbits / 8;
    z->nbits = 0;
    z->bits = 0;
}

/* ---- symbols, one by one, to the last byte of both buffers ---- */

/* The entry at the start of the bits, from the subtable if need be. */
static uint32_t look_up(const zc_inflate_t *z, const uint32_t *table, unsigned root) {
    uint32_t e = table[peek(z, root)];
    if ((uint8_t)e) return e;
    return table[(e >> 16) + (z->bits >> root & ((1U << (e >> 8 & 31)) - 1))];
}

/* Its base and extra bits. */
static size_t take_value(zc_inflate_t *z, uint32_t e) { return (e >> 16) + (take(z, (uint8_t)e) >> (e >> 8 & 31)); }

static void copy_exactly(uint8_t *out, size_t length, size_t distance, size_t room) {
    if (room - length >= ZC_MATCH_SLACK) {
        zc_match_copy(out, length, distance);
        return;
    }
    const uint8_t *from = out - distance;
    for (size_t i = 0; i < length; i++) out[i] = from[i];
}

static zc_status_t match(zc_inflate_t *z, size_t length) {
    refill(z);
    uint32_t d = look_up(z, z->dist, ZC_INF_DIST_BITS);
    if ((uint8_t)d > z->nbits) return ends(z);
    if (d & ZC_INF_SPECIAL) return bad(z, "a distance that no code stands for");
    size_t distance = take_value(z, d), room = (size_t)(z->out_end - z->out);
    if (distance > (size_t)(z->out - z->start)) return bad(z, "a match from before the start");
    if (length > room) {
        if (!z->stop) return fail(z, ZC_E_TOO_LONG, NULL);
        length = room;
    }
    copy_exactly(z->out, length, distance, room);
    z->out += length;
    return ZC_OK;
}

/* The fast loop for where `out` is. */
static int fast_symbols(zc_inflate_t *z) {
    const uint8_t *far = z->out_end - ZC_INF_OUT_SLACK;
    int wide = z->use_wide;
    if (wide && z->out - z->start < ZC_INF_WIDE_FAR) {
        wide = 0;
        if (far > z->start + ZC_INF_WIDE_FAR) far = z->start + ZC_INF_WIDE_FAR;
    }
#if ZC_X86
    if (zc_k.tier == ZC_TIER_AVX2) return wide ? zc_inflate_wide_avx2(z, far) : zc_inflate_plain_avx2(z, far);
#endif
    return wide ? zc_inflate_wide_scalar(z, far) : zc_inflate_plain_scalar(z, far);
}

static zc_status_t symbols(zc_inflate_t *z) {
    for (;;) {
        if (z->in_end - z->in >= ZC_INF_IN_SLACK + 8 && z->out_end - z->out >= ZC_INF_OUT_SLACK) {
            switch (fast_symbols(z)) {
            case ZC_INF_BLOCK_END:
                return ZC_OK;
            case ZC_INF_NO_SYMBOL:
                return bad(z, "a symbol that no code stands for");
            case ZC_INF_NO_DISTANCE:
                return bad(z, "a distance that no code stands for");
            case ZC_INF_TOO_FAR:
                return bad(z, "a match from before the start");
            }
        }
        if (z->stop && z->out == z->out_end) {
            z->full = 1;
            return ZC_OK;
        }
        refill(z);
        uint32_t e = look_up(z, z->lit, ZC_INF_LIT_BITS);
        if ((uint8_t)e > z->nbits) return ends(z);
        if (e & ZC_INF_LITERAL) {
            if (z->out == z->out_end) return fail(z, ZC_E_TOO_LONG, NULL);
            *z->out++ = (uint8_t)(e >> 16);
            take(z, (uint8_t)e);
        } else if (e & ZC_INF_SPECIAL) {
            if (!(e & ZC_INF_END)) return bad(z, "a symbol that no code stands for");
            take(z, (uint8_t)e);
            return ZC_OK;
        } else {
            zc_status_t status = match(z, take_value(z, e));
            if (status != ZC_OK) return status;
        }
    }
}

/* ---- blocks ---- */

static zc_status_t stored(zc_inflate_t *z) {
    to_byte(z);
    if (z->in_end - z->in < 4) return ends(z);
    unsigned size = z->in[0] | z->in[1] << 8, inverse = z->in[2] | z->in[3] << 8;
    if ((size ^ inverse) != 0xFFFF) return bad(z, "a stored block whose size is not its size");
    z->in += 4;
    size_t room = (size_t)(z->out_end - z->out), there = (size_t)(z->in_end - z->in), n = size;
    if (n > room) n = room;
    if (n > there) n = there;
    if (n) memcpy(z->out, z->in, n);
    z->in += n;
    z->out += n;
    if (n == size) return ZC_OK;
    if (n == room && z->stop) {
        z->full = 1;
        return ZC_OK;
    }
    return n == there ? ends(z) : fail(z, ZC_E_TOO_LONG, NULL);
}

/* The wide table takes longer to fill than it saves where there is less than this to decode: not in the destination, or
 * not in the source, or not in the block before. And it saves nothing where a quarter of the symbols is not simple in
 * it: long matches for the most part. */
enum { WORTH_WIDE = 4096 };

/* The tables of the two codes of a block. */
static zc_status_t tables(zc_inflate_t *z, const uint8_t *lens, size_t nlit, size_t ndist) {
    zc_inf_words_t lit, dist;
    if (!zc_inflate_words(ZC_INF_CODE_LITERALS, lens, nlit, &lit)) return bad(z, "no code of literals and lengths");
    if (!zc_inflate_words(ZC_INF_CODE_DISTANCES, lens + nlit, ndist, &dist)) return bad(z, "no code of distances");
    zc_inflate_table(ZC_INF_CODE_LITERALS, &lit, z->lit);
    zc_inflate_table(ZC_INF_CODE_DISTANCES, &dist, z->dist);
    z->use_wide = z->out_end - z->out >= WORTH_WIDE && z->in_end - z->in >= WORTH_WIDE / 8 && z->made >= WORTH_WIDE &&
                  zc_inflate_wide_table(&lit, &dist, z->wide) >= ZC_INF_WIDE_ENTRIES / 4 * 3;
    return ZC_OK;
}

static zc_status_t fixed_tables(zc_inflate_t *z) {
    uint8_t lens[ZC_INF_LITERALS + ZC_INF_DISTANCES]; /* RFC 1951 3.2.6 */
    memset(lens, 8, 144);
    memset(lens + 144, 9, 112);
    memset(lens + 256, 7, 24);
    memset(lens + 280, 8, 8);
    memset(lens + ZC_INF_LITERALS, 5, ZC_INF_DISTANCES);
    return tables(z, lens, ZC_INF_LITERALS, ZC_INF_DISTANCES);
}

static zc_status_t dynamic_tables(zc_inflate_t *z) {
    static const uint8_t order[ZC_INF_LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t lens[286 + 30] = {0};
    refill(z);
    if (z->nbits < 14) return ends(z);
    unsigned nlit = 257 + take(z, 5), ndist = 1 + take(z, 5), n = 4 + take(z, 4);
    if (nlit > 286 || ndist > 30) return bad(z, "codes of more symbols than there are");
    for (unsigned i = 0; i < n; i++) {
        refill(z);
        if (z->nbits < 3) return ends(z);
        lens[order[i]] = (uint8_t)take(z, 3);
    }
    /* An empty code makes nothing but zeros here, which are no code of literals. */
    zc_inf_words_t words;
    uint32_t *table = z->dist; /* not needed for distances before this one is done with */
    if (!zc_inflate_words(ZC_INF_CODE_LENGTHS, lens, ZC_INF_LENGTHS, &words)) return bad(z, "no code of code lengths");
    zc_inflate_table(ZC_INF_CODE_LENGTHS, &words, table);
    for (unsigned i = 0; i < nlit + ndist;) {
        if (z->nbits < 14) refill(z);
        uint32_t e = table[peek(z, ZC_INF_LENGTH_BITS)];
        unsigned symbol = e >> 16, extra = symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
        if ((uint8_t)e + extra > z->nbits) return ends(z);
        take(z, (uint8_t)e);
        if (symbol < 16) {
            lens[i++] = (uint8_t)symbol;
            continue;
        }
        unsigned times = (symbol == 18 ? 11 : 3) + take(z, extra);
        if ((symbol == 16 && i == 0) || times > nlit + ndist - i) return bad(z, "a repeated code length too many");
        memset(lens + i, symbol == 16 ? lens[i - 1] : 0, times);
        i += times;
    }
    if (!lens[256]) return bad(z, "a code without end of block");
    return tables(z, lens, nlit, ndist);
}

void zc_inflate_begin(zc_inflate_t *z, const uint8_t *src, size_t n, uint8_t *dst, size_t cap, int stop) {
    z->in = src;
    z->in_end = src + n;
    z->start = z->out = dst;
    z->out_end = dst + cap;
    z->bits = 0;
    z->nbits = 0;
    z->stop = stop;
    z->full = 0;
    z->last = 0;
    z->made = SIZE_MAX;
    z->words = NULL;
}

zc_status_t zc_inflate_block(zc_inflate_t *z) {
    if (z->stop && z->out == z->out_end) {
        z->full = 1;
        return ZC_OK;
    }
    refill(z);
    if (z->nbits < 3) return ends(z);
    unsigned last = take(z, 1), type = take(z, 2);
    if (type == 3) return bad(z, "a block of a type that does not exist");
    const uint8_t *from = z->out;
    zc_status_t status = type == 0 ? stored(z) : type == 1 ? fixed_tables(z) : dynamic_tables(z);
    if (status == ZC_OK && type != 0) status = symbols(z);
    if (status != ZC_OK || z->full) return status;
    z->made = (size_t)(z->out - from);
    if (last) {
        to_byte(z);
        z->last = 1;
    }
    return ZC_OK;
}

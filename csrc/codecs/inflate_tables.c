#include "inflate_tables.h"

#include <string.h>

/* Entries without their codewords' bits, of symbols with these bases and extra bits (RFC 1951 3.2.5). */
#define OF(base, extra) ((uint32_t)(base) << 16 | (extra))
#define NOTHING ((uint32_t)ZC_INF_SPECIAL)

static const uint32_t lengths[ZC_INF_LITERALS - 257] = {
    OF(3, 0),   OF(4, 0),   OF(5, 0),   OF(6, 0),   OF(7, 0),   OF(8, 0),  OF(9, 0),  OF(10, 0),
    OF(11, 1),  OF(13, 1),  OF(15, 1),  OF(17, 1),  OF(19, 2),  OF(23, 2), OF(27, 2), OF(31, 2),
    OF(35, 3),  OF(43, 3),  OF(51, 3),  OF(59, 3),  OF(67, 4),  OF(83, 4), OF(99, 4), OF(115, 4),
    OF(131, 5), OF(163, 5), OF(195, 5), OF(227, 5), OF(258, 0), NOTHING,   NOTHING};

static const uint32_t distances[ZC_INF_DISTANCES] = {
    OF(1, 0),     OF(2, 0),     OF(3, 0),     OF(4, 0),      OF(5, 1),      OF(7, 1),      OF(9, 2),     OF(13, 2),
    OF(17, 3),    OF(25, 3),    OF(33, 4),    OF(49, 4),     OF(65, 5),     OF(97, 5),     OF(129, 6),   OF(193, 6),
    OF(257, 7),   OF(385, 7),   OF(513, 8),   OF(769, 8),    OF(1025, 9),   OF(1537, 9),   OF(2049, 10), OF(3073, 10),
    OF(4097, 11), OF(6145, 11), OF(8193, 12), OF(12289, 12), OF(16385, 13), OF(24577, 13), NOTHING,      NOTHING};

/* ---- codes ---- */

/* The codeword after `word` among those of as many bits; 0 after the last. */
static inline unsigned next_word(unsigned word, unsigned bits) {
    unsigned zeros = ~word & ((1U << bits) - 1);
    if (!zeros) return 0;
    unsigned top = 1U << (31 - __builtin_clz(zeros));
    return (word & (top - 1)) | top;
}

int zc_inflate_words(zc_inf_code_t code, const uint8_t *lens, size_t n, zc_inf_words_t *w) {
    unsigned at[ZC_INF_MAX_BITS + 2];
    memset(w->count, 0, sizeof w->count);
    for (size_t i = 0; i < n; i++) w->count[lens[i]]++;
    w->count[0] = 0;
    w->open = 1;
    at[1] = 0;
    for (unsigned bits = 1; bits <= ZC_INF_MAX_BITS; bits++) {
        w->open = 2 * w->open - (int)w->count[bits];
        if (w->open < 0) return 0;
        at[bits + 1] = at[bits] + w->count[bits];
    }
    w->total = at[ZC_INF_MAX_BITS + 1];
    if (w->open > 0) {
        int alone = w->total == 1 && w->count[1] == 1 && code != ZC_INF_CODE_LENGTHS;
        if (w->total && !alone) return 0;
    }
    for (size_t i = 0; i < n; i++)
        if (lens[i]) w->symbol[at[lens[i]]++] = (uint16_t)i;
    unsigned word = 0, k = 0;
    for (unsigned bits = 1; bits <= ZC_INF_MAX_BITS; bits++)
        for (unsigned left = w->count[bits]; left; left--, k++) {
            w->bits[k] = (uint8_t)bits;
            w->word[k] = (uint16_t)word;
            word = next_word(word, bits);
        }
    return 1;
}

/* ---- tables of one symbol ---- */

static uint32_t entry_of(zc_inf_code_t code, unsigned symbol, unsigned bits) {
    bits |= bits << 8;
    if (code == ZC_INF_CODE_DISTANCES) return distances[symbol] + bits;
    if (code == ZC_INF_CODE_LENGTHS) return symbol << 16 | bits;
    if (symbol < 256) return symbol << 16 | ZC_INF_LITERAL | bits;
    return symbol == 256 ? (ZC_INF_SPECIAL | ZC_INF_END | bits) : lengths[symbol - 257] + bits;
}

/* Subtables of the codewords from the k-th on, which are longer than `root` bits. */
static void fill_subtables(zc_inf_code_t code, const zc_inf_words_t *w, unsigned k, unsigned root, uint32_t *table) {
    unsigned next = 1U << root, prefix = next, start = 0, index_bits = 0;
    for (unsigned bits = root + 1; bits <= ZC_INF_MAX_BITS; bits++)
        for (unsigned left = w->count[bits]; left; left--, k++) {
            unsigned word = w->word[k];
            if ((word & ((1U << root) - 1)) != prefix) {
                prefix = word & ((1U << root) - 1);
                start = next;
                /* As many bits as the codewords with this prefix need until they have taken all places. */
                index_bits = bits - root;
                for (unsigned taken = left; taken < 1U << index_bits;)
                    taken = 2 * taken + w->count[root + ++index_bits];
                next += 1U << index_bits;
                table[prefix] = start << 16 | ZC_INF_SPECIAL | index_bits << 8;
            }
            uint32_t entry = entry_of(code, w->symbol[k], bits);
            for (unsigned i = word >> root; i < 1U << index_bits; i += 1U << (bits - root)) table[start + i] = entry;
        }
}

void zc_inflate_table(zc_inf_code_t code, const zc_inf_words_t *w, uint32_t *table) {
    const unsigned root = code == ZC_INF_CODE_LENGTHS    ? ZC_INF_LENGTH_BITS
                          : code == ZC_INF_CODE_LITERALS ? ZC_INF_LIT_BITS
                                                         : ZC_INF_DIST_BITS;
    if (w->open > 0) {
        uint32_t nothing = NOTHING | 1 << 8 | 1, only = w->total ? entry_of(code, w->symbol[0], 1) : nothing;
        for (unsigned i = 0; i < 1U << root; i++) table[i] = i & 1 ? nothing : only;
        return;
    }
    /* The table of the codewords of up to `bits` bits has 2^bits places; to take one bit more is to double it. What is
     * undefined meanwhile, the longer codewords define in the end, as the code is complete. */
    unsigned k = 0;
    table[0] = 0;
    for (unsigned bits = 1; bits <= root; bits++) {
        memcpy(table + (1U << (bits - 1)), table, sizeof *table << (bits - 1));
        for (unsigned left = w->count[bits]; left; left--, k++) table[w->word[k]] = entry_of(code, w->symbol[k], bits);
    }
    if (k < w->total) fill_subtables(code, w, k, root, table);
}

/* ---- the table of several symbols ---- */

typedef struct filler {
    const zc_inf_words_t *literals, *distances;
    uint64_t *wide;
    unsigned covered;
} filler_t;

/* Every index that begins with these bits. */
static inline void fill(filler_t *f, unsigned word, unsigned bits, uint64_t entry) {
    for (unsigned i = word; i < ZC_INF_WIDE_ENTRIES; i += 1U << bits) f->wide[i] = entry;
}

/* Matches of one length after `word`, whose entry so far is `entry`. */
static void fill_matches(filler_t *f, unsigned word, unsigned bits, uint64_t entry, unsigned length) {
    for (unsigned k = 0; k < f->distances->total && bits + f->distances->bits[k] <= ZC_INF_WIDE_BITS; k++) {
        uint32_t d = distances[f->distances->symbol[k]];
        unsigned before = bits + f->distances->bits[k], all = before + (uint8_t)d;
        if (d == NOTHING) continue;
        fill(f, word | (unsigned)f->distances->word[k] << bits, before,
             entry | (uint64_t)(d >> 16) << 48 | length << 22 | before << 16 | (length > 16 || all > 22 ? 0x80 : 0) |
                 all);
        if (!(entry >> 8) && length <= 16) f->covered += ZC_INF_WIDE_ENTRIES >> before;
    }
}

/* What may follow the `bits` bits of `word`, which are `count` literals. */
static void fill_after(filler_t *f, unsigned word, unsigned bits, unsigned count, uint64_t literals) {
    const zc_inf_words_t *w = f->literals;
    for (unsigned k = 0; k < w->total && bits + w->bits[k] <= ZC_INF_WIDE_BITS; k++) {
        unsigned symbol = w->symbol[k], longer = word | (unsigned)w->word[k] << bits, all = bits + w->bits[k];
        if (symbol < 256) {
            if (count == 2) continue;
            uint64_t more = literals | (uint64_t)symbol << (32 + 8 * count);
            fill(f, longer, all, more | (uint64_t)ZC_INF_WIDE_FAR << 48 | all << 16 | (count + 1) << 8 | all);
            if (count == 0) f->covered += ZC_INF_WIDE_ENTRIES >> all;
            fill_after(f, longer, all, count + 1, more);
        } else if (symbol > 256 && lengths[symbol - 257] != NOTHING) {
            uint32_t length = lengths[symbol - 257];
            unsigned extra = (uint8_t)length;
            if (all + extra >= ZC_INF_WIDE_BITS) continue;
            for (unsigned i = 0; i < 1U << extra; i++)
                fill_matches(f, longer | i << all, all + extra, literals | count << 8, (length >> 16) + i);
        }
    }
}

unsigned zc_inflate_wide_table(const zc_inf_words_t *literals, const zc_inf_words_t *dists, uint64_t *wide) {
    filler_t f = {literals, dists, wide, 0};
    memset(wide, 0, sizeof *wide * ZC_INF_WIDE_ENTRIES);
    fill_after(&f, 0, 0, 0, 0);
    return f.covered;
}

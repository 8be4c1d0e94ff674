/* Decoding tables of the codes of a DEFLATE block. */
#ifndef ZC_INFLATE_TABLES_H
#define ZC_INFLATE_TABLES_H

#include "../compiler.h"

enum {
    ZC_INF_MAX_BITS = 15,  /* of a codeword */
    ZC_INF_LITERALS = 288, /* literals, end of block and lengths; the fixed code has the last two for nothing */
    ZC_INF_DISTANCES = 32, /* the last two likewise */
    ZC_INF_LENGTHS = 19,   /* symbols of the code that the lengths of the other two codes are written in */
    ZC_INF_LIT_BITS = 11,  /* looked up at once; longer codewords take a second look */
    ZC_INF_DIST_BITS = 8,
    ZC_INF_LENGTH_BITS = 7,
    ZC_INF_WIDE_BITS = 11,
    /* Root and subtables of the worst complete code, found by a search over all of them. */
    ZC_INF_LIT_ENTRIES = 2342,
    ZC_INF_DIST_ENTRIES = 402,
    ZC_INF_WIDE_ENTRIES = 1 << ZC_INF_WIDE_BITS
};

typedef enum zc_inf_code { ZC_INF_CODE_LENGTHS, ZC_INF_CODE_LITERALS, ZC_INF_CODE_DISTANCES } zc_inf_code_t;

/* A canonical code (RFC 1951 3.2.2): its symbols in the order of their codewords, whose first bit is the lowest. */
typedef struct zc_inf_words {
    unsigned total, count[ZC_INF_MAX_BITS + 1]; /* symbols, and those with codewords of that many bits */
    int open;                                   /* how many codewords of the most bits the code leaves unused */
    uint16_t symbol[ZC_INF_LITERALS], word[ZC_INF_LITERALS];
    uint8_t bits[ZC_INF_LITERALS];
} zc_inf_words_t;

/* The code whose symbol i has a codeword of lens[i] bits (0: none). 0 when it is over-subscribed, or incomplete, unless
 * (as zlib has it) it is empty, or of literals or distances and has one codeword alone, of a single bit. */
int zc_inflate_words(zc_inf_code_t code, const uint8_t *lens, size_t n, zc_inf_words_t *w);

/* Fills the code's table. An entry, looked up with the next bits of the stream:
 *   bits 0-7    how many bits it takes, extra bits with them; 0 when a subtable follows
 *   bits 8-12   how many of these are the codeword; with a subtable: how many bits index it
 *   bits 13-15  what it is
 *   bits 16-31  literal, base of a length or distance, or start of the subtable */
enum {
    ZC_INF_END = 1 << 13,
    ZC_INF_SPECIAL = 1 << 14, /* end of block, subtable, or (neither) no codeword at all */
    ZC_INF_LITERAL = 1 << 15
};
void zc_inflate_table(zc_inf_code_t code, const zc_inf_words_t *w, uint32_t *table);

/* Fills the table of what one look can tell: up to two literals, then perhaps a whole match. An entry:
 *   bits 0-6    how many bits it takes, the distance's extra bits with them; 0 when one look is not enough
 *   bit 7       not simple: the match is longer than 16 bytes, or it takes more than 22 bits
 *   bits 8-15   how many literals
 *   bits 16-21  how many of the bits come before the distance's extra bits
 *   bits 22-31  length of the match, or 0
 *   bits 32-47  the literals
 *   bits 48-63  base of the distance; ZC_INF_WIDE_FAR without a match
 * Returns the share of the literals and short matches in it, in entries of all. */
enum { ZC_INF_WIDE_FAR = 1024 };
unsigned zc_inflate_wide_table(const zc_inf_words_t *literals, const zc_inf_words_t *distances, uint64_t *wide);

#endif

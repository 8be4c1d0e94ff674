/* The DEFLATE decoder on blocks that no encoder writes: any code of literals, lengths and distances, complete or not,
 * with long codewords, every length and distance; against zlib-ng's decoder. */
#include "check_inflate.h"

#ifdef ZC_EMULATED
enum { BLOCKS = 300 };
#else
enum { BLOCKS = 3000 };
#endif

/* ---- bits ---- */

enum { ROOM = 1 << 19 };

typedef struct writer {
    uint8_t *p;
    size_t n; /* bits */
} writer_t;

static void put(writer_t *w, unsigned v, unsigned bits) {
    for (unsigned i = 0; i < bits && w->n < 8 * ROOM; i++, w->n++) {
        if (w->n % 8 == 0) w->p[w->n / 8] = 0;
        w->p[w->n / 8] |= (uint8_t)((v >> i & 1) << w->n % 8);
    }
}

/* ---- codes ---- */

typedef struct code {
    unsigned n;
    uint8_t bits[320];
    uint16_t word[320];
} code_t;

/* Lengths of a complete code of `used` symbols among n: one leaf split after the other, deep ones more or less. */
static void complete(code_t *c, unsigned n, unsigned used, unsigned most) {
    uint8_t leaf[320];
    unsigned leaves = 1, skew = (unsigned)check_below(3);
    leaf[0] = 0;
    while (leaves < used) {
        unsigned i = (unsigned)check_below(leaves);
        for (unsigned k = 0; k < skew; k++) {
            unsigned j = (unsigned)check_below(leaves);
            if (leaf[j] > leaf[i] && leaf[j] < most) i = j;
        }
        if (leaf[i] >= most) {
            for (i = 0; i < leaves && leaf[i] >= most;) i++;
            if (i == leaves) break;
        }
        leaf[leaves++] = ++leaf[i];
    }
    c->n = n;
    memset(c->bits, 0, sizeof c->bits);
    for (unsigned i = 0; i < leaves; i++) {
        unsigned at = (unsigned)check_below(n);
        while (c->bits[at]) at = (at + 1) % n;
        c->bits[at] = leaf[i];
    }
}

/* Canonical codewords (RFC 1951 3.2.2), first bit lowest. */
static void words(code_t *c) {
    unsigned next = 0;
    for (unsigned bits = 1; bits <= 15; bits++, next <<= 1)
        for (unsigned i = 0; i < c->n; i++)
            if (c->bits[i] == bits) {
                unsigned word = 0;
                for (unsigned k = 0; k < bits; k++) word |= (next >> k & 1) << (bits - 1 - k);
                c->word[i] = (uint16_t)word;
                next++;
            }
}

static int put_symbol(writer_t *w, const code_t *c, unsigned symbol) {
    if (!c->bits[symbol]) return 0;
    put(w, c->word[symbol], c->bits[symbol]);
    return 1;
}

/* The lengths of both codes, by a code of 19 symbols that is always the same: 4 bits for 13, 5 for 6. */
static void put_codes(writer_t *w, const code_t *lit, const code_t *dist) {
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    code_t c = {.n = 19};
    uint8_t all[640];
    for (unsigned i = 0; i < 19; i++) c.bits[i] = i < 13 ? 4 : 5;
    words(&c);
    put(w, lit->n - 257, 5);
    put(w, dist->n - 1, 5);
    put(w, 19 - 4, 4);
    for (unsigned i = 0; i < 19; i++) put(w, c.bits[order[i]], 3);
    memcpy(all, lit->bits, lit->n);
    memcpy(all + lit->n, dist->bits, dist->n);
    for (unsigned i = 0, n = lit->n + dist->n; i < n;) {
        unsigned run = 1;
        while (i + run < n && all[i + run] == all[i]) run++;
        if (all[i] == 0 && run >= 11) {
            if (run > 138) run = 138;
            put_symbol(w, &c, 18);
            put(w, run - 11, 7);
        } else if (all[i] == 0 && run >= 3) {
            put_symbol(w, &c, 17);
            put(w, run - 3, 3);
        } else if (i && all[i] == all[i - 1] && run >= 3) {
            if (run > 6) run = 6;
            put_symbol(w, &c, 16);
            put(w, run - 3, 2);
        } else {
            run = 1;
            put_symbol(w, &c, all[i]);
        }
        i += run;
    }
}

/* ---- blocks ---- */

static unsigned length_extra(unsigned symbol) { return symbol < 265 || symbol >= 285 ? 0 : (symbol - 261) / 4; }
static unsigned distance_extra(unsigned symbol) { return symbol < 4 || symbol >= 30 ? 0 : symbol / 2 - 1; }

/* About `count` symbols; distances mostly within what is there. */
static void put_symbols(writer_t *w, const code_t *lit, const code_t *dist, size_t count, size_t made) {
    int matches = 0;
    for (unsigned i = 0; i < dist->n; i++) matches |= dist->bits[i];
    for (size_t tries = 0; count && tries < 100000; tries++) {
        unsigned symbol = (unsigned)check_below(lit->n);
        if (symbol == 256 || !lit->bits[symbol] || (symbol > 256 && !matches && check_below(200))) continue;
        if (check_below(2) && lit->bits[symbol] > 9) continue; /* as rare as an encoder has them, nearly */
        put_symbol(w, lit, symbol);
        count--;
        if (symbol < 256) {
            made++;
            continue;
        }
        put(w, (unsigned)check_random(), length_extra(symbol));
        for (int k = 0; k < 200; k++) {
            unsigned d = (unsigned)check_below(dist->n);
            if (!dist->bits[d] || (d / 2 + 1 > 40 || ((size_t)3 << d / 2) > made + 4)) {
                if (k < 199 || !dist->bits[d]) continue;
            }
            put_symbol(w, dist, d);
            put(w, (unsigned)check_random(), distance_extra(d));
            break;
        }
        made += 3;
    }
}

static void fixed_codes(code_t *lit, code_t *dist) {
    lit->n = 288;
    for (unsigned i = 0; i < 288; i++) lit->bits[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    dist->n = 32;
    for (unsigned i = 0; i < 32; i++) dist->bits[i] = 5;
}

static void some_codes(code_t *lit, code_t *dist) {
    unsigned nlit = 257 + (unsigned)check_below(30), ndist = 1 + (unsigned)check_below(30);
    unsigned most = 9 + (unsigned)check_below(7);
    complete(lit, nlit, 2 + (unsigned)check_below(check_below(3) ? nlit - 1 : 12), most);
    complete(dist, ndist, 1 + (unsigned)check_below(ndist), most);
    if (ndist == 1 || check_below(30) == 0) { /* none, or one */
        memset(dist->bits, 0, sizeof dist->bits);
        dist->bits[check_below(ndist)] = (uint8_t)check_below(2);
    }
    for (unsigned i = 0; !lit->bits[256]; i++) /* the end of block takes another's place */
        if (lit->bits[i]) {
            lit->bits[256] = lit->bits[i];
            lit->bits[i] = 0;
        }
    if (check_below(100) == 0) { /* alone */
        memset(lit->bits, 0, sizeof lit->bits);
        lit->bits[256] = 1;
    }
    if (check_below(20) == 0) lit->bits[check_below(nlit)] = (uint8_t)check_below(16);
    if (check_below(20) == 0) dist->bits[check_below(ndist)] = (uint8_t)check_below(16);
}

/* A block after `made` bytes; most have an end. */
static void put_block(writer_t *w, int last, size_t made) {
    code_t lit = {0}, dist = {0};
    unsigned type = check_below(12) == 0 ? 0 : check_below(8) == 0 ? 1 : 2;
    if (check_below(200) == 0) type = 3;
    put(w, (unsigned)last, 1);
    put(w, type, 2);
    if (type == 0) {
        unsigned n = (unsigned)check_below(3000);
        put(w, 0, (unsigned)(-w->n % 8));
        put(w, n, 16);
        put(w, check_below(20) ? ~n : n, 16);
        for (unsigned i = 0; i < n; i++) put(w, (unsigned)check_random(), 8);
        return;
    }
    if (type == 1) {
        fixed_codes(&lit, &dist);
    } else {
        some_codes(&lit, &dist);
        put_codes(w, &lit, &dist);
    }
    words(&lit);
    words(&dist);
    put_symbols(w, &lit, &dist, check_below(check_below(4) ? 300 : 30000), made);
    if (check_below(50)) put_symbol(w, &lit, 256);
}

/* The blocks are compared as raw DEFLATE is in a zlib stream, whose checksum is then wrong: set right where possible.
 */
static void test_blocks(zc_ctx_t *ctx) {
    static uint8_t src[ROOM + 16];
    enum { CAP = 1 << 20 };
    bench_t b = bench(sizeof src, CAP);
    int good = 0;
    for (int i = 0; i < BLOCKS; i++) {
        memcpy(src, "\x78\x01", 2);
        writer_t w = {src + 2, 0};
        size_t made = 0, used = 0;
        for (size_t k = check_below(4); k > 0; k--) put_block(&w, 0, k < 3 ? 200 : 0);
        put_block(&w, 1, 100);
        size_t n = 2 + (w.n + 7) / 8;
        for (int pad = 0; pad < 14; pad++) src[n + pad] = (uint8_t)check_random();
        /* zlib-ng says what the checksum should be */
        zc_status_t raw = twin(RAW, src + 2, n + 4 - 2, b.theirs.data, CAP, &used, &made);
        if (raw == ZC_OK && 2 + used <= n) {
            uint32_t sum = __builtin_bswap32(zng_adler32_z(1, b.theirs.data, made));
            memcpy(src + 2 + used, &sum, 4);
            good++;
        }
        both(ctx, &b, ZC_WRAP_ZLIB, src, n + 4, CAP);
        if (raw == ZC_OK) {
            both(ctx, &b, ZC_WRAP_ZLIB, src, n + 4, made);
            both(ctx, &b, ZC_WRAP_ZLIB, src, n + 4, made ? made - 1 : 0);
            both(ctx, &b, ZC_WRAP_ZLIB, src, n + 4, check_below(made + 1));
            both(ctx, &b, ZC_WRAP_ZLIB, src, check_below(n + 4), made);
        }
        src[2 + check_below(n)] ^= (uint8_t)(1 << check_below(8));
        both(ctx, &b, ZC_WRAP_ZLIB, src, n + 4, CAP);
    }
    CHECK(good > BLOCKS / 4, "only %d of %d streams are sound", good, BLOCKS);
    unbench(b);
}

int main(void) {
    each_tier(test_blocks);
    return check_report();
}

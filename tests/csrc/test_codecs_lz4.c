/* The LZ4 block decoder on blocks that the library writes and on sequences at random, whole, cut, damaged and stopped
 * early, against a decoder of single bytes and against the library's. */
#include "check_codecs.h"
#include "codecs/libs.h"
#include "codecs/lz4_block.h"

int LZ4_decompress_safe(const char *src, char *dst, int compressed_size, int dst_capacity);

#ifdef ZC_EMULATED
enum { ROUNDS = 30 };
#else
enum { ROUNDS = 300 };
#endif

enum { LONGEST = 5000 };

/* ---- the slow twin ---- */

static int longer(const uint8_t **in, const uint8_t *end, size_t *length) {
    for (;;) {
        if (*in == end) return 0;
        *length += **in;
        if (*(*in)++ != 255) return 1;
    }
}

/* All of a block, with what the library insists on at its end; -1 where it is damaged. */
static ptrdiff_t twin(const uint8_t *in, size_t n, uint8_t *dst, size_t size) {
    const uint8_t *end = in + n;
    size_t at = 0;
    while (in < end) {
        size_t literals = *in >> 4, match = *in & 15;
        in++;
        if (literals == 15 && !longer(&in, end, &literals)) return -1;
        if (literals > (size_t)(end - in) || literals > size - at) return -1;
        for (size_t i = 0; i < literals; i++) dst[at++] = *in++;
        if (in == end) return (ptrdiff_t)at;
        if (end - in < 8 || size - at < 12) return -1;
        size_t distance = in[0] + (size_t)256 * in[1];
        in += 2;
        if (match == 15 && !longer(&in, end - 4, &match)) return -1; /* the library's rule */
        match += 4;
        if (distance == 0 || distance > at || match + 5 > size - at) return -1;
        for (size_t i = 0; i < match; i++, at++) dst[at] = dst[at - distance];
    }
    return -1;
}

/* ---- all three on one block ---- */

static unsigned long whole, refused;

static void compare(const uint8_t *src, size_t n, size_t size) {
    check_block_t in = check_block(n, check_below(3)), own = check_block(size, check_below(3)),
                  slow = check_block(size, 0), lib = check_block(size, 0);
    if (n) memcpy(in.data, src, n);
    const size_t packed = (const size_t[]){n, 0, size}[check_below(3)]; /* decides which of two loops is taken */
    const ptrdiff_t made = twin(in.data, n, slow.data, size),
                    found = zc_lz4_block(in.data, n, packed, own.data, size, size);
    CHECK(found == made, "%zu bytes to %zu: %zd, not %zd", n, size, found, made);
    if (made >= 0) {
        CHECK(memcmp(own.data, slow.data, (size_t)made) == 0, "%zu bytes to %zu", n, size);
        const int theirs = LZ4_decompress_safe((const char *)in.data, (char *)lib.data, (int)n, (int)size);
        CHECK(theirs == made || size == 0, "%zu bytes to %zu: the library says %d, not %zd", n, size, theirs, made);
        CHECK(memcmp(lib.data, slow.data, (size_t)made) == 0, "%zu bytes to %zu", n, size);
    }
    *(made >= 0 ? &whole : &refused) += 1;
    for (int i = 0; i < 4; i++) {
        check_block_t part = check_block(size, 0);
        const size_t need = check_below(i < 2 ? size + 1 : size < 40 ? size + 1 : 40);
        const ptrdiff_t first = zc_lz4_block(in.data, n, packed, part.data, need, size);
        if (made >= (ptrdiff_t)need) CHECK(first >= (ptrdiff_t)need, "%zu of %zu bytes: %zd", need, size, first);
        if (made >= 0 && first >= 0) {
            const size_t same = first < made ? (size_t)first : (size_t)made;
            CHECK(memcmp(part.data, slow.data, same) == 0, "%zu of %zu bytes", need, size);
        }
        check_free(part);
    }
    check_free(in);
    check_free(own);
    check_free(slow);
    check_free(lib);
}

static void damage(uint8_t *src, size_t n, size_t size) {
    compare(src, n, size);
    for (int i = 0; i < 20; i++) {
        size_t at = check_below(n);
        uint8_t before = src[at];
        src[at] ^= (uint8_t)(1 << check_below(8));
        compare(src, n, size);
        src[at] = before;
        compare(src, check_below(n + 1), size);
        compare(src, n, i < 10 ? check_below(size + 1) : size + 1 + check_below(70));
    }
}

/* ---- blocks ---- */

static void written_by_the_library(void) {
    void *state = malloc((size_t)LZ4_sizeofState());
    if (!state) abort();
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = check_below(round % 2 ? LONGEST : 80), bound = n + n / 255 + 16;
        check_block_t src = check_block(n, 0), enc = check_block(bound, 0);
        for (size_t i = 0; i < n;) { /* matches of every length and distance, and noise */
            size_t period = 1 + check_below(check_below(4) ? 20 : 900), length = check_below(600);
            i += check_below(40);
            for (size_t end = i + length; i < n && i < end; i++)
                if (i >= period) src.data[i] = src.data[i - period];
        }
        int made = LZ4_compress_fast_extState(state, (const char *)src.data, (char *)enc.data, (int)n, (int)bound,
                                              1 + round % 9);
        CHECK(made > 0, "%zu bytes", n);
        check_block_t dst = check_block(n, 0);
        CHECK(zc_lz4_block(enc.data, (size_t)made, (size_t)made, dst.data, n, n) == (ptrdiff_t)n, "%zu bytes", n);
        CHECK(n == 0 || memcmp(dst.data, src.data, n) == 0, "%zu bytes", n);
        damage(enc.data, (size_t)made, n);
        check_free(dst);
        check_free(src);
        check_free(enc);
    }
    free(state);
}

static size_t put_length(uint8_t *to, size_t length) {
    size_t n = 0;
    for (; length >= 255; length -= 255) to[n++] = 255;
    to[n++] = (uint8_t)length;
    return n;
}

/* What no encoder writes: every distance, also such as lead before the start, and sequences up to the last byte. */
static void made_up(void) {
    uint8_t src[4 * LONGEST]; /* 41 sequences of at most 60 literals and 10 bytes */
    for (int round = 0; round < 4 * ROUNDS; round++) {
        size_t n = 0, size = 0, sequences = 1 + check_below(round % 2 ? 4 : 40);
        for (size_t i = 0; i <= sequences; i++) {
            size_t literals = check_below(check_below(3) ? 16 : 60), match = check_below(check_below(3)   ? 16
                                                                                         : check_below(4) ? 80
                                                                                                          : 900);
            size_t distance = check_below(50) ? 1 + check_below(size + literals) : check_below(70);
            if (i == sequences) literals = check_below(16), match = 0;
            src[n++] = (uint8_t)((literals < 15 ? literals : 15) << 4 | (match < 15 ? match : 15));
            if (literals >= 15) n += put_length(src + n, literals - 15);
            for (size_t j = 0; j < literals; j++) src[n++] = (uint8_t)check_random();
            size += literals;
            if (i == sequences) break;
            src[n++] = (uint8_t)distance;
            src[n++] = (uint8_t)(distance >> 8);
            if (match >= 15) n += put_length(src + n, match - 15);
            size += match + 4;
        }
        damage(src, n, size);
    }
}

int main(void) {
    compare((const uint8_t *)"", 0, 0);
    compare((const uint8_t *)"", 0, 9);
    compare((const uint8_t *)"\0", 1, 0);
    compare((const uint8_t *)"\0", 1, 20);
    written_by_the_library();
    made_up();
    CHECK(whole > 1000 && refused > 1000, "%lu whole, %lu refused", whole, refused);
    return check_report();
}

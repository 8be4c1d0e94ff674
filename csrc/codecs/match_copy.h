/* Copying of matches, for inflate and LZ4. */
#ifndef ZC_MATCH_COPY_H
#define ZC_MATCH_COPY_H

#include <string.h>

#include "../compiler.h"

enum { ZC_MATCH_SLACK = 32 };

/* In one register, since both are read before anything is written: the two may overlap. */
static inline void zc_copy16(uint8_t *out, const uint8_t *from) {
    typedef uint64_t two_t __attribute__((vector_size(16), aligned(1), may_alias));
    *(two_t *)out = *(const two_t *)from;
}

/* Copies length bytes from `distance` bytes back, as if one by one; may write ZC_MATCH_SLACK bytes more. */
static inline void zc_match_copy(uint8_t *out, size_t length, size_t distance) {
    /* times distance bytes, in the low ones: eight bytes of them over and over */
    static const uint64_t repeat[8] = {0,
                                       0x0101010101010101,
                                       0x0001000100010001,
                                       0x0001000001000001,
                                       0x0000000100000001,
                                       0x0000010000000001,
                                       0x0001000000000001,
                                       0x0100000000000001};
    /* how far it is from one such eight, and from sixteen, to the next in phase */
    static const uint8_t stride[8] = {0, 8, 8, 6, 8, 5, 6, 7}, stride16[8] = {0, 16, 16, 15, 16, 15, 12, 14};
    const uint8_t *from = out - distance;
    uint8_t *const end = out + length;
    uint64_t eight;
    /* Most matches are short: the first steps are taken without a look at the length. */
    if (ZC_LIKELY(distance >= 16)) {
        zc_copy16(out, from);
        zc_copy16(out + 16, from + 16);
        for (out += 32, from += 32; ZC_UNLIKELY(out < end); out += 16, from += 16) zc_copy16(out, from);
    } else if (distance >= 8) {
        do {
            memcpy(&eight, from, 8);
            memcpy(out, &eight, 8);
            from += 8;
            out += 8;
        } while (out < end);
    } else {
        const size_t step = stride[distance];
        memcpy(&eight, from, 8);
        eight = (eight & (((uint64_t)1 << 8 * distance) - 1)) * repeat[distance];
        for (int i = 0; i < 4; i++, out += step) memcpy(out, &eight, 8);
        if (ZC_UNLIKELY(out < end)) {
            const size_t turn = 8 * (8 % distance);
            const uint64_t sixteen[2] = {eight, turn == 0 ? eight : eight >> turn | eight << (8 * step - turn)};
            for (; out < end; out += stride16[distance]) zc_copy16(out, (const uint8_t *)sixteen);
        }
    }
}

#endif

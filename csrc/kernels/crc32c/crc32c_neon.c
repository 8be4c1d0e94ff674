/* The CRC instructions of ARMv8 in three streams, as crc32c_avx2.c. The streams are joined by plain arithmetic: carry-
 * less multiplication is another optional instruction, and the joints are rare. */
#include "crc32c.h"

#if ZC_ARM64

#include <arm_acle.h>

ZC_TARGET_ARMCRC_BEGIN

/* Bytes a stream, a multiple of 8. */
#define ZC_CRC32C_STREAM 4096

/* x^(8n) mod P, reflected, for n = 4096 and 8192: the factors that move a checksum over n zero bytes. */
#define ZC_CRC32C_SKIP_4096 0x35D73A62U
#define ZC_CRC32C_SKIP_8192 0x28461564U

ZC_ALWAYS_INLINE uint64_t zc_word(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return x;
}

/* a * b mod P; bit 31 is the coefficient of x^0. */
static uint32_t zc_crc32c_multiply(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (; a != 0; a <<= 1, b = (b >> 1) ^ (ZC_CRC32C_POLY & (0U - (b & 1)))) product ^= b & (0U - (a >> 31));
    return product;
}

uint32_t zc_crc32c_neon(uint32_t crc, const uint8_t *data, size_t nbytes) {
    const size_t n = ZC_CRC32C_STREAM;
    uint32_t c = ~crc;
    for (; nbytes >= 3 * n; data += 3 * n, nbytes -= 3 * n) {
        uint32_t b = 0, d = 0;
        for (size_t i = 0; i < n; i += 8) {
            c = __crc32cd(c, zc_word(data + i));
            b = __crc32cd(b, zc_word(data + n + i));
            d = __crc32cd(d, zc_word(data + 2 * n + i));
        }
        c = zc_crc32c_multiply(c, ZC_CRC32C_SKIP_8192) ^ zc_crc32c_multiply(b, ZC_CRC32C_SKIP_4096) ^ d;
    }
    for (; nbytes >= 8; data += 8, nbytes -= 8) c = __crc32cd(c, zc_word(data));
    for (; nbytes > 0; data++, nbytes--) c = __crc32cb(c, *data);
    return ~c;
}

ZC_TARGET_END

#endif

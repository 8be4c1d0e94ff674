/* The CRC32 instruction of SSE4.2 has a latency of three cycles and starts one a cycle: three streams keep it busy.
 * Two carry-less multiplications join them (Gopal et al., "Fast CRC computation for iSCSI polynomial using CRC32
 * instruction", Intel 2011). */
#include "crc32c.h"

#if ZC_X86

#include <immintrin.h>

ZC_TARGET_AVX2_BEGIN

/* Bytes a stream, for long and for short data; a multiple of 8. */
#define ZC_CRC32C_LONG 1024
#define ZC_CRC32C_SHORT 128

/* x^(8n - 33) mod P, reflected: multiplying by it, and then taking the product through the CRC instruction (which
 * multiplies by x^32, with 1 for the reflected product's shift), moves a checksum over n zero bytes. */
#define ZC_CRC32C_SKIP_128 0x0D3B6092
#define ZC_CRC32C_SKIP_256 0xB9E02B86
#define ZC_CRC32C_SKIP_1024 0x170076FA
#define ZC_CRC32C_SKIP_2048 0xA51B6135

ZC_ALWAYS_INLINE uint64_t zc_word(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return x;
}

ZC_ALWAYS_INLINE uint64_t zc_crc32c_product(uint64_t crc, uint32_t skip) {
    const __m128i a = _mm_cvtsi64_si128((int64_t)crc), b = _mm_cvtsi64_si128((int64_t)skip);
    return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(a, b, 0));
}

/* Three streams of n bytes each that follow each other. */
ZC_ALWAYS_INLINE uint64_t zc_crc32c_three(uint64_t crc, const uint8_t *p, const size_t n, const uint32_t skip1,
                                          const uint32_t skip2) {
    uint64_t a = crc, b = 0, c = 0;
    for (size_t i = 0; i < n; i += 8) {
        a = _mm_crc32_u64(a, zc_word(p + i));
        b = _mm_crc32_u64(b, zc_word(p + n + i));
        c = _mm_crc32_u64(c, zc_word(p + 2 * n + i));
    }
    return c ^ _mm_crc32_u64(0, zc_crc32c_product(a, skip2) ^ zc_crc32c_product(b, skip1));
}

uint32_t zc_crc32c_avx2(uint32_t crc, const uint8_t *data, size_t nbytes) {
    uint64_t c = (uint32_t)~crc;
    for (; nbytes >= 3 * ZC_CRC32C_LONG; data += 3 * ZC_CRC32C_LONG, nbytes -= 3 * ZC_CRC32C_LONG)
        c = zc_crc32c_three(c, data, ZC_CRC32C_LONG, ZC_CRC32C_SKIP_1024, ZC_CRC32C_SKIP_2048);
    for (; nbytes >= 3 * ZC_CRC32C_SHORT; data += 3 * ZC_CRC32C_SHORT, nbytes -= 3 * ZC_CRC32C_SHORT)
        c = zc_crc32c_three(c, data, ZC_CRC32C_SHORT, ZC_CRC32C_SKIP_128, ZC_CRC32C_SKIP_256);
    for (; nbytes >= 8; data += 8, nbytes -= 8) c = _mm_crc32_u64(c, zc_word(data));
    uint32_t last = (uint32_t)c;
    for (; nbytes > 0; data++, nbytes--) last = _mm_crc32_u8(last, *data);
    return ~last;
}

ZC_TARGET_END

#endif

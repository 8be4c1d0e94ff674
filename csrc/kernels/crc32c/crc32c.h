/* CRC-32C (Castagnoli polynomial 0x1EDC6F41, reflected; RFC 3720 appendix B.4).
 *
 * crc is the checksum of what came before (0 for none), the result that of everything so far, in the finished form
 * that is stored: zc_crc32c(0, "123456789", 9) is 0xE3069283. Any alignment, nbytes may be 0. */
#ifndef ZC_CRC32C_H
#define ZC_CRC32C_H

#include "../../compiler.h"

#include <string.h>

uint32_t zc_crc32c_scalar(uint32_t crc, const uint8_t *data, size_t nbytes);
#if ZC_X86
uint32_t zc_crc32c_avx2(uint32_t crc, const uint8_t *data, size_t nbytes);
#endif
#if ZC_ARM64
uint32_t zc_crc32c_neon(uint32_t crc, const uint8_t *data, size_t nbytes);
#endif

#define ZC_CRC32C_POLY 0x82F63B78U

#endif

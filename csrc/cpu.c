#include "cpu.h"

#if ZC_ARM64 && defined(__linux__)
#include <sys/auxv.h>
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1UL << 7) /* <asm/hwcap.h> of arm64 */
#endif
#endif

int zc_cpu_has_avx2(void) {
#if ZC_X86
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
#else
    return 0;
#endif
}

int zc_cpu_has_neon(void) { return ZC_ARM64; }

int zc_cpu_has_arm_crc(void) {
#if ZC_ARM64 && defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#elif ZC_ARM64 && defined(__APPLE__)
    return 1; /* every Apple chip that runs macOS has them */
#else
    return 0;
#endif
}

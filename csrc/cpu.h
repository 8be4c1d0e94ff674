/* What the CPU at hand can run, asked at run time. */
#ifndef ZC_CPU_H
#define ZC_CPU_H

#include "compiler.h"

/* 1 when the CPU and the operating system run everything that ZC_TARGET_AVX2_BEGIN lets the compiler use. */
int zc_cpu_has_avx2(void);

/* 1 on every 64-bit ARM: NEON is part of the base instruction set. */
int zc_cpu_has_neon(void);

/* 1 when the ARMv8 CRC instructions are there (optional in ARMv8.0). */
int zc_cpu_has_arm_crc(void);

#endif

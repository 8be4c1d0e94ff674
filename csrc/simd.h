/* The one vector instruction set of this machine, and the words that its kernels are written in: a file x_simd.c is
 * written once, between ZC_SIMD_BEGIN and ZC_SIMD_END inside #if ZC_SIMD, and is the "avx2" tier on x86-64, the "neon"
 * tier on arm64. */
#ifndef ZC_SIMD_H
#define ZC_SIMD_H

#include "compiler.h"

#if ZC_X86
#include "simd_avx2.h"
#define ZC_SIMD_BEGIN ZC_TARGET_AVX2_BEGIN
#define ZC_SIMD_END ZC_TARGET_END
#elif ZC_ARM64
#include "simd_neon.h" /* part of every arm64: no region is needed */
#define ZC_SIMD_BEGIN
#define ZC_SIMD_END
#endif

#if ZC_SIMD
ZC_SIMD_BEGIN
#include "simd_net.h"
ZC_SIMD_END
#endif

#endif

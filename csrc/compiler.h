/* Architecture macros and target regions. Every other file includes this one.
 *
 * Vector code lives in files of its own between ZC_TARGET_xxx_BEGIN and ZC_TARGET_END (simd.h has names for the two
 * that fit every architecture): what is between them is compiled for that instruction set, nothing else in the build
 * is. */
#ifndef ZC_COMPILER_H
#define ZC_COMPILER_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define ZC_X86 1
#else
#define ZC_X86 0
#endif

#if defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
#define ZC_ARM64 1
#else
#define ZC_ARM64 0
#endif

/* Whether there are vector kernels. */
#define ZC_SIMD (ZC_X86 || ZC_ARM64)

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "zarrc's C core is written for little-endian machines"
#endif

#define ZC_PRAGMA(x) _Pragma(#x)
#if defined(__clang__)
#define ZC_TARGET_BEGIN(isa) ZC_PRAGMA(clang attribute push(__attribute__((target(isa))), apply_to = function))
#define ZC_TARGET_END _Pragma("clang attribute pop")
#else
#define ZC_TARGET_BEGIN(isa) _Pragma("GCC push_options") ZC_PRAGMA(GCC target(isa))
#define ZC_TARGET_END _Pragma("GCC pop_options")
#endif
#define ZC_TARGET_AVX2_BEGIN ZC_TARGET_BEGIN("avx2,bmi,bmi2,popcnt,sse4.2,pclmul")
#define ZC_TARGET_ARMCRC_BEGIN ZC_TARGET_BEGIN("+crc")

/* Before a loop of a few constant rounds over vector registers: unroll it whole. */
#if defined(__clang__)
#define ZC_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ZC_UNROLL _Pragma("GCC unroll 16")
#endif

#define ZC_LIKELY(x) __builtin_expect(!!(x), 1)
#define ZC_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ZC_RESTRICT restrict
#define ZC_ALWAYS_INLINE static inline __attribute__((always_inline))

/* Size arithmetic on untrusted numbers: true when the result does not fit. */
static inline int zc_mul_overflow(size_t a, size_t b, size_t *out) { return __builtin_mul_overflow(a, b, out); }
static inline int zc_add_overflow(size_t a, size_t b, size_t *out) { return __builtin_add_overflow(a, b, out); }

#endif

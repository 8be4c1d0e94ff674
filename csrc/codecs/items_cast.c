/* Casts of blocks of items: one small loop for each pair of types that differ, made by macros. Integers of one width
 * share a loop, as what is cut off or filled in depends on the source alone. */
#include "items.h"

/* Out of range first becomes a number in range: selects, not branches, so that the loops are vectorised. */
static inline int32_t f4_to_i32(float x) { return (int32_t)(((x >= -0x1p31F) & (x < 0x1p31F)) ? x : -0x1p31F); }
static inline int32_t f8_to_i32(double x) { return (int32_t)(((x > -0x1.00000002p31) & (x < 0x1p31)) ? x : -0x1p31); }
static inline int64_t f8_to_i64(double x) { return (int64_t)(((x >= -0x1p63) & (x < 0x1p63)) ? x : -0x1p63); }
static inline uint32_t f8_to_u32(double x) {
    const double shifted = x < 0x1p31 ? x : x - 0x1p31;
    const uint32_t bits = (uint32_t)f8_to_i32(shifted);
    return x >= 0x1p31 ? bits ^ 0x80000000U : bits;
}
static inline uint64_t f8_to_u64(double x) {
    if (x >= 0x1p63) return x < 0x1p64 ? (uint64_t)x : 0;
    return (uint64_t)f8_to_i64(x);
}

#define F4_TO_1(x) ((uint8_t)f4_to_i32(x))
#define F4_TO_2(x) ((uint16_t)f4_to_i32(x))
#define F4_TO_I4(x) ((uint32_t)f4_to_i32(x))
#define F8_TO_1(x) ((uint8_t)f8_to_i32(x))
#define F8_TO_2(x) ((uint16_t)f8_to_i32(x))
#define F8_TO_I4(x) ((uint32_t)f8_to_i32(x))
#define TO_U4(x) f8_to_u32(x)
#define TO_I8(x) ((uint64_t)f8_to_i64(x))
#define TO_U8(x) f8_to_u64(x)
#define CUT_1(x) ((uint8_t)(x))
#define CUT_2(x) ((uint16_t)(x))
#define CUT_4(x) ((uint32_t)(x))
#define CUT_8(x) ((uint64_t)(x))
#define FLOAT(x) ((float)(x))
#define DOUBLE(x) ((double)(x))

typedef void cast_fn(size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);

#define CAST(name, from_t, to_t, convert)                                                                              \
    static void name(size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {                             \
        for (size_t i = 0; i < n; i++) {                                                                               \
            from_t x;                                                                                                  \
            memcpy(&x, src + i * sizeof x, sizeof x);                                                                  \
            const to_t y = convert(x);                                                                                 \
            memcpy(dst + i * sizeof y, &y, sizeof y);                                                                  \
        }                                                                                                              \
    }
#define COPY(width)                                                                                                    \
    static void copy_##width(size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {                     \
        memcpy(dst, src, n * width);                                                                                   \
    }

COPY(1)
COPY(2)
COPY(4)
COPY(8)
CAST(i1_2, int8_t, uint16_t, CUT_2)
CAST(i1_4, int8_t, uint32_t, CUT_4)
CAST(i1_8, int8_t, uint64_t, CUT_8)
CAST(i1_f8, int8_t, double, DOUBLE)
CAST(i2_1, int16_t, uint8_t, CUT_1)
CAST(i2_4, int16_t, uint32_t, CUT_4)
CAST(i2_8, int16_t, uint64_t, CUT_8)
CAST(i2_f8, int16_t, double, DOUBLE)
CAST(i4_1, int32_t, uint8_t, CUT_1)
CAST(i4_2, int32_t, uint16_t, CUT_2)
CAST(i4_8, int32_t, uint64_t, CUT_8)
CAST(i4_f8, int32_t, double, DOUBLE)
CAST(i8_1, int64_t, uint8_t, CUT_1)
CAST(i8_2, int64_t, uint16_t, CUT_2)
CAST(i8_4, int64_t, uint32_t, CUT_4)
CAST(i8_f8, int64_t, double, DOUBLE)
CAST(u1_2, uint8_t, uint16_t, CUT_2)
CAST(u1_4, uint8_t, uint32_t, CUT_4)
CAST(u1_8, uint8_t, uint64_t, CUT_8)
CAST(u1_f8, uint8_t, double, DOUBLE)
CAST(u2_4, uint16_t, uint32_t, CUT_4)
CAST(u2_8, uint16_t, uint64_t, CUT_8)
CAST(u2_f8, uint16_t, double, DOUBLE)
CAST(u4_8, uint32_t, uint64_t, CUT_8)
CAST(u4_f8, uint32_t, double, DOUBLE)
CAST(u8_f8, uint64_t, double, DOUBLE)
CAST(f4_1, float, uint8_t, F4_TO_1)
CAST(f4_2, float, uint16_t, F4_TO_2)
CAST(f4_i4, float, uint32_t, F4_TO_I4)
CAST(f4_i8, float, uint64_t, TO_I8)
CAST(f4_u4, float, uint32_t, TO_U4)
CAST(f4_u8, float, uint64_t, TO_U8)
CAST(f4_f8, float, double, DOUBLE)
CAST(f8_1, double, uint8_t, F8_TO_1)
CAST(f8_2, double, uint16_t, F8_TO_2)
CAST(f8_i4, double, uint32_t, F8_TO_I4)
CAST(f8_i8, double, uint64_t, TO_I8)
CAST(f8_u4, double, uint32_t, TO_U4)
CAST(f8_u8, double, uint64_t, TO_U8)
CAST(f8_f4, double, float, FLOAT)

/* Rows and columns in the order of zc_type_t: i1 i2 i4 i8 u1 u2 u4 u8 f4 f8. Where bits are cut off, the loop is that
 * of the signed type. */
static cast_fn *const casts[ZC_TYPE_COUNT][ZC_TYPE_COUNT] = {
    {copy_1, i1_2, i1_4, i1_8, copy_1, i1_2, i1_4, i1_8, NULL, i1_f8},
    {i2_1, copy_2, i2_4, i2_8, i2_1, copy_2, i2_4, i2_8, NULL, i2_f8},
    {i4_1, i4_2, copy_4, i4_8, i4_1, i4_2, copy_4, i4_8, NULL, i4_f8},
    {i8_1, i8_2, i8_4, copy_8, i8_1, i8_2, i8_4, copy_8, NULL, i8_f8},
    {copy_1, u1_2, u1_4, u1_8, copy_1, u1_2, u1_4, u1_8, NULL, u1_f8},
    {i2_1, copy_2, u2_4, u2_8, i2_1, copy_2, u2_4, u2_8, NULL, u2_f8},
    {i4_1, i4_2, copy_4, u4_8, i4_1, i4_2, copy_4, u4_8, NULL, u4_f8},
    {i8_1, i8_2, i8_4, copy_8, i8_1, i8_2, i8_4, copy_8, NULL, u8_f8},
    {f4_1, f4_2, f4_i4, f4_i8, f4_1, f4_2, f4_u4, f4_u8, copy_4, f4_f8},
    {f8_1, f8_2, f8_i4, f8_i8, f8_1, f8_2, f8_u4, f8_u8, f8_f4, copy_8},
};

void zc_items_cast(int from, int to, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    casts[from][to](n, src, dst);
}

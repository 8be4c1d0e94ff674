/* Delta between two types: one small loop for each of the 10 x 10 pairs, made by macros. */
#include "delta.h"

/* Conversions to each type, by the C type of the value. Floats are tested first: C leaves the rest undefined. */
static inline int32_t zc_f_to_i32(double x) { return x > -2147483649.0 && x < 2147483648.0 ? (int32_t)x : INT32_MIN; }
static inline int64_t zc_f_to_i64(double x) {
    return x >= -9223372036854775808.0 && x < 9223372036854775808.0 ? (int64_t)x : INT64_MIN;
}
static inline uint64_t zc_f_to_u64(double x) {
    if (x >= 9223372036854775808.0 && x < 18446744073709551616.0) return (uint64_t)x;
    return (uint64_t)zc_f_to_i64(x);
}

#define ZC_TO_I1(x)                                                                                                    \
    _Generic((x),                                                                                                      \
        float: (int8_t)zc_f_to_i32((double)(x)),                                                                       \
        double: (int8_t)zc_f_to_i32((double)(x)),                                                                      \
        default: (int8_t)(x))
#define ZC_TO_I2(x)                                                                                                    \
    _Generic((x),                                                                                                      \
        float: (int16_t)zc_f_to_i32((double)(x)),                                                                      \
        double: (int16_t)zc_f_to_i32((double)(x)),                                                                     \
        default: (int16_t)(x))
#define ZC_TO_I4(x)                                                                                                    \
    _Generic((x), float: zc_f_to_i32((double)(x)), double: zc_f_to_i32((double)(x)), default: (int32_t)(x))
#define ZC_TO_I8(x)                                                                                                    \
    _Generic((x), float: zc_f_to_i64((double)(x)), double: zc_f_to_i64((double)(x)), default: (int64_t)(x))
#define ZC_TO_U1(x)                                                                                                    \
    _Generic((x),                                                                                                      \
        float: (uint8_t)zc_f_to_i32((double)(x)),                                                                      \
        double: (uint8_t)zc_f_to_i32((double)(x)),                                                                     \
        default: (uint8_t)(x))
#define ZC_TO_U2(x)                                                                                                    \
    _Generic((x),                                                                                                      \
        float: (uint16_t)zc_f_to_i32((double)(x)),                                                                     \
        double: (uint16_t)zc_f_to_i32((double)(x)),                                                                    \
        default: (uint16_t)(x))
#define ZC_TO_U4(x)                                                                                                    \
    _Generic((x),                                                                                                      \
        float: (uint32_t)zc_f_to_i64((double)(x)),                                                                     \
        double: (uint32_t)zc_f_to_i64((double)(x)),                                                                    \
        default: (uint32_t)(x))
#define ZC_TO_U8(x)                                                                                                    \
    _Generic((x), float: zc_f_to_u64((double)(x)), double: zc_f_to_u64((double)(x)), default: (uint64_t)(x))
#define ZC_TO_F4(x) ((float)(x))
#define ZC_TO_F8(x) ((double)(x))

/* The type that sums and differences of T are made in: unsigned for integers, so that they wrap. */
#define ZC_WRAP_I1 uint8_t
#define ZC_WRAP_I2 uint16_t
#define ZC_WRAP_I4 uint32_t
#define ZC_WRAP_I8 uint64_t
#define ZC_WRAP_U1 uint8_t
#define ZC_WRAP_U2 uint16_t
#define ZC_WRAP_U4 uint32_t
#define ZC_WRAP_U8 uint64_t
#define ZC_WRAP_F4 float
#define ZC_WRAP_F8 double

#define ZC_C_I1 int8_t
#define ZC_C_I2 int16_t
#define ZC_C_I4 int32_t
#define ZC_C_I8 int64_t
#define ZC_C_U1 uint8_t
#define ZC_C_U2 uint16_t
#define ZC_C_U4 uint32_t
#define ZC_C_U8 uint64_t
#define ZC_C_F4 float
#define ZC_C_F8 double

/* The type that a T and stored items A are summed in. numpy takes what both promote to and casts the finished sums:
 * that is float or double as soon as one of the two is a float. Integers are summed as T: any wider sum, cut, would
 * be the same. */
#define ZC_CLASS_I1 SHORT
#define ZC_CLASS_I2 SHORT
#define ZC_CLASS_I4 LONG
#define ZC_CLASS_I8 LONG
#define ZC_CLASS_U1 SHORT
#define ZC_CLASS_U2 SHORT
#define ZC_CLASS_U4 LONG
#define ZC_CLASS_U8 LONG
#define ZC_CLASS_F4 FLOAT
#define ZC_CLASS_F8 DOUBLE
#define ZC_SUM(T, A) ZC_SUM_OF(ZC_CLASS_##T, ZC_CLASS_##A, T)
#define ZC_SUM_OF(a, b, T) ZC_SUM_PASTE(a, b, T)
#define ZC_SUM_PASTE(a, b, T) ZC_SUM_##a##_##b(T)
#define ZC_SUM_SHORT_SHORT(T) ZC_WRAP_##T
#define ZC_SUM_SHORT_LONG(T) ZC_WRAP_##T
#define ZC_SUM_SHORT_FLOAT(T) float
#define ZC_SUM_SHORT_DOUBLE(T) double
#define ZC_SUM_LONG_SHORT(T) ZC_WRAP_##T
#define ZC_SUM_LONG_LONG(T) ZC_WRAP_##T
#define ZC_SUM_LONG_FLOAT(T) double
#define ZC_SUM_LONG_DOUBLE(T) double
#define ZC_SUM_FLOAT_SHORT(T) float
#define ZC_SUM_FLOAT_LONG(T) double
#define ZC_SUM_FLOAT_FLOAT(T) float
#define ZC_SUM_FLOAT_DOUBLE(T) double
#define ZC_SUM_DOUBLE_SHORT(T) double
#define ZC_SUM_DOUBLE_LONG(T) double
#define ZC_SUM_DOUBLE_FLOAT(T) double
#define ZC_SUM_DOUBLE_DOUBLE(T) double

/* T: the type of the values; A: the type that is stored. */
#define ZC_CAST_PAIR(T, A)                                                                                             \
    static void zc_cast_encode_##T##_##A(size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {         \
        ZC_WRAP_##T last = 0, x;                                                                                       \
        for (size_t i = 0; i < n; i++, last = x) {                                                                     \
            memcpy(&x, src + i * sizeof x, sizeof x);                                                                  \
            const ZC_C_##T d = (ZC_C_##T)(i ? (ZC_WRAP_##T)(x - last) : x);                                            \
            const ZC_C_##A a = ZC_TO_##A(d);                                                                           \
            memcpy(dst + i * sizeof a, &a, sizeof a);                                                                  \
        }                                                                                                              \
    }                                                                                                                  \
    static void zc_cast_decode_##T##_##A(size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {         \
        ZC_SUM(T, A) sum = 0;                                                                                          \
        for (size_t i = 0; i < n; i++) {                                                                               \
            ZC_C_##A a;                                                                                                \
            memcpy(&a, src + i * sizeof a, sizeof a);                                                                  \
            const ZC_SUM(T, A) x = (ZC_SUM(T, A))a;                                                                    \
            sum = i ? (ZC_SUM(T, A))(sum + x) : x; /* 0 + -0.0 would be 0.0 */                                         \
            const ZC_C_##T value = ZC_TO_##T(sum);                                                                     \
            memcpy(dst + i * sizeof value, &value, sizeof value);                                                      \
        }                                                                                                              \
    }

#define ZC_CAST_ROW(do, T)                                                                                             \
    do (T, I1) do(T, I2) do(T, I4) do(T, I8) do(T, U1) do(T, U2) do(T, U4) do(T, U8) do(T, F4) do(T, F8)
#define ZC_CAST_ALL(do)                                                                                                \
    ZC_CAST_ROW(do, I1)                                                                                                \
    ZC_CAST_ROW(do, I2)                                                                                                \
    ZC_CAST_ROW(do, I4)                                                                                                \
    ZC_CAST_ROW(do, I8)                                                                                                \
    ZC_CAST_ROW(do, U1)                                                                                                \
    ZC_CAST_ROW(do, U2) ZC_CAST_ROW(do, U4) ZC_CAST_ROW(do, U8) ZC_CAST_ROW(do, F4) ZC_CAST_ROW(do, F8)

ZC_CAST_ALL(ZC_CAST_PAIR)

#define ZC_CAST_ENCODE_ENTRY(T, A) [ZC_TYPE_##T][ZC_TYPE_##A] = zc_cast_encode_##T##_##A,
#define ZC_CAST_DECODE_ENTRY(T, A) [ZC_TYPE_##T][ZC_TYPE_##A] = zc_cast_decode_##T##_##A,

typedef void (*zc_cast_fn_t)(size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst);

static const zc_cast_fn_t zc_cast_encoders[ZC_TYPE_COUNT][ZC_TYPE_COUNT] = {ZC_CAST_ALL(ZC_CAST_ENCODE_ENTRY)};
static const zc_cast_fn_t zc_cast_decoders[ZC_TYPE_COUNT][ZC_TYPE_COUNT] = {ZC_CAST_ALL(ZC_CAST_DECODE_ENTRY)};

void zc_cast_delta_encode(int type, int astype, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst) {
    if (zc_type_size(type) && zc_type_size(astype)) zc_cast_encoders[type][astype](n, src, dst);
}

void zc_cast_delta_decode(int type, int astype, size_t n, const void *ZC_RESTRICT src, void *ZC_RESTRICT dst) {
    if (zc_type_size(type) && zc_type_size(astype)) zc_cast_decoders[type][astype](n, src, dst);
}

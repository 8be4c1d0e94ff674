/* With the shifts and masks of BMI2, which take any register. */
#include "inflate.h"

#if ZC_X86
#include <immintrin.h>
#include <string.h>

ZC_TARGET_AVX2_BEGIN
#define LOWEST(v, n) _bzhi_u64(v, (unsigned)(n))
#define PLAIN zc_inflate_plain_avx2
#define WIDE zc_inflate_wide_avx2
#include "inflate_loop.h"
ZC_TARGET_END
#endif

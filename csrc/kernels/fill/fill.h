/* Filling with, and comparing with, a repeated item.
 *
 * fill: writes count copies of the itemsize bytes at pattern to dst; pattern does not lie in dst.
 * all_equal: 1 when each of the count items at data has exactly the bytes of pattern (so -0.0 differs from 0.0 and
 * a NaN equals itself), also when count is 0; stops soon after the first difference.
 * itemsize >= 1, any alignment. */
#ifndef ZC_FILL_H
#define ZC_FILL_H

#include "../../compiler.h"

void zc_fill_scalar(uint8_t *dst, const uint8_t *pattern, size_t itemsize, size_t count);
int zc_all_equal_scalar(const uint8_t *data, const uint8_t *pattern, size_t itemsize, size_t count);

#endif

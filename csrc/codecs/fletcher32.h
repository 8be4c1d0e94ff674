/* HDF5's Fletcher checksum: two ones' complement sums over 16-bit big-endian words, an odd last byte being the high
 * byte of a word. The second sum, of all states of the first, is in the upper half of the result. */
#ifndef ZC_FLETCHER32_H
#define ZC_FLETCHER32_H

#include "../compiler.h"

uint32_t zc_fletcher32(const uint8_t *data, size_t n);

#endif

/* Decoding of LZ4 blocks, wholly or from the start up to a given byte.
 *
 * Format: the "LZ4 Block Format Description" of the LZ4 project. Written anew, because the library decodes the start of
 * a block at a third of its speed, and takes a match at distance 0 for a copy of what the memory held before. */
#ifndef ZC_LZ4_BLOCK_H
#define ZC_LZ4_BLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Decodes the block src[0, n), or the start src[0, n) of a block of `packed` bytes, to dst, which has room for `size`
 * bytes, until `need` of them are there (need <= size). `packed` only says what kind of block to be quick with.
 * Returns how many were made: `need` or more where need < size, and then the rest of the block was not looked at;
 * negative: the block is damaged, or holds more than `size` bytes. All of dst may be written, nothing beyond it. A
 * block of one byte or more that the library refuses is refused, as far as it is looked at. */
ptrdiff_t zc_lz4_block(const uint8_t *src, size_t n, size_t packed, uint8_t *dst, size_t need, size_t size);

#endif

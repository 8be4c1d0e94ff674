#include "byteswap.h"

void zc_byteswap_scalar(size_t width, size_t count, const uint8_t *src, uint8_t *dst) {
    zc_byteswap_rest(width, width * count, 0, src, dst);
}

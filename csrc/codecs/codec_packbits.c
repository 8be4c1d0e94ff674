/* packbits (numcodecs): a byte with the number of padding bits at the end, then one bit a flag, most significant
 * first. Flags are bytes; any but 0 is true, and 1 is read. */
#include <string.h>

#include "codec.h"

static const uint64_t ones = 0x0101010101010101ULL;

static zc_status_t packbits_check(const zc_step_t *step) {
    (void)step;
    return ZC_OK;
}

static size_t packbits_encoded_size(const zc_step_t *step, size_t n) {
    (void)step;
    return 1 + n / 8 + (n % 8 != 0);
}

static size_t packbits_decoded_size(const zc_step_t *step, size_t n) {
    (void)step;
    (void)n; /* the first byte has a say */
    return ZC_SIZE_UNKNOWN;
}

/* Eight flags, the first in the lowest byte, as bits, the first one highest. */
static uint8_t packed(uint64_t flags) {
    const uint64_t low = 0x7F7F7F7F7F7F7F7FULL;
    const uint64_t bits = ((((flags & low) + low) | flags) >> 7) & ones;
    /* Byte i, at bit 8i, meets the factor's bit 63 - 9i at bit 63 - i; no two products meet, so nothing carries. */
    return (uint8_t)((bits * 0x8040201008040201ULL) >> 56);
}

static uint64_t unpacked(uint8_t bits) {
    const uint64_t each = (bits * ones) & 0x0102040810204080ULL; /* byte i keeps bit 7 - i */
    return ((each + 0x7F7F7F7F7F7F7F7FULL) >> 7) & ones;
}

static zc_status_t packbits_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                   size_t cap, size_t *written) {
    size_t size = packbits_encoded_size(step, n), whole = n / 8;
    uint64_t flags = 0;
    if (cap < size) return zc_ctx_fail(ctx, ZC_E_DST, "packbits: %zu flags", n);
    *dst++ = (uint8_t)((8 - n % 8) % 8);
    for (size_t i = 0; i < whole; i++) {
        memcpy(&flags, src + 8 * i, 8);
        dst[i] = packed(flags);
    }
    if (n % 8) {
        flags = 0;
        memcpy(&flags, src + 8 * whole, n % 8);
        dst[whole] = packed(flags);
    }
    *written = size;
    return ZC_OK;
}

/* Number of flags in n encoded bytes. */
static zc_status_t packbits_count(zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t *count) {
    if (n == 0) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "packbits: no bytes");
    if (src[0] > 7 || (src[0] && n == 1))
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "packbits: %d padding bits in %zu bytes", src[0], n - 1);
    if (zc_mul_overflow(n - 1, 8, count)) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "packbits: %zu bytes", n);
    *count -= src[0];
    return ZC_OK;
}

/* Flags [lo, hi), lo a multiple of 8, of the bits at src, to dst + lo .. dst + hi. */
static void unpack(const uint8_t *src, size_t lo, size_t hi, uint8_t *dst) {
    uint64_t flags;
    size_t i = lo / 8;
    for (; i < hi / 8; i++) {
        flags = unpacked(src[i]);
        memcpy(dst + 8 * i, &flags, 8);
    }
    if (hi % 8 && 8 * i < hi) {
        flags = unpacked(src[i]);
        memcpy(dst + 8 * i, &flags, hi % 8);
    }
}

static zc_status_t packbits_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                   size_t cap, size_t *written) {
    (void)step;
    size_t count = 0;
    zc_status_t status = packbits_count(ctx, src, n, &count);
    if (status != ZC_OK) return status;
    if (count > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "packbits: %zu flags", count);
    unpack(src + 1, 0, count, dst);
    *written = count;
    return ZC_OK;
}

static zc_status_t packbits_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                         size_t total, const zc_want_t *want, uint8_t *dst) {
    (void)step;
    size_t count = 0;
    zc_status_t status = packbits_count(ctx, src, n, &count);
    if (status != ZC_OK) return status;
    if (count != total)
        return zc_ctx_fail(ctx, count < total ? ZC_E_TOO_SHORT : ZC_E_TOO_LONG, "packbits: %zu flags", count);
    unpack(src + 1, want->lo & ~(size_t)7, want->hi, dst);
    return ZC_OK;
}

const zc_codec_ops_t zc_codec_packbits = {
    .name = "packbits",
    .nparams = 0,
    .check = packbits_check,
    .encoded_size = packbits_encoded_size,
    .decoded_size = packbits_decoded_size,
    .bound = packbits_encoded_size,
    .encode = packbits_encode,
    .decode = packbits_decode,
    .decode_range = packbits_decode_range,
};

/* Codec names to vtables. */
#include <string.h>

#include "codec.h"

static const zc_codec_ops_t *const codecs[] = {
    &zc_codec_zstd,       &zc_codec_lz4,      &zc_codec_zlib,   &zc_codec_gzip,
    &zc_codec_blosc,      &zc_codec_crc32c,   &zc_codec_crc32,  &zc_codec_adler32,
    &zc_codec_fletcher32, &zc_codec_shuffle,  &zc_codec_delta,  &zc_codec_swap,
    &zc_codec_bitround,   &zc_codec_quantize, &zc_codec_astype, &zc_codec_fixedscaleoffset,
    &zc_codec_packbits,
};
enum { CODECS = sizeof codecs / sizeof *codecs };

const char *zc_codec_name(size_t i) { return i < CODECS ? codecs[i]->name : NULL; }

const zc_codec_ops_t *zc_codec_find(const char *name) {
    for (size_t i = 0; i < CODECS; i++)
        if (strcmp(codecs[i]->name, name) == 0) return codecs[i];
    return NULL;
}

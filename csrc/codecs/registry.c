/* Codec names to vtables. */
#include <string.h>

#include "codec.h"

static const zc_codec_ops_t *const codecs[] = {
    &zc_codec_zstd,   &zc_codec_lz4,     &zc_codec_zlib,  &zc_codec_gzip, &zc_codec_blosc,
    &zc_codec_crc32c, &zc_codec_shuffle, &zc_codec_delta, &zc_codec_swap,
};

const zc_codec_ops_t *zc_codec_find(const char *name) {
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (strcmp(codecs[i]->name, name) == 0) return codecs[i];
    return NULL;
}

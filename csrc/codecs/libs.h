/* The functions used of the libraries in libblosc2.a: zstd, LZ4, zlib-ng (native names) and blosclz.
 * The wheel carries no headers for them; these are their public, stable interfaces, as far as zarrc needs them. */
#ifndef ZC_LIBS_H
#define ZC_LIBS_H

#include <stddef.h>
#include <stdint.h>

/* zstd 1.5 */
typedef struct ZSTD_CCtx_s ZSTD_CCtx;
typedef struct ZSTD_DCtx_s ZSTD_DCtx;
enum { ZC_ZSTD_COMPRESSION_LEVEL = 100, ZC_ZSTD_CHECKSUM_FLAG = 201, ZC_ZSTD_RESET_SESSION = 1 };
enum {
    ZC_ZSTD_PREFIX_UNKNOWN = 10,
    ZC_ZSTD_FRAME_UNSUPPORTED = 14,
    ZC_ZSTD_WINDOW_TOO_LARGE = 16,
    ZC_ZSTD_CHECKSUM_WRONG = 22,
    ZC_ZSTD_DICTIONARY_WRONG = 32,
    ZC_ZSTD_MEMORY_ALLOCATION = 64,
    ZC_ZSTD_DST_TOO_SMALL = 70,
    ZC_ZSTD_SRC_WRONG = 72
};
#define ZC_ZSTD_MAGIC 0xFD2FB528U
#define ZC_ZSTD_MAGIC_SKIPPABLE 0x184D2A50U /* the low four bits are free */

ZSTD_CCtx *ZSTD_createCCtx(void);
size_t ZSTD_freeCCtx(ZSTD_CCtx *cctx);
size_t ZSTD_CCtx_reset(ZSTD_CCtx *cctx, int what);
size_t ZSTD_CCtx_setParameter(ZSTD_CCtx *cctx, int param, int value);
size_t ZSTD_compress2(ZSTD_CCtx *cctx, void *dst, size_t dst_capacity, const void *src, size_t src_size);
size_t ZSTD_compressCCtx(ZSTD_CCtx *cctx, void *dst, size_t dst_capacity, const void *src, size_t src_size, int level);
ZSTD_DCtx *ZSTD_createDCtx(void);
size_t ZSTD_freeDCtx(ZSTD_DCtx *dctx);
size_t ZSTD_decompressDCtx(ZSTD_DCtx *dctx, void *dst, size_t dst_capacity, const void *src, size_t src_size);
size_t ZSTD_findFrameCompressedSize(const void *src, size_t src_size);
size_t ZSTD_decompressBegin(ZSTD_DCtx *dctx);
size_t ZSTD_nextSrcSizeToDecompress(ZSTD_DCtx *dctx);
size_t ZSTD_decompressContinue(ZSTD_DCtx *dctx, void *dst, size_t dst_capacity, const void *src, size_t src_size);
unsigned ZSTD_isError(size_t code);
const char *ZSTD_getErrorName(size_t code);
int ZSTD_getErrorCode(size_t code);
int ZSTD_minCLevel(void);
int ZSTD_maxCLevel(void);

/* LZ4 1.9 and later */
#define ZC_LZ4_MAX_INPUT ((size_t)0x7E000000)
int LZ4_sizeofState(void);
int LZ4_sizeofStateHC(void);
int LZ4_compress_fast_extState(void *state, const char *src, char *dst, int src_size, int dst_capacity, int accel);
int LZ4_compress_HC_extStateHC(void *state, const char *src, char *dst, int src_size, int dst_capacity, int level);

/* zlib-ng, native interface */
struct internal_state;
typedef struct zng_stream_s {
    const uint8_t *next_in;
    uint32_t avail_in;
    size_t total_in;
    uint8_t *next_out;
    uint32_t avail_out;
    size_t total_out;
    const char *msg;
    struct internal_state *state;
    void *(*zalloc)(void *opaque, unsigned items, unsigned size);
    void (*zfree)(void *opaque, void *address);
    void *opaque;
    int data_type;
    uint32_t adler;
    unsigned long reserved;
} zng_stream;
enum { ZC_Z_NO_FLUSH = 0, ZC_Z_FINISH = 4, ZC_Z_DEFLATED = 8 };
enum { ZC_Z_OK = 0, ZC_Z_STREAM_END = 1, ZC_Z_BUF_ERROR = -5 };
int32_t zng_deflateInit2(zng_stream *s, int32_t level, int32_t method, int32_t window_bits, int32_t mem_level,
                         int32_t strategy);
int32_t zng_deflateReset(zng_stream *s);
int32_t zng_deflate(zng_stream *s, int32_t flush);
int32_t zng_deflateEnd(zng_stream *s);
uint32_t zng_crc32_z(uint32_t crc, const uint8_t *data, size_t n);
uint32_t zng_adler32_z(uint32_t adler, const uint8_t *data, size_t n);

/* blosclz, as c-blosc2 has it */
int blosclz_decompress(const void *src, int length, void *dst, int maxout);

#endif

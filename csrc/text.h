/* UTF-8 (RFC 3629). */
#ifndef ZC_TEXT_H
#define ZC_TEXT_H

#include "compiler.h"

/* 1 when the bytes are valid UTF-8: no overlong forms, surrogates or numbers past U+10FFFF. */
int zc_utf8_valid(const uint8_t *data, size_t n);

#endif

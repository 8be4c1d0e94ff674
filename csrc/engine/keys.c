#include "keys.h"

static char *put_number(char *p, size_t v) {
    char digits[20];
    int n = 0;
    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    while (n > 0) *p++ = digits[--n];
    return p;
}

size_t zc_key_format(const zc_keys_t *keys, int ndim, const size_t *coords, char *out) {
    char *p = out;
    if (keys->default_style)
        *p++ = 'c';
    else if (ndim == 0)
        *p++ = '0';
    for (int i = 0; i < ndim; i++) {
        if (keys->default_style || i > 0) *p++ = keys->separator;
        p = put_number(p, coords[i]);
    }
    *p = 0;
    return (size_t)(p - out);
}

#include "inflate.h"

#define PLAIN zc_inflate_plain_scalar
#define WIDE zc_inflate_wide_scalar
#include "inflate_loop.h"

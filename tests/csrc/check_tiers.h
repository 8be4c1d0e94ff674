/* Runs a test once for each tier of kernels that this build and CPU have. */
#ifndef ZC_TESTS_CHECK_TIERS_H
#define ZC_TESTS_CHECK_TIERS_H

#include "check.h"
#include "dispatch.h"

static inline void check_tiers(void (*test)(const char *tier, const zc_kernels_t *scalar, const zc_kernels_t *k)) {
    zc_kernels_t scalar, k;
    CHECK(zc_dispatch_table("scalar", &scalar) == ZC_DISPATCH_OK, "no scalar tier");
    for (int i = 0; zc_tier_name(i); i++)
        if (zc_tier_status(i) == ZC_DISPATCH_OK) {
            CHECK(zc_dispatch_table(zc_tier_name(i), &k) == ZC_DISPATCH_OK, "%s", zc_tier_name(i));
            test(zc_tier_name(i), &scalar, &k);
        }
}

#endif

/* What a job wants of a stored chunk. */
#ifndef ZC_WANT_H
#define ZC_WANT_H

#include "chunk.h"

/* Everything from zc_place_range's first byte to the job's last item, in parts where ZC_WANT_GAP bytes or more between
 * them are not wanted; so there are never many. The parts are memory of ctx (ZC_TMP_PARTS). ZC_E_NOMEM. */
zc_status_t zc_want_of(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, zc_ctx_t *ctx,
                       zc_want_t *want);

/* To skip so many bytes saves what another read call costs. */
enum { ZC_WANT_GAP = 8 << 10 };

#endif

/* SPDX-License-Identifier: MIT */
/* The answer to the access question over all requests. */
#ifndef PE_REPORT_LEGS_H
#define PE_REPORT_LEGS_H

#include "base/buf.h"
#include "sym/legs.h"

/* 0 or ENOMEM. */
int pe_render_legs_json(const pe_legs_result *r, const pe_access *access, pe_buf *out);
int pe_render_legs_text(const pe_legs_result *r, const pe_access *access, const pe_request *secret_leg, pe_buf *out);

#endif

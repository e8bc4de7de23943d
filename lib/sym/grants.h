/* SPDX-License-Identifier: MIT */
/* KMS grants as boxes (D3.4): each is an Allow of the key's leg. */
#ifndef PE_SYM_GRANTS_H
#define PE_SYM_GRANTS_H

#include "eval/policyset.h"
#include "eval/request.h"
#include "sym/compile.h"

/* Adds the requests like `r` (same operation, key and names of the encryption context; the values of unknown facts open) that
 * the grant allows: one box, or none. The conditions that notes tell of are made in `kept`, and borrow from grant and request. 0 or
 * ENOMEM. */
int pe_compile_grant(pe_compiler *c, pe_arena *kept, const pe_grant *g, const pe_request *r, pe_boxes *out);

#endif

/* SPDX-License-Identifier: MIT */
/* Whom a Principal or NotPrincipal element covers (D2). */
#ifndef PE_EVAL_PRINCIPAL_H
#define PE_EVAL_PRINCIPAL_H

#include "eval/decide.h"

/* Does the statement apply to the caller? *via receives the mask of PE_VIA_x (0 for policies without Principal).
 * boundary: the caller has a permissions boundary (D2.2). */
bool pe_principal_match(const pe_statement *s, int kind, const pe_request *r, bool boundary, pe_env *env,
                        unsigned *via);
/* One principal: how it covers the caller, or 0. `star` is what "*" counts as. */
unsigned pe_principal_covers(const pe_principal *p, const pe_request *r, pe_env *env, unsigned star);

#endif

/* SPDX-License-Identifier: MIT */
/* Whether a Resource or NotResource element covers the resource of a request (L1.7). */
#ifndef PE_EVAL_RESOURCE_H
#define PE_EVAL_RESOURCE_H

#include "eval/decide.h"

bool pe_resource_match(const pe_statement *s, int kind, const pe_request *r, pe_env *env);

#endif

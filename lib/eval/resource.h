/* SPDX-License-Identifier: MIT */
/* Whether a Resource or NotResource element covers the resource of a request (L1.7). */
#ifndef PE_EVAL_RESOURCE_H
#define PE_EVAL_RESOURCE_H

#include "eval/decide.h"

/* Readings of the rows that a resource can ask about, as cond/readings.def numbers them. */
enum { AMB_1_FIELDS, AMB_1_CROSSING };
enum { AMB_2_WILDCARD, AMB_2_LITERAL };
enum { AMB_3_EXACT, AMB_3_NOCASE };
enum { AMB_4_PAD = 1, AMB_4_NEVER = 2 };
enum { AMB_7_NOTHING, AMB_7_EVERYTHING };
enum { PE_9_YES = 1, PE_9_NO = 2 };

bool pe_resource_match(const pe_statement *s, int kind, const pe_request *r, pe_env *env);

#endif

/* SPDX-License-Identifier: MIT */
/* Which facts that were not given, or are unknown, could change the verdict by themselves (L4, issue of missing_context). */
#ifndef PE_EVAL_MISSING_H
#define PE_EVAL_MISSING_H

#include "eval/decide.h"

/* Of the collected keys keeps those that are not certain to be absent and of which some value changes the verdict, sorted by
 * key. Values to try are drawn from the policies (lib/eval/candidates.h). No memory: trace->failed. */
void pe_missing_keep(const pe_policyset *set, const pe_request *r, int effect, pe_trace *trace);

#endif

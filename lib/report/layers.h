/* SPDX-License-Identifier: MIT */
/* The parts that every decision's JSON shares: layers, blockers, missing facts, assumptions. */
#ifndef PE_REPORT_LAYERS_H
#define PE_REPORT_LAYERS_H

#include "eval/trace.h"
#include "report/json.h"

json_t *pe_out_layers(pe_out *o, const pe_trace *trace);
json_t *pe_out_blocked_by(pe_out *o, uint16_t mask);
json_t *pe_out_missing(pe_out *o, const pe_trace *trace);
json_t *pe_out_assumptions(pe_out *o, const pe_rowset *rows);
/* Name of the file a policy came from; "" when it has none. */
pe_slice pe_policy_source_name(const pe_policy *policy);

#endif

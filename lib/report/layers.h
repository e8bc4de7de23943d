/* SPDX-License-Identifier: MIT */
/* The parts that every decision's JSON shares: layers, blockers, missing facts, assumptions. Each writes the value of
 * a member whose name was written. */
#ifndef PE_REPORT_LAYERS_H
#define PE_REPORT_LAYERS_H

#include "eval/trace.h"
#include "report/stream.h"

void pe_stream_layers(pe_stream *s, const pe_trace *trace);
void pe_stream_blocked_by(pe_stream *s, uint16_t mask);
void pe_stream_missing(pe_stream *s, const pe_trace *trace);
/* A member of its own that says that the list may lack keys; nothing when it is whole. */
void pe_stream_missing_cut(pe_stream *s, const pe_trace *trace);
void pe_stream_assumptions(pe_stream *s, const pe_rowset *rows);
/* Name of the file a policy came from; "" when it has none. */
pe_slice pe_policy_source_name(const pe_policy *policy);

#endif

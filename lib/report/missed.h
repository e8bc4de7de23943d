/* SPDX-License-Identifier: MIT */
/* Why a statement did not match: which element or condition entry failed, and on which value. */
#ifndef PE_REPORT_MISSED_H
#define PE_REPORT_MISSED_H

#include "eval/decide.h"
#include "report/stream.h"

/* {"statement", "sid", "effect": what every statement that is told of starts with; the caller goes on and closes. */
void pe_stream_statement(pe_stream *s, const pe_statement *statement);
/* {"statement", "sid", "effect", "failed": ["resource"], "condition": {"operator", "key", "why", "request", "policy"} or null,
 * "span"}. */
void pe_stream_missed(pe_stream *s, const pe_stmt_trace *t);
/* "         role.json:9:9  statement 1 does not match: another action". */
void pe_text_missed(pe_buf *out, const pe_stmt_trace *t);

#endif

/* SPDX-License-Identifier: MIT */
/* Answers about all requests, for programs and for people. */
#ifndef PE_REPORT_ANALYSIS_H
#define PE_REPORT_ANALYSIS_H

#include "base/buf.h"
#include "sym/analysis.h"

/* 0 or ENOMEM. */
int pe_render_analysis_json(const pe_analysis *a, pe_buf *out);
int pe_render_analysis_text(const pe_analysis *a, pe_buf *out);
int pe_render_analysis_aws(const pe_analysis *a, pe_buf *out); /* nothing is written for what Access Analyzer does not ask */
/* The witness as a case; nothing is written when there is none. */
int pe_render_analysis_witness(const pe_result *r, pe_buf *out);

/* Why the other policy does not allow the witness: each Allow that does not match, nearest first, and each Deny that does. Text
 * shows a few; JSON is a list as `access --explain` has it. 0 or ENOMEM. */
int pe_text_against(pe_buf *out, const pe_result *r, const pe_policy *other);
int pe_json_against(pe_buf *out, const pe_result *r, const pe_policy *other);

/* The one sentence of an answer, in Access Analyzer's words where it has some. */
void pe_words_analysis(pe_buf *out, const pe_analysis *a);
/* Why a statement is a reason: "New access in the statement with index: 0." */
void pe_words_analysis_reason(pe_buf *out, const pe_analysis *a, const pe_statement *s);
/* "aws:SourceVpc is not vpc-1", "the action is one of secretsmanager:Get*" … */
void pe_words_clause(pe_buf *out, const pe_clause *clause);
/* What a statement is for: "Its requests are denied by statement 2." */
void pe_words_need(pe_buf *out, const pe_analysis *a, const pe_needed *n);
/* Why there is no answer. */
void pe_words_give_up(pe_buf *out, const pe_result *r);

#endif

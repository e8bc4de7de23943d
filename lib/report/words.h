/* SPDX-License-Identifier: MIT */
/* AWS's own words for a refusal, and short names for people (D1.8). */
#ifndef PE_REPORT_WORDS_H
#define PE_REPORT_WORDS_H

#include "base/buf.h"
#include "eval/decide.h"

/* "identity-based policy", "resource-based policy", "permissions boundary" … */
const char *pe_words_layer(int layer);
/* "because no identity-based policy allows the s3:GetObject action" or "with an explicit deny in an identity-based policy". */
void pe_words_reason(pe_buf *out, int layer, bool explicit_deny, pe_slice action);
/* "PRODUCTION_ROLE of 111122223333", "the root user of 111122223333", "lambda.amazonaws.com", "an anonymous caller". */
void pe_words_caller(pe_buf *out, const pe_caller *caller);

#endif

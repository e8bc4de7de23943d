/* SPDX-License-Identifier: MIT */
/* Why a text is not JSON, as a finding. */
#ifndef PE_POLICY_SYNTAX_H
#define PE_POLICY_SYNTAX_H

#include "policy/finding.h"
#include "json/reader.h"

/* Adds JSON_SYNTAX_ERROR or LIMIT_REACHED; findings may be NULL. 0 or ENOMEM. */
int pe_syntax_report(pe_findings *findings, const pe_source *source, const pe_json_error *error);

#endif

/* SPDX-License-Identifier: MIT */
/* Results as the documents that commands print: one writer a file, all into a buffer with a sticky error.
 * JSON goes through jansson (report/json.h). 0, or ENOMEM. */
#ifndef PE_REPORT_RENDER_H
#define PE_REPORT_RENDER_H

#include "access/access.h"
#include "access/hint.h"
#include "base/buf.h"
#include "eval/decide.h"
#include "grant/plan.h"
#include "policy/finding.h"

int pe_render_findings_json(const pe_findings *findings, pe_buf *out);  /* findings_json.c */
int pe_render_findings_text(const pe_findings *findings, pe_buf *out);  /* findings_text.c: line, underlined span, fix */
int pe_render_findings_sarif(const pe_findings *findings, pe_buf *out); /* findings_sarif.c: SARIF 2.1.0 */
int pe_render_findings_aws(const pe_findings *findings, pe_buf *out);   /* findings_aws.c: ValidateResourcePolicy */
/* id may be empty. `strict` results and errors look alike. */
int pe_render_decision_json(const pe_trace *trace, pe_slice id, pe_buf *out);
/* The shape of `aws iam simulate-custom-policy`, one EvaluationResults entry. */
int pe_render_decision_aws(const pe_trace *trace, const pe_request *request, pe_buf *out);
int pe_render_decision_text(const pe_trace *trace, const pe_request *request, pe_buf *out);
/* D1.8: "because no identity-based policy allows the s3:GetObject action", "with an explicit deny in a …"; empty when
 * allowed. */
int pe_render_reason(const pe_trace *trace, pe_slice action, pe_buf *out);
/* The request as a case of `simulate --cases`, without policies. */
int pe_render_case(const pe_request *request, pe_buf *out);

/* The answer to the three-policy question, as `policyeval access` prints it. */
typedef struct pe_access_answer {
  int effect;
  const pe_access *access;
  const pe_request *request[PE_LEGS];
  const pe_trace *trace[PE_LEGS];
  const pe_hints *hints;
  pe_operability operability;
} pe_access_answer;
int pe_render_access_json(const pe_access_answer *answer, pe_buf *out);
int pe_render_access_text(const pe_access_answer *answer, pe_buf *out);

/* A grant or a revocation. folder: where the commands read the policies from, or NULL. */
int pe_render_grant_json(const pe_plan *plan, pe_buf *out);
int pe_render_grant_text(const pe_plan *plan, pe_buf *out);
int pe_render_grant_diff(const pe_plan *plan, pe_buf *out);
int pe_render_grant_commands(const pe_plan *plan, const char *folder, pe_buf *out);

#endif

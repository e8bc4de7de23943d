/* SPDX-License-Identifier: MIT */
/* Findings as Secrets Manager's ValidateResourcePolicy tells them: three checks and their published messages (D5.1). */
#include "report/json.h"
#include "report/render.h"

typedef struct answer {
  const char *check, *message;
} answer;

/* AWS publishes no names of its checks; these say what each is. */
static const answer answers[] = {
    {"SyntaxCheck", "This resource policy contains a syntax error."},
    {"SyntaxCheck", "This resource policy contains an unsupported principal."},
    {"SyntaxCheck", "This resource policy contains an invalid service principal."},
    {"BlockPublicPolicyCheck", "This resource policy grants broad access to your secret. Secrets Manager does not allow "
                               "creating and applying such policies in the console."},
    {"LockOutCheck", "Your requested changes will not allow you to manage this secret in the future."},
};
enum { SYNTAX, PRINCIPAL, SERVICE, BROAD, LOCKOUT, ANSWERS = sizeof answers / sizeof answers[0] };

static int answer_of(pe_rule rule) {
  switch (rule) {
  case PE_RULE_BROAD_ACCESS:
    return BROAD;
  case PE_RULE_SECRET_POLICY_LOCKS_OUT_CALLER:
    return LOCKOUT;
  case PE_RULE_UNKNOWN_PRINCIPAL:
  case PE_RULE_INVALID_PRINCIPAL:
  case PE_RULE_PLACEHOLDER_ACCOUNT:
  case PE_RULE_UNSUPPORTED_WILDCARD_IN_PRINCIPAL:
  case PE_RULE_FEDERATED_PRINCIPAL_NOT_SUPPORTED:
    return PRINCIPAL;
  case PE_RULE_UNKNOWN_SERVICE_PRINCIPAL:
  case PE_RULE_INVALID_SERVICE_PRINCIPAL_FORMAT:
    return SERVICE;
  default:
    return pe_rule_get(rule)->severity == PE_ERROR ? SYNTAX : -1;
  }
}

int pe_render_findings_aws(const pe_findings *findings, pe_buf *out) {
  pe_out o = {false};
  bool said[ANSWERS] = {false}, any = false;
  for (size_t i = 0; i < findings->list.len; i++) {
    int a = answer_of(findings->list.data[i].rule);
    if (a >= 0) said[a] = any = true;
  }
  json_t *root = pe_out_object(&o), *errors = pe_out_array(&o);
  for (int i = 0; i < ANSWERS; i++) {
    if (!said[i]) continue;
    json_t *error = pe_out_object(&o);
    pe_out_put(&o, error, "CheckName", pe_out_str(&o, answers[i].check));
    pe_out_put(&o, error, "ErrorMessage", pe_out_str(&o, answers[i].message));
    pe_out_add(&o, errors, error);
  }
  pe_out_put(&o, root, "PolicyValidationPassed", pe_out_bool(&o, !any));
  pe_out_put(&o, root, "ValidationErrors", errors);
  return pe_out_write(&o, root, true, out);
}

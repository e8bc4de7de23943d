/* SPDX-License-Identifier: MIT */
#include "policyeval/policy.h"

#include "api/objects.h"

static void release_context(void *owner) { policyeval_context_unref(owner); }

int policyeval_policy_load(policyeval_context *context, int kind, const char *text, size_t len, const char *name,
                           policyeval_policy **policy, policyeval_report **report) {
  if (report) *report = NULL;
  if (!context || !text || !policy || !policyeval_kind_name(kind)) return POLICYEVAL_EINVAL;
  pe_load_options options;
  pe_context_load_options(context, kind, name, &options);
  pe_findings findings;
  int rc = pe_findings_init(&findings, &context->alloc);
  if (rc != POLICYEVAL_OK) return pe_context_told(context, rc);
  pe_policy *loaded = NULL;
  rc = pe_policy_load(&context->alloc, pe_arg(text, len), &options, &loaded, &findings);
  const int told = pe_report_make(context, &findings, report);
  if (told != POLICYEVAL_OK) { /* also of a policy that is refused: who is sent to the report must find it */
    pe_policy_unref(loaded);
    rc = told;
  }
  if (rc != POLICYEVAL_OK) return pe_context_told(context, rc);
  loaded->owner = policyeval_context_ref(context);
  loaded->release_owner = release_context;
  *policy = loaded;
  return POLICYEVAL_OK;
}

/* A file that cannot be read has one finding, without a place. */
static int report_file(policyeval_context *c, const char *path, int rc, const char *why, policyeval_report **report) {
  pe_findings findings;
  if (!report || pe_findings_init(&findings, &c->alloc) != POLICYEVAL_OK) return rc;
  const pe_source source = {.name = pe_slice_str(path), .text = PE_SLICE("")};
  if (pe_findings_keep(&findings, &source) == POLICYEVAL_OK)
    pe_findings_add(&findings, rc == POLICYEVAL_ELIMIT ? PE_RULE_LIMIT_REACHED : PE_RULE_FILE_UNREADABLE, 0, (pe_span){0, 0}, "%s", why);
  pe_report_make(c, &findings, report);
  return rc;
}

int policyeval_policy_load_file(policyeval_context *context, int kind, const char *path, policyeval_policy **policy,
                                policyeval_report **report) {
  if (report) *report = NULL;
  if (!context || !path || !policy || !policyeval_kind_name(kind)) return POLICYEVAL_EINVAL;
  char *text = NULL;
  size_t len = 0;
  const char *why = "";
  int rc = pe_file_read(context, path, &text, &len, &why);
  if (rc == POLICYEVAL_EIO || rc == POLICYEVAL_ELIMIT) return report_file(context, path, rc, why, report);
  if (rc != POLICYEVAL_OK) return pe_context_told(context, rc);
  rc = policyeval_policy_load(context, kind, text, len, path, policy, report);
  policyeval_free(context, text);
  return rc;
}

policyeval_policy *policyeval_policy_ref(policyeval_policy *policy) { return policy ? pe_policy_ref(policy) : NULL; }
void policyeval_policy_unref(policyeval_policy *policy) { pe_policy_unref(policy); }
int policyeval_policy_kind(const policyeval_policy *policy) { return policy ? policy->kind : 0; }
size_t policyeval_policy_statements(const policyeval_policy *policy) { return policy ? policy->nstatements : 0; }

int policyeval_policy_print(const policyeval_policy *policy, char **text, size_t *len) {
  if (!policy || !text) return POLICYEVAL_EINVAL;
  pe_buf buf;
  pe_buf_init(&buf, policy->alloc);
  pe_policy_print(policy, &buf);
  char *taken = pe_buf_take(&buf, len);
  pe_buf_done(&buf);
  if (!taken) return pe_context_told(policy->owner, POLICYEVAL_ENOMEM);
  *text = taken;
  return POLICYEVAL_OK;
}

int policyeval_policy_equal(const policyeval_policy *a, const policyeval_policy *b) {
  return a && b && pe_policy_equal(a, b);
}

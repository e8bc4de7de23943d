/* SPDX-License-Identifier: MIT */
/* The first byte is the kind and whether the rest is a document or the choices of one: findings print in every form, a fix
 * does not break a document that loads, and a text without a finding has nothing to fix. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  int kind = 1 + (data[0] & 127) % (POLICYEVAL_KIND_LAST_ - 1);
  policyeval_context *context = NULL;
  policyeval_validation *options = NULL;
  policyeval_report *report = NULL;
  policyeval_policy *before = NULL, *after = NULL;
  char *fixed = NULL, *diff = NULL;
  size_t len = 0, diff_len = 0;
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  if (data[0] & 128) {
    fuzz_bytes b = {data + 1, size - 1};
    bool plain = kind == POLICYEVAL_KIND_IDENTITY || kind == POLICYEVAL_KIND_BOUNDARY || kind == POLICYEVAL_KIND_SESSION ||
                 kind == POLICYEVAL_KIND_SCP;
    fuzz_policy(&b, &text, !plain);
  } else {
    pe_buf_add(&text, (const char *)data + 1, size - 1);
  }
  const char *bytes = text.ptr ? text.ptr : "";
  MUST(policyeval_context_new(NULL, &context) == 0 && policyeval_validation_new(context, &options) == 0);
  int rc = policyeval_validate(options, kind, bytes, text.len, "fuzz", &report);
  MUST(rc != POLICYEVAL_EINTERNAL && rc != POLICYEVAL_ENOMEM && rc != POLICYEVAL_EINVAL);
  if (report) {
    MUST(policyeval_report_json(report, NULL) && policyeval_report_text(report, NULL));
    MUST(policyeval_report_sarif(report, NULL));
  }
  int loads = policyeval_policy_load(context, kind, bytes, text.len, "fuzz", &before, NULL);
  rc = policyeval_fix(options, kind, bytes, text.len, "fuzz", &fixed, &len, &diff, &diff_len);
  MUST(rc != POLICYEVAL_EINTERNAL && rc != POLICYEVAL_ENOMEM);
  if (fixed) {
    bool same = len == text.len && memcmp(fixed, bytes, len) == 0;
    MUST(same == (diff_len == 0));
    if (loads == 0) MUST(policyeval_policy_load(context, kind, fixed, len, "fixed", &after, NULL) == 0);
    if (report && policyeval_report_count(report) == 0) MUST(same);
  }
  policyeval_free(context, fixed);
  policyeval_free(context, diff);
  policyeval_policy_unref(before);
  policyeval_policy_unref(after);
  policyeval_report_free(report);
  policyeval_validation_free(options);
  policyeval_context_unref(context);
  pe_buf_done(&text);
  return 0;
}

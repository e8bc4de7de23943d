/* SPDX-License-Identifier: MIT */
/* The first byte is the kind and whether the rest is a document or the choices of one: findings print in every form, a fix
 * does not break a document that loads and allows nothing that the document did not, and a text without a finding has
 * nothing to fix. */
#include "fuzz.h"

/* Rules whose fix makes a pattern match that matched nothing as it was written (a blank, a capital letter), or takes away
 * addresses that a request never has: these change the answer over all requests, as their author wanted. */
static const char *const meant[] = {"INVALID_ARN_PREFIX",        "RESOURCE_TRAILING_SPACE",   "INVALID_ARN_SERVICE_CASE",
                                    "INVALID_ACTION",            "PRIVATE_IP_ADDRESS_SUBSET", "PRIVATE_NOT_IP_ADDRESS_SUBSET"};

/* Everything else that is mended leaves what is granted, or less. */
static void never_wider(policyeval_context *context, int kind, const char *text, size_t len, policyeval_policy *before) {
  policyeval_validation *options = NULL;
  policyeval_policy *after = NULL;
  policyeval_analysis *question = NULL;
  char *fixed = NULL;
  size_t fixed_len = 0;
  MUST(policyeval_validation_new(context, &options) == 0);
  for (size_t i = 0; i < sizeof meant / sizeof meant[0]; i++) MUST(policyeval_validation_ignore(options, meant[i]) == 0);
  MUST(policyeval_fix(options, kind, text, len, "fuzz", &fixed, &fixed_len, NULL, NULL) == 0);
  if (fixed_len != len || memcmp(fixed, text, len) != 0) {
    MUST(policyeval_policy_load(context, kind, fixed, fixed_len, "fixed", &after, NULL) == 0);
    MUST(policyeval_analysis_new(context, POLICYEVAL_ASK_NEW_ACCESS, &question) == 0);
    MUST(policyeval_analysis_set_policy(question, after) == 0 && policyeval_analysis_set_existing(question, before) == 0);
    const int rc = policyeval_analysis_run(question);
    if (rc == 0 && policyeval_analysis_answer(question) == POLICYEVAL_ANSWER_YES)
      fprintf(stderr, "%.*s\n%s\n%s\n", (int)len, text, fixed, policyeval_analysis_witness(question, 0, NULL));
    MUST(rc == 0 && policyeval_analysis_answer(question) != POLICYEVAL_ANSWER_YES);
  }
  policyeval_analysis_free(question);
  policyeval_policy_unref(after);
  policyeval_free(context, fixed);
  policyeval_validation_free(options);
}

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
  const policyeval_limits limits = {.size = sizeof limits, .states = 5000, .search_nodes = 5000};
  MUST(policyeval_context_new(NULL, &context) == 0 && policyeval_validation_new(context, &options) == 0);
  MUST(policyeval_context_set_limits(context, &limits) == 0);
  int rc = policyeval_validate(options, kind, bytes, text.len, "fuzz", &report);
  MUST(rc != POLICYEVAL_EINTERNAL && rc != POLICYEVAL_ENOMEM && rc != POLICYEVAL_EINVAL);
  if (report) {
    MUST(policyeval_report_json(report, NULL) && policyeval_report_text(report, NULL));
    MUST(policyeval_report_sarif(report, NULL) && policyeval_report_aws(report, NULL));
  }
  int loads = policyeval_policy_load(context, kind, bytes, text.len, "fuzz", &before, NULL);
  rc = policyeval_fix(options, kind, bytes, text.len, "fuzz", &fixed, &len, &diff, &diff_len);
  MUST(rc != POLICYEVAL_EINTERNAL && rc != POLICYEVAL_ENOMEM);
  if (fixed) {
    bool same = len == text.len && memcmp(fixed, bytes, len) == 0;
    MUST(same == (diff_len == 0));
    if (loads == 0) MUST(policyeval_policy_load(context, kind, fixed, len, "fixed", &after, NULL) == 0);
    if (report && policyeval_report_count(report) == 0) MUST(same);
    if (loads == 0 && !same) never_wider(context, kind, bytes, text.len, before);
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

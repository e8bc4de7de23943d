/* SPDX-License-Identifier: MIT */
/* The first byte is the kind, the rest a document, or a reply that carries one: what loads prints, the print loads, equals
 * what was loaded, and prints the same. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  int kind = 1 + data[0] % (POLICYEVAL_KIND_LAST_ - 1);
  policyeval_context *context = NULL;
  policyeval_policy *policy = NULL, *again = NULL;
  policyeval_report *report = NULL;
  MUST(policyeval_context_new(NULL, &context) == 0);
  int rc = policyeval_policy_load(context, kind, (const char *)data + 1, size - 1, "fuzz", &policy, &report);
  MUST((rc == 0) == (policy != NULL));
  if (report) MUST(policyeval_report_json(report, NULL) && policyeval_report_text(report, NULL));
  policyeval_report_free(report);
  report = NULL;
  if (policy) {
    char *first = NULL, *second = NULL;
    size_t len = 0, len2 = 0;
    MUST(policyeval_policy_print(policy, &first, &len) == 0);
    MUST(policyeval_policy_load(context, kind, first, len, "printed", &again, &report) == 0);
    MUST(policyeval_policy_equal(policy, again) == 1);
    MUST(policyeval_policy_print(again, &second, &len2) == 0);
    MUST(len == len2 && memcmp(first, second, len) == 0);
    policyeval_free(context, first);
    policyeval_free(context, second);
    policyeval_report_free(report);
  } else {
    MUST(rc != POLICYEVAL_EINTERNAL && rc != POLICYEVAL_ENOMEM);
  }
  policyeval_policy_unref(again);
  policyeval_policy_unref(policy);
  policyeval_context_unref(context);
  return 0;
}

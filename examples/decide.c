/* SPDX-License-Identifier: MIT */
/* One policy, many requests: who may do what, and why a document was refused.
 * cc decide.c $(pkg-config --cflags --libs libpolicyeval) */
#include <policyeval/policyeval.h>
#include <stdio.h>

static const char document[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [\n"
    "  {\"Effect\": \"Allow\", \"Action\": \"s3:Get*\", \"Resource\": \"arn:aws:s3:::reports/${aws:username}/*\"},\n"
    "  {\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\",\n"
    "   \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}}]}";

static const char broken[] = "{\"Version\": \"2012-10-17\",\n \"statement\": []}";

static int ask(policyeval_policyset *set, policyeval_request *request, const char *resource, const char *tls) {
  policyeval_decision *decision = NULL;
  int rc = policyeval_request_clear(request);
  if (rc == 0) rc = policyeval_request_set_principal(request, "arn:aws:iam::111122223333:user/alice", POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_request_set_action(request, "s3:GetObject", POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_request_set_resource(request, resource, POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_request_set_resource_account(request, "111122223333", POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_request_set_context(request, "aws:SecureTransport", POLICYEVAL_NTS, tls, POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_decide(set, request, &decision);
  if (rc == 0) printf("%-13s %s\n", policyeval_effect_name(policyeval_decision_effect(decision)),
                      policyeval_decision_reason(decision).ptr);
  policyeval_decision_free(decision);
  return rc;
}

int main(void) {
  policyeval_context *ctx = NULL;
  policyeval_policy *policy = NULL, *none = NULL;
  policyeval_policyset *set = NULL;
  policyeval_request *request = NULL;
  policyeval_report *report = NULL;
  int rc = policyeval_context_new(NULL, &ctx);

  if (rc == 0) rc = policyeval_policy_load(ctx, POLICYEVAL_KIND_IDENTITY, document, POLICYEVAL_NTS, "alice.json", &policy, NULL);
  if (rc == 0) rc = policyeval_policyset_new(ctx, &set);
  if (rc == 0) rc = policyeval_policyset_add(set, POLICYEVAL_LAYER_IDENTITY, 0, policy);
  if (rc == 0) rc = policyeval_request_new(ctx, &request);
  if (rc == 0) rc = ask(set, request, "arn:aws:s3:::reports/alice/2026.csv", "true");
  if (rc == 0) rc = ask(set, request, "arn:aws:s3:::reports/bob/2026.csv", "true");
  if (rc == 0) rc = ask(set, request, "arn:aws:s3:::reports/alice/2026.csv", "false");
  if (rc != 0) fprintf(stderr, "%s %s\n", policyeval_error_name(rc), policyeval_request_detail(request));

  if (rc == 0 && policyeval_policy_load(ctx, POLICYEVAL_KIND_IDENTITY, broken, POLICYEVAL_NTS, "broken.json", &none, &report) ==
                     POLICYEVAL_EPOLICY)
    printf("%s", policyeval_report_text(report, NULL));

  policyeval_report_free(report);
  policyeval_request_free(request);
  policyeval_policyset_unref(set);
  policyeval_policy_unref(policy);
  policyeval_context_unref(ctx);
  return rc == 0 ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* May PRODUCTION_ROLE read SECURITY_SECRET? The article's question in C.
 * cc access.c $(pkg-config --cflags --libs libpolicyeval) */
#include <policyeval/policyeval.h>
#include <stdio.h>

int main(void) {
  static const char role_arn[] = "arn:aws:iam::111122223333:role/PRODUCTION_ROLE";
  static const char secret_arn[] = "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-AbCdEf";
  static const char key_arn[] = "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  policyeval_context *ctx = NULL;
  policyeval_policy *secret = NULL, *key = NULL, *role = NULL;
  policyeval_access *question = NULL;
  int rc = policyeval_context_new(NULL, &ctx);

  if (rc == 0) rc = policyeval_policy_load_file(ctx, POLICYEVAL_KIND_SECRET, "article/corrected/secret.json", &secret, NULL);
  if (rc == 0) rc = policyeval_policy_load_file(ctx, POLICYEVAL_KIND_KMS_KEY, "article/corrected/key.json", &key, NULL);
  if (rc == 0) rc = policyeval_policy_load_file(ctx, POLICYEVAL_KIND_IDENTITY, "article/corrected/role.json", &role, NULL);
  if (rc == 0) rc = policyeval_access_new(ctx, &question);
  if (rc == 0) rc = policyeval_access_set_principal(question, role_arn, POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_access_set_secret(question, secret_arn, POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_access_set_key(question, key_arn, POLICYEVAL_NTS);
  if (rc == 0) rc = policyeval_access_add_policy(question, POLICYEVAL_LAYER_RESOURCE, 0, secret);
  if (rc == 0) rc = policyeval_access_add_policy(question, POLICYEVAL_LAYER_KEY, 0, key);
  if (rc == 0) rc = policyeval_access_add_policy(question, POLICYEVAL_LAYER_IDENTITY, 0, role);
  if (rc == 0) rc = policyeval_access_decide(question);
  if (rc == 0) printf("%s", policyeval_access_text(question, NULL));
  else fprintf(stderr, "%s: %s\n", policyeval_error_name(rc), policyeval_error_text(rc));

  policyeval_access_free(question);
  policyeval_policy_unref(role);
  policyeval_policy_unref(key);
  policyeval_policy_unref(secret);
  policyeval_context_unref(ctx);
  return rc == 0 ? 0 : 1;
}

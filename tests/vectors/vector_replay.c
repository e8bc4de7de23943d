/* SPDX-License-Identifier: MIT */
/* access: the question over all requests. Its witness and its counterexample are complete cases: with the policies of the
 * question the simulator says of both legs what they stand for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

/* D3.3, as far as reading a secret needs it: the policy of aws/secretsmanager in the account and Region of the secret. */
static json_t *managed_key_policy(const char *secret) {
  char region[64] = "", account[13] = "", via[128];
  if (sscanf(secret, "arn:%*[^:]:secretsmanager:%63[^:]:%12[0-9]", region, account) != 2) return json_array();
  snprintf(via, sizeof via, "secretsmanager.%s.amazonaws.com", region);
  return json_pack("[{s:s,s:[{s:s,s:s,s:s,s:s,s:{s:{s:s,s:s}}}]}]", "Version", "2012-10-17", "Statement", "Effect", "Allow",
                   "Principal", "*", "Action", "kms:Decrypt", "Resource", "*", "Condition", "StringEquals", "kms:CallerAccount",
                   account, "kms:ViaService", via);
}

/* The policies of the question as a case of one of its legs has them. */
static json_t *policies_of(const vector *v, bool key) {
  json_t *all = json_deep_copy(json_object_get(v->input, "policies")), *own = json_object_get(all, "key");
  if (key) json_object_del(all, "endpoint"); /* D3.5: Secrets Manager calls KMS itself */
  const char *arn = json_string_value(json_object_get(v->input, "key"));
  if (key && json_array_size(own)) json_object_set(all, "resource", own);
  else if (key && (!arn || strstr(arn, ":key/aws/secretsmanager")))
    json_object_set_new(all, "resource", managed_key_policy(json_string_value(json_object_get(v->input, "secret"))));
  else if (key) json_object_del(all, "resource");
  if (!key) json_object_del(all, "grants");
  json_object_del(all, "key");
  return all;
}

/* Is the leg allowed? */
static bool replay(vector *v, const char *what, json_t *one, bool key) {
  policyeval_simulator *simulator = NULL;
  char *text = NULL;
  int effect = -1, rc = policyeval_simulator_new(v->context, &simulator);
  json_object_set_new(one, "policies", policies_of(v, key));
  char *line = json_dumps(one, JSON_COMPACT);
  if (rc == POLICYEVAL_OK) rc = policyeval_simulator_run(simulator, line, POLICYEVAL_NTS, 1, &effect, &text, NULL);
  if (rc || effect < 0) vector_fault_text(v, what, "an answer", text ? text : policyeval_error_name(rc));
  policyeval_free(v->context, text);
  policyeval_simulator_free(simulator);
  free(line);
  return effect == POLICYEVAL_ALLOW;
}

static void replay_both(vector *v, const char *what, const json_t *both, bool allowed) {
  json_t *secret = json_object_get(both, "secret"), *key = json_object_get(both, "key");
  if (!secret || !key) return;
  const bool first = replay(v, what, secret, false), second = replay(v, what, key, true);
  if ((first && second) == allowed) return;
  char *text = json_dumps(first == allowed ? key : secret, JSON_COMPACT);
  vector_fault_text(v, what, allowed ? "allowed on both legs" : "not allowed on some leg", text);
  free(text);
}

int vector_replay(vector *v, policyeval_access *q) {
  json_error_t error;
  const json_t *expected = json_object_get(v->expect, "all_requests");
  const int rc = policyeval_access_all_requests(q);
  if (rc) return rc;
  const int reach = policyeval_access_reach(q);
  const char *got = policyeval_reach_name(reach);
  if (expected && strcmp(json_string_value(expected), got) != 0)
    vector_fault_text(v, "all requests", json_string_value(expected), got);
  json_t *answer = json_loads(policyeval_access_reach_json(q, NULL), JSON_REJECT_DUPLICATES, &error);
  json_t *witness = json_object_get(answer, "witness"), *counter = json_object_get(answer, "counterexample");
  if (json_is_object(witness) != (reach == POLICYEVAL_REACH_ALWAYS || reach == POLICYEVAL_REACH_SOMETIMES) &&
      reach != POLICYEVAL_REACH_UNKNOWN)
    vector_fault_text(v, "witness", "where there is access, and only there", got);
  if (json_is_object(counter) != (reach == POLICYEVAL_REACH_NEVER || reach == POLICYEVAL_REACH_SOMETIMES) &&
      reach != POLICYEVAL_REACH_UNKNOWN)
    vector_fault_text(v, "counterexample", "unless there is always access", got);
  replay_both(v, "witness", witness, true);
  replay_both(v, "counterexample", counter, false);
  json_decref(answer);
  return POLICYEVAL_OK;
}

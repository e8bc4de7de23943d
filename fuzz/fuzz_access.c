/* SPDX-License-Identifier: MIT */
/* Bytes become the three policies of an access question: the answer is the worse of its legs, says the same in short, and
 * prints. What is proved over all requests holds for this one, and who can read the secret is told in every form. */
#include "fuzz.h"

static policyeval_policy *load(policyeval_context *context, int kind, const pe_buf *text) {
  policyeval_policy *policy = NULL;
  MUST(policyeval_policy_load(context, kind, text->ptr, text->len, "fuzz", &policy, NULL) == 0);
  return policy;
}

static void add(policyeval_access *access, policyeval_context *context, fuzz_bytes *b, int layer, int kind) {
  pe_buf text;
  pe_buf_init(&text, &pe_alloc_libc);
  fuzz_policy(b, &text, kind != POLICYEVAL_KIND_IDENTITY);
  policyeval_policy *policy = load(context, kind, &text);
  MUST(policyeval_access_add_policy(access, layer, 0, policy) == 0);
  policyeval_policy_unref(policy);
  pe_buf_done(&text);
}

static unsigned badness(int effect) {
  return effect == POLICYEVAL_EXPLICIT_DENY ? 3 : effect == POLICYEVAL_IMPLICIT_DENY ? 2 : effect == POLICYEVAL_UNKNOWN ? 1 : 0;
}

/* This request is one of those that are meant: facts that are not set are absent in it. */
static void all_requests(policyeval_access *access, int effect) {
  MUST(policyeval_access_all_requests(access) == 0);
  const int reach = policyeval_access_reach(access);
  MUST(reach != POLICYEVAL_REACH_ALWAYS || effect == POLICYEVAL_ALLOW);
  MUST(reach != POLICYEVAL_REACH_NEVER || effect != POLICYEVAL_ALLOW);
  MUST(policyeval_access_reach_json(access, NULL) && policyeval_access_reach_text(access, NULL));
  MUST(policyeval_access_who_can(access) == 0);
  MUST(policyeval_access_who_json(access, NULL) && policyeval_access_who_text(access, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const callers[] = {
      "arn:aws:sts::111122223333:assumed-role/App/s1", "arn:aws:iam::444455556666:role/team/App",
      "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::444455556666:root"};
  const policyeval_limits limits = {.size = sizeof limits, .states = 2000, .search_nodes = 2000};
  fuzz_bytes b = {data, size};
  policyeval_context *context = NULL;
  policyeval_access *access = NULL;
  if (size < 8) return 0;
  MUST(policyeval_context_new(NULL, &context) == 0 && policyeval_access_new(context, &access) == 0);
  MUST(policyeval_context_set_limits(context, &limits) == 0);
  MUST(policyeval_access_set_principal(access, callers[fuzz_below(&b, 4)], POLICYEVAL_NTS) == 0);
  MUST(policyeval_access_set_secret(access, "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
                                    POLICYEVAL_NTS) == 0);
  if (fuzz_below(&b, 4)) {
    MUST(policyeval_access_set_key(access, "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                                   POLICYEVAL_NTS) == 0);
    add(access, context, &b, POLICYEVAL_LAYER_KEY, POLICYEVAL_KIND_KMS_KEY);
  }
  add(access, context, &b, POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_KIND_IDENTITY);
  add(access, context, &b, POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_KIND_SECRET);
  int rc = policyeval_access_decide(access);
  MUST(rc == 0 || rc == POLICYEVAL_EINVAL);
  if (rc == 0) {
    int effect = policyeval_access_decision(access), brief = -1;
    unsigned secret = badness(policyeval_access_leg(access, POLICYEVAL_LEG_SECRET));
    unsigned key = badness(policyeval_access_leg(access, POLICYEVAL_LEG_KEY));
    MUST(badness(effect) == (secret > key ? secret : key));
    MUST(policyeval_access_json(access, NULL) && policyeval_access_text(access, NULL));
    MUST(policyeval_access_effect(access, &brief) == 0 && brief == effect);
    all_requests(access, effect);
  }
  policyeval_access_free(access);
  policyeval_context_unref(context);
  return 0;
}

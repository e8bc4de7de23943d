/* SPDX-License-Identifier: MIT */
/* Bytes become two policies: none allows more than itself, or than itself with an Allow more; the witness that one
 * allows more than the other is allowed by the one and not by the other when it is replayed. A third one, of a secret, is
 * asked whether it is public under each rule, whom outside of the zone of trust it lets in, and whether it grants an action: a
 * witness is allowed, too, and zones and comparisons agree with each other. */
#include "fuzz.h"

static policyeval_policy *load(policyeval_context *context, int kind, const pe_buf *text) {
  policyeval_policy *policy = NULL;
  MUST(policyeval_policy_load(context, kind, text->ptr, text->len, "fuzz", &policy, NULL) == 0);
  return policy;
}

static int replay(policyeval_context *context, const char *layer, const char *witness, size_t len, const pe_buf *policy) {
  policyeval_simulator *simulator = NULL;
  pe_buf line;
  int effect = -1;
  char *text = NULL;
  size_t text_len = 0;
  pe_buf_init(&line, &pe_alloc_libc);
  while (len && witness[len - 1] != '}') len--;
  MUST(len);
  pe_buf_add(&line, witness, len - 1);
  pe_buf_fmt(&line, ",\"policies\":{\"%s\":[", layer);
  pe_buf_add(&line, policy->ptr, policy->len);
  pe_buf_str(&line, "]}}");
  for (size_t i = 0; i < line.len; i++) {
    if (line.ptr[i] == '\n') line.ptr[i] = ' ';
  }
  MUST(policyeval_simulator_new(context, &simulator) == 0);
  MUST(policyeval_simulator_run(simulator, line.ptr, line.len, 1, &effect, &text, &text_len) == 0);
  policyeval_free(context, text);
  policyeval_simulator_free(simulator);
  pe_buf_done(&line);
  return effect;
}

/* May `subject` allow what `existing` does not? */
static int more(policyeval_context *context, const pe_buf *subject, const pe_buf *existing) {
  policyeval_policy *a = load(context, POLICYEVAL_KIND_IDENTITY, subject),
                    *b = load(context, POLICYEVAL_KIND_IDENTITY, existing);
  policyeval_analysis *question = NULL;
  MUST(policyeval_analysis_new(context, POLICYEVAL_ASK_NEW_ACCESS, &question) == 0);
  MUST(policyeval_analysis_set_policy(question, a) == 0 && policyeval_analysis_set_existing(question, b) == 0);
  int rc = policyeval_analysis_run(question), answer = policyeval_analysis_answer(question);
  if (rc) fprintf(stderr, "%d: %s\n%s\n%s\n", rc, policyeval_analysis_detail(question), subject->ptr, existing->ptr);
  MUST(rc == 0);
  if (answer == POLICYEVAL_ANSWER_YES) {
    size_t len = 0;
    const char *witness = policyeval_analysis_witness(question, 0, &len);
    MUST(witness);
    MUST(replay(context, "identity", witness, len, subject) == POLICYEVAL_ALLOW);
    MUST(replay(context, "identity", witness, len, existing) != POLICYEVAL_ALLOW);
  }
  MUST(policyeval_analysis_json(question, NULL));
  policyeval_analysis_free(question);
  policyeval_policy_unref(a);
  policyeval_policy_unref(b);
  return answer;
}

/* One more question about the policy of a secret; its answer. `rule`: of PUBLIC. */
static int about(policyeval_context *context, int kind, int rule, const pe_buf *text, policyeval_policy *policy) {
  policyeval_analysis *question = NULL;
  MUST(policyeval_analysis_new(context, kind, &question) == 0 && policyeval_analysis_set_policy(question, policy) == 0);
  if (kind == POLICYEVAL_ASK_PUBLIC) MUST(policyeval_analysis_set_rule(question, rule) == 0);
  if (kind == POLICYEVAL_ASK_COMPARE) MUST(policyeval_analysis_set_existing(question, policy) == 0);
  if (kind == POLICYEVAL_ASK_ACCESS_GRANTED)
    MUST(policyeval_analysis_add_action(question, "secretsmanager:GetSecretValue", POLICYEVAL_NTS) == 0);
  if (kind == POLICYEVAL_ASK_FINDINGS || (kind == POLICYEVAL_ASK_PUBLIC && rule == POLICYEVAL_PUBLIC_ZONE))
    MUST(policyeval_analysis_add_trust(question, POLICYEVAL_TRUST_ACCOUNT, "111122223333", POLICYEVAL_NTS) == 0);
  const int rc = policyeval_analysis_run(question), answer = policyeval_analysis_answer(question);
  if (rc) fprintf(stderr, "%d: %s\n%s\n", rc, policyeval_analysis_detail(question), text->ptr);
  MUST(rc == 0);
  size_t len = 0;
  const char *witness = policyeval_analysis_witness(question, 0, &len);
  if (answer == POLICYEVAL_ANSWER_YES && kind != POLICYEVAL_ASK_FINDINGS) MUST(witness);
  if (witness) MUST(replay(context, "resource", witness, len, text) == POLICYEVAL_ALLOW);
  MUST(kind != POLICYEVAL_ASK_COMPARE || answer != POLICYEVAL_ANSWER_YES);
  MUST(policyeval_analysis_json(question, NULL) && policyeval_analysis_text(question, NULL));
  policyeval_analysis_free(question);
  return answer;
}

static void of_a_secret(policyeval_context *context, const pe_buf *text) {
  policyeval_policy *policy = load(context, POLICYEVAL_KIND_SECRET, text);
  about(context, POLICYEVAL_ASK_PUBLIC, POLICYEVAL_PUBLIC_FIXED_VALUES, text, policy);
  about(context, POLICYEVAL_ASK_PUBLIC, POLICYEVAL_PUBLIC_ARTICLE, text, policy);
  about(context, POLICYEVAL_ASK_ACCESS_GRANTED, 0, text, policy);
  about(context, POLICYEVAL_ASK_COMPARE, 0, text, policy);
  const int zone = about(context, POLICYEVAL_ASK_PUBLIC, POLICYEVAL_PUBLIC_ZONE, text, policy);
  const int findings = about(context, POLICYEVAL_ASK_FINDINGS, 0, text, policy);
  if (zone + findings == POLICYEVAL_ANSWER_NO + POLICYEVAL_ANSWER_YES) fprintf(stderr, "%s\n", text->ptr);
  MUST(zone != POLICYEVAL_ANSWER_NO || findings != POLICYEVAL_ANSWER_YES);
  MUST(zone != POLICYEVAL_ANSWER_YES || findings != POLICYEVAL_ANSWER_NO);
  policyeval_policy_unref(policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes b = {data, size};
  pe_buf first, second, wider, secret;
  policyeval_context *context = NULL;
  policyeval_limits limits = {.size = sizeof limits, .states = 5000, .search_nodes = 5000};
  if (size < 8) return 0;
  pe_buf_init(&first, &pe_alloc_libc);
  pe_buf_init(&second, &pe_alloc_libc);
  pe_buf_init(&wider, &pe_alloc_libc);
  pe_buf_init(&secret, &pe_alloc_libc);
  fuzz_policy(&b, &first, false);
  fuzz_policy(&b, &second, false);
  pe_buf_add(&wider, first.ptr, first.len - 2); /* without "]}" */
  pe_buf_char(&wider, ',');
  fuzz_statement(&b, &wider, false, "Allow");
  pe_buf_str(&wider, "]}");
  MUST(policyeval_context_new(NULL, &context) == 0);
  MUST(policyeval_context_set_limits(context, &limits) == 0);
  MUST(more(context, &first, &first) != POLICYEVAL_ANSWER_YES);
  MUST(more(context, &first, &wider) != POLICYEVAL_ANSWER_YES);
  more(context, &first, &second);
  fuzz_policy(&b, &secret, true);
  of_a_secret(context, &secret);
  policyeval_context_unref(context);
  pe_buf_done(&first);
  pe_buf_done(&second);
  pe_buf_done(&wider);
  pe_buf_done(&secret);
  return 0;
}

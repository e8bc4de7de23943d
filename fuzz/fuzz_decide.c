/* SPDX-License-Identifier: MIT */
/* Bytes become a case. A Deny more never allows what was not allowed, an Allow more never takes away what was, the order
 * of two policies does not matter, and the answer is never an error. */
#include "fuzz.h"

static int ask(policyeval_simulator *simulator, policyeval_context *context, const pe_buf *line) {
  int effect = -1;
  char *text = NULL;
  size_t len = 0;
  int rc = policyeval_simulator_run(simulator, line->ptr, line->len, 1, &effect, &text, &len);
  if (rc) fprintf(stderr, "%d: %s\n%s\n", rc, text ? text : "", line->ptr);
  MUST(rc == 0);
  MUST(text && len && effect >= 0 && effect < POLICYEVAL_EFFECT_LAST_);
  policyeval_free(context, text);
  return effect;
}

static void line(pe_buf *out, const pe_buf *question, const char *identity, const char *more, const pe_buf *resource,
                 const pe_buf *rest) {
  pe_buf_clear(out);
  pe_buf_add(out, question->ptr, question->len);
  pe_buf_str(out, ",\"policies\":{\"identity\":[");
  pe_buf_str(out, identity);
  if (*more && *identity) pe_buf_char(out, ',');
  pe_buf_str(out, more);
  pe_buf_str(out, "],\"resource\":[");
  pe_buf_add(out, resource->ptr, resource->len);
  pe_buf_str(out, "]");
  if (rest->len) pe_buf_add(out, rest->ptr, rest->len);
  pe_buf_str(out, "}}");
}

static void wrapped(fuzz_bytes *b, pe_buf *out, const char *effect) {
  pe_buf_str(out, "{\"Version\":\"2012-10-17\",\"Statement\":");
  fuzz_statement(b, out, false, effect);
  pe_buf_str(out, "}");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes b = {data, size};
  pe_buf buf[7];
  policyeval_context *context = NULL;
  policyeval_simulator *simulator = NULL;
  if (size < 8) return 0;
  for (int i = 0; i < 7; i++) pe_buf_init(&buf[i], &pe_alloc_libc);
  pe_buf *question = &buf[0], *identity = &buf[1], *deny = &buf[2], *allow = &buf[3], *resource = &buf[4],
         *rest = &buf[5], *text = &buf[6];
  fuzz_question(&b, question);
  fuzz_policy(&b, identity, false);
  if (fuzz_below(&b, 2)) fuzz_policy(&b, resource, true);
  if (fuzz_below(&b, 4) == 3) {
    pe_buf_str(rest, ",\"boundary\":[");
    fuzz_policy(&b, rest, false);
    pe_buf_str(rest, "]");
  }
  wrapped(&b, deny, "Deny");
  wrapped(&b, allow, "Allow");
  MUST(policyeval_context_new(NULL, &context) == 0);
  MUST(policyeval_simulator_new(context, &simulator) == 0);
  line(text, question, identity->ptr, "", resource, rest);
  int before = ask(simulator, context, text);
  line(text, question, identity->ptr, deny->ptr, resource, rest);
  int denied = ask(simulator, context, text);
  MUST(denied != POLICYEVAL_ALLOW || before == POLICYEVAL_ALLOW);
  MUST(before != POLICYEVAL_EXPLICIT_DENY || denied == POLICYEVAL_EXPLICIT_DENY);
  line(text, question, deny->ptr, identity->ptr, resource, rest);
  MUST(ask(simulator, context, text) == denied);
  line(text, question, identity->ptr, allow->ptr, resource, rest);
  int allowed = ask(simulator, context, text);
  MUST(before != POLICYEVAL_ALLOW || allowed == POLICYEVAL_ALLOW);
  MUST((before == POLICYEVAL_EXPLICIT_DENY) == (allowed == POLICYEVAL_EXPLICIT_DENY));
  policyeval_simulator_free(simulator);
  policyeval_context_unref(context);
  for (int i = 0; i < 7; i++) pe_buf_done(&buf[i]);
  return 0;
}

/* SPDX-License-Identifier: MIT */
/* Lines of cases: whatever they hold, each has one answer, and it is JSON; what is asked twice is answered alike. */
#include <jansson.h>
#include <policyeval/policyeval.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(policyeval_context *c, policyeval_simulator *s, const char *line, size_t len) {
  char *first = NULL, *second = NULL;
  size_t first_len = 0, second_len = 0;
  int effect = -1;
  json_error_t error;
  const int rc = policyeval_simulator_run(s, line, len, 1, &effect, &first, &first_len);
  const int again = policyeval_simulator_run(s, line, len, 1, NULL, &second, &second_len);
  json_t *result = first ? json_loadb(first, first_len, JSON_REJECT_DUPLICATES, &error) : NULL;
  if ((first && !result) || (rc && rc != POLICYEVAL_EPOLICY && rc != POLICYEVAL_EJSON && rc != POLICYEVAL_ELIMIT)) abort();
  if (rc != again || first_len != second_len || (first && memcmp(first, second, first_len) != 0)) abort();
  if (result && (json_object_get(result, "error") != NULL) == (effect >= 0)) abort();
  json_decref(result);
  policyeval_free(c, first);
  policyeval_free(c, second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  policyeval_context *c = NULL;
  policyeval_simulator *s = NULL;
  if (policyeval_context_new(NULL, &c) == POLICYEVAL_OK && policyeval_simulator_new(c, &s) == POLICYEVAL_OK) {
    for (const char *p = (const char *)data, *end = p + size; p < end;) {
      const char *stop = memchr(p, '\n', (size_t)(end - p));
      if (!stop) stop = end;
      run(c, s, p, (size_t)(stop - p));
      p = stop + (stop < end);
    }
  }
  policyeval_simulator_free(s);
  policyeval_context_unref(c);
  return 0;
}

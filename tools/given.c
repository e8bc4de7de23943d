/* SPDX-License-Identifier: MIT */
/* What was given so far: an option that is said once and another thing later is a contradiction, and the last word does not win. */
#include <stdlib.h>
#include <string.h>

#include "common.h"

static int contradiction(const common *c, const struct option *o, const char *before, const char *now) {
  return usage_error(c, "--%s %s contradicts --%s %s", o->name, now, o->name, before);
}

/* NAME=VALUE twice for one NAME. */
static bool same_name(const char *a, const char *b) {
  const size_t n = strcspn(a, "=");
  return a[n] == '=' && strncmp(a, b, n + 1) == 0;
}

/* Bytes in front of the word none, which is all there is or stands behind a level or a principal (N:none); -1: another word. */
static int before_none(const char *text) {
  const size_t n = strlen(text);
  if (n < 4 || strcmp(text + n - 4, "none") != 0 || (n > 4 && text[n - 5] != ':')) return -1;
  return (int)(n - 4);
}

/* That there are none, and one of them. */
static bool none_beside(const char *a, const char *b) {
  const int n = before_none(a);
  return n >= 0 && strncmp(a, b, (size_t)n) == 0 && strcmp(a, b) != 0;
}

static bool contradicts(int code, const char *before, const char *now) {
  if (code & OPT_POLICIES) return none_beside(before, now) || none_beside(now, before);
  return !(code & OPT_NAMED) || same_name(before, now);
}

int take_given(common *c, const struct option *o, const char *value) {
  const bool adds = o->val & OPT_POLICIES;
  if (o->val & OPT_MANY) return 0; /* each is one more: there is nothing to remember */
  for (size_t i = 0; i < c->ngiven; i++) {
    const given_option *before = &c->given[i];
    if (before->code != o->val) continue;
    if (!adds && strcmp(before->value, value) == 0) return GIVEN_AGAIN;
    if (contradicts(o->val, before->value, value)) return contradiction(c, o, before->value, value);
  }
  given_option *grown = realloc(c->given, (c->ngiven + 1) * sizeof *grown);
  if (!grown) return fail_rc(c, POLICYEVAL_ENOMEM, "options");
  c->given = grown;
  grown[c->ngiven++] = (given_option){o->val, value};
  return 0;
}

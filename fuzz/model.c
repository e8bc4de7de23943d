/* SPDX-License-Identifier: MIT */
#include "model.h"

#define COUNT(list) (unsigned)(sizeof(list) / sizeof *(list))
#define SINGLE_KEY "example:k"
#define SET_KEY    "aws:TagKeys"

static const char *const actions[MODEL_ACTIONS] = {"s3:GetObject", "s3:PutObject", "s3:GetObjectTagging"};
static const char *const resources[MODEL_RESOURCES] = {"arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/alice/a",
                                                       "arn:aws:s3:::other/A", "arn:aws:s3:::b/bb/a"};
static const char *const action_patterns[] = {"*", "s3:*", "s3:GetObject", "S3:putobject", "s3:Get*", "s3:?etObject*",
                                              "s3:*Object", "s3:*t*t*", "s3:DeleteObject", "kms:*"};
static const char *const resource_patterns[] = {"*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a",
                                                "arn:aws:s3:::bucket/${aws:username}/*", "arn:aws:s3:::*/a",
                                                "arn:aws:s3:::b*/?", "arn:aws:s3:::??her/A", "arn:aws:s3:::*b*b*"};
static const char *const values[] = {"a", "b", "A", "ab", "a*", "*", "?", "?b"};
static const char *const single[MODEL_SINGLE] = {NULL, "a", "b", "A", "ab", "a*", "c"};
static const char *const sets[MODEL_SET][2] = {{NULL, NULL}, {"a", NULL}, {"b", NULL}, {"a", "b"},
                                               {"A", "ab"},  {"c", NULL}, {"a", "c"},  {"a*", "b"}};

/* How an operator compares: exactly, without letter case, as a pattern; and whether it is negated. */
enum { EXACT, NOCASE, LIKE, IS_NULL };
static const struct {
  const char *name;
  uint8_t how, negated;
} operators[] = {{"StringEquals", EXACT, 0},           {"StringNotEquals", EXACT, 1},
                 {"StringLike", LIKE, 0},              {"StringNotLike", LIKE, 1},
                 {"StringEqualsIgnoreCase", NOCASE, 0}, {"StringNotEqualsIgnoreCase", NOCASE, 1},
                 {"Null", IS_NULL, 0}};
enum { NONE, ALL_VALUES, ANY_VALUE };
static const char *const qualifiers[] = {"", "ForAllValues:", "ForAnyValue:"};
static const char *const spellings[2][2] = {{SINGLE_KEY, "Example:K"}, {SET_KEY, "AWS:tagkeys"}};

/* ---- from bytes ---- */

static void make_list(fuzz_bytes *b, model_list *l, unsigned count) {
  const unsigned shape = fuzz_below(b, 16);
  l->not = shape >= 14;
  l->n = (uint8_t)(1 + (shape > 8) + (shape > 11));
  for (unsigned i = 0; i < l->n; i++) l->of[i] = (uint8_t)fuzz_below(b, count);
}

static void make_test(fuzz_bytes *b, model_test *t) {
  const unsigned shape = fuzz_below(b, 16);
  t->op = (uint8_t)fuzz_below(b, COUNT(operators));
  t->set = shape & 1;
  t->spelling = (shape >> 1) & 1;
  t->if_exists = (shape & 4) && operators[t->op].how != IS_NULL;
  t->n = (uint8_t)(operators[t->op].how == IS_NULL ? 1 : 1 + fuzz_below(b, 3));
  t->qualifier = NONE;
  if (t->set && operators[t->op].how != IS_NULL) t->qualifier = shape & 8 ? ALL_VALUES : ANY_VALUE;
  for (unsigned i = 0; i < t->n; i++) t->of[i] = (uint8_t)fuzz_below(b, COUNT(values));
}

static bool same_operator(const model_test *a, const model_test *b) {
  return a->op == b->op && a->qualifier == b->qualifier && a->if_exists == b->if_exists;
}

void model_policy_make(fuzz_bytes *b, model_policy *p) {
  memset(p, 0, sizeof *p);
  p->n = (uint8_t)(1 + fuzz_below(b, 4));
  for (unsigned i = 0; i < p->n; i++) {
    model_statement *s = &p->of[i];
    s->deny = fuzz_below(b, 4) == 3;
    make_list(b, &s->actions, COUNT(action_patterns));
    make_list(b, &s->resources, COUNT(resource_patterns));
    s->ntests = (uint8_t)fuzz_below(b, 3);
    for (unsigned k = 0; k < s->ntests; k++) make_test(b, &s->tests[k]);
    /* One object has no member twice. */
    if (s->ntests == 2 && same_operator(&s->tests[0], &s->tests[1])) s->ntests = 1;
  }
}

/* ---- as JSON ---- */

static void write_list(pe_buf *out, const char *name, const model_list *l, const char *const *patterns) {
  pe_buf_fmt(out, ",\"%s%s\":[", l->not ? "Not" : "", name);
  for (unsigned i = 0; i < l->n; i++) pe_buf_fmt(out, "%s\"%s\"", i ? "," : "", patterns[l->of[i]]);
  pe_buf_char(out, ']');
}

static void write_test(pe_buf *out, const model_test *t) {
  pe_buf_fmt(out, "\"%s%s%s\":{\"%s\":", qualifiers[t->qualifier], operators[t->op].name, t->if_exists ? "IfExists" : "",
             spellings[t->set][t->spelling]);
  if (operators[t->op].how == IS_NULL) {
    pe_buf_str(out, t->of[0] & 1 ? "\"true\"}" : "\"false\"}");
    return;
  }
  for (unsigned i = 0; i < t->n; i++) pe_buf_fmt(out, "%s\"%s\"", i ? "," : "[", values[t->of[i]]);
  pe_buf_str(out, "]}");
}

void model_policy_write(const model_policy *p, pe_buf *out) {
  pe_buf_clear(out);
  pe_buf_str(out, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  for (unsigned i = 0; i < p->n; i++) {
    const model_statement *s = &p->of[i];
    pe_buf_fmt(out, "%s{\"Effect\":\"%s\"", i ? "," : "", s->deny ? "Deny" : "Allow");
    write_list(out, "Action", &s->actions, action_patterns);
    write_list(out, "Resource", &s->resources, resource_patterns);
    for (unsigned k = 0; k < s->ntests; k++) {
      pe_buf_str(out, k ? "," : ",\"Condition\":{");
      write_test(out, &s->tests[k]);
    }
    pe_buf_str(out, s->ntests ? "}}" : "}");
  }
  pe_buf_str(out, "]}");
  MUST(!out->failed);
}

/* ---- requests ---- */

static unsigned action_of(unsigned request) { return request % MODEL_ACTIONS; }
static unsigned resource_of(unsigned request) { return request / MODEL_ACTIONS % MODEL_RESOURCES; }
static unsigned single_of(unsigned request) { return request / (MODEL_ACTIONS * MODEL_RESOURCES) % MODEL_SINGLE; }
static unsigned set_of(unsigned request) { return request / (MODEL_ACTIONS * MODEL_RESOURCES * MODEL_SINGLE) % MODEL_SET; }

const char *model_action(unsigned request) { return actions[action_of(request)]; }

void model_request_fill(unsigned request, policyeval_request *r) {
  const char *const one = single[single_of(request)], *const *several = sets[set_of(request)];
  MUST(policyeval_request_clear(r) == 0);
  MUST(policyeval_request_set_principal(r, "arn:aws:iam::111122223333:user/alice", POLICYEVAL_NTS) == 0);
  MUST(policyeval_request_set_action(r, actions[action_of(request)], POLICYEVAL_NTS) == 0);
  MUST(policyeval_request_set_resource(r, resources[resource_of(request)], POLICYEVAL_NTS) == 0);
  MUST(policyeval_request_set_resource_account(r, "111122223333", POLICYEVAL_NTS) == 0);
  if (one) MUST(policyeval_request_set_context(r, SINGLE_KEY, POLICYEVAL_NTS, one, POLICYEVAL_NTS) == 0);
  if (several[0])
    MUST(policyeval_request_set_context_list(r, SET_KEY, POLICYEVAL_NTS, several, NULL, several[1] ? 2 : 1) == 0);
}

/* ---- judged plainly ---- */

static char small(char c, bool nocase) { return nocase && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* "${aws:username}" stands for alice. */
static bool like(const char *p, const char *t, bool nocase) {
  static const char variable[] = "${aws:username}", name[] = "alice";
  if (!*p) return !*t;
  if (*p == '*') return like(p + 1, t, nocase) || (*t && like(p, t + 1, nocase));
  if (strncmp(p, variable, sizeof variable - 1) == 0)
    return strncmp(t, name, sizeof name - 1) == 0 && like(p + sizeof variable - 1, t + sizeof name - 1, nocase);
  return *t && (*p == '?' || small(*p, nocase) == small(*t, nocase)) && like(p + 1, t + 1, nocase);
}

static bool same(const char *a, const char *b, bool nocase) {
  while (*a && small(*a, nocase) == small(*b, nocase)) a++, b++;
  return !*a && !*b;
}

static bool in_list(const model_list *l, const char *const *patterns, const char *text, bool nocase) {
  bool found = false;
  for (unsigned i = 0; i < l->n; i++) found = found || like(patterns[l->of[i]], text, nocase);
  return found != (l->not != 0);
}

/* One value of the request against the list of the policy. */
static bool value_passes(const model_test *t, const char *value) {
  const unsigned how = operators[t->op].how;
  bool found = false;
  for (unsigned i = 0; i < t->n; i++) {
    const char *wanted = values[t->of[i]];
    found = found || (how == LIKE ? like(wanted, value, false) : same(wanted, value, how == NOCASE));
  }
  return found != (operators[t->op].negated != 0);
}

static bool passes(const model_test *t, unsigned request) {
  const char *one[2] = {single[single_of(request)], NULL};
  const char *const *given = t->set ? sets[set_of(request)] : one;
  if (operators[t->op].how == IS_NULL) return (t->of[0] & 1) == (given[0] == NULL);
  if (!given[0]) {
    if (t->if_exists || t->qualifier == ALL_VALUES) return true;
    return t->qualifier == NONE && operators[t->op].negated;
  }
  const bool first = value_passes(t, given[0]), second = given[1] && value_passes(t, given[1]);
  if (!given[1]) return first;
  return t->qualifier == ANY_VALUE ? first || second : first && second;
}

int model_says(const model_policy *p, unsigned request) {
  int said = 0;
  for (unsigned i = 0; i < p->n; i++) {
    const model_statement *s = &p->of[i];
    bool matches = in_list(&s->actions, action_patterns, actions[action_of(request)], true) &&
                   in_list(&s->resources, resource_patterns, resources[resource_of(request)], false);
    for (unsigned k = 0; k < s->ntests; k++) matches = matches && passes(&s->tests[k], request);
    if (matches && s->deny) return -1;
    if (matches) said = 1;
  }
  return said;
}

/* SPDX-License-Identifier: MIT */
/* Condition entries against a second, plain implementation of L2.1 to L2.13, over random small inputs and random
 * readings. The model knows nothing of lib/cond: it takes the rules one after the other, for one choice of
 * readings at a time. */
#include "cond_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct model {
  const char *family;     /* "String", "Numeric" or "Bool" */
  const char *relation;   /* "Equals", "NotEquals", "LessThan", "" */
  const char *quantifier; /* "", "ForAllValues:", "ForAnyValue:" */
  bool if_exists, typed_multi;
  const char *policy[4];
  int npolicy;
  bool absent, list;
  const char *request[4];
  int nrequest;
} model;

/* The choice of readings, all definite. */
typedef struct choice {
  bool six_match, nine_present, ten_true, several_any, wrong_type_true, no_values_true, any_case, typed_any;
} choice;

enum { NO, YES, MALFORMED, UNRESOLVED };

static bool is_number(const char *text, double *out) {
  char *end;
  *out = strtod(text, &end);
  return *text && !*end;
}

static bool is_bool(const char *text, const choice *c, bool *out) {
  char small[16] = "";
  for (int i = 0; text[i] && i < 15; i++)
    small[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
  if (strcmp(small, text) != 0 && !c->any_case) return false;
  *out = strcmp(small, "true") == 0;
  return *out || strcmp(small, "false") == 0;
}

static bool right_type(const model *m, const choice *c, const char *text) {
  double number;
  bool word;
  if (m->family[0] == 'S') return true;
  return m->family[0] == 'N' ? is_number(text, &number) : is_bool(text, c, &word);
}

/* The variables: u has no value, t is "a", e is the empty string. */
static const char *resolve(const char *text, const choice *c) {
  if (strcmp(text, "${u}") == 0) return NULL;
  if (strcmp(text, "${u, 'b'}") == 0) return "b";
  if (strcmp(text, "${t}") == 0) return "a";
  if (strcmp(text, "${e}") == 0) return c->nine_present ? "" : NULL;
  if (strcmp(text, "${e, 'b'}") == 0) return c->nine_present ? "" : "b";
  return text;
}

static int base(const model *m, const choice *c, const char *request, const char *policy) {
  if (m->family[0] == 'S') {
    policy = resolve(policy, c);
    return policy ? strcmp(request, policy) == 0 : UNRESOLVED;
  }
  if (!right_type(m, c, policy)) return MALFORMED;
  if (!right_type(m, c, request)) return NO;
  double a = 0, b = 0;
  bool x = false, y = false;
  if (m->family[0] == 'B') {
    is_bool(request, c, &x);
    is_bool(policy, c, &y);
    return x == y;
  }
  is_number(request, &a);
  is_number(policy, &b);
  return strcmp(m->relation, "LessThan") == 0 ? a < b : a == b;
}

static bool element(const model *m, const choice *c, const char *request) {
  bool negated = strncmp(m->relation, "Not", 3) == 0, hit = false, wrong = !right_type(m, c, request),
       open = false;
  for (int i = 0; i < m->npolicy; i++) {
    int b = base(m, c, request, m->policy[i]);
    hit |= b == YES;
    wrong |= b == MALFORMED;
    open |= b == UNRESOLVED;
  }
  if (!negated) return hit;
  return !hit && (!wrong || c->wrong_type_true) && (!open || c->six_match);
}

static bool holds(const model *m, const choice *c) {
  bool negated = strncmp(m->relation, "Not", 3) == 0, one_empty = m->nrequest == 1 && !m->request[0][0];
  int yes = 0;
  for (int i = 0; i < m->nrequest; i++) yes += element(m, c, m->request[i]);
  if (strcmp(m->quantifier, "ForAllValues:") == 0) {
    if (m->absent || m->nrequest == 0 || one_empty) return true;
    return m->npolicy > 0 && yes == m->nrequest;
  }
  if (strcmp(m->quantifier, "ForAnyValue:") == 0) {
    if (m->npolicy == 0) return false;
    bool nothing = m->absent || m->nrequest == 0 || (one_empty && !c->nine_present);
    return nothing ? m->if_exists && c->ten_true : yes > 0;
  }
  bool absent = m->absent || (m->nrequest == 0 && !c->nine_present);
  if (m->npolicy == 0) return m->if_exists ? absent : c->no_values_true;
  if (absent) return negated || m->if_exists;
  if (m->nrequest == 0) return false;
  if (m->typed_multi && !c->typed_any) return false;
  if (!m->typed_multi && m->nrequest > 1 && !c->several_any) return false;
  return negated ? yes == m->nrequest : yes > 0;
}

static unsigned random_state = 1;
static int below(int n) {
  random_state = random_state * 1664525u + 1013904223u;
  return (int)(random_state >> 16) % n;
}
static const char *pick(const char *const *pool, int n) { return pool[below(n)]; }

static model random_model(void) {
  static const char *const strings[] = {"", "a", "b", "c"}, *const numbers[] = {"1", "1.0", "2", "x"};
  static const char *const bools[] = {"true", "True", "false", "x"};
  static const char *const patterns[] = {"", "a", "b", "${u}", "${t}", "${e}", "${e, 'b'}", "${u, 'b'}"};
  static const char *const quantifiers[] = {"", "", "ForAllValues:", "ForAnyValue:"};
  static const char *const relations[] = {"Equals", "NotEquals", "LessThan"};
  model m = {.quantifier = pick(quantifiers, 4), .if_exists = below(3) == 0, .typed_multi = below(4) == 0};
  int family = below(3);
  m.family = family == 0 ? "String" : family == 1 ? "Numeric" : "Bool";
  m.relation = family == 0 ? relations[below(2)] : family == 1 ? relations[below(3)] : "";
  const char *const *pool = family == 0 ? strings : family == 1 ? numbers : bools;
  m.npolicy = below(4);
  for (int i = 0; i < m.npolicy; i++) m.policy[i] = family == 0 ? pick(patterns, 8) : pick(pool, 4);
  m.absent = below(6) == 0;
  m.list = below(2);
  m.nrequest = m.absent ? 0 : m.list ? below(4) : 1;
  for (int i = 0; i < m.nrequest; i++) m.request[i] = pick(pool, 4);
  return m;
}

static void prepare(cond_env *t, const model *m) {
  char operator[64], request[64];
  const char *key = m->typed_multi ? "aws:calledvia" : "k", *values[5] = {0};
  cond_env_init(t);
  cond_env_clear(t);
  cond_env_fact(t, "t", "a");
  cond_env_fact(t, "e", "");
  snprintf(operator, sizeof operator, "%s%s%s%s", m->quantifier, m->family, m->relation,
           m->if_exists ? "IfExists" : "");
  memcpy(values, m->policy, sizeof m->policy);
  cond_env_compile(t, operator, key, values);
  if (m->absent) return;
  /* Texts of facts must stay: as a list, or the one value itself. */
  if (!m->list) {
    cond_env_fact(t, key, m->request[0]);
    return;
  }
  size_t used = (size_t)snprintf(request, sizeof request, "[");
  for (int i = 0; i < m->nrequest; i++) {
    used += (size_t)snprintf(request + used, sizeof request - used, "%s%s", i ? "," : "", m->request[i]);
  }
  snprintf(request + used, sizeof request - used, "]");
  cond_env_fact(t, key, pe_arena_copy(t->arena, request, used + 1));
  /* "[]" is an empty list: a list of one empty text is made by hand. */
  if (m->nrequest != 1 || m->request[0][0]) return;
  for (uint32_t i = 0; i < t->facts.count; i++) {
    pe_fact *f = &t->fact[i];
    static const pe_slice empty = {"", 0};
    if (!pe_slice_eq(f->key, pe_slice_str(key))) continue;
    f->values = &empty;
    f->count = 1;
  }
}

enum { ROWS = 8 };
static const pe_row rows[ROWS] = {PE_ROW_AMB_6,  PE_ROW_AMB_9,  PE_ROW_AMB_10, PE_ROW_AMB_12,
                                  PE_ROW_AMB_13, PE_ROW_AMB_14, PE_ROW_AMB_17, PE_ROW_A20};

static bool cautious[ROWS];

/* The model under each choice of definite readings: bit i of the index is the reading of row i. */
typedef struct table {
  bool value[1 << ROWS];
} table;

static void fill(const model *m, table *t) {
  for (int i = 0; i < ROWS; i++) cautious[i] = pe_row_cautious(rows[i]);
  for (unsigned b = 0; b < 1u << ROWS; b++) {
    choice c = {.six_match = !(b & 1),
                .nine_present = !(b & 2),
                .ten_true = b & 4,
                .several_any = b & 8,
                .wrong_type_true = b & 16,
                .no_values_true = b & 32,
                .any_case = !(b & 64),
                .typed_any = b & 128};
    t->value[b] = holds(m, &c);
  }
}

/* The value under readings of which some are "cautious": all choices of these must agree. */
static bool model_value(const table *t, const uint8_t of[ROWS], bool want) {
  unsigned open = 0, fixed = 0;
  for (unsigned i = 0; i < ROWS; i++) {
    if (cautious[i] && of[i] == 0) {
      open |= 1u << i;
    } else if (of[i] - cautious[i]) {
      fixed |= 1u << i;
    }
  }
  bool seen[2] = {false, false};
  for (unsigned bits = open;; bits = (bits - 1) & open) {
    seen[t->value[fixed | bits]] = true;
    if (bits == 0) break;
  }
  return seen[0] && seen[1] ? want : seen[1];
}

static void describe(const model *m, char *out, size_t size) {
  size_t n = (size_t)snprintf(out, size, "%s%s%s%s%s [", m->quantifier, m->family, m->relation,
                              m->if_exists ? "IfExists" : "", m->typed_multi ? " (multivalued)" : "");
  for (int i = 0; i < m->npolicy; i++) n += (size_t)snprintf(out + n, size - n, "'%s' ", m->policy[i]);
  n += (size_t)snprintf(out + n, size - n, "] of %s[", m->absent ? "absent " : "");
  for (int i = 0; i < m->nrequest; i++) n += (size_t)snprintf(out + n, size - n, "'%s' ", m->request[i]);
  snprintf(out + n, size - n, "]");
}

static void compare(const model *m) {
  char what[256];
  describe(m, what, sizeof what);
  cond_env t;
  table x;
  prepare(&t, m);
  fill(m, &x);
  for (int round = 0; round < 4; round++) {
    uint8_t of[ROWS];
    for (int i = 0; i < ROWS; i++) {
      of[i] = round == 0 ? 0 : (uint8_t)below((int)pe_row_count(rows[i]));
      t.readings.of[rows[i]] = of[i];
    }
    for (int want = 0; want < 2; want++) {
      t.want = want;
      bool value = cond_env_test(&t), expected = model_value(&x, of, want);
      ck_assert_msg(value == expected, "%s: %d, not %d (round %d, want %d)", what, value, expected, round,
                    want);
      for (int i = 0; i < ROWS; i++) {
        uint8_t other[ROWS];
        memcpy(other, of, sizeof other);
        bool changes = false;
        for (unsigned k = 0; k < pe_row_count(rows[i]); k++) {
          other[i] = (uint8_t)k;
          changes |= model_value(&x, other, want) != value;
        }
        bool touched = pe_rowset_has(&t.touched, rows[i]);
        ck_assert_msg(!changes || touched, "%s: %s is not touched", what, pe_row_get(rows[i])->name);
        if (!touched) continue;
        /* A touched row makes a difference under some readings of the others. */
        bool matters = false;
        for (unsigned bits = 0; bits < 1u << ROWS; bits++)
          matters |= x.value[bits] != x.value[bits ^ 1u << i];
        ck_assert_msg(matters, "%s: %s is touched for nothing", what, pe_row_get(rows[i])->name);
      }
    }
  }
  cond_env_done(&t);
}

START_TEST(agrees_with_the_model)
{
  for (int i = 0; i < UNIT_CASES(6000); i++) {
    model m = random_model();
    compare(&m);
  }
}
END_TEST

/* ANDed entries: each is a test of its own. */
START_TEST(pairs_of_entries)
{
  for (int i = 0; i < UNIT_CASES(3000); i++) {
    bool all = true, expected = true;
    for (int k = 0; k < 2; k++) {
      model m = random_model();
      uint8_t of[ROWS] = {0};
      cond_env t;
      table x;
      prepare(&t, &m);
      fill(&m, &x);
      t.want = i & 1;
      all &= cond_env_test(&t);
      expected &= model_value(&x, of, t.want);
      cond_env_done(&t);
    }
    ck_assert_int_eq(all, expected);
  }
}
END_TEST

UNIT_MAIN("condition_model", agrees_with_the_model, pairs_of_entries)

/* SPDX-License-Identifier: MIT */
/* The search against enumeration: boxes over keys of every sort, with absence and lists. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "sym/solve.h"
#include "unit.h"

enum { KEYS = 5, PREDS = 4, BOXES = 6, LITERALS = 3, WORDS = 40, ROWS = 2048, CASES = UNIT_CASES(50000) };
enum { S, M, X, N, B }; /* string, list, string or list, number, boolean */

static uint64_t seed = 1181783497276652981u;
static uint32_t random_below(uint32_t n) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 33) % n;
}

/* What a predicate is, beside what the library makes of it. */
typedef struct model {
  char patterns[2][4];
  uint32_t npatterns;
  bool presence;
  int number;
  pe_relation relation;
  pe_pred pred;
  uint32_t id;
} model;

typedef struct world {
  pe_space space;
  uint32_t keys[KEYS];
  model preds[KEYS][PREDS];
  pe_literal literals[BOXES][LITERALS];
  pe_box boxes[BOXES];
  uint32_t nboxes;
} world;

static bool naive(const char *p, const char *w) {
  if (!*p) return !*w;
  if (*p == '*') return naive(p + 1, w) || (*w && naive(p, w + 1));
  return *w && (*p == '?' || *p == *w) && naive(p + 1, w + 1);
}

static bool passes(const model *m, const char *text) {
  if (m->presence) return true;
  if (!m->npatterns) {
    double v = strtod(text, NULL), c = m->number / 2.0;
    switch (m->relation) {
      case PE_REL_EQ: return v == c;
      case PE_REL_LT: return v < c;
      case PE_REL_LE: return v <= c;
      case PE_REL_GT: return v > c;
      default: return v >= c;
    }
  }
  for (uint32_t i = 0; i < m->npatterns; i++) {
    if (naive(m->patterns[i], text)) return true;
  }
  return false;
}

/* Truth of a predicate for a value: shape and texts. */
static bool truth(const model *m, uint8_t shape, const char *const *texts, uint32_t count) {
  if (shape == PE_SHAPE_ABSENT) return m->pred.absent == PE_CAN_TRUE;
  if (shape == PE_SHAPE_SCALAR) return passes(m, texts[0]) != m->pred.negate;
  if (m->pred.on_list == PE_LIST_TRUE || m->pred.on_list == PE_LIST_FALSE) return m->pred.on_list == PE_LIST_TRUE;
  bool any = false, all = true;
  for (uint32_t i = 0; i < count; i++) {
    bool t = passes(m, texts[i]) != m->pred.negate;
    any |= t;
    all &= t;
  }
  return m->pred.on_list == PE_LIST_SOME ? any : all;
}

static int fill_string_test(world *w, uint32_t test, const model *m) {
  pe_glob *globs = pe_arena_zero(w->space.arena, 2, sizeof *globs);
  int rc = globs ? 0 : POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < m->npatterns && !rc; i++) {
    pe_items items = {0};
    for (const char *c = m->patterns[i]; *c && !rc; c++) {
      pe_item item = pe_item_of(*c == '*' ? PE_ITEM_STAR : *c == '?' ? PE_ITEM_ONE : PE_ITEM_CHAR,
                                *c == '*' || *c == '?' ? 0 : (unsigned char)*c);
      rc = pe_items_push(&items, w->space.alloc, item);
    }
    if (!rc) rc = pe_glob_make(w->space.arena, &items, &globs[i]);
    pe_vec_done(&items, w->space.alloc);
  }
  if (!rc) pe_lang_make(globs, m->npatterns, &w->space.tests.data[test].wide);
  return rc;
}

static int fill_number_test(world *w, uint32_t test, const model *m, pe_slice text) {
  pe_bound *bound = pe_arena_zero(w->space.arena, 1, sizeof *bound);
  char *copy = pe_arena_copy(w->space.arena, text.ptr, text.len);
  if (!bound || !copy) return POLICYEVAL_ENOMEM;
  bound->relation = (uint8_t)m->relation;
  ck_assert(pe_decimal_parse(pe_slice_of(copy, text.len), &bound->as.number));
  w->space.tests.data[test].bounds = bound;
  w->space.tests.data[test].nbounds = 1;
  return 0;
}

static void random_model(uint32_t key, model *m) {
  static const char letters[] = "abc**?";
  memset(m, 0, sizeof *m);
  m->presence = random_below(8) == 0;
  m->pred.negate = (uint8_t)random_below(2);
  m->pred.absent = random_below(2) ? PE_CAN_TRUE : PE_CAN_FALSE;
  m->pred.on_list = (uint8_t)random_below(4);
  if (m->presence) {
    m->pred.negate = 0;
    m->pred.absent = PE_CAN_FALSE;
    m->pred.on_list = PE_LIST_SOME;
  } else if (key == N) {
    m->number = (int)random_below(9) - 4;
    m->relation = (pe_relation)random_below(5);
  } else if (key == B) {
    m->npatterns = 1;
    memcpy(m->patterns[0], random_below(2) ? "t*" : "f*", 3);
  } else {
    m->npatterns = 1 + random_below(2);
    for (uint32_t i = 0; i < m->npatterns; i++) {
      uint32_t n = 1 + random_below(3);
      for (uint32_t c = 0; c < n; c++) m->patterns[i][c] = letters[random_below(6)];
    }
  }
}

static int add_model(world *w, uint32_t key, model *m) {
  char text[64];
  bool fresh;
  uint32_t test;
  pe_sort sort = m->presence ? PE_SORT_PRESENCE : m->npatterns ? PE_SORT_STRING : PE_SORT_NUMBER;
  if (sort == PE_SORT_NUMBER) {
    snprintf(text, sizeof text, "%s%d.%d", m->number < 0 ? "-" : "", abs(m->number) / 2, abs(m->number) % 2 * 5);
  } else {
    snprintf(text, sizeof text, "%s|%s", m->patterns[0], m->patterns[1]);
  }
  pe_slice number = pe_slice_str(text);
  char signature[80];
  snprintf(signature, sizeof signature, "%d %s", (int)m->relation, text);
  int rc = pe_space_test(&w->space, w->keys[key], sort, pe_slice_str(signature), &test, &fresh);
  if (!rc && fresh && sort == PE_SORT_STRING) rc = fill_string_test(w, test, m);
  if (!rc && fresh && sort == PE_SORT_NUMBER) rc = fill_number_test(w, test, m, number);
  if (rc) return rc;
  m->pred.key = w->keys[key];
  m->pred.test = test;
  return pe_space_pred(&w->space, &m->pred, &m->id);
}

static int limit_booleans(world *w, uint32_t key) {
  pe_glob *globs = pe_arena_zero(w->space.arena, 2, sizeof *globs);
  pe_lang *limit = pe_arena_zero(w->space.arena, 1, sizeof *limit);
  int rc = globs && limit ? 0 : POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < 2 && !rc; i++) {
    pe_items items = {0};
    rc = pe_items_text(&items, w->space.alloc, i ? PE_SLICE("true") : PE_SLICE("false"), 0);
    if (!rc) rc = pe_glob_make(w->space.arena, &items, &globs[i]);
    pe_vec_done(&items, w->space.alloc);
  }
  if (!rc) pe_lang_make(globs, 2, limit);
  if (!rc) w->space.keys.data[key].limit = limit;
  return rc;
}

static int make_world(world *w, const pe_alloc *a) {
  static const char *const names[KEYS] = {"s", "m", "x", "n", "b"};
  memset(w, 0, sizeof *w);
  int rc = pe_space_init(&w->space, a);
  for (uint32_t k = 0; k < KEYS && !rc; k++) rc = pe_space_find_key(&w->space, pe_slice_str(names[k]), &w->keys[k]);
  if (rc) return rc;
  w->space.keys.data[w->keys[M]].shapes = PE_SHAPE_ABSENT | PE_SHAPE_LIST;
  w->space.keys.data[w->keys[X]].shapes = PE_SHAPE_ABSENT | PE_SHAPE_SCALAR | PE_SHAPE_LIST;
  if (random_below(3) == 0) w->space.keys.data[w->keys[S]].shapes = PE_SHAPE_SCALAR;
  rc = limit_booleans(w, w->keys[B]);
  for (uint32_t k = 0; k < KEYS && !rc; k++) {
    for (uint32_t p = 0; p < PREDS && !rc; p++) {
      random_model(k, &w->preds[k][p]);
      rc = add_model(w, k, &w->preds[k][p]);
    }
  }
  w->nboxes = 1 + random_below(BOXES);
  for (uint32_t i = 0; i < w->nboxes && !rc; i++) {
    uint32_t n = 1 + random_below(LITERALS);
    for (uint32_t l = 0; l < n; l++) {
      w->literals[i][l] = pe_literal_of(w->preds[random_below(KEYS)][random_below(PREDS)].id, random_below(4) == 0);
    }
    rc = pe_space_box(&w->space, w->literals[i], n, i, &w->boxes[i]);
  }
  return rc;
}

/* Signatures: one bit a predicate of the key, for every value of a small domain, without repetition. */
typedef struct signatures {
  uint8_t of[32];
  uint32_t count;
} signatures;

static void note(signatures *s, uint8_t signature) {
  for (uint32_t i = 0; i < s->count; i++) {
    if (s->of[i] == signature) return;
  }
  s->of[s->count++] = signature;
}

static uint8_t sign(const world *w, uint32_t key, uint8_t shape, const char *const *texts, uint32_t n) {
  unsigned bits = 0;
  for (uint32_t p = 0; p < PREDS; p++) bits |= (unsigned)truth(&w->preds[key][p], shape, texts, n) << p;
  return (uint8_t)bits;
}

static char words[WORDS][4];
static uint32_t nwords, nshort; /* all words up to length 3; those up to 2 come first */

static void make_words(void) {
  nwords = 0;
  for (uint32_t n = 1, total = 3; n <= 3; n++, total *= 3) {
    for (uint32_t code = 0; code < total; code++, nwords++) {
      for (uint32_t i = 0, c = code; i < n; i++, c /= 3) words[nwords][i] = "abc"[c % 3];
      words[nwords][n] = '\0';
    }
    if (n == 2) nshort = nwords;
  }
}

static void sign_key(const world *w, uint32_t key, signatures *out) {
  uint8_t shapes = w->space.keys.data[w->keys[key]].shapes;
  out->count = 0;
  if (shapes & PE_SHAPE_ABSENT) note(out, sign(w, key, PE_SHAPE_ABSENT, NULL, 0));
  if (key == N) {
    for (int i = -12; i <= 12; i++) {
      char text[16];
      snprintf(text, sizeof text, "%g", i / 4.0);
      const char *one = text;
      note(out, sign(w, key, PE_SHAPE_SCALAR, &one, 1));
    }
    return;
  }
  if (key == B) {
    static const char *const both[] = {"true", "false"};
    for (int i = 0; i < 2; i++) note(out, sign(w, key, PE_SHAPE_SCALAR, &both[i], 1));
    return;
  }
  for (uint32_t i = 0; i < nwords; i++) {
    const char *pair[2] = {words[i], NULL};
    if (shapes & PE_SHAPE_SCALAR) note(out, sign(w, key, PE_SHAPE_SCALAR, pair, 1));
    if (!(shapes & PE_SHAPE_LIST)) continue;
    note(out, sign(w, key, PE_SHAPE_LIST, pair, 1));
    for (uint32_t k = i + 1; i < nshort && k < nshort; k++) {
      pair[1] = words[k];
      note(out, sign(w, key, PE_SHAPE_LIST, pair, 2));
    }
  }
}

/* Where a predicate id stands: two models can be one predicate. */
static bool literal_holds(const world *w, pe_literal l, const uint8_t *point) {
  for (uint32_t k = 0; k < KEYS; k++) {
    for (uint32_t p = 0; p < PREDS; p++) {
      if (w->preds[k][p].id == pe_literal_pred(l)) return (bool)(point[k] >> p & 1) == pe_literal_want(l);
    }
  }
  ck_abort_msg("no such predicate");
}

static bool in_box(const world *w, const pe_box *b, const uint8_t *point) {
  for (uint32_t i = 0; i < b->count; i++) {
    if (!literal_holds(w, b->literals[i], point)) return false;
  }
  return true;
}

static bool is_answer(const world *w, const uint8_t *point) {
  if (!in_box(w, &w->boxes[0], point)) return false;
  for (uint32_t i = 1; i < w->nboxes; i++) {
    if (in_box(w, &w->boxes[i], point)) return false;
  }
  return true;
}

static bool enumerate(const world *w) {
  signatures s[KEYS];
  uint32_t at[KEYS] = {0};
  for (uint32_t k = 0; k < KEYS; k++) sign_key(w, k, &s[k]);
  for (;;) {
    uint8_t point[KEYS];
    for (uint32_t k = 0; k < KEYS; k++) point[k] = s[k].of[at[k]];
    if (is_answer(w, point)) return true;
    uint32_t k = 0;
    while (k < KEYS && ++at[k] == s[k].count) at[k++] = 0;
    if (k == KEYS) return false;
  }
}

static void check_witness(const world *w, const pe_oracle *o, const pe_solution *found) {
  uint8_t point[KEYS];
  for (uint32_t k = 0; k < KEYS; k++) {
    const pe_value *v = pe_oracle_value(o, w->keys[k], found->values[w->keys[k]]);
    const char *texts[BOXES * LITERALS + 1];
    ck_assert_uint_le(v->count, BOXES * LITERALS);
    for (uint32_t i = 0; i < v->count; i++) texts[i] = pe_oracle_text(o, w->keys[k], v, i).ptr;
    ck_assert(w->space.keys.data[w->keys[k]].shapes & v->shape);
    point[k] = sign(w, k, v->shape, texts, v->count);
  }
  ck_assert(is_answer(w, point));
}

/* SOLVE_CASES: how many; more than a test run has time for with CK_FORK=no, so that nothing limits the time. */
static uint32_t wanted_cases(void) {
  const char *text = getenv("SOLVE_CASES");
  unsigned long n = text ? strtoul(text, NULL, 10) : 0;
  return n > 0 && n < UINT32_MAX ? (uint32_t)n : CASES;
}

START_TEST(against_enumeration) {
  uint32_t yes = 0, no = 0, beyond = 0, nodes = 0, cases = wanted_cases();
  make_words();
  for (uint32_t i = 0; i < cases; i++) {
    world w;
    pe_budget budget;
    pe_oracle o;
    pe_solution found;
    pe_budget_init(&budget);
    ck_assert_int_eq(make_world(&w, &pe_alloc_libc), 0);
    ck_assert_int_eq(pe_oracle_init(&o, &w.space, &budget), 0);
    ck_assert_int_eq(pe_solve(&o, w.boxes[0].literals, w.boxes[0].count, w.boxes + 1, w.nboxes - 1, &found), 0);
    ck_assert_int_ne(found.found, PE_FOUND_GAVE_UP);
    nodes += budget.nodes > 0;
    bool some = enumerate(&w);
    if (found.found == PE_FOUND_YES) {
      check_witness(&w, &o, &found);
      ck_assert(!found.two_sided);
      yes++;
      beyond += !some;
    } else {
      ck_assert_msg(!some, "case %u: wrong NO", i);
      no++;
    }
    pe_oracle_done(&o);
    pe_space_done(&w.space);
  }
  ck_assert_uint_gt(no, cases / 10);
  ck_assert_uint_gt(yes, cases / 10);
  ck_assert_uint_gt(nodes, cases / 10);
  ck_assert_uint_lt(beyond, cases / 20); /* the enumeration is not blind */
}
END_TEST

/* The excluded boxes of the reason are enough for the NO. */
START_TEST(reasons_are_enough) {
  uint32_t no = 0;
  for (uint32_t i = 0; i < CASES / 10; i++) {
    world w;
    pe_budget budget;
    pe_oracle o;
    pe_solution found, again;
    pe_budget_init(&budget);
    ck_assert_int_eq(make_world(&w, &pe_alloc_libc), 0);
    ck_assert_int_eq(pe_oracle_init(&o, &w.space, &budget), 0);
    ck_assert_int_eq(pe_solve(&o, w.boxes[0].literals, w.boxes[0].count, w.boxes + 1, w.nboxes - 1, &found), 0);
    if (found.found == PE_FOUND_NO) {
      pe_box core[BOXES];
      for (uint32_t k = 0; k < found.ncore; k++) core[k] = w.boxes[1 + found.core[k]];
      ck_assert_int_eq(pe_solve(&o, w.boxes[0].literals, w.boxes[0].count, core, found.ncore, &again), 0);
      ck_assert_int_eq(again.found, PE_FOUND_NO);
      no += found.ncore > 0;
    }
    pe_oracle_done(&o);
    pe_space_done(&w.space);
  }
  ck_assert_uint_gt(no, CASES / 100);
}
END_TEST

/* n + 1 pigeons in n holes: each pigeon somewhere, no two in one hole. */
static pe_found pigeons(uint32_t holes, uint64_t max_nodes, pe_budget *budget) {
  pe_space s;
  pe_box boxes[200];
  uint32_t ids[10][10], n = 0;
  ck_assert_int_eq(pe_space_init(&s, &pe_alloc_libc), 0);
  for (uint32_t p = 0; p <= holes; p++) {
    for (uint32_t h = 0; h < holes; h++) {
      char name[16];
      uint32_t key, test;
      bool fresh;
      snprintf(name, sizeof name, "p%u-%u", p, h);
      ck_assert_int_eq(pe_space_find_key(&s, pe_slice_str(name), &key), 0);
      ck_assert_int_eq(pe_space_test(&s, key, PE_SORT_PRESENCE, PE_SLICE("there"), &test, &fresh), 0);
      pe_pred pred = {.key = key, .test = test, .absent = PE_CAN_FALSE};
      ck_assert_int_eq(pe_space_pred(&s, &pred, &ids[p][h]), 0);
    }
  }
  for (uint32_t p = 0; p <= holes; p++) {
    pe_literal none[10];
    for (uint32_t h = 0; h < holes; h++) none[h] = pe_literal_of(ids[p][h], true);
    ck_assert_int_eq(pe_space_box(&s, none, holes, n, &boxes[n]), 0);
    n++;
    for (uint32_t q = 0; q < p; q++) {
      for (uint32_t h = 0; h < holes; h++, n++) {
        pe_literal both[2] = {pe_literal_of(ids[p][h], false), pe_literal_of(ids[q][h], false)};
        ck_assert_int_eq(pe_space_box(&s, both, 2, n, &boxes[n]), 0);
      }
    }
  }
  pe_budget_init(budget);
  budget->max_nodes = max_nodes;
  pe_oracle o;
  pe_solution found;
  ck_assert_int_eq(pe_oracle_init(&o, &s, budget), 0);
  ck_assert_int_eq(pe_solve(&o, NULL, 0, boxes, n, &found), 0);
  pe_oracle_done(&o);
  pe_space_done(&s);
  return found.found;
}

START_TEST(budgets_are_monotone) {
  pe_budget budget;
  int last = PE_FOUND_GAVE_UP;
  for (uint64_t limit = 1; limit <= 1u << 16; limit *= 2) {
    int found = (int)pigeons(5, limit, &budget);
    ck_assert(found == PE_FOUND_NO || (found == PE_FOUND_GAVE_UP && last == PE_FOUND_GAVE_UP));
    if (found == PE_FOUND_GAVE_UP) ck_assert_int_eq(budget.hit, PE_GIVE_UP_NODES);
    last = found;
  }
  ck_assert_int_eq(last, PE_FOUND_NO);
}
END_TEST

static int one_question(const pe_alloc *a) {
  world w;
  pe_budget budget;
  pe_oracle o = {0};
  pe_solution found;
  pe_budget_init(&budget);
  uint64_t kept = seed;
  int rc = make_world(&w, a);
  seed = kept;
  if (!rc) {
    rc = pe_oracle_init(&o, &w.space, &budget);
    if (!rc) {
      rc = pe_solve(&o, w.boxes[0].literals, w.boxes[0].count, w.boxes + 1, w.nboxes - 1, &found);
    }
    pe_oracle_done(&o);
  }
  pe_space_done(&w.space);
  return rc;
}

START_TEST(every_allocation_may_fail) {
  for (uint32_t i = 0; i < 12; i++) {
    UNIT_EACH_ALLOCATION(mem, rc) { rc = one_question(&mem.alloc); }
    random_below(2);
  }
}
END_TEST

UNIT_MAIN("solve", against_enumeration, reasons_are_enough, budgets_are_monotone, every_allocation_may_fail)

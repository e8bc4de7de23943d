/* SPDX-License-Identifier: MIT */
/* Pairs of whole policies against full enumeration: every answer of the analysis, YES and NO, must be the one that all
 * requests of a small world give, and every witness must be one by the evaluator of pair_world.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair_world.h"
#include "policy/load.h"
#include "sym/findings.h"
#include "sym/narrow.h"

enum { CASES = UNIT_CASES(50000), PAIRS_PER_WORLD = UNIT_CASES(400), STATEMENTS_MOST = 8, ENTRIES_A_STATEMENT = 8 };

typedef struct statement {
  bool deny;
  const entry *entries[ENTRIES_A_STATEMENT];
  uint32_t count;
} statement;

typedef struct document {
  statement statements[STATEMENTS_MOST];
  uint32_t count;
  char text[16384];
  pe_policy *policy;
} document;

/* What came up, so that a test that tests nothing fails. */
typedef struct tally {
  uint32_t yes, no, only_other_reading, granted, not_granted;
  uint32_t forms[FORMS][2], conditions[FAMILIES][QUANTIFIERS], negated, if_exists, empty, variants[VARIANTS];
} tally;

/* Drawing ---------------------------------------------------------------------------------------------------- */

static const entry *draw_entry(const axis *a, bool deny, bool condition) {
  for (;;) {
    const entry *e = &a->entries[random_below(a->nentries)];
    if ((e->form == CONDITION) != condition) continue;
    if (e->form == (deny ? NOT_PRINCIPAL_ALLOW : NOT_PRINCIPAL_DENY)) continue;
    return e;
  }
}

static void draw_statement(const world *w, statement *s, bool deny) {
  s->deny = deny;
  s->count = 0;
  s->entries[s->count++] = draw_entry(&w->axes[ACTION], deny, false);
  s->entries[s->count++] = draw_entry(&w->axes[RESOURCE], deny, false);
  if (w->kind != POLICYEVAL_KIND_IDENTITY) s->entries[s->count++] = draw_entry(&w->axes[PRINCIPAL], deny, false);
  for (uint32_t n = random_below(4); n > 0; n--) {
    uint32_t key = FIRST_KEY - 1 + random_below(KEYS + 1);
    const entry *e = draw_entry(&w->axes[key == RESOURCE + 1 ? PRINCIPAL : key], deny, true);
    bool twice = false; /* one block an operator */
    for (uint32_t i = 0; i < s->count; i++) twice |= strcmp(s->entries[i]->op, e->op) == 0 && e->form == CONDITION;
    if (!twice) s->entries[s->count++] = e;
  }
}

static void draw_document(const world *w, document *d, uint32_t statements) {
  for (d->count = 0; d->count < statements; d->count++) {
    draw_statement(w, &d->statements[d->count], d->count > 0 && random_below(2));
  }
}

/* The second document has what the first has, and something is changed: near the border between YES and NO. */
static void draw_neighbour(const world *w, const document *from, document *to) {
  memcpy(to->statements, from->statements, from->count * sizeof *from->statements);
  to->count = from->count;
  statement *some = &to->statements[random_below(to->count)];
  switch (random_below(5)) {
    case 0: draw_statement(w, &to->statements[to->count++], false); break;
    case 1: draw_statement(w, &to->statements[to->count++], true); break;
    case 2:
      if (some->count > 3) some->count--;
      break;
    case 3: some->entries[0] = draw_entry(&w->axes[ACTION], some->deny, false); break;
    default: some->entries[1] = draw_entry(&w->axes[RESOURCE], some->deny, false); break;
  }
}

static char *put_statement(const statement *s, char *to) {
  static const char *const members[] = {"Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "NotPrincipal"};
  bool open = false;
  to += sprintf(to, "{\"Effect\":\"%s\"", s->deny ? "Deny" : "Allow");
  for (uint32_t i = 0; i < s->count; i++) {
    const entry *e = s->entries[i];
    if (e->form != CONDITION) {
      to += sprintf(to, ",\"%s\":", members[e->form]);
      to = entry_json(e, to);
      continue;
    }
    to += sprintf(to, "%s\"%s\":{\"%s\":", open ? "," : ",\"Condition\":{", e->op, e->key);
    to = entry_json(e, to);
    to += sprintf(to, "}");
    open = true;
  }
  return to + sprintf(to, open ? "}}" : "}");
}

static void load(const world *w, document *d) {
  char *to = d->text + sprintf(d->text, "{\"Version\":\"2012-10-17\",\"Statement\":[");
  for (uint32_t i = 0; i < d->count; i++) {
    if (i) *to++ = ',';
    to = put_statement(&d->statements[i], to);
  }
  sprintf(to, "]}");
  pe_load_options o = {.kind = w->kind, .name = PE_SLICE("pair"), .limits = pe_load_limits_default};
  pe_findings f;
  MUST(pe_findings_init(&f, &pe_alloc_libc) == 0);
  int rc = pe_policy_load(&pe_alloc_libc, pe_slice_str(d->text), &o, &d->policy, &f);
  if (rc) ck_abort_msg("%s\n%s", d->text, f.list.len ? f.list.data[0].message.ptr : "");
  pe_findings_done(&f);
}

/* Enumerating ------------------------------------------------------------------------------------------------ */

static uint64_t allowed[2][POINTS_MOST / 64], denied[POINTS_MOST / 64], one[POINTS_MOST / 64];

static void evaluate(const world *w, const document *d, unsigned variant, uint64_t *out) {
  memset(out, 0, w->words * sizeof *out);
  memset(denied, 0, w->words * sizeof *denied);
  for (uint32_t s = 0; s < d->count; s++) {
    const statement *st = &d->statements[s];
    memcpy(one, st->entries[0]->bits[variant], w->words * sizeof *one);
    for (uint32_t i = 1; i < st->count; i++) {
      const uint64_t *bits = st->entries[i]->bits[variant];
      for (uint32_t k = 0; k < w->words; k++) one[k] &= bits[k];
    }
    uint64_t *to = st->deny ? denied : out;
    for (uint32_t k = 0; k < w->words; k++) to[k] |= one[k];
  }
  for (uint32_t k = 0; k < w->words; k++) out[k] &= ~denied[k];
}

/* Does the reading change an entry of the document? */
static bool asks(const document *d, unsigned variant) {
  for (uint32_t s = 0; s < d->count; s++) {
    for (uint32_t i = 0; i < d->statements[s].count; i++) {
      const entry *e = d->statements[s].entries[i];
      if (e->bits[variant] != e->bits[BASE]) return true;
    }
  }
  return false;
}

static bool has_lists(const world *w, uint32_t key, const document *d) {
  if (w->axes[key].multi) return true;
  for (uint32_t s = 0; s < d->count; s++) {
    for (uint32_t i = 0; i < d->statements[s].count; i++) {
      const entry *e = d->statements[s].entries[i];
      if (e->axis == key && e->quantifier != PLAIN) return true;
    }
  }
  return false;
}

typedef struct question {
  const world *w;
  const document *subject, *against;         /* against NULL: nothing is allowed already */
  const entry *actions, *resources;          /* only these; NULL: all */
} question;

static bool some_request(const question *q, unsigned variant) {
  const world *w = q->w;
  evaluate(w, q->subject, variant, allowed[0]);
  if (q->against) evaluate(w, q->against, variant, allowed[1]);
  else memset(allowed[1], 0, w->words * sizeof allowed[1][0]);
  for (uint32_t k = 0; k < w->words; k++) allowed[0][k] &= w->exists[k] & ~allowed[1][k];
  for (uint32_t key = FIRST_KEY; key < AXES; key++) {
    if (has_lists(w, key, q->subject) || (q->against && has_lists(w, key, q->against))) continue;
    for (uint32_t k = 0; k < w->words; k++) allowed[0][k] &= ~w->lists[key][k];
  }
  uint64_t any = 0;
  for (uint32_t k = 0; k < w->words; k++) {
    uint64_t left = allowed[0][k];
    if (q->actions) left &= q->actions->bits[BASE][k];
    if (q->resources) left &= q->resources->bits[BASE][k];
    any |= left;
  }
  return any != 0;
}

/* Under the default readings, or under one other: what the analysis answers for (Q7). */
static bool expected(const question *q, tally *t) {
  if (some_request(q, BASE)) return true;
  for (unsigned v = BASE + 1; v < VARIANTS; v++) {
    if (!asks(q->subject, v) && !(q->against && asks(q->against, v))) continue;
    t->variants[v]++;
    if (!some_request(q, v)) continue;
    t->only_other_reading++;
    return true;
  }
  return false;
}

/* Asking ----------------------------------------------------------------------------------------------------- */

static bool allows(const world *w, const document *d, const value point[AXES], unsigned variant) {
  bool allow = false, deny = false;
  for (uint32_t s = 0; s < d->count; s++) {
    bool all = true;
    for (uint32_t i = 0; i < d->statements[s].count && all; i++) {
      const entry *e = d->statements[s].entries[i];
      all = entry_holds(w, e, &point[e->axis], variant);
    }
    if (d->statements[s].deny) deny |= all;
    else allow |= all;
  }
  return allow && !deny;
}

static bool is_answer(const question *q, const value point[AXES], unsigned variant) {
  if (!allows(q->w, q->subject, point, variant)) return false;
  if (q->against && allows(q->w, q->against, point, variant)) return false;
  if (q->actions && !entry_holds(q->w, q->actions, &point[ACTION], BASE)) return false;
  return !q->resources || entry_holds(q->w, q->resources, &point[RESOURCE], BASE);
}

/* The witness is an answer under the defaults, or under a reading that the result names. A row without a reading of its
 * own as default need not be named: undetermined, a Deny matches, so that the default gives what the other reading does. */
static bool replays(const question *q, const pe_result *r) {
  value point[AXES];
  const pe_request *request;
  const char *why;
  MUST(pe_request_prepare(r->witness, &request, &why) == 0);
  world_point(q->w, request, point);
  for (unsigned v = BASE; v < VARIANTS; v++) {
    if (v != BASE && !pe_row_cautious(variant_rows[v]) && !pe_rowset_has(&r->assumptions, variant_rows[v])) continue;
    if (is_answer(q, point, v)) return true;
  }
  return false;
}

static pe_result run(const question *q, const char *about) {
  pe_question asked;
  pe_result r;
  pe_slice actions[VALUES_MOST], resources[VALUES_MOST];
  pe_narrow narrow = {.actions = actions, .resources = resources};
  for (uint32_t i = 0; q->actions && i < q->actions->count; i++) {
    actions[narrow.nactions++] = pe_slice_str(q->actions->patterns[i].text);
  }
  for (uint32_t i = 0; q->resources && i < q->resources->count; i++) {
    resources[narrow.nresources++] = pe_slice_str(q->resources->patterns[i].text);
  }
  pe_question_init(&asked, &pe_alloc_libc, NULL);
  const pe_policy *subject = q->subject->policy, *against = q->against ? q->against->policy : NULL;
  asked.subject = (pe_group){&subject, 1};
  if (against) asked.against = (pe_group){&against, 1};
  asked.narrow = q->actions || q->resources ? pe_narrow_boxes : NULL;
  asked.user = &narrow;
  int rc = pe_query_run(&asked, &r);
  if (rc) ck_abort_msg("error %d\n%s", rc, about);
  return r;
}

static bool check(const question *q, tally *t) {
  static char about[2 * sizeof q->subject->text + 512];
  char *to = about + sprintf(about, "new %s\nold %s", q->subject->text, q->against ? q->against->text : "nothing");
  if (q->actions) to = entry_json(q->actions, to + sprintf(to, "\nactions "));
  if (q->resources) entry_json(q->resources, to + sprintf(to, "\nresources "));
  bool wanted = expected(q, t);
  pe_result r = run(q, about);
  if (r.answer == PE_ANSWER_UNKNOWN) ck_abort_msg("unknown (%s)\n%s", pe_give_up_text(r.why), about);
  if ((r.answer == PE_ANSWER_YES) != wanted) ck_abort_msg("wrong %s\n%s", wanted ? "NO" : "YES", about);
  if (r.answer == PE_ANSWER_YES && !replays(q, &r)) ck_abort_msg("the witness is none\n%s", about);
  pe_result_done(&r);
  return wanted;
}

static void count_entries(const document *d, tally *t) {
  for (uint32_t s = 0; s < d->count; s++) {
    for (uint32_t i = 0; i < d->statements[s].count; i++) {
      const entry *e = d->statements[s].entries[i];
      t->forms[e->form][d->statements[s].deny]++;
      if (e->form != CONDITION) continue;
      t->conditions[e->family][e->quantifier]++;
      t->negated += e->negated;
      t->if_exists += e->if_exists;
      t->empty += e->count == 0;
    }
  }
}

static void one_pair(const world *w, tally *t) {
  static document a, b;
  draw_document(w, &a, 1 + random_below(3));
  if (random_below(3)) draw_neighbour(w, &a, &b);
  else draw_document(w, &b, 1 + random_below(4));
  load(w, &a);
  load(w, &b);
  count_entries(&a, t);
  count_entries(&b, t);
  for (int way = 0; way < 2; way++) {
    question q = {.w = w, .subject = way ? &b : &a, .against = way ? &a : &b};
    if (check(&q, t)) t->yes++;
    else t->no++;
  }
  question narrow = {.w = w, .subject = &b};
  while (!narrow.actions || narrow.actions->form != IS_ACTION) narrow.actions = draw_entry(&w->axes[ACTION], false, false);
  for (uint32_t i = 0; i < 4 && !narrow.resources; i++) {
    narrow.resources = draw_entry(&w->axes[RESOURCE], false, false);
    if (narrow.resources->form != IS_RESOURCE) narrow.resources = NULL;
  }
  if (check(&narrow, t)) t->granted++;
  else t->not_granted++;
  pe_policy_unref(a.policy);
  pe_policy_unref(b.policy);
}

/* PAIRS_CASES: how many; more than a test run has time for with CK_FORK=no, so that nothing limits the time. */
static uint32_t wanted_cases(void) {
  const char *text = getenv("PAIRS_CASES");
  unsigned long n = text ? strtoul(text, NULL, 10) : 0;
  return n > 0 && n < UINT32_MAX ? (uint32_t)n : CASES;
}

static void everything_came_up(const tally *t, uint32_t cases) {
  uint32_t least = cases / 500;
  ck_assert_uint_gt(t->yes, cases / 5);
  ck_assert_uint_gt(t->no, cases / 5);
  ck_assert_uint_gt(t->granted, cases / 10);
  ck_assert_uint_gt(t->not_granted, cases / 10);
  ck_assert_uint_gt(t->only_other_reading, least);
  for (int f = 0; f < FORMS; f++) {
    if (f != NOT_PRINCIPAL_DENY) ck_assert_msg(t->forms[f][0] > least, "form %d", f);
    if (f != NOT_PRINCIPAL_ALLOW) ck_assert_msg(t->forms[f][1] > least, "form %d", f);
  }
  for (int f = 0; f < FAMILIES; f++) ck_assert_msg(t->conditions[f][PLAIN] > least, "family %d", f);
  for (int k = 0; k < QUANTIFIERS; k++) ck_assert_msg(t->conditions[TEXT][k] > least && t->conditions[PRESENCE][k] > least, "%d", k);
  for (int v = BASE + 1; v < VARIANTS; v++) ck_assert_msg(t->variants[v] > least / 10, "reading %d: %u", v, t->variants[v]);
  ck_assert_uint_gt(t->negated, least);
  ck_assert_uint_gt(t->if_exists, least);
  ck_assert_uint_gt(t->empty, least);
}

START_TEST(pairs_against_enumeration) {
  static world w;
  tally t = {0};
  uint32_t cases = wanted_cases();
  for (uint32_t i = 0; i < cases; i++) {
    if (i % PAIRS_PER_WORLD == 0) {
      if (i) world_done(&w);
      world_draw(&w, i / PAIRS_PER_WORLD % 3 ? POLICYEVAL_KIND_RESOURCE : POLICYEVAL_KIND_IDENTITY);
    }
    one_pair(&w, &t);
  }
  world_done(&w);
  if (getenv("PAIRS_CASES")) {
    printf("%u pairs: new access both ways %u YES %u NO, %u by another reading only; granted %u YES %u NO\n", cases, t.yes, t.no,
           t.only_other_reading, t.granted, t.not_granted);
  }
  everything_came_up(&t, cases);
}
END_TEST

/* Findings --------------------------------------------------------------------------------------------------- */

static bool in_cell(const world *w, const pe_cell *c, const value point[AXES]) {
  for (size_t i = 0; i < c->values.len; i++) {
    const pe_cell_value *v = &c->values.data[i];
    if (!world_in_cell(w, v->key, v->text, (pe_op)v->how, point)) return false;
  }
  return true;
}

static void point_of(const world *w, uint32_t index, value point[AXES]) {
  for (uint32_t k = 0; k < AXES; k++) point[k] = w->axes[k].reps[index / w->axes[k].stride % w->axes[k].nreps];
}

/* All that is allowed under the reading is in some cell; AWS services are not listed. As many points as there is time for. */
static uint32_t must_cover(const world *w, const document *d, const pe_cells *cells, unsigned variant) {
  enum { POINTS = 64 };
  question q = {.w = w, .subject = d};
  uint32_t looked = 0, start = random_below(w->words);
  if (!some_request(&q, variant)) return 0;
  for (uint32_t k = 0; k < w->words && looked < POINTS; k++) {
    uint32_t word = (start + k) % w->words;
    for (uint64_t left = allowed[0][word]; left && looked < POINTS; left &= left - 1) {
      static value point[AXES];
      point_of(w, word * 64 + (uint32_t)__builtin_ctzll(left), point);
      if (point[PRINCIPAL].who.kind == WHO_SERVICE) continue;
      bool covered = false;
      for (size_t i = 0; i < cells->list.len && !covered; i++) covered = in_cell(w, &cells->list.data[i], point);
      if (!covered) ck_abort_msg("not listed, reading %u: %s on %s\n%s", variant, point[ACTION].text[0], point[RESOURCE].text[0], d->text);
      looked++;
    }
  }
  return looked;
}

static void witness_is_in_cell(const world *w, const document *d, const pe_cell *c) {
  static value point[AXES];
  const pe_request *request;
  const char *why;
  bool granted = false;
  if (!c->witness) ck_abort_msg("a finding without witness\n%s", d->text);
  MUST(pe_request_prepare(c->witness, &request, &why) == 0);
  world_point(w, request, point);
  for (unsigned v = BASE; v < VARIANTS && !granted; v++) {
    if (v == BASE || pe_rowset_has(&c->assumptions, variant_rows[v])) granted = allows(w, d, point, v);
  }
  if (!granted || !in_cell(w, c, point)) ck_abort_msg("the witness of a finding is none\n%s", d->text);
}

/* The list is complete under all readings that the policy asks about, and each finding is one. */
START_TEST(findings_are_complete) {
  static world w;
  static document d;
  uint32_t looked = 0, other = 0, empty = 0, cases = UNIT_CASES(4000);
  for (uint32_t i = 0; i < cases; i++) {
    if (i % PAIRS_PER_WORLD == 0) {
      if (i) world_done(&w);
      world_draw(&w, POLICYEVAL_KIND_RESOURCE);
    }
    draw_document(&w, &d, 1 + random_below(4));
    load(&w, &d);
    pe_public ask = {.rule = PE_PUBLIC_ZONE};
    pe_cells cells;
    pe_question_init(&ask.question, &pe_alloc_libc, NULL);
    const pe_policy *policy = d.policy;
    ask.question.subject = (pe_group){&policy, 1};
    int rc = pe_cells_find(&ask, &cells);
    if (rc || cells.why) ck_abort_msg("error %d, why %u\n%s", rc, cells.why, d.text);
    for (unsigned v = BASE; v < VARIANTS; v++) {
      if (v == BASE || asks(&d, v)) looked += must_cover(&w, &d, &cells, v);
    }
    for (size_t k = 0; k < cells.list.len; k++) {
      witness_is_in_cell(&w, &d, &cells.list.data[k]);
      other += !pe_rowset_empty(&cells.list.data[k].assumptions);
    }
    empty += cells.list.len == 0;
    pe_cells_done(&cells);
    pe_policy_unref(d.policy);
  }
  world_done(&w);
  ck_assert_uint_gt(looked, cases * 10);
  ck_assert_uint_gt(other, cases / 50);
  ck_assert_uint_gt(empty, cases / 50);
}
END_TEST

UNIT_MAIN("pairs", pairs_against_enumeration, findings_are_complete)

/* SPDX-License-Identifier: MIT */
/* A witness-led search (docs/analysis.md, 3). Each level takes an excluded box that the present values lie in and
 * makes one of its undecided literals false, those before it true: the branches are disjoint and together are
 * all that is outside the box. A level that no conflict of its branches mentions is jumped over. */
#include "sym/solve.h"

#include <stdlib.h>

#include "base/error.h"
#include "sym/observer.h"
#include "sym/set.h"

typedef struct decision { /* one literal on the trail */
  pe_literal literal;
  uint32_t level; /* 0: base */
} decision;

typedef struct level {
  uint32_t box;
  uint32_t first, count;  /* its undecided literals: choices[first …) */
  uint32_t at;            /* the branch that is open */
  uint32_t trail;         /* length of the trail before the branch */
  uint32_t key, old;      /* the value that the branch replaced */
} level;

typedef struct search {
  pe_oracle *o;
  const pe_box *boxes;
  uint32_t nboxes;
  uint32_t *values;       /* per key */
  PE_VEC(decision) trail;
  PE_VEC(level) levels;
  PE_VEC(pe_literal) choices;
  PE_VEC(pe_literal) scratch;
  PE_VEC(uint64_t) reasons; /* per level a set of levels: what its failed branches depend on */
  size_t reason_words;
  int8_t *decided;        /* per predicate: 1 true, -1 false on the trail, 0 neither */
  uint32_t *decided_at;   /* the level */
  uint32_t *seen;         /* per predicate: 1 + the value that it was last tried on */
  uint8_t *can;           /* … and what it can be there */
  uint32_t *watch;        /* per box: a literal that was false when last looked at */
  uint8_t *core;          /* per box */
} search;

static bool bit(const uint64_t *bits, uint32_t i) { return bits[i >> 6] >> (i & 63) & 1; }

/* Can the literal hold under the present values? */
static bool possible(const search *s, pe_literal l) {
  uint32_t id = pe_literal_pred(l);
  const pe_pred *p = &s->o->space->preds.data[id];
  uint32_t value = s->values[p->key];
  if (s->seen[id] != value + 1) {
    s->can[id] = (uint8_t)pe_set_can(s->o, p, pe_oracle_value(s->o, p->key, value));
    s->seen[id] = value + 1;
  }
  return s->can[id] & (pe_literal_want(l) ? PE_CAN_TRUE : PE_CAN_FALSE);
}

static bool refuted(const search *s, pe_literal l) {
  int8_t d = s->decided[pe_literal_pred(l)];
  return d && (d > 0) != pe_literal_want(l);
}

static bool is_decided(const search *s, pe_literal l) { return s->decided[pe_literal_pred(l)] != 0; }

/* Does the box perhaps hold the present values? */
static bool contains(search *s, uint32_t box) {
  const pe_box *b = &s->boxes[box];
  if (b->count) {
    pe_literal w = b->literals[s->watch[box]];
    if (refuted(s, w) || !possible(s, w)) return false;
  }
  for (uint32_t i = 0; i < b->count; i++) {
    if (refuted(s, b->literals[i]) || !possible(s, b->literals[i])) {
      s->watch[box] = i;
      return false;
    }
  }
  return true;
}

/* The box with fewest undecided literals among those that hold the values; nboxes: none. */
static uint32_t choose_box(search *s) {
  uint32_t best = s->nboxes, fewest = UINT32_MAX;
  for (uint32_t i = 0; i < s->nboxes && fewest > 0; i++) {
    if (!contains(s, i)) continue;
    uint32_t open = 0;
    for (uint32_t k = 0; k < s->boxes[i].count; k++) open += !is_decided(s, s->boxes[i].literals[k]);
    if (open < fewest) {
      fewest = open;
      best = i;
    }
  }
  return best;
}

static int assert_literal(search *s, pe_literal l, uint32_t at) {
  uint32_t p = pe_literal_pred(l);
  if (s->decided[p]) return 0;
  decision *d = pe_vec_push(&s->trail, s->o->alloc);
  if (!d) return POLICYEVAL_ENOMEM;
  *d = (decision){l, at};
  s->decided[p] = pe_literal_want(l) ? 1 : -1;
  s->decided_at[p] = at;
  return 0;
}

static void unwind(search *s, uint32_t length) {
  while (s->trail.len > length) s->decided[pe_literal_pred(s->trail.data[--s->trail.len].literal)] = 0;
}

static int cmp_literals(const void *a, const void *b) {
  pe_literal x = *(const pe_literal *)a, y = *(const pe_literal *)b;
  return x < y ? -1 : x > y;
}

/* A value for the key under all literals of the trail on it. */
static int ask(search *s, uint32_t key, uint32_t *value) {
  s->scratch.len = 0;
  for (size_t i = 0; i < s->trail.len; i++) {
    pe_literal l = s->trail.data[i].literal;
    if (s->o->space->preds.data[pe_literal_pred(l)].key != key) continue;
    pe_literal *slot = pe_vec_push(&s->scratch, s->o->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    *slot = l;
  }
  if (s->scratch.len > 1) qsort(s->scratch.data, s->scratch.len, sizeof(pe_literal), cmp_literals);
  int rc = pe_oracle_ask(s->o, key, s->scratch.data, (uint32_t)s->scratch.len, value);
  const pe_budget *b = s->o->budget;
  if (b->observer && !rc && *value == PE_NO_VALUE) {
    b->observer->conflict(b->observer_user, key, s->scratch.data, (uint32_t)s->scratch.len);
  }
  return rc;
}

/* Reasons ------------------------------------------------------------------------------------------------ */

static uint64_t *reason(search *s, size_t i) { return s->reasons.data + i * s->reason_words; }

static void blame(search *s, uint64_t *set, uint32_t at) {
  (void)s;
  if (at) set[at >> 6] |= (uint64_t)1 << (at & 63);
}

/* Room for the reasons of one level more; wider sets when there are more levels than bits. */
static int push_reason(search *s) {
  size_t n = s->levels.len; /* the new level is counted already; level i owns set i - 1 */
  size_t words = s->reason_words;
  if (n / 64 + 1 > words) words = words ? words * 2 : 1;
  size_t need = n * words;
  if (need > s->reasons.cap || words != s->reason_words) {
    size_t cap = need * 2 > 64 ? need * 2 : 64;
    uint64_t *more = pe_alloc_array(s->o->alloc, cap, sizeof *more);
    if (!more) return POLICYEVAL_ENOMEM;
    for (size_t i = 0; i + 1 < n; i++) {
      memcpy(more + i * words, reason(s, i), s->reason_words * sizeof *more);
    }
    pe_alloc_free(s->o->alloc, s->reasons.data);
    s->reasons.data = more;
    s->reasons.cap = cap;
    s->reason_words = words;
  }
  memset(reason(s, n - 1), 0, words * sizeof(uint64_t));
  return 0;
}

/* The levels of all literals on the key: why it has no value. */
static void blame_key(search *s, uint64_t *set, uint32_t key) {
  for (size_t i = 0; i < s->trail.len; i++) {
    const decision *d = &s->trail.data[i];
    if (s->o->space->preds.data[pe_literal_pred(d->literal)].key == key) blame(s, set, d->level);
  }
}

/* Search ------------------------------------------------------------------------------------------------- */

static int cost(const search *s, pe_literal l) {
  const pe_pred *p = &s->o->space->preds.data[pe_literal_pred(l)];
  const pe_space_key *k = &s->o->space->keys.data[p->key];
  if (k->sort == PE_SORT_PRESENCE) return 0;
  if (k->sort != PE_SORT_STRING && k->sort != PE_SORT_MIXED) return 1;
  const pe_lang *wide = &s->o->space->tests.data[p->test].wide;
  return (k->shapes & PE_SHAPE_LIST ? 3 : 2) + (wide->exact ? 0 : 2);
}

/* Opens a level for the box: its undecided literals, cheap ones first. */
static int open_level(search *s, uint32_t box) {
  const pe_box *b = &s->boxes[box];
  level *l = pe_vec_push(&s->levels, s->o->alloc);
  if (!l) return POLICYEVAL_ENOMEM;
  uint32_t number = (uint32_t)s->levels.len;
  *l = (level){.box = box, .first = (uint32_t)s->choices.len, .trail = (uint32_t)s->trail.len, .key = UINT32_MAX};
  int rc = push_reason(s);
  if (rc) {
    s->levels.len--;
    return rc;
  }
  for (uint32_t i = 0; i < b->count; i++) {
    pe_literal e = b->literals[i];
    if (is_decided(s, e)) { /* true already: the box is only a choice because of that level */
      blame(s, reason(s, number - 1), s->decided_at[pe_literal_pred(e)]);
      continue;
    }
    pe_literal *slot = pe_vec_push(&s->choices, s->o->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    size_t k = s->choices.len - 1;
    for (; k > l->first && cost(s, e) < cost(s, s->choices.data[k - 1]); k--) s->choices.data[k] = s->choices.data[k - 1];
    s->choices.data[k] = e;
    l->count++;
  }
  const pe_observer *observer = s->o->budget->observer;
  if (observer) observer->level(s->o->budget->observer_user, box, s->choices.data + l->first, l->count);
  return 0;
}

static void undo_branch(search *s, level *l) {
  unwind(s, l->trail);
  if (l->key != UINT32_MAX) s->values[l->key] = l->old;
  l->key = UINT32_MAX;
}

/* Tries branches of the top level from l->at on; *open: one stands. */
static int next_branch(search *s, bool *open) {
  uint32_t number = (uint32_t)s->levels.len;
  *open = false;
  for (;; s->levels.data[number - 1].at++) {
    level *l = &s->levels.data[number - 1];
    if (l->at == l->count) return 0;
    pe_literal e = s->choices.data[l->first + l->at];
    uint32_t key = s->o->space->preds.data[pe_literal_pred(e)].key, value;
    int rc = 0;
    for (uint32_t i = 0; i < l->at && !rc; i++) rc = assert_literal(s, s->choices.data[l->first + i], number);
    if (!rc) rc = assert_literal(s, e ^ 1, number);
    if (!rc) rc = ask(s, key, &value);
    if (rc) return rc;
    if (value == PE_NO_VALUE) {
      blame_key(s, reason(s, number - 1), key);
      undo_branch(s, l);
      continue;
    }
    l->key = key;
    l->old = s->values[key];
    s->values[key] = value;
    *open = true;
    return 0;
  }
}

/* The top level failed: back to the last level that it depends on. False: none, the answer is NO. */
static bool jump_back(search *s) {
  uint32_t number = (uint32_t)s->levels.len, target = number - 1;
  uint64_t *mine = reason(s, number - 1);
  s->core[s->levels.data[number - 1].box] = 1;
  while (target > 0 && !bit(mine, target)) target--;
  mine[number >> 6] &= ~((uint64_t)1 << (number & 63));
  for (uint32_t i = number - 1; i > target; i--) undo_branch(s, &s->levels.data[i - 1]);
  s->choices.len = s->levels.data[target].first;
  s->levels.len = target;
  const pe_observer *observer = s->o->budget->observer;
  if (observer) observer->jump(s->o->budget->observer_user, target);
  if (!target) return false;
  level *l = &s->levels.data[target - 1];
  for (size_t w = 0; w < s->reason_words; w++) reason(s, target - 1)[w] |= mine[w];
  undo_branch(s, l);
  l->at++;
  return true;
}

/* An excluded box that holds all of the base, because the base says what it says; nboxes: none. */
static uint32_t around_base(const search *s) {
  for (uint32_t i = 0; i < s->nboxes; i++) {
    const pe_box *b = &s->boxes[i];
    uint32_t k = 0;
    while (k < b->count && s->decided[pe_literal_pred(b->literals[k])] == (pe_literal_want(b->literals[k]) ? 1 : -1)) k++;
    if (k == b->count) return i;
  }
  return s->nboxes;
}

/* *empty: no request is in the base and outside of the boxes. */
static int start(search *s, const pe_literal *base, uint32_t nbase, bool *empty) {
  *empty = false;
  for (uint32_t i = 0; i < nbase; i++) {
    if (refuted(s, base[i])) *empty = true;
    int rc = assert_literal(s, base[i], 0);
    if (rc) return rc;
  }
  uint32_t around = *empty ? s->nboxes : around_base(s);
  if (around < s->nboxes) { /* no value has to be found */
    int rc = open_level(s, around);
    if (!rc) jump_back(s);
    *empty = true;
    return rc;
  }
  for (uint32_t k = 0; k < s->o->nkeys && !*empty; k++) {
    int rc = ask(s, k, &s->values[k]);
    if (rc) return rc;
    if (s->values[k] == PE_NO_VALUE) *empty = true;
  }
  return 0;
}

static size_t held(const search *s) {
  return s->trail.cap * sizeof *s->trail.data + s->levels.cap * sizeof *s->levels.data +
         (s->choices.cap + s->scratch.cap) * sizeof(pe_literal) + s->reasons.cap * sizeof(uint64_t) +
         s->o->space->preds.len * (sizeof *s->decided + sizeof *s->decided_at + sizeof *s->seen + sizeof *s->can) +
         s->nboxes * (sizeof *s->watch + sizeof *s->core);
}

static int run(search *s, pe_found *found) {
  for (;;) {
    uint32_t box = choose_box(s);
    *found = PE_FOUND_YES;
    if (box == s->nboxes) return 0;
    *found = PE_FOUND_GAVE_UP;
    if (!pe_budget_node(s->o->budget) || !pe_budget_bytes(s->o->budget, held(s))) return 0;
    int rc = open_level(s, box);
    bool open = false;
    if (!rc) rc = next_branch(s, &open);
    while (!rc && !open) {
      *found = PE_FOUND_NO;
      if (!jump_back(s)) return 0;
      rc = next_branch(s, &open);
    }
    if (rc) {
      *found = PE_FOUND_GAVE_UP;
      return rc == POLICYEVAL_ELIMIT ? 0 : rc;
    }
  }
}

static int keep_region(const search *s, pe_solution *out) {
  pe_literal *region = pe_arena_alloc(s->o->arena, (s->trail.len + 1) * sizeof *region);
  if (!region) return POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < s->trail.len; i++) {
    region[i] = s->trail.data[i].literal;
    if (possible(s, region[i] ^ 1)) out->two_sided = true;
  }
  out->region = region;
  out->nregion = (uint32_t)s->trail.len;
  out->values = s->values;
  return 0;
}

static int keep_core(const search *s, pe_solution *out) {
  uint32_t *core = pe_arena_alloc(s->o->arena, (s->nboxes + 1) * sizeof *core);
  if (!core) return POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < s->nboxes; i++) {
    if (s->core[i]) core[out->ncore++] = i;
  }
  out->core = core;
  return 0;
}

static int prepare(search *s) {
  const pe_alloc *a = s->o->alloc;
  size_t npreds = s->o->space->preds.len;
  s->values = pe_arena_alloc(s->o->arena, (s->o->nkeys + 1) * sizeof *s->values);
  s->decided = pe_alloc_array(a, npreds + 1, sizeof *s->decided);
  s->decided_at = pe_alloc_array(a, npreds + 1, sizeof *s->decided_at);
  s->seen = pe_alloc_array(a, npreds + 1, sizeof *s->seen);
  s->can = pe_alloc_array(a, npreds + 1, sizeof *s->can);
  s->watch = pe_alloc_array(a, s->nboxes + 1, sizeof *s->watch);
  s->core = pe_alloc_array(a, s->nboxes + 1, sizeof *s->core);
  return s->values && s->decided && s->decided_at && s->seen && s->can && s->watch && s->core ? 0 : POLICYEVAL_ENOMEM;
}

static void release(search *s) {
  const pe_alloc *a = s->o->alloc;
  pe_vec_done(&s->trail, a);
  pe_vec_done(&s->levels, a);
  pe_vec_done(&s->choices, a);
  pe_vec_done(&s->scratch, a);
  pe_vec_done(&s->reasons, a);
  pe_alloc_free(a, s->decided);
  pe_alloc_free(a, s->decided_at);
  pe_alloc_free(a, s->seen);
  pe_alloc_free(a, s->can);
  pe_alloc_free(a, s->watch);
  pe_alloc_free(a, s->core);
}

int pe_solve(pe_oracle *o, const pe_literal *base, uint32_t nbase, const pe_box *excluded, uint32_t nexcluded,
             pe_solution *out) {
  search s = {.o = o, .boxes = excluded, .nboxes = nexcluded};
  pe_solution result = {.found = PE_FOUND_NO};
  const pe_budget *b = o->budget;
  bool empty = false;
  if (b->observer) b->observer->solve(b->observer_user, o, base, nbase, excluded);
  int rc = prepare(&s);
  if (!rc) rc = start(&s, base, nbase, &empty);
  if (!rc && !empty) rc = run(&s, &result.found);
  if (rc == POLICYEVAL_ELIMIT) {
    result.found = PE_FOUND_GAVE_UP;
    rc = 0;
  }
  if (!rc && result.found == PE_FOUND_YES) rc = keep_region(&s, &result);
  if (!rc && result.found == PE_FOUND_NO) rc = keep_core(&s, &result);
  release(&s);
  if (b->observer) b->observer->solved(b->observer_user, rc ? PE_FOUND_GAVE_UP : result.found);
  if (!rc) *out = result;
  return rc;
}

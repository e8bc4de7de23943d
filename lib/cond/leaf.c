/* SPDX-License-Identifier: MIT */
#include "cond/leaf.h"

typedef struct outcome {
  bool value;
  bool undetermined; /* some readings that count differ */
  bool unknown;      /* an unknown fact was resolved */
  pe_rowset touched;
} outcome;

static unsigned first_reading(pe_row row) { return pe_row_cautious(row) ? 1 : 0; }

unsigned pe_leaf_reading(pe_leaf *leaf, pe_row row) {
  if (leaf->fixed[row]) return leaf->fixed[row] - 1u;
  if (leaf->need == PE_ROWS) leaf->need = row;
  return first_reading(row);
}

static void add_rows(pe_rowset *to, const pe_rowset *from) {
  for (unsigned i = 0; i < PE_ROW_WORDS; i++) to->word[i] |= from->word[i];
}

/* One node of the tree of readings: runs the leaf; if it asks a row that is not fixed yet, one branch a
 * reading. Each level fixes one more row, so the depth is at most PE_ROWS, and in truth the few rows that
 * one leaf can ask for. What is open is resolved in each branch: the value of a branch is what a decision
 * under the readings of that branch would see. */
static outcome explore(pe_leaf *leaf, pe_leaf_fn fn, void *user) {
  pe_env *env = leaf->env;
  leaf->need = PE_ROWS;
  pe_tri t = fn(leaf, user);
  if (leaf->need == PE_ROWS) {
    if (t == PE_TRI_UNKNOWN) return (outcome){.value = env->want_unknown, .unknown = true};
    return (outcome){.value = t == PE_TRI_YES};
  }
  pe_row row = leaf->need;
  unsigned in_force = env->readings->of[row], first = first_reading(row), count = pe_row_count(row);
  bool cautious = in_force < first, differ = false, open = false;
  outcome all = {0}, chosen = {0}, one = {0};
  for (unsigned i = first; i < count; i++) {
    bool before = one.value, unknown_before = one.unknown;
    leaf->fixed[row] = (uint8_t)(i + 1);
    one = explore(leaf, fn, user);
    differ |= i > first && one.value != before;
    open |= i > first && one.unknown != unknown_before; /* an unknown fact matters under some readings only */
    all.undetermined |= one.undetermined;
    all.unknown |= one.unknown;
    add_rows(&all.touched, &one.touched);
    if (i == in_force) chosen = one;
  }
  leaf->fixed[row] = 0;
  if (cautious) {
    chosen = all;
    chosen.undetermined |= differ;
    chosen.value = differ ? env->want : one.value;
  }
  if (differ || open) pe_rowset_add(&chosen.touched, row);
  return chosen;
}

bool pe_leaf_test(pe_env *env, pe_leaf_fn fn, void *user, pe_leaf_how *how) {
  pe_leaf leaf = {.env = env, .need = PE_ROWS};
  pe_tri t = fn(&leaf, user);
  if (leaf.need == PE_ROWS && t != PE_TRI_UNKNOWN) {
    if (how) *how = PE_LEAF_DEFINITE;
    return t == PE_TRI_YES;
  }
  outcome o = explore(&leaf, fn, user);
  add_rows(env->touched, &o.touched);
  env->unknown_hit |= o.unknown;
  if (how) *how = o.undetermined ? PE_LEAF_UNDETERMINED : o.unknown ? PE_LEAF_UNKNOWN : PE_LEAF_DEFINITE;
  return o.value;
}

pe_tri pe_leaf_once(pe_env *env, pe_leaf_fn fn, void *user) {
  pe_leaf leaf = {.env = env, .need = PE_ROWS};
  for (int r = 0; r < PE_ROWS; r++) {
    unsigned first = first_reading((pe_row)r), in_force = env->readings->of[r];
    leaf.fixed[r] = (uint8_t)((in_force < first ? first : in_force) + 1);
  }
  return fn(&leaf, user);
}

/* The key is absent, or as good as: the default if there is one. */
static pe_resolved fall_back(const pe_variable *v, pe_slice *out) {
  if (!v->fallback.ptr) return PE_RESOLVED_ABSENT;
  *out = v->fallback;
  return PE_RESOLVED_VALUE;
}

pe_resolved pe_leaf_resolve(void *user, const pe_variable *v, pe_slice *out) {
  pe_leaf *leaf = user;
  pe_env *env = leaf->env;
  const pe_fact *f = pe_facts_find_nocase(env->facts, v->hash, v->key);
  if (!f || f->unknown) {
    if (env->missing) env->missing(env->missing_user, v->key, pe_key_find(v->key), f != NULL);
    return f ? PE_RESOLVED_UNKNOWN : fall_back(v, out);
  }
  if (f->multi) { /* L3.4 */
    if (v->fallback.ptr && pe_leaf_reading(leaf, PE_ROW_AMB_31) == PE_AMB_31_NONE) return PE_RESOLVED_ABSENT;
    return fall_back(v, out);
  }
  pe_slice value = f->values[0];
  if (f->twice && pe_leaf_reading(leaf, PE_ROW_AMB_36) == PE_AMB_36_LAST) value = f->values[f->count - 1];
  if (value.len == 0 && pe_leaf_reading(leaf, PE_ROW_AMB_9) == PE_AMB_9_ABSENT) return fall_back(v, out);
  *out = value;
  return PE_RESOLVED_VALUE;
}

bool pe_leaf_may_lack(const pe_leaf *leaf, const pe_pattern *p) {
  for (uint32_t i = 0; i < p->nvariables; i++) {
    const pe_variable *v = &p->variables[i];
    const pe_fact *f = v->fallback.ptr ? NULL : pe_facts_find_nocase(leaf->env->facts, v->hash, v->key);
    if (f && f->unknown) return true;
  }
  return false;
}

bool pe_leaf_may_lack_of(const pe_leaf *leaf, const pe_arn_pattern *p) {
  for (unsigned i = 0; i < p->fields && p->has_variable; i++) {
    if (pe_leaf_may_lack(leaf, &p->field[i])) return true;
  }
  return false;
}

pe_match pe_leaf_match(pe_leaf *leaf, const pe_pattern *p, pe_slice value) {
  pe_match m = pe_pattern_match_vars(p, value, pe_leaf_resolve, leaf, false);
  if (m != PE_MATCH_NO || !(p->flags & PE_PATTERN_WILD)) return m;
  /* Live wildcards only ever match more. */
  pe_match live = pe_pattern_match_vars(p, value, pe_leaf_resolve, leaf, true);
  return live != m && pe_leaf_reading(leaf, PE_ROW_AMB_8) == PE_AMB_8_LIVE ? live : m;
}

/* SPDX-License-Identifier: MIT */
/* Testing one condition entry: L2.1, L2.11, L2.13. */
#include "cond/family.h"

static const pe_family_ops *const families[] = {
    [PE_FAMILY_STRING] = &pe_family_string, [PE_FAMILY_NUMERIC] = &pe_family_numeric,
    [PE_FAMILY_DATE] = &pe_family_date,     [PE_FAMILY_BOOL] = &pe_family_bool,
    [PE_FAMILY_BINARY] = &pe_family_binary, [PE_FAMILY_IP] = &pe_family_ip,
    [PE_FAMILY_ARN] = &pe_family_arn,       [PE_FAMILY_NULL] = &pe_family_null,
};

const pe_family_ops *pe_family_get(pe_family family) { return families[family]; }

static bool typed_multivalued(const pe_condition *c) { return c->info && c->info->multi; }

/* L2.13. The operator is not Null. */
static pe_tri no_values(pe_leaf *leaf, const pe_cond_run *run) {
  const pe_condition *c = run->c;
  const pe_fact *f = run->fact;
  if (c->op.quantifier == PE_SET_FOR_ANY) return pe_cond_say_key(run, PE_TRI_NO, PE_WHY_EMPTY);
  if (c->op.quantifier == PE_SET_NONE && !c->op.if_exists) {
    bool yes = pe_leaf_reading(leaf, PE_ROW_AMB_14) == PE_AMB_14_TRUE;
    return pe_cond_say_key(run, yes ? PE_TRI_YES : PE_TRI_NO, yes ? PE_WHY_CONSTANT : PE_WHY_EMPTY);
  }
  if (f && f->unknown) {
    bool always = c->info && c->info->presence == PE_PRESENCE_ALWAYS;
    return pe_cond_say_key(run, always ? PE_TRI_NO : PE_TRI_UNKNOWN, always ? PE_WHY_EMPTY : PE_WHY_UNKNOWN);
  }
  bool absent = !f;
  if (f && c->op.quantifier == PE_SET_FOR_ALL) {
    absent = f->count == 0 || (f->count == 1 && f->values[0].len == 0);
  } else if (f && f->count == 0) {
    absent = pe_leaf_reading(leaf, PE_ROW_AMB_9) == PE_AMB_9_ABSENT;
  }
  return pe_cond_say_key(run, absent ? PE_TRI_YES : PE_TRI_NO, absent ? PE_WHY_ABSENT_TRUE : PE_WHY_EMPTY);
}

/* Some text that every request value matches. */
static bool matches_all(const pe_condition *c) {
  for (uint32_t i = 0; i < c->count && c->family == PE_FAMILY_STRING; i++) {
    if (c->values[i].as.pattern.shape == PE_SHAPE_ANY) return true;
  }
  return false;
}

static bool all_malformed(pe_leaf *leaf, const pe_condition *c) {
  bool any_arn = false;
  for (uint32_t i = 0; i < c->count; i++) {
    const pe_cond_value *v = &c->values[i];
    bool any = v->valid && c->family == PE_FAMILY_ARN && v->as.arn->is_any;
    if (v->valid && !any) return false;
    any_arn |= any;
  }
  return !any_arn || pe_leaf_reading(leaf, PE_ROW_AMB_13B) == PE_AMB_13B_NONE;
}

/* The key is declared unknown: it may be absent, or have any values. Unknown is the result only if these
 * differ. */
static pe_tri unknown_key(pe_leaf *leaf, const pe_cond_run *run) {
  const pe_condition *c = run->c;
  bool negated = c->negated, may_be[2] = {false, false};
  if (!(c->info && c->info->presence == PE_PRESENCE_ALWAYS))
    may_be[pe_cond_absent(leaf, run) == PE_TRI_YES] = true;
  /* Values that are not of the type match nothing; whether a negated operator is true of them is AMB-13's question. */
  if (negated || !all_malformed(leaf, c)) may_be[!negated] = true;
  if (!matches_all(c)) may_be[negated] = true;
  pe_tri t = may_be[0] && may_be[1] ? PE_TRI_UNKNOWN : may_be[1] ? PE_TRI_YES : PE_TRI_NO;
  return pe_cond_say_key(run, t, PE_WHY_UNKNOWN);
}

/* An operator without set qualifier; the key is present. */
static pe_tri plain(pe_leaf *leaf, const pe_cond_run *run, const pe_slice *values, uint32_t count) {
  const pe_condition *c = run->c;
  if (count == 0) {
    if (pe_leaf_reading(leaf, PE_ROW_AMB_9) == PE_AMB_9_ABSENT) return pe_cond_absent(leaf, run);
    return pe_cond_say_key(run, PE_TRI_NO, PE_WHY_EMPTY);
  }
  bool multi = typed_multivalued(c);
  if (count == 1 && !multi) return pe_cond_element(leaf, run, values[0]);
  if (pe_leaf_reading(leaf, multi ? PE_ROW_A20 : PE_ROW_AMB_12) == (multi ? PE_A20_FALSE : PE_AMB_12_FALSE)) {
    return pe_cond_say(run, PE_TRI_NO, PE_WHY_SEVERAL, values[0], UINT32_MAX);
  }
  /* A negated operator is true if its positive form is true of no value. */
  bool negated = c->negated;
  return negated ? pe_cond_all(leaf, run, values, count) : pe_cond_any(leaf, run, values, count);
}

static pe_tri test_entry(pe_leaf *leaf, void *user) {
  const pe_cond_run *run = user;
  const pe_condition *c = run->c;
  const pe_fact *f = run->fact;
  if (c->op.op == PE_OP_NULL) return pe_cond_null(leaf, run);
  if (c->count == 0) return no_values(leaf, run);
  if (!f) return pe_cond_absent(leaf, run);
  if (f->unknown) return unknown_key(leaf, run);
  const pe_slice *values = f->values;
  uint32_t count = f->count;
  if (f->twice) {
    if (pe_leaf_reading(leaf, PE_ROW_AMB_36) == PE_AMB_36_LAST) values += count - 1;
    count = 1;
  }
  if (c->op.quantifier == PE_SET_NONE) return plain(leaf, run, values, count);
  return pe_cond_set(leaf, run, values, count);
}

/* The result hangs on nothing that the request could say about the key. */
static bool ignores_key(const pe_condition *c) {
  if (c->op.op == PE_OP_NULL) return c->op.quantifier != PE_SET_NONE || pe_cond_null_fixed(c);
  return c->count == 0 && c->op.quantifier != PE_SET_FOR_ALL && !c->op.if_exists;
}

static void explain(const pe_condition *c, pe_env *env, pe_cond_run *run, pe_leaf_how how,
                    pe_cond_detail *detail) {
  run->detail = detail;
  *detail = (pe_cond_detail){.why = PE_WHY_NOT_EQUAL, .policy_value = UINT32_MAX};
  pe_leaf_once(env, test_entry, run);
  if (how == PE_LEAF_DEFINITE) return;
  detail->why = how == PE_LEAF_UNKNOWN ? PE_WHY_UNKNOWN : PE_WHY_UNDETERMINED;
  const pe_fact *f = run->fact;
  detail->request_value = f && f->count ? f->values[0] : (pe_slice){NULL, 0};
  detail->policy_value = c->count == 1 ? 0 : UINT32_MAX;
}

static inline bool same_text(const pe_pattern *p, pe_slice text) {
  if (p->shape == PE_SHAPE_EXACT && !(p->flags & PE_PATTERN_NOCASE)) return pe_slice_eq(p->literal, text);
  return pe_pattern_match(p, text);
}

bool pe_condition_test(const pe_condition *c, pe_env *env, pe_cond_detail *detail) {
  const pe_fact *f = pe_facts_find(env->facts, c->hash, c->lower);
  if (c->simple && f && f->count == 1 && !detail) {
    /* Most entries of most policies: one string against strings, nothing open. */
    bool hit = false;
    for (uint32_t i = 0; i < c->count && !hit; i++) hit = same_text(&c->values[i].as.pattern, f->values[0]);
    return hit != c->negated;
  }
  if ((!f || f->unknown) && env->missing && !ignores_key(c)) {
    env->missing(env->missing_user, c->key, c->info, f != NULL);
  }
  pe_cond_run run = {c, families[c->family], f, NULL};
  pe_leaf_how how;
  bool result = pe_leaf_test(env, test_entry, &run, &how);
  if (detail) explain(c, env, &run, how, detail);
  return result;
}

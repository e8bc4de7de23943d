/* SPDX-License-Identifier: MIT */
/* L2.9 */
#include "cond/family.h"

static int compile(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value) {
  (void)arena, (void)c, (void)variables;
  value->valid = pe_bool_parse(value->text, &value->as.boolean);
  return 0;
}

/* Null looks at no value of the request: pe_cond_null is all of it. */
const pe_family_ops pe_family_null = {compile, NULL, NULL};

/* Whether the list holds true (the key must be absent) or false. */
static bool lists(const pe_condition *c, bool word) {
  for (uint32_t i = 0; i < c->count; i++) {
    if (c->values[i].valid && c->values[i].as.boolean == word) return true;
  }
  return false;
}

bool pe_cond_null_fixed(const pe_condition *c) { return lists(c, true) == lists(c, false); }

static pe_tri plain(pe_leaf *leaf, const pe_cond_run *run) {
  const pe_condition *c = run->c;
  const pe_fact *f = run->fact;
  if (c->count == 0) {
    bool yes = pe_leaf_reading(leaf, PE_ROW_AMB_14) == PE_AMB_14_TRUE;
    return pe_cond_say_key(run, yes ? PE_TRI_YES : PE_TRI_NO, yes ? PE_WHY_CONSTANT : PE_WHY_EMPTY);
  }
  bool if_absent = lists(c, true), if_present = lists(c, false);
  if (if_absent == if_present) { /* L2.9: always, or never */
    return pe_cond_say_key(run, if_absent ? PE_TRI_YES : PE_TRI_NO,
                           if_absent ? PE_WHY_CONSTANT : PE_WHY_WRONG_TYPE_POLICY);
  }
  if (f && f->unknown) {
    bool always = c->info && c->info->presence == PE_PRESENCE_ALWAYS;
    pe_tri t = !always ? PE_TRI_UNKNOWN : if_present ? PE_TRI_YES : PE_TRI_NO;
    return pe_cond_say_key(run, t, PE_WHY_UNKNOWN);
  }
  bool present = f != NULL;
  if (f && (f->count == 0 || (f->count == 1 && f->values[0].len == 0))) {
    present = pe_leaf_reading(leaf, PE_ROW_AMB_9) == PE_AMB_9_PRESENT;
  }
  pe_slice value = present && f->count ? f->values[0] : (pe_slice){NULL, 0};
  if (present == if_present) {
    return pe_cond_say(run, PE_TRI_YES, present ? PE_WHY_MATCHED : PE_WHY_ABSENT_TRUE, value, UINT32_MAX);
  }
  return pe_cond_say(run, PE_TRI_NO, present ? PE_WHY_PRESENT : PE_WHY_ABSENT, value, UINT32_MAX);
}

pe_tri pe_cond_null(pe_leaf *leaf, const pe_cond_run *run) {
  if (run->c->op.quantifier == PE_SET_NONE) return plain(leaf, run);
  bool all = run->c->op.quantifier == PE_SET_FOR_ALL;
  switch (pe_leaf_reading(leaf, PE_ROW_AMB_11)) {
  case PE_AMB_11_PLAIN: return plain(leaf, run);
  case PE_AMB_11_NEVER: return pe_cond_say_key(run, PE_TRI_NO, PE_WHY_CONSTANT);
  default: return pe_cond_say_key(run, all ? PE_TRI_YES : PE_TRI_NO, PE_WHY_CONSTANT);
  }
}

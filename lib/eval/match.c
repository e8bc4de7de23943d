/* SPDX-License-Identifier: MIT */
#include "eval/match.h"

#include "eval/principal.h"
#include "eval/resource.h"
#include "policy/index.h"

void pe_match_polarity(const pe_statement *s, bool optimistic, pe_env *env) {
  env->want = s->effect == PE_DENY;
  env->want_unknown = env->want != optimistic;
}

/* Polarity of what is undetermined: an Allow does not match, a Deny does (architecture, three values). */
bool pe_match_rest(const pe_statement *s, const pe_match_input *in, pe_env *env, unsigned *via) {
  *via = 0;
  if (s->broken || s->no_effect) return false;
  pe_match_polarity(s, in->optimistic, env);
  if (!pe_resource_match(s, in->kind, in->request, env)) return false;
  if (!pe_principal_match(s, in->kind, in->request, in->boundary, env, via)) return false;
  for (uint32_t i = 0; i < s->nconditions; i++) {
    if (!pe_condition_test(&s->conditions[i], env, NULL)) return false;
  }
  return true;
}

static bool has_variables(const pe_statement *s) {
  for (uint32_t i = 0; i < s->nresources; i++) {
    if (!s->resources[i].never && s->resources[i].pattern.has_variable) return true;
  }
  return false;
}

static void fail(pe_stmt_trace *t, pe_step step) {
  if (!t->failed) t->step = (uint8_t)step;
  t->failed |= (uint8_t)(1u << step);
}

/* What is asked once the statement has failed explains it, and does not count for the verdict. */
typedef struct aside {
  pe_env *env;
  pe_rowset *touched, rest;
  bool hit;
} aside;

static void step_aside(aside *a, const pe_stmt_trace *t) {
  if (!t->failed || a->env->touched == &a->rest) return;
  a->touched = a->env->touched;
  a->hit = a->env->unknown_hit;
  a->env->touched = &a->rest;
}

static void step_back(aside *a) {
  if (a->env->touched != &a->rest) return;
  a->env->touched = a->touched;
  a->env->unknown_hit = a->hit;
}

static void explain_conditions(const pe_statement *s, aside *a, pe_stmt_trace *t) {
  for (uint32_t i = 0; i < s->nconditions; i++) {
    pe_cond_detail detail = {.policy_value = UINT32_MAX};
    if (pe_condition_test(&s->conditions[i], a->env, &detail) || t->condition != UINT32_MAX) continue;
    t->condition = i;
    t->detail = detail;
    fail(t, PE_STEP_CONDITION);
    step_aside(a, t);
  }
}

void pe_match_explain(const pe_statement *s, const pe_match_input *in, pe_env *env, pe_stmt_trace *t) {
  void (*missing)(void *, pe_slice, const pe_key_info *, bool) = env->missing;
  unsigned via = 0;
  aside a = {.env = env};
  t->step = PE_STEP_MATCHED;
  t->failed = 0;
  t->condition = UINT32_MAX;
  t->detail = (pe_cond_detail){.policy_value = UINT32_MAX};
  pe_match_polarity(s, in->optimistic, env);
  if (s->broken || s->no_effect) fail(t, PE_STEP_NO_EFFECT);
  bool action = pe_statement_has_action(s, in->request->lower_action);
  if (t->failed || !action) env->missing = NULL;
  step_aside(&a, t);
  if (!pe_principal_match(s, in->kind, in->request, in->boundary, env, &via)) {
    fail(t, PE_STEP_PRINCIPAL);
    env->missing = NULL;
  }
  if (!action) fail(t, PE_STEP_ACTION);
  step_aside(&a, t);
  if (!pe_resource_match(s, in->kind, in->request, env)) {
    fail(t, PE_STEP_RESOURCE);
    if (!has_variables(s)) env->missing = NULL;
  }
  step_aside(&a, t);
  explain_conditions(s, &a, t);
  step_back(&a);
  t->via = (uint16_t)via;
  env->missing = missing;
}

pe_step pe_statement_match(const pe_statement *s, int kind, const pe_request *r, pe_env *env, unsigned *via,
                           pe_stmt_trace *trace) {
  pe_match_input in = {.request = r, .kind = kind, .optimistic = env->want != env->want_unknown};
  pe_stmt_trace local;
  pe_stmt_trace *t = trace ? trace : &local;
  pe_match_explain(s, &in, env, t);
  if (via) *via = t->via;
  t->statement = s;
  return (pe_step)t->step;
}

/* SPDX-License-Identifier: MIT */
/* Statements that another statement makes needless: an Allow or Deny that a wider one of the same effect covers, and an
 * Allow that a Deny covers. Element by element: what is covered here is so for every request. */
#include "check/check.h"
#include "check/cover.h"
#include "text/arn.h"

enum { PAIRS = 250000 }; /* pairs of statements that are looked at: all of 500 */

static bool covers_action(const pe_action *wide, const pe_action *narrow) {
  if (narrow->never) return false; /* that has findings of its own */
  if (wide->any) return true;
  return !wide->never && !narrow->any && pe_cover_glob(wide->text, narrow->text, true);
}

static bool covers_actions(const pe_check *c, const pe_statement *wide, const pe_statement *narrow) {
  if (wide->action_mode != PE_MODE_IS || narrow->action_mode != PE_MODE_IS)
    return wide->action_mode == narrow->action_mode && pe_check_same_tree(c, wide->action_node, narrow->action_node);
  for (uint32_t i = 0; i < narrow->nactions; i++) {
    bool found = false;
    for (uint32_t k = 0; k < wide->nactions && !found; k++) found = covers_action(&wide->actions[k], &narrow->actions[i]);
    if (!found) return false;
  }
  return narrow->nactions > 0;
}

static bool covers_resource(const pe_resource *wide, const pe_resource *narrow) {
  if (pe_slice_eq(wide->text, PE_SLICE("*")) || pe_slice_eq(wide->text, narrow->text)) return true;
  if (wide->never || narrow->never || wide->pattern.exact || pe_check_has_variable(wide->text)) return false;
  const pe_arn_pattern *a = &wide->pattern, *b = &narrow->pattern;
  if (a->count < PE_ARN_FIELDS || b->count < PE_ARN_FIELDS) return false;
  for (int i = PE_ARN_FIELDS; i-- > 0;) { /* they differ behind most often */
    if (!pe_cover_glob(a->field[i].text, b->field[i].text, false)) return false;
  }
  return true;
}

static bool covers_resources(const pe_check *c, const pe_statement *wide, const pe_statement *narrow) {
  if (wide->resource_mode != PE_MODE_IS || narrow->resource_mode != PE_MODE_IS) {
    if (wide->resource_mode == PE_MODE_NONE && narrow->resource_mode == PE_MODE_NONE) return true;
    return wide->resource_mode == narrow->resource_mode && pe_check_same_tree(c, wide->resource_node, narrow->resource_node);
  }
  for (uint32_t i = 0; i < narrow->nresources; i++) {
    bool found = false;
    for (uint32_t k = 0; k < wide->nresources && !found; k++)
      found = covers_resource(&wide->resources[k], &narrow->resources[i]);
    if (!found) return false;
  }
  return narrow->nresources > 0;
}

/* Allows for everybody and for somebody are not the same to boundaries (A3), so they have to be equal. */
static bool covers_principals(const pe_check *c, const pe_statement *wide, const pe_statement *narrow) {
  if (wide->principal_mode == PE_MODE_NONE) return narrow->principal_mode == PE_MODE_NONE;
  if (wide->principal_mode == PE_MODE_IS && wide->effect == PE_DENY) {
    for (uint32_t i = 0; i < wide->nprincipals; i++) {
      if (wide->principals[i].kind == PE_PRINCIPAL_ANY) return true;
    }
  }
  return wide->principal_mode == narrow->principal_mode && pe_check_same_tree(c, wide->principal_node, narrow->principal_node);
}

/* Every test of the wide statement is one of the narrow one, too. */
static bool covers_conditions(const pe_check *c, const pe_statement *wide, const pe_statement *narrow) {
  if (wide->nconditions > narrow->nconditions) return false;
  for (uint32_t i = 0; i < wide->nconditions; i++) {
    const pe_condition *e = &wide->conditions[i];
    bool found = false;
    for (uint32_t k = 0; k < narrow->nconditions && !found; k++) {
      const pe_condition *o = &narrow->conditions[k];
      found = e->hash == o->hash && pe_slice_eq(e->lower, o->lower) && pe_slice_eq(e->operator_text, o->operator_text) &&
              pe_check_same_tree(c, e->key_node, o->key_node);
    }
    if (!found) return false;
  }
  return true;
}

/* Which actions a statement may be about, at a glance: a bit for each service, and one for the first letter of the name.
 * A wildcard has all bits as the wide one, and one of its own as the narrow one. */
typedef struct glance {
  uint64_t services;
  uint32_t letters;
} glance;

static glance glance_at(const pe_statement *s) {
  glance g = {0};
  for (uint32_t i = 0; i < s->nactions; i++) {
    const pe_action *a = &s->actions[i];
    const char *colon = a->text.len ? memchr(a->text.ptr, ':', a->text.len) : NULL;
    if (a->never) continue;
    if (a->any || !colon || a->text.ptr[0] == '*' || colon + 1 == a->text.ptr + a->text.len)
      return (glance){UINT64_MAX, UINT32_MAX};
    g.services |= (uint64_t)1 << (pe_slice_hash_nocase(pe_slice_sub(a->text, 0, (size_t)(colon - a->text.ptr))) & 63);
    g.letters |= colon[1] == '*' || colon[1] == '?' ? UINT32_MAX : (uint32_t)1 << (colon[1] & 31);
  }
  return g;
}

static bool may_cover(const pe_statement *wide, glance w, const pe_statement *narrow, glance n) {
  if (wide->action_mode != PE_MODE_IS || narrow->action_mode != PE_MODE_IS) return true;
  return (n.services & ~w.services) == 0 && (n.letters & ~w.letters) == 0;
}

static bool counts(const pe_statement *s) { return !s->broken && !s->no_effect; }

static bool covers(const pe_check *c, const pe_statement *wide, const pe_statement *narrow) {
  return covers_conditions(c, wide, narrow) && covers_resources(c, wide, narrow) && covers_actions(c, wide, narrow) &&
         covers_principals(c, wide, narrow);
}

static void report(pe_check *c, const pe_statement *narrow, const pe_statement *wide) {
  bool shadow = wide->effect != narrow->effect;
  pe_finding *f = pe_check_value(c, shadow ? PE_RULE_STATEMENT_SHADOWED : PE_RULE_REDUNDANT_STATEMENT, narrow->node,
                                 shadow ? "Statement %u denies all that this one allows: it has no effect."
                                        : "Statement %u covers this one.",
                                 wide->index);
  if (!f) return;
  f->span.end = f->span.start + 1;
  pe_check_fix_remove(c, f, narrow->node, !shadow, "Remove the statement");
}

/* The first statement that makes this one needless. Of two that cover each other the first one stays; equal ones are
 * reported by pe_check_duplicates. */
static void check_one(pe_check *c, const pe_statement *narrow, const glance *glances, uint64_t *pairs) {
  const pe_policy *p = c->policy;
  for (uint32_t i = 0; i < p->nstatements; i++) {
    const pe_statement *wide = &p->statements[i];
    if (wide == narrow || !counts(wide) || (wide->effect != narrow->effect && wide->effect != PE_DENY)) continue;
    if (*pairs == 0) {
      c->incomplete = true;
      return;
    }
    --*pairs;
    if (!may_cover(wide, glances[i], narrow, glances[narrow->index]) || !covers(c, wide, narrow)) continue;
    if (wide->effect == narrow->effect && covers(c, narrow, wide)) continue;
    report(c, narrow, wide);
    return;
  }
}

void pe_check_statements(pe_check *c) {
  uint64_t pairs = PAIRS;
  if (!pe_check_wants(c, PE_RULE_REDUNDANT_STATEMENT) && !pe_check_wants(c, PE_RULE_STATEMENT_SHADOWED)) return;
  if (c->policy->nstatements < 2) return;
  glance *glances = pe_arena_zero(c->scratch, c->policy->nstatements, sizeof *glances);
  if (!glances) c->result = POLICYEVAL_ENOMEM;
  for (uint32_t i = 0; i < c->policy->nstatements && glances; i++) glances[i] = glance_at(&c->policy->statements[i]);
  for (uint32_t i = 0; i < c->policy->nstatements && !c->result && !c->incomplete; i++) {
    if (counts(&c->policy->statements[i])) check_one(c, &c->policy->statements[i], glances, &pairs);
  }
}

/* SPDX-License-Identifier: MIT */
/* Actions and resources of one statement that do not belong together (L1.7.15, L5.2). */
#include "check/arns.h"
#include "check/check.h"

typedef struct typed { /* of the resource types seen in this statement: does any resource fit? */
  const pe_resource_type *type;
  bool fits;
} typed;
typedef struct types {
  typed *slot;
  size_t mask;
} types;

static bool make(pe_check *c, types *t) {
  size_t slots = 64;
  while (slots < (size_t)c->s->nactions * 2) slots *= 2;
  t->slot = pe_arena_zero(c->scratch, slots, sizeof *t->slot);
  t->mask = slots - 1;
  if (!t->slot) c->result = POLICYEVAL_ENOMEM;
  return t->slot != NULL;
}

static bool any_fits(pe_check *c, const pe_arn *arns, const pe_resource_type *type) {
  for (uint32_t i = 0; i < c->s->nresources; i++) {
    if (c->work == 0) {
      c->incomplete = true;
      return true;
    }
    c->work--;
    if (c->s->resources[i].never) continue;
    if (pe_arns_may_be(&arns[i], type)) return true;
  }
  return false;
}

static bool fits(pe_check *c, types *t, const pe_arn *arns, const pe_resource_type *type) {
  size_t at = (size_t)((uintptr_t)type >> 4) & t->mask, tries = 0;
  for (; t->slot[at].type && t->slot[at].type != type && tries < t->mask; tries++) at = (at + 1) & t->mask;
  if (t->slot[at].type == type) return t->slot[at].fits;
  bool answer = any_fits(c, arns, type);
  if (tries < t->mask) t->slot[at] = (typed){type, answer}; /* a full table only costs time */
  return answer;
}

static void check_action(pe_check *c, types *t, const pe_arn *arns, const pe_action *a) {
  if (a->any || a->never || a->pattern.has_wild) return;
  const pe_action_info *info = pe_catalog_action(c->catalog, a->text);
  if (!info || !pe_catalog_complete(c->catalog, info->service)) return;
  if (info->flags & PE_ACTION_NO_RESOURCE) {
    pe_check_value(c, PE_RULE_ACTION_NEEDS_STAR_RESOURCE, a->node,
                   "%.*s works on no single resource: only \"Resource\": \"*\" applies to it.", PE_CHECK_TEXT(a->text));
    return;
  }
  const char *first = NULL;
  for (const char *const *name = info->resource_types; *name; name++) {
    const pe_resource_type *type = pe_catalog_resource(c->catalog, info->service, pe_slice_str(*name));
    if (!type || !*type->arn_formats || fits(c, t, arns, type)) return;
    if (!first) first = *name;
  }
  if (first)
    pe_check_value(c, PE_RULE_ACTION_RESOURCE_MISMATCH, a->node,
                   "%.*s works on resources of the type %s, and none of these is one.", PE_CHECK_TEXT(a->text), first);
}

void pe_check_pairs(pe_check *c) {
  const pe_statement *s = c->s;
  if (s->action_mode != PE_MODE_IS || s->resource_mode != PE_MODE_IS || !s->nresources || !s->nactions) return;
  if (c->kind == POLICYEVAL_KIND_SECRET || c->kind == POLICYEVAL_KIND_KMS_KEY || pe_check_any_resource(s)) return;
  for (uint32_t i = 0; i < s->nresources; i++) {
    if (pe_check_is_faulted(c, s->resources[i].node) || s->resources[i].never) return; /* the reader has other worries */
  }
  types t;
  pe_arn *arns = pe_arena_zero(c->scratch, s->nresources, sizeof *arns);
  if (!arns) c->result = POLICYEVAL_ENOMEM;
  if (!arns || !make(c, &t)) return;
  for (uint32_t i = 0; i < s->nresources; i++) pe_arn_split_pattern(s->resources[i].text, &arns[i]);
  for (uint32_t i = 0; i < s->nactions && !c->result; i++) check_action(c, &t, arns, &s->actions[i]);
}

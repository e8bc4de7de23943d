/* SPDX-License-Identifier: MIT */
/* Tag keys and other keys on actions whose requests do not have them (L4.4, L5.2). */
#include "check/check.h"

/* The tag of a resource, under its global name: the tables say which actions have it. */
static bool is_resource_tag(const pe_condition *e) {
  return pe_check_starts(e->key, "aws:ResourceTag/") && e->key.len > 16;
}

static bool asks_for(const pe_condition *e) {
  return !e->op.if_exists && e->op.op != PE_OP_NULL && !pe_op_get((pe_op)e->op.op)->negated &&
         e->op.quantifier != PE_SET_FOR_ALL;
}

static void check_listed(pe_check *c, const pe_condition *e) {
  bool allow = c->s->effect == PE_ALLOW;
  pe_rule rule = allow ? PE_RULE_ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
                       : PE_RULE_DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE;
  if (!pe_check_wants(c, rule)) return;
  for (uint32_t i = 0; i < c->s->nactions && !c->result; i++) {
    const pe_action *a = &c->s->actions[i];
    const pe_action_info *info = a->any || a->never || a->pattern.has_wild ? NULL : pe_catalog_action(c->catalog, a->text);
    if (!info || pe_catalog_takes(c->catalog, info, e->key)) continue;
    pe_check_value(c, rule, a->node, "Requests of %.*s have no %.*s: the statement never %s them.",
                   PE_CHECK_TEXT(a->text), PE_CHECK_TEXT(e->key), allow ? "allows" : "denies");
  }
}

static void check_tags(pe_check *c, const pe_condition *e) {
  if (!is_resource_tag(e) || !asks_for(e)) return;
  if (c->s->action_mode == PE_MODE_IS) {
    check_listed(c, e);
  } else if (c->s->action_mode == PE_MODE_NOT) {
    bool allow = c->s->effect == PE_ALLOW;
    pe_check_name(c, allow ? PE_RULE_ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
                           : PE_RULE_DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
                  e->key_node, "Some of the other actions have no %.*s: the statement never %s them.",
                  PE_CHECK_TEXT(e->key), allow ? "allows" : "denies");
  }
}

/* A key of one service, known to the tables, and actions that are all named: does any of them have it? */
static void check_service_key(pe_check *c, const pe_condition *e) {
  const char *colon = e->key.len ? memchr(e->key.ptr, ':', e->key.len) : NULL;
  if (!colon || c->s->action_mode != PE_MODE_IS || c->s->nactions == 0) return;
  pe_slice service = pe_slice_sub(e->key, 0, (size_t)(colon - e->key.ptr));
  if (pe_check_equals(service, "aws") || !pe_catalog_complete(c->catalog, service)) return;
  if (!pe_catalog_key(c->catalog, e->key)) return; /* check_condition.c */
  bool own = pe_check_equals(service, "secretsmanager") || pe_check_equals(service, "kms") ||
             pe_check_equals(service, "sts");
  if (e->info && !own) return; /* a key of credentials, which every service sees (L4.2) */
  for (uint32_t i = 0; i < c->s->nactions; i++) {
    const pe_action *a = &c->s->actions[i];
    if (a->any || a->pattern.has_wild) return; /* may cover an action that has it */
    const pe_action_info *info = a->never ? NULL : pe_catalog_action(c->catalog, a->text);
    if (!info || pe_catalog_takes(c->catalog, info, e->key)) return;
    if (!pe_slice_eq_ascii_nocase(info->service, service)) return;
  }
  pe_check_name(c, PE_RULE_UNSUPPORTED_ACTION_FOR_CONDITION_KEY, e->key_node,
                "None of the actions has %.*s in its requests.", PE_CHECK_TEXT(e->key));
}

void pe_check_tags(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nconditions && !c->result; i++) {
    check_tags(c, &c->s->conditions[i]);
    check_service_key(c, &c->s->conditions[i]);
  }
}

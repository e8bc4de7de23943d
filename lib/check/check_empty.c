/* SPDX-License-Identifier: MIT */
/* Lists and objects with nothing in them: L1.5.10, L1.6.7, L1.8.3, L1.8.4, AMB-14, AMB-35. */
#include "check/check.h"

static bool empty(const pe_check *c, uint32_t node, pe_json_type type) {
  return node && pe_json_is(c->json, node, type) && pe_check_node(c, node)->children == 0;
}

static void check_principal(pe_check *c) {
  uint32_t node = c->s->principal_node;
  if (empty(c, node, PE_JSON_OBJECT)) {
    pe_check_value(c, PE_RULE_EMPTY_OBJECT_PRINCIPAL, node, "The Principal names nobody: the statement has no effect.");
    return;
  }
  if (!node || !pe_json_is(c->json, node, PE_JSON_OBJECT)) return;
  const pe_json_node *map = pe_check_node(c, node);
  for (uint32_t i = pe_json_first(node); i < map->next; i = pe_check_node(c, i)->next) {
    if (!empty(c, i, PE_JSON_ARRAY)) continue;
    pe_finding *f = pe_check_value(c, PE_RULE_EMPTY_ARRAY_PRINCIPAL, i, "The list names nobody.");
    pe_check_fix_remove(c, f, i, true, "Remove the list");
  }
}

static void check_condition(pe_check *c) {
  uint32_t node = c->s->condition_node;
  if (empty(c, node, PE_JSON_OBJECT)) {
    pe_finding *f = pe_check_value(c, PE_RULE_EMPTY_OBJECT_CONDITION, node, "The Condition is empty and has no effect.");
    pe_check_fix_remove(c, f, node, true, "Remove the Condition");
    return;
  }
  if (!node || !pe_json_is(c->json, node, PE_JSON_OBJECT)) return;
  const pe_json_node *object = pe_check_node(c, node);
  for (uint32_t i = pe_json_first(node); i < object->next; i = pe_check_node(c, i)->next) {
    if (!empty(c, i, PE_JSON_OBJECT)) continue;
    pe_finding *f = pe_check_value(c, PE_RULE_EMPTY_OBJECT_CONDITION, i, "The operator has no keys and no effect.");
    pe_check_fix_remove(c, f, i, true, "Remove the operator");
  }
}

static void check_values(pe_check *c, const pe_condition *e) {
  if (!empty(c, e->key_node, PE_JSON_ARRAY)) return;
  if (e->op.quantifier == PE_SET_FOR_ANY) {
    pe_check_value(c, PE_RULE_EMPTY_ARRAY_CONDITION_FORANYVALUE, e->key_node,
                   "ForAnyValue without values is never true: the statement has no effect.");
  } else if (e->op.quantifier == PE_SET_FOR_ALL) {
    pe_check_value(c, PE_RULE_EMPTY_ARRAY_CONDITION_FORALLVALUES, e->key_node,
                   "ForAllValues without values is true only when %.*s is absent: use Null with the value true.",
                   PE_CHECK_TEXT(e->key));
  } else if (e->op.if_exists) {
    pe_check_value(c, PE_RULE_EMPTY_ARRAY_CONDITION_IFEXISTS, e->key_node,
                   "IfExists without values is true only when %.*s is absent: use Null with the value true.",
                   PE_CHECK_TEXT(e->key));
  } else {
    pe_check_value(c, PE_RULE_EMPTY_ARRAY_CONDITION, e->key_node, "%.*s has no values: AWS says both that this has no "
                   "effect and that the statement grants nothing.", PE_CHECK_TEXT(e->key));
  }
}

void pe_check_empties(pe_check *c) {
  const pe_statement *s = c->s;
  if (empty(c, s->action_node, PE_JSON_ARRAY))
    pe_check_value(c, PE_RULE_EMPTY_ARRAY_ACTION, s->action_node, "The list of actions is empty: no effect.");
  if (empty(c, s->resource_node, PE_JSON_ARRAY))
    pe_check_value(c, PE_RULE_EMPTY_ARRAY_RESOURCE, s->resource_node, "The list of resources is empty: no effect.");
  check_principal(c);
  check_condition(c);
  for (uint32_t i = 0; i < s->nconditions; i++) check_values(c, &s->conditions[i]);
}

/* SPDX-License-Identifier: MIT */
/* Policy variables: where they work, how they are written, what they name (L3). */
#include "check/check.h"
#include "text/arn.h"

typedef struct place {
  pe_check *c;
  uint32_t node;
} place;

static void fault(void *user, pe_variable_fault what, size_t start, size_t end) {
  static const struct {
    pe_rule rule;
    const char *words;
  } faults[] = {
      [PE_VARIABLE_UNCLOSED] = {PE_RULE_MISSING_BRACE_IN_VARIABLE, "The variable has no closing brace and is plain text."},
      [PE_VARIABLE_EMPTY] = {PE_RULE_EMPTY_VARIABLE, "The variable has no name and is plain text."},
      [PE_VARIABLE_SPACE] = {PE_RULE_UNSUPPORTED_SPACE_IN_VARIABLE, "The variable holds a blank and is plain text."},
      [PE_VARIABLE_QUOTE] = {PE_RULE_MISSING_QUOTE_IN_VARIABLE, "The default is written ${key, 'text'}."},
  };
  place *p = user;
  pe_check_part(p->c, faults[what].rule, p->node, start, end, "%s", faults[what].words);
}

static void check_name(pe_check *c, uint32_t node, pe_slice text, const pe_variable *v) {
  size_t from = (size_t)(v->key.ptr - text.ptr), to = from + v->key.len;
  const pe_key_info *info = pe_catalog_key(c->catalog, v->key);
  const char *colon = v->key.len ? memchr(v->key.ptr, ':', v->key.len) : NULL;
  pe_slice prefix = pe_slice_sub(v->key, 0, colon ? (size_t)(colon - v->key.ptr) : 0);
  if (info && info->multi) {
    pe_check_part(c, PE_RULE_VARIABLE_KEY_MULTIVALUED, node, from, to,
                  "%.*s has many values and cannot be a variable.", PE_CHECK_TEXT(v->key));
  } else if (!info && (!colon || pe_check_equals(prefix, "aws") ||
                       (pe_catalog_knows_service(c->catalog, prefix) && pe_catalog_complete(c->catalog, prefix)))) {
    pe_check_part(c, PE_RULE_VARIABLE_KEY_UNKNOWN, node, from, to, "There is no condition key %.*s.",
                  PE_CHECK_TEXT(v->key));
  }
}

/* A text in which variables work. */
static void check_text(pe_check *c, uint32_t node, pe_slice text) {
  place p = {c, node};
  pe_pattern pattern;
  if (!c->policy->version_2012) {
    pe_check_value(c, PE_RULE_VARIABLE_UNSUPPORTED_IN_VERSION, node,
                   "\"%.*s\" is plain text: variables need Version 2012-10-17.", PE_CHECK_TEXT(text));
    return;
  }
  pe_pattern_faults(text, fault, &p);
  if (pe_pattern_compile(c->scratch, text, PE_PATTERN_WILD | PE_PATTERN_VARIABLES, &pattern)) {
    c->result = POLICYEVAL_ENOMEM;
    return;
  }
  for (uint32_t i = 0; i < pattern.nvariables && !c->result; i++) check_name(c, node, text, &pattern.variables[i]);
}

static void unsupported(pe_check *c, uint32_t node, bool name, const char *where) {
  if (name) {
    pe_check_name(c, PE_RULE_VARIABLE_UNSUPPORTED_IN_ELEMENT, node, "No variable works in %s.", where);
  } else {
    pe_check_value(c, PE_RULE_VARIABLE_UNSUPPORTED_IN_ELEMENT, node, "No variable works in %s.", where);
  }
}

static void check_resource(pe_check *c, const pe_resource *r) {
  if (!pe_check_has_variable(r->text)) return;
  pe_arn arn;
  pe_arn_split_pattern(r->text, &arn);
  if (c->policy->version_2012) {
    for (int i = 0; i < PE_ARN_RESOURCE && i < arn.count; i++) {
      if (!pe_check_has_variable(arn.field[i])) continue;
      size_t from = (size_t)(arn.field[i].ptr - r->text.ptr);
      pe_check_part(c, PE_RULE_VARIABLE_UNSUPPORTED_IN_ELEMENT, r->node, from, from + arn.field[i].len,
                    "Variables work in the sixth field of an ARN only; here \"%.*s\" is plain text.",
                    PE_CHECK_TEXT(arn.field[i]));
    }
  }
  check_text(c, r->node, r->text);
}

static void check_condition(pe_check *c, const pe_condition *e) {
  const pe_op_info *op = pe_op_get((pe_op)e->op.op);
  bool takes = op->family == PE_FAMILY_STRING || op->family == PE_FAMILY_ARN;
  if (pe_check_has_variable(e->key)) unsupported(c, e->key_node, true, "the name of a condition key");
  for (uint32_t i = 0; i < e->count && !c->result; i++) {
    const pe_cond_value *v = &e->values[i];
    if (!pe_check_has_variable(v->text)) continue;
    if (takes) {
      check_text(c, v->node, v->text);
    } else {
      pe_check_value(c, PE_RULE_INVALID_VARIABLE_FOR_OPERATOR, v->node, "%s takes no variables.", op->name);
    }
  }
}

void pe_check_variables(pe_check *c) {
  const pe_statement *s = c->s;
  if (s->sid.ptr && pe_check_has_variable(s->sid)) unsupported(c, pe_json_get(c->json, s->node, "Sid"), false, "a Sid");
  for (uint32_t i = 0; i < s->nactions; i++) {
    if (pe_check_has_variable(s->actions[i].text)) unsupported(c, s->actions[i].node, false, "an action");
  }
  for (uint32_t i = 0; i < s->nprincipals; i++) {
    if (pe_check_has_variable(s->principals[i].text)) unsupported(c, s->principals[i].node, false, "a principal");
  }
  for (uint32_t i = 0; i < s->nresources && !c->result; i++) check_resource(c, &s->resources[i]);
  for (uint32_t i = 0; i < s->nconditions && !c->result; i++) check_condition(c, &s->conditions[i]);
}

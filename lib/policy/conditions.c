/* SPDX-License-Identifier: MIT */
/* Condition: L1.8. */
#include "policy/build.h"

/* The right spelling of an operator that is right but for its letter case. */
static size_t spell(const pe_operator *op, char *out, size_t size) {
  static const char *const prefix[] = {"", "ForAllValues:", "ForAnyValue:"};
  const char *parts[] = {prefix[op->quantifier], pe_op_get((pe_op)op->op)->name,
                         op->if_exists ? "IfExists" : ""};
  size_t len = 0;
  for (size_t i = 0; i < 3; i++) {
    size_t n = strlen(parts[i]);
    if (n >= size - len) n = size - len - 1;
    memcpy(out + len, parts[i], n);
    len += n;
  }
  out[len] = '\0';
  return len;
}

/* The nearest operator to a base name that is none. */
static const char *nearest_operator(pe_slice name) {
  const char *known[PE_OPS + 1];
  for (unsigned i = 0; i < PE_OPS; i++) known[i] = pe_op_get((pe_op)i)->name;
  known[PE_OPS] = NULL;
  const char *colon = name.len ? memchr(name.ptr, ':', name.len) : NULL;
  if (colon) name = pe_slice_sub(name, (size_t)(colon - name.ptr) + 1, name.len);
  if (pe_slice_ends(name, PE_SLICE("IfExists"))) name = pe_slice_sub(name, 0, name.len - 8);
  return pe_spelling_nearest(name, known);
}

static void bad_case(pe_build *b, uint32_t node, const pe_operator *op) {
  char right[80], quoted[sizeof right + 2];
  size_t len = spell(op, right, sizeof right);
  pe_span span = pe_build_key_span(b, node);
  pe_finding *finding = pe_build_fault(b, PE_RULE_INVALID_CONDITION_OPERATOR, node, span,
                                       "There is no operator \"%.*s\": write \"%s\".",
                                       PE_EXCERPT(pe_build_node(b, node)->key), right);
  if (!finding) return;
  finding->on_key = 1;
  quoted[0] = '"';
  memcpy(quoted + 1, right, len);
  quoted[len + 1] = '"';
  pe_build_fix(b, finding, span, pe_slice_of(quoted, len + 2), false, "Correct the operator");
}

/* False after a fault, and for an operator without keys, which has no effect whatever its name (AMB-35). */
static bool parse_operator(pe_build *b, uint32_t node, pe_operator *op) {
  const pe_json_node *member = pe_build_node(b, node);
  pe_finding *finding = NULL;
  if (member->duplicate) pe_build_duplicate(b, node);
  if (member->type != PE_JSON_OBJECT) {
    pe_build_mismatch(b, node, "A condition operator", "an object of condition keys");
    return false;
  }
  if (member->children == 0) return false;
  switch (pe_operator_parse(member->key, op)) {
  case PE_OPERATOR_OK: return true;
  case PE_OPERATOR_CASE: bad_case(b, node, op); return false;
  case PE_OPERATOR_NULL_EXISTS:
    finding = pe_build_fault(b, PE_RULE_NULL_WITH_IF_EXISTS, node, member->key_span,
                             "Null asks whether a key exists and takes no IfExists: write \"Null\".");
    break;
  case PE_OPERATOR_UNKNOWN:
  default: {
    const char *near = nearest_operator(member->key);
    finding = pe_build_fault(b, PE_RULE_INVALID_CONDITION_OPERATOR, node, member->key_span,
                             near ? "There is no operator \"%.*s\"; the nearest one is %s."
                                  : "There is no operator \"%.*s\".%s",
                             PE_EXCERPT(member->key), near ? near : "");
    break;
  }
  }
  if (finding) finding->on_key = 1;
  return false;
}

static bool is_value(uint8_t type) {
  return type != PE_JSON_NULL && type != PE_JSON_ARRAY && type != PE_JSON_OBJECT;
}

static void add_value(pe_build *b, uint32_t node) {
  const pe_json_node *value = pe_build_node(b, node);
  if (!is_value(value->type)) {
    pe_build_mismatch(b, node, "A condition key", "strings, numbers and booleans");
    return;
  }
  if (value->text.len > b->limits->pattern) {
    pe_build_limit(b, node, "bytes", b->limits->pattern);
    return;
  }
  pe_cond_input *in = pe_vec_push(&b->values, b->policy->alloc);
  if (!in) {
    b->result = POLICYEVAL_ENOMEM;
    return;
  }
  in->text = value->text;
  if (value->type == PE_JSON_TRUE) in->text = PE_SLICE("true");
  if (value->type == PE_JSON_FALSE) in->text = PE_SLICE("false");
  in->span = value->span;
  in->node = node;
  in->json_type = value->type;
}

static void collect_values(pe_build *b, uint32_t node) {
  const pe_json_node *value = pe_build_node(b, node);
  b->values.len = 0;
  if (value->type != PE_JSON_ARRAY) {
    add_value(b, node);
    return;
  }
  for (uint32_t i = pe_json_first(node); i < value->next && !b->result; i = pe_build_node(b, i)->next)
    add_value(b, i);
}

/* D1.3: an Allow to everybody that is held to a principal by its ARN counts as one to that principal. */
static bool names_principal_arn(const pe_condition *c) {
  const pe_op_info *op = pe_op_get((pe_op)c->op.op);
  return !op->negated && (op->family == PE_FAMILY_STRING || op->family == PE_FAMILY_ARN) &&
         !c->op.if_exists && c->op.quantifier != PE_SET_FOR_ALL &&
         pe_slice_eq_ascii_nocase(c->key, PE_SLICE("aws:PrincipalArn"));
}

static void add_key(pe_build *b, uint32_t operator_node, const pe_operator *op, uint32_t node) {
  const pe_json_node *member = pe_build_node(b, node), *block = pe_build_node(b, operator_node);
  if (member->duplicate) pe_build_duplicate(b, node);
  collect_values(b, node);
  if (b->result) return;
  pe_statement *s = b->statement;
  pe_condition *c = &s->conditions[s->nconditions];
  int rc = pe_condition_compile(b->arena, block->key, op, member->key, b->values.data,
                                (uint32_t)b->values.len, b->variables, c);
  if (rc) {
    b->result = rc;
    return;
  }
  s->nconditions++;
  c->operator_node = operator_node;
  c->operator_span = block->key_span;
  c->key_node = node;
  c->key_span = member->key_span;
  if (names_principal_arn(c)) s->names_principal_arn = 1;
}

/* Two keys of a block that differ in letter case only are one key given twice (L1.8.7, AMB-21). A hash
 * table, so that a block of many keys takes no quadratic time. */
static void check_case(pe_build *b, uint32_t block) {
  const pe_json_node *object = pe_build_node(b, block);
  if (object->children < 2) return;
  size_t slots = 4;
  while (slots < (size_t)object->children * 2) slots *= 2;
  uint32_t few[16] = {0};
  uint32_t *table = few;
  if (slots > sizeof few / sizeof few[0]) {
    table = pe_alloc_array(b->policy->alloc, slots, sizeof *table);
    if (!table) {
      b->result = POLICYEVAL_ENOMEM;
      return;
    }
  }
  for (uint32_t i = pe_json_first(block); i < object->next && !b->result; i = pe_build_node(b, i)->next) {
    pe_slice key = pe_build_node(b, i)->key;
    size_t at = pe_slice_slot(pe_slice_hash_nocase(key), slots - 1);
    while (table[at] && !pe_slice_eq_ascii_nocase(pe_build_node(b, table[at])->key, key))
      at = (at + 1) & (slots - 1);
    if (!table[at]) {
      table[at] = i;
    } else if (!pe_build_node(b, i)->duplicate) {
      pe_finding *finding =
          pe_build_fault(b, PE_RULE_DUPLICATE_KEYS_WITH_DIFFERENT_CASE, i, pe_build_key_span(b, i),
                         "\"%.*s\" and \"%.*s\" are one condition key.",
                         PE_EXCERPT(pe_build_node(b, table[at])->key), PE_EXCERPT(key));
      if (finding) finding->on_key = 1;
    }
  }
  if (table != few) pe_alloc_free(b->policy->alloc, table);
}

void pe_build_conditions(pe_build *b, uint32_t node) {
  pe_statement *s = b->statement;
  const pe_json_node *value = pe_build_node(b, node);
  s->condition_node = node;
  s->condition_span = value->span;
  if (value->type != PE_JSON_OBJECT) {
    pe_build_mismatch(b, node, "Condition", "an object of condition operators");
    return;
  }
  size_t count = 0;
  for (uint32_t i = pe_json_first(node); i < value->next; i = pe_build_node(b, i)->next) {
    if (pe_json_is(b->json, i, PE_JSON_OBJECT)) count += pe_build_node(b, i)->children;
  }
  s->conditions = pe_build_array(b, count, sizeof *s->conditions);
  for (uint32_t i = pe_json_first(node); i < value->next && !b->result; i = pe_build_node(b, i)->next) {
    pe_operator op;
    if (!parse_operator(b, i, &op)) continue;
    check_case(b, i);
    const pe_json_node *block = pe_build_node(b, i);
    for (uint32_t k = pe_json_first(i); k < block->next && !b->result; k = pe_build_node(b, k)->next) {
      add_key(b, i, &op, k);
    }
  }
}

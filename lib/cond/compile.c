/* SPDX-License-Identifier: MIT */
#include "cond/family.h"

/* The key in ASCII lower case: itself when it is written so. */
static int lower_key(pe_arena *arena, pe_slice key, pe_slice *out) {
  size_t i = 0;
  while (i < key.len && !(key.ptr[i] >= 'A' && key.ptr[i] <= 'Z')) i++;
  *out = key;
  if (i == key.len) return 0;
  char *copy = pe_arena_copy(arena, key.ptr, key.len);
  if (!copy) return POLICYEVAL_ENOMEM;
  for (; i < key.len; i++) {
    if (copy[i] >= 'A' && copy[i] <= 'Z') copy[i] = (char)(copy[i] | 0x20);
  }
  out->ptr = copy;
  return 0;
}

static bool value_has_variable(const pe_condition *c, const pe_cond_value *v) {
  if (c->family == PE_FAMILY_STRING) return v->as.pattern.has_variable;
  return c->family == PE_FAMILY_ARN && v->as.arn->has_variable;
}

int pe_condition_compile(pe_arena *arena, pe_slice operator_text, const pe_operator *op, pe_slice key,
                         const pe_cond_input *values, uint32_t count, bool variables, pe_condition *out) {
  pe_condition c = {.op = *op, .operator_text = operator_text, .key = key, .count = count};
  int rc = lower_key(arena, key, &c.lower);
  if (rc) return rc;
  c.hash = pe_slice_hash(c.lower);
  c.family = pe_op_get((pe_op)op->op)->family;
  c.negated = pe_op_get((pe_op)op->op)->negated;
  c.info = pe_key_find(key);
  if (count > 0) {
    c.values = pe_arena_zero(arena, count, sizeof *c.values);
    if (!c.values) return POLICYEVAL_ENOMEM;
  }
  const pe_family_ops *family = pe_family_get((pe_family)c.family);
  for (uint32_t i = 0; i < count; i++) {
    pe_cond_value *v = &c.values[i];
    v->text = values[i].text;
    v->span = values[i].span;
    v->node = values[i].node;
    v->json_type = values[i].json_type;
    rc = family->compile(arena, &c, variables, v);
    if (rc) return rc;
    c.has_variable |= value_has_variable(&c, v);
  }
  c.simple = op->quantifier == PE_SET_NONE && count > 0 && !c.has_variable && !(c.info && c.info->multi) &&
             c.family == PE_FAMILY_STRING;
  rc = pe_cond_listed_make(arena, &c);
  if (rc) return rc;
  *out = c;
  return 0;
}

bool pe_condition_same(const pe_condition *a, const pe_condition *b) {
  if (a->count != b->count || !pe_slice_eq(a->operator_text, b->operator_text) ||
      !pe_slice_eq(a->key, b->key)) {
    return false;
  }
  for (uint32_t i = 0; i < a->count; i++) {
    const pe_cond_value *x = &a->values[i], *y = &b->values[i];
    if (x->json_type != y->json_type || x->valid != y->valid || !pe_slice_eq(x->text, y->text)) return false;
  }
  return true;
}

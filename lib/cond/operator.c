/* SPDX-License-Identifier: MIT */
#include "cond/condition.h"

#define PE_OPERATOR(id, name, family, negated) {name, PE_FAMILY_##family, negated},
static const pe_op_info operators[PE_OPS] = {
#include "cond/operators.def"
};
#undef PE_OPERATOR

const pe_op_info *pe_op_get(pe_op op) { return &operators[op]; }

static bool take_prefix(pe_slice *text, pe_slice prefix, bool *exact) {
  pe_slice head = pe_slice_sub(*text, 0, prefix.len);
  if (!pe_slice_eq_ascii_nocase(head, prefix)) return false;
  *exact &= pe_slice_eq(head, prefix);
  *text = pe_slice_sub(*text, prefix.len, text->len);
  return true;
}

static bool take_suffix(pe_slice *text, pe_slice suffix, bool *exact) {
  if (text->len < suffix.len) return false;
  pe_slice tail = pe_slice_sub(*text, text->len - suffix.len, text->len);
  if (!pe_slice_eq_ascii_nocase(tail, suffix)) return false;
  *exact &= pe_slice_eq(tail, suffix);
  *text = pe_slice_sub(*text, 0, text->len - suffix.len);
  return true;
}

pe_operator_fault pe_operator_parse(pe_slice text, pe_operator *out) {
  pe_operator o = {0};
  bool exact = true;
  if (take_prefix(&text, PE_SLICE("ForAllValues:"), &exact)) {
    o.quantifier = PE_SET_FOR_ALL;
  } else if (take_prefix(&text, PE_SLICE("ForAnyValue:"), &exact)) {
    o.quantifier = PE_SET_FOR_ANY;
  }
  o.if_exists = take_suffix(&text, PE_SLICE("IfExists"), &exact);
  for (int i = 0; i < PE_OPS; i++) {
    pe_slice name = pe_slice_str(operators[i].name);
    if (!pe_slice_eq_ascii_nocase(text, name)) continue;
    exact &= pe_slice_eq(text, name);
    o.op = (uint8_t)i;
    *out = o;
    if (i == PE_OP_NULL && o.if_exists) return PE_OPERATOR_NULL_EXISTS;
    return exact ? PE_OPERATOR_OK : PE_OPERATOR_CASE;
  }
  return PE_OPERATOR_UNKNOWN;
}

static void add(char *out, size_t *len, pe_slice s) {
  memcpy(out + *len, s.ptr, s.len);
  *len += s.len;
}

size_t pe_operator_print(const pe_operator *o, char out[PE_OPERATOR_MAX]) {
  size_t len = 0;
  if (o->quantifier == PE_SET_FOR_ALL) add(out, &len, PE_SLICE("ForAllValues:"));
  if (o->quantifier == PE_SET_FOR_ANY) add(out, &len, PE_SLICE("ForAnyValue:"));
  add(out, &len, pe_slice_str(operators[o->op].name));
  if (o->if_exists) add(out, &len, PE_SLICE("IfExists"));
  out[len] = '\0';
  return len;
}

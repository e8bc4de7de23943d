/* SPDX-License-Identifier: MIT */
/* L2.8 */
#include "cond/family.h"

/* AMB-15: an IPv4-mapped IPv6 address or block may count as the IPv4 one. */
static void unmap(pe_leaf *leaf, pe_cidr *p) {
  pe_cidr v4;
  if (pe_cidr_unmap(p, &v4) && pe_leaf_reading(leaf, PE_ROW_AMB_15) == PE_AMB_15_V4) *p = v4;
}

static int compile(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value) {
  (void)arena, (void)c, (void)variables;
  value->valid = pe_cidr_parse(value->text, &value->as.cidr);
  return 0;
}

static void read_address(pe_leaf *leaf, pe_slice text, pe_operand *out) {
  out->text = text;
  out->valid = pe_address_parse(text, &out->as.cidr);
  if (out->valid) unmap(leaf, &out->as.cidr);
}

static pe_base match(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                     const pe_operand *operand) {
  (void)c;
  if (!value->valid) return PE_BASE_MALFORMED;
  pe_cidr block = value->as.cidr;
  unmap(leaf, &block);
  return pe_cidr_contains(&block, &operand->as.cidr) ? PE_BASE_YES : PE_BASE_NO;
}

const pe_family_ops pe_family_ip = {compile, read_address, match};

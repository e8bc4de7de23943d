/* SPDX-License-Identifier: MIT */
/* L2.7: what counts is the bytes. */
#include "cond/family.h"

static int compile(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value) {
  (void)c, (void)variables;
  int rc = pe_base64_decode(arena, value->text, &value->as.bytes);
  if (rc < 0) return rc;
  value->valid = rc == 0;
  return 0;
}

static void read_bytes(pe_leaf *leaf, pe_slice text, pe_operand *out) {
  (void)leaf;
  out->text = text;
  out->valid = pe_base64_valid(text);
}

/* Decodes on the fly: a test allocates nothing. */
static pe_base match(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                     const pe_operand *operand) {
  (void)leaf, (void)c;
  if (!value->valid) return PE_BASE_MALFORMED;
  return pe_base64_equal(operand->text, value->as.bytes) ? PE_BASE_YES : PE_BASE_NO;
}

const pe_family_ops pe_family_binary = {compile, read_bytes, match};

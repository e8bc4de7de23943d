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

/* Six bits, or -1. */
static int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The text without its padding; false: not base64. */
static bool digits_of(pe_slice text, pe_slice *out) {
  size_t n = text.len;
  if (n % 4 == 0 && n > 0 && text.ptr[n - 1] == '=') n -= text.ptr[n - 2] == '=' ? 2 : 1;
  for (size_t i = 0; i < n; i++) {
    if (digit(text.ptr[i]) < 0) return false;
  }
  *out = pe_slice_sub(text, 0, n);
  return n % 4 != 1;
}

static void read_bytes(pe_leaf *leaf, pe_slice text, pe_operand *out) {
  (void)leaf;
  out->valid = digits_of(text, &out->text);
}

/* Decodes on the fly: a test allocates nothing. */
static pe_base match(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                     const pe_operand *operand) {
  (void)leaf, (void)c;
  if (!value->valid) return PE_BASE_MALFORMED;
  pe_slice digits = operand->text, bytes = value->as.bytes;
  if (digits.len * 3 / 4 != bytes.len) return PE_BASE_NO;
  unsigned have = 0, bits = 0;
  for (size_t i = 0, at = 0; i < digits.len; i++) {
    bits = (bits << 6 | (unsigned)digit(digits.ptr[i])) & 0xFFFF;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    if ((bits >> have & 0xFF) != (unsigned char)bytes.ptr[at++]) return PE_BASE_NO;
  }
  return PE_BASE_YES;
}

const pe_family_ops pe_family_binary = {compile, read_bytes, match};

/* SPDX-License-Identifier: MIT */
/* Address ranges: host bits, ranges inside others, private ones under aws:SourceIp (L2.8). */
#include "check/check.h"

static void print_cidr(pe_buf *out, const pe_cidr *r) {
  if (r->version == 4) {
    pe_buf_fmt(out, "%u.%u.%u.%u/%u", r->bytes[12], r->bytes[13], r->bytes[14], r->bytes[15], r->prefix);
    return;
  }
  unsigned last = 8; /* groups behind which all is zero are written :: */
  while (last > 0 && !r->bytes[2 * last - 2] && !r->bytes[2 * last - 1]) last--;
  for (unsigned i = 0; i < last; i++)
    pe_buf_fmt(out, "%s%x", i ? ":" : "", (unsigned)r->bytes[2 * i] << 8 | r->bytes[2 * i + 1]);
  if (last == 7) pe_buf_str(out, ":0");
  if (last < 7) pe_buf_str(out, "::");
  pe_buf_fmt(out, "/%u", r->prefix);
}

static void check_host_bits(pe_check *c, const pe_cond_value *v) {
  if (!v->as.cidr.host_bits) return;
  pe_buf buf;
  pe_buf_init(&buf, c->alloc);
  pe_buf_char(&buf, '"');
  print_cidr(&buf, &v->as.cidr);
  pe_buf_char(&buf, '"');
  if (buf.failed) {
    c->result = POLICYEVAL_ENOMEM;
  } else {
    pe_finding *f = pe_check_value(c, PE_RULE_IMPROVE_IP_RANGE, v->node,
                                   "The bits behind the prefix do not count: write %.*s.", (int)buf.len - 2, buf.ptr + 1);
    pe_check_fix(c, f, pe_slice_of(buf.ptr, buf.len), true, "Write the range without them");
  }
  pe_buf_done(&buf);
}

static void check_private(pe_check *c, const pe_condition *e) {
  uint32_t private = 0, valid = 0;
  if (!pe_check_equals(e->key, "aws:SourceIp")) return;
  for (uint32_t i = 0; i < e->count; i++) {
    if (!e->values[i].valid) continue;
    valid++;
    private += pe_cidr_private(&e->values[i].as.cidr);
  }
  if (private == 0) return;
  bool not = e->op.op == PE_OP_NOT_IP_ADDRESS;
  if (private == valid) {
    pe_check_value(c, not ? PE_RULE_PRIVATE_NOT_IP_ADDRESS : PE_RULE_PRIVATE_IP_ADDRESS, e->key_node,
                   "aws:SourceIp never holds a private address: this is %s true.", not ? "always" : "never");
    return;
  }
  for (uint32_t i = 0; i < e->count; i++) {
    if (!e->values[i].valid || !pe_cidr_private(&e->values[i].as.cidr)) continue;
    pe_finding *f = pe_check_value(c, not ? PE_RULE_PRIVATE_NOT_IP_ADDRESS_SUBSET : PE_RULE_PRIVATE_IP_ADDRESS_SUBSET,
                                   e->values[i].node, "aws:SourceIp never holds a private address such as \"%.*s\".",
                                   PE_CHECK_TEXT(e->values[i].text));
    pe_check_fix_remove(c, f, e->values[i].node, true, "Remove the range");
  }
}

/* ---- ranges inside others: a table of ranges, asked for each shorter prefix ---- */

typedef struct range_table {
  uint32_t *slot; /* index of the value and one */
  size_t mask;
  const pe_condition *e;
} range_table;

static uint64_t hash_range(const pe_cidr *r, unsigned prefix) {
  unsigned char key[18] = {0};
  unsigned start = r->version == 4 ? 96 : 0;
  key[0] = r->version;
  key[1] = (unsigned char)prefix;
  for (unsigned bit = 0; bit < prefix; bit++) {
    unsigned at = start + bit;
    key[2 + at / 8] = (unsigned char)(key[2 + at / 8] | (r->bytes[at / 8] & (0x80u >> (at % 8))));
  }
  return pe_slice_hash(pe_slice_of((const char *)key, sizeof key));
}

static bool same_range(const pe_cidr *a, const pe_cidr *b, unsigned prefix) {
  return a->version == b->version && a->prefix == prefix && pe_cidr_contains(a, b);
}

/* The value that holds the first `prefix` bits of r as its range, or where it would stand. */
static uint32_t *lookup(const range_table *t, const pe_cidr *r, unsigned prefix) {
  size_t at = (size_t)hash_range(r, prefix) & t->mask;
  while (t->slot[at] && !same_range(&t->e->values[t->slot[at] - 1].as.cidr, r, prefix)) at = (at + 1) & t->mask;
  return &t->slot[at];
}

static void report_inside(pe_check *c, const pe_cond_value *v, const pe_cond_value *outer) {
  pe_finding *f = pe_check_value(c, PE_RULE_REDUNDANT_IP_RANGE, v->node, "\"%.*s\" lies in \"%.*s\".",
                                 PE_CHECK_TEXT(v->text), PE_CHECK_TEXT(outer->text));
  pe_check_fix_remove(c, f, v->node, true, "Remove the range");
}

static void check_inside(pe_check *c, const pe_condition *e) {
  if (e->count < 2 || !pe_check_wants(c, PE_RULE_REDUNDANT_IP_RANGE)) return;
  range_table t = {.e = e};
  size_t slots = 8;
  while (slots < (size_t)e->count * 2) slots *= 2;
  t.mask = slots - 1;
  t.slot = pe_arena_zero(c->scratch, slots, sizeof *t.slot);
  if (!t.slot) {
    c->result = POLICYEVAL_ENOMEM;
    return;
  }
  for (uint32_t i = 0; i < e->count; i++) {
    const pe_cond_value *v = &e->values[i];
    if (!v->valid) continue;
    uint32_t *slot = lookup(&t, &v->as.cidr, v->as.cidr.prefix);
    if (*slot) report_inside(c, v, &e->values[*slot - 1]); /* the same range again */
    if (!*slot) *slot = i + 1;
  }
  for (uint32_t i = 0; i < e->count && !c->result; i++) {
    const pe_cond_value *v = &e->values[i];
    if (!v->valid) continue;
    for (unsigned prefix = v->as.cidr.prefix; prefix > 0;) {
      prefix--;
      uint32_t found = *lookup(&t, &v->as.cidr, prefix);
      if (!found) continue;
      report_inside(c, v, &e->values[found - 1]);
      break;
    }
  }
}

void pe_check_addresses(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nconditions && !c->result; i++) {
    const pe_condition *e = &c->s->conditions[i];
    if (pe_op_get((pe_op)e->op.op)->family != PE_FAMILY_IP) continue;
    for (uint32_t k = 0; k < e->count && !c->result; k++) {
      if (e->values[k].valid) check_host_bits(c, &e->values[k]);
    }
    check_private(c, e);
    check_inside(c, e);
  }
}

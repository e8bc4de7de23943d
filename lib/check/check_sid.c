/* SPDX-License-Identifier: MIT */
/* Sid: L1.4.5 to L1.4.7. */
#include "check/check.h"

static bool alphanumeric(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
}

/* Statements by their Sid: open addressing, 0 is free, else the index and one. */
typedef struct sid_table {
  uint32_t *slot;
  size_t mask;
} sid_table;

static uint32_t *find(const pe_check *c, const sid_table *t, pe_slice sid) {
  size_t at = pe_slice_slot(pe_slice_hash(sid), t->mask);
  while (t->slot[at] && !pe_slice_eq(c->policy->statements[t->slot[at] - 1].sid, sid)) at = (at + 1) & t->mask;
  return &t->slot[at];
}

static bool build(pe_check *c, sid_table *t) {
  size_t slots = 8;
  while (slots < (size_t)c->policy->nstatements * 2) slots *= 2;
  t->mask = slots - 1;
  t->slot = pe_arena_zero(c->scratch, slots, sizeof *t->slot);
  if (!t->slot) c->result = POLICYEVAL_ENOMEM;
  return t->slot != NULL;
}

static void check_characters(pe_check *c, const sid_table *t, uint32_t node, pe_slice sid) {
  char kept[128];
  size_t len = 0, bad = sid.len;
  for (size_t i = 0; i < sid.len; i++) {
    if (!alphanumeric(sid.ptr[i])) {
      if (bad == sid.len) bad = i;
    } else if (len < sizeof kept) {
      kept[len++] = sid.ptr[i];
    }
  }
  if (bad == sid.len) return;
  pe_finding *f = pe_check_value(c, PE_RULE_UNSUPPORTED_SID, node,
                                 "The Sid \"%.*s\" has characters other than letters and digits.", PE_CHECK_TEXT(sid));
  if (len == 0 || sid.len > sizeof kept || *find(c, t, pe_slice_of(kept, len))) return; /* no good name is left */
  pe_check_fix_part(c, f, node, 0, sid.len, pe_slice_of(kept, len), true, "Write letters and digits only");
}

static void check_sid(pe_check *c, const sid_table *t, const pe_statement *s) {
  uint32_t node = pe_json_get(c->json, s->node, "Sid");
  if (!s->sid.ptr || !node) return;
  if (s->sid.len == 0) {
    pe_finding *f = pe_check_value(c, PE_RULE_EMPTY_SID_VALUE, node, "The Sid is empty.");
    pe_check_fix_remove(c, f, node, true, "Remove the Sid");
    return;
  }
  check_characters(c, t, node, s->sid);
  uint32_t *slot = find(c, t, s->sid);
  if (!*slot) {
    *slot = s->index + 1;
    return;
  }
  bool must = pe_check_kind_in(c, pe_rule_get(PE_RULE_UNIQUE_SIDS_REQUIRED)->kinds);
  pe_check_value(c, must ? PE_RULE_UNIQUE_SIDS_REQUIRED : PE_RULE_UNIQUE_SIDS_RECOMMENDED, node,
                 "Statement %u has the Sid \"%.*s\", too.", *slot - 1, PE_CHECK_TEXT(s->sid));
}

void pe_check_sids(pe_check *c) {
  sid_table table;
  if (!build(c, &table)) return;
  for (uint32_t i = 0; i < c->policy->nstatements && !c->result; i++) {
    const pe_statement *s = &c->policy->statements[i];
    if (pe_json_is(c->json, s->node, PE_JSON_OBJECT)) check_sid(c, &table, s);
  }
}

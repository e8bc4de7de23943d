/* SPDX-License-Identifier: MIT */
/* Entries that other entries of the same list cover, and statements that are there twice. */
#include "base/wrap.h"
#include "check/check.h"
#include "check/cover.h"
#include "sym/compile.h"
#include "text/arn.h"

/* Field by field, as resources are matched (L1.7.4). */
static bool covers_arn(pe_slice outer, pe_slice inner, bool nocase) {
  pe_arn a, b;
  pe_arn_split_pattern(outer, &a);
  pe_arn_split_pattern(inner, &b);
  if (a.count < PE_ARN_FIELDS || b.count < PE_ARN_FIELDS) return false;
  for (int i = 0; i < PE_ARN_FIELDS; i++) {
    if (!pe_cover_glob(a.field[i], b.field[i], nocase)) return false;
  }
  return true;
}

typedef struct list {
  pe_cover_entry *entries;
  uint32_t *nodes;
  uint32_t count;
} list;

static bool make(pe_check *c, list *l, uint32_t count) {
  l->count = count;
  l->entries = pe_arena_zero(c->scratch, count, sizeof *l->entries);
  l->nodes = pe_arena_zero(c->scratch, count, sizeof *l->nodes);
  if (!l->entries || !l->nodes) c->result = POLICYEVAL_ENOMEM;
  return !c->result;
}

static void report(pe_check *c, const list *l, pe_rule rule) {
  for (uint32_t i = 0; i < l->count && !c->result; i++) {
    const pe_cover_entry *e = &l->entries[i];
    if (e->skip || e->by == UINT32_MAX) continue;
    pe_slice by = l->entries[e->by].text;
    pe_finding *f = pe_slice_eq(by, e->text)
                        ? pe_check_value(c, rule, l->nodes[i], "\"%.*s\" is there twice.", PE_CHECK_TEXT(e->text))
                        : pe_check_value(c, rule, l->nodes[i], "\"%.*s\" is covered by \"%.*s\".",
                                         PE_CHECK_TEXT(e->text), PE_CHECK_TEXT(by));
    pe_check_fix_remove(c, f, l->nodes[i], true, "Remove it");
  }
}

static void check_actions(pe_check *c) {
  const pe_statement *s = c->s;
  list l;
  if (s->nactions < 2 || !pe_check_wants(c, PE_RULE_REDUNDANT_ACTION) || !make(c, &l, s->nactions)) return;
  for (uint32_t i = 0; i < s->nactions; i++) {
    l.nodes[i] = s->actions[i].node;
    l.entries[i] = (pe_cover_entry){.text = s->actions[i].text, .all = s->actions[i].any, .skip = s->actions[i].never};
  }
  c->result = pe_cover_find(c->scratch, l.entries, l.count, true, 1, pe_cover_glob, &c->work, &c->incomplete);
  report(c, &l, PE_RULE_REDUNDANT_ACTION);
}

static void check_resources(pe_check *c) {
  const pe_statement *s = c->s;
  list l;
  if (s->nresources < 2 || !pe_check_wants(c, PE_RULE_REDUNDANT_RESOURCE) || !make(c, &l, s->nresources)) return;
  for (uint32_t i = 0; i < s->nresources; i++) {
    const pe_resource *r = &s->resources[i];
    l.nodes[i] = r->node;
    l.entries[i] = (pe_cover_entry){.text = r->text, .all = pe_slice_eq(r->text, PE_SLICE("*")), .skip = r->never};
    /* What a short ARN matches depends on the kind (AMB-4). */
    if (!l.entries[i].all && !r->never && r->pattern.count < PE_ARN_FIELDS) l.entries[i].literal = 1;
    /* A wildcard in the type word may match nothing (AMB-2). */
    if (!r->never && r->pattern.wild_type && pe_compile_type_word(&r->pattern)) l.entries[i].literal = 1;
  }
  c->result = pe_cover_find(c->scratch, l.entries, l.count, false, 5, covers_arn, &c->work, &c->incomplete);
  report(c, &l, PE_RULE_REDUNDANT_RESOURCE);
}

void pe_check_redundant(pe_check *c) {
  check_actions(c);
  if (!c->result) check_resources(c);
}

/* ---- statements that say the same, member by member ---- */

PE_WRAPS static uint64_t mix(uint64_t hash, uint64_t more) { return (hash ^ more) * 0x9E3779B97F4A7C15u ^ hash >> 29; }

/* Over the nodes of a value; the names of members count, places do not. */
static uint64_t hash_tree(const pe_check *c, uint64_t hash, uint32_t node) {
  const pe_json_node *top = pe_check_node(c, node);
  for (uint32_t i = node; i < top->next; i++) {
    const pe_json_node *n = pe_check_node(c, i);
    hash = mix(hash, (uint64_t)n->type << 32 | n->children);
    if (n->text.len) hash = mix(hash, pe_slice_hash(n->text));
    if (i != node && n->key.len) hash = mix(hash, pe_slice_hash(n->key));
  }
  return hash;
}

static bool counts(const pe_json_node *member) { return !pe_slice_eq(member->key, PE_SLICE("Sid")); }

PE_WRAPS static uint64_t hash_statement(const pe_check *c, uint32_t node) {
  uint64_t sum = 0; /* the order of members has no meaning */
  const pe_json_node *object = pe_check_node(c, node);
  for (uint32_t i = pe_json_first(node); i < object->next; i = pe_check_node(c, i)->next) {
    if (counts(pe_check_node(c, i))) sum += hash_tree(c, pe_slice_hash(pe_check_node(c, i)->key), i);
  }
  return sum;
}

static bool same_statement(const pe_check *c, uint32_t a, uint32_t b) {
  uint32_t left = 0, right = 0;
  for (uint32_t i = pe_json_first(b); i < pe_check_node(c, b)->next; i = pe_check_node(c, i)->next)
    right += counts(pe_check_node(c, i));
  for (uint32_t i = pe_json_first(a); i < pe_check_node(c, a)->next; i = pe_check_node(c, i)->next) {
    if (!counts(pe_check_node(c, i))) continue;
    left++;
    bool found = false;
    for (uint32_t k = pe_json_first(b); k < pe_check_node(c, b)->next && !found; k = pe_check_node(c, k)->next)
      found = pe_slice_eq(pe_check_node(c, i)->key, pe_check_node(c, k)->key) && pe_check_same_tree(c, i, k);
    if (!found) return false;
  }
  return left == right;
}

void pe_check_duplicates(pe_check *c) {
  const pe_policy *p = c->policy;
  size_t slots = 8;
  if (p->nstatements < 2 || !pe_check_wants(c, PE_RULE_REDUNDANT_STATEMENT)) return;
  while (slots < (size_t)p->nstatements * 2) slots *= 2;
  uint32_t *table = pe_arena_zero(c->scratch, slots, sizeof *table);
  uint64_t *hashes = pe_arena_zero(c->scratch, p->nstatements, sizeof *hashes);
  if (!table || !hashes) {
    c->result = POLICYEVAL_ENOMEM;
    return;
  }
  for (uint32_t i = 0; i < p->nstatements && !c->result; i++) {
    uint32_t node = p->statements[i].node;
    if (p->statements[i].broken || !pe_json_is(c->json, node, PE_JSON_OBJECT)) continue;
    hashes[i] = hash_statement(c, node);
    size_t at = (size_t)hashes[i] & (slots - 1);
    while (table[at] && (hashes[table[at] - 1] != hashes[i] ||
                         !same_statement(c, p->statements[table[at] - 1].node, node)))
      at = (at + 1) & (slots - 1);
    if (!table[at]) {
      table[at] = i + 1;
      continue;
    }
    pe_finding *f = pe_check_value(c, PE_RULE_REDUNDANT_STATEMENT, node, "Statement %u says the same.", table[at] - 1);
    if (!f) continue;
    f->span.end = f->span.start + 1;
    pe_check_fix_remove(c, f, node, true, "Remove the statement");
  }
}

/* SPDX-License-Identifier: MIT */
#include "sym/grants.h"

#include "base/error.h"
#include "eval/grants.h"

enum { AMB_34_EXACT, AMB_34_NOCASE };

/* "the key is this text", noted so that it can be said in words, also when the space is gone. */
static int add_equal(pe_compiler *c, pe_arena *kept, pe_slice key, pe_slice value) {
  const pe_operator op = {.op = PE_OP_STRING_EQUALS};
  const pe_cond_input in = {.text = value, .json_type = PE_JSON_STRING};
  pe_condition *cond = pe_arena_zero(kept, 1, sizeof *cond);
  size_t first = c->literals.len;
  if (!cond) return POLICYEVAL_ENOMEM;
  int rc = pe_condition_compile(kept, PE_SLICE("StringEquals"), &op, key, &in, 1, false, cond);
  if (!rc) rc = pe_compile_condition(c, cond);
  for (size_t i = first; i < c->literals.len && !rc; i++) {
    pe_note *n = pe_vec_push(&c->notes, c->alloc);
    if (!n) return POLICYEVAL_ENOMEM;
    *n = (pe_note){.literal = c->literals.data[i], .step = PE_STEP_CONDITION, .condition = cond};
  }
  return rc;
}

/* The fact of the request that is the pair of this name, or NULL. */
static const pe_fact *find_pair(const pe_request *r, pe_slice name, bool nocase) {
  for (uint32_t i = 0; i < r->facts.count; i++) {
    pe_slice own;
    if (!pe_grant_is_context(&r->facts.items[i], &own)) continue;
    if (nocase ? pe_slice_eq_ascii_nocase(own, name) : pe_slice_eq(own, name)) return &r->facts.items[i];
  }
  return NULL;
}

/* The names are those of the request, whose context is known but for values. */
static int add_constraint(pe_compiler *c, pe_arena *kept, const pe_grant *g, const pe_request *r) {
  uint32_t pairs = 0;
  for (uint32_t i = 0; i < r->facts.count; i++) pairs += pe_grant_is_context(&r->facts.items[i], NULL);
  if (g->constraint == 1 && pairs != g->npairs) c->never = true;
  int rc = 0;
  for (uint32_t i = 0; i < g->npairs && !rc && !c->never; i++) {
    const pe_slice name = g->pairs[2 * i], value = g->pairs[2 * i + 1];
    const pe_fact *exact = find_pair(r, name, false), *loose = find_pair(r, name, true);
    if (exact != loose && pe_compile_reading(c, PE_ROW_AMB_34) == AMB_34_NOCASE) exact = loose;
    if (exact) rc = add_equal(c, kept, exact->name, value);
    else c->never = true;
  }
  return rc;
}

int pe_compile_grant(pe_compiler *c, pe_arena *kept, const pe_grant *g, const pe_request *r, pe_boxes *out) {
  const pe_slice operation = pe_slice_sub(r->lower_action, sizeof "kms:" - 1, r->lower_action.len);
  if (!pe_grant_is_about(g, operation, &r->resource)) return 0;
  pe_literal l = 0;
  pe_compile_start(c);
  int rc = pe_compile_one_of(c, &g->grantee, 1, &l);
  if (!rc) rc = pe_compile_add(c, l);
  if (!rc && g->constraint) rc = add_constraint(c, kept, g, r);
  if (!rc && g->source_arn.len) rc = add_equal(c, kept, PE_SLICE("aws:SourceArn"), g->source_arn);
  return rc ? rc : pe_compile_finish(c, (pe_origin){.about = "a grant"}, out);
}

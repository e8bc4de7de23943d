/* SPDX-License-Identifier: MIT */
/* What grants allow (D3.4). */
#include "eval/grants.h"

#include "eval/layers.h"
#include "eval/principal.h"

enum { AMB_34_EXACT, AMB_34_NOCASE };

static const char context_prefix[] = "kms:encryptioncontext:";

bool pe_grant_is_context(const pe_fact *f, pe_slice *name) {
  if (!pe_slice_starts(f->key, pe_slice_of(context_prefix, sizeof context_prefix - 1))) return false;
  if (name) *name = pe_slice_sub(f->name, sizeof context_prefix - 1, f->name.len);
  return true;
}

/* What depends on unknown facts is as the run wants it; an Allow, so against the caller in a pessimistic one. */
static bool unknown(pe_run *run, const char *key) {
  pe_slice name = pe_slice_str(key);
  if (run->env.missing) run->env.missing(run->env.missing_user, name, pe_key_find(name), true);
  run->env.unknown_hit = true;
  return run->optimistic;
}

/* Does the request's encryption context hold the pair? YES, NO or UNKNOWN. */
static pe_tri has_pair(const pe_facts *facts, pe_slice name, pe_slice value, bool nocase) {
  pe_tri found = PE_TRI_NO;
  for (uint32_t i = 0; i < facts->count; i++) {
    const pe_fact *f = &facts->items[i];
    pe_slice own;
    if (!pe_grant_is_context(f, &own)) continue;
    if (!(nocase ? pe_slice_eq_ascii_nocase(own, name) : pe_slice_eq(own, name))) continue;
    if (f->unknown)
      found = PE_TRI_UNKNOWN;
    else if (f->count == 1 && pe_slice_eq(f->values[0], value))
      return PE_TRI_YES;
  }
  return found;
}

static pe_tri constraint_holds(const pe_grant *g, const pe_facts *facts, bool nocase) {
  uint32_t pairs = 0;
  for (uint32_t i = 0; i < facts->count; i++) pairs += pe_grant_is_context(&facts->items[i], NULL);
  if (g->constraint == 1 && pairs != g->npairs) return PE_TRI_NO;
  pe_tri all = PE_TRI_YES;
  for (uint32_t i = 0; i < g->npairs; i++)
    all = pe_tri_and(all, has_pair(facts, g->pairs[2 * i], g->pairs[2 * i + 1], nocase));
  return all;
}

static bool constrained(pe_run *run, const pe_grant *g, pe_slice operation) {
  if (!g->constraint || pe_slice_eq_ascii_nocase(operation, PE_SLICE("DescribeKey")) ||
      pe_slice_eq_ascii_nocase(operation, PE_SLICE("RetireGrant")))
    return true;
  pe_tri exact = constraint_holds(g, &run->request->facts, false),
         loose = constraint_holds(g, &run->request->facts, true);
  if (exact != loose && pe_env_reading(&run->env, PE_ROW_AMB_34) == AMB_34_NOCASE) exact = loose;
  return exact == PE_TRI_UNKNOWN ? unknown(run, "kms:EncryptionContextKeys") : exact == PE_TRI_YES;
}

static bool from_source(pe_run *run, const pe_grant *g) {
  static const char key[] = "aws:sourcearn";
  if (!g->source_arn.len) return true;
  pe_slice lower = pe_slice_of(key, sizeof key - 1);
  const pe_fact *f = pe_facts_find(&run->request->facts, pe_slice_hash(lower), lower);
  if (f && f->unknown) return unknown(run, "aws:SourceArn");
  return f && f->count == 1 && pe_slice_eq(f->values[0], g->source_arn);
}

static bool for_key(const pe_grant *g, const pe_arn *key) {
  pe_slice id = key->field[PE_ARN_RESOURCE];
  return !g->key.len || pe_slice_eq(g->key, key->text) ||
         (pe_slice_starts(id, PE_SLICE("key/")) && pe_slice_eq(g->key, pe_slice_sub(id, 4, id.len)));
}

bool pe_grant_is_about(const pe_grant *g, pe_slice operation, const pe_arn *key) {
  bool listed = false;
  for (uint32_t i = 0; i < g->noperations && !listed; i++)
    listed = pe_slice_eq_ascii_nocase(g->operations[i], operation);
  return listed && for_key(g, key);
}

static unsigned grant_covers(pe_run *run, const pe_grant *g, pe_slice operation) {
  if (!pe_grant_is_about(g, operation, &run->request->resource)) return 0;
  unsigned via = pe_principal_covers(&g->grantee, run->request, &run->env, 0);
  return via && constrained(run, g, operation) && from_source(run, g) ? via : 0;
}

pe_layer_sum pe_layer_grants(pe_run *run) {
  pe_layer_sum sum = {.applies = 1};
  pe_slice operation =
      pe_slice_sub(run->request->lower_action, sizeof "kms:" - 1, run->request->lower_action.len);
  run->env.want = false;
  run->env.want_unknown = run->optimistic;
  for (uint32_t i = 0; i < run->set->ngrants; i++) {
    unsigned via = grant_covers(run, &run->set->grants[i], operation);
    if (!via) continue;
    sum.allow = 1;
    sum.via |= (uint16_t)via;
    if (!run->trace) continue;
    uint32_t *index = pe_vec_push(&run->trace->grants, run->trace->alloc);
    if (index)
      *index = i;
    else
      run->trace->failed = true;
  }
  if (run->trace) {
    pe_layer_trace *l = pe_layer_note(run, POLICYEVAL_LAYER_GRANT, 0, NULL, 0);
    if (l) l->effect = (uint8_t)pe_layer_effect(&sum);
  }
  return sum;
}

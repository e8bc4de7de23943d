/* SPDX-License-Identifier: MIT */
#include "grant/prove.h"

#include "check/validate.h"
#include "eval/decide.h"
#include "sym/public.h"

pe_proof *pe_prove_add(pe_plan *p, pe_claim claim) {
  pe_proof *proof = pe_vec_push(&p->proofs, p->alloc);
  if (proof) *proof = (pe_proof){.claim = (uint8_t)claim, .answer = PE_PROOF_NOT_GIVEN};
  return proof;
}

int pe_prove_answer(pe_plan *p, pe_proof *proof, pe_proof_answer answer, pe_buf *why) {
  proof->answer = (uint8_t)answer;
  proof->why = (pe_slice){0};
  if (!why) return POLICYEVAL_OK;
  const char *kept = why->failed ? NULL : pe_arena_copy(p->arena, why->ptr ? why->ptr : "", why->len);
  proof->why = pe_slice_of(kept, why->len);
  pe_buf_done(why);
  return kept ? POLICYEVAL_OK : POLICYEVAL_ENOMEM;
}

int pe_prove_rests(pe_plan *p, pe_proof *proof, const pe_policy *policy, uint32_t statement) {
  const pe_document *from = NULL;
  for (size_t i = 0; i < p->documents.len; i++) {
    const pe_document *d = &p->documents.data[i];
    if (policy == d->after || policy == d->before) from = d;
  }
  for (size_t i = 0; i < proof->basis.len; i++)
    if (proof->basis.data[i].policy == policy && proof->basis.data[i].statement == statement) return POLICYEVAL_OK;
  pe_basis *b = pe_vec_push(&proof->basis, p->alloc);
  if (!b) return POLICYEVAL_ENOMEM;
  *b = (pe_basis){from, policy, statement};
  return POLICYEVAL_OK;
}

/* ---- allowed, denied ---- */

static void name_rows(pe_buf *out, const pe_rowset *rows) {
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (!pe_rowset_has(rows, (pe_row)row)) continue;
    pe_buf_str(out, out->len ? ", " : "by the reading in force of ");
    pe_buf_str(out, pe_row_get((pe_row)row)->name);
  }
}

static int rest_on_allows(pe_plan *p, pe_proof *proof, const pe_trace *trace) {
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < trace->statements.len && rc == POLICYEVAL_OK; i++) {
    const pe_stmt_trace *t = &trace->statements.data[i];
    if (pe_plan_allows(t)) rc = pe_prove_rests(p, proof, t->policy, t->statement->index);
  }
  return rc;
}

/* One leg of one call under the planned policies. */
static int decide(pe_plan *p, pe_leg leg, pe_proof *proof, pe_buf *rows, int *effect) {
  pe_policyset set;
  pe_policy **items;
  int rc = pe_plan_set(p, leg, false, &set, &items);
  if (rc != POLICYEVAL_OK) return rc;
  pe_trace trace;
  pe_trace_init(&trace, p->alloc);
  rc = pe_decide(&set, p->request[leg], p->strict, &trace);
  *effect = trace.effect;
  if (rc == POLICYEVAL_OK && !rows->len) name_rows(rows, &trace.assumptions);
  if (rc == POLICYEVAL_OK && *effect == POLICYEVAL_ALLOW) rc = rest_on_allows(p, proof, &trace);
  pe_trace_done(&trace);
  pe_alloc_free(p->alloc, items);
  return rc;
}

static int prove_decision(pe_plan *p, pe_proof *proof, const char **why) {
  bool yes = true;
  int worst = POLICYEVAL_ALLOW;
  pe_buf rows;
  pe_buf_init(&rows, p->alloc);
  int rc = POLICYEVAL_OK;
  for (unsigned variant = 0; variant < PE_VARIANTS && rc == POLICYEVAL_OK; variant++) {
    int effect[PE_LEGS] = {POLICYEVAL_IMPLICIT_DENY, POLICYEVAL_IMPLICIT_DENY};
    rc = pe_plan_variant(p, variant, why);
    for (int leg = 0; leg < PE_LEGS && rc == POLICYEVAL_OK; leg++) rc = decide(p, (pe_leg)leg, proof, &rows, &effect[leg]);
    const int both = pe_access_worse(effect[PE_LEG_SECRET], effect[PE_LEG_KEY]);
    worst = pe_access_worse(worst, both);
    yes &= p->revoke ? both == POLICYEVAL_IMPLICIT_DENY || both == POLICYEVAL_EXPLICIT_DENY : both == POLICYEVAL_ALLOW;
  }
  if (rc != POLICYEVAL_OK) {
    pe_buf_done(&rows);
    return rc;
  }
  if (!yes) pe_buf_fmt(&rows, "%s", worst == POLICYEVAL_UNKNOWN ? "it is not certain" : "the evaluator answers otherwise");
  if (p->revoke) pe_vec_done(&proof->basis, p->alloc);
  return pe_prove_answer(p, proof, yes ? PE_PROOF_YES : worst == POLICYEVAL_UNKNOWN ? PE_PROOF_NOT_GIVEN : PE_PROOF_NO, &rows);
}

/* ---- valid, not broad ---- */

static int find(const pe_plan *p, const pe_document *d, const pe_policy *policy, pe_findings *out) {
  pe_validate_options options = {.load = p->load, .catalog = p->catalog};
  options.load.kind = d->kind;
  options.load.settings = NULL;
  options.load.nsettings = 0;
  int rc = pe_findings_init(out, p->alloc);
  if (rc == POLICYEVAL_OK && policy) rc = pe_validate(p->alloc, policy->json.source->text, &options, out);
  return rc == POLICYEVAL_OK && out->failed ? POLICYEVAL_ENOMEM : rc;
}

static bool is_grave(const pe_finding *f) {
  const int severity = pe_rule_get(f->rule)->severity;
  return severity == PE_ERROR || severity == PE_SECURITY_WARNING;
}

static size_t count_rule(const pe_findings *all, pe_rule rule) {
  size_t n = 0;
  for (size_t i = 0; i < all->list.len; i++) n += all->list.data[i].rule == rule;
  return n;
}

static bool in_added(const pe_document *d, const pe_finding *f) {
  for (size_t i = 0; i < d->added.len; i++) {
    const pe_span s = d->after->statements[d->added.data[i]].span;
    if (f->span.start >= s.start && f->span.start < s.end) return true;
  }
  return false;
}

/* Of the change's own making: in a new statement, or one more of its rule than there was. */
static const pe_finding *new_finding(const pe_document *d, const pe_findings *before, const pe_findings *after) {
  for (size_t i = 0; i < after->list.len; i++) {
    const pe_finding *f = &after->list.data[i];
    if (is_grave(f) && (in_added(d, f) || count_rule(after, f->rule) > count_rule(before, f->rule))) return f;
  }
  return NULL;
}

/* An old fault is not of the change's making, but AWS may refuse the whole policy for it: the first one is told. */
static void tell_old_error(const pe_document *d, const pe_findings *after, pe_buf *out) {
  for (size_t i = 0; i < after->list.len && !out->len; i++) {
    const pe_finding *f = &after->list.data[i];
    if (pe_rule_get(f->rule)->severity == PE_ERROR)
      pe_buf_fmt(out, "%.*s had faults before, for which AWS may refuse it: %s", (int)pe_document_name(d).len,
                 pe_document_name(d).ptr, pe_rule_get(f->rule)->id);
  }
}

static int prove_document(pe_plan *p, const pe_document *d, pe_proof *proof, pe_buf *told, pe_buf *old) {
  pe_findings before = {0}, after = {0};
  int rc = find(p, d, d->before, &before);
  if (rc == POLICYEVAL_OK) rc = find(p, d, d->after, &after);
  const pe_finding *f = rc == POLICYEVAL_OK ? new_finding(d, &before, &after) : NULL;
  if (f) pe_buf_fmt(told, "%s in %.*s: %s", pe_rule_get(f->rule)->id, (int)pe_document_name(d).len, pe_document_name(d).ptr,
                    f->message.ptr);
  if (rc == POLICYEVAL_OK) tell_old_error(d, &after, old);
  for (size_t k = 0; k < d->added.len && rc == POLICYEVAL_OK; k++) rc = pe_prove_rests(p, proof, d->after, d->added.data[k]);
  pe_findings_done(&before);
  pe_findings_done(&after);
  return rc;
}

static int prove_valid(pe_plan *p, pe_proof *proof) {
  pe_buf told, old;
  pe_buf_init(&told, p->alloc);
  pe_buf_init(&old, p->alloc);
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < p->documents.len && rc == POLICYEVAL_OK && !told.len; i++) {
    const pe_document *d = &p->documents.data[i];
    if (d->changed && d->after) rc = prove_document(p, d, proof, &told, &old);
  }
  const bool bad = told.len > 0;
  if (rc == POLICYEVAL_OK) rc = pe_prove_answer(p, proof, bad ? PE_PROOF_NO : PE_PROOF_YES, bad ? &told : &old);
  pe_buf_done(&told);
  pe_buf_done(&old);
  return rc;
}

/* D5.1: everybody, but for what fixed values keep out. An answer that is not known is no proof. */
static int ask_public(const pe_plan *p, const pe_document *d, pe_answer *answer, uint32_t *statement, pe_buf *told) {
  const pe_policy *policy = d->after;
  pe_public question = {.rule = PE_PUBLIC_FIXED_VALUES};
  pe_public_result r;
  pe_question_init(&question.question, p->alloc, p->catalog);
  question.question.budget = p->budget;
  question.question.subject = (pe_group){&policy, 1};
  const int rc = pe_public_run(&question, &r);
  if (rc != POLICYEVAL_OK) return rc;
  *answer = (pe_answer)r.result.answer;
  *statement = r.result.statement ? r.result.statement->index : UINT32_MAX;
  if (*answer == PE_ANSWER_UNKNOWN) pe_buf_str(told, pe_give_up_text((pe_give_up)r.result.why));
  pe_result_done(&r.result);
  return POLICYEVAL_OK;
}

/* With --block-public-policy Secrets Manager takes no policy with such a statement, however old it is. */
static int prove_not_broad(pe_plan *p, pe_proof *proof) {
  pe_proof_answer worst = PE_PROOF_YES;
  pe_buf unknown;
  pe_buf_init(&unknown, p->alloc);
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < p->documents.len && rc == POLICYEVAL_OK; i++) {
    const pe_document *d = &p->documents.data[i];
    pe_answer answer = PE_ANSWER_NO;
    uint32_t statement;
    if (!d->changed || !d->after || d->layer == POLICYEVAL_LAYER_IDENTITY) continue;
    rc = ask_public(p, d, &answer, &statement, &unknown);
    if (answer == PE_ANSWER_UNKNOWN && worst == PE_PROOF_YES) worst = PE_PROOF_NOT_GIVEN;
    if (rc != POLICYEVAL_OK || answer != PE_ANSWER_YES) continue;
    pe_buf told;
    pe_buf_init(&told, p->alloc);
    pe_buf_str(&told, "the policy to change gives broad access already: narrow this statement first");
    rc = pe_plan_obstacle(p, d->layer, d->after, statement, &told);
    worst = PE_PROOF_NO;
  }
  if (rc == POLICYEVAL_OK) return pe_prove_answer(p, proof, worst, &unknown);
  pe_buf_done(&unknown);
  return rc;
}

/* ---- all ---- */

static int prove(pe_plan *p, pe_proof *proof, const char **why) {
  switch ((pe_claim)proof->claim) {
    case PE_CLAIM_ALLOWED:
    case PE_CLAIM_DENIED: return prove_decision(p, proof, why);
    case PE_CLAIM_NEVER: return pe_prove_never(p, proof, why);
    case PE_CLAIM_VALID: return prove_valid(p, proof);
    case PE_CLAIM_NOT_BROAD: return prove_not_broad(p, proof);
    case PE_CLAIM_MANAGED: return pe_prove_managed(p, proof);
    case PE_CLAIM_REGION: return pe_prove_region(p, proof);
    case PE_CLAIM_KEPT: return pe_prove_kept(p, proof);
    default: return POLICYEVAL_EINTERNAL;
  }
}

static int refuted(pe_plan *p, const pe_proof *proof) {
  pe_buf told;
  pe_buf_init(&told, p->alloc);
  pe_buf_fmt(&told, "it is not so that %s", pe_claim_text((pe_claim)proof->claim, p->revoke));
  if (proof->why.len) pe_buf_str(&told, ": "), pe_buf_slice(&told, proof->why);
  const pe_basis *at = proof->basis.len ? &proof->basis.data[0] : NULL;
  const int layer = at && at->document ? at->document->layer : 0;
  return pe_plan_obstacle(p, layer, at ? at->policy : NULL, at ? at->statement : UINT32_MAX, &told);
}

int pe_prove_plan(pe_plan *p, const char **why) {
  int rc = POLICYEVAL_OK;
  for (int claim = 0; claim < PE_CLAIMS && rc == POLICYEVAL_OK; claim++) {
    if (!*pe_claim_text((pe_claim)claim, p->revoke)) continue;
    const size_t before = p->obstacles.len;
    pe_proof *proof = pe_prove_add(p, (pe_claim)claim);
    rc = proof ? prove(p, proof, why) : POLICYEVAL_ENOMEM;
    if (rc == POLICYEVAL_OK && proof->answer == PE_PROOF_NO && p->obstacles.len == before) rc = refuted(p, proof);
  }
  return rc == POLICYEVAL_OK ? pe_plan_variant(p, 0, why) : rc;
}

/* SPDX-License-Identifier: MIT */
/* Who of the owner's account could change the policies of the secret and of its key, and still can (D3.8, A34, A35): the root
 * user, and whoever the policy names, each taken to have an administrator's identity policy. */
#include "access/edit.h"
#include "grant/propose.h"
#include "grant/prove.h"

typedef struct manager {
  pe_plan *plan;
  pe_request_builder *builder;
  pe_policy *administrator; /* allows everything */
  pe_proof *proof;
  pe_leg leg;
  bool could, can, lost; /* somebody could; somebody still can; somebody cannot any more */
} manager;

/* The policies of the resource alone, with the administrator's. */
static int effect_of(const manager *m, bool before, const pe_request *r, int *effect) {
  pe_policyset set;
  pe_policy **items;
  int rc = pe_plan_set(m->plan, m->leg, before, &set, &items);
  if (rc != POLICYEVAL_OK) return rc;
  pe_policy *own = m->administrator;
  set = (pe_policyset){.resource = set.resource, .identity = {&own, 1}};
  pe_trace trace;
  pe_trace_init(&trace, m->plan->alloc);
  *effect = pe_decide_once(&set, r, &r->readings, PE_UNKNOWN_PESSIMISTIC, NULL, NULL, &trace).effect;
  if (trace.failed) rc = POLICYEVAL_ENOMEM;
  for (size_t i = 0; !before && *effect == POLICYEVAL_ALLOW && i < trace.statements.len && rc == POLICYEVAL_OK; i++) {
    const pe_stmt_trace *t = &trace.statements.data[i];
    if (t->policy != own && t->step == PE_STEP_MATCHED && t->statement->effect == PE_ALLOW)
      rc = pe_prove_rests(m->plan, m->proof, t->policy, t->statement->index);
  }
  pe_trace_done(&trace);
  pe_alloc_free(m->plan->alloc, items);
  return rc;
}

static int ask(manager *m, pe_slice who) {
  const pe_access *a = m->plan->access;
  const bool secret = m->leg == PE_LEG_SECRET;
  const char *why = "";
  const pe_request *r;
  int before = POLICYEVAL_IMPLICIT_DENY, after = POLICYEVAL_IMPLICIT_DENY;
  pe_request_builder_clear(m->builder);
  int rc = pe_request_set_principal_arn(m->builder, who, &why);
  if (rc == POLICYEVAL_EINVAL) return POLICYEVAL_OK; /* nobody has such an ARN */
  if (rc == POLICYEVAL_OK)
    rc = pe_request_set_action(m->builder, secret ? PE_SLICE("secretsmanager:PutResourcePolicy") : PE_SLICE("kms:PutKeyPolicy"), &why);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_resource(m->builder, secret ? a->secret.text : a->key.text, &why);
  if (rc == POLICYEVAL_OK) rc = pe_request_prepare(m->builder, &r, &why);
  if (rc == POLICYEVAL_OK) rc = effect_of(m, true, r, &before);
  if (rc == POLICYEVAL_OK) rc = effect_of(m, false, r, &after);
  if (rc != POLICYEVAL_OK) return rc;
  const bool aside = m->plan->revoke && pe_slice_eq(who, pe_propose_principal(m->plan));
  m->could |= before == POLICYEVAL_ALLOW;
  m->can |= after == POLICYEVAL_ALLOW;
  m->lost |= before == POLICYEVAL_ALLOW && after != POLICYEVAL_ALLOW && !aside;
  return POLICYEVAL_OK;
}

/* The root user, and everybody of the account that the policy names. */
static int ask_all(manager *m, const pe_document *d, const pe_arn *resource) {
  const pe_slice account = resource->field[PE_ARN_ACCOUNT], partition = resource->field[PE_ARN_PARTITION];
  pe_buf root;
  pe_buf_init(&root, m->plan->alloc);
  pe_buf_fmt(&root, "arn:%.*s:iam::%.*s:root", (int)partition.len, partition.ptr, (int)account.len, account.ptr);
  int rc = root.failed ? POLICYEVAL_ENOMEM : ask(m, pe_slice_of(root.ptr, root.len));
  pe_buf_done(&root);
  for (uint32_t i = 0; d->before && i < d->before->nstatements && rc == POLICYEVAL_OK; i++) {
    const pe_statement *s = &d->before->statements[i];
    for (uint32_t k = 0; k < s->nprincipals && rc == POLICYEVAL_OK; k++)
      if (s->effect == PE_ALLOW && s->principals[k].map_key == 'A' && s->principals[k].kind != PE_PRINCIPAL_ACCOUNT &&
          pe_slice_eq(s->principals[k].account, account))
        rc = ask(m, s->principals[k].text);
  }
  return rc;
}

static int look_at(manager *m, const pe_document *d, pe_buf *told, bool *bad) {
  m->leg = d->layer == POLICYEVAL_LAYER_KEY ? PE_LEG_KEY : PE_LEG_SECRET;
  m->could = m->can = m->lost = false;
  const int rc = ask_all(m, d, m->leg == PE_LEG_KEY ? &m->plan->access->key : &m->plan->access->secret);
  const char *what = m->leg == PE_LEG_KEY ? "the key policy" : "the secret's policy";
  if (m->lost || (m->could && !m->can)) {
    *bad = true;
    pe_buf_fmt(told, "%s could no longer be changed", what);
  } else if (!m->could) {
    pe_buf_fmt(told, "%snobody of the owner's account could change %s before", told->len ? "; " : "", what);
  }
  return rc;
}

int pe_prove_managed(pe_plan *p, pe_proof *proof) {
  manager m = {.plan = p, .proof = proof, .builder = pe_request_builder_new(p->alloc, p->catalog)};
  pe_buf told;
  bool bad = false;
  pe_buf_init(&told, p->alloc);
  int rc = m.builder ? pe_edit_new(p->alloc, POLICYEVAL_KIND_IDENTITY,
                                   PE_SLICE("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"), &m.administrator)
                     : POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < p->documents.len && rc == POLICYEVAL_OK && !bad; i++) {
    const pe_document *d = &p->documents.data[i];
    if (d->layer != POLICYEVAL_LAYER_IDENTITY && !d->fixed) rc = look_at(&m, d, &told, &bad);
  }
  pe_policy_unref(m.administrator);
  pe_request_builder_free(m.builder);
  if (rc == POLICYEVAL_OK) return pe_prove_answer(p, proof, bad ? PE_PROOF_NO : PE_PROOF_YES, &told);
  pe_buf_done(&told);
  return rc;
}

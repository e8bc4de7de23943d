/* SPDX-License-Identifier: MIT */
#include "policyeval/decision.h"

#include "api/objects.h"
#include "report/render.h"

static int prepare(policyeval_policyset *set, policyeval_request *request, const pe_request **out) {
  const char *why = "";
  if (!atomic_load_explicit(&set->frozen, memory_order_relaxed)) policyeval_policyset_freeze(set);
  const int rc = pe_request_prepare(request->builder, out, &why);
  request->detail = rc == POLICYEVAL_OK ? "" : why;
  return pe_context_told(request->context, rc);
}

int policyeval_decide_effect(policyeval_policyset *set, policyeval_request *request, int *effect) {
  if (!set || !request || !effect) return POLICYEVAL_EINVAL;
  const pe_request *ready = NULL;
  const int rc = prepare(set, request, &ready);
  if (rc == POLICYEVAL_OK) *effect = pe_decide_effect(&set->set, ready, request->context->strict);
  return rc;
}

int policyeval_decide_many(policyeval_policyset *set, policyeval_request *const *requests, size_t count, int *effects,
                           policyeval_cancel_fn cancel, void *user, size_t *done) {
  if (!set || (count && (!requests || !effects))) return POLICYEVAL_EINVAL;
  int rc = POLICYEVAL_OK;
  size_t i = 0;
  for (; i < count && rc == POLICYEVAL_OK; i += rc == POLICYEVAL_OK) {
    if (cancel && i % 256 == 0 && cancel(user)) rc = POLICYEVAL_ECANCELED;
    else rc = policyeval_decide_effect(set, requests[i], &effects[i]);
  }
  if (done) *done = i;
  return rc;
}

int policyeval_decide(policyeval_policyset *set, policyeval_request *request, policyeval_decision **decision) {
  if (!set || !request || !decision) return POLICYEVAL_EINVAL;
  policyeval_context *c = request->context;
  const pe_request *ready = NULL;
  int rc = prepare(set, request, &ready);
  if (rc != POLICYEVAL_OK) return rc;
  policyeval_decision *d = pe_alloc_new(&c->alloc, sizeof *d);
  if (!d) return pe_context_told(c, POLICYEVAL_ENOMEM);
  d->context = policyeval_context_ref(c);
  d->set = policyeval_policyset_ref(set);
  pe_trace_init(&d->trace, &c->alloc);
  rc = pe_decide(&set->set, ready, c->strict, &d->trace);
  d->trace.explain = c->explain;
  pe_buf reason, text, json, aws;
  pe_buf_init(&reason, &c->alloc);
  pe_buf_init(&text, &c->alloc);
  pe_buf_init(&json, &c->alloc);
  pe_buf_init(&aws, &c->alloc);
  /* The trace borrows values of the request, which may change: everything is put into words now. */
  if (rc == POLICYEVAL_OK) rc = pe_render_reason(&d->trace, ready->action, &reason);
  if (rc == POLICYEVAL_OK) rc = pe_render_decision_json(&d->trace, pe_slice_of(NULL, 0), &json);
  if (rc == POLICYEVAL_OK) rc = pe_render_decision_text(&d->trace, ready, &text);
  if (rc == POLICYEVAL_OK) rc = pe_render_decision_aws(&d->trace, ready, &aws);
  if (rc == POLICYEVAL_OK) {
    d->reason = pe_buf_take(&reason, NULL);
    d->json = pe_buf_take(&json, &d->json_len);
    d->text = pe_buf_take(&text, &d->text_len);
    d->aws = pe_buf_take(&aws, &d->aws_len);
    if (!d->reason || !d->json || !d->text || !d->aws) rc = POLICYEVAL_ENOMEM;
  }
  pe_buf_done(&reason);
  pe_buf_done(&text);
  pe_buf_done(&json);
  pe_buf_done(&aws);
  if (rc != POLICYEVAL_OK) {
    policyeval_decision_free(d);
    return pe_context_told(c, rc);
  }
  *decision = d;
  return POLICYEVAL_OK;
}

void policyeval_decision_free(policyeval_decision *decision) {
  if (!decision) return;
  policyeval_context *c = decision->context;
  pe_trace_done(&decision->trace);
  policyeval_policyset_unref(decision->set);
  pe_alloc_free(&c->alloc, decision->reason);
  pe_alloc_free(&c->alloc, decision->json);
  pe_alloc_free(&c->alloc, decision->text);
  pe_alloc_free(&c->alloc, decision->aws);
  pe_alloc_free(&c->alloc, decision);
  policyeval_context_unref(c);
}

int policyeval_decision_effect(const policyeval_decision *decision) {
  return decision ? decision->trace.effect : POLICYEVAL_IMPLICIT_DENY;
}

int policyeval_decision_blocked_by(const policyeval_decision *decision, int layer) {
  return decision && policyeval_layer_name(layer) && (decision->trace.blocked_by >> layer & 1);
}

policyeval_slice policyeval_decision_reason(const policyeval_decision *decision) {
  return pe_give(pe_slice_str(decision ? decision->reason : ""));
}

policyeval_slice policyeval_decision_assumption(const policyeval_decision *decision, size_t i) {
  for (unsigned row = 0; decision && row < PE_ROWS; row++) {
    if (!pe_rowset_has(&decision->trace.assumptions, (pe_row)row)) continue;
    if (i == 0) return pe_give(pe_slice_str(pe_row_get((pe_row)row)->name));
    i--;
  }
  return (policyeval_slice){0};
}

policyeval_slice policyeval_decision_missing(const policyeval_decision *decision, size_t i) {
  if (!decision || i >= decision->trace.missing.len) return (policyeval_slice){0};
  return pe_give(decision->trace.missing.data[i].key);
}

const char *policyeval_decision_json(policyeval_decision *decision, size_t *len) {
  if (!decision) return NULL;
  if (len) *len = decision->json_len;
  return decision->json;
}

const char *policyeval_decision_text(policyeval_decision *decision, size_t *len) {
  if (!decision) return NULL;
  if (len) *len = decision->text_len;
  return decision->text;
}

const char *policyeval_decision_aws(policyeval_decision *decision, size_t *len) {
  if (!decision) return NULL;
  if (len) *len = decision->aws_len;
  return decision->aws;
}

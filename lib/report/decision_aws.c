/* SPDX-License-Identifier: MIT */
/* The shape of `aws iam simulate-custom-policy`: scripts that read that one can read this.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 *
 * AWS's tool knows three decisions: what hangs on unknown facts is implicitDeny there, with the facts among
 * MissingContextValues. Layers that it does not have (session, endpoint, RCP, grants) count in the decision and appear
 * among the matched statements by the name of their layer. */
#include "policyeval/context.h"
#include "report/layers.h"
#include "report/render.h"

typedef struct writer {
  pe_stream s;
  const pe_trace *trace;
  const pe_request *request;
} writer;

static const char *decision_of(int effect) {
  return policyeval_effect_name(effect == POLICYEVAL_UNKNOWN ? POLICYEVAL_IMPLICIT_DENY : effect);
}

/* The words of AWS's reply where it has the layer. */
static const char *source_type(int layer) {
  switch (layer) {
  case POLICYEVAL_LAYER_IDENTITY: return "IAM Policy";
  case POLICYEVAL_LAYER_RESOURCE:
  case POLICYEVAL_LAYER_KEY: return "Resource Policy";
  case POLICYEVAL_LAYER_BOUNDARY: return "IAM Permissions Boundary Policy";
  case POLICYEVAL_LAYER_SCP: return "Organizations Policy";
  default: return policyeval_layer_name(layer);
  }
}

static const char *input_list(int layer) {
  switch (layer) {
  case POLICYEVAL_LAYER_IDENTITY: return "PolicyInputList";
  case POLICYEVAL_LAYER_RESOURCE:
  case POLICYEVAL_LAYER_KEY: return "ResourcePolicy";
  case POLICYEVAL_LAYER_BOUNDARY: return "PermissionsBoundaryPolicyInputList";
  case POLICYEVAL_LAYER_SCP: return "ServiceControlPolicyInputList";
  default: return policyeval_layer_name(layer);
  }
}

/* A policy without a name is called by its place in the input, from 1. */
static void source_id(writer *w, const pe_stmt_trace *t) {
  const pe_slice name = pe_policy_source_name(t->policy);
  pe_buf made;
  pe_stream_name(&w->s, "SourcePolicyId");
  if (name.len) {
    pe_stream_text(&w->s, name);
    return;
  }
  pe_buf_init(&made, w->trace->alloc);
  pe_buf_str(&made, input_list(t->layer));
  if (t->layer == POLICYEVAL_LAYER_SCP || t->layer == POLICYEVAL_LAYER_RCP)
    pe_buf_fmt(&made, ".%u", t->level + 1);
  pe_buf_fmt(&made, ".%u", t->policy_index + 1);
  if (made.failed)
    w->s.out->failed = true;
  else
    pe_stream_text(&w->s, pe_slice_of(made.ptr, made.len));
  pe_buf_done(&made);
}

static void position(writer *w, const char *name, policyeval_position at) {
  pe_stream_name(&w->s, name);
  pe_stream_open(&w->s, '{');
  pe_stream_name(&w->s, "Line");
  pe_stream_uint(&w->s, at.line);
  pe_stream_name(&w->s, "Column");
  pe_stream_uint(&w->s, (uint64_t)at.column + 1);
  pe_stream_close(&w->s, '}');
}

static void one_statement(writer *w, const pe_stmt_trace *t) {
  const policyeval_span place = pe_source_span(t->policy->source, t->statement->span);
  pe_stream_open(&w->s, '{');
  source_id(w, t);
  pe_stream_name(&w->s, "SourcePolicyType");
  pe_stream_str(&w->s, source_type(t->layer));
  position(w, "StartPosition", place.start);
  position(w, "EndPosition", place.end);
  pe_stream_close(&w->s, '}');
}

/* An explicit deny lists the statements that deny, an allow those that allow, an implicit deny none. */
static void matched_statements(writer *w) {
  const pe_trace *t = w->trace;
  const bool listed = t->effect == POLICYEVAL_EXPLICIT_DENY || t->effect == POLICYEVAL_ALLOW;
  const uint8_t wanted = t->effect == POLICYEVAL_EXPLICIT_DENY ? PE_DENY : PE_ALLOW;
  pe_stream_name(&w->s, "MatchedStatements");
  pe_stream_open(&w->s, '[');
  for (size_t i = 0; i < t->layers.len && listed; i++) {
    const pe_layer_trace *l = &t->layers.data[i];
    for (uint32_t k = 0; k < l->count && l->applies; k++) {
      const pe_stmt_trace *one = &t->statements.data[l->first + k];
      if (one->step == PE_STEP_MATCHED && one->statement->effect == wanted) one_statement(w, one);
    }
  }
  pe_stream_close(&w->s, ']');
}

static void missing_values(writer *w) {
  pe_stream_name(&w->s, "MissingContextValues");
  pe_stream_missing(&w->s, w->trace);
}

static bool layer_applies(const pe_trace *t, int layer) {
  for (size_t i = 0; i < t->layers.len; i++)
    if (t->layers.data[i].layer == layer && t->layers.data[i].applies) return true;
  return false;
}

/* Only where such a policy applies, as AWS has it. */
static void cap_detail(writer *w, int layer, const char *name, const char *member) {
  if (!layer_applies(w->trace, layer)) return;
  pe_stream_name(&w->s, name);
  pe_stream_open(&w->s, '{');
  pe_stream_name(&w->s, member);
  pe_stream_bool(&w->s, !(w->trace->blocked_by >> layer & 1));
  pe_stream_close(&w->s, '}');
}

/* What one side says by itself: its denies first. */
static int side_effect(const pe_trace *t, int layer) {
  int effect = POLICYEVAL_IMPLICIT_DENY;
  for (size_t i = 0; i < t->layers.len; i++) {
    const pe_layer_trace *l = &t->layers.data[i];
    if (l->layer != layer || !l->applies) continue;
    if (l->effect == POLICYEVAL_EXPLICIT_DENY) return l->effect;
    if (l->effect == POLICYEVAL_ALLOW) effect = l->effect;
  }
  return effect;
}

/* Filled for requests across accounts alone; absent without a resource, and when an SCP ended it. */
static void cross_account_details(writer *w) {
  static const int sides[] = {POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_LAYER_KEY};
  if (w->request->resource.count != PE_ARN_FIELDS || (w->trace->blocked_by >> POLICYEVAL_LAYER_SCP & 1))
    return;
  pe_stream_name(&w->s, "EvalDecisionDetails");
  pe_stream_open(&w->s, '{');
  for (size_t i = 0; i < sizeof sides / sizeof *sides && !w->request->same_account; i++) {
    if (!layer_applies(w->trace, sides[i])) continue;
    pe_stream_name(&w->s, source_type(sides[i]));
    pe_stream_str(&w->s, decision_of(side_effect(w->trace, sides[i])));
  }
  pe_stream_close(&w->s, '}');
}

static void resource_results(writer *w) {
  pe_stream_name(&w->s, "ResourceSpecificResults");
  pe_stream_open(&w->s, '[');
  pe_stream_open(&w->s, '{');
  pe_stream_name(&w->s, "EvalResourceName");
  pe_stream_text(&w->s, w->request->resource.text);
  pe_stream_name(&w->s, "EvalResourceDecision");
  pe_stream_str(&w->s, decision_of(w->trace->effect));
  matched_statements(w);
  missing_values(w);
  pe_stream_close(&w->s, '}');
  pe_stream_close(&w->s, ']');
}

int pe_render_decision_aws(const pe_trace *trace, const pe_request *request, pe_buf *out) {
  writer w = {.s = pe_stream_to(out, false), .trace = trace, .request = request};
  pe_stream_open(&w.s, '{');
  pe_stream_name(&w.s, "EvaluationResults");
  pe_stream_open(&w.s, '[');
  pe_stream_open(&w.s, '{');
  pe_stream_name(&w.s, "EvalActionName");
  pe_stream_text(&w.s, request->action);
  pe_stream_name(&w.s, "EvalResourceName");
  pe_stream_text(&w.s, request->resource.text);
  pe_stream_name(&w.s, "EvalDecision");
  pe_stream_str(&w.s, decision_of(trace->effect));
  matched_statements(&w);
  missing_values(&w);
  cap_detail(&w, POLICYEVAL_LAYER_SCP, "OrganizationsDecisionDetail", "AllowedByOrganizations");
  cap_detail(&w, POLICYEVAL_LAYER_BOUNDARY, "PermissionsBoundaryDecisionDetail",
             "AllowedByPermissionsBoundary");
  cross_account_details(&w);
  resource_results(&w);
  pe_stream_close(&w.s, '}');
  pe_stream_close(&w.s, ']');
  pe_stream_name(&w.s, "IsTruncated");
  pe_stream_bool(&w.s, false);
  pe_stream_close(&w.s, '}');
  return out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

/* SPDX-License-Identifier: MIT */
/* One decision for a person: the verdict, a line per layer, and what nearly allowed it. */
#include "policyeval/context.h"
#include "report/excerpt.h"
#include "report/layer_lines.h"
#include "report/plain.h"
#include "report/render.h"
#include "report/words.h"

static void write_verdict(pe_buf *out, const pe_trace *trace, const pe_request *r) {
  const bool may = trace->effect == POLICYEVAL_ALLOW || trace->effect == POLICYEVAL_UNKNOWN;
  pe_buf_fmt(out, "%s: ", policyeval_effect_name(trace->effect));
  if (trace->effect == POLICYEVAL_UNKNOWN) pe_buf_str(out, "it is not certain whether ");
  pe_words_caller(out, &r->caller);
  pe_buf_str(out, may ? " can call " : " cannot call ");
  pe_buf_slice(out, r->action);
  if (r->resource.count == PE_ARN_FIELDS) {
    pe_buf_str(out, " on ");
    pe_buf_slice(out, r->resource.text);
  }
  if (r->only) pe_buf_fmt(out, ", as far as its %s policies say", policyeval_layer_name(r->only));
  pe_buf_str(out, "\n\n");
}

/* An Allow that one element keeps from matching, in a layer whose Allow is missing. */
static bool is_near(const pe_trace *trace, const pe_stmt_trace *s) {
  const unsigned kinds = 1u << PE_STEP_PRINCIPAL | 1u << PE_STEP_RESOURCE | 1u << PE_STEP_CONDITION;
  const bool one = s->failed && !(s->failed & (s->failed - 1u));
  return one && (s->failed & kinds) && s->statement->effect == PE_ALLOW &&
         (trace->blocked_by >> s->layer & 1);
}

static const char *element_of(const pe_statement *s, pe_step step) {
  switch (step) {
  case PE_STEP_PRINCIPAL: return s->principal_mode == PE_MODE_NOT ? "NotPrincipal" : "Principal";
  case PE_STEP_RESOURCE: return s->resource_mode == PE_MODE_NOT ? "NotResource" : "Resource";
  default: return "Condition";
  }
}

static pe_span span_of(const pe_stmt_trace *t) {
  const pe_statement *s = t->statement;
  if (t->step == PE_STEP_PRINCIPAL) return s->principal_span;
  if (t->step == PE_STEP_RESOURCE) return s->resource_span;
  return t->condition < s->nconditions ? s->conditions[t->condition].key_span : s->condition_span;
}

/* Why a condition entry did not hold, with the value that the request has. */
static void write_condition(pe_buf *out, const pe_stmt_trace *t) {
  if (t->step != PE_STEP_CONDITION || t->condition >= t->statement->nconditions) return;
  const pe_condition *c = &t->statement->conditions[t->condition];
  pe_buf_fmt(out, ": %.*s %.*s", (int)c->operator_text.len, c->operator_text.ptr, (int)c->key.len,
             c->key.ptr);
  switch (t->detail.why) {
  case PE_WHY_ABSENT:
  case PE_WHY_EMPTY: pe_buf_str(out, ", and the request does not have this key"); break;
  case PE_WHY_VARIABLE_ABSENT:
    pe_buf_str(out, ", and the request does not have the key of its variable");
    break;
  case PE_WHY_UNKNOWN: pe_buf_str(out, ", and the value is not known"); break;
  default:
    if (t->detail.request_value.ptr)
      pe_buf_fmt(out, ", and the request has \"%.*s\"", (int)t->detail.request_value.len,
                 t->detail.request_value.ptr);
  }
}

enum { NEAR_SHOWN = 5 };

static void write_near(pe_buf *out, const pe_trace *trace) {
  size_t shown = 0, near = 0;
  for (size_t i = 0; i < trace->statements.len; i++) {
    const pe_stmt_trace *t = &trace->statements.data[i];
    if (!is_near(trace, t)) continue;
    if (++near > NEAR_SHOWN) continue;
    shown++;
    pe_buf_str(out, "\n    ");
    pe_text_place(out, t->policy->source, t->statement->span.start);
    pe_buf_fmt(out, "  statement %u would allow it but for its %s", t->statement->index,
               element_of(t->statement, (pe_step)t->step));
    write_condition(out, t);
    pe_buf_char(out, '\n');
    pe_text_excerpt(out, t->policy->source, &(pe_mark){span_of(t), ""}, 1, 6);
  }
  if (near > shown) pe_buf_fmt(out, "\n    and %zu more statements nearly allow it\n", near - shown);
}

int pe_render_decision_text(const pe_trace *trace, const pe_request *request, pe_buf *out) {
  write_verdict(out, trace, request);
  pe_text_layers(out, trace, request);
  pe_text_caveats(out, trace, request);
  /* An explanation of every statement has them already. */
  const bool open = trace->effect == POLICYEVAL_IMPLICIT_DENY || trace->effect == POLICYEVAL_UNKNOWN;
  if (open && !trace->explain) write_near(out, trace);
  return pe_text_plain(out);
}

/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"
#include "report/layers.h"
#include "report/render.h"

static void place(pe_stream *s, const char *name, const pe_hint *h, pe_span span) {
  pe_stream_name(s, name);
  if (h->policy && h->statement != UINT32_MAX)
    pe_stream_span(s, h->policy->source, span);
  else
    pe_stream_null(s);
}

static void one_hint(pe_stream *s, const pe_hint *h) {
  pe_stream_open(s, '{');
  pe_stream_name(s, "rule");
  pe_stream_str(s, pe_hint_id(h->rule));
  pe_stream_name(s, "set");
  pe_stream_uint(s, h->set);
  pe_stream_name(s, "layer");
  pe_stream_str(s, policyeval_layer_name(h->layer));
  pe_stream_name(s, "message");
  pe_stream_str(s, pe_hint_message(h->rule));
  pe_stream_name(s, "change");
  pe_stream_str(s, pe_hint_change(h));
  pe_stream_name(s, "source");
  if (h->policy)
    pe_stream_text(s, pe_policy_source_name(h->policy));
  else
    pe_stream_null(s);
  pe_stream_name(s, "statement");
  if (h->policy && h->statement != UINT32_MAX)
    pe_stream_uint(s, h->statement);
  else
    pe_stream_null(s);
  place(s, "span", h, h->span);
  place(s, "value_span", h, h->value_span);
  pe_stream_name(s, "replacement");
  if (h->replacement.ptr)
    pe_stream_text(s, h->replacement);
  else
    pe_stream_null(s);
  pe_stream_close(s, '}');
}

static void one_leg(pe_stream *s, const pe_access_answer *a, int leg) {
  const pe_trace *trace = a->trace[leg];
  pe_stream_open(s, '{');
  pe_stream_name(s, "action");
  pe_stream_text(s, a->request[leg]->action);
  pe_stream_name(s, "resource");
  pe_stream_text(s, a->request[leg]->resource.text);
  pe_stream_name(s, "decision");
  pe_stream_str(s, policyeval_effect_name(trace->effect));
  pe_stream_name(s, "layers");
  pe_stream_layers(s, trace);
  pe_stream_name(s, "blocked_by");
  pe_stream_blocked_by(s, trace->blocked_by);
  pe_stream_name(s, "missing_context");
  pe_stream_missing(s, trace);
  pe_stream_missing_cut(s, trace);
  pe_stream_name(s, "hints");
  pe_stream_open(s, '[');
  for (size_t i = 0; i < a->hints->list.len; i++)
    if (a->hints->list.data[i].leg == leg) one_hint(s, &a->hints->list.data[i]);
  pe_stream_close(s, ']');
  pe_stream_name(s, "assumptions");
  pe_stream_assumptions(s, &trace->assumptions);
  pe_stream_close(s, '}');
}

static void operability(pe_stream *s, const pe_operability *state) {
  pe_stream_open(s, '{');
  pe_stream_name(s, "ok");
  pe_stream_bool(s, state->ok);
  pe_stream_name(s, "problems");
  pe_stream_open(s, '[');
  if (state->problem) {
    pe_stream_open(s, '{');
    pe_stream_name(s, "error");
    pe_stream_str(s, state->error);
    pe_stream_name(s, "message");
    pe_stream_str(s, state->problem);
    pe_stream_close(s, '}');
  }
  pe_stream_close(s, ']');
  pe_stream_close(s, '}');
}

int pe_render_access_json(const pe_access_answer *answer, pe_buf *out) {
  pe_stream s = pe_stream_to(out, true);
  pe_stream_open(&s, '{');
  pe_stream_name(&s, "decision");
  pe_stream_str(&s, policyeval_effect_name(answer->effect));
  pe_stream_name(&s, "legs");
  pe_stream_open(&s, '[');
  for (int leg = 0; leg < PE_LEGS; leg++) one_leg(&s, answer, leg);
  pe_stream_close(&s, ']');
  pe_stream_name(&s, "operability");
  operability(&s, &answer->operability);
  pe_stream_close(&s, '}');
  return out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

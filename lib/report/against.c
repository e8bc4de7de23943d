/* SPDX-License-Identifier: MIT */
/* Why the policy that is compared with does not allow the witness. */
#include "eval/trace.h"
#include "report/analysis.h"
#include "report/excerpt.h"
#include "report/missed.h"

enum { SHOWN = 5 }; /* statements in a text */

static int explain(const pe_result *r, const pe_policy *other, const pe_alloc *alloc, pe_trace *t) {
  pe_trace_init(t, alloc);
  return pe_witness_trace(&(pe_group){&other, 1}, r->witness, t);
}

static bool is_reason(const pe_stmt_trace *s) {
  return (s->statement->effect == PE_DENY) == (s->step == PE_STEP_MATCHED);
}

/* How many elements keep an Allow from matching; 0: a Deny that matches. */
static unsigned distance(const pe_stmt_trace *s) {
  unsigned n = 0;
  for (unsigned step = PE_STEP_NO_EFFECT; step <= PE_STEP_CONDITION; step++) n += s->failed >> step & 1;
  return s->step == PE_STEP_MATCHED ? 0 : n;
}

static void put_denial(pe_buf *out, const pe_stmt_trace *s) {
  pe_buf_str(out, "         ");
  pe_text_place(out, s->policy->source, s->statement->span.start);
  pe_buf_fmt(out, "  statement %u", s->statement->index);
  if (s->statement->sid.len) pe_buf_fmt(out, " (%.*s)", (int)s->statement->sid.len, s->statement->sid.ptr);
  pe_buf_str(out, " (Deny) denies it\n");
}

int pe_text_against(pe_buf *out, const pe_result *r, const pe_policy *other) {
  pe_trace t;
  if (!r->witness || !other) return POLICYEVAL_OK;
  int rc = explain(r, other, out->alloc, &t);
  unsigned shown = 0, reasons = 0;
  for (size_t i = 0; i < t.statements.len; i++) reasons += is_reason(&t.statements.data[i]);
  for (unsigned d = 0; d <= PE_STEP_CONDITION && !rc; d++) {
    for (size_t i = 0; i < t.statements.len && shown < SHOWN; i++) {
      const pe_stmt_trace *s = &t.statements.data[i];
      if (!is_reason(s) || distance(s) != d) continue;
      if (!shown++) pe_buf_str(out, "  but    not there:\n");
      if (d) pe_text_missed(out, s);
      else put_denial(out, s);
    }
  }
  if (!rc && reasons > shown) pe_buf_fmt(out, "         and %u more\n", reasons - shown);
  pe_trace_done(&t);
  return rc;
}

int pe_json_against(pe_buf *out, const pe_result *r, const pe_policy *other) {
  pe_trace t;
  int rc = explain(r, other, out->alloc, &t);
  pe_stream s = pe_stream_to(out, false);
  pe_stream_open(&s, '[');
  for (size_t i = 0; i < t.statements.len && !rc; i++)
    if (is_reason(&t.statements.data[i])) pe_stream_missed(&s, &t.statements.data[i]);
  pe_stream_close(&s, ']');
  pe_trace_done(&t);
  return rc ? rc : out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

/* SPDX-License-Identifier: MIT */
#include "eval/trace.h"

void pe_trace_init(pe_trace *t, const pe_alloc *a) { *t = (pe_trace){.alloc = a}; }

void pe_trace_clear(pe_trace *t) {
  t->effect = POLICYEVAL_IMPLICIT_DENY;
  t->blocked_by = 0;
  t->primary = 0;
  t->assumptions = (pe_rowset){{0}};
  t->layers.len = t->statements.len = t->missing.len = t->grants.len = 0;
  t->missing_cut = 0;
  t->failed = false;
}

void pe_trace_done(pe_trace *t) {
  pe_vec_done(&t->layers, t->alloc);
  pe_vec_done(&t->statements, t->alloc);
  pe_vec_done(&t->missing, t->alloc);
  pe_vec_done(&t->grants, t->alloc);
}

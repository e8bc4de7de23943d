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
  t->looked_at = 0;
  t->failed = false;
}

void pe_trace_done(pe_trace *t) {
  pe_vec_done(&t->layers, t->alloc);
  pe_vec_done(&t->statements, t->alloc);
  pe_vec_done(&t->missing, t->alloc);
  pe_vec_done(&t->grants, t->alloc);
}

static bool same_key(pe_slice a, pe_slice b) { return a.len == b.len && pe_slice_eq_ascii_nocase(a, b); }

static void collect(void *user, pe_slice key, const pe_key_info *info, bool unknown) {
  pe_trace *t = user;
  (void)info;
  for (size_t i = t->missing.len, n = 0; i > 0 && n < 8; i--, n++) { /* a key often comes several times in a row */
    if (same_key(t->missing.data[i - 1].key, key)) return;
  }
  pe_missing *m = pe_vec_push(&t->missing, t->alloc);
  if (!m) {
    t->failed = true;
    return;
  }
  m->key = key;
  m->unknown = unknown;
}

void pe_trace_missing(pe_trace *t, pe_env *env) {
  t->missing.len = 0;
  env->missing = collect;
  env->missing_user = t;
}

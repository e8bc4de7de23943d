/* SPDX-License-Identifier: MIT */
#include "loaded.h"

#include <stdlib.h>
#include <string.h>

static loaded load(int kind, const char *text, bool lenient) {
  loaded l = {NULL, {0}, 0};
  ck_assert_int_eq(pe_findings_init(&l.findings, &pe_alloc_libc), 0);
  pe_load_options options = {
      .kind = kind, .name = PE_SLICE("test.json"), .limits = pe_load_limits_default, .lenient = lenient};
  l.rc = pe_policy_load(&pe_alloc_libc, pe_slice_str(text), &options, &l.policy, &l.findings);
  ck_assert(!l.policy == (l.rc != 0));
  return l;
}

loaded loaded_new(int kind, const char *text) { return load(kind, text, false); }
loaded loaded_lenient(int kind, const char *text) { return load(kind, text, true); }

loaded loaded_ok(int kind, const char *text) {
  loaded l = load(kind, text, false);
  ck_assert_msg(l.rc == 0, "returned %d: %s\n%s", l.rc,
                l.findings.list.len ? l.findings.list.data[0].message.ptr : "no finding", text);
  return l;
}

void loaded_done(loaded *l) {
  pe_policy_unref(l->policy);
  pe_findings_done(&l->findings);
}

static const pe_finding *finding(const loaded *l, size_t n) {
  ck_assert_msg(n < l->findings.list.len, "only %zu findings", l->findings.list.len);
  return &l->findings.list.data[n];
}

void loaded_expect(const loaded *l, size_t n, pe_rule rule, unsigned line, unsigned column) {
  const pe_finding *f = finding(l, n);
  ck_assert_str_eq(pe_rule_get(f->rule)->id, pe_rule_get(rule)->id);
  policyeval_position at = pe_source_position(f->source, f->span.start);
  ck_assert_msg(at.line == line && at.column == column, "%s is at %u:%u, not %u:%u", pe_rule_get(rule)->id,
                at.line, at.column, line, column);
}

void loaded_says(const loaded *l, size_t n, const char *part) {
  const pe_finding *f = finding(l, n);
  ck_assert_msg(strstr(f->message.ptr, part) != NULL, "\"%s\" does not say \"%s\"", f->message.ptr, part);
}

char *loaded_fixed(const loaded *l, size_t n, const char *text) {
  const pe_finding *f = finding(l, n);
  ck_assert_msg(f->fix_text.ptr != NULL, "%s has no fix", pe_rule_get(f->rule)->id);
  pe_buf out;
  pe_buf_init(&out, &pe_alloc_libc);
  pe_slice whole = pe_slice_str(text);
  pe_buf_slice(&out, pe_slice_sub(whole, 0, f->fix_span.start));
  pe_buf_slice(&out, f->fix_text);
  pe_buf_slice(&out, pe_slice_sub(whole, f->fix_span.end, whole.len));
  return pe_buf_take(&out, NULL);
}

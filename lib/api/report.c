/* SPDX-License-Identifier: MIT */
#include "policyeval/report.h"
#include "policyeval/validate.h"

#include "api/objects.h"
#include "report/render.h"

int pe_report_make(policyeval_context *c, pe_findings *findings, policyeval_report **out) {
  const bool failed = findings->failed;
  if (!out || findings->list.len == 0 || failed) {
    pe_findings_done(findings);
    if (out) *out = NULL;
    return failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
  }
  policyeval_report *r = pe_alloc_new(&c->alloc, sizeof *r);
  if (!r) {
    pe_findings_done(findings);
    *out = NULL;
    return POLICYEVAL_ENOMEM;
  }
  pe_findings_sort(findings);
  r->context = policyeval_context_ref(c);
  r->findings = *findings;
  *findings = (pe_findings){0};
  *out = r;
  return POLICYEVAL_OK;
}

void policyeval_report_free(policyeval_report *report) {
  if (!report) return;
  policyeval_context *context = report->context;
  pe_findings_done(&report->findings);
  for (int i = 0; i < PE_REPORT_FORMS; i++) pe_alloc_free(&context->alloc, report->form[i].text);
  pe_alloc_free(&context->alloc, report);
  policyeval_context_unref(context);
}

size_t policyeval_report_count(const policyeval_report *report) { return report ? report->findings.list.len : 0; }

static const pe_finding *finding_at(const policyeval_report *report, size_t i) {
  return report && i < report->findings.list.len ? &report->findings.list.data[i] : NULL;
}

int policyeval_report_severity(const policyeval_report *report, size_t i) {
  const pe_finding *f = finding_at(report, i);
  return f ? pe_rule_get(f->rule)->severity + 1 : 0;
}

policyeval_slice policyeval_report_code(const policyeval_report *report, size_t i) {
  const pe_finding *f = finding_at(report, i);
  return f ? pe_give(pe_slice_str(pe_rule_get(f->rule)->id)) : (policyeval_slice){0};
}

policyeval_slice policyeval_report_message(const policyeval_report *report, size_t i) {
  const pe_finding *f = finding_at(report, i);
  return f ? pe_give(f->message) : (policyeval_slice){0};
}

policyeval_slice policyeval_report_source(const policyeval_report *report, size_t i) {
  const pe_finding *f = finding_at(report, i);
  return f && f->source ? pe_give(pe_source_file(f->source)->name) : (policyeval_slice){0};
}

policyeval_slice policyeval_report_fix(const policyeval_report *report, size_t i) {
  const pe_finding *f = finding_at(report, i);
  return f ? pe_give(f->fix_text) : (policyeval_slice){0};
}

int policyeval_report_span(const policyeval_report *report, size_t i, policyeval_span *span) {
  if (!report || !span) return POLICYEVAL_EINVAL;
  const pe_finding *f = finding_at(report, i);
  if (!f || !f->source) return POLICYEVAL_ENOTFOUND;
  *span = pe_source_span(f->source, f->span);
  return POLICYEVAL_OK;
}

typedef int (*findings_writer)(const pe_findings *findings, pe_buf *out);

/* Renders once and keeps the text with the report. */
static const char *rendered(policyeval_report *r, findings_writer write, int form, size_t *len) {
  if (!r) return NULL;
  if (!r->form[form].text) {
    pe_buf buf;
    pe_buf_init(&buf, &r->context->alloc);
    if (write(&r->findings, &buf) == POLICYEVAL_OK) r->form[form].text = pe_buf_take(&buf, &r->form[form].len);
    pe_buf_done(&buf);
  }
  if (r->form[form].text && len) *len = r->form[form].len;
  return r->form[form].text;
}

const char *policyeval_report_json(policyeval_report *report, size_t *len) {
  return rendered(report, pe_render_findings_json, PE_REPORT_JSON, len);
}

const char *policyeval_report_text(policyeval_report *report, size_t *len) {
  return rendered(report, pe_render_findings_text, PE_REPORT_TEXT, len);
}

const char *policyeval_report_sarif(policyeval_report *report, size_t *len) {
  return rendered(report, pe_render_findings_sarif, PE_REPORT_SARIF, len);
}

const char *policyeval_report_aws(policyeval_report *report, size_t *len) {
  return rendered(report, pe_render_findings_aws, PE_REPORT_AWS, len);
}

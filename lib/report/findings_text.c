/* SPDX-License-Identifier: MIT */
/* Findings for people: place, what is wrong, the line with the span underlined, what to write instead. */
#include "report/excerpt.h"
#include "report/plain.h"
#include "report/render.h"

static const char *const severities[] = {
    [PE_ERROR] = "error", [PE_SECURITY_WARNING] = "security warning", [PE_WARNING] = "warning", [PE_SUGGESTION] = "suggestion"};

/* The replacement as it fits behind its title: without blanks around it, and only if it is one short line that the title
 * does not say already. */
static pe_slice shown(const pe_finding *f) {
  pe_slice s = f->fix_text;
  while (s.len && (unsigned char)s.ptr[0] <= ' ') s = pe_slice_sub(s, 1, s.len);
  while (s.len && (unsigned char)s.ptr[s.len - 1] <= ' ') s.len--;
  if (s.len > 200 || (s.len && memchr(s.ptr, '\n', s.len))) return PE_SLICE("");
  for (size_t i = 0; i + s.len <= f->fix_title.len; i++)
    if (pe_slice_eq(pe_slice_sub(f->fix_title, i, i + s.len), s)) return PE_SLICE("");
  return s;
}

static void write_finding(pe_buf *out, const pe_finding *f) {
  const pe_rule_info *rule = pe_rule_get(f->rule);
  if (f->source->text.len) pe_text_place(out, f->source, f->span.start);
  else pe_buf_slice(out, pe_source_file(f->source)->name);
  pe_buf_fmt(out, ": %s %s: ", severities[rule->severity], rule->id);
  pe_buf_slice(out, f->message);
  pe_buf_char(out, '\n');
  if (f->source->text.len) pe_text_excerpt(out, f->source, &(pe_mark){f->span, ""}, 1, 2);
  if (f->fix_title.len) {
    pe_buf_str(out, "  fix: ");
    pe_buf_slice(out, f->fix_title);
    if (shown(f).len) {
      pe_buf_str(out, ": ");
      pe_buf_slice(out, shown(f));
    }
    pe_buf_char(out, '\n');
  } else if (rule->fix[0]) {
    pe_buf_fmt(out, "  fix: %s\n", rule->fix);
  }
}

int pe_render_findings_text(const pe_findings *findings, pe_buf *out) {
  pe_buf_add(out, "", 0);
  for (size_t i = 0; i < findings->list.len; i++) write_finding(out, &findings->list.data[i]);
  return pe_text_plain(out);
}

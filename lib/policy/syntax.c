/* SPDX-License-Identifier: MIT */
#include "policy/syntax.h"

#include "base/utf8.h"

enum { KEPT_AFTER = 4096 };

/* The text for the findings: of one beyond all limits only what is needed to tell the place. */
static pe_source shortened(const pe_source *source, const pe_json_error *error) {
  pe_source part = *source;
  if (error->fault == PE_JSON_FAULT_BYTES) { /* a file: what stands in one is shorter */
    part.text = pe_slice_sub(source->text, 0, (size_t)error->offset + KEPT_AFTER);
  }
  return part;
}

static bool printable(pe_slice s) {
  for (size_t i = 0; i < s.len; i++) {
    if ((unsigned char)s.ptr[i] < 0x20 || (unsigned char)s.ptr[i] == 0x7F) return false;
  }
  return pe_utf8_valid(s) == s.len;
}

/* What a program may write instead. */
static void add_fix(pe_findings *f, pe_finding *finding, const pe_source *source,
                    const pe_json_error *error) {
  pe_span span = {error->offset, error->end};
  switch (error->fault) {
  case PE_JSON_FAULT_QUOTES:
    pe_finding_fix(f, finding, span, PE_SLICE("\""), false, "Write a straight quote");
    break;
  case PE_JSON_FAULT_TRAILING:
    span.end = (uint32_t)source->text.len;
    pe_finding_fix(f, finding, span, PE_SLICE(""), false, "Remove the text after the document");
    break;
  case PE_JSON_FAULT_TRAILING_COMMA:
    pe_finding_fix(f, finding, span, PE_SLICE(""), true, "Remove the comma");
    break;
  case PE_JSON_FAULT_BOM:
    pe_finding_fix(f, finding, span, PE_SLICE(""), true, "Remove the byte order mark");
    break;
  case PE_JSON_FAULT_SINGLE_QUOTE:
    pe_finding_fix(f, finding, span, PE_SLICE("\""), false, "Write a double quote");
    break;
  default: break;
  }
}

int pe_syntax_report(pe_findings *findings, const pe_source *source, const pe_json_error *error) {
  if (!findings) return 0;
  bool limit = error->fault == PE_JSON_FAULT_DEPTH || error->fault == PE_JSON_FAULT_NODES ||
               error->fault == PE_JSON_FAULT_BYTES;
  pe_source part = shortened(source, error);
  if (pe_findings_keep(findings, &part)) return POLICYEVAL_ENOMEM;
  pe_span span = {error->offset, error->end};
  const char *why = pe_json_fault_message(error->fault);
  pe_slice rest = pe_slice_sub(source->text, span.start, span.end);
  bool show = error->fault == PE_JSON_FAULT_TRAILING && printable(rest);
  pe_finding *finding =
      limit ? pe_findings_add(findings, PE_RULE_LIMIT_REACHED, 0, span,
                              "The document is too large to read: %s.", why)
      : show
          ? pe_findings_add(findings, PE_RULE_JSON_SYNTAX_ERROR, 0, span,
                            "The text is not JSON: %s. Remove \"%.*s\".", why, PE_EXCERPT(rest))
          : pe_findings_add(findings, PE_RULE_JSON_SYNTAX_ERROR, 0, span, "The text is not JSON: %s.", why);
  if (!finding) return POLICYEVAL_ENOMEM;
  finding->refuses = 1;
  add_fix(findings, finding, source, error);
  return findings->failed ? POLICYEVAL_ENOMEM : 0;
}

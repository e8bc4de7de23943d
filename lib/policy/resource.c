/* SPDX-License-Identifier: MIT */
/* Resource and NotResource: L1.7. */
#include "policy/build.h"

/* AMB-4: what becomes of an ARN of fewer than six fields. */
typedef enum short_arn { PAD, ASK, REFUSE } short_arn;

static short_arn short_arn_in(int kind) {
  switch (kind) {
  case POLICYEVAL_KIND_IDENTITY:
  case POLICYEVAL_KIND_BOUNDARY: return PAD;
  case POLICYEVAL_KIND_SESSION:
  case POLICYEVAL_KIND_SCP:
  case POLICYEVAL_KIND_RCP: return REFUSE;
  default: return ASK;
  }
}

static bool has_six_fields(pe_slice text) {
  unsigned colons = 0;
  for (size_t i = 0; i < text.len && colons < 5; i++) colons += text.ptr[i] == ':';
  return colons == 5;
}

static void compile_arn(pe_build *b, pe_resource *out) {
  unsigned flags = PE_PATTERN_WILD;
  if (b->variables) flags |= PE_PATTERN_VARIABLES | PE_ARN_VARS_RESOURCE; /* L3.2 */
  if (!pe_slice_eq(out->text, PE_SLICE("*")) && !has_six_fields(out->text)) {
    short_arn rule = short_arn_in(b->kind);
    if (rule == REFUSE) {
      pe_build_fault(
          b, PE_RULE_MISSING_ARN_FIELD, out->node, out->span,
          "The ARN \"%.*s\" has fewer than six fields, and this kind of policy takes whole ARNs only.",
          PE_EXCERPT(out->text));
      out->never = 1;
      return;
    }
    flags |= PE_ARN_PAD;
    out->short_arn = rule == ASK;
  }
  int rc = pe_arn_pattern_compile(b->arena, out->text, flags, &out->pattern);
  if (rc) b->result = rc;
}

static void compile(pe_build *b, uint32_t node, pe_resource *out) {
  const pe_json_node *value = pe_build_node(b, node);
  out->span = value->span;
  out->node = node;
  out->text = value->type == PE_JSON_STRING ? value->text : PE_SLICE(""); /* L1.1.8: a null matches nothing */
  if (out->text.len > b->limits->pattern) {
    pe_build_limit(b, node, "bytes", b->limits->pattern);
    return;
  }
  pe_build_placeholders(b, node, out->text, false);
  out->never = !pe_slice_eq(out->text, PE_SLICE("*")) && !pe_slice_starts(out->text, PE_SLICE("arn:"));
  if (!out->never) compile_arn(b, out);
}

void pe_build_resources(pe_build *b, uint32_t node, const char *element) {
  pe_statement *s = b->statement;
  uint32_t i, count;
  s->resource_node = node;
  s->resource_span = pe_build_value_span(b, node);
  if (!pe_build_strings(b, node, element, true, &i, &count)) return;
  s->resources = pe_build_array(b, count, sizeof *s->resources);
  if (!s->resources) return;
  if (count == 0) s->no_effect = 1; /* L1.7.8 */
  for (; s->nresources < count && !b->result; i = pe_build_node(b, i)->next) {
    compile(b, i, &s->resources[s->nresources++]);
  }
}

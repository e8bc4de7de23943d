/* SPDX-License-Identifier: MIT */
#include "policy/build.h"

/* Findings keep a copy of the text, made with the first one: most documents have none. */
static pe_finding *add(pe_build *b, pe_rule rule, uint32_t node, pe_span span, const char *format,
                       va_list args) {
  pe_findings *f = b->findings;
  if (!f || b->result == POLICYEVAL_ENOMEM) return NULL;
  if (!b->kept) {
    if (pe_findings_keep(f, b->json->source)) {
      b->result = POLICYEVAL_ENOMEM;
      return NULL;
    }
    b->kept = true;
  }
  pe_finding *finding = pe_findings_addv(f, rule, node, span, format, args);
  if (!finding) b->result = POLICYEVAL_ENOMEM;
  return finding;
}

pe_finding *pe_build_fault(pe_build *b, pe_rule rule, uint32_t node, pe_span span, const char *format, ...) {
  va_list args;
  va_start(args, format);
  pe_finding *finding = add(b, rule, node, span, format, args);
  va_end(args);
  b->refused = true;
  if (b->statement) b->statement->broken = 1;
  if (finding) finding->refuses = 1;
  return finding;
}

pe_finding *pe_build_warn(pe_build *b, pe_rule rule, uint32_t node, pe_span span, const char *format, ...) {
  va_list args;
  va_start(args, format);
  pe_finding *finding = add(b, rule, node, span, format, args);
  va_end(args);
  return finding;
}

void pe_build_fix(pe_build *b, pe_finding *finding, pe_span span, pe_slice text, bool safe,
                  const char *title) {
  if (!finding) return;
  pe_finding_fix(b->findings, finding, span, text, safe, title);
  if (b->findings->failed) b->result = POLICYEVAL_ENOMEM;
}

void pe_build_limit(pe_build *b, uint32_t node, const char *what, size_t limit) {
  pe_build_fault(b, PE_RULE_LIMIT_REACHED, node, pe_build_value_span(b, node),
                 "There are more than %zu %s here, the limit of this library.", limit, what);
  if (!b->result) b->result = POLICYEVAL_ELIMIT;
}

void *pe_build_array(pe_build *b, size_t count, size_t size) {
  void *p = pe_arena_zero(b->arena, count, size);
  if (!p) b->result = POLICYEVAL_ENOMEM;
  return p;
}

const char *pe_build_type_name(uint8_t json_type) {
  static const char *const names[] = {"null", "false", "true", "a number", "a string", "a list", "an object"};
  return names[json_type];
}

void pe_build_mismatch(pe_build *b, uint32_t node, const char *element, const char *wanted) {
  pe_build_fault(b, PE_RULE_DATA_TYPE_MISMATCH, node, pe_build_value_span(b, node),
                 "%s takes %s, and this is %s.", element, wanted,
                 pe_build_type_name(pe_build_node(b, node)->type));
}

void pe_build_duplicate(pe_build *b, uint32_t node) {
  pe_finding *finding =
      pe_build_fault(b, PE_RULE_DUPLICATE_MEMBER, node, pe_build_key_span(b, node),
                     "\"%.*s\" is there twice in one object.", PE_EXCERPT(pe_build_node(b, node)->key));
  if (finding) finding->on_key = 1;
}

pe_finding *pe_build_unknown_name(pe_build *b, pe_rule rule, uint32_t node, const char *what,
                                  const char *where, const char *const *known) {
  pe_slice name = pe_build_node(b, node)->key;
  pe_span span = pe_build_key_span(b, node);
  const char *right = pe_spelling_nearest(name, known);
  pe_finding *finding =
      right ? pe_build_fault(b, rule, node, span, "%s has no %s \"%.*s\": write \"%s\".", where, what,
                             PE_EXCERPT(name), right)
            : pe_build_fault(b, rule, node, span, "%s has no %s \"%.*s\".", where, what, PE_EXCERPT(name));
  if (!finding) return NULL;
  finding->on_key = 1;
  if (right) {
    char text[64];
    size_t len = strlen(right);
    if (len > sizeof text - 2) return finding;
    text[0] = '"';
    memcpy(text + 1, right, len);
    text[len + 1] = '"';
    pe_build_fix(b, finding, span, pe_slice_of(text, len + 2), false, "Correct the name");
  }
  return finding;
}

bool pe_build_strings(pe_build *b, uint32_t node, const char *element, bool null_element, uint32_t *first,
                      uint32_t *count) {
  const pe_json_node *value = pe_build_node(b, node);
  *first = node;
  *count = 1;
  if (value->type == PE_JSON_STRING) return true;
  if (value->type != PE_JSON_ARRAY) {
    pe_build_mismatch(b, node, element, "a string or a list of strings");
    return false;
  }
  *first = pe_json_first(node);
  *count = value->children;
  bool good = true;
  for (uint32_t i = *first; i < value->next; i = pe_build_node(b, i)->next) {
    uint8_t type = pe_build_node(b, i)->type;
    if (type == PE_JSON_STRING || (type == PE_JSON_NULL && null_element)) continue;
    pe_build_mismatch(b, i, element, "a string or a list of strings");
    good = false;
  }
  return good;
}

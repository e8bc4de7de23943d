/* SPDX-License-Identifier: MIT */
/* Action and NotAction: L1.6. */
#include "policy/build.h"

static bool service_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* L1.6.3, L1.6.4, L1.6.6: no request has an action that this matches. */
static bool never_matches(pe_slice text) {
  const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
  if (!colon) return true;
  size_t service = (size_t)(colon - text.ptr);
  if (service == 0 || service + 1 == text.len) return true;
  if (service != 1 || text.ptr[0] != '*') {
    for (size_t i = 0; i < service; i++) {
      if (!service_char(text.ptr[i])) return true;
    }
  }
  for (size_t i = service + 1; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c <= ' ' || c == ',' || c == ':' || c == 0x7F) return true;
  }
  return false;
}

static void compile(pe_build *b, uint32_t node, pe_action *out) {
  const pe_json_node *value = pe_build_node(b, node);
  out->text = value->text;
  out->span = value->span;
  out->node = node;
  if (value->text.len > b->limits->pattern) {
    pe_build_limit(b, node, "bytes", b->limits->pattern);
    return;
  }
  out->any = pe_slice_eq(value->text, PE_SLICE("*")) || pe_slice_eq(value->text, PE_SLICE("*:*")) ||
             pe_slice_eq(value->text, PE_SLICE("**"));
  out->never = !out->any && never_matches(value->text);
  if (out->any || out->never) return;
  int rc = pe_pattern_compile(b->arena, value->text, PE_PATTERN_WILD | PE_PATTERN_NOCASE, &out->pattern);
  if (rc) b->result = rc;
}

void pe_build_actions(pe_build *b, uint32_t node, const char *element) {
  pe_statement *s = b->statement;
  uint32_t i, count;
  s->action_node = node;
  s->action_span = pe_build_value_span(b, node);
  if (!pe_build_strings(b, node, element, false, &i, &count)) return;
  s->actions = pe_build_array(b, count, sizeof *s->actions);
  if (!s->actions) return;
  if (count == 0) s->no_effect = 1; /* L1.6.7 */
  for (; s->nactions < count && !b->result; i = pe_build_node(b, i)->next)
    compile(b, i, &s->actions[s->nactions++]);
}

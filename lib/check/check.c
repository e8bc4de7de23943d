/* SPDX-License-Identifier: MIT */
#include "check/check.h"

static pe_finding *add(pe_check *c, pe_rule rule, uint32_t node, pe_span span, const char *format, va_list args) {
  if (!pe_check_wants(c, rule) || c->result) return NULL;
  pe_finding *f = pe_findings_addv(c->findings, rule, node, span, format, args);
  if (!f) c->result = POLICYEVAL_ENOMEM;
  return f;
}

pe_finding *pe_check_value(pe_check *c, pe_rule rule, uint32_t node, const char *format, ...) {
  va_list args;
  va_start(args, format);
  pe_finding *f = add(c, rule, node, pe_check_node(c, node)->span, format, args);
  va_end(args);
  return f;
}

pe_finding *pe_check_name(pe_check *c, pe_rule rule, uint32_t node, const char *format, ...) {
  va_list args;
  va_start(args, format);
  pe_finding *f = add(c, rule, node, pe_check_node(c, node)->key_span, format, args);
  va_end(args);
  if (f) f->on_key = 1;
  return f;
}

pe_finding *pe_check_part(pe_check *c, pe_rule rule, uint32_t node, size_t from, size_t to, const char *format, ...) {
  va_list args;
  if (!pe_check_wants(c, rule)) return NULL;
  va_start(args, format);
  pe_finding *f = add(c, rule, node, pe_json_substring(c->json, node, from, to), format, args);
  va_end(args);
  return f;
}

pe_finding *pe_check_statement(pe_check *c, pe_rule rule, const char *format, ...) {
  va_list args;
  pe_span span = {c->s->span.start, c->s->span.start + 1};
  va_start(args, format);
  pe_finding *f = add(c, rule, c->s->node, span, format, args);
  va_end(args);
  return f;
}

void pe_check_fix(pe_check *c, pe_finding *f, pe_slice json, bool safe, const char *title) {
  if (f) pe_finding_fix(c->findings, f, f->span, json, safe, title);
}

/* The bytes as they stand inside a JSON string. */
static void escape(pe_buf *out, pe_slice text) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char ch = (unsigned char)text.ptr[i];
    if (ch == '"' || ch == '\\') pe_buf_char(out, '\\');
    if (ch < 0x20) {
      pe_buf_fmt(out, "\\u%04x", ch);
    } else {
      pe_buf_char(out, (char)ch);
    }
  }
}

void pe_check_fix_part(pe_check *c, pe_finding *f, uint32_t node, size_t from, size_t to, pe_slice text, bool safe,
                       const char *title) {
  if (!f || pe_check_node(c, node)->substituted) return; /* the file holds another text */
  pe_buf buf;
  pe_buf_init(&buf, c->alloc);
  pe_buf_str(&buf, "");
  escape(&buf, text);
  if (buf.failed) {
    c->result = POLICYEVAL_ENOMEM;
  } else {
    pe_slice json = buf.len ? pe_slice_of(buf.ptr, buf.len) : PE_SLICE("");
    pe_finding_fix(c->findings, f, pe_json_substring(c->json, node, from, to), json, safe, title);
  }
  pe_buf_done(&buf);
}

static bool blank(char ch) { return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r'; }

void pe_check_fix_remove(pe_check *c, pe_finding *f, uint32_t node, bool safe, const char *title) {
  if (!f || node == 0) return;
  const pe_json_node *n = pe_check_node(c, node), *parent = pe_check_node(c, n->parent);
  if (parent->type != PE_JSON_ARRAY && parent->type != PE_JSON_OBJECT) return;
  if (parent->children < 2) return;
  pe_slice text = c->json->source->text;
  bool member = parent->type == PE_JSON_OBJECT;
  pe_span span = {member ? n->key_span.start : n->span.start, n->span.end};
  uint32_t before = span.start;
  while (before > parent->span.start + 1 && blank(text.ptr[before - 1])) before--;
  if (text.ptr[before - 1] == ',') {
    span.start = before - 1;
  } else {
    if (n->next >= parent->next) return;
    const pe_json_node *next = pe_check_node(c, n->next);
    span.end = member ? next->key_span.start : next->span.start;
  }
  pe_finding_fix(c->findings, f, span, PE_SLICE(""), safe, title);
}

bool pe_check_has_wildcard(pe_slice s) {
  return s.len > 0 && (memchr(s.ptr, '*', s.len) || memchr(s.ptr, '?', s.len));
}

bool pe_check_has_variable(pe_slice s) {
  const char *p = s.ptr, *end = s.len ? s.ptr + s.len : s.ptr;
  while (p && p + 1 < end) {
    p = memchr(p, '$', (size_t)(end - p) - 1);
    if (p && p[1] == '{') return true;
    if (p) p++;
  }
  return false;
}

bool pe_check_is_open(pe_slice s) { return pe_check_has_wildcard(s) || pe_check_has_variable(s); }

bool pe_check_contains(pe_slice s, const char *word) {
  pe_slice w = pe_slice_str(word);
  for (size_t i = 0; i + w.len <= s.len; i++) {
    if (memcmp(s.ptr + i, w.ptr, w.len) == 0) return true;
  }
  return false;
}

bool pe_check_equals(pe_slice s, const char *word) { return pe_slice_eq_ascii_nocase(s, pe_slice_str(word)); }

bool pe_check_starts(pe_slice s, const char *word) {
  size_t n = strlen(word);
  return s.len >= n && pe_slice_eq_ascii_nocase(pe_slice_sub(s, 0, n), pe_slice_of(word, n));
}

bool pe_check_action_is(const pe_action *a, const char *name) {
  return !a->any && !a->never && pe_check_equals(a->text, name);
}

bool pe_check_action_covers(const pe_action *a, const char *lower) {
  if (a->any) return true;
  return !a->never && pe_pattern_match(&a->pattern, pe_slice_str(lower));
}

bool pe_check_statement_covers(const pe_statement *s, const char *lower) {
  bool listed = false;
  for (uint32_t i = 0; i < s->nactions && !listed; i++) listed = pe_check_action_covers(&s->actions[i], lower);
  return s->action_mode == PE_MODE_IS ? listed : s->action_mode == PE_MODE_NOT && !listed;
}

bool pe_check_any_resource(const pe_statement *s) {
  for (uint32_t i = 0; i < s->nresources; i++) {
    if (pe_slice_eq(s->resources[i].text, PE_SLICE("*"))) return true;
  }
  return false;
}

const pe_condition *pe_check_condition(const pe_statement *s, const char *key) {
  for (uint32_t i = 0; i < s->nconditions; i++) {
    if (pe_check_equals(s->conditions[i].key, key)) return &s->conditions[i];
  }
  return NULL;
}

bool pe_check_conditions_start(const pe_statement *s, const char *prefix) {
  for (uint32_t i = 0; i < s->nconditions; i++) {
    if (pe_check_starts(s->conditions[i].key, prefix)) return true;
  }
  return false;
}

bool pe_check_same_tree(const pe_check *c, uint32_t a, uint32_t b) {
  const pe_json_node *top = pe_check_node(c, a), *other = pe_check_node(c, b);
  if (top->next - a != other->next - b) return false;
  for (uint32_t i = 0; i < top->next - a; i++) {
    const pe_json_node *x = pe_check_node(c, a + i), *y = pe_check_node(c, b + i);
    if (x->type != y->type || x->children != y->children || !pe_slice_eq(x->text, y->text)) return false;
    if (i && !pe_slice_eq(x->key, y->key)) return false;
  }
  return true;
}

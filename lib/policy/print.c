/* SPDX-License-Identifier: MIT */
/* The canonical text of a policy, and equality of two. */
#include "policy/load.h"

/* A JSON string. What stands in a document is UTF-8, so only what JSON demands is escaped. */
static void string(pe_buf *out, pe_slice s) {
  static const char hex[] = "0123456789abcdef";
  pe_buf_char(out, '"');
  size_t from = 0;
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    pe_buf_slice(out, pe_slice_sub(s, from, i));
    from = i + 1;
    char escape[6] = {'\\', (char)c, '0', '0', hex[c >> 4], hex[c & 15]};
    if (c < 0x20) escape[1] = 'u';
    pe_buf_add(out, escape, c < 0x20 ? 6 : 2);
  }
  pe_buf_slice(out, pe_slice_sub(s, from, s.len));
  pe_buf_char(out, '"');
}

/* `,` unless it is the first one; then the name of the member. */
static void member(pe_buf *out, bool *first, const char *name) {
  if (!*first) pe_buf_char(out, ',');
  *first = false;
  pe_buf_char(out, '"');
  pe_buf_str(out, name);
  pe_buf_str(out, "\":");
}

static void value(pe_buf *out, const pe_cond_value *v) {
  if (v->json_type == PE_JSON_STRING) {
    string(out, v->text);
  } else {
    pe_buf_slice(out, v->text); /* numbers and booleans as written */
  }
}

static void print_actions(pe_buf *out, const pe_statement *s, bool *first) {
  if (!s->action_mode) return;
  member(out, first, s->action_mode == PE_MODE_IS ? "Action" : "NotAction");
  bool list = s->nactions != 1;
  if (list) pe_buf_char(out, '[');
  for (uint32_t i = 0; i < s->nactions; i++) {
    if (i) pe_buf_char(out, ',');
    string(out, s->actions[i].text);
  }
  if (list) pe_buf_char(out, ']');
}

static void print_resources(pe_buf *out, const pe_statement *s, bool *first) {
  if (!s->resource_mode) return;
  member(out, first, s->resource_mode == PE_MODE_IS ? "Resource" : "NotResource");
  bool list = s->nresources != 1;
  if (list) pe_buf_char(out, '[');
  for (uint32_t i = 0; i < s->nresources; i++) {
    if (i) pe_buf_char(out, ',');
    string(out, s->resources[i].text);
  }
  if (list) pe_buf_char(out, ']');
}

/* The principals of one map key stand together in the model, as they did in the document. */
static void print_principals(pe_buf *out, const pe_statement *s, bool *first) {
  if (!s->principal_mode) return;
  member(out, first, s->principal_mode == PE_MODE_IS ? "Principal" : "NotPrincipal");
  if (s->nprincipals && s->principals[0].bare_star) {
    pe_buf_str(out, "\"*\"");
    return;
  }
  pe_buf_char(out, '{');
  bool first_key = true;
  for (uint32_t i = 0, end; i < s->nprincipals; i = end) {
    for (end = i; end < s->nprincipals && s->principals[end].map_key == s->principals[i].map_key;) end++;
    member(out, &first_key, pe_principal_map_key(s->principals[i].map_key));
    if (end - i > 1) pe_buf_char(out, '[');
    for (uint32_t k = i; k < end; k++) {
      if (k > i) pe_buf_char(out, ',');
      string(out, s->principals[k].text);
    }
    if (end - i > 1) pe_buf_char(out, ']');
  }
  pe_buf_char(out, '}');
}

static void print_condition(pe_buf *out, const pe_condition *c) {
  string(out, c->key);
  pe_buf_char(out, ':');
  if (c->count != 1) pe_buf_char(out, '[');
  for (uint32_t i = 0; i < c->count; i++) {
    if (i) pe_buf_char(out, ',');
    value(out, &c->values[i]);
  }
  if (c->count != 1) pe_buf_char(out, ']');
}

/* The entries of one operator stand together, as its keys did. */
static void print_conditions(pe_buf *out, const pe_statement *s, bool *first) {
  if (!s->nconditions) return;
  member(out, first, "Condition");
  pe_buf_char(out, '{');
  for (uint32_t i = 0; i < s->nconditions; i++) {
    bool opens = i == 0 || s->conditions[i].operator_node != s->conditions[i - 1].operator_node;
    if (opens) {
      if (i) pe_buf_str(out, "},");
      string(out, s->conditions[i].operator_text);
      pe_buf_str(out, ":{");
    } else {
      pe_buf_char(out, ',');
    }
    print_condition(out, &s->conditions[i]);
  }
  pe_buf_str(out, "}}");
}

static void print_statement(pe_buf *out, const pe_statement *s) {
  bool first = true;
  pe_buf_char(out, '{');
  if (s->sid.ptr) {
    member(out, &first, "Sid");
    string(out, s->sid);
  }
  member(out, &first, "Effect");
  pe_buf_str(out, s->effect == PE_ALLOW ? "\"Allow\"" : "\"Deny\"");
  print_principals(out, s, &first);
  print_actions(out, s, &first);
  print_resources(out, s, &first);
  print_conditions(out, s, &first);
  pe_buf_char(out, '}');
}

void pe_policy_print(const pe_policy *p, pe_buf *out) {
  bool first = true;
  pe_buf_char(out, '{');
  if (p->version.ptr) {
    member(out, &first, "Version");
    string(out, p->version);
  }
  if (p->id.ptr) {
    member(out, &first, "Id");
    string(out, p->id);
  }
  member(out, &first, "Statement");
  pe_buf_char(out, '[');
  for (uint32_t i = 0; i < p->nstatements; i++) {
    if (i) pe_buf_char(out, ',');
    print_statement(out, &p->statements[i]);
  }
  pe_buf_str(out, "]}");
}

static bool same_text(pe_slice a, pe_slice b) { return !a.ptr == !b.ptr && pe_slice_eq(a, b); }

static bool same_principals(const pe_statement *a, const pe_statement *b) {
  if (a->principal_mode != b->principal_mode || a->nprincipals != b->nprincipals) return false;
  for (uint32_t i = 0; i < a->nprincipals; i++) {
    const pe_principal *x = &a->principals[i], *y = &b->principals[i];
    if (x->map_key != y->map_key || x->kind != y->kind || !pe_slice_eq(x->text, y->text)) return false;
  }
  return true;
}

static bool same_actions(const pe_statement *a, const pe_statement *b) {
  if (a->action_mode != b->action_mode || a->nactions != b->nactions) return false;
  for (uint32_t i = 0; i < a->nactions; i++) {
    if (!pe_slice_eq(a->actions[i].text, b->actions[i].text)) return false;
  }
  return true;
}

static bool same_resources(const pe_statement *a, const pe_statement *b) {
  if (a->resource_mode != b->resource_mode || a->nresources != b->nresources) return false;
  for (uint32_t i = 0; i < a->nresources; i++) {
    const pe_resource *x = &a->resources[i], *y = &b->resources[i];
    if (!pe_slice_eq(x->text, y->text)) return false; /* all else of it follows from that and the kind of policy */
  }
  return true;
}

static bool same_statement(const pe_statement *a, const pe_statement *b) {
  if (a->effect != b->effect || a->broken != b->broken || a->no_effect != b->no_effect ||
      a->names_principal_arn != b->names_principal_arn || !same_text(a->sid, b->sid) ||
      !same_principals(a, b) || !same_actions(a, b) || !same_resources(a, b) ||
      a->nconditions != b->nconditions) {
    return false;
  }
  for (uint32_t i = 0; i < a->nconditions; i++) {
    if (!pe_condition_same(&a->conditions[i], &b->conditions[i])) return false;
  }
  return true;
}

bool pe_policy_equal(const pe_policy *a, const pe_policy *b) {
  if (a->kind != b->kind || a->version_2012 != b->version_2012 || a->nstatements != b->nstatements ||
      !same_text(a->version, b->version) || !same_text(a->id, b->id)) {
    return false;
  }
  for (uint32_t i = 0; i < a->nstatements; i++) {
    if (!same_statement(&a->statements[i], &b->statements[i])) return false;
  }
  return true;
}

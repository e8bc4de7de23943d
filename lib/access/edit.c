/* SPDX-License-Identifier: MIT */
#include "access/edit.h"

void pe_edit_quote(pe_buf *out, pe_slice text) {
  pe_buf_char(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    const unsigned char c = (unsigned char)text.ptr[i];
    if (c == '"' || c == '\\') pe_buf_char(out, '\\');
    if (c < 0x20) pe_buf_fmt(out, "\\u%04x", (unsigned)c);
    else pe_buf_char(out, (char)c);
  }
  pe_buf_char(out, '"');
}

typedef struct writer {
  const pe_json *json;
  const pe_edit *edits;
  uint32_t count;
  pe_buf *out;
} writer;

static const pe_edit *find_edit(const writer *w, uint32_t node, bool on_key) {
  for (uint32_t i = 0; i < w->count; i++)
    if (w->edits[i].node == node && (w->edits[i].on_key != 0) == on_key) return &w->edits[i];
  return NULL;
}

/* Strings are written as they count, --set included. */
static void write_scalar(const writer *w, uint32_t i) {
  const pe_json_node *n = &w->json->nodes[i];
  const pe_edit *edit = find_edit(w, i, false);
  if (edit) pe_edit_quote(w->out, edit->value);
  else if (n->type == PE_JSON_STRING) pe_edit_quote(w->out, n->text);
  else pe_buf_slice(w->out, pe_slice_sub(w->json->source->text, n->span.start, n->span.end));
}

static bool is_container(const pe_json_node *n) { return n->type == PE_JSON_ARRAY || n->type == PE_JSON_OBJECT; }

/* The subtree of root. Nodes lie flat: a container is closed when the node after its subtree is reached. */
static void write_subtree(const writer *w, uint32_t root) {
  const pe_json_node *nodes = w->json->nodes;
  for (uint32_t i = root; i < nodes[root].next; i++) {
    const pe_json_node *n = &nodes[i];
    if (i != root && i != n->parent + 1) pe_buf_char(w->out, ',');
    if (i != root && nodes[n->parent].type == PE_JSON_OBJECT) {
      const pe_edit *edit = find_edit(w, i, true);
      pe_edit_quote(w->out, edit ? edit->value : n->key);
      pe_buf_char(w->out, ':');
    }
    if (is_container(n)) pe_buf_char(w->out, n->type == PE_JSON_ARRAY ? '[' : '{');
    else write_scalar(w, i);
    if (is_container(n) && n->children) continue;
    for (uint32_t k = i; nodes[k].next == i + 1; k = nodes[k].parent) {
      if (is_container(&nodes[k])) pe_buf_char(w->out, nodes[k].type == PE_JSON_ARRAY ? ']' : '}');
      if (k == root) break;
    }
  }
}

static int load_one(const pe_alloc *alloc, int kind, pe_buf *text, pe_policy **out) {
  if (text->failed) return POLICYEVAL_ENOMEM;
  const pe_load_options options = {.kind = kind, .limits = pe_load_limits_default};
  const int rc = pe_policy_load(alloc, pe_slice_of(text->ptr, text->len), &options, out, NULL);
  return rc == POLICYEVAL_OK || rc == POLICYEVAL_ENOMEM ? rc : POLICYEVAL_EINTERNAL;
}

int pe_edit_statement(const pe_alloc *alloc, const pe_policy *policy, const pe_statement *statement,
                      const pe_edit *edits, uint32_t count, pe_policy **out) {
  pe_buf text;
  pe_buf_init(&text, alloc);
  pe_buf_fmt(&text, "{\"Version\":\"%s\",\"Statement\":", policy->version_2012 ? "2012-10-17" : "2008-10-17");
  write_subtree(&(writer){&policy->json, edits, count, &text}, statement->node);
  pe_buf_char(&text, '}');
  const int rc = load_one(alloc, policy->kind, &text, out);
  pe_buf_done(&text);
  return rc;
}

int pe_edit_new(const pe_alloc *alloc, int kind, pe_slice statement, pe_policy **out) {
  pe_buf text;
  pe_buf_init(&text, alloc);
  pe_buf_str(&text, "{\"Version\":\"2012-10-17\",\"Statement\":");
  pe_buf_slice(&text, statement);
  pe_buf_char(&text, '}');
  const int rc = load_one(alloc, kind, &text, out);
  pe_buf_done(&text);
  return rc;
}

/* SPDX-License-Identifier: MIT */
#include "grant/splice.h"

#include <stdlib.h>

#include "access/edit.h"
#include "base/error.h"
#include "base/vec.h"

/* How a statement is laid out. */
typedef struct style {
  bool lines;       /* each member on a line of its own */
  pe_slice newline; /* "\n" or "\r\n" */
  pe_slice indent;  /* in front of the statement's own closing brace */
  pe_slice step;    /* one level more */
  pe_slice colon;   /* between name and value */
  pe_slice comma;   /* behind a comma, on one line */
  pe_slice pad;     /* inside of braces, on one line */
} style;

static bool is_container(const pe_json_node *n) { return n->type == PE_JSON_ARRAY || n->type == PE_JSON_OBJECT; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* ---- writing anew ---- */

static void write_break(const style *s, uint32_t depth, pe_buf *out) {
  pe_buf_slice(out, s->newline);
  pe_buf_slice(out, s->indent);
  for (uint32_t i = 0; i < depth; i++) pe_buf_slice(out, s->step);
}

static void write_close(const pe_json_node *n, const style *s, uint32_t depth, pe_buf *out) {
  if (n->children && s->lines) write_break(s, depth, out);
  else if (n->children) pe_buf_slice(out, s->pad);
  pe_buf_char(out, n->type == PE_JSON_ARRAY ? ']' : '}');
}

/* Nodes lie flat: a container is closed when the node after its subtree is reached. */
static void write_json(const pe_json *json, const style *s, pe_buf *out) {
  const pe_json_node *nodes = json->nodes;
  uint32_t depth = 0;
  for (uint32_t i = 0; i < json->count; i++) {
    const pe_json_node *n = &nodes[i];
    const bool first = i == n->parent + 1;
    if (i && !first) pe_buf_char(out, ',');
    if (i && s->lines) write_break(s, depth, out);
    else if (i) pe_buf_slice(out, first ? s->pad : s->comma);
    if (i && nodes[n->parent].type == PE_JSON_OBJECT) {
      pe_buf_slice(out, pe_slice_sub(json->source->text, n->key_span.start, n->key_span.end));
      pe_buf_slice(out, s->colon);
    }
    if (is_container(n)) {
      pe_buf_char(out, n->type == PE_JSON_ARRAY ? '[' : '{');
      if (n->children) {
        depth++;
        continue;
      }
    } else {
      pe_buf_slice(out, pe_slice_sub(json->source->text, n->span.start, n->span.end));
    }
    for (uint32_t k = i; nodes[k].next == i + 1; k = nodes[k].parent) {
      if (is_container(&nodes[k])) {
        if (nodes[k].children) depth--;
        write_close(&nodes[k], s, depth, out);
      }
      if (k == 0) break;
    }
  }
}

/* Reads the JSON and writes it in that style. */
static int write_styled(const pe_alloc *alloc, pe_slice text, const style *s, pe_buf *out) {
  static const pe_json_limits limits = {1u << 24, 64, 1u << 20};
  pe_arena *arena = pe_arena_new(alloc, 0);
  char *copy = arena ? pe_arena_copy(arena, text.ptr, text.len) : NULL;
  const pe_source source = {.text = pe_slice_of(copy, text.len)};
  pe_json json;
  int rc = copy ? pe_json_read(arena, &source, &limits, &json, NULL) : POLICYEVAL_ENOMEM;
  if (rc == POLICYEVAL_OK) write_json(&json, s, out);
  pe_arena_free(arena);
  if (rc != POLICYEVAL_OK && rc != POLICYEVAL_ENOMEM) return POLICYEVAL_EINTERNAL;
  return out->failed ? POLICYEVAL_ENOMEM : rc;
}

int pe_splice_pretty(const pe_alloc *alloc, pe_slice json, pe_buf *out) {
  static const style pretty = {.lines = true, .newline = {"\n", 1}, .step = {"    ", 4}, .colon = {": ", 2}};
  const int rc = write_styled(alloc, json, &pretty, out);
  pe_buf_char(out, '\n');
  return rc == POLICYEVAL_OK && out->failed ? POLICYEVAL_ENOMEM : rc;
}

/* ---- the author's style ---- */

static pe_slice blanks_before(pe_slice text, uint32_t at) {
  uint32_t from = at;
  while (from > 0 && is_blank(text.ptr[from - 1])) from--;
  return pe_slice_sub(text, from, at);
}

/* What follows the last line end, or nothing and *found false. */
static pe_slice last_line(pe_slice blanks, bool *found) {
  for (size_t i = blanks.len; i > 0; i--) {
    if (blanks.ptr[i - 1] != '\n') continue;
    *found = true;
    return pe_slice_sub(blanks, i, blanks.len);
  }
  *found = false;
  return (pe_slice){"", 0};
}

static style style_of(const pe_json *json, uint32_t statement) {
  static const pe_slice deeper = {"    ", 4};
  const pe_slice text = json->source->text;
  const pe_json_node *n = &json->nodes[statement], *first = &json->nodes[pe_json_first(statement)];
  style s = {.newline = {"\n", 1}, .step = deeper, .comma = {" ", 1}, .colon = {": ", 2}, .pad = {"", 0}, .indent = {"", 0}};
  if (!n->children) return s;
  const pe_slice inner = blanks_before(text, first->key_span.start);
  bool closing_line, inner_line, opening_line;
  const pe_slice closing = last_line(blanks_before(text, n->span.end - 1), &closing_line);
  const pe_slice opening = last_line(blanks_before(text, n->span.start), &opening_line);
  const pe_slice member = last_line(inner, &inner_line);
  s.lines = inner_line;
  s.colon = pe_slice_sub(text, first->key_span.end, first->span.start);
  s.indent = closing_line ? closing : opening;
  if (inner_line && inner.len > member.len + 1 && inner.ptr[inner.len - member.len - 2] == '\r') s.newline = PE_SLICE("\r\n");
  if (inner_line && member.len > s.indent.len && pe_slice_starts(member, s.indent))
    s.step = pe_slice_sub(member, s.indent.len, member.len);
  if (!inner_line) s.pad = inner;
  if (n->children > 1) s.comma = blanks_before(text, json->nodes[first->next].key_span.start);
  return s;
}

static void copy_rest(pe_slice text, uint32_t from, pe_buf *out) { pe_buf_slice(out, pe_slice_sub(text, from, text.len)); }

int pe_splice_add(const pe_alloc *alloc, const pe_policy *p, pe_slice statement, pe_buf *out) {
  const pe_json *json = &p->json;
  const pe_slice text = json->source->text;
  const uint32_t list = pe_json_get(json, 0, "Statement");
  if (!list) return POLICYEVAL_EINTERNAL;
  const pe_json_node *l = &json->nodes[list];
  const bool array = l->type == PE_JSON_ARRAY;
  uint32_t last = list;
  if (array && l->children)
    for (last = pe_json_first(list); json->nodes[last].next < l->next;) last = json->nodes[last].next;
  if (array && last == list) return POLICYEVAL_EINTERNAL;
  const style s = style_of(json, last);
  const uint32_t end = json->nodes[last].span.end;
  const pe_slice lead = blanks_before(text, json->nodes[last].span.start);
  const bool apart = array && (lead.len || l->children > 1);
  pe_buf_slice(out, pe_slice_sub(text, 0, json->nodes[last].span.start));
  if (!array) pe_buf_char(out, '[');
  pe_buf_slice(out, pe_slice_sub(text, json->nodes[last].span.start, end));
  pe_buf_char(out, ',');
  pe_buf_slice(out, apart ? lead : s.lines ? PE_SLICE(" ") : s.comma);
  const int rc = write_styled(alloc, statement, &s, out);
  if (!array) pe_buf_char(out, ']');
  copy_rest(text, end, out);
  return rc == POLICYEVAL_OK && out->failed ? POLICYEVAL_ENOMEM : rc;
}

/* ---- taking out ---- */

static uint32_t cell_start(const pe_json_node *n) { return n->key_span.end ? n->key_span.start : n->span.start; }

enum { GOES = 1, LOSES = 2 }; /* marks of nodes: taken out; a container that something is taken out of */

typedef struct cutter {
  const pe_alloc *alloc;
  uint8_t *marks;
  PE_VEC(pe_span) cuts;
  bool failed;
} cutter;

static void cut(cutter *c, uint32_t from, uint32_t to) {
  pe_span *s = to > from ? pe_vec_push(&c->cuts, c->alloc) : NULL;
  if (s) *s = (pe_span){from, to};
  else c->failed |= to > from;
}

/* What is kept of a container keeps the gap in front of it; the first one kept takes over that of the first one. */
static void cut_container(cutter *c, const pe_json *json, uint32_t container) {
  const uint32_t start = cell_start(&json->nodes[pe_json_first(container)]);
  uint32_t end = 0, kept = 0, child = pe_json_first(container);
  for (uint32_t i = 0; i < json->nodes[container].children; i++, child = json->nodes[child].next) {
    const pe_json_node *n = &json->nodes[child];
    if (!(c->marks[child] & GOES)) {
      if (!kept++) cut(c, start, cell_start(n));
    } else if (kept) {
      cut(c, end, n->span.end);
    }
    end = n->span.end;
  }
}

static int by_start(const void *a, const void *b) {
  const pe_span *x = a, *y = b;
  return (x->start > y->start) - (x->start < y->start);
}

int pe_splice_remove(const pe_alloc *alloc, const pe_policy *p, const uint32_t *nodes, size_t count, pe_buf *out) {
  const pe_json *json = &p->json;
  const pe_slice text = json->source->text;
  cutter c = {.alloc = alloc, .marks = pe_alloc_array(alloc, json->count, 1)};
  if (!c.marks) return POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < count; i++) c.marks[nodes[i]] |= GOES, c.marks[json->nodes[nodes[i]].parent] |= LOSES;
  for (uint32_t i = 0; i < json->count; i++)
    if (c.marks[i] & LOSES && is_container(&json->nodes[i])) cut_container(&c, json, i);
  if (c.cuts.len) qsort(c.cuts.data, c.cuts.len, sizeof *c.cuts.data, by_start);
  uint32_t at = 0;
  for (size_t i = 0; i < c.cuts.len; i++) {
    if (c.cuts.data[i].start < at) continue; /* inside of what went as a whole */
    pe_buf_slice(out, pe_slice_sub(text, at, c.cuts.data[i].start));
    at = c.cuts.data[i].end;
  }
  copy_rest(text, at, out);
  const bool failed = c.failed || out->failed;
  pe_vec_done(&c.cuts, alloc);
  pe_alloc_free(alloc, c.marks);
  return failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

int pe_splice_fill(const pe_policy *p, pe_buf *out) {
  const pe_json *json = &p->json;
  uint32_t at = json->nodes[0].span.start;
  for (uint32_t i = 0; i < json->count; i++) {
    const pe_json_node *n = &json->nodes[i];
    if (n->type != PE_JSON_STRING || !n->substituted) continue;
    pe_buf_slice(out, pe_slice_sub(json->source->text, at, n->span.start));
    pe_edit_quote(out, n->text);
    at = n->span.end;
  }
  pe_buf_slice(out, pe_slice_sub(json->source->text, at, json->nodes[0].span.end));
  return out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

bool pe_splice_is_whole(const pe_policy *p) {
  const pe_slice text = p->json.source->text;
  const pe_span root = p->json.nodes[0].span;
  for (uint32_t i = 0; i < p->json.count; i++)
    if (p->json.nodes[i].substituted) return false;
  for (size_t i = 0; i < text.len; i++)
    if ((i < root.start || i >= root.end) && !is_blank(text.ptr[i])) return false;
  return true;
}

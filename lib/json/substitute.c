/* SPDX-License-Identifier: MIT */
/* --set NAME=VALUE over the strings of a document, and the way back from a decoded string to its text. */
#include "json/reader.h"

static bool token_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The end of the run of token characters, or of other characters, that starts at i. */
static size_t run_end(pe_slice s, size_t i) {
  bool token = token_char(s.ptr[i]);
  while (i < s.len && token_char(s.ptr[i]) == token) i++;
  return i;
}

/* The setting of that name: the last one, as for any option given twice. */
static const pe_json_setting *find(const pe_json_setting *settings, size_t count, pe_slice name) {
  while (count > 0) {
    if (pe_slice_eq(settings[--count].name, name)) return &settings[count];
  }
  return NULL;
}

/* Length of the text after substitution, which is written to out unless that is NULL; SIZE_MAX when it
 * does not fit. *changed: a token was found. */
static size_t substitute(pe_slice s, const pe_json_setting *settings, size_t count, char *out,
                         bool *changed) {
  size_t len = 0;
  *changed = false;
  for (size_t i = 0, end; i < s.len; i = end) {
    end = run_end(s, i);
    pe_slice part = pe_slice_sub(s, i, end);
    const pe_json_setting *set = token_char(s.ptr[i]) ? find(settings, count, part) : NULL;
    if (set) {
      part = set->value;
      *changed = true;
    }
    if (part.len > SIZE_MAX - 1 - len) return SIZE_MAX;
    if (out && part.len) memcpy(out + len, part.ptr, part.len);
    len += part.len;
  }
  return len;
}

int pe_json_substitute(pe_arena *arena, pe_json *json, const pe_json_setting *settings, size_t count) {
  pe_json_node *nodes = (pe_json_node *)(uintptr_t)json->nodes; /* still private: reader.h says so */
  for (uint32_t i = 0; i < json->count; i++) {
    if (nodes[i].type != PE_JSON_STRING) continue;
    bool changed;
    size_t len = substitute(nodes[i].text, settings, count, NULL, &changed);
    if (!changed) continue;
    if (len == SIZE_MAX) return POLICYEVAL_ENOMEM;
    char *text = pe_arena_alloc(arena, len + 1);
    if (!text) return POLICYEVAL_ENOMEM;
    substitute(nodes[i].text, settings, count, text, &changed);
    text[len] = '\0';
    nodes[i].text = pe_slice_of(text, len);
    nodes[i].substituted = 1;
  }
  return 0;
}

/* Where a part of a substituted string stands in the text as written: what comes before the first and after the last
 * replaced token is still there, byte for byte, unless it was written with escapes. */
static bool unchanged_part(const pe_json_node *n, pe_slice raw, size_t from, size_t to, pe_span *out) {
  const size_t shorter = raw.len < n->text.len ? raw.len : n->text.len;
  size_t head = 0, tail = 0;
  while (head < shorter && raw.ptr[head] == n->text.ptr[head]) head++;
  while (tail < shorter - head && raw.ptr[raw.len - 1 - tail] == n->text.ptr[n->text.len - 1 - tail]) tail++;
  if (n->escaped || (to > head && from < n->text.len - tail)) return false;
  const bool moved = to > head;
  const size_t less = moved ? n->text.len : 0, more = moved ? raw.len : 0;
  const uint32_t start = n->span.start + 1;
  *out = (pe_span){start + (uint32_t)(from + more - less), start + (uint32_t)(to + more - less)};
  return true;
}

pe_span pe_json_substring(const pe_json *j, uint32_t node, size_t from, size_t to) {
  const pe_json_node *n = &j->nodes[node];
  if (n->type != PE_JSON_STRING) return n->span;
  if (to > n->text.len) to = n->text.len;
  if (from > to) from = to;
  if (n->substituted) {
    pe_span part;
    const pe_slice raw = pe_slice_sub(j->source->text, n->span.start + 1, n->span.end - 1);
    return unchanged_part(n, raw, from, to, &part) ? part : n->span;
  }
  if (n->escaped) {
    pe_slice raw = pe_slice_sub(j->source->text, n->span.start, n->span.end);
    from = pe_source_raw_offset(raw, from) - 1;
    to = pe_source_raw_offset(raw, to) - 1;
  }
  uint32_t start = n->span.start + 1;
  return (pe_span){start + (uint32_t)from, start + (uint32_t)to};
}

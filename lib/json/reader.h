/* SPDX-License-Identifier: MIT */
/* The strict JSON reader: RFC 8259, UTF-8, byte spans for keys and values.
 *
 * A document is one flat array of nodes in the order of the text; node 0 is the root.
 * Children of a container follow it; `next` skips over a subtree. Strings without escapes
 * point into the source text. */
#ifndef PE_JSON_READER_H
#define PE_JSON_READER_H

#include "base/alloc.h"
#include "text/source.h"

typedef enum pe_json_type {
  PE_JSON_NULL,
  PE_JSON_FALSE,
  PE_JSON_TRUE,
  PE_JSON_NUMBER,
  PE_JSON_STRING,
  PE_JSON_ARRAY,
  PE_JSON_OBJECT
} pe_json_type;

typedef struct pe_json_node {
  uint8_t type;
  uint8_t escaped;     /* the string was written with escapes */
  uint8_t duplicate;   /* an earlier member of the same object has this name */
  uint8_t substituted; /* the decoded string was changed by pe_json_substitute */
  uint32_t next;       /* index of the node after this subtree (== count at the end) */
  uint32_t children;   /* members or elements */
  uint32_t parent;     /* index; 0 for the root itself */
  pe_span span;        /* of the value, quotes included */
  pe_span key_span;    /* of the member name, quotes included; empty for elements */
  pe_slice key;        /* decoded member name */
  pe_slice text;       /* decoded string, or number as written */
} pe_json_node;

typedef struct pe_json {
  const pe_source *source;
  const pe_json_node *nodes;
  uint32_t count;
} pe_json;

typedef struct pe_json_limits {
  size_t bytes;   /* of text, at most 4 GiB - 1 */
  uint32_t depth; /* containers inside each other */
  uint32_t nodes;
} pe_json_limits;

/* X(name, message): why a text is not JSON. One place: messages, docs, tests. */
#define PE_JSON_FAULTS(X)                                                                                    \
  X(NONE, "")                                                                                                \
  X(EMPTY, "the text is empty")                                                                              \
  X(END, "the text ends inside a value")                                                                     \
  X(VALUE, "a value was expected here")                                                                      \
  X(NAME, "a member name in double quotes was expected here")                                                \
  X(COLON, "a colon was expected after the member name")                                                     \
  X(COMMA, "a comma or the end of the list was expected here")                                               \
  X(TRAILING_COMMA, "no comma may stand before the end of a list")                                           \
  X(TRAILING, "there is text after the end of the document")                                                 \
  X(QUOTES, "typographic quotes are not JSON quotes: write \" instead")                                      \
  X(SINGLE_QUOTE, "strings take double quotes")                                                              \
  X(COMMENT, "JSON has no comments")                                                                         \
  X(BLANK, "only spaces, tabs and line ends may stand between values")                                       \
  X(BOM, "a byte order mark is not part of JSON: remove it")                                                 \
  X(UTF8, "the bytes are not UTF-8")                                                                         \
  X(UTF16, "the text looks like UTF-16: save it as UTF-8")                                                   \
  X(FENCE, "the text is wrapped in a Markdown fence: remove its lines of backquotes")                        \
  X(YAML, "the text looks like YAML: write the policy as JSON")                                              \
  X(CLI, "this is an error message of the AWS CLI, not its reply: call it again")                            \
  X(CONTROL, "a control character must be written as an escape in a string")                                 \
  X(NUL, "NUL is not allowed")                                                                               \
  X(ESCAPE, "unknown escape in a string")                                                                    \
  X(SURROGATE, "half of a surrogate pair in a \\u escape")                                                   \
  X(NUMBER, "a number of a form that JSON does not have")                                                    \
  X(LITERAL, "only true, false and null are words in JSON")                                                  \
  X(DEPTH, "nested deeper than the limit")                                                                   \
  X(NODES, "more values than the limit")                                                                     \
  X(BYTES, "longer than the limit")

#define PE_JSON_FAULT_ENUM(name, message) PE_JSON_FAULT_##name,
typedef enum pe_json_fault { PE_JSON_FAULTS(PE_JSON_FAULT_ENUM) PE_JSON_FAULT_LAST_ } pe_json_fault;
#undef PE_JSON_FAULT_ENUM
const char *pe_json_fault_message(pe_json_fault fault);

typedef struct pe_json_error {
  pe_json_fault fault;
  /* Of the first byte that does not fit; of a bad word, number, escape or trailing comma, and of the
   * typographic quote that was to end a string: of its first byte. */
  uint32_t offset;
  uint32_t end; /* exclusive, at least offset (end of text: equal) */
} pe_json_error;

/* 0; POLICYEVAL_EJSON or ELIMIT (then *error says why and where); ENOMEM. All memory comes from
 * the arena, which the caller frees. The text must have its NUL (text/source.h). Duplicate members are
 * marked, not refused. NULL error is fine. */
int pe_json_read(pe_arena *arena, const pe_source *source, const pe_json_limits *limits, pe_json *out,
                 pe_json_error *error);

static inline bool pe_json_is(const pe_json *j, uint32_t i, pe_json_type t) {
  return j->nodes[i].type == (uint8_t)t;
}
/* First child of i (only when children > 0); the following ones by .next. */
static inline uint32_t pe_json_first(uint32_t i) { return i + 1; }
/* Member of object i by exact name (the first one of that name), or 0. */
uint32_t pe_json_get(const pe_json *j, uint32_t i, const char *name);

/* --set NAME=VALUE: replaces whole tokens (maximal runs of A-Z a-z 0-9 _) inside decoded string
 * values, never names. Nodes must still be private to the caller. 0 or ENOMEM. */
typedef struct pe_json_setting {
  pe_slice name, value;
} pe_json_setting;
int pe_json_substitute(pe_arena *arena, pe_json *json, const pe_json_setting *settings, size_t count);

/* Span, in json->source, of part [from, to) of a decoded string node. Of a substituted string: exact before the first
 * and behind the last replaced token, the whole node for a part that touches what lies between. */
pe_span pe_json_substring(const pe_json *j, uint32_t node, size_t from, size_t to);

#endif

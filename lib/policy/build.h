/* SPDX-License-Identifier: MIT */
/* What the steps from a JSON document to a model share. Private to this layer. */
#ifndef PE_POLICY_BUILD_H
#define PE_POLICY_BUILD_H

#include "base/vec.h"
#include "policy/load.h"
#include "policy/spelling.h"

typedef struct pe_build {
  pe_policy *policy;       /* being filled */
  pe_arena *arena;         /* the policy's */
  const pe_json *json;     /* the document */
  pe_findings *findings;   /* or NULL */
  pe_statement *statement; /* being filled, or NULL: the document as a whole */
  const pe_load_limits *limits;
  PE_VEC(pe_cond_input) values; /* scratch of one condition key */
  int kind;
  int result;     /* 0, or the ENOMEM or ELIMIT that ends the load */
  bool variables; /* Version 2012-10-17 */
  bool kept;      /* findings hold a copy of the source */
  bool refused;   /* a fault refuses the document, unless the load is lenient */
} pe_build;

/* A fault that refuses the document; marks the statement being filled as broken. The span is of the value
 * (fault), of the member's name (key), or of the opening brace (missing). May return NULL. */
pe_finding *pe_build_fault(pe_build *b, pe_rule rule, uint32_t node, pe_span span, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 5, 6)))
#endif
    ;
/* The same without refusing anything. */
pe_finding *pe_build_warn(pe_build *b, pe_rule rule, uint32_t node, pe_span span, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 5, 6)))
#endif
    ;
void pe_build_fix(pe_build *b, pe_finding *finding, pe_span span, pe_slice text, bool safe,
                  const char *title);
/* A limit was reached: ends the load with ELIMIT. */
void pe_build_limit(pe_build *b, uint32_t node, const char *what, size_t limit);
/* Zeroed memory of the policy, or NULL: the load ends with ENOMEM. */
void *pe_build_array(pe_build *b, size_t count, size_t size);

static inline const pe_json_node *pe_build_node(const pe_build *b, uint32_t node) {
  return &b->json->nodes[node];
}
static inline pe_span pe_build_value_span(const pe_build *b, uint32_t node) {
  return b->json->nodes[node].span;
}
static inline pe_span pe_build_key_span(const pe_build *b, uint32_t node) {
  return b->json->nodes[node].key_span;
}
static inline pe_span pe_build_open_span(const pe_build *b, uint32_t node) {
  uint32_t start = b->json->nodes[node].span.start;
  return (pe_span){start, start + 1};
}
/* "a string", "a number", ... for messages. */
const char *pe_build_type_name(uint8_t json_type);
/* DATA_TYPE_MISMATCH: what stands there is not what `wanted` says. */
void pe_build_mismatch(pe_build *b, uint32_t node, const char *element, const char *wanted);
/* A member that is there twice (AMB-21). */
void pe_build_duplicate(pe_build *b, uint32_t node);
/* A fault about a name that is not one of `known` (NULL-terminated): INVALID_POLICY_ELEMENT and the like,
 * with the nearest right one as the fix. */
pe_finding *pe_build_unknown_name(pe_build *b, pe_rule rule, uint32_t node, const char *what,
                                  const char *where, const char *const *known);

/* A value that is one string or a list of strings: the node of the first one and how many there are. False
 * after a fault. `null_element`: a null in the list is taken, too (L1.1.8). */
bool pe_build_strings(pe_build *b, uint32_t node, const char *element, bool null_element, uint32_t *first,
                      uint32_t *count);

/* The elements of a statement, from the node of the member's value. */
void pe_build_principals(pe_build *b, uint32_t node, const char *element);
void pe_build_actions(pe_build *b, uint32_t node, const char *element);
void pe_build_resources(pe_build *b, uint32_t node, const char *element);
void pe_build_conditions(pe_build *b, uint32_t node);
/* Placeholders in a principal under AWS, or in a resource. */
void pe_build_placeholders(pe_build *b, uint32_t node, pe_slice text, bool principal);

/* The whole document: fills policy, findings and result. */
void pe_build_document(pe_build *b);

#endif

/* SPDX-License-Identifier: MIT */
/* Glob patterns of the policy language, compiled once.
 *
 * '*' is any run of characters (may be empty), '?' exactly one code point. With
 * PE_PATTERN_VARIABLES, ${*} ${?} ${$} are literal characters and ${key} or
 * ${key, 'default'} are variables that are resolved while matching; anything else that
 * looks like a variable is text (and reported through `faults`). */
#ifndef PE_TEXT_PATTERN_H
#define PE_TEXT_PATTERN_H

#include "base/alloc.h"
#include "base/slice.h"

enum { /* flags of compile */
  PE_PATTERN_WILD = 1,      /* '*' and '?' are wildcards (else literal characters) */
  PE_PATTERN_VARIABLES = 2, /* ${...} is recognised (Version 2012-10-17) */
  PE_PATTERN_NOCASE = 4     /* compare under ASCII and Latin-1 folding */
};

typedef enum pe_pattern_shape {
  PE_SHAPE_EXACT,   /* no wildcard, no variable: literal is the text */
  PE_SHAPE_ANY,     /* "*" */
  PE_SHAPE_PREFIX,  /* literal then "*" */
  PE_SHAPE_GENERAL  /* elements */
} pe_pattern_shape;

typedef enum pe_elem_kind { PE_ELEM_LITERAL, PE_ELEM_ONE, PE_ELEM_STAR, PE_ELEM_VARIABLE } pe_elem_kind;

typedef struct pe_variable {
  pe_slice key;       /* as written */
  uint64_t hash;      /* pe_slice_hash_nocase(key) */
  pe_slice fallback;  /* text between the quotes; ptr NULL: no default */
} pe_variable;

typedef struct pe_elem {
  pe_elem_kind kind;   /* adjacent literals are merged; adjacent stars are one */
  pe_slice literal;    /* LITERAL: decoded text, folded when NOCASE */
  const pe_variable *variable; /* VARIABLE */
} pe_elem;

typedef struct pe_pattern {
  pe_slice text;       /* as written in the policy, decoded from JSON */
  pe_slice literal;    /* EXACT and PREFIX: the literal (folded when NOCASE); GENERAL: the literal prefix */
  pe_elem *elems;      /* always filled, also for the simple shapes (the analysis reads it) */
  uint32_t nelems;
  uint32_t min_len;    /* fewest bytes a match can have; variables count 0, '?' 1 */
  uint8_t shape, flags;
  uint8_t has_variable, has_wild; /* has_wild: an unescaped '*' or '?' */
} pe_pattern;

/* What a variable stands for. */
typedef enum pe_resolved {
  PE_RESOLVED_VALUE,   /* *out is set */
  PE_RESOLVED_ABSENT,  /* no value and no default: the pattern matches nothing */
  PE_RESOLVED_UNKNOWN  /* the value is not known */
} pe_resolved;
typedef pe_resolved (*pe_resolve_fn)(void *user, const pe_variable *variable, pe_slice *out);

typedef enum pe_match { PE_MATCH_NO, PE_MATCH_YES, PE_MATCH_ABSENT, PE_MATCH_UNKNOWN } pe_match;

/* Faults in the variables of a pattern, for validation; spans are offsets in the text. */
typedef enum pe_variable_fault {
  PE_VARIABLE_UNCLOSED, PE_VARIABLE_EMPTY, PE_VARIABLE_SPACE, PE_VARIABLE_QUOTE
} pe_variable_fault;
typedef void (*pe_variable_fault_fn)(void *user, pe_variable_fault fault, size_t start, size_t end);

/* 0, or POLICYEVAL_ENOMEM. `text` must outlive the pattern (no copy is made). */
int pe_pattern_compile(pe_arena *arena, pe_slice text, unsigned flags, pe_pattern *out);
void pe_pattern_faults(pe_slice text, pe_variable_fault_fn report, void *user);

/* Patterns without variables. For NOCASE the value is folded on the fly. Linear in
 * practice: no backtracking over more than one star. */
bool pe_pattern_match(const pe_pattern *p, pe_slice value);
/* Any pattern. ABSENT: a variable without value or default; UNKNOWN: a variable whose value is
 * not known (only reported when it matters: the rest of the pattern could still match).
 * `live`: wildcard characters inside substituted values act as wildcards (AMB-8). */
pe_match pe_pattern_match_vars(const pe_pattern *p, pe_slice value, pe_resolve_fn resolve, void *user,
                               bool live);

#endif

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
  PE_PATTERN_NOCASE = 4     /* compare under ASCII and Latin-1 folding (AMB-32) */
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
  pe_elem_kind kind;   /* adjacent literals are merged; a run of wildcards is its '?', then one '*' if it has any */
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
  const pe_variable *variables;   /* those of elems, in order */
  uint32_t nvariables;
} pe_pattern;

/* What a variable stands for. The resolver applies the default: it knows whether the key is absent (L3.7), and what
 * a key with many values means (AMB-31). It must answer the same during one match, and what it hands out must
 * live until the match is over. */
typedef enum pe_resolved {
  PE_RESOLVED_VALUE,   /* *out is set */
  PE_RESOLVED_ABSENT,  /* no value and no default: the pattern matches nothing */
  PE_RESOLVED_UNKNOWN  /* the value is not known */
} pe_resolved;
typedef pe_resolved (*pe_resolve_fn)(void *user, const pe_variable *variable, pe_slice *out);

typedef enum pe_match { PE_MATCH_NO, PE_MATCH_YES, PE_MATCH_ABSENT, PE_MATCH_UNKNOWN } pe_match;

/* Faults in the variables of a pattern, for validation; spans are offsets in the text. */
typedef enum pe_variable_fault {
  PE_VARIABLE_UNCLOSED, /* no '}' before the text ends or the next "${" begins */
  PE_VARIABLE_EMPTY,    /* no key */
  PE_VARIABLE_SPACE,    /* a blank that is not the one between the comma and the default */
  PE_VARIABLE_QUOTE     /* the default is not written , 'text' */
} pe_variable_fault;
typedef void (*pe_variable_fault_fn)(void *user, pe_variable_fault fault, size_t start, size_t end);

/* 0, or POLICYEVAL_ENOMEM. `text` must outlive the pattern (no copy is made). */
int pe_pattern_compile(pe_arena *arena, pe_slice text, unsigned flags, pe_pattern *out);
/* The same; what stands before offset `from` is text even where it looks like a variable (L3.2). */
int pe_pattern_compile_from(pe_arena *arena, pe_slice text, unsigned flags, size_t from, pe_pattern *out);
/* Cuts into at most `most` parts at separators outside of well-formed ${...}; returns the number of parts. */
size_t pe_pattern_cut(pe_slice text, char separator, size_t most, pe_slice *parts);
void pe_pattern_faults(pe_slice text, pe_variable_fault_fn report, void *user);

/* Patterns without variables (one with variables matches nothing). For NOCASE the value is folded on the fly.
 * Values are UTF-8; of one that is not, no byte outside is read. What stands between two stars is searched
 * leftmost first and never looked for again: time grows with the length n of the value, not with the number of
 * stars. The worst case, O(n * m), is a part of m > 64 bytes between two stars that occurs nearly everywhere. */
bool pe_pattern_match(const pe_pattern *p, pe_slice value);
/* The same, with letter case ignored whatever the pattern was compiled for (AMB-3). */
bool pe_pattern_match_nocase(const pe_pattern *p, pe_slice value);
/* Any pattern; allocates nothing. ABSENT: a variable without value or default, whatever the rest says
 * (L3.9, L3.11); UNKNOWN: a variable whose value is not known (only reported when it matters: with '*' in its place
 * the pattern matches). `live`: wildcard characters inside substituted values act as wildcards where the
 * pattern has wildcards at all (AMB-8). Substitution is one pass (L3.14). */
pe_match pe_pattern_match_vars(const pe_pattern *p, pe_slice value, pe_resolve_fn resolve, void *user,
                               bool live);

#endif

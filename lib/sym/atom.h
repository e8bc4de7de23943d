/* SPDX-License-Identifier: MIT */
/* Building one string test of a space out of patterns of policies.
 *
 * A pattern may stand in a frame (glob.h: pe_items_frame) that says what comes before and after it in the text of the
 * key. A variable is either replaced by what it is assumed to stand for, or leaves the test two-sided: any text in
 * `wide`, nothing in `tight`, a letter in `lettered` (docs/analysis.md, variables). */
#ifndef PE_SYM_ATOM_H
#define PE_SYM_ATOM_H

#include "sym/space.h"

/* What a variable is assumed to be. */
typedef struct pe_assumed {
  pe_slice key;    /* of the variable, as written */
  uint64_t hash;   /* pe_slice_hash_nocase(key) */
  pe_slice value;  /* ptr NULL: absent */
} pe_assumed;

typedef PE_VEC(pe_glob) pe_globs;

/* The lists of an atom that is done, for the next one. */
typedef struct pe_atom_lists {
  pe_globs wide, tight, lettered;
  pe_items items; /* scratch */
} pe_atom_lists;

/* The variables of a question. */
typedef struct pe_variables {
  const pe_alloc *alloc;
  pe_atom_lists spare;
  PE_VEC(pe_slice) seen;     /* keys, in the order met; their index is the letter */
  const pe_assumed *assumed; /* for all of them, or NULL */
  size_t nassumed;
} pe_variables;
void pe_variables_done(pe_variables *v);

typedef struct pe_atom {
  pe_space *space;
  pe_variables *variables;
  pe_atom_lists l;
  bool two_sided, doubtful;
  bool split;         /* tight and lettered are lists of their own; till then they are as wide */
  uint64_t common, any; /* open variables without default, one bit a letter: in every pattern, in some */
  bool unresolved;    /* a variable is assumed absent and has no default: that pattern was left out */
} pe_atom;

void pe_atom_init(pe_atom *a, pe_space *space, pe_variables *variables);
void pe_atom_done(pe_atom *a);
/* Each 0 or ENOMEM. */
int pe_atom_frame(pe_atom *a, const char *frame);
int pe_atom_text(pe_atom *a, const char *before, pe_slice text, const char *after);
int pe_atom_bytes(pe_atom *a, pe_slice text); /* valid base64 */
int pe_atom_pattern(pe_atom *a, const char *before, const pe_pattern *p, const char *after, bool field);
/* The pattern field by field; `nocase`: the first five without letter case. */
int pe_atom_arn(pe_atom *a, const pe_arn_pattern *p, const char *after, bool nocase);
/* The patterns of this frame may or may not belong to the test. */
int pe_atom_doubtful(pe_atom *a, const char *before, const pe_pattern *p, const char *after);
int pe_atom_doubtful_arn(pe_atom *a, const pe_arn_pattern *p);
/* Makes the test on the key. */
int pe_atom_finish(pe_atom *a, uint32_t key, uint32_t *test);
/* The patterns as a language of the space, for limits and domains. */
int pe_atom_lang(pe_atom *a, const pe_lang **out);

#endif

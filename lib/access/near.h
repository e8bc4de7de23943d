/* SPDX-License-Identifier: MIT */
/* Near misses: the changes that could make one statement match a request. Candidates only; hint.c tries them. */
#ifndef PE_ACCESS_NEAR_H
#define PE_ACCESS_NEAR_H

#include "access/hint.h"

typedef enum pe_change {
  PE_CHANGE_TRIM_LEFT, PE_CHANGE_TRIM_RIGHT,
  PE_CHANGE_FIELD,  /* ARN field `field` becomes `text` */
  PE_CHANGE_APPEND, /* `text` is added at the end */
  PE_CHANGE_WHOLE,  /* the value becomes `text` */
  PE_CHANGE_NAME,   /* the member's name becomes `text` */
  PE_CHANGE_CALL    /* the call passes `text` as its version stage */
} pe_change;

typedef struct pe_candidate {
  pe_hint_rule rule;
  uint8_t change; /* pe_change */
  uint8_t step;   /* pe_step of the element that it mends */
  uint8_t field;  /* PE_ARN_x */
  size_t trim;    /* bytes that TRIM takes away */
  uint32_t node;  /* of the value (or member) */
  pe_span span;   /* of what is wrong */
  pe_span value_span;
  pe_slice text;
} pe_candidate;

enum { PE_CANDIDATES_MAX = 12 }; /* of one statement; more would not be a near miss */
typedef struct pe_candidates {
  pe_candidate item[PE_CANDIDATES_MAX];
  uint32_t count;
  bool failed; /* no memory */
} pe_candidates;

/* failed: mask of 1 << pe_step of the elements that do not match. Texts are in the arena or borrowed. */
void pe_near_find(pe_arena *arena, const pe_access *a, const pe_policy *policy, const pe_statement *s,
                  const pe_request *request, unsigned failed, pe_candidates *out);

#endif

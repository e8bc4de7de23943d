/* SPDX-License-Identifier: MIT */
/* ARNs cut into their six fields, and patterns of ARNs. */
#ifndef PE_TEXT_ARN_H
#define PE_TEXT_ARN_H

#include "text/pattern.h"

enum { PE_ARN_PREFIX, PE_ARN_PARTITION, PE_ARN_SERVICE, PE_ARN_REGION, PE_ARN_ACCOUNT, PE_ARN_RESOURCE, PE_ARN_FIELDS };

typedef struct pe_arn {
  pe_slice text;
  pe_slice field[PE_ARN_FIELDS]; /* the sixth keeps its inner colons */
  uint8_t count;                 /* fields present, 1 to 6 */
} pe_arn;

/* Cuts at the first five colons; never fails. No field is checked. */
void pe_arn_split(pe_slice text, pe_arn *out);
bool pe_arn_is_account(pe_slice s);   /* twelve ASCII digits */
/* Cuts at colons that are not inside ${...}: for patterns with variables. */
void pe_arn_split_pattern(pe_slice text, pe_arn *out);

typedef struct pe_arn_pattern {
  pe_slice text;
  pe_pattern field[PE_ARN_FIELDS];
  pe_pattern whole;     /* the text as one pattern: for "*" and for the crossing reading of AMB-1 */
  uint8_t count;        /* fields present as written */
  uint8_t is_any;       /* the text is exactly "*" */
  uint8_t crossable;    /* a '*' stands in one of the first five fields */
  uint8_t padded;       /* fewer than six fields: missing ones were filled with "*" (AMB-4) */
  uint8_t has_variable;
  uint8_t exact;        /* six fields, no wildcard, no variable: compare `text` */
} pe_arn_pattern;

enum { /* beside the flags of pe_pattern_compile */
  PE_ARN_PAD = 0x100,        /* fill missing fields with "*" */
  PE_ARN_VARS_RESOURCE = 0x200 /* variables in the sixth field only (else in any field) */
};
int pe_arn_pattern_compile(pe_arena *arena, pe_slice text, unsigned flags, pe_arn_pattern *out);

/* Field by field. A value with fewer than six fields matches nothing (callers handle "*"). */
pe_match pe_arn_pattern_match(const pe_arn_pattern *p, const pe_arn *value, pe_resolve_fn resolve, void *user,
                              bool live);

#endif

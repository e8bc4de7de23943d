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
  uint8_t fields;       /* fields compiled: six when padded, else count */
  uint8_t is_any;       /* the text is exactly "*" (never padded) */
  uint8_t crossable;    /* a '*' stands in one of the first five fields */
  uint8_t padded;       /* fewer than six fields: missing ones were filled with "*" (AMB-4) */
  uint8_t has_variable;
  uint8_t exact;        /* six fields, no wildcard, no variable: compare `text` */
  uint8_t wild_type;    /* a wildcard in the resource-type word: sixth field up to its first ':' or '/', or all of
                           it, unless it is "*" (AMB-2, PE-1; asked of some services only) */
} pe_arn_pattern;

enum { /* beside the flags of pe_pattern_compile */
  PE_ARN_PAD = 0x100,        /* fill missing fields with "*" */
  PE_ARN_VARS_RESOURCE = 0x200 /* variables in the sixth field only (else in any field) */
};
int pe_arn_pattern_compile(pe_arena *arena, pe_slice text, unsigned flags, pe_arn_pattern *out);

/* Field by field. A value with fewer than six fields matches nothing, a pattern with fewer (and not padded)
 * neither: callers handle "*" on both sides. ABSENT and UNKNOWN as for pe_pattern_match_vars. */
pe_match pe_arn_pattern_match(const pe_arn_pattern *p, const pe_arn *value, pe_resolve_fn resolve, void *user,
                              bool live);

/* Other readings than the default ones. A match that crosses fields always minds letter case. */
enum {
  PE_ARN_READ_LIVE = 1,         /* AMB-8: wildcards in substituted values */
  PE_ARN_READ_CROSSING = 2,     /* AMB-1: a '*' in the first five fields reaches over colons */
  PE_ARN_READ_NOCASE = 4,       /* AMB-3: letter case of partition, service, region and account does not count */
  PE_ARN_READ_LITERAL_TYPE = 8  /* AMB-2: wildcards in the resource-type word are plain characters */
};
pe_match pe_arn_pattern_match_reading(const pe_arn_pattern *p, const pe_arn *value, unsigned readings,
                                      pe_resolve_fn resolve, void *user);

/* The cheap test to make first: true means a match, false that there is none if p->exact (and
 * letter case counts: AMB-3). */
static inline bool pe_arn_pattern_same(const pe_arn_pattern *p, pe_slice value) {
  return p->exact && pe_slice_eq(p->text, value);
}

#endif

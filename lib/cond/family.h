/* SPDX-License-Identifier: MIT */
/* What an operator family knows: how its values are read and compared. One file a family; sets.c and test.c
 * put them together. */
#ifndef PE_COND_FAMILY_H
#define PE_COND_FAMILY_H

#include "cond/condition.h"

/* A value of the request, read once for all values of the policy. */
typedef struct pe_operand {
  pe_slice text;
  bool valid; /* the text fits the family */
  union {
    pe_decimal number;
    pe_instant instant;
    pe_cidr cidr;
    bool boolean;
    pe_arn arn;
  } as;
} pe_operand;

/* The positive form of the operator, one value against one. */
typedef enum pe_base {
  PE_BASE_NO,
  PE_BASE_YES,
  PE_BASE_MALFORMED, /* the policy's value does not fit the family */
  PE_BASE_ABSENT,    /* a variable without value */
  PE_BASE_LACKING,   /* no match whatever a variable is, but it may have no value */
  PE_BASE_UNKNOWN    /* a variable whose value is not known */
} pe_base;

typedef struct pe_family_ops {
  /* Fills valid and as of a value whose text is set. 0 or ENOMEM. */
  int (*compile)(pe_arena *arena, const pe_condition *c, bool variables, pe_cond_value *value);
  void (*read)(pe_leaf *leaf, pe_slice text, pe_operand *out); /* of a value of the request */
  /* The operand is valid. */
  pe_base (*match)(pe_leaf *leaf, const pe_condition *c, const pe_cond_value *value,
                   const pe_operand *operand);
} pe_family_ops;

extern const pe_family_ops pe_family_string, pe_family_numeric, pe_family_date, pe_family_bool,
    pe_family_binary, pe_family_ip, pe_family_arn, pe_family_null;
const pe_family_ops *pe_family_get(pe_family family);

/* One test of one entry. */
typedef struct pe_cond_run {
  const pe_condition *c;
  const pe_family_ops *family;
  const pe_fact *fact;    /* NULL: absent */
  pe_cond_detail *detail; /* or NULL */
} pe_cond_run;

static inline pe_tri pe_cond_say(const pe_cond_run *run, pe_tri result, pe_cond_why why, pe_slice request,
                                 uint32_t policy) {
  if (run->detail) *run->detail = (pe_cond_detail){why, request, policy};
  return result;
}
static inline pe_tri pe_cond_say_key(const pe_cond_run *run, pe_tri result, pe_cond_why why) {
  return pe_cond_say(run, result, why, (pe_slice){NULL, 0}, UINT32_MAX);
}

/* element.c: does one value of the request pass the operator, negated or not? L2.1, AMB-6, AMB-13. */
pe_tri pe_cond_element(pe_leaf *leaf, const pe_cond_run *run, pe_slice request);
/* sets.c: several values. */
pe_tri pe_cond_all(pe_leaf *leaf, const pe_cond_run *run, const pe_slice *values, uint32_t count);
pe_tri pe_cond_any(pe_leaf *leaf, const pe_cond_run *run, const pe_slice *values, uint32_t count);
pe_tri pe_cond_set(pe_leaf *leaf, const pe_cond_run *run, const pe_slice *values, uint32_t count);
/* The key is absent, or the list of its values counts as absent. */
pe_tri pe_cond_absent(pe_leaf *leaf, const pe_cond_run *run);
/* null.c */
bool pe_cond_null_fixed(const pe_condition *c); /* the same whether the key is there or not */
pe_tri pe_cond_null(pe_leaf *leaf, const pe_cond_run *run);

/* listed.c: sorts the values of a long list of patterns. 0 or ENOMEM. */
int pe_cond_listed_make(pe_arena *arena, pe_condition *c);
/* The first value that matches the text, or c->count. Only when c->listed. */
uint32_t pe_cond_listed_find(const pe_condition *c, pe_slice text);

#endif

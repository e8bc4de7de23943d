/* SPDX-License-Identifier: MIT */
/* One condition entry: operator, key, values; compiled once, tested against facts. */
#ifndef PE_COND_CONDITION_H
#define PE_COND_CONDITION_H

#include "base/error.h"
#include "cond/leaf.h"
#include "text/arn.h"
#include "text/pattern.h"
#include "text/value.h"

typedef enum pe_family {
  PE_FAMILY_STRING, PE_FAMILY_NUMERIC, PE_FAMILY_DATE, PE_FAMILY_BOOL, PE_FAMILY_BINARY, PE_FAMILY_IP,
  PE_FAMILY_ARN, PE_FAMILY_NULL
} pe_family;

/* operators.def: PE_OPERATOR(symbol, "Name", family, negated) for the 26 base operators and Null. */
#define PE_OPERATOR(id, name, family, negated) PE_OP_##id,
typedef enum pe_op {
#include "cond/operators.def"
  PE_OPS
} pe_op;
#undef PE_OPERATOR

typedef struct pe_op_info {
  const char *name;
  uint8_t family;  /* pe_family */
  uint8_t negated; /* the name holds "Not" */
} pe_op_info;
const pe_op_info *pe_op_get(pe_op op);

typedef enum pe_quantifier { PE_SET_NONE, PE_SET_FOR_ALL, PE_SET_FOR_ANY } pe_quantifier;

/* An operator as written, taken apart: "ForAnyValue:StringEqualsIfExists". */
typedef struct pe_operator {
  uint8_t op;         /* pe_op */
  uint8_t quantifier; /* pe_quantifier */
  uint8_t if_exists;
} pe_operator;
typedef enum pe_operator_fault {
  PE_OPERATOR_OK,
  PE_OPERATOR_UNKNOWN,
  PE_OPERATOR_CASE,       /* right but for the letter case: *out is set (AMB-18) */
  PE_OPERATOR_NULL_EXISTS /* NullIfExists: *out is set */
} pe_operator_fault;
pe_operator_fault pe_operator_parse(pe_slice text, pe_operator *out);
enum { PE_OPERATOR_MAX = 64 };
/* As AWS writes it, NUL-terminated: the fix for PE_OPERATOR_CASE. Returns the length. */
size_t pe_operator_print(const pe_operator *o, char out[PE_OPERATOR_MAX]);

typedef struct pe_cond_value {
  pe_slice text;     /* decoded; numbers and booleans as written */
  pe_span span;
  uint32_t node;     /* JSON node */
  uint8_t json_type; /* pe_json_type */
  uint8_t small;     /* BOOL: in small letters (AMB-17) */
  uint8_t valid;     /* the text fits the operator's family (a date is a date, …) */
  union {
    pe_pattern pattern;  /* STRING (EXACT for Equals) */
    pe_arn_pattern *arn; /* ARN */
    pe_decimal number;
    pe_instant instant;
    pe_cidr cidr;
    bool boolean;        /* BOOL, NULL */
    pe_slice bytes;      /* BINARY */
  } as;
} pe_cond_value;

typedef struct pe_listed { /* what a pattern begins with */
  pe_slice text;
  uint32_t index;   /* of the value */
  uint32_t shorter; /* the entry before with the longest text that begins this one, or UINT32_MAX */
} pe_listed;

typedef struct pe_condition {
  pe_operator op;
  uint8_t family, negated; /* of the operator: pe_family */
  uint8_t has_variable;
  uint8_t simple; /* no qualifier, strings, no variables, key not multivalued: nothing is open for one value */
  pe_slice operator_text;  /* as written */
  pe_slice key;            /* as written */
  pe_slice lower;          /* ASCII lower case */
  uint64_t hash;           /* pe_slice_hash(lower) */
  const pe_key_info *info; /* built-in knowledge, or NULL */
  pe_cond_value *values;
  uint32_t count;
  const pe_listed *listed; /* long lists of StringEquals, StringLike and their negations: the values in order, or NULL */
  uint32_t operator_node, key_node; /* the JSON members that hold the operator's block and the key's values */
  pe_span operator_span, key_span;  /* of the names */
} pe_condition;

typedef struct pe_cond_input { /* one value as read from the document */
  pe_slice text;
  pe_span span;
  uint32_t node;
  uint8_t json_type;
} pe_cond_input;

/* `variables`: Version 2012-10-17. Texts must outlive the arena's owner. 0 or ENOMEM. Malformed values
 * compile to valid == 0. Spans and nodes of operator and key are the caller's to fill. */
int pe_condition_compile(pe_arena *arena, pe_slice operator_text, const pe_operator *op, pe_slice key,
                         const pe_cond_input *values, uint32_t count, bool variables, pe_condition *out);

/* Are both written the same: operator, key and values, in their order? */
bool pe_condition_same(const pe_condition *a, const pe_condition *b);

/* Why an entry failed or held, for explanations. */
typedef enum pe_cond_why {
  PE_WHY_MATCHED, PE_WHY_NOT_EQUAL, PE_WHY_ABSENT, PE_WHY_ABSENT_TRUE, PE_WHY_EMPTY,
  PE_WHY_WRONG_TYPE_REQUEST,
  PE_WHY_WRONG_TYPE_POLICY, PE_WHY_VARIABLE_ABSENT, PE_WHY_UNDETERMINED, PE_WHY_UNKNOWN, PE_WHY_NEGATED_MATCH,
  PE_WHY_PRESENT,  /* Null asks for absence, and the key is there */
  PE_WHY_SEVERAL,  /* an operator without set qualifier, several values or a multivalued key (AMB-12, A20) */
  PE_WHY_CONSTANT  /* the operator asks nothing of the request (AMB-11, AMB-14) */
} pe_cond_why;
typedef struct pe_cond_detail {
  pe_cond_why why;
  pe_slice request_value; /* the value that decided, if there is one */
  uint32_t policy_value;  /* index of the policy value that decided, or UINT32_MAX */
} pe_cond_detail;

/* L2.1: true when the entry holds. detail may be NULL. No allocation. */
bool pe_condition_test(const pe_condition *c, pe_env *env, pe_cond_detail *detail);

#endif

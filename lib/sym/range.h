/* SPDX-License-Identifier: MIT */
/* Numbers, instants and addresses: tests on them, and samples that meet every cell the tests cut out. */
#ifndef PE_SYM_RANGE_H
#define PE_SYM_RANGE_H

#include "base/buf.h"
#include "base/vec.h"
#include "text/value.h"

typedef enum pe_relation { PE_REL_EQ, PE_REL_LT, PE_REL_LE, PE_REL_GT, PE_REL_GE } pe_relation;

typedef enum pe_sort {
  PE_SORT_PRESENCE, /* only whether the key is there */
  PE_SORT_STRING,
  PE_SORT_NUMBER,
  PE_SORT_INSTANT,
  PE_SORT_ADDRESS,
  PE_SORT_MIXED     /* a key that is tested as several of these */
} pe_sort;

/* One comparison; a test is a disjunction of them. */
typedef struct pe_bound {
  uint8_t relation; /* pe_relation; unused for addresses */
  union {
    pe_decimal number;
    pe_instant instant;
    pe_cidr block;
  } as;
} pe_bound;

/* Does the text, read as a value of the sort, meet one of the bounds? Malformed texts: no. */
bool pe_range_holds(pe_sort sort, const pe_bound *bounds, uint32_t count, pe_slice text);

/* Texts of values that together meet every combination of truth values that any value can give the bounds: each
 * constant, each gap between neighbours, both ends; readable ones first. `integers`: no fractions where the
 * constants have none. 0 or ENOMEM; texts are in the arena. */
typedef PE_VEC(pe_slice) pe_texts;
int pe_range_samples(pe_arena *arena, pe_sort sort, const pe_bound *const *bounds, uint32_t count, bool integers,
                     pe_texts *out);

/* An address, as it stands in the last four bytes or in all sixteen. */
void pe_range_put_address(pe_buf *b, unsigned version, const unsigned char bytes[16]);

#endif

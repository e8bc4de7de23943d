/* SPDX-License-Identifier: MIT */
/* The facts that follow from who calls what (lib/eval/derived.def). What cannot be known stays absent. */
#ifndef PE_EVAL_DERIVE_H
#define PE_EVAL_DERIVE_H

#include "base/buf.h"
#include "eval/request.h"

#define PE_DERIVED(symbol, key) PE_DERIVED_##symbol,
typedef enum pe_derived {
#include "eval/derived.def"
  PE_DERIVED_COUNT
} pe_derived;
#undef PE_DERIVED

/* Names and hashes of the derived keys, worked out once for a builder. */
typedef struct pe_derived_names {
  pe_slice name[PE_DERIVED_COUNT];
  pe_slice lower[PE_DERIVED_COUNT];
  uint64_t hash[PE_DERIVED_COUNT];
  char text[512];
} pe_derived_names;
void pe_derived_names_init(pe_derived_names *names);

typedef struct pe_derived_value {
  uint8_t set;     /* 0: not derivable, the key stays absent */
  uint8_t unknown; /* the request has the key, nobody knows its value */
  pe_slice value;
} pe_derived_value;

/* All but CONTEXT_KEYS, from r->caller, action and resource. Texts that had to be made are in `made`
 * (cleared here). 0 or ENOMEM. */
int pe_derive_facts(const pe_request *r, pe_buf *made, pe_derived_value out[PE_DERIVED_COUNT]);

/* The rest of the prepared request that follows from action, resource and caller: target, same_account, star_only … */
void pe_derive_rules(pe_request *r);

#endif

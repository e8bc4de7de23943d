/* SPDX-License-Identifier: MIT */
/* How many source addresses does a policy let in, those left out that no caller from outside has? Exact: the blocks that the
 * policy writes cut the addresses into intervals, and intervals that pass the same entries are one class, asked about once. */
#ifndef PE_SYM_ADDRESSES_H
#define PE_SYM_ADDRESSES_H

#include "sym/public.h"

/* The question with `trust` for what is not an address. It must be known (`narrow` only) that every request outside of the
 * other trust comes from an address that the policy writes in a block which names somebody, or from a private one: only
 * those are counted. YES in out->result, and `too_many`, when the sum is more than the limit; UNKNOWN when it may be. */
int pe_addresses_count(const pe_public *p, pe_public_result *out);

#endif

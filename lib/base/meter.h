/* SPDX-License-Identifier: MIT */
/* An allocator that gives no more than a limit, and knows how much it gave. */
#ifndef PE_BASE_METER_H
#define PE_BASE_METER_H

#include <stdatomic.h>

#include "base/alloc.h"

/* Counts what is asked for while there is a limit; what the allocator under it adds to a block is not known here. Without a limit
 * threads share nothing that they write. Any number of them may allocate; the limit is set while none does. */
typedef struct pe_meter {
  pe_alloc under;
  size_t limit;          /* bytes held at a time; SIZE_MAX: none */
  atomic_size_t held, most;
  atomic_size_t refused; /* how often the limit was in the way */
  atomic_bool at_limit;  /* what was refused last was refused for the limit, not by the allocator */
} pe_meter;

void pe_meter_init(pe_meter *meter, const pe_alloc *under);
/* The allocator that counts with *meter, which must outlive its blocks. */
pe_alloc pe_meter_alloc(pe_meter *meter);

#endif

/* SPDX-License-Identifier: MIT */
/* Applying fixes to the text as it is written: nothing outside the changed spans moves. */
#ifndef PE_CHECK_FIX_H
#define PE_CHECK_FIX_H

#include "check/validate.h"

/* The text with every safe fix applied, again and again until there are none left. *applied counts them. 0 even if
 * faults remain; errors as pe_validate. */
int pe_fix_text(const pe_alloc *alloc, pe_slice text, const pe_validate_options *options, pe_buf *out, size_t *applied);

#endif

/* SPDX-License-Identifier: MIT */
/* "Did you mean": the nearest of a few known names. */
#ifndef PE_POLICY_SPELLING_H
#define PE_POLICY_SPELLING_H

#include "base/slice.h"

/* The nearest of `known` (NULL-terminated) to a name: the same but for letter case, or one or two letters off; NULL:
 * none is near. */
const char *pe_spelling_nearest(pe_slice name, const char *const *known);

#endif

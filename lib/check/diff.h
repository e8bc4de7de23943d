/* SPDX-License-Identifier: MIT */
/* What changed between two texts, line by line, as `diff -u` and `patch` write and read it. */
#ifndef PE_CHECK_DIFF_H
#define PE_CHECK_DIFF_H

#include "base/buf.h"
#include "base/error.h"

/* Nothing when the texts are equal. 0 or ENOMEM. */
int pe_diff_unified(const pe_alloc *alloc, pe_slice before, pe_slice after, pe_slice name, pe_buf *out);

#endif

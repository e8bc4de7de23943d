/* SPDX-License-Identifier: MIT */
/* The requests that a question is limited to: boxes for actions and resources as a policy writes them (no variables). */
#ifndef PE_SYM_NARROW_H
#define PE_SYM_NARROW_H

#include "sym/compile.h"

typedef struct pe_narrow {
  const pe_slice *actions, *resources;
  uint32_t nactions, nresources;
} pe_narrow;
/* For pe_question.narrow; `narrow`: a pe_narrow. 0 or ENOMEM. */
int pe_narrow_boxes(pe_compiler *c, void *narrow, pe_boxes *out);

#endif

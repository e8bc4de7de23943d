/* SPDX-License-Identifier: MIT */
#include "sym/narrow.h"

#include "base/error.h"

/* AMB-3: patterns in small letters match others too, under one reading, and these are asked about. */
static void ask_letter_case(pe_compiler *c, pe_slice arn) {
  for (size_t i = 0, colons = 0; i < arn.len && colons < PE_ARN_RESOURCE; i++) {
    colons += arn.ptr[i] == ':';
    if (arn.ptr[i] >= 'A' && arn.ptr[i] <= 'Z') pe_rowset_add(&c->rows, PE_ROW_AMB_3);
  }
}

static int narrow_test(pe_compiler *c, const pe_slice *texts, uint32_t n, bool actions, pe_literal *out) {
  pe_atom atom;
  uint32_t key = actions ? c->action : c->resource, test;
  pe_atom_init(&atom, c->space, &c->variables);
  int rc = 0;
  for (uint32_t i = 0; i < n && !rc; i++) {
    pe_arn_pattern arn;
    pe_pattern pattern;
    if (pe_slice_eq(texts[i], PE_SLICE("*"))) {
      rc = pe_atom_frame(&atom, "*");
    } else if (actions) {
      rc = pe_pattern_compile(c->space->arena, texts[i], PE_PATTERN_WILD | PE_PATTERN_NOCASE, &pattern);
      if (!rc) rc = pe_atom_pattern(&atom, "", &pattern, "", false);
    } else {
      rc = pe_arn_pattern_compile(c->space->arena, texts[i], PE_PATTERN_WILD | PE_ARN_PAD, &arn);
      if (!rc) rc = pe_atom_arn(&atom, &arn, "", false);
      ask_letter_case(c, texts[i]);
    }
  }
  if (!rc) rc = pe_atom_finish(&atom, key, &test);
  if (!rc) rc = pe_compile_literal(c, key, test, false, out);
  pe_atom_done(&atom);
  return rc;
}

int pe_narrow_boxes(pe_compiler *c, void *user, pe_boxes *out) {
  const pe_narrow *n = user;
  pe_literal l = 0;
  int rc = 0;
  pe_compile_start(c);
  if (n->nactions) rc = narrow_test(c, n->actions, n->nactions, true, &l);
  if (!rc && n->nactions) rc = pe_compile_add(c, l);
  if (!rc && n->nresources) rc = narrow_test(c, n->resources, n->nresources, false, &l);
  if (!rc && n->nresources) rc = pe_compile_add(c, l);
  return rc ? rc : pe_compile_finish(c, (pe_origin){.about = "the actions and resources asked about"}, out);
}

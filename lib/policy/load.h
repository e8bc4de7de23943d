/* SPDX-License-Identifier: MIT */
/* From text to model. */
#ifndef PE_POLICY_LOAD_H
#define PE_POLICY_LOAD_H

#include "base/buf.h"
#include "policy/model.h"

typedef struct pe_load_limits {
  pe_json_limits json;
  uint32_t statements; /* per document */
  uint32_t pattern;    /* bytes of one pattern */
} pe_load_limits;
extern const pe_load_limits pe_load_limits_default;

typedef struct pe_load_options {
  int kind;      /* POLICYEVAL_KIND_x */
  pe_slice name; /* for messages */
  const pe_json_setting *settings; /* --set */
  size_t nsettings;
  pe_load_limits limits;
  bool lenient;  /* for validation: faults do not refuse the document as long as it is a JSON object */
} pe_load_options;

/* Reads a bare document or the reply of the AWS CLI that carries one (policy/unwrap.h). 0; EJSON, EPOLICY
 * or ELIMIT with the reasons in `findings` (optional; on success it may hold warnings); ENOTFOUND: a reply
 * that says there is no policy; ENOMEM. The policy starts with one reference. */
int pe_policy_load(const pe_alloc *alloc, pe_slice text, const pe_load_options *options, pe_policy **out,
                   pe_findings *findings);
pe_policy *pe_policy_ref(pe_policy *p);
void pe_policy_unref(pe_policy *p); /* takes NULL */

/* Canonical text: what was read, in one form; loading it gives an equal model. */
void pe_policy_print(const pe_policy *p, pe_buf *out);
bool pe_policy_equal(const pe_policy *a, const pe_policy *b); /* same model, places aside */

/* Parses the text of one principal under map key 'A', 'S', 'F', 'C' or 0 (bare). Never fails: what is not
 * a principal becomes PE_PRINCIPAL_OTHER. */
void pe_principal_parse(pe_slice text, uint8_t map_key, pe_principal *out);
/* "AWS" for 'A' and so on; NULL for 0. */
const char *pe_principal_map_key(uint8_t letter);

#endif

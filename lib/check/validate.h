/* SPDX-License-Identifier: MIT */
/* Everything that is wrong with a document, or could be better, in one pass: the rules of lib/policy/rules.def over a
 * leniently loaded model. */
#ifndef PE_CHECK_VALIDATE_H
#define PE_CHECK_VALIDATE_H

#include "policy/load.h"
#include "service/catalog.h"

/* Principals that exist, for UNKNOWN_PRINCIPAL: ARNs, account ids, unique ids and service names, sorted. */
typedef struct pe_known_principals {
  const pe_slice *names;
  size_t count;
} pe_known_principals;

typedef struct pe_validate_options {
  pe_load_options load;      /* kind, name, limits; `lenient` is set by pe_validate */
  const pe_catalog *catalog; /* NULL: built-in tables */
  bool full_catalog;         /* the catalog lists every service: an unlisted one does not exist */
  uint8_t skip[PE_RULES];    /* rules that report nothing */
  /* The caller who puts the policy, for the lock-out checks; empty: not checked. */
  pe_slice caller;
  pe_policy *const *identity; /* the caller's identity policies */
  uint32_t nidentity;
  const pe_known_principals *known; /* or NULL */
} pe_validate_options;

/* Adds the findings about one document. 0, also when it is full of faults; EJSON, EPOLICY (no JSON object), ELIMIT,
 * ENOTFOUND (a reply that says there is no policy) with the finding that says why; ENOMEM. */
int pe_validate(const pe_alloc *alloc, pe_slice text, const pe_validate_options *options, pe_findings *findings);

#endif

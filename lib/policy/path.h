/* SPDX-License-Identifier: MIT */
/* Where in a document a finding is, as names and indices: the places that do not move when lines do. */
#ifndef PE_POLICY_PATH_H
#define PE_POLICY_PATH_H

#include "json/reader.h"
#include "policy/finding.h"

/* Fills the paths of the findings [first, end) about this document that have none. 0 or ENOMEM. */
int pe_findings_locate(pe_findings *f, size_t first, const pe_json *json);

#endif

/* SPDX-License-Identifier: MIT */
/* Is a resource policy public? It is if it allows some request in which no identity key has a value that the author
 * spelled out (docs/analysis.md, public). */
#ifndef PE_SYM_PUBLIC_H
#define PE_SYM_PUBLIC_H

#include "sym/query.h"

typedef enum pe_public_rule {
  PE_PUBLIC_FIXED_VALUES, /* principals and condition values that the policy spells out */
  PE_PUBLIC_ARTICLE,      /* only the five network and source keys, and no "*" as principal */
  PE_PUBLIC_ZONE          /* the accounts, organizations and networks that the caller trusts */
} pe_public_rule;

typedef struct pe_public {
  pe_question question;    /* subject, budget …; trust and narrow are filled in here */
  pe_public_rule rule;
  const pe_slice *accounts, *orgs, *vpcs, *vpces; /* ZONE */
  uint32_t naccounts, norgs, nvpcs, nvpces;
  uint64_t ip_limit;       /* IPv4 addresses that may be let in; 0: 2^24 */
  uint64_t ipv6_limit;     /* networks of 2^64 IPv6 addresses; 0: 2^32 */
  bool strict_arns;        /* an ARN with a wildcard is not spelled out even if its account is */
} pe_public;

typedef struct pe_public_result {
  pe_result result;
  bool too_many;           /* YES because of the number of addresses */
  bool more_to_ask;        /* YES: there are more ways to be public than the question that was asked of each statement */
  bool only_services;      /* NO, and some statement is for AWS services in general */
} pe_public_result;

/* As pe_query_run. */
int pe_public_run(const pe_public *p, pe_public_result *out);

/* The trust boxes alone, for questions built on them (pe_boxes_fn; user is a pe_public). */
int pe_public_trust(pe_compiler *c, void *user, pe_boxes *out);

/* aws:SourceIp is this address or in this block: a box. */
int pe_public_trust_address(pe_compiler *c, pe_slice address, pe_boxes *out);
/* Is a block narrow enough to name somebody? */
bool pe_public_names_block(const pe_cidr *block);

#endif

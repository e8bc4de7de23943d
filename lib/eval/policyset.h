/* SPDX-License-Identifier: MIT */
/* Which policies apply in which layer of a decision. Immutable once frozen, then shareable. */
#ifndef PE_EVAL_POLICYSET_H
#define PE_EVAL_POLICYSET_H

#include "policy/load.h"

typedef struct pe_policy_list {
  pe_policy **items;
  uint32_t count;
} pe_policy_list;

typedef struct pe_grant { /* one entry of `aws kms list-grants` */
  pe_slice id, key;
  pe_principal grantee;       /* parsed GranteePrincipal; kind SERVICE for GranteeServicePrincipal */
  const pe_slice *operations; /* "Decrypt" … */
  uint32_t noperations;
  uint8_t constraint;         /* 0 none, 1 EncryptionContextEquals, 2 EncryptionContextSubset */
  const pe_slice *pairs;      /* name, value, name, value … */
  uint32_t npairs;            /* number of pairs */
  pe_slice source_arn;        /* SourceArn constraint, or empty */
} pe_grant;

/* For a cap (boundary, session, endpoint, SCP, RCP): present with no policy allows nothing; absent means that no
 * such policy applies. */
typedef struct pe_policyset {
  pe_policy_list identity;
  pe_policy_list resource;           /* the key policy when the resource is a KMS key */
  pe_policy_list boundary, session, endpoint;
  uint8_t has_boundary, has_session, has_endpoint, has_scp, has_rcp;
  pe_policy_list *scp, *rcp;         /* by organisation level, root first */
  uint32_t nscp, nrcp;
  const pe_grant *grants;
  uint32_t ngrants;
} pe_policyset;

#endif

/* SPDX-License-Identifier: MIT */
/* The model of a policy document: what the evaluator, the analysis and validation read.
 * Immutable once loaded; everything lives in the policy's arena. */
#ifndef PE_POLICY_MODEL_H
#define PE_POLICY_MODEL_H

#include <stdatomic.h>

#include "cond/condition.h"
#include "json/reader.h"
#include "policy/finding.h"
#include "text/arn.h"

typedef enum pe_mode { PE_MODE_NONE, PE_MODE_IS, PE_MODE_NOT } pe_mode; /* absent, Element, NotElement */
typedef enum pe_stmt_effect { PE_ALLOW, PE_DENY } pe_stmt_effect;

typedef struct pe_action {
  pe_slice text; /* as written */
  pe_span span;
  uint32_t node;
  uint8_t any;   /* "*", "*:*" or "**": every action */
  uint8_t never; /* can match no action (blank, comma, wildcard in the service, no colon …): L1.6 */
  pe_pattern pattern; /* NOCASE over the whole "service:name"; undefined when any or never */
} pe_action;

typedef struct pe_resource {
  pe_slice text;
  pe_span span;
  uint32_t node;
  uint8_t never;     /* can match no resource: not "*", does not start with "arn:" … */
  uint8_t short_arn; /* fewer than six fields, in a kind where AMB-4 has no definite answer */
  pe_arn_pattern pattern;
} pe_resource;

typedef enum pe_principal_kind {
  PE_PRINCIPAL_ANY,     /* "*" or {"AWS": "*"} */
  PE_PRINCIPAL_ACCOUNT, /* twelve digits, or …:root */
  PE_PRINCIPAL_USER,
  PE_PRINCIPAL_ROLE,
  PE_PRINCIPAL_SESSION, /* assumed-role */
  PE_PRINCIPAL_FEDERATED_USER,
  PE_PRINCIPAL_ID,      /* AIDA…, AROA… */
  PE_PRINCIPAL_SERVICE, /* {"Service"} */
  PE_PRINCIPAL_PROVIDER, /* {"Federated"} */
  PE_PRINCIPAL_CANONICAL,
  PE_PRINCIPAL_OTHER    /* matches nobody: invalid forms, groups, wildcards in an ARN */
} pe_principal_kind;

typedef struct pe_principal {
  pe_slice text;
  pe_span span;
  uint32_t node;
  uint8_t kind;      /* pe_principal_kind */
  uint8_t bare_star; /* "Principal": "*" */
  uint8_t map_key;   /* 0 bare, 'A' AWS, 'S' Service, 'F' Federated, 'C' CanonicalUser */
  pe_slice partition, account; /* AWS kinds */
  pe_slice path;     /* USER, ROLE: "/" or "/team/" */
  pe_slice name;     /* USER, ROLE: last component; SESSION: role name; FEDERATED_USER: name */
  pe_slice session;  /* SESSION */
} pe_principal;

typedef struct pe_statement {
  uint32_t index;
  uint32_t node;
  pe_span span;
  pe_slice sid;      /* ptr NULL: none */
  uint8_t effect;    /* pe_stmt_effect */
  uint8_t broken;    /* a structural fault (lenient loads only): evaluates to no match */
  uint8_t no_effect; /* a key policy statement without Resource (AMB-38) …: matches nothing */
  uint8_t principal_mode, action_mode, resource_mode; /* pe_mode */
  uint8_t names_principal_arn; /* a positive, not IfExists, not ForAllValues aws:PrincipalArn condition of a String or Arn
                                  operator: D1.3 */
  pe_span principal_span, action_span, resource_span, condition_span;         /* of the member's value */
  uint32_t principal_node, action_node, resource_node, condition_node;        /* 0: none */
  pe_principal *principals;
  pe_action *actions;
  pe_resource *resources;
  pe_condition *conditions;
  uint32_t nprincipals, nactions, nresources, nconditions;
} pe_statement;

typedef struct pe_action_index pe_action_index; /* policy/index.h */

/* Exported as an opaque handle. */
typedef struct policyeval_policy {
  atomic_size_t refs;
  const pe_alloc *alloc;             /* `owner` keeps it alive */
  void *owner;                       /* the context, or NULL in tests */
  void (*release_owner)(void *owner);
  pe_arena *arena;
  uint8_t kind;                      /* POLICYEVAL_KIND_x */
  uint8_t version_2012;              /* variables are live */
  const pe_source *source;           /* of the document itself; source->outer … up to the file */
  pe_json json;                      /* the document's nodes; the root is the policy object */
  pe_slice id, version;              /* as written; ptr NULL: absent */
  pe_statement *statements;
  uint32_t nstatements;
  const pe_action_index *index;      /* NULL for a handful of statements: scan */
} pe_policy;

#endif

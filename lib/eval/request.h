/* SPDX-License-Identifier: MIT */
/* One request: who does what to which resource, with which context. */
#ifndef PE_EVAL_REQUEST_H
#define PE_EVAL_REQUEST_H

#include "cond/facts.h"
#include "cond/readings.h"
#include "service/catalog.h"
#include "text/arn.h"

typedef enum pe_caller_kind {
  PE_CALLER_ANONYMOUS,
  PE_CALLER_ROOT,
  PE_CALLER_USER,
  PE_CALLER_ROLE, /* some session of a role */
  PE_CALLER_FEDERATED_USER,
  PE_CALLER_SERVICE,
  PE_CALLER_PROVIDER /* web identity or SAML: trust policies */
} pe_caller_kind;

typedef struct pe_caller {
  uint8_t kind; /* pe_caller_kind */
  uint8_t management_account;
  uint8_t path_known;     /* ROLE: the role's path is known */
  uint8_t session_known;  /* ROLE: the session's name is known */
  uint8_t service_linked; /* path starts with /aws-service-role/ */
  pe_slice arn;           /* as AWS prints it: session ARN when known, else role ARN, user ARN …; empty: none */
  pe_slice partition, account;
  pe_slice path, name;    /* user; role */
  pe_slice session;
  pe_slice role_arn;      /* ROLE: with the path when known */
  pe_slice unique_id;     /* AIDA…/AROA… if given */
  pe_arn parent;          /* FEDERATED_USER: the user that made the session, if given (count 0: not) */
  pe_slice service;       /* SERVICE: x.amazonaws.com; PROVIDER: the provider */
} pe_caller;

typedef enum pe_target { /* who must speak for the resource */
  PE_TARGET_PLAIN, /* in its own account, identity or resource policy */
  PE_TARGET_KEY,   /* a KMS key: its policy or a grant must allow (D3.1) */
  PE_TARGET_ROLE   /* a role to be assumed: its trust policy must allow (D1.2) */
} pe_target;

/* What the evaluator reads: immutable while a decision runs. */
typedef struct pe_request {
  pe_caller caller;
  pe_slice action;       /* as given */
  pe_slice lower_action;
  const pe_action_info *action_info; /* or NULL */
  pe_arn resource;       /* text "*" and count 1: a request without a resource */
  pe_slice resource_account; /* empty: unknown */
  uint8_t resource_in_management_account;
  uint8_t aws_managed_key; /* the resource is an AWS managed KMS key */
  uint8_t only;          /* 0, or POLICYEVAL_LAYER_x: judge that layer by itself */
  uint8_t has_unknown;   /* some fact is declared unknown */
  uint8_t target;        /* pe_target */
  uint8_t same_account;  /* D1.2; an owner who is not known is the caller's own account (PE-8) */
  uint8_t star_only;     /* only "*" covers the resource: none was named, or the action knows none (L1.7.15) */
  uint8_t cross_account_void; /* the action has no effect for callers of other accounts (D3.3, D4.2) */
  uint8_t signed_only;   /* the service takes no unsigned requests (D1.6) */
  uint8_t type_word;     /* AMB-2: the resource part starts with a resource-type word (PE-1) */
  pe_facts facts;
  pe_readings readings;  /* chosen by the caller; zero: defaults */
} pe_request;

/* The builder behind policyeval_request. pe_request_prepare derives what the library can derive (never overriding the
 * caller) and hands out a pe_request that stays valid until the next setter. Preparing again without changes
 * costs nothing; memory is kept for reuse. */
typedef struct pe_request_builder pe_request_builder;
pe_request_builder *pe_request_builder_new(const pe_alloc *a, const pe_catalog *catalog);
void pe_request_builder_free(pe_request_builder *b);
void pe_request_builder_clear(pe_request_builder *b); /* all facts, keeps memory */
/* Setters copy. 0, EINVAL (malformed; *why is a constant sentence), ENOMEM. */
int pe_request_set_principal_arn(pe_request_builder *b, pe_slice arn, const char **why); /* user, role, session, root, federated-user */
int pe_request_set_role_arn(pe_request_builder *b, pe_slice role_arn, const char **why); /* of the session: its path */
int pe_request_set_session_name(pe_request_builder *b, pe_slice name);
int pe_request_set_principal_path(pe_request_builder *b, pe_slice path);
int pe_request_set_principal_id(pe_request_builder *b, pe_slice id);
int pe_request_set_parent(pe_request_builder *b, pe_slice user_arn, const char **why);
int pe_request_set_service(pe_request_builder *b, pe_slice service);
int pe_request_set_provider(pe_request_builder *b, pe_slice provider);
int pe_request_set_anonymous(pe_request_builder *b);
int pe_request_set_management(pe_request_builder *b, bool principal, bool resource);
int pe_request_set_action(pe_request_builder *b, pe_slice action, const char **why); /* no wildcard */
int pe_request_set_resource(pe_request_builder *b, pe_slice arn, const char **why);  /* ARN or "*" */
int pe_request_set_resource_account(pe_request_builder *b, pe_slice account, const char **why);
int pe_request_set_managed_key(pe_request_builder *b, bool managed);
int pe_request_set_fact(pe_request_builder *b, pe_slice key, const pe_slice *values, uint32_t count, bool list);
/* What the library knows about the call: counts unless the caller set the key; a later default replaces an earlier one.
 * values NULL and not a list: the value is not known. */
int pe_request_set_default(pe_request_builder *b, pe_slice key, const pe_slice *values, uint32_t count, bool list);
int pe_request_set_unknown(pe_request_builder *b, pe_slice key);
/* Forgets a key, in every spelling. */
void pe_request_drop_fact(pe_request_builder *b, pe_slice key);
int pe_request_set_reading(pe_request_builder *b, pe_row row, unsigned reading);
void pe_request_apply_readings(pe_request_builder *b, const pe_readings *readings); /* all rows at once */
int pe_request_set_only(pe_request_builder *b, int layer);
int pe_request_prepare(pe_request_builder *b, const pe_request **out, const char **why); /* EINVAL: incomplete */
/* What was prepared last; NULL when a setter was called since. */
const pe_request *pe_request_prepared(const pe_request_builder *b);


/* Whether the caller set a fact or declared it unknown, in any letter case. */
typedef enum pe_fact_given {
  PE_FACT_NOT_GIVEN,
  PE_FACT_GIVEN,
  PE_FACT_OTHER_TAG /* a tag key in another letter case, with one value: both may stand together (AMB-36) */
} pe_fact_given;
pe_fact_given pe_request_has_fact(const pe_request_builder *b, pe_slice key);

#endif

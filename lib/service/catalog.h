/* SPDX-License-Identifier: MIT */
/* Services, actions, resource types: built in for secretsmanager, kms and sts, read from AWS's Service
 * Reference JSON for all others. A catalog is immutable once loaded and may be shared. */
#ifndef PE_SERVICE_CATALOG_H
#define PE_SERVICE_CATALOG_H

#include "base/alloc.h"
#include "base/error.h"
#include "service/keys.h"

enum { /* pe_action_info.flags */
  PE_ACTION_NO_RESOURCE = 1,   /* no resource type: only Resource "*" matches (L1.7.15); no RCP covers it */
  PE_ACTION_CROSS_ACCOUNT = 2, /* effective for callers of other accounts (D3.3, D4.2) */
  PE_ACTION_RCP_EXEMPT = 4,    /* kms:RetireGrant */
  PE_ACTION_TRUST = 8,         /* may stand in a role trust policy */
  PE_ACTION_CRYPTO = 16        /* KMS cryptographic operation */
};

typedef struct pe_action_info {
  pe_slice service; /* lower case */
  pe_slice name;    /* as AWS writes it */
  uint32_t flags;
  const char *const *resource_types; /* NULL-terminated names; never NULL */
  const char *const *condition_keys; /* NULL-terminated, as AWS writes them; never NULL */
} pe_action_info;

typedef struct pe_resource_type {
  pe_slice service, name;
  const char *const *arn_formats; /* NULL-terminated, "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}" */
  const char *const *condition_keys; /* NULL-terminated; never NULL */
} pe_resource_type;

typedef struct pe_catalog pe_catalog; /* NULL stands for the built-in tables alone */

/* Reads every <service>.json of a folder, in the form of AWS's published service reference. What it says
 * about a service that is built in is added to the built-in tables. 0; EIO, EJSON or ELIMIT, then *message
 * (message may be NULL) names the file and what is wrong with it, to be released with pe_alloc_free;
 * ENOMEM. */
int pe_catalog_load(const pe_alloc *a, const char *folder, pe_catalog **out, char **message);
void pe_catalog_free(pe_catalog *c);

bool pe_catalog_knows_service(const pe_catalog *c, pe_slice service); /* any letter case */
/* True when the tables list every action of the service, so that an unlisted one does not exist. */
bool pe_catalog_complete(const pe_catalog *c, pe_slice service);
/* "service:Name", any letter case; NULL: not known. */
const pe_action_info *pe_catalog_action(const pe_catalog *c, pe_slice action);
/* All of a service, contiguous, sorted by the names in lower case; returns how many. */
size_t pe_catalog_actions(const pe_catalog *c, pe_slice service, const pe_action_info **first);
const pe_resource_type *pe_catalog_resource(const pe_catalog *c, pe_slice service, pe_slice name);
size_t pe_catalog_resources(const pe_catalog *c, pe_slice service, const pe_resource_type **first);
/* Built-in keys first, then those of the loaded catalog. */
const pe_key_info *pe_catalog_key(const pe_catalog *c, pe_slice name);
/* True when the tables list the key for the action or for one of its resource types. Says nothing about
 * global keys. */
bool pe_catalog_takes(const pe_catalog *c, const pe_action_info *action, pe_slice key);
/* The services that are known, sorted, in lower case. */
size_t pe_catalog_services(const pe_catalog *c);
pe_slice pe_catalog_service(const pe_catalog *c, size_t i);

#endif

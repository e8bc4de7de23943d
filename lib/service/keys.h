/* SPDX-License-Identifier: MIT */
/* What AWS documents about condition keys: type, number of values, when a request has them. */
#ifndef PE_SERVICE_KEYS_H
#define PE_SERVICE_KEYS_H

#include "base/slice.h"

typedef enum pe_key_type {
  PE_KEY_STRING, PE_KEY_ARN, PE_KEY_NUMERIC, PE_KEY_DATE, PE_KEY_BOOL, PE_KEY_IP, PE_KEY_BINARY,
  PE_KEY_DATE_OR_NUMERIC, /* aws:EpochTime */
  PE_KEY_OTHER            /* loaded tables only: a type that this library does not know, or several */
} pe_key_type;

/* When a request carries the key; decides what `missing_context` may list. */
typedef enum pe_key_presence {
  PE_PRESENCE_ALWAYS,    /* every request has it, the library may not know its value */
  PE_PRESENCE_DERIVED,   /* the library derives it fully: absent means absent */
  PE_PRESENCE_PARAMETER, /* a parameter of the call: not passing it is certain */
  PE_PRESENCE_MAYBE,     /* depends on facts of the world (tags, organisation, network, session) */
  PE_PRESENCE_SERVICE,   /* only when an AWS service principal calls directly */
  PE_PRESENCE_ENDPOINT   /* only through a VPC endpoint */
} pe_key_presence;

typedef struct pe_key_info {
  const char *name;  /* as AWS writes it; with is_prefix up to the '/' or ':' before the variable part */
  uint8_t type;      /* pe_key_type */
  uint8_t multi;     /* multivalued */
  uint8_t presence;  /* pe_key_presence */
  uint8_t sensitive; /* AWS: meaningless with wildcards */
  uint8_t is_prefix; /* "aws:PrincipalTag/", "kms:EncryptionContext:": a name follows */
} pe_key_info;

/* The built-in keys: aws:, secretsmanager:, kms:, sts:. Letter case does not matter; NULL: not known. */
const pe_key_info *pe_key_find(pe_slice name);
size_t pe_key_count(void);
const pe_key_info *pe_key_at(size_t i);

#endif

/* SPDX-License-Identifier: MIT */
/* The tables behind a catalog: the built-in ones, and those read from files. */
#ifndef PE_SERVICE_TABLES_H
#define PE_SERVICE_TABLES_H

#include "service/catalog.h"
#include "text/pattern.h"

typedef struct pe_service {
  pe_slice name;                 /* lower case */
  const pe_action_info *actions; /* sorted by the names in lower case, as are the resource types */
  size_t nactions;
  const pe_resource_type *resources;
  size_t nresources;
} pe_service;

enum { PE_BUILTIN_SERVICES = 3 };
extern const pe_service pe_builtin_services[PE_BUILTIN_SERVICES]; /* sorted by name */

/* Open addressing over items kept elsewhere; slots hold an index + 1. */
typedef struct pe_slots {
  uint32_t *slot;
  size_t mask; /* size - 1; slot NULL: empty table */
} pe_slots;

/* A key whose name has a variable that is not at its end. */
typedef struct pe_key_pattern {
  pe_pattern pattern;
  const pe_key_info *key;
} pe_key_pattern;

struct pe_catalog {
  const pe_alloc *alloc;
  pe_arena *arena;
  pe_service
      *services; /* sorted by name, the built-in ones among them: as they are, or joined with what was read */
  size_t nservices;
  const pe_action_info **actions; /* of all services */
  pe_slots by_action;             /* by "service:name" in lower case */
  pe_key_info *keys;
  size_t nkeys;
  pe_slots by_key;
  size_t longest_prefix; /* of the keys whose name goes on */
  pe_key_pattern *patterns;
  size_t npatterns;
};

/* Comparison without ASCII letter case; less than, equal to or greater than 0. */
int pe_service_compare(pe_slice a, pe_slice b);
const pe_service *pe_service_find(const pe_service *services, size_t count, pe_slice name);
const pe_action_info *pe_service_action(const pe_service *s, pe_slice name);
const pe_resource_type *pe_service_resource(const pe_service *s, pe_slice name);
/* By the whole name, without ASCII letter case; prefixes end in '/' or ':'. */
const pe_key_info *pe_catalog_loaded_key(const pe_catalog *c, pe_slice name, bool prefix);
uint64_t pe_service_action_hash(pe_slice service, pe_slice name);

#endif

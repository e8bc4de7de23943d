/* SPDX-License-Identifier: MIT */
/* Reading `aws kms list-grants` (D3.4). What is no grant is refused; members that change nothing are passed over. */
#include "base/error.h"
#include "eval/grants.h"

typedef struct reader {
  pe_arena *arena;
  const pe_json *json;
  pe_findings *findings; /* may be NULL */
} reader;

static int refuse(reader *r, uint32_t node, pe_rule rule, int result, const char *message) {
  if (!r->findings) return result;
  if (pe_findings_keep(r->findings, r->json->source)) return POLICYEVAL_ENOMEM;
  pe_finding *f = pe_findings_add(r->findings, rule, node, r->json->nodes[node].span, "%s", message);
  if (!f) return POLICYEVAL_ENOMEM;
  f->refuses = 1;
  return result;
}

static int mistyped(reader *r, uint32_t node, const char *message) {
  return refuse(r, node, PE_RULE_DATA_TYPE_MISMATCH, POLICYEVAL_EPOLICY, message);
}

static bool copy(reader *r, pe_slice s, pe_slice *out) {
  char *text = pe_arena_copy(r->arena, s.ptr, s.len);
  *out = pe_slice_of(text, s.len);
  return text != NULL;
}

/* An optional string member; absent: empty. */
static int read_text(reader *r, uint32_t object, const char *name, pe_slice *out) {
  uint32_t node = pe_json_get(r->json, object, name);
  *out = PE_SLICE("");
  if (!node || pe_json_is(r->json, node, PE_JSON_NULL)) return 0;
  if (!pe_json_is(r->json, node, PE_JSON_STRING))
    return mistyped(r, node, "This member of a grant is a string.");
  return copy(r, r->json->nodes[node].text, out) ? 0 : POLICYEVAL_ENOMEM;
}

static int read_grantee(reader *r, uint32_t object, pe_grant *g) {
  pe_slice principal, service;
  int rc = read_text(r, object, "GranteePrincipal", &principal);
  if (!rc) rc = read_text(r, object, "GranteeServicePrincipal", &service);
  if (rc) return rc;
  if ((principal.len != 0) == (service.len != 0))
    return mistyped(r, object, "A grant has a GranteePrincipal or a GranteeServicePrincipal.");
  /* list-grants shows a service as GranteePrincipal, too: a name that is no ARN. */
  bool is_service = service.len || (!pe_slice_starts(principal, PE_SLICE("arn:")) &&
                                    pe_slice_ends(principal, PE_SLICE(".amazonaws.com")));
  pe_principal_parse(service.len ? service : principal, is_service ? 'S' : 'A', &g->grantee);
  return 0;
}

static int read_operations(reader *r, uint32_t object, pe_grant *g) {
  uint32_t list = pe_json_get(r->json, object, "Operations");
  if (!list || !pe_json_is(r->json, list, PE_JSON_ARRAY))
    return mistyped(r, list ? list : object, "A grant has a list of Operations.");
  pe_slice *items = pe_arena_zero(r->arena, (size_t)r->json->nodes[list].children + 1, sizeof *items);
  if (!items) return POLICYEVAL_ENOMEM;
  uint32_t n = 0;
  for (uint32_t i = pe_json_first(list); i < r->json->nodes[list].next; i = r->json->nodes[i].next) {
    if (!pe_json_is(r->json, i, PE_JSON_STRING))
      return mistyped(r, i, "An operation of a grant is a string.");
    if (!copy(r, r->json->nodes[i].text, &items[n++])) return POLICYEVAL_ENOMEM;
  }
  g->operations = items;
  g->noperations = n;
  return 0;
}

static int read_pairs(reader *r, uint32_t object, uint8_t constraint, pe_grant *g) {
  if (!pe_json_is(r->json, object, PE_JSON_OBJECT))
    return mistyped(r, object, "An encryption context is an object.");
  if (g->constraint) return mistyped(r, object, "A grant has one constraint on the encryption context.");
  pe_slice *pairs = pe_arena_zero(r->arena, 2 * (size_t)r->json->nodes[object].children + 1, sizeof *pairs);
  if (!pairs) return POLICYEVAL_ENOMEM;
  uint32_t n = 0;
  for (uint32_t i = pe_json_first(object); i < r->json->nodes[object].next; i = r->json->nodes[i].next) {
    if (!pe_json_is(r->json, i, PE_JSON_STRING))
      return mistyped(r, i, "A value of an encryption context is a string.");
    if (!copy(r, r->json->nodes[i].key, &pairs[2 * n]) || !copy(r, r->json->nodes[i].text, &pairs[2 * n + 1]))
      return POLICYEVAL_ENOMEM;
    n++;
  }
  g->constraint = constraint;
  g->pairs = pairs;
  g->npairs = n;
  return 0;
}

/* A constraint that is not known may forbid what would be allowed here: refused. */
static int read_constraints(reader *r, uint32_t object, pe_grant *g) {
  uint32_t list = pe_json_get(r->json, object, "Constraints");
  if (!list || pe_json_is(r->json, list, PE_JSON_NULL)) return 0;
  if (!pe_json_is(r->json, list, PE_JSON_OBJECT))
    return mistyped(r, list, "Constraints of a grant are an object.");
  for (uint32_t i = pe_json_first(list); i < r->json->nodes[list].next; i = r->json->nodes[i].next) {
    pe_slice key = r->json->nodes[i].key;
    int rc;
    if (pe_slice_eq(key, PE_SLICE("EncryptionContextEquals")))
      rc = read_pairs(r, i, 1, g);
    else if (pe_slice_eq(key, PE_SLICE("EncryptionContextSubset")))
      rc = read_pairs(r, i, 2, g);
    else if (pe_slice_eq(key, PE_SLICE("SourceArn")))
      rc = read_text(r, list, "SourceArn", &g->source_arn);
    else
      rc = mistyped(r, i, "This constraint of a grant is not known.");
    if (rc) return rc;
  }
  return 0;
}

static int read_grant(reader *r, uint32_t object, pe_grant *g) {
  if (!pe_json_is(r->json, object, PE_JSON_OBJECT)) return mistyped(r, object, "A grant is an object.");
  int rc = read_text(r, object, "GrantId", &g->id);
  if (!rc) rc = read_text(r, object, "KeyId", &g->key);
  if (!rc) rc = read_grantee(r, object, g);
  if (!rc) rc = read_operations(r, object, g);
  return rc ? rc : read_constraints(r, object, g);
}

int pe_grants_read(pe_arena *arena, const pe_json *json, uint32_t node, const pe_grant **grants,
                   uint32_t *count, pe_findings *findings) {
  reader r = {arena, json, findings};
  uint32_t list = node;
  if (pe_json_is(json, node, PE_JSON_OBJECT)) {
    const uint32_t cut = pe_json_get(json, node, "Truncated");
    list = pe_json_get(json, node, "Grants");
    if (list && cut && json->nodes[cut].type == PE_JSON_TRUE)
      return refuse(&r, cut, PE_RULE_REPLY_WITHOUT_DOCUMENT, POLICYEVAL_EPOLICY,
                    "The list of grants is cut short, and a denial that rests on it would mean nothing: ask for all of "
                    "them, without --max-items.");
  }
  if (!pe_json_is(json, list, PE_JSON_ARRAY))
    return mistyped(&r, node,
                    "Grants are a list, alone or as the member Grants of the reply of aws kms list-grants.");
  size_t n = *count;
  pe_grant *all = pe_arena_zero(arena, n + json->nodes[list].children + 1, sizeof *all);
  if (!all) return POLICYEVAL_ENOMEM;
  if (n) memcpy(all, *grants, n * sizeof *all);
  for (uint32_t i = pe_json_first(list); i < json->nodes[list].next; i = json->nodes[i].next) {
    int rc = read_grant(&r, i, &all[n++]);
    if (rc) return rc;
  }
  *grants = all;
  *count = (uint32_t)n;
  return 0;
}

static int not_json(pe_arena *arena, const pe_source *source, const pe_json_error *error, int result,
                    pe_findings *findings) {
  pe_json_node root = {.span = {error->offset, error->end}};
  pe_json json = {source, &root, 1};
  reader r = {arena, &json, findings};
  return refuse(&r, 0, result == POLICYEVAL_ELIMIT ? PE_RULE_LIMIT_REACHED : PE_RULE_JSON_SYNTAX_ERROR,
                result, pe_json_fault_message(error->fault));
}

int pe_grants_load(pe_arena *arena, pe_slice text, const pe_load_options *options, const pe_grant **grants,
                   uint32_t *count, pe_findings *findings) {
  pe_arena *own = pe_arena_new(pe_arena_allocator(arena), 0);
  if (!own) return POLICYEVAL_ENOMEM;
  /* A source ends in NUL, a caller's text need not. One that is too long is refused before it is read. */
  if (text.len <= options->limits.json.bytes) text.ptr = pe_arena_copy(own, text.ptr, text.len);
  pe_source source = {.name = options->name, .text = text, .layer = PE_SOURCE_FILE};
  pe_json json;
  pe_json_error error;
  int rc = text.ptr ? pe_json_read(own, &source, &options->limits.json, &json, &error) : POLICYEVAL_ENOMEM;
  if (rc == POLICYEVAL_EJSON || rc == POLICYEVAL_ELIMIT)
    rc = not_json(own, &source, &error, rc, findings);
  else if (!rc)
    rc = pe_json_substitute(own, &json, options->settings, options->nsettings);
  if (!rc) rc = pe_grants_read(arena, &json, 0, grants, count, findings);
  pe_arena_free(own);
  return rc;
}

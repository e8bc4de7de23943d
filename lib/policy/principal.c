/* SPDX-License-Identifier: MIT */
/* Principal and NotPrincipal: L1.5. */
#include "policy/build.h"

/* X(key of the map, the letter that the model keeps): L1.5.10. */
#define MAP_KEYS(X)                X("AWS", 'A') X("Service", 'S') X("Federated", 'F') X("CanonicalUser", 'C')
#define MAP_KEY_NAME(name, letter) name,
static const char *const map_keys[] = {MAP_KEYS(MAP_KEY_NAME) NULL};
#undef MAP_KEY_NAME
#define MAP_KEY_LETTER(name, letter) letter,
static const uint8_t map_letters[] = {MAP_KEYS(MAP_KEY_LETTER)};
#undef MAP_KEY_LETTER

const char *pe_principal_map_key(uint8_t letter) {
  for (size_t i = 0; map_keys[i]; i++) {
    if (map_letters[i] == letter) return map_keys[i];
  }
  return NULL;
}

static bool has_wildcard(pe_slice s) {
  return s.len > 0 && (memchr(s.ptr, '*', s.len) || memchr(s.ptr, '?', s.len));
}

static bool is_unique_id(pe_slice s) {
  if (s.len < 12 || s.len > 128) return false; /* of AWS 20 and more; its documentation writes AROAEXAMPLEID */
  if (!pe_slice_starts(s, PE_SLICE("AIDA")) && !pe_slice_starts(s, PE_SLICE("AROA"))) return false;
  for (size_t i = 0; i < s.len; i++) {
    if (!((s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9'))) return false;
  }
  return true;
}

/* "alice" or "team/alice" after the type word: path "/" or "/team/", and the name. */
static bool split_path(pe_slice resource, size_t type_len, pe_principal *out) {
  size_t slash = resource.len - 1;
  while (resource.ptr[slash] != '/') slash--; /* the one after the type word at the latest */
  out->path = pe_slice_sub(resource, type_len - 1, slash + 1);
  out->name = pe_slice_sub(resource, slash + 1, resource.len);
  return out->name.len > 0;
}

/* The sixth field of an iam ARN; OTHER when it is no principal. */
static pe_principal_kind iam_kind(pe_slice resource, pe_principal *out) {
  if (pe_slice_eq(resource, PE_SLICE("root"))) return PE_PRINCIPAL_ACCOUNT;
  if (pe_slice_starts(resource, PE_SLICE("user/")) && split_path(resource, 5, out)) return PE_PRINCIPAL_USER;
  if (pe_slice_starts(resource, PE_SLICE("role/")) && split_path(resource, 5, out)) return PE_PRINCIPAL_ROLE;
  return PE_PRINCIPAL_OTHER;
}

static pe_principal_kind sts_kind(pe_slice resource, pe_principal *out) {
  pe_slice session = PE_SLICE("assumed-role/"), federated = PE_SLICE("federated-user/");
  if (pe_slice_starts(resource, federated)) {
    out->name = pe_slice_sub(resource, federated.len, resource.len);
    return out->name.len ? PE_PRINCIPAL_FEDERATED_USER : PE_PRINCIPAL_OTHER;
  }
  if (!pe_slice_starts(resource, session)) return PE_PRINCIPAL_OTHER;
  pe_slice rest = pe_slice_sub(resource, session.len, resource.len);
  const char *slash = rest.len ? memchr(rest.ptr, '/', rest.len) : NULL;
  if (!slash) return PE_PRINCIPAL_OTHER;
  out->name = pe_slice_sub(rest, 0, (size_t)(slash - rest.ptr));
  out->session = pe_slice_sub(rest, out->name.len + 1, rest.len);
  if (!out->name.len || !out->session.len || memchr(out->session.ptr, '/', out->session.len))
    return PE_PRINCIPAL_OTHER;
  return PE_PRINCIPAL_SESSION;
}

static pe_principal_kind aws_kind(pe_slice text, pe_principal *out) {
  if (pe_slice_eq(text, PE_SLICE("*"))) return PE_PRINCIPAL_ANY;
  if (has_wildcard(text)) return PE_PRINCIPAL_OTHER; /* L1.5.9 */
  if (pe_arn_is_account(text)) {
    out->account = text;
    return PE_PRINCIPAL_ACCOUNT;
  }
  if (is_unique_id(text)) return PE_PRINCIPAL_ID;
  pe_arn arn;
  pe_arn_split(text, &arn);
  if (arn.count < PE_ARN_FIELDS || !pe_slice_eq(arn.field[PE_ARN_PREFIX], PE_SLICE("arn")) ||
      arn.field[PE_ARN_REGION].len || !arn.field[PE_ARN_PARTITION].len || !arn.field[PE_ARN_ACCOUNT].len) {
    return PE_PRINCIPAL_OTHER;
  }
  pe_principal_kind kind = PE_PRINCIPAL_OTHER;
  if (pe_slice_eq(arn.field[PE_ARN_SERVICE], PE_SLICE("iam")))
    kind = iam_kind(arn.field[PE_ARN_RESOURCE], out);
  if (pe_slice_eq(arn.field[PE_ARN_SERVICE], PE_SLICE("sts")))
    kind = sts_kind(arn.field[PE_ARN_RESOURCE], out);
  if (kind != PE_PRINCIPAL_OTHER) {
    out->partition = arn.field[PE_ARN_PARTITION];
    out->account = arn.field[PE_ARN_ACCOUNT];
  }
  return kind;
}

void pe_principal_parse(pe_slice text, uint8_t map_key, pe_principal *out) {
  *out = (pe_principal){.text = text, .map_key = map_key, .kind = PE_PRINCIPAL_OTHER};
  switch (map_key) {
  case 0:
    if (!pe_slice_eq(text, PE_SLICE("*"))) break;
    out->kind = PE_PRINCIPAL_ANY;
    out->bare_star = 1;
    break;
  case 'A': {
    pe_principal parts = *out;
    parts.kind = (uint8_t)aws_kind(text, &parts);
    if (parts.kind != PE_PRINCIPAL_OTHER) *out = parts;
    break;
  }
  case 'S':
    if (text.len && !has_wildcard(text)) out->kind = PE_PRINCIPAL_SERVICE;
    break;
  case 'F':
    if (text.len && !has_wildcard(text)) out->kind = PE_PRINCIPAL_PROVIDER;
    break;
  default: /* 'C' */
    if (text.len && !has_wildcard(text)) out->kind = PE_PRINCIPAL_CANONICAL;
    break;
  }
}

/* The letter of a map key, or 0 after a fault. */
static uint8_t map_key(pe_build *b, uint32_t node, const char *element) {
  const pe_json_node *member = pe_build_node(b, node);
  if (member->duplicate) pe_build_duplicate(b, node);
  for (size_t i = 0; map_keys[i]; i++) {
    if (pe_slice_eq(member->key, pe_slice_str(map_keys[i]))) return map_letters[i];
  }
  pe_build_unknown_name(b, PE_RULE_INVALID_PRINCIPAL_KEY, node, "key", element, map_keys);
  return 0;
}

static void add(pe_build *b, uint32_t node, uint8_t letter) {
  pe_statement *s = b->statement;
  pe_principal *out = &s->principals[s->nprincipals++];
  const pe_json_node *value = pe_build_node(b, node);
  pe_principal_parse(value->text, letter, out);
  out->span = value->span;
  out->node = node;
  if (letter == 'A') pe_build_placeholders(b, node, value->text, true);
}

static void add_map(pe_build *b, uint32_t node, const char *element) {
  pe_statement *s = b->statement;
  const pe_json_node *map = pe_build_node(b, node);
  /* Every value of the map is a node of its own: no more principals than nodes. */
  s->principals = pe_build_array(b, map->next - node, sizeof *s->principals);
  if (!s->principals) return;
  for (uint32_t m = pe_json_first(node); m < map->next && !b->result; m = pe_build_node(b, m)->next) {
    uint8_t letter = map_key(b, m, element);
    uint32_t i, count;
    if (!letter || !pe_build_strings(b, m, element, false, &i, &count)) continue;
    for (; count > 0; count--, i = pe_build_node(b, i)->next) add(b, i, letter);
  }
  if (s->nprincipals == 0) s->no_effect = 1; /* L1.5.10 */
}

static bool is_bare_star(const pe_json_node *value) {
  return value->type == PE_JSON_STRING && pe_slice_eq(value->text, PE_SLICE("*"));
}

static void bad_format(pe_build *b, uint32_t node, const char *element) {
  const pe_json_node *value = pe_build_node(b, node);
  if (value->type != PE_JSON_STRING) {
    pe_build_fault(b, PE_RULE_INVALID_PRINCIPAL_FORMAT, node, value->span,
                   "%s is \"*\" or an object such as {\"AWS\": ...}, and this is %s.", element,
                   pe_build_type_name(value->type));
    return;
  }
  pe_finding *finding = pe_build_fault(b, PE_RULE_INVALID_PRINCIPAL_FORMAT, node, value->span,
                                       "%s is \"*\" or an object: write {\"AWS\": \"%.*s\"}.", element,
                                       PE_EXCERPT(value->text));
  pe_build_placeholders(b, node, value->text, true);
  if (!finding || value->text.len > 64 || value->escaped || value->substituted) return;
  char text[96];
  size_t len = 0;
  memcpy(text, "{\"AWS\": \"", 9);
  len = 9;
  memcpy(text + len, value->text.ptr, value->text.len);
  len += value->text.len;
  memcpy(text + len, "\"}", 2);
  pe_build_fix(b, finding, value->span, pe_slice_of(text, len + 2), false, "Name the kind of principal");
}

void pe_build_principals(pe_build *b, uint32_t node, const char *element) {
  pe_statement *s = b->statement;
  const pe_json_node *value = pe_build_node(b, node);
  s->principal_node = node;
  s->principal_span = value->span;
  if (b->kind == POLICYEVAL_KIND_RCP && !is_bare_star(value)) {
    pe_build_fault(b, PE_RULE_RCP_SYNTAX_ERROR_PRINCIPAL, node, value->span,
                   "A resource control policy takes \"Principal\": \"*\" and no other form.");
    return;
  }
  if (value->type == PE_JSON_OBJECT) {
    add_map(b, node, element);
  } else if (is_bare_star(value)) {
    s->principals = pe_build_array(b, 1, sizeof *s->principals);
    if (s->principals) add(b, node, 0);
  } else {
    bad_format(b, node, element);
  }
}

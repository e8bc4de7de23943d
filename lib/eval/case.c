/* SPDX-License-Identifier: MIT */
#include "eval/case.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/utf8.h"
#include "policyeval/base.h"

enum { SHOWN = 60, SHOWN_BUF = 80 };

/* ---- faults ---- */

const char *pe_case_shown(pe_slice text, char *buf) {
  size_t n = 0;
  while (n < text.len) {
    const unsigned step = pe_utf8_step((unsigned char)text.ptr[n]);
    if (n + step > text.len || n + step > SHOWN) break;
    for (unsigned i = 0; i < step; i++) {
      const unsigned char c = (unsigned char)text.ptr[n + i];
      buf[n + i] = c < 0x20 || c == 0x7F ? '?' : (char)c;
    }
    n += step;
  }
  memcpy(buf + n, n < text.len ? "…" : "", n < text.len ? sizeof "…" : 1);
  return buf;
}

int pe_case_refuse(pe_case_fault *fault, uint32_t offset, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  const int n = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  pe_buf_clear(&fault->message);
  if (n > 0) pe_buf_str(&fault->message, text);
  fault->offset = offset;
  return fault->message.failed || n < 0 ? POLICYEVAL_ENOMEM : POLICYEVAL_EPOLICY;
}

/* ---- reading members ---- */

typedef struct reading {
  const pe_json *json;
  pe_request_builder *builder;
  pe_case *out;
  pe_case_fault *fault;
  bool principal_management, resource_management;
} reading;

static const pe_json_node *node_at(const reading *r, uint32_t i) { return &r->json->nodes[i]; }
static uint32_t start_of(const reading *r, uint32_t i) { return node_at(r, i)->span.start; }

static int refuse(reading *r, uint32_t node, const char *sentence) {
  return pe_case_refuse(r->fault, start_of(r, node), "%s", sentence);
}

/* What a setter said, in place. */
static int said(reading *r, uint32_t node, int rc, const char *why) {
  return rc == POLICYEVAL_EINVAL ? refuse(r, node, why) : rc;
}

static int expected(reading *r, uint32_t node, const char *what) {
  char name[SHOWN_BUF];
  const pe_slice key = node_at(r, node)->key;
  if (!key.ptr) return pe_case_refuse(r->fault, start_of(r, node), "expected %s here", what);
  return pe_case_refuse(r->fault, start_of(r, node), "\"%s\" is %s", pe_case_shown(key, name), what);
}

static int get_text(reading *r, uint32_t node, pe_slice *out) {
  if (!pe_json_is(r->json, node, PE_JSON_STRING)) return expected(r, node, "a string");
  *out = node_at(r, node)->text;
  return 0;
}

static int get_bool(reading *r, uint32_t node, bool *out) {
  *out = pe_json_is(r->json, node, PE_JSON_TRUE);
  if (*out || pe_json_is(r->json, node, PE_JSON_FALSE)) return 0;
  return expected(r, node, "true or false, without quotes");
}

typedef int (*member_fn)(reading *r, uint32_t node);
typedef struct member {
  const char *name;
  member_fn read;
} member;

static const member *find_member(const member *list, size_t count, pe_slice name) {
  for (size_t i = 0; i < count; i++)
    if (pe_slice_eq(pe_slice_str(list[i].name), name)) return &list[i];
  return NULL;
}

/* Each member of an object by its reader; what the list does not name is refused. */
static int read_members(reading *r, uint32_t object, const member *list, size_t count, const char *where) {
  char name[SHOWN_BUF];
  uint32_t child = pe_json_first(object);
  for (uint32_t n = node_at(r, object)->children; n > 0; n--, child = node_at(r, child)->next) {
    const pe_json_node *c = node_at(r, child);
    const member *m = find_member(list, count, c->key);
    if (!m)
      return pe_case_refuse(r->fault, c->key_span.start, "%s has no member \"%s\"", where,
                            pe_case_shown(c->key, name));
    if (c->duplicate)
      return pe_case_refuse(r->fault, c->key_span.start, "\"%s\" is given twice",
                            pe_case_shown(c->key, name));
    const int rc = m->read(r, child);
    if (rc) return rc;
  }
  return 0;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- context ---- */

static int add_fact(reading *r, uint32_t node, pe_slice key, const pe_slice *values, uint32_t count,
                    bool list) {
  char name[SHOWN_BUF];
  if (!key.len) return refuse(r, node, "a context key has a name, such as aws:SourceIp");
  const pe_fact_given before = pe_request_has_fact(r->builder, key);
  if (before == PE_FACT_GIVEN || (before == PE_FACT_OTHER_TAG && (list || !values)))
    return pe_case_refuse(r->fault, start_of(r, node), "%s is given twice", pe_case_shown(key, name));
  return values ? pe_request_set_fact(r->builder, key, values, count, list) : pe_request_set_unknown(r->builder, key);
}

enum { FEW_VALUES = 16 };

static int read_list(reading *r, uint32_t node) {
  const pe_json_node *list = node_at(r, node);
  const pe_alloc *alloc = r->fault->message.alloc;
  pe_slice few[FEW_VALUES], *values = few;
  if (list->children > FEW_VALUES && !(values = pe_alloc_array(alloc, list->children, sizeof *values)))
    return POLICYEVAL_ENOMEM;
  int rc = 0;
  uint32_t child = pe_json_first(node);
  for (uint32_t n = 0; n < list->children && rc == 0; n++, child = node_at(r, child)->next) {
    if (pe_json_is(r->json, child, PE_JSON_STRING))
      values[n] = node_at(r, child)->text;
    else
      rc = refuse(r, child, "a value of a context key is a string");
  }
  if (rc == 0) rc = add_fact(r, node, list->key, values, list->children, true);
  if (values != few) pe_alloc_free(alloc, values);
  return rc;
}

static int read_context_key(reading *r, uint32_t node) {
  const pe_json_node *n = node_at(r, node);
  char name[SHOWN_BUF];
  if (n->duplicate)
    return pe_case_refuse(r->fault, n->key_span.start, "%s is given twice", pe_case_shown(n->key, name));
  switch (n->type) {
  case PE_JSON_STRING: return add_fact(r, node, n->key, &n->text, 1, false);
  case PE_JSON_ARRAY: return read_list(r, node);
  case PE_JSON_NUMBER:
  case PE_JSON_TRUE:
  case PE_JSON_FALSE:
    return refuse(
        r, node, "a value of a context key is a string, numbers and booleans too: write it in double quotes");
  default: return refuse(r, node, "a context key has a string or a list of strings");
  }
}

static int read_context(reading *r, uint32_t node) {
  const pe_json_node *n = node_at(r, node);
  if (n->type != PE_JSON_OBJECT) return expected(r, node, "an object: context keys and their values");
  if (n->span.end - n->span.start > PE_CASE_CONTEXT_BYTES)
    return refuse(r, node, "the context is longer than 1 MiB");
  int rc = 0;
  uint32_t child = pe_json_first(node);
  for (uint32_t k = n->children; k > 0 && rc == 0; k--, child = node_at(r, child)->next)
    rc = read_context_key(r, child);
  return rc;
}

static int read_unknown(reading *r, uint32_t node) {
  const pe_json_node *n = node_at(r, node);
  if (n->type != PE_JSON_ARRAY) return expected(r, node, "a list of context keys");
  if (n->span.end - n->span.start > PE_CASE_CONTEXT_BYTES)
    return refuse(r, node, "the list is longer than 1 MiB");
  int rc = 0;
  uint32_t child = pe_json_first(node);
  for (uint32_t k = n->children; k > 0 && rc == 0; k--, child = node_at(r, child)->next) {
    pe_slice key = {NULL, 0};
    rc = get_text(r, child, &key);
    if (rc == 0) rc = add_fact(r, child, key, NULL, 0, false);
  }
  return rc;
}

/* ---- principal ---- */

static int read_arn(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const char *why = "";
  int rc = get_text(r, node, &text);
  if (rc) return rc;
  rc = pe_request_set_principal_arn(r->builder, text, &why);
  return said(r, node, rc, why);
}

static int read_role_arn(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const char *why = "";
  int rc = get_text(r, node, &text);
  if (rc) return rc;
  rc = pe_request_set_role_arn(r->builder, text, &why);
  return said(r, node, rc, why);
}

static int read_parent(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const char *why = "";
  int rc = get_text(r, node, &text);
  if (rc) return rc;
  rc = pe_request_set_parent(r->builder, text, &why);
  return said(r, node, rc, why);
}

static int read_unique_id(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const int rc = get_text(r, node, &text);
  return rc ? rc : said(r, node, pe_request_set_principal_id(r->builder, text), "a unique id is not empty");
}

static int read_path(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const int rc = get_text(r, node, &text);
  return rc ? rc
            : said(r, node, pe_request_set_principal_path(r->builder, text), "a path begins and ends with /");
}

static int read_management(reading *r, uint32_t node) { return get_bool(r, node, &r->principal_management); }

static int read_org_id(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const int rc = get_text(r, node, &text);
  return rc ? rc : add_fact(r, node, PE_SLICE("aws:PrincipalOrgID"), &text, 1, false);
}

static int read_tag(reading *r, uint32_t node, pe_buf *key) {
  pe_slice value = {NULL, 0};
  const int rc = get_text(r, node, &value);
  if (rc) return rc;
  pe_buf_clear(key);
  pe_buf_str(key, "aws:PrincipalTag/");
  pe_buf_slice(key, node_at(r, node)->key);
  if (key->failed) return POLICYEVAL_ENOMEM;
  return add_fact(r, node, pe_slice_of(key->ptr, key->len), &value, 1, false);
}

/* Tag keys that differ in letter case alone may stand together (AMB-36). */
static int read_tags(reading *r, uint32_t node) {
  const pe_json_node *n = node_at(r, node);
  if (n->type != PE_JSON_OBJECT) return expected(r, node, "an object: tag keys and their values");
  if (n->span.end - n->span.start > PE_CASE_CONTEXT_BYTES)
    return refuse(r, node, "the tags are longer than 1 MiB");
  pe_buf key;
  pe_buf_init(&key, r->fault->message.alloc);
  int rc = 0;
  uint32_t child = pe_json_first(node);
  for (uint32_t k = n->children; k > 0 && rc == 0; k--, child = node_at(r, child)->next)
    rc = read_tag(r, child, &key);
  pe_buf_done(&key);
  return rc;
}

static int read_service(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const int rc = get_text(r, node, &text);
  return rc ? rc
            : said(r, node, pe_request_set_service(r->builder, text), "a service principal is not empty");
}

static int read_federated(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const int rc = get_text(r, node, &text);
  return rc ? rc
            : said(r, node, pe_request_set_provider(r->builder, text), "a federated provider is not empty");
}

static int read_anonymous(reading *r, uint32_t node) {
  bool yes;
  const int rc = get_bool(r, node, &yes);
  if (rc) return rc;
  return yes ? pe_request_set_anonymous(r->builder) : refuse(r, node, "\"anonymous\" is true, or not there");
}

static const member arn_members[] = {
    {"arn", read_arn},       {"role_arn", read_role_arn},
    {"id", read_unique_id},  {"tags", read_tags},
    {"org_id", read_org_id}, {"path", read_path},
    {"parent", read_parent}, {"management_account", read_management},
};
static const member service_member = {"service", read_service};
static const member federated_member = {"federated", read_federated};
static const member anonymous_member = {"anonymous", read_anonymous};

static int read_principal(reading *r, uint32_t node) {
  if (pe_json_is(r->json, node, PE_JSON_STRING)) return read_arn(r, node);
  if (!pe_json_is(r->json, node, PE_JSON_OBJECT))
    return expected(r, node, "an ARN, or an object that describes the caller");
  if (pe_json_get(r->json, node, "arn"))
    return read_members(r, node, arn_members, COUNT(arn_members), "a principal with an ARN");
  if (pe_json_get(r->json, node, "service"))
    return read_members(r, node, &service_member, 1, "a service principal");
  if (pe_json_get(r->json, node, "federated"))
    return read_members(r, node, &federated_member, 1, "a federated principal");
  if (pe_json_get(r->json, node, "anonymous"))
    return read_members(r, node, &anonymous_member, 1, "an anonymous principal");
  return refuse(r, node, "a principal has one of \"arn\", \"service\", \"federated\" and \"anonymous\"");
}

/* ---- the case ---- */

static int read_id(reading *r, uint32_t node) {
  (void)r;
  (void)node; /* was read first: it goes with every fault */
  return 0;
}

static int read_action(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const char *why = "";
  int rc = get_text(r, node, &text);
  if (rc) return rc;
  rc = pe_request_set_action(r->builder, text, &why);
  return said(r, node, rc, why);
}

static int read_resource(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const char *why = "";
  int rc = get_text(r, node, &text);
  if (rc) return rc;
  rc = pe_request_set_resource(r->builder, text, &why);
  return said(r, node, rc, why);
}

static int read_resource_account(reading *r, uint32_t node) {
  pe_slice text = {NULL, 0};
  const char *why = "";
  int rc = get_text(r, node, &text);
  if (rc) return rc;
  rc = pe_request_set_resource_account(r->builder, text, &why);
  return said(r, node, rc, why);
}

static int read_resource_management(reading *r, uint32_t node) {
  return get_bool(r, node, &r->resource_management);
}

static int read_reading(reading *r, uint32_t node) {
  char name[SHOWN_BUF], value[SHOWN_BUF];
  const pe_json_node *n = node_at(r, node);
  pe_slice text = {NULL, 0};
  const int rc = get_text(r, node, &text);
  if (rc) return rc;
  const int row = pe_row_find(n->key);
  if (row < 0)
    return pe_case_refuse(r->fault, n->key_span.start,
                          "there is no row \"%s\" (docs/semantics.md lists them)",
                          pe_case_shown(n->key, name));
  if (n->duplicate) return expected(r, node, "given twice");
  const int index = pe_row_reading((pe_row)row, text);
  if (index < 0)
    return pe_case_refuse(r->fault, n->span.start, "row %s has no reading \"%s\"",
                          pe_row_get((pe_row)row)->name, pe_case_shown(text, value));
  return pe_request_set_reading(r->builder, (pe_row)row, (unsigned)index);
}

static int read_readings(reading *r, uint32_t node) {
  const pe_json_node *n = node_at(r, node);
  if (n->type != PE_JSON_OBJECT) return expected(r, node, "an object: rows and their readings");
  int rc = 0;
  uint32_t child = pe_json_first(node);
  for (uint32_t k = n->children; k > 0 && rc == 0; k--, child = node_at(r, child)->next)
    rc = read_reading(r, child);
  return rc;
}

static int read_policies(reading *r, uint32_t node) {
  if (!pe_json_is(r->json, node, PE_JSON_OBJECT) && !pe_json_is(r->json, node, PE_JSON_STRING))
    return expected(r, node, "an object, or the name of a defined set");
  r->out->policies = node;
  return 0;
}

/* Witnesses of questions about a type of policy name its layer. */
static int read_only(reading *r, uint32_t node) {
#define NAMED(name, value, text) {POLICYEVAL_LAYER_##name, text},
  static const struct {
    int layer;
    const char *name;
  } layers[] = {POLICYEVAL_LAYERS(NAMED)};
#undef NAMED
  pe_slice text = {NULL, 0};
  const int rc = get_text(r, node, &text);
  if (rc) return rc;
  for (size_t i = 0; i < COUNT(layers); i++) {
    const bool of_keys = layers[i].layer == POLICYEVAL_LAYER_KEY || layers[i].layer == POLICYEVAL_LAYER_GRANT;
    if (!of_keys && pe_slice_eq(text, pe_slice_str(layers[i].name))) return pe_request_set_only(r->builder, layers[i].layer);
  }
  return refuse(r, node, "\"only\" is \"identity\", \"resource\", \"boundary\", \"session\", \"scp\", \"rcp\" or \"endpoint\"");
}

static int read_define(reading *r, uint32_t node) {
  const int rc = get_text(r, node, &r->out->define);
  if (rc) return rc;
  return r->out->define.len ? 0 : refuse(r, node, "a set of policies has a name");
}

static int read_defined(reading *r, uint32_t node) {
  if (!pe_json_is(r->json, node, PE_JSON_OBJECT)) return expected(r, node, "an object");
  r->out->policies = node;
  return 0;
}

static const member case_members[] = {
    {"principal", read_principal},
    {"action", read_action},
    {"resource", read_resource},
    {"context", read_context},
    {"policies", read_policies},
    {"id", read_id},
    {"resource_account", read_resource_account},
    {"resource_management_account", read_resource_management},
    {"unknown", read_unknown},
    {"readings", read_readings},
    {"only", read_only},
};
static const member define_members[] = {{"define", read_define}, {"policies", read_defined}};

static int read_request(reading *r) {
  static const char *const needed[] = {"principal", "action", "resource"};
  const pe_request *ready;
  const char *why = "";
  int rc = read_members(r, 0, case_members, COUNT(case_members), "a case");
  if (rc) return rc;
  for (size_t i = 0; i < COUNT(needed); i++)
    if (!pe_json_get(r->json, 0, needed[i]))
      return pe_case_refuse(r->fault, start_of(r, 0), "the case has no \"%s\"", needed[i]);
  pe_request_set_management(r->builder, r->principal_management, r->resource_management);
  rc = pe_request_prepare(r->builder, &ready, &why);
  return said(r, 0, rc, why);
}

static int read_definition(reading *r) {
  const int rc = read_members(r, 0, define_members, COUNT(define_members), "a line with \"define\"");
  if (rc) return rc;
  return r->out->policies ? 0 : refuse(r, 0, "the line has no \"policies\"");
}

int pe_case_read(const pe_json *json, pe_request_builder *b, const pe_readings *readings, pe_case *out,
                 pe_case_fault *fault) {
  reading r = {.json = json, .builder = b, .out = out, .fault = fault};
  *out = (pe_case){.json = json};
  pe_request_builder_clear(b);
  pe_request_apply_readings(b, readings);
  if (!pe_json_is(json, 0, PE_JSON_OBJECT)) return refuse(&r, 0, "a case is an object");
  const uint32_t id = pe_json_get(json, 0, "id");
  if (id) {
    const int rc = get_text(&r, id, &out->id);
    if (rc) return rc;
  }
  return pe_json_get(json, 0, "define") ? read_definition(&r) : read_request(&r);
}

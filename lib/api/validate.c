/* SPDX-License-Identifier: MIT */
#include "policyeval/validate.h"

#include <stdlib.h>

#include "api/objects.h"
#include "check/diff.h"
#include "check/fix.h"

/* A folder with this many services is a whole download: a service that it lacks does not exist. */
enum { WHOLE_CATALOG = 100 };

struct policyeval_validation {
  policyeval_context *context;
  uint8_t ignored[PE_RULES], only[PE_RULES];
  bool has_only;
  char *caller;
  size_t caller_len;
  PE_VEC(pe_policy *) identity;
  PE_VEC(pe_slice) known; /* sorted; the texts are owned */
  bool has_known;
};

int policyeval_validation_new(policyeval_context *context, policyeval_validation **validation) {
  if (!context || !validation) return POLICYEVAL_EINVAL;
  policyeval_validation *v = pe_alloc_new(&context->alloc, sizeof *v);
  if (!v) return pe_context_told(context, POLICYEVAL_ENOMEM);
  v->context = policyeval_context_ref(context);
  *validation = v;
  return POLICYEVAL_OK;
}

void policyeval_validation_free(policyeval_validation *validation) {
  if (!validation) return;
  policyeval_context *context = validation->context;
  const pe_alloc *a = &context->alloc;
  for (size_t i = 0; i < validation->identity.len; i++) pe_policy_unref(validation->identity.data[i]);
  for (size_t i = 0; i < validation->known.len; i++) pe_alloc_free(a, (void *)(uintptr_t)validation->known.data[i].ptr);
  pe_vec_done(&validation->identity, a);
  pe_vec_done(&validation->known, a);
  pe_alloc_free(a, validation->caller);
  pe_alloc_free(a, validation);
  policyeval_context_unref(context);
}

static int find_rule(const policyeval_validation *v, const char *code) {
  if (!v || !code) return POLICYEVAL_EINVAL;
  const int rule = pe_rule_find(pe_slice_str(code));
  return rule < 0 ? POLICYEVAL_ENOTFOUND : rule;
}

int policyeval_validation_ignore(policyeval_validation *validation, const char *code) {
  const int rule = find_rule(validation, code);
  if (rule < 0) return rule;
  validation->ignored[rule] = 1;
  return POLICYEVAL_OK;
}

int policyeval_validation_only(policyeval_validation *validation, const char *code) {
  const int rule = find_rule(validation, code);
  if (rule < 0) return rule;
  validation->only[rule] = 1;
  validation->has_only = true;
  return POLICYEVAL_OK;
}

int policyeval_validation_set_caller(policyeval_validation *validation, const char *arn, size_t len) {
  if (!validation || !arn) return POLICYEVAL_EINVAL;
  policyeval_context *c = validation->context;
  const char *why;
  pe_request_builder *probe = pe_request_builder_new(&c->alloc, c->catalog);
  if (!probe) return pe_context_told(c, POLICYEVAL_ENOMEM);
  const int rc = pe_request_set_principal_arn(probe, pe_arg(arn, len), &why);
  pe_request_builder_free(probe);
  if (rc != POLICYEVAL_OK) return pe_context_told(c, rc);
  char *copy = pe_context_copy(c, pe_arg(arn, len));
  if (!copy) return pe_context_told(c, POLICYEVAL_ENOMEM);
  pe_alloc_free(&c->alloc, validation->caller);
  validation->caller = copy;
  validation->caller_len = pe_arg(arn, len).len;
  return POLICYEVAL_OK;
}

int policyeval_validation_add_identity_policy(policyeval_validation *validation, policyeval_policy *policy) {
  if (!validation || !policy || policy->kind != POLICYEVAL_KIND_IDENTITY) return POLICYEVAL_EINVAL;
  pe_policy **slot = pe_vec_push(&validation->identity, &validation->context->alloc);
  if (!slot) return pe_context_told(validation->context, POLICYEVAL_ENOMEM);
  *slot = pe_policy_ref(policy);
  return POLICYEVAL_OK;
}

static int compare_names(const void *a, const void *b) { return pe_slice_cmp(*(const pe_slice *)a, *(const pe_slice *)b); }

static int add_known(policyeval_validation *v, pe_slice name) {
  while (name.len && (name.ptr[0] == ' ' || name.ptr[0] == '\t')) name = pe_slice_sub(name, 1, name.len);
  while (name.len && (unsigned char)name.ptr[name.len - 1] <= ' ') name.len--;
  if (name.len == 0 || name.ptr[0] == '#') return POLICYEVAL_OK;
  char *copy = pe_context_copy(v->context, name);
  pe_slice *slot = copy ? pe_vec_push(&v->known, &v->context->alloc) : NULL;
  if (!slot) {
    pe_alloc_free(&v->context->alloc, copy);
    return POLICYEVAL_ENOMEM;
  }
  *slot = pe_slice_of(copy, name.len);
  return POLICYEVAL_OK;
}

/* A JSON list of strings. */
static int add_known_json(policyeval_validation *v, pe_slice text) {
  const pe_json_limits limits = {v->context->limits.text_bytes, 2, v->context->limits.nodes};
  pe_arena *arena = pe_arena_new(&v->context->alloc, 0);
  char *copy = arena ? pe_arena_copy(arena, text.ptr, text.len) : NULL;
  const pe_source source = {.text = pe_slice_of(copy, text.len)};
  pe_json json;
  int rc = copy ? pe_json_read(arena, &source, &limits, &json, NULL) : POLICYEVAL_ENOMEM;
  if (rc == POLICYEVAL_EJSON || rc == POLICYEVAL_ELIMIT) rc = POLICYEVAL_EINVAL;
  for (uint32_t i = 1; rc == POLICYEVAL_OK && i < json.count; i++)
    rc = json.nodes[i].type == PE_JSON_STRING ? add_known(v, json.nodes[i].text) : POLICYEVAL_EINVAL;
  pe_arena_free(arena);
  return rc;
}

int policyeval_validation_add_known_principals(policyeval_validation *validation, const char *text, size_t len) {
  if (!validation || !text) return POLICYEVAL_EINVAL;
  pe_slice rest = pe_arg(text, len), start = rest;
  while (start.len && (unsigned char)start.ptr[0] <= ' ') start = pe_slice_sub(start, 1, start.len);
  int rc = POLICYEVAL_OK;
  if (start.len && start.ptr[0] == '[') {
    rc = add_known_json(validation, start);
  } else {
    while (rest.len && rc == POLICYEVAL_OK) {
      const char *end = memchr(rest.ptr, '\n', rest.len);
      const size_t n = end ? (size_t)(end - rest.ptr) : rest.len;
      rc = add_known(validation, pe_slice_sub(rest, 0, n));
      rest = pe_slice_sub(rest, n + 1, rest.len);
    }
  }
  if (validation->known.len) qsort(validation->known.data, validation->known.len, sizeof(pe_slice), compare_names);
  if (rc == POLICYEVAL_OK) validation->has_known = true;
  return pe_context_told(validation->context, rc);
}

/* known: where the list is kept while the options are in use. */
static void fill_options(const policyeval_validation *v, int kind, const char *name, pe_known_principals *known,
                         pe_validate_options *out) {
  *out = (pe_validate_options){.catalog = v->context->catalog,
                               .caller = pe_slice_of(v->caller, v->caller_len),
                               .identity = v->identity.data,
                               .nidentity = (uint32_t)v->identity.len};
  pe_context_load_options(v->context, kind, name, &out->load);
  out->full_catalog = v->context->catalog && pe_catalog_services(v->context->catalog) >= WHOLE_CATALOG;
  for (int i = 0; i < PE_RULES; i++) out->skip[i] = v->ignored[i] || (v->has_only && !v->only[i]);
  if (!v->has_known) return;
  *known = (pe_known_principals){v->known.data, v->known.len};
  out->known = known;
}

static policyeval_report *new_report(policyeval_context *c) {
  policyeval_report *r = pe_alloc_new(&c->alloc, sizeof *r);
  if (!r) return NULL;
  if (pe_findings_init(&r->findings, &c->alloc) != POLICYEVAL_OK) {
    pe_alloc_free(&c->alloc, r);
    return NULL;
  }
  r->context = policyeval_context_ref(c);
  return r;
}

/* What was rendered of fewer findings is no longer right. */
static void forget_rendered(policyeval_report *r) {
  for (int i = 0; i < PE_REPORT_FORMS; i++) {
    pe_alloc_free(&r->context->alloc, r->form[i].text);
    r->form[i].text = NULL;
  }
}

int policyeval_validate(const policyeval_validation *validation, int kind, const char *text, size_t len, const char *name,
                        policyeval_report **report) {
  if (!validation || !text || !report || !policyeval_kind_name(kind)) return POLICYEVAL_EINVAL;
  policyeval_context *c = validation->context;
  policyeval_report *r = *report ? *report : new_report(c);
  if (!r) return pe_context_told(c, POLICYEVAL_ENOMEM);
  pe_validate_options options;
  pe_known_principals known;
  fill_options(validation, kind, name, &known, &options);
  const size_t before = r->findings.list.len;
  const int rc = pe_validate(&c->alloc, pe_arg(text, len), &options, &r->findings);
  if (rc == POLICYEVAL_ENOMEM) {
    r->findings.list.len = before;
    r->findings.failed = false;
    if (!*report) policyeval_report_free(r);
    return pe_context_told(c, rc);
  }
  forget_rendered(r);
  *report = r;
  return rc;
}

int policyeval_fix(const policyeval_validation *validation, int kind, const char *text, size_t len, const char *name,
                   char **fixed, size_t *fixed_len, char **diff, size_t *diff_len) {
  if (!validation || !text || !fixed || !policyeval_kind_name(kind)) return POLICYEVAL_EINVAL;
  const pe_alloc *a = &validation->context->alloc;
  pe_validate_options options;
  pe_known_principals known;
  pe_buf out, changes;
  size_t applied = 0;
  fill_options(validation, kind, name, &known, &options);
  pe_buf_init(&out, a);
  pe_buf_init(&changes, a);
  int rc = pe_fix_text(a, pe_arg(text, len), &options, &out, &applied);
  if (rc != POLICYEVAL_ENOMEM && diff &&
      pe_diff_unified(a, pe_arg(text, len), pe_slice_of(out.ptr, out.len), pe_slice_str(name ? name : ""), &changes))
    rc = POLICYEVAL_ENOMEM;
  if (rc != POLICYEVAL_ENOMEM) {
    *fixed = pe_buf_take(&out, fixed_len);
    if (diff) *diff = pe_buf_take(&changes, diff_len);
  }
  pe_buf_done(&out);
  pe_buf_done(&changes);
  return pe_context_told(validation->context, rc);
}

/* SPDX-License-Identifier: MIT */
#include "policyeval/request.h"

#include "api/objects.h"
#include "report/render.h"

int policyeval_request_new(policyeval_context *context, policyeval_request **request) {
  if (!context || !request) return POLICYEVAL_EINVAL;
  policyeval_request *r = pe_alloc_new(&context->alloc, sizeof *r);
  if (!r) return pe_context_told(context, POLICYEVAL_ENOMEM);
  r->builder = pe_request_builder_new(&context->alloc, context->catalog);
  if (!r->builder) {
    pe_alloc_free(&context->alloc, r);
    return pe_context_told(context, POLICYEVAL_ENOMEM);
  }
  r->context = policyeval_context_ref(context);
  r->detail = "";
  pe_request_apply_readings(r->builder, &context->readings);
  *request = r;
  return POLICYEVAL_OK;
}

void policyeval_request_free(policyeval_request *request) {
  if (!request) return;
  policyeval_context *context = request->context;
  pe_request_builder_free(request->builder);
  pe_alloc_free(&context->alloc, request);
  policyeval_context_unref(context);
}

int policyeval_request_clear(policyeval_request *request) {
  if (!request) return POLICYEVAL_EINVAL;
  pe_request_builder_clear(request->builder);
  pe_request_apply_readings(request->builder, &request->context->readings);
  request->detail = "";
  return POLICYEVAL_OK;
}

const char *policyeval_request_detail(const policyeval_request *request) { return request ? request->detail : ""; }

typedef int (*text_setter)(pe_request_builder *b, pe_slice text, const char **why);

static int set_text(policyeval_request *r, const char *ptr, size_t len, text_setter set) {
  pe_slice text;
  if (!r) return POLICYEVAL_EINVAL;
  const int rc = pe_arg_text(ptr, len, &text, &r->detail);
  return rc == POLICYEVAL_OK ? pe_context_told(r->context, set(r->builder, text, &r->detail)) : rc;
}

int policyeval_request_set_principal(policyeval_request *request, const char *arn, size_t len) {
  return set_text(request, arn, len, pe_request_set_principal_arn);
}

static int set_service(pe_request_builder *b, pe_slice text, const char **why) {
  (void)why;
  return pe_request_set_service(b, text);
}
int policyeval_request_set_service(policyeval_request *request, const char *name, size_t len) {
  return set_text(request, name, len, set_service);
}

static int set_provider(pe_request_builder *b, pe_slice text, const char **why) {
  (void)why;
  return pe_request_set_provider(b, text);
}
int policyeval_request_set_provider(policyeval_request *request, const char *name, size_t len) {
  return set_text(request, name, len, set_provider);
}

int policyeval_request_set_anonymous(policyeval_request *request) {
  return request ? pe_request_set_anonymous(request->builder) : POLICYEVAL_EINVAL;
}

int policyeval_request_set_principal_fact(policyeval_request *request, int fact, const char *value, size_t len) {
  pe_slice text;
  if (!request) return POLICYEVAL_EINVAL;
  int rc = pe_arg_text(value, len, &text, &request->detail);
  if (rc == POLICYEVAL_OK) rc = pe_arg_principal_fact(request->builder, fact, text, &request->detail);
  return pe_context_told(request->context, rc);
}

int policyeval_request_set_management(policyeval_request *request, int principal, int resource) {
  if (!request) return POLICYEVAL_EINVAL;
  return pe_request_set_management(request->builder, principal != 0, resource != 0);
}

int policyeval_request_set_action(policyeval_request *request, const char *action, size_t len) {
  return set_text(request, action, len, pe_request_set_action);
}
int policyeval_request_set_resource(policyeval_request *request, const char *arn, size_t len) {
  return set_text(request, arn, len, pe_request_set_resource);
}
int policyeval_request_set_resource_account(policyeval_request *request, const char *account, size_t len) {
  return set_text(request, account, len, pe_request_set_resource_account);
}

int policyeval_request_set_context(policyeval_request *request, const char *key, size_t key_len, const char *value,
                                   size_t value_len) {
  pe_slice name, text;
  if (!request) return POLICYEVAL_EINVAL;
  int rc = pe_arg_key(key, key_len, &name, &request->detail);
  if (rc == POLICYEVAL_OK) rc = pe_arg_text(value, value_len, &text, &request->detail);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_fact(request->builder, name, &text, 1, false);
  return pe_context_told(request->context, rc);
}

int policyeval_request_set_context_list(policyeval_request *request, const char *key, size_t key_len,
                                        const char *const *values, const size_t *lens, size_t count) {
  pe_slice name, *texts = NULL;
  if (!request) return POLICYEVAL_EINVAL;
  int rc = pe_arg_key(key, key_len, &name, &request->detail);
  if (rc == POLICYEVAL_OK) rc = pe_arg_list(&request->context->alloc, values, lens, count, &texts, &request->detail);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_fact(request->builder, name, texts, (uint32_t)count, true);
  pe_alloc_free(&request->context->alloc, texts);
  return pe_context_told(request->context, rc);
}

int policyeval_request_set_unknown(policyeval_request *request, const char *key, size_t len) {
  pe_slice name;
  if (!request) return POLICYEVAL_EINVAL;
  int rc = pe_arg_key(key, len, &name, &request->detail);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_unknown(request->builder, name);
  return pe_context_told(request->context, rc);
}

int policyeval_request_set_reading(policyeval_request *request, const char *row, const char *reading) {
  pe_row r;
  unsigned n;
  if (!request) return POLICYEVAL_EINVAL;
  const int rc = pe_arg_reading(row, reading, &r, &n, &request->detail);
  return rc == POLICYEVAL_OK ? pe_request_set_reading(request->builder, r, n) : rc;
}

int policyeval_request_set_only(policyeval_request *request, int layer) {
  if (!request) return POLICYEVAL_EINVAL;
  if (layer < 0 || layer >= POLICYEVAL_LAYER_LAST_ || layer == POLICYEVAL_LAYER_KEY || layer == POLICYEVAL_LAYER_GRANT) {
    request->detail = "no layer that can be judged by itself: identity, resource, boundary, session, scp, rcp, endpoint";
    return POLICYEVAL_EINVAL;
  }
  return pe_request_set_only(request->builder, layer);
}

int policyeval_request_json(policyeval_request *request, char **text, size_t *len) {
  if (!request || !text) return POLICYEVAL_EINVAL;
  const pe_request *ready = NULL;
  const char *why = "";
  int rc = pe_request_prepare(request->builder, &ready, &why);
  request->detail = why;
  if (rc != POLICYEVAL_OK) return pe_context_told(request->context, rc);
  pe_buf buf;
  pe_buf_init(&buf, &request->context->alloc);
  rc = pe_render_case(ready, &buf);
  char *taken = rc == POLICYEVAL_OK ? pe_buf_take(&buf, len) : NULL;
  pe_buf_done(&buf);
  if (rc == POLICYEVAL_OK && !taken) rc = POLICYEVAL_ENOMEM;
  if (rc != POLICYEVAL_OK) return pe_context_told(request->context, rc);
  *text = taken;
  return POLICYEVAL_OK;
}

/* SPDX-License-Identifier: MIT */
#include "policyeval/request.h"

#include "api/objects.h"
#include "base/utf8.h"
#include "report/render.h"

int policyeval_request_new(policyeval_context *context, policyeval_request **request) {
  if (!context || !request) return POLICYEVAL_EINVAL;
  policyeval_request *r = pe_alloc_new(&context->alloc, sizeof *r);
  if (!r) return POLICYEVAL_ENOMEM;
  r->builder = pe_request_builder_new(&context->alloc, context->catalog);
  if (!r->builder) {
    pe_alloc_free(&context->alloc, r);
    return POLICYEVAL_ENOMEM;
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

/* What every text must be: there, and UTF-8 without NUL. */
static bool good_text(policyeval_request *r, const char *ptr, size_t len, pe_slice *out) {
  if (!r) return false;
  r->detail = "";
  if (!ptr && len != 0) {
    r->detail = "a text is missing";
    return false;
  }
  *out = pe_arg(ptr ? ptr : "", ptr ? len : 0);
  if (pe_utf8_valid(*out) != out->len || (out->len && memchr(out->ptr, 0, out->len))) {
    r->detail = "a text must be UTF-8 without NUL";
    return false;
  }
  return true;
}

typedef int (*text_setter)(pe_request_builder *b, pe_slice text, const char **why);

static int set_text(policyeval_request *r, const char *ptr, size_t len, text_setter set) {
  pe_slice text;
  if (!good_text(r, ptr, len, &text)) return POLICYEVAL_EINVAL;
  const char *why = "";
  const int rc = set(r->builder, text, &why);
  if (rc != POLICYEVAL_OK) r->detail = why;
  return rc;
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

static int set_session_name(pe_request_builder *b, pe_slice text, const char **why) {
  (void)why;
  return pe_request_set_session_name(b, text);
}
static int set_path(pe_request_builder *b, pe_slice text, const char **why) {
  (void)why;
  return pe_request_set_principal_path(b, text);
}
static int set_id(pe_request_builder *b, pe_slice text, const char **why) {
  (void)why;
  return pe_request_set_principal_id(b, text);
}

int policyeval_request_set_principal_fact(policyeval_request *request, int fact, const char *value, size_t len) {
  switch (fact) {
    case POLICYEVAL_PRINCIPAL_ROLE_ARN: return set_text(request, value, len, pe_request_set_role_arn);
    case POLICYEVAL_PRINCIPAL_SESSION_NAME: return set_text(request, value, len, set_session_name);
    case POLICYEVAL_PRINCIPAL_PATH: return set_text(request, value, len, set_path);
    case POLICYEVAL_PRINCIPAL_ID: return set_text(request, value, len, set_id);
    case POLICYEVAL_PRINCIPAL_PARENT: return set_text(request, value, len, pe_request_set_parent);
    default:
      if (request) request->detail = "there is no such fact about a principal";
      return POLICYEVAL_EINVAL;
  }
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

static bool good_key(policyeval_request *r, const char *key, size_t len, pe_slice *out) {
  if (!good_text(r, key, len, out)) return false;
  if (out->len) return true;
  r->detail = "a context key has a name, such as aws:SourceIp";
  return false;
}

int policyeval_request_set_context(policyeval_request *request, const char *key, size_t key_len, const char *value,
                                   size_t value_len) {
  pe_slice name, text;
  if (!good_key(request, key, key_len, &name) || !good_text(request, value, value_len, &text)) return POLICYEVAL_EINVAL;
  return pe_request_set_fact(request->builder, name, &text, 1, false);
}

int policyeval_request_set_context_list(policyeval_request *request, const char *key, size_t key_len,
                                        const char *const *values, const size_t *lens, size_t count) {
  pe_slice name;
  if (!good_key(request, key, key_len, &name)) return POLICYEVAL_EINVAL;
  if ((count && !values) || count > UINT32_MAX) {
    request->detail = "the list of values is missing or too long";
    return POLICYEVAL_EINVAL;
  }
  const pe_alloc *alloc = &request->context->alloc;
  pe_slice *texts = count ? pe_alloc_array(alloc, count, sizeof *texts) : NULL;
  if (count && !texts) return POLICYEVAL_ENOMEM;
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < count && rc == POLICYEVAL_OK; i++)
    if (!good_text(request, values[i], lens ? lens[i] : POLICYEVAL_NTS, &texts[i])) rc = POLICYEVAL_EINVAL;
  if (rc == POLICYEVAL_OK) rc = pe_request_set_fact(request->builder, name, texts, (uint32_t)count, true);
  pe_alloc_free(alloc, texts);
  return rc;
}

int policyeval_request_set_unknown(policyeval_request *request, const char *key, size_t len) {
  pe_slice name;
  if (!good_key(request, key, len, &name)) return POLICYEVAL_EINVAL;
  return pe_request_set_unknown(request->builder, name);
}

int policyeval_request_set_reading(policyeval_request *request, const char *row, const char *reading) {
  if (!request || !row || !reading) return POLICYEVAL_EINVAL;
  const int r = pe_row_find(pe_slice_str(row));
  const int n = r < 0 ? -1 : pe_row_reading((pe_row)r, pe_slice_str(reading));
  if (n >= 0) return pe_request_set_reading(request->builder, (pe_row)r, (unsigned)n);
  request->detail = r < 0 ? "there is no such row (docs/semantics.md lists them)" : "the row has no such reading";
  return POLICYEVAL_ENOTFOUND;
}

int policyeval_request_set_only(policyeval_request *request, int layer) {
  if (!request) return POLICYEVAL_EINVAL;
  if (layer != 0 && layer != POLICYEVAL_LAYER_IDENTITY && layer != POLICYEVAL_LAYER_RESOURCE) {
    request->detail = "only the identity or the resource layer can be judged by itself";
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
  if (rc != POLICYEVAL_OK) return rc;
  pe_buf buf;
  pe_buf_init(&buf, &request->context->alloc);
  rc = pe_render_case(ready, &buf);
  char *taken = rc == POLICYEVAL_OK ? pe_buf_take(&buf, len) : NULL;
  pe_buf_done(&buf);
  if (rc != POLICYEVAL_OK) return rc;
  if (!taken) return POLICYEVAL_ENOMEM;
  *text = taken;
  return POLICYEVAL_OK;
}

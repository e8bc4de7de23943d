/* SPDX-License-Identifier: MIT */
#include "api/arg.h"

#include "base/utf8.h"
#include "policyeval/request.h"

int pe_arg_text(const char *ptr, size_t len, pe_slice *out, const char **detail) {
  *detail = "";
  if (!ptr && len != 0) {
    *detail = "a text is missing";
    return POLICYEVAL_EINVAL;
  }
  *out = pe_arg(ptr ? ptr : "", len);
  if (pe_utf8_valid(*out) == out->len && !(out->len && memchr(out->ptr, 0, out->len))) return POLICYEVAL_OK;
  *detail = "a text must be UTF-8 without NUL";
  return POLICYEVAL_EINVAL;
}

int pe_arg_key(const char *ptr, size_t len, pe_slice *out, const char **detail) {
  const int rc = pe_arg_text(ptr, len, out, detail);
  if (rc != POLICYEVAL_OK || out->len) return rc;
  *detail = "a context key has a name, such as aws:SourceIp";
  return POLICYEVAL_EINVAL;
}

int pe_arg_list(const pe_alloc *a, const char *const *values, const size_t *lens, size_t count, pe_slice **out,
                const char **detail) {
  *detail = "";
  *out = NULL;
  if ((count && !values) || count > UINT32_MAX) {
    *detail = "the list of values is missing or too long";
    return POLICYEVAL_EINVAL;
  }
  if (!count) return POLICYEVAL_OK;
  pe_slice *texts = pe_alloc_array(a, count, sizeof *texts);
  if (!texts) return POLICYEVAL_ENOMEM;
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < count && rc == POLICYEVAL_OK; i++)
    rc = pe_arg_text(values[i], lens ? lens[i] : POLICYEVAL_NTS, &texts[i], detail);
  if (rc == POLICYEVAL_OK) *out = texts;
  else pe_alloc_free(a, texts);
  return rc;
}

int pe_arg_reading(const char *row, const char *reading, pe_row *out_row, unsigned *out_reading, const char **detail) {
  if (!row || !reading) return POLICYEVAL_EINVAL;
  const int r = pe_row_find(pe_slice_str(row));
  const int n = r < 0 ? -1 : pe_row_reading((pe_row)r, pe_slice_str(reading));
  *detail = r < 0 ? "there is no such row (docs/semantics.md lists them)" : n < 0 ? "the row has no such reading" : "";
  if (n < 0) return POLICYEVAL_ENOTFOUND;
  *out_row = (pe_row)r;
  *out_reading = (unsigned)n;
  return POLICYEVAL_OK;
}

/* A refusal with its reason. */
static int told(int rc, const char *why, const char **detail) {
  if (rc == POLICYEVAL_EINVAL) *detail = why;
  return rc;
}

int pe_arg_principal_fact(pe_request_builder *b, int fact, pe_slice value, const char **detail) {
  static const char unnamed[] = "the name of a session is not empty";
  switch (fact) {
    case POLICYEVAL_PRINCIPAL_ROLE_ARN: return pe_request_set_role_arn(b, value, detail);
    case POLICYEVAL_PRINCIPAL_SESSION_NAME: return told(pe_request_set_session_name(b, value), unnamed, detail);
    case POLICYEVAL_PRINCIPAL_PATH: return told(pe_request_set_principal_path(b, value), "a path begins and ends with /", detail);
    case POLICYEVAL_PRINCIPAL_ID: return told(pe_request_set_principal_id(b, value), "a unique id is not empty", detail);
    case POLICYEVAL_PRINCIPAL_PARENT: return pe_request_set_parent(b, value, detail);
    default: *detail = "there is no such fact about a principal"; return POLICYEVAL_EINVAL;
  }
}

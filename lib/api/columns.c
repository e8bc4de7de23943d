/* SPDX-License-Identifier: MIT */
/* Many requests as columns: one builder, filled row by row. */
#include "api/objects.h"

/* Bounds the comparison of all keys with each other. */
enum { MAX_COLUMNS = 256 };

static int refuse(policyeval_request *r, const char *why) {
  r->detail = why;
  return POLICYEVAL_EINVAL;
}

static bool same_place(const policyeval_column *a, const policyeval_column *b) {
  if (a->field != b->field) return false;
  return a->field != POLICYEVAL_COLUMN_CONTEXT ||
         pe_slice_eq_ascii_nocase(pe_slice_of(a->key.ptr, a->key.len), pe_slice_of(b->key.ptr, b->key.len));
}

static int check(policyeval_request *r, const policyeval_column *columns, size_t ncolumns, size_t count) {
  if (ncolumns && !columns) return refuse(r, "the columns are missing");
  if (ncolumns > MAX_COLUMNS) return refuse(r, "there are more than 256 columns");
  for (size_t k = 0; k < ncolumns; k++) {
    const policyeval_column *c = &columns[k];
    if (c->field <= 0 || c->field >= POLICYEVAL_COLUMN_LAST_) return refuse(r, "there is no such column");
    if (count && !c->values) return refuse(r, "a column has no values");
    const bool keyed = c->key.ptr != NULL && c->key.len != 0;
    if (keyed != (c->field == POLICYEVAL_COLUMN_CONTEXT))
      return refuse(r, "a context column has a key, and no other column has one");
    for (size_t other = 0; other < k; other++)
      if (same_place(&columns[other], c)) return refuse(r, "two columns set the same fact");
  }
  return POLICYEVAL_OK;
}

static int set_context(policyeval_request *r, const policyeval_column *c, policyeval_slice value) {
  if (value.ptr) return policyeval_request_set_context(r, c->key.ptr, c->key.len, value.ptr, value.len);
  pe_request_drop_fact(r->builder, pe_slice_of(c->key.ptr, c->key.len));
  return POLICYEVAL_OK;
}

static int set_row(policyeval_request *r, const policyeval_column *columns, size_t ncolumns, size_t row) {
  int rc = POLICYEVAL_OK;
  for (size_t k = 0; k < ncolumns && rc == POLICYEVAL_OK; k++) {
    const policyeval_column *c = &columns[k];
    const policyeval_slice value = c->values[row];
    if (row && value.ptr == c->values[row - 1].ptr && value.len == c->values[row - 1].len) continue;
    switch (c->field) {
      case POLICYEVAL_COLUMN_PRINCIPAL: rc = policyeval_request_set_principal(r, value.ptr, value.len); break;
      case POLICYEVAL_COLUMN_ACTION: rc = policyeval_request_set_action(r, value.ptr, value.len); break;
      case POLICYEVAL_COLUMN_RESOURCE: rc = policyeval_request_set_resource(r, value.ptr, value.len); break;
      default: rc = set_context(r, c, value); break;
    }
  }
  return rc;
}

int policyeval_decide_columns(policyeval_policyset *set, policyeval_request *request, const policyeval_column *columns,
                              size_t ncolumns, size_t count, int *effects, policyeval_cancel_fn cancel, void *user,
                              size_t *done) {
  if (!set || !request || (count && !effects)) return POLICYEVAL_EINVAL;
  int rc = check(request, columns, ncolumns, count);
  /* What the request says of a key must not come back in the rows that do not have it. */
  for (size_t k = 0; k < ncolumns && rc == POLICYEVAL_OK; k++)
    if (columns[k].field == POLICYEVAL_COLUMN_CONTEXT)
      pe_request_drop_fact(request->builder, pe_slice_of(columns[k].key.ptr, columns[k].key.len));
  size_t i = 0;
  for (; i < count && rc == POLICYEVAL_OK; i += rc == POLICYEVAL_OK) {
    if (cancel && i % 256 == 0 && cancel(user)) rc = POLICYEVAL_ECANCELED;
    if (rc == POLICYEVAL_OK) rc = set_row(request, columns, ncolumns, i);
    if (rc == POLICYEVAL_OK) rc = policyeval_decide_effect(set, request, &effects[i]);
  }
  if (done) *done = i;
  return rc;
}

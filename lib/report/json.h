/* SPDX-License-Identifier: MIT */
/* Writing JSON through jansson without checking every call: what could not be made makes the whole document fail. */
#ifndef PE_REPORT_JSON_H
#define PE_REPORT_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "text/source.h"

/* A document being built. Values are handed over to the container they are put into, also on failure. */
typedef struct pe_out {
  bool failed;
} pe_out;

json_t *pe_out_object(pe_out *o);
json_t *pe_out_array(pe_out *o);
json_t *pe_out_text(pe_out *o, pe_slice text); /* ptr NULL: null */
json_t *pe_out_str(pe_out *o, const char *text);
json_t *pe_out_int(pe_out *o, int64_t n);
json_t *pe_out_bool(pe_out *o, bool b);
json_t *pe_out_null(pe_out *o);
void pe_out_put(pe_out *o, json_t *object, const char *name, json_t *value);
void pe_out_add(pe_out *o, json_t *array, json_t *value);

/* {"start": {"line", "column", "offset"}, "end": {…}}: lines from 1, columns and offsets from 0. */
json_t *pe_out_span(pe_out *o, const pe_source *source, pe_span span);
/* JSON that another writer wrote, as a value of this document; what was not written makes the document fail. */
json_t *pe_out_read_back(pe_out *o, const pe_buf *text, const pe_alloc *alloc);
/* A case of `simulate --cases` as a value: written and read back, so that there is one writer of cases. NULL: null. */
struct pe_request;
json_t *pe_out_case(pe_out *o, const struct pe_request *request, const pe_alloc *alloc);
/* Writes the document and releases it; one line, or indented by two. 0 or ENOMEM. */
int pe_out_write(pe_out *o, json_t *root, bool indented, pe_buf *out);

#endif

/* SPDX-License-Identifier: MIT */
#include "report/json.h"

#include "base/utf8.h"
#include "report/render.h"
#include "service/tree.h"

static json_t *made(pe_out *o, json_t *value) {
  if (!value) o->failed = true;
  return value;
}

json_t *pe_out_object(pe_out *o) { return made(o, json_object()); }
json_t *pe_out_array(pe_out *o) { return made(o, json_array()); }
json_t *pe_out_null(pe_out *o) { return made(o, json_null()); }
json_t *pe_out_int(pe_out *o, int64_t n) { return made(o, json_integer(n)); }
json_t *pe_out_bool(pe_out *o, bool b) { return made(o, json_boolean(b)); }

/* A file may have any name, and JSON is UTF-8: other bytes become U+FFFD. As jansson, this is not the context's memory. */
static json_t *mended(pe_out *o, pe_slice text) {
  pe_buf buf;
  pe_buf_init(&buf, &pe_alloc_libc);
  for (size_t i = 0; i < text.len;) {
    const unsigned good = pe_utf8_check((const unsigned char *)text.ptr + i, text.len - i);
    if (good) pe_buf_add(&buf, text.ptr + i, good);
    else pe_buf_str(&buf, "\xEF\xBF\xBD");
    i += good ? good : 1;
  }
  json_t *value = made(o, buf.failed ? NULL : json_stringn(buf.ptr, buf.len));
  pe_buf_done(&buf);
  return value;
}

json_t *pe_out_text(pe_out *o, pe_slice text) {
  if (!text.ptr) return pe_out_null(o);
  return pe_utf8_valid(text) == text.len ? made(o, json_stringn(text.ptr, text.len)) : mended(o, text);
}
json_t *pe_out_str(pe_out *o, const char *text) { return pe_out_text(o, pe_slice_str(text)); }

void pe_out_put(pe_out *o, json_t *object, const char *name, json_t *value) {
  if (json_object_set_new(object, name, value) != 0) o->failed = true;
}
void pe_out_add(pe_out *o, json_t *array, json_t *value) {
  if (json_array_append_new(array, value) != 0) o->failed = true;
}

static json_t *position(pe_out *o, policyeval_position at) {
  json_t *p = pe_out_object(o);
  pe_out_put(o, p, "line", pe_out_int(o, at.line));
  pe_out_put(o, p, "column", pe_out_int(o, at.column));
  pe_out_put(o, p, "offset", pe_out_int(o, at.offset));
  return p;
}

json_t *pe_out_span(pe_out *o, const pe_source *source, pe_span span) {
  const policyeval_span place = pe_source_span(source, span);
  json_t *s = pe_out_object(o);
  pe_out_put(o, s, "start", position(o, place.start));
  pe_out_put(o, s, "end", position(o, place.end));
  return s;
}

json_t *pe_out_read_back(pe_out *o, const pe_buf *text, const pe_alloc *alloc) {
  pe_json_error error;
  json_t *value = NULL;
  if (text->failed || !text->len || pe_tree_read(alloc, pe_slice_of(text->ptr, text->len), &value, &error) != POLICYEVAL_OK)
    o->failed = true;
  return value ? value : pe_out_null(o);
}

json_t *pe_out_case(pe_out *o, const struct pe_request *request, const pe_alloc *alloc) {
  if (!request) return pe_out_null(o);
  pe_buf text;
  pe_buf_init(&text, alloc);
  if (pe_render_case(request, &text) != POLICYEVAL_OK) o->failed = true;
  json_t *value = pe_out_read_back(o, &text, alloc);
  pe_buf_done(&text);
  return value;
}

static int into_buffer(const char *bytes, size_t len, void *user) {
  pe_buf_add(user, bytes, len);
  return ((pe_buf *)user)->failed ? -1 : 0;
}

int pe_out_write(pe_out *o, json_t *root, bool indented, pe_buf *out) {
  const size_t flags = indented ? JSON_INDENT(2) : 0;
  if (!o->failed && json_dump_callback(root, into_buffer, out, flags) != 0) o->failed = true;
  json_decref(root);
  return o->failed || out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

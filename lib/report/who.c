/* SPDX-License-Identifier: MIT */
#include "report/who.h"

#include "policyeval/access.h"
#include "report/analysis.h"
#include "report/json.h"
#include "report/plain.h"
#include "report/render.h"

static const char *const own_names[] = {"given", "not-needed", "assumed"};

static json_t *one_case(pe_out *o, const pe_request_builder *b, const pe_alloc *alloc) {
  return pe_out_case(o, b ? pe_request_prepared(b) : NULL, alloc);
}

static json_t *conditions(pe_out *o, const pe_legs_result *r, const pe_alloc *alloc) {
  json_t *list = pe_out_array(o);
  pe_buf words;
  pe_buf_init(&words, alloc);
  for (size_t i = 0; i < r->region.len; i++) {
    pe_words_clause(&words, &r->region.data[i]);
    pe_out_add(o, list, pe_out_text(o, pe_slice_of(words.ptr, words.len)));
    if (words.failed) o->failed = true;
    pe_buf_clear(&words);
  }
  pe_buf_done(&words);
  return list;
}

int pe_render_who_json(const pe_who_line *lines, size_t count, bool complete, pe_buf *out) {
  pe_out o = {false};
  json_t *root = pe_out_object(&o), *list = pe_out_array(&o);
  for (size_t i = 0; i < count; i++) {
    const pe_who_line *l = &lines[i];
    json_t *item = pe_out_object(&o), *both = pe_out_object(&o);
    pe_out_put(&o, item, l->group ? "cell" : "principal", pe_out_text(&o, l->name));
    pe_out_put(&o, item, "answer", pe_out_str(&o, policyeval_reach_name(l->reach->answer)));
    pe_out_put(&o, item, "own_policies", pe_out_str(&o, own_names[l->own]));
    pe_out_put(&o, item, "conditions", conditions(&o, l->reach, out->alloc));
    pe_out_put(&o, both, "secret", one_case(&o, l->reach->witness[PE_LEG_SECRET], out->alloc));
    pe_out_put(&o, both, "key", one_case(&o, l->reach->witness[PE_LEG_KEY], out->alloc));
    pe_out_put(&o, item, "witness", both);
    pe_out_add(&o, list, item);
  }
  pe_out_put(&o, root, "principals", list);
  pe_out_put(&o, root, "complete", pe_out_bool(&o, complete));
  return pe_out_write(&o, root, true, out);
}

int pe_render_who_text(const pe_who_line *lines, size_t count, bool complete, pe_buf *out) {
  if (!count) pe_buf_str(out, complete ? "nobody can read the secret\n" : "perhaps nobody can read the secret\n");
  for (size_t i = 0; i < count; i++) {
    const pe_who_line *l = &lines[i];
    pe_buf_fmt(out, "%-9s  %.*s", policyeval_reach_name(l->reach->answer), (int)l->name.len, l->name.ptr);
    pe_buf_str(out, l->own == PE_WHO_ASSUMED ? ", if its own policies allow it\n" : "\n");
    for (size_t k = 0; l->reach->answer == PE_LEGS_SOMETIMES && k < l->reach->region.len; k++) {
      pe_buf_str(out, k ? "             " : "     when    ");
      pe_words_clause(out, &l->reach->region.data[k]);
      pe_buf_char(out, '\n');
    }
  }
  if (!complete && count) pe_buf_str(out, "Some answers are not certain: the list may not be complete.\n");
  return pe_text_plain(out);
}

/* SPDX-License-Identifier: MIT */
#include "report/legs.h"

#include "policyeval/access.h"
#include "report/analysis.h"
#include "report/json.h"
#include "report/layers.h"
#include "report/plain.h"
#include "report/render.h"
#include "report/words.h"

static const char *const leg_names[PE_LEGS] = {"secret", "key"};

/* JSON ------------------------------------------------------------------------------------------------------- */

static json_t *one_case(pe_out *o, const pe_request_builder *b, const pe_alloc *alloc) {
  const pe_request *r = pe_request_prepared(b);
  if (!r) o->failed = true;
  return pe_out_case(o, r, alloc);
}

static json_t *cases(pe_out *o, pe_request_builder *const b[PE_LEGS], const pe_alloc *alloc) {
  if (!b[0] || !b[1]) return pe_out_null(o);
  json_t *both = pe_out_object(o);
  for (int leg = 0; leg < PE_LEGS; leg++) pe_out_put(o, both, leg_names[leg], one_case(o, b[leg], alloc));
  return both;
}

static json_t *blocking(pe_out *o, const pe_legs_result *r) {
  json_t *list = pe_out_array(o);
  for (size_t i = 0; i < r->blocking.len; i++) {
    const pe_legs_block *b = &r->blocking.data[i];
    json_t *item = pe_out_object(o);
    pe_out_put(o, item, "leg", pe_out_str(o, leg_names[b->leg]));
    pe_out_put(o, item, "layer", pe_out_str(o, policyeval_layer_name(b->layer)));
    if (b->statement) {
      pe_out_put(o, item, "source", pe_out_text(o, pe_policy_source_name(b->policy)));
      pe_out_put(o, item, "statement", pe_out_int(o, b->statement->index));
      pe_out_put(o, item, "sid", pe_out_text(o, b->statement->sid));
    } else {
      pe_out_put(o, item, "statement", pe_out_null(o));
    }
    pe_out_add(o, list, item);
  }
  return list;
}

/* As the answer about one call has it: what stands in the way although it is allowed. */
static json_t *operability(pe_out *o, const pe_access *access) {
  const pe_operability state = pe_access_operability(access);
  json_t *all = pe_out_object(o), *problems = pe_out_array(o);
  if (state.problem) {
    json_t *one = pe_out_object(o);
    pe_out_put(o, one, "error", pe_out_str(o, state.error));
    pe_out_put(o, one, "message", pe_out_str(o, state.problem));
    pe_out_add(o, problems, one);
  }
  pe_out_put(o, all, "ok", pe_out_bool(o, state.ok));
  pe_out_put(o, all, "problems", problems);
  return all;
}

int pe_render_legs_json(const pe_legs_result *r, const pe_access *access, pe_buf *out) {
  pe_out o = {false};
  json_t *root = pe_out_object(&o), *conditions = pe_out_array(&o), *rows = pe_out_array(&o);
  pe_buf words;
  pe_buf_init(&words, out->alloc);
  for (size_t i = 0; i < r->region.len; i++) {
    pe_words_clause(&words, &r->region.data[i]);
    pe_out_add(&o, conditions, pe_out_text(&o, pe_slice_of(words.ptr, words.len)));
    if (words.failed) o.failed = true;
    pe_buf_clear(&words);
  }
  pe_buf_done(&words);
  for (unsigned row = 0; row < PE_ROWS; row++)
    if (pe_rowset_has(&r->assumptions, (pe_row)row)) pe_out_add(&o, rows, pe_out_str(&o, pe_row_get((pe_row)row)->name));
  pe_out_put(&o, root, "answer", pe_out_str(&o, policyeval_reach_name(r->answer)));
  pe_out_put(&o, root, "witness", cases(&o, r->witness, out->alloc));
  pe_out_put(&o, root, "counterexample", cases(&o, r->counter, out->alloc));
  pe_out_put(&o, root, "conditions", conditions);
  pe_out_put(&o, root, "blocked_by", blocking(&o, r));
  pe_out_put(&o, root, "assumptions", rows);
  const char *limit = r->why == PE_GIVE_UP_STATES ? "states" : r->why == PE_GIVE_UP_NODES ? "search_nodes" : "analysis_bytes";
  const bool hit = r->why >= PE_GIVE_UP_STATES && r->why <= PE_GIVE_UP_BYTES;
  pe_out_put(&o, root, "limits", hit ? pe_out_str(&o, limit) : pe_out_null(&o));
  pe_out_put(&o, root, "operability", operability(&o, access));
  return pe_out_write(&o, root, true, out);
}

/* Text ------------------------------------------------------------------------------------------------------- */

static void put_secret_name(pe_buf *out, const pe_arn *secret) {
  const pe_slice part = secret->field[PE_ARN_RESOURCE];
  pe_buf_slice(out, part.len > 14 ? pe_slice_sub(part, strlen("secret:"), part.len - 7) : part);
}

static bool is_given(const pe_fact *f) { return !f->derived && !f->unknown; }

/* The facts of a request that were not derived. */
static void put_facts(pe_buf *out, const pe_request_builder *b, const char *leg) {
  const pe_request *r = pe_request_prepared(b);
  bool any = false;
  for (uint32_t i = 0; r && i < r->facts.count; i++) {
    const pe_fact *f = &r->facts.items[i];
    if (!is_given(f)) continue;
    pe_buf_fmt(out, any ? ", " : "         %s: ", leg);
    any = true;
    const pe_key_info *info = pe_key_find(f->key);
    size_t known = info && strlen(info->name) <= f->key.len ? strlen(info->name) : 0;
    if (known) pe_buf_str(out, info->name);
    pe_buf_slice(out, pe_slice_sub(f->name, known, f->name.len));
    pe_buf_str(out, " = ");
    for (uint32_t k = 0; k < f->count; k++) {
      if (k) pe_buf_char(out, '|');
      pe_buf_slice(out, f->values[k]);
    }
  }
  if (any) pe_buf_char(out, '\n');
}

static void put_case(pe_buf *out, const char *title, pe_request_builder *const b[PE_LEGS]) {
  const pe_request *r = b[0] ? pe_request_prepared(b[0]) : NULL;
  if (!r) return;
  pe_buf_fmt(out, "  %s  ", title);
  if (r->caller.arn.len) pe_buf_slice(out, r->caller.arn);
  else pe_words_caller(out, &r->caller);
  pe_buf_char(out, '\n');
  put_facts(out, b[0], "call");
  put_facts(out, b[1], "key ");
}

static void put_blocking(pe_buf *out, const pe_legs_result *r) {
  for (size_t i = 0; i < r->blocking.len; i++) {
    const pe_legs_block *b = &r->blocking.data[i];
    pe_buf_str(out, i ? "         " : "  why    ");
    if (b->statement) {
      const policyeval_position at = pe_source_position(b->policy->source, b->statement->span.start);
      const pe_slice name = pe_policy_source_name(b->policy);
      pe_buf_fmt(out, "%.*s:%u:%u, statement %u of the %s denies the %s leg\n", (int)name.len, name.ptr, at.line,
                 at.column + 1, b->statement->index, pe_words_layer(b->layer), leg_names[b->leg]);
    } else {
      pe_buf_fmt(out, "no %s allows the %s leg\n", pe_words_layer(b->layer), leg_names[b->leg]);
    }
  }
}

static void put_assumptions(pe_buf *out, const pe_legs_result *r) {
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (!pe_rowset_has(&r->assumptions, (pe_row)row)) continue;
    const pe_row_info *info = pe_row_get((pe_row)row);
    pe_buf_fmt(out, "  assumes %s: AWS does not say, and readings differ. %s\n", info->name, info->text);
  }
}

int pe_render_legs_text(const pe_legs_result *r, const pe_access *access, const pe_request *secret_leg, pe_buf *out) {
  static const char *const can[] = {" perhaps can read ", " can never read ", " can sometimes read ", " can always read "};
  pe_buf_fmt(out, "%s: ", policyeval_reach_name(r->answer));
  pe_words_caller(out, &secret_leg->caller);
  pe_buf_str(out, can[r->answer]);
  put_secret_name(out, &access->secret);
  const pe_operability state = pe_access_operability(access);
  if (r->answer != PE_LEGS_NEVER && !state.ok) {
    pe_buf_str(out, ", but not now: ");
    pe_buf_str(out, state.problem);
  }
  pe_buf_char(out, '\n');
  if (r->answer == PE_LEGS_UNKNOWN) pe_buf_fmt(out, "  %s\n", pe_give_up_text((pe_give_up)r->why));
  for (size_t i = 0; r->answer == PE_LEGS_SOMETIMES && i < r->region.len; i++) {
    pe_buf_str(out, i ? "         " : "  when   ");
    pe_words_clause(out, &r->region.data[i]);
    pe_buf_char(out, '\n');
  }
  put_case(out, "e.g. ", r->witness);
  if (r->counter[0]) {
    put_case(out, "not  ", r->counter);
    put_blocking(out, r);
  }
  put_assumptions(out, r);
  return pe_text_plain(out);
}

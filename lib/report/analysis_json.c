/* SPDX-License-Identifier: MIT */
#include "policyeval/context.h"
#include "report/analysis.h"
#include "report/json.h"
#include "report/render.h"

int pe_render_analysis_witness(const pe_result *r, pe_buf *out) {
  const pe_request *request = r->witness ? pe_request_prepared(r->witness) : NULL;
  return request ? pe_render_case(request, out) : POLICYEVAL_OK;
}

static const char *word(const pe_result *r) {
  switch (r->answer) {
    case PE_ANSWER_NO: return "PASS";
    case PE_ANSWER_YES: return "FAIL";
    default: return "UNKNOWN";
  }
}

static json_t *witness(pe_out *o, const pe_result *r, const pe_alloc *alloc) {
  const pe_request *request = r->witness ? pe_request_prepared(r->witness) : NULL;
  if (r->witness && !request) o->failed = true;
  return pe_out_case(o, request, alloc);
}

/* Why the other policy does not allow the witness; also written and read back. */
static json_t *missed(pe_out *o, const pe_result *r, const pe_policy *other, const pe_alloc *alloc) {
  if (!r->witness || !other) return pe_out_array(o);
  pe_buf text;
  pe_buf_init(&text, alloc);
  if (pe_json_against(&text, r, other) != POLICYEVAL_OK) o->failed = true;
  json_t *value = pe_out_read_back(o, &text, alloc);
  pe_buf_done(&text);
  return value;
}

static json_t *limits(pe_out *o, const pe_result *r) {
  switch (r->why) {
    case PE_GIVE_UP_STATES: return pe_out_str(o, "states");
    case PE_GIVE_UP_NODES: return pe_out_str(o, "search_nodes");
    case PE_GIVE_UP_BYTES: return pe_out_str(o, "analysis_bytes");
    default: return pe_out_null(o);
  }
}

/* Takes the text of a buffer over into a value and empties it. */
static json_t *spoken(pe_out *o, pe_buf *words) {
  if (words->failed) o->failed = true;
  json_t *value = pe_out_text(o, words->failed ? PE_SLICE("") : pe_slice_of(words->ptr ? words->ptr : "", words->len));
  pe_buf_clear(words);
  return value;
}

static json_t *assumptions(pe_out *o, const pe_rowset *rows) {
  json_t *list = pe_out_array(o);
  for (unsigned row = 0; row < PE_ROWS; row++)
    if (pe_rowset_has(rows, (pe_row)row)) pe_out_add(o, list, pe_out_str(o, pe_row_get((pe_row)row)->name));
  return list;
}

static json_t *reason(pe_out *o, const pe_analysis *a, const pe_statement *s, pe_buf *words) {
  json_t *item = pe_out_object(o);
  pe_words_analysis_reason(words, a, s);
  pe_out_put(o, item, "description", spoken(o, words));
  pe_out_put(o, item, "statementIndex", pe_out_int(o, s->index));
  pe_out_put(o, item, "statementId", pe_out_text(o, s->sid));
  return item;
}

static json_t *reasons(pe_out *o, const pe_analysis *a, pe_buf *words) {
  json_t *list = pe_out_array(o);
  for (size_t i = 0; i < a->reasons.len; i++)
    pe_out_add(o, list, reason(o, a, &a->subject->statements[a->reasons.data[i]], words));
  return list;
}

static json_t *conditions(pe_out *o, const pe_result *r, pe_buf *words) {
  json_t *list = pe_out_array(o);
  for (size_t i = 0; i < r->region.len; i++) {
    pe_words_clause(words, &r->region.data[i]);
    pe_out_add(o, list, spoken(o, words));
  }
  return list;
}

/* The statements that a proof rests on. */
static json_t *blocking(pe_out *o, const pe_analysis *a, const pe_result *r) {
  json_t *list = pe_out_array(o);
  for (size_t i = 0; i < r->blocking.len; i++) {
    const pe_origin *from = &r->blocking.data[i];
    if (!from->policy || !from->statement) continue;
    json_t *item = pe_out_object(o);
    pe_out_put(o, item, "policy", pe_out_str(o, from->policy == a->subject ? "subject" : "existing"));
    pe_out_put(o, item, "effect", pe_out_str(o, from->statement->effect == PE_DENY ? "Deny" : "Allow"));
    pe_out_put(o, item, "statementIndex", pe_out_int(o, from->statement->index));
    pe_out_put(o, item, "statementId", pe_out_text(o, from->statement->sid));
    pe_out_add(o, list, item);
  }
  return list;
}

static void put_check(pe_out *o, json_t *root, const pe_analysis *a, pe_buf *words) {
  const pe_result *r = &a->first;
  pe_out_put(o, root, "result", pe_out_str(o, word(r)));
  pe_words_analysis(words, a);
  pe_out_put(o, root, "message", spoken(o, words));
  pe_out_put(o, root, "reasons", reasons(o, a, words));
  pe_out_put(o, root, "witness", witness(o, r, words->alloc));
  pe_out_put(o, root, "conditions", conditions(o, r, words));
  pe_out_put(o, root, "missed", missed(o, r, a->against, words->alloc));
  pe_out_put(o, root, "blocked_by", blocking(o, a, r));
  if (a->ask == POLICYEVAL_ASK_PUBLIC) {
    pe_out_put(o, root, "too_many_addresses", pe_out_bool(o, a->too_many));
    pe_out_put(o, root, "aws_services", pe_out_bool(o, a->only_services));
  }
  pe_out_put(o, root, "assumptions", assumptions(o, &r->assumptions));
  pe_out_put(o, root, "limits", limits(o, r));
}

static json_t *side(pe_out *o, const pe_result *r, const pe_policy *other, pe_buf *words) {
  json_t *item = pe_out_object(o);
  if (r->statement) {
    pe_out_put(o, item, "statementIndex", pe_out_int(o, r->statement->index));
    pe_out_put(o, item, "statementId", pe_out_text(o, r->statement->sid));
  }
  pe_out_put(o, item, "conditions", conditions(o, r, words));
  pe_out_put(o, item, "missed", missed(o, r, other, words->alloc));
  pe_out_put(o, item, "assumptions", assumptions(o, &r->assumptions));
  return item;
}

static void put_compare(pe_out *o, json_t *root, const pe_analysis *a, pe_buf *words) {
  const pe_result *unknown = a->first.answer == PE_ANSWER_UNKNOWN ? &a->first : &a->second;
  pe_rowset rows = a->first.assumptions;
  for (unsigned i = 0; i < PE_ROW_WORDS; i++) rows.word[i] |= a->second.assumptions.word[i];
  pe_out_put(o, root, "relation", pe_out_str(o, policyeval_relation_name(a->relation)));
  pe_out_put(o, root, "only_in_first", witness(o, &a->first, words->alloc));
  pe_out_put(o, root, "only_in_second", witness(o, &a->second, words->alloc));
  pe_out_put(o, root, "first", side(o, &a->first, a->against, words));
  pe_out_put(o, root, "second", side(o, &a->second, a->subject, words));
  if (unknown->answer == PE_ANSWER_UNKNOWN) {
    pe_words_give_up(words, unknown);
    pe_out_put(o, root, "message", spoken(o, words));
  }
  pe_out_put(o, root, "assumptions", assumptions(o, &rows));
  pe_out_put(o, root, "limits", limits(o, unknown));
}

/* {"AWS": "111122223333"}, or "*". */
static json_t *cell_principal(pe_out *o, const pe_cell *c) {
  for (size_t i = 0; i < c->values.len; i++)
    if (!c->values.data[i].key.len) return pe_out_text(o, c->values.data[i].text);
  return pe_out_str(o, "*");
}

static json_t *cell_condition(pe_out *o, const pe_cell *c, pe_buf *name) {
  json_t *map = pe_out_object(o);
  for (size_t i = 0; i < c->values.len; i++) {
    if (!c->values.data[i].key.len) continue;
    pe_buf_clear(name);
    pe_buf_slice(name, c->values.data[i].key);
    if (name->failed) o->failed = true;
    pe_out_put(o, map, name->failed ? "" : name->ptr, pe_out_text(o, c->values.data[i].text));
  }
  pe_buf_clear(name);
  return map;
}

/* Texts of an element of all statements, without repetition. */
static json_t *cell_texts(pe_out *o, const pe_analysis *a, const pe_cell *c, bool actions) {
  json_t *list = pe_out_array(o);
  for (size_t i = 0; i < c->statements.len; i++) {
    const pe_statement *s = &a->subject->statements[c->statements.data[i]];
    for (uint32_t k = 0; k < (actions ? s->nactions : s->nresources); k++) {
      const pe_slice text = actions ? s->actions[k].text : s->resources[k].text;
      bool there = false;
      for (size_t n = 0; n < json_array_size(list); n++)
        there |= pe_slice_eq(text, pe_slice_str(json_string_value(json_array_get(list, n))));
      if (!there) pe_out_add(o, list, pe_out_text(o, text));
    }
  }
  return list;
}

static json_t *finding(pe_out *o, const pe_analysis *a, const pe_cell *c, pe_buf *words) {
  json_t *item = pe_out_object(o), *statements = pe_out_array(o);
  const pe_result shown = {.witness = c->witness};
  pe_out_put(o, item, "principal", cell_principal(o, c));
  pe_out_put(o, item, "action", cell_texts(o, a, c, true));
  pe_out_put(o, item, "resource", cell_texts(o, a, c, false));
  pe_out_put(o, item, "condition", cell_condition(o, c, words));
  pe_out_put(o, item, "isPublic", pe_out_bool(o, c->is_public));
  for (size_t i = 0; i < c->statements.len; i++) pe_out_add(o, statements, pe_out_int(o, c->statements.data[i]));
  pe_out_put(o, item, "statements", statements);
  pe_out_put(o, item, "witness", witness(o, &shown, words->alloc));
  pe_out_put(o, item, "assumptions", assumptions(o, &c->assumptions));
  return item;
}

static void put_findings(pe_out *o, json_t *root, const pe_analysis *a, pe_buf *words) {
  json_t *list = pe_out_array(o);
  for (size_t i = 0; i < a->findings.list.len; i++) pe_out_add(o, list, finding(o, a, &a->findings.list.data[i], words));
  pe_out_put(o, root, "findings", list);
  pe_out_put(o, root, "complete", pe_out_bool(o, a->findings.why == 0));
  if (a->findings.why) {
    pe_words_give_up(words, &a->first);
    pe_out_put(o, root, "message", spoken(o, words));
  }
  pe_out_put(o, root, "limits", limits(o, &a->first));
}

static json_t *statement(pe_out *o, const pe_analysis *a, uint32_t i, pe_buf *words) {
  const pe_needed *n = &a->needed.list.data[i];
  const pe_statement *s = &a->subject->statements[i];
  json_t *item = pe_out_object(o), *by = pe_out_array(o);
  pe_out_put(o, item, "statementIndex", pe_out_int(o, s->index));
  pe_out_put(o, item, "statementId", pe_out_text(o, s->sid));
  pe_out_put(o, item, "effect", pe_out_str(o, s->effect == PE_DENY ? "Deny" : "Allow"));
  pe_out_put(o, item, "answer", pe_out_str(o, policyeval_need_name(n->need)));
  pe_words_need(words, a, n);
  pe_out_put(o, item, "description", spoken(o, words));
  for (size_t k = 0; n->need > PE_NEED_NEEDED && k < n->result.blocking.len; k++)
    pe_out_add(o, by, pe_out_int(o, n->result.blocking.data[k].statement->index));
  pe_out_put(o, item, "statements", by);
  pe_out_put(o, item, "witness", witness(o, &n->result, words->alloc));
  pe_out_put(o, item, "assumptions", assumptions(o, &n->result.assumptions));
  pe_out_put(o, item, "limits", limits(o, &n->result));
  return item;
}

static void put_statements(pe_out *o, json_t *root, const pe_analysis *a, pe_buf *words) {
  json_t *list = pe_out_array(o);
  for (uint32_t i = 0; i < a->needed.list.len; i++)
    if (a->statement == UINT32_MAX || a->statement == i) pe_out_add(o, list, statement(o, a, i, words));
  pe_out_put(o, root, "statements", list);
  pe_out_put(o, root, "complete", pe_out_bool(o, a->first.why == 0));
  pe_out_put(o, root, "limits", limits(o, &a->first));
}

int pe_render_analysis_json(const pe_analysis *a, pe_buf *out) {
  pe_out o = {false};
  json_t *root = pe_out_object(&o);
  pe_buf words;
  pe_buf_init(&words, out->alloc);
  if (a->ask == POLICYEVAL_ASK_COMPARE) put_compare(&o, root, a, &words);
  else if (a->ask == POLICYEVAL_ASK_FINDINGS) put_findings(&o, root, a, &words);
  else if (a->ask == POLICYEVAL_ASK_STATEMENTS) put_statements(&o, root, a, &words);
  else put_check(&o, root, a, &words);
  pe_buf_done(&words);
  return pe_out_write(&o, root, true, out);
}

int pe_render_analysis_aws(const pe_analysis *a, pe_buf *out) {
  if (a->ask >= POLICYEVAL_ASK_COMPARE) return POLICYEVAL_OK;
  pe_out o = {false};
  json_t *root = pe_out_object(&o);
  pe_buf words;
  pe_buf_init(&words, out->alloc);
  pe_out_put(&o, root, "result", pe_out_str(&o, word(&a->first)));
  pe_words_analysis(&words, a);
  pe_out_put(&o, root, "message", spoken(&o, &words));
  pe_out_put(&o, root, "reasons", reasons(&o, a, &words));
  pe_buf_done(&words);
  return pe_out_write(&o, root, true, out);
}

/* SPDX-License-Identifier: MIT */
#include "report/missed.h"

#include "report/excerpt.h"

static const struct {
  const char *name, *words;
} steps[] = {
    [PE_STEP_MATCHED] = {"", ""},
    [PE_STEP_NO_EFFECT] = {"no_effect", "the statement has no effect"},
    [PE_STEP_PRINCIPAL] = {"principal", "another principal"},
    [PE_STEP_ACTION] = {"action", "another action"},
    [PE_STEP_RESOURCE] = {"resource", "another resource"},
    [PE_STEP_CONDITION] = {"condition", "a condition fails"},
};

static const struct {
  const char *name, *words;
} whys[] = {
    [PE_WHY_MATCHED] = {"matched", "a value matches"},
    [PE_WHY_NOT_EQUAL] = {"not_equal", "no value matches"},
    [PE_WHY_ABSENT] = {"absent", "the request has no such key"},
    [PE_WHY_ABSENT_TRUE] = {"absent_true", "the request has no such key, which is enough"},
    [PE_WHY_EMPTY] = {"empty", "the list of values is empty"},
    [PE_WHY_WRONG_TYPE_REQUEST] = {"wrong_type_in_request", "the request's value is not of the operator's type"},
    [PE_WHY_WRONG_TYPE_POLICY] = {"wrong_type_in_policy", "the policy's value is not of the operator's type"},
    [PE_WHY_VARIABLE_ABSENT] = {"variable_absent", "a policy variable has no value"},
    [PE_WHY_UNDETERMINED] = {"undetermined", "AWS does not say what happens here"},
    [PE_WHY_UNKNOWN] = {"unknown", "the value is not known"},
    [PE_WHY_NEGATED_MATCH] = {"negated_match", "a value matches, which the operator excludes"},
    [PE_WHY_PRESENT] = {"present", "the key is there"},
    [PE_WHY_SEVERAL] = {"several_values", "the key has several values, and the operator no ForAnyValue or ForAllValues"},
    [PE_WHY_CONSTANT] = {"constant", "the operator asks nothing of the request"},
};

static const pe_condition *failed_condition(const pe_stmt_trace *t) {
  return t->condition < t->statement->nconditions ? &t->statement->conditions[t->condition] : NULL;
}

static void condition(pe_stream *s, const pe_stmt_trace *t) {
  const pe_condition *c = failed_condition(t);
  const uint32_t value = t->detail.policy_value;
  pe_stream_name(s, "condition");
  if (!c) {
    pe_stream_null(s);
    return;
  }
  pe_stream_open(s, '{');
  pe_stream_name(s, "operator");
  pe_stream_text(s, c->operator_text);
  pe_stream_name(s, "key");
  pe_stream_text(s, c->key);
  pe_stream_name(s, "why");
  pe_stream_str(s, whys[t->detail.why].name);
  pe_stream_name(s, "request");
  pe_stream_text(s, t->detail.request_value);
  pe_stream_name(s, "policy");
  if (value < c->count) pe_stream_text(s, c->values[value].text);
  else pe_stream_null(s);
  pe_stream_close(s, '}');
}

void pe_stream_statement(pe_stream *s, const pe_statement *statement) {
  pe_stream_open(s, '{');
  pe_stream_name(s, "statement");
  pe_stream_uint(s, statement->index);
  pe_stream_name(s, "sid");
  pe_stream_text(s, statement->sid);
  pe_stream_name(s, "effect");
  pe_stream_str(s, statement->effect == PE_ALLOW ? "Allow" : "Deny");
}

void pe_stream_missed(pe_stream *s, const pe_stmt_trace *t) {
  pe_stream_statement(s, t->statement);
  pe_stream_name(s, "failed");
  pe_stream_open(s, '[');
  for (unsigned step = PE_STEP_NO_EFFECT; step <= PE_STEP_CONDITION; step++)
    if (t->failed >> step & 1) pe_stream_str(s, steps[step].name);
  pe_stream_close(s, ']');
  condition(s, t);
  pe_stream_name(s, "span");
  pe_stream_span(s, t->policy->source, t->statement->span);
  pe_stream_close(s, '}');
}

void pe_text_missed(pe_buf *out, const pe_stmt_trace *t) {
  const pe_condition *c = failed_condition(t);
  const char *between = "";
  pe_buf_str(out, "         ");
  pe_text_place(out, t->policy->source, t->statement->span.start);
  pe_buf_fmt(out, "  statement %u", t->statement->index);
  if (t->statement->sid.len) pe_buf_fmt(out, " (%.*s)", (int)t->statement->sid.len, t->statement->sid.ptr);
  pe_buf_fmt(out, " (%s) does not match: ", t->statement->effect == PE_ALLOW ? "Allow" : "Deny");
  for (unsigned step = PE_STEP_NO_EFFECT; step <= PE_STEP_CONDITION; step++) {
    if (!(t->failed >> step & 1) || (step == PE_STEP_CONDITION && c)) continue;
    pe_buf_fmt(out, "%s%s", between, steps[step].words);
    between = ", ";
  }
  if (c) {
    pe_buf_fmt(out, "%s%.*s %.*s: %s", between, (int)c->operator_text.len, c->operator_text.ptr, (int)c->key.len, c->key.ptr,
               whys[t->detail.why].words);
    if (t->detail.request_value.ptr)
      pe_buf_fmt(out, " (the request has \"%.*s\")", (int)t->detail.request_value.len, t->detail.request_value.ptr);
  }
  pe_buf_char(out, '\n');
}

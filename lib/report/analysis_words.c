/* SPDX-License-Identifier: MIT */
/* https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html and its neighbours */
#include "report/analysis.h"

/* Lists ------------------------------------------------------------------------------------------------------ */

enum { SHOWN = 4 }; /* entries of a list before "and N more" */

static void separator(pe_buf *out, uint32_t i, uint32_t count) {
  if (i) pe_buf_str(out, i + 1 == count ? " or " : ", ");
}

static bool cut(pe_buf *out, uint32_t i, uint32_t count) {
  if (i < SHOWN || count <= SHOWN + 1) return false;
  pe_buf_fmt(out, " or %u more", count - i);
  return true;
}

static void list_actions(pe_buf *out, const pe_statement *s) {
  for (uint32_t i = 0; i < s->nactions && !cut(out, i, s->nactions); i++) {
    separator(out, i, s->nactions);
    pe_buf_slice(out, s->actions[i].text);
  }
}

static void list_resources(pe_buf *out, const pe_statement *s) {
  for (uint32_t i = 0; i < s->nresources && !cut(out, i, s->nresources); i++) {
    separator(out, i, s->nresources);
    pe_buf_slice(out, s->resources[i].text);
  }
}

static void list_principals(pe_buf *out, const pe_statement *s) {
  for (uint32_t i = 0; i < s->nprincipals && !cut(out, i, s->nprincipals); i++) {
    separator(out, i, s->nprincipals);
    pe_buf_slice(out, s->principals[i].text);
  }
}

static void list_values(pe_buf *out, const pe_condition *c) {
  for (uint32_t i = 0; i < c->count && !cut(out, i, c->count); i++) {
    separator(out, i, c->count);
    pe_buf_slice(out, c->values[i].text);
  }
}

/* Clauses ---------------------------------------------------------------------------------------------------- */

/* The comparison in words, and in its opposite. */
static const char *comparison(pe_op op, bool holds) {
  switch (op) {
    case PE_OP_STRING_LIKE:
    case PE_OP_ARN_LIKE: return holds ? "is like" : "is not like";
    case PE_OP_STRING_NOT_LIKE:
    case PE_OP_ARN_NOT_LIKE: return holds ? "is not like" : "is like";
    case PE_OP_NUMERIC_LESS_THAN: return holds ? "is less than" : "is not less than";
    case PE_OP_NUMERIC_LESS_THAN_EQUALS: return holds ? "is at most" : "is more than";
    case PE_OP_NUMERIC_GREATER_THAN: return holds ? "is more than" : "is at most";
    case PE_OP_NUMERIC_GREATER_THAN_EQUALS: return holds ? "is at least" : "is less than";
    case PE_OP_DATE_LESS_THAN: return holds ? "is before" : "is not before";
    case PE_OP_DATE_LESS_THAN_EQUALS: return holds ? "is not after" : "is after";
    case PE_OP_DATE_GREATER_THAN: return holds ? "is after" : "is not after";
    case PE_OP_DATE_GREATER_THAN_EQUALS: return holds ? "is not before" : "is before";
    case PE_OP_IP_ADDRESS: return holds ? "is in" : "is not in";
    case PE_OP_NOT_IP_ADDRESS: return holds ? "is not in" : "is in";
    default: return (pe_op_get(op)->negated != 0) == holds ? "is not" : "is";
  }
}

static bool names_absence(const pe_condition *c) {
  for (uint32_t i = 0; i < c->count; i++) {
    if (c->values[i].valid && c->values[i].as.boolean) return true;
  }
  return false;
}

static void condition(pe_buf *out, const pe_condition *c, bool holds) {
  if (c->op.op == PE_OP_NULL && c->op.quantifier == PE_SET_NONE) {
    pe_buf_slice(out, c->key);
    pe_buf_str(out, names_absence(c) == holds ? " is absent" : " is present");
    return;
  }
  if (c->op.quantifier != PE_SET_NONE) {
    bool all = c->op.quantifier == PE_SET_FOR_ALL;
    pe_buf_str(out, all == holds ? "each value of " : "some value of ");
  }
  pe_buf_slice(out, c->key);
  pe_buf_char(out, ' ');
  pe_buf_str(out, comparison((pe_op)c->op.op, holds));
  pe_buf_char(out, ' ');
  list_values(out, c);
  bool absent_holds = c->op.if_exists || c->op.quantifier == PE_SET_FOR_ALL ||
                      (c->op.quantifier == PE_SET_NONE && pe_op_get((pe_op)c->op.op)->negated);
  if (absent_holds == holds) pe_buf_str(out, ", or is absent");
}

void pe_words_clause(pe_buf *out, const pe_clause *clause) {
  const pe_statement *s = clause->note.statement;
  const char *is = clause->holds ? "is" : "is not";
  switch (clause->note.step) {
    case PE_STEP_ACTION:
      pe_buf_fmt(out, "the action %s ", (s->action_mode == PE_MODE_NOT) == clause->holds ? "is not" : "is");
      list_actions(out, s);
      break;
    case PE_STEP_RESOURCE:
      pe_buf_fmt(out, "the resource %s ", (s->resource_mode == PE_MODE_NOT) == clause->holds ? "is not" : "is");
      list_resources(out, s);
      break;
    case PE_STEP_PRINCIPAL:
      pe_buf_fmt(out, "the principal %s ", (s->principal_mode == PE_MODE_NOT) == clause->holds ? "is not" : "is");
      list_principals(out, s);
      break;
    case PE_STEP_CONDITION: condition(out, clause->note.condition, clause->holds); break;
    default: pe_buf_str(out, is); break;
  }
}

/* Answers ---------------------------------------------------------------------------------------------------- */

void pe_words_give_up(pe_buf *out, const pe_result *r) {
  pe_buf_str(out, pe_give_up_text((pe_give_up)r->why));
  if (!r->detail.len) return;
  const bool variable = r->why == PE_GIVE_UP_VARIABLE;
  pe_buf_str(out, variable ? ": ${" : ": ");
  pe_buf_slice(out, r->detail);
  if (variable) pe_buf_char(out, '}');
}

static void sentence(pe_buf *out, const pe_analysis *a, const char *no, const char *yes) {
  switch (a->first.answer) {
    case PE_ANSWER_NO: pe_buf_str(out, no); break;
    case PE_ANSWER_YES: pe_buf_str(out, yes); break;
    default:
      pe_buf_str(out, "There is no answer: ");
      pe_words_give_up(out, &a->first);
      pe_buf_char(out, '.');
      break;
  }
}

void pe_words_analysis(pe_buf *out, const pe_analysis *a) {
  switch (a->ask) {
    case POLICYEVAL_ASK_NEW_ACCESS:
      sentence(out, a, "The modified permissions do not grant new access compared to your existing policy.",
               "The modified permissions grant new access compared to your existing policy.");
      break;
    case POLICYEVAL_ASK_ACCESS_GRANTED:
      sentence(out, a, "The policy document does not grant access to perform the listed actions.",
               "The policy document grants access to perform one or more of the listed actions.");
      break;
    case POLICYEVAL_ASK_PUBLIC:
      sentence(out, a, "The resource policy does not grant public access for the given resource type.",
               "The resource policy grants public access for the given resource type.");
      break;
    default: break;
  }
}

void pe_words_analysis_reason(pe_buf *out, const pe_analysis *a, const pe_statement *s) {
  switch (a->ask) {
    case POLICYEVAL_ASK_NEW_ACCESS: pe_buf_str(out, "New access in the statement with "); break;
    case POLICYEVAL_ASK_ACCESS_GRANTED: pe_buf_str(out, "One or more of the listed actions in the statement with "); break;
    default: pe_buf_str(out, "Public access granted in the following statement with "); break;
  }
  if (s->sid.len) pe_buf_fmt(out, "sid: %.*s.", (int)s->sid.len, s->sid.ptr);
  else pe_buf_fmt(out, "index: %u.", s->index);
}

/* "statement 1, 2 (Sid) and 3" */
static void list_statements(pe_buf *out, const pe_result *r) {
  const uint32_t n = (uint32_t)r->blocking.len;
  pe_buf_str(out, n == 1 ? "statement " : "statements ");
  for (uint32_t i = 0; i < n && !cut(out, i, n); i++) {
    const pe_statement *s = r->blocking.data[i].statement;
    if (i) pe_buf_str(out, i + 1 == n ? " and " : ", ");
    pe_buf_fmt(out, "%u", s->index);
    if (s->sid.len) pe_buf_fmt(out, " (%.*s)", (int)s->sid.len, s->sid.ptr);
  }
}

static bool only_allows(const pe_result *r) {
  for (size_t i = 0; i < r->blocking.len; i++) {
    if (r->blocking.data[i].statement->effect == PE_DENY) return false;
  }
  return true;
}

void pe_words_need(pe_buf *out, const pe_analysis *a, const pe_needed *n) {
  const bool deny = a->subject->statements[n - a->needed.list.data].effect == PE_DENY;
  switch (n->need) {
    case PE_NEED_NEEDED:
      pe_buf_str(out, deny ? "It alone denies some requests." : "It alone allows some requests.");
      break;
    case PE_NEED_REDUNDANT:
    case PE_NEED_SHADOWED:
      pe_buf_str(out, deny ? "All that it denies is denied by "
                      : n->need == PE_NEED_SHADOWED ? "All that it allows is denied by "
                                                    : only_allows(&n->result)      ? "All that it allows is allowed by "
                                                    : "All that it allows is allowed or denied by ");
      list_statements(out, &n->result);
      pe_buf_char(out, '.');
      break;
    case PE_NEED_NEVER: pe_buf_str(out, "There is no request that it matches."); break;
    default:
      pe_buf_str(out, "There is no answer: ");
      pe_words_give_up(out, &n->result);
      pe_buf_char(out, '.');
      break;
  }
}

/* SPDX-License-Identifier: MIT */
#include "access/near.h"

typedef struct near {
  pe_arena *arena;
  const pe_access *access;
  const pe_policy *policy;
  const pe_request *request;
  pe_candidates *out;
} near;

static void add(near *n, pe_candidate c) {
  if (n->out->count < PE_CANDIDATES_MAX) n->out->item[n->out->count++] = c;
}

/* Blanks as people paste them: ASCII ones and U+00A0. Bytes at the start, or at the end, of s, which is UTF-8: behind C2 is
 * one more. */
static size_t blank_at(pe_slice s, size_t i) {
  const unsigned char c = (unsigned char)s.ptr[i];
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return 1;
  return c == 0xC2 && (unsigned char)s.ptr[i + 1] == 0xA0 ? 2 : 0;
}
static size_t blanks_left(pe_slice s) {
  size_t n = 0;
  for (size_t step; n < s.len && (step = blank_at(s, n)) > 0;) n += step;
  return n;
}
static size_t blanks_right(pe_slice s) { /* not all of s is blank */
  size_t end = s.len;
  for (;;) {
    if (blank_at(s, end - 1) == 1) end--;
    else if (end > 1 && blank_at(s, end - 2) == 2) end -= 2;
    else break;
  }
  return s.len - end;
}

/* One value that may need several changes at once: all are offered, the search finds which. */
typedef struct value {
  uint32_t node;
  pe_span span;
  pe_slice text;
  uint8_t step;
} value;

static pe_candidate about(near *n, const value *v, pe_hint_rule rule, pe_change change, size_t from, size_t to) {
  return (pe_candidate){.rule = rule,
                        .change = (uint8_t)change,
                        .step = v->step,
                        .node = v->node,
                        .value_span = v->span,
                        .span = pe_json_substring(&n->policy->json, v->node, from, to)};
}

static void add_blanks(near *n, const value *v, size_t left, size_t right) {
  pe_candidate c = about(n, v, PE_HINT_RESOURCE_LEADING_SPACE, PE_CHANGE_TRIM_LEFT, 0, left);
  c.trim = left;
  if (left) add(n, c);
  c = about(n, v, PE_HINT_RESOURCE_TRAILING_SPACE, PE_CHANGE_TRIM_RIGHT, v->text.len - right, v->text.len);
  c.trim = right;
  if (right) add(n, c);
}

static void add_field(near *n, const value *v, pe_hint_rule rule, const pe_arn *have, const pe_arn *want, int field) {
  pe_candidate c = about(n, v, rule, PE_CHANGE_FIELD, (size_t)(have->field[field].ptr - v->text.ptr),
                         (size_t)(have->field[field].ptr - v->text.ptr) + have->field[field].len);
  c.field = (uint8_t)field;
  c.text = want->field[field];
  add(n, c);
}

/* A field of a pattern that does not cover the request's field. */
static bool field_differs(near *n, const pe_arn *have, const pe_arn *want, int field) {
  pe_pattern p;
  if (pe_pattern_compile(n->arena, have->field[field], PE_PATTERN_WILD, &p) != POLICYEVAL_OK) {
    n->out->failed = true;
    return false;
  }
  return !pe_pattern_match(&p, want->field[field]);
}

/* D4.1: the ARN of a secret, or its last field, without the hyphen and six characters. pe_access_set_secret takes none
 * that has no such end. */
static pe_slice without_suffix(pe_slice secret) { return pe_slice_sub(secret, 0, secret.len - 7); }

static void near_resource_part(near *n, const value *v, const pe_arn *have, const pe_arn *want) {
  const pe_slice part = have->field[PE_ARN_RESOURCE], real = want->field[PE_ARN_RESOURCE];
  if (pe_slice_eq(want->field[PE_ARN_SERVICE], PE_SLICE("secretsmanager")) && pe_slice_eq(part, without_suffix(real))) {
    const size_t end = (size_t)(part.ptr - v->text.ptr) + part.len;
    pe_candidate c = about(n, v, PE_HINT_RESOURCE_MISSING_SUFFIX, PE_CHANGE_APPEND, end, end);
    c.text = PE_SLICE("-??????");
    add(n, c);
  }
  if (pe_slice_eq(want->field[PE_ARN_SERVICE], PE_SLICE("kms")) && pe_slice_starts(part, PE_SLICE("alias/")))
    add_field(n, v, PE_HINT_KEY_ALIAS_RESOURCE, have, want, PE_ARN_RESOURCE);
}

static void near_resource(near *n, const pe_resource *r) {
  const value v = {r->node, r->span, r->text, PE_STEP_RESOURCE};
  const size_t left = blanks_left(v.text), right = left < v.text.len ? blanks_right(v.text) : 0;
  const pe_slice trimmed = pe_slice_sub(v.text, left, v.text.len - right);
  const pe_arn *want = &n->request->resource;
  pe_arn have;
  pe_arn_split(trimmed, &have);
  if (have.count < PE_ARN_FIELDS) {
    const pe_slice id = pe_slice_sub(want->field[PE_ARN_RESOURCE], strlen("key/"), SIZE_MAX);
    const bool alias = pe_slice_starts(trimmed, PE_SLICE("alias/"));
    if (pe_slice_eq(want->field[PE_ARN_SERVICE], PE_SLICE("kms")) && (alias || pe_slice_eq(trimmed, id))) {
      pe_candidate c = about(n, &v, alias ? PE_HINT_KEY_ALIAS_RESOURCE : PE_HINT_KEY_ID_RESOURCE, PE_CHANGE_WHOLE, 0, v.text.len);
      c.text = want->text;
      add(n, c);
    }
    return;
  }
  if (!pe_slice_eq(have.field[PE_ARN_SERVICE], want->field[PE_ARN_SERVICE])) return;
  add_blanks(n, &v, left, right);
  if (field_differs(n, &have, want, PE_ARN_PARTITION))
    add_field(n, &v, PE_HINT_RESOURCE_WRONG_PARTITION, &have, want, PE_ARN_PARTITION);
  if (field_differs(n, &have, want, PE_ARN_REGION))
    add_field(n, &v, PE_HINT_RESOURCE_WRONG_REGION, &have, want, PE_ARN_REGION);
  if (field_differs(n, &have, want, PE_ARN_ACCOUNT))
    add_field(n, &v, PE_HINT_RESOURCE_WRONG_ACCOUNT, &have, want, PE_ARN_ACCOUNT);
  near_resource_part(n, &v, &have, want);
}

static void near_principal(near *n, const pe_principal *p) {
  const pe_caller *c = &n->request->caller;
  if (c->kind != PE_CALLER_ROLE || !pe_slice_eq(p->name, c->name)) return;
  const value v = {p->node, p->span, p->text, PE_STEP_PRINCIPAL};
  pe_hint_rule rule;
  if (p->kind == PE_PRINCIPAL_ROLE && !pe_slice_eq(p->account, c->account)) rule = PE_HINT_PRINCIPAL_OTHER_ACCOUNT;
  else if (p->kind == PE_PRINCIPAL_ROLE && !pe_slice_eq(p->path, c->path)) rule = PE_HINT_PRINCIPAL_ROLE_PATH;
  else if (p->kind == PE_PRINCIPAL_SESSION && pe_slice_eq(p->account, c->account)) rule = PE_HINT_PRINCIPAL_OTHER_SESSION;
  else return;
  pe_candidate change = about(n, &v, rule, PE_CHANGE_WHOLE, 0, v.text.len);
  change.text = c->role_arn;
  add(n, change);
}

/* The stage that a call could pass: the one that is listed, or, where a pattern is or another test, the one that it gets
 * anyway. */
static pe_slice stage_to_pass(const pe_condition *c) {
  const bool listed = c->family == PE_FAMILY_STRING && c->values[0].as.pattern.shape == PE_SHAPE_EXACT;
  return listed ? c->values[0].text : PE_SLICE("AWSCURRENT");
}

/* The version stage: the call may pass one, or the policy may do without. */
static void near_stage(near *n, const pe_condition *c, bool absent) {
  if (pe_op_get((pe_op)c->op.op)->negated || c->count == 0) return;
  const pe_hint_rule rule = absent ? PE_HINT_VERSION_STAGE_NOT_PASSED : PE_HINT_VERSION_STAGE_WRONG;
  add(n, (pe_candidate){.rule = rule, .change = PE_CHANGE_CALL, .step = PE_STEP_CONDITION,
                        .span = c->key_span, .value_span = c->values[0].span, .text = stage_to_pass(c)});
  if (!absent || c->op.if_exists) return;
  pe_buf name;
  pe_buf_init(&name, n->access->alloc);
  pe_buf_fmt(&name, "%sIfExists", pe_op_get((pe_op)c->op.op)->name);
  const char *kept = name.failed ? NULL : pe_arena_copy(n->arena, name.ptr, name.len);
  if (kept)
    add(n, (pe_candidate){.rule = rule, .change = PE_CHANGE_NAME, .step = PE_STEP_CONDITION, .node = c->operator_node,
                          .span = c->operator_span, .value_span = c->operator_span, .text = pe_slice_of(kept, name.len)});
  else n->out->failed = true;
  pe_buf_done(&name);
}

static void replace_value(near *n, const pe_cond_value *cv, pe_hint_rule rule, pe_slice text) {
  const value v = {cv->node, cv->span, cv->text, PE_STEP_CONDITION};
  pe_candidate c = about(n, &v, rule, PE_CHANGE_WHOLE, 0, v.text.len);
  c.text = text;
  add(n, c);
}

static bool is_session_of_caller(const pe_caller *c, pe_slice text) {
  pe_principal p;
  pe_principal_parse(text, 'A', &p);
  return c->kind == PE_CALLER_ROLE && p.kind == PE_PRINCIPAL_SESSION && pe_slice_eq(p.account, c->account) &&
         pe_slice_eq(p.name, c->name);
}

static void near_condition(near *n, const pe_condition *c) {
  const pe_fact *fact = pe_facts_find(&n->request->facts, c->hash, c->lower);
  const bool negated = pe_op_get((pe_op)c->op.op)->negated;
  const pe_slice secret = n->access->secret.text;
  if (pe_slice_eq(c->lower, PE_SLICE("secretsmanager:versionstage"))) near_stage(n, c, !fact);
  for (uint32_t i = 0; i < c->count && !negated; i++) {
    const pe_cond_value *v = &c->values[i];
    if (pe_slice_eq(c->lower, PE_SLICE("aws:principalarn")) && is_session_of_caller(&n->request->caller, v->text))
      replace_value(n, v, PE_HINT_PRINCIPAL_ARN_IS_SESSION, n->request->caller.role_arn);
    if (pe_slice_eq(c->lower, PE_SLICE("kms:viaservice")) && fact && fact->count)
      replace_value(n, v, PE_HINT_VIA_SERVICE_WRONG, fact->values[0]);
    if (pe_slice_eq(c->lower, PE_SLICE("kms:encryptioncontext:secretarn")) && pe_slice_eq(v->text, without_suffix(secret)))
      replace_value(n, v, PE_HINT_SECRET_CONTEXT_MISSING_SUFFIX, secret);
  }
}

static void near_conditions(near *n, const pe_statement *s) {
  pe_rowset touched = {{0}};
  for (uint32_t i = 0; i < s->nconditions; i++) {
    pe_env env = {.facts = &n->request->facts, .readings = &n->request->readings, .touched = &touched,
                  .want = s->effect == PE_DENY, .want_unknown = s->effect == PE_DENY};
    if (!pe_condition_test(&s->conditions[i], &env, NULL)) near_condition(n, &s->conditions[i]);
  }
}

void pe_near_find(pe_arena *arena, const pe_access *a, const pe_policy *policy, const pe_statement *s,
                  const pe_request *request, unsigned failed, pe_candidates *out) {
  near n = {arena, a, policy, request, out};
  *out = (pe_candidates){.count = 0};
  if (failed >> PE_STEP_PRINCIPAL & 1 && s->principal_mode == PE_MODE_IS)
    for (uint32_t i = 0; i < s->nprincipals; i++) near_principal(&n, &s->principals[i]);
  if (failed >> PE_STEP_RESOURCE & 1 && s->resource_mode == PE_MODE_IS)
    for (uint32_t i = 0; i < s->nresources; i++) near_resource(&n, &s->resources[i]);
  if (failed >> PE_STEP_CONDITION & 1) near_conditions(&n, s);
}

/* SPDX-License-Identifier: MIT */
/* The search for hints: for each Allow that nearly matches, the smallest sets of changes with which the blocker is gone. */
#include "access/hint.h"

#include "access/edit.h"
#include "access/near.h"

#define PE_HINT(id, message) {#id, message},
static const struct {
  const char *id, *message;
} hints[] = {
#include "access/hints.def"
};
#undef PE_HINT

const char *pe_hint_id(pe_hint_rule rule) { return hints[rule].id; }
const char *pe_hint_message(pe_hint_rule rule) { return hints[rule].message; }

const char *pe_hint_change(const pe_hint *h) {
  if (h->rule == PE_HINT_MANAGED_KEY_OTHER_ACCOUNT) return "key";
  return h->in_call ? "call" : h->statement == UINT32_MAX ? "statement" : "value";
}

int pe_hints_init(pe_hints *h, const pe_alloc *alloc) {
  *h = (pe_hints){.alloc = alloc, .arena = pe_arena_new(alloc, 0)};
  return h->arena ? POLICYEVAL_OK : POLICYEVAL_ENOMEM;
}

void pe_hints_done(pe_hints *h) {
  if (h->alloc) pe_vec_done(&h->list, h->alloc);
  pe_arena_free(h->arena);
  *h = (pe_hints){0};
}

enum { SET_SIZE_MAX = 5, SETS_MAX = 4 };

typedef struct search {
  pe_hints *hints;
  const pe_access *access;
  const pe_policyset *set;
  const pe_request *request;
  pe_leg leg;
  uint8_t layer;
  const pe_policy *policy;
  const pe_statement *statement;
  pe_candidates candidates;
  uint32_t sets; /* numbers given so far */
} search;

/* ---- trying ---- */

/* The request with one more fact, in arena memory. */
static int request_with(pe_arena *arena, const pe_request *r, const char *name, pe_slice value, pe_request *out) {
  const pe_slice key = pe_slice_str(name);
  pe_fact *facts = pe_arena_zero(arena, (size_t)r->facts.count + 1, sizeof *facts);
  pe_slice *kept = pe_arena_zero(arena, 1, sizeof *kept);
  if (!facts || !kept) return POLICYEVAL_ENOMEM;
  *kept = value;
  const pe_fact fresh = {.key = key, .hash = pe_slice_hash(key), .values = kept, .count = 1};
  uint32_t n = 0;
  for (uint32_t i = 0; i < r->facts.count; i++) {
    if (!pe_slice_eq(r->facts.items[i].key, key)) facts[n++] = r->facts.items[i];
  }
  facts[n++] = fresh;
  pe_facts_sort(facts, n);
  *out = *r;
  out->facts = (pe_facts){facts, n};
  return POLICYEVAL_OK;
}

/* Does the layer still block when `extra` (may be NULL) stands beside its policies? */
static int still_blocked(const search *s, pe_policy *extra, const pe_request *r, bool *blocked) {
  pe_policyset with = *s->set;
  pe_policy_list *list = s->layer == POLICYEVAL_LAYER_IDENTITY ? &with.identity : &with.resource;
  pe_policy **items = NULL;
  if (extra) {
    items = pe_alloc_array(s->hints->alloc, (size_t)list->count + 1, sizeof *items);
    if (!items) return POLICYEVAL_ENOMEM;
    if (list->count) memcpy(items, list->items, list->count * sizeof *items);
    items[list->count] = extra;
    *list = (pe_policy_list){items, list->count + 1};
  }
  pe_rowset touched = {{0}};
  bool unknown = false;
  const pe_verdict v = pe_decide_once(&with, r, &r->readings, PE_UNKNOWN_PESSIMISTIC, &touched, &unknown, NULL);
  *blocked = v.effect != POLICYEVAL_ALLOW && (v.blocked_by >> s->layer & 1);
  pe_alloc_free(s->hints->alloc, items);
  return POLICYEVAL_OK;
}

/* The value of a node after the chosen changes to it, in the order in which they were found. */
static int changed_value(const search *s, unsigned chosen, uint32_t node, bool on_key, pe_slice *out) {
  const pe_json_node *n = &s->policy->json.nodes[node];
  pe_slice text = on_key ? n->key : n->text;
  pe_buf buf;
  for (uint32_t i = 0; i < s->candidates.count; i++) {
    const pe_candidate *c = &s->candidates.item[i];
    if (!(chosen >> i & 1) || c->node != node) continue;
    pe_buf_init(&buf, s->hints->alloc);
    if (c->change == PE_CHANGE_TRIM_LEFT) {
      pe_buf_slice(&buf, pe_slice_sub(text, c->trim, SIZE_MAX));
    } else if (c->change == PE_CHANGE_TRIM_RIGHT) {
      pe_buf_slice(&buf, pe_slice_sub(text, 0, text.len - c->trim));
    } else if (c->change == PE_CHANGE_FIELD) {
      pe_arn cut;
      pe_arn_split(text, &cut);
      const size_t from = (size_t)(cut.field[c->field].ptr - text.ptr);
      pe_buf_slice(&buf, pe_slice_sub(text, 0, from));
      pe_buf_slice(&buf, c->text);
      pe_buf_slice(&buf, pe_slice_sub(text, from + cut.field[c->field].len, SIZE_MAX));
    } else {
      if (c->change == PE_CHANGE_APPEND) pe_buf_slice(&buf, text);
      pe_buf_slice(&buf, c->text);
    }
    const char *kept = buf.failed ? NULL : pe_arena_copy(s->hints->arena, buf.ptr, buf.len);
    text = pe_slice_of(kept, buf.len);
    pe_buf_done(&buf);
    if (!kept) return POLICYEVAL_ENOMEM;
  }
  *out = text;
  return POLICYEVAL_OK;
}

static bool on_key(const pe_candidate *c) { return c->change == PE_CHANGE_NAME; }

/* The edits of a set: one per value, however many changes it takes. */
static int make_edits(const search *s, unsigned chosen, pe_edit edits[PE_CANDIDATES_MAX], uint32_t *count) {
  *count = 0;
  for (uint32_t i = 0; i < s->candidates.count; i++) {
    const pe_candidate *c = &s->candidates.item[i];
    bool known = !(chosen >> i & 1) || c->change == PE_CHANGE_CALL;
    for (uint32_t k = 0; k < *count && !known; k++)
      known = edits[k].node == c->node;
    if (known) continue;
    pe_edit *e = &edits[(*count)++];
    *e = (pe_edit){.node = c->node, .on_key = on_key(c)};
    const int rc = changed_value(s, chosen, c->node, on_key(c), &e->value);
    if (rc != POLICYEVAL_OK) return rc;
  }
  return POLICYEVAL_OK;
}

static int try_set(const search *s, unsigned chosen, bool *helps) {
  pe_edit edits[PE_CANDIDATES_MAX];
  uint32_t count = 0;
  pe_request changed = *s->request;
  int rc = make_edits(s, chosen, edits, &count);
  for (uint32_t i = 0; i < s->candidates.count && rc == POLICYEVAL_OK; i++)
    if ((chosen >> i & 1) && s->candidates.item[i].change == PE_CHANGE_CALL)
      rc = request_with(s->hints->arena, s->request, "secretsmanager:versionstage", s->candidates.item[i].text, &changed);
  if (rc != POLICYEVAL_OK) return rc;
  pe_policy *edited = NULL;
  if (count) rc = pe_edit_statement(s->hints->alloc, s->policy, s->statement, edits, count, &edited);
  bool blocked = true;
  /* A change that does not make a policy (EINTERNAL) is none to propose. */
  if (rc == POLICYEVAL_OK) rc = still_blocked(s, edited, &changed, &blocked);
  else if (rc == POLICYEVAL_EINTERNAL) rc = POLICYEVAL_OK;
  pe_policy_unref(edited);
  *helps = rc == POLICYEVAL_OK && !blocked;
  return rc;
}

/* ---- keeping ---- */

static int keep_set(search *s, unsigned chosen) {
  const uint32_t number = s->sets++;
  for (uint32_t i = 0; i < s->candidates.count; i++) {
    const pe_candidate *c = &s->candidates.item[i];
    if (!(chosen >> i & 1)) continue;
    pe_slice text = c->text;
    if (c->change != PE_CHANGE_CALL) {
      const int rc = changed_value(s, chosen, c->node, on_key(c), &text);
      if (rc != POLICYEVAL_OK) return rc;
    }
    const char *kept = pe_arena_copy(s->hints->arena, text.ptr, text.len);
    pe_hint *h = kept ? pe_vec_push(&s->hints->list, s->hints->alloc) : NULL;
    if (!h) return POLICYEVAL_ENOMEM;
    *h = (pe_hint){.rule = c->rule, .leg = (uint8_t)s->leg, .layer = s->layer, .set = number,
                   .in_call = c->change == PE_CHANGE_CALL, .policy = s->policy, .statement = s->statement->index,
                   .span = c->span, .value_span = c->value_span, .replacement = pe_slice_of(kept, text.len)};
  }
  return POLICYEVAL_OK;
}

static unsigned bits(unsigned set) {
  unsigned n = 0;
  for (; set; set &= set - 1) n++;
  return n;
}

/* A set that leaves a failing element alone cannot help: no need to try it. */
static bool covers(const search *s, unsigned chosen, unsigned failed) {
  for (uint32_t i = 0; i < s->candidates.count; i++)
    if (chosen >> i & 1) failed &= ~(1u << s->candidates.item[i].step);
  return failed == 0;
}

/* Sets by size; once one of a size helps, larger ones are not minimal. Alternatives of the same size are all kept. */
static int search_sets(search *s, unsigned failed) {
  const unsigned all = (1u << s->candidates.count) - 1;
  uint32_t found = 0;
  for (unsigned size = 1; size <= SET_SIZE_MAX && !found; size++)
    for (unsigned chosen = 1; chosen <= all && found < SETS_MAX; chosen++) {
      bool helps = false;
      if (bits(chosen) != size || !covers(s, chosen, failed)) continue;
      int rc = try_set(s, chosen, &helps);
      if (rc == POLICYEVAL_OK && helps) rc = keep_set(s, chosen), found++;
      if (rc != POLICYEVAL_OK) return rc;
    }
  return POLICYEVAL_OK;
}

static int near_statements(search *s, const pe_trace *trace) {
  for (size_t i = 0; i < trace->statements.len; i++) {
    const pe_stmt_trace *t = &trace->statements.data[i];
    const unsigned hopeless = 1u << PE_STEP_ACTION | 1u << PE_STEP_NO_EFFECT;
    if (t->layer != s->layer || t->statement->effect != PE_ALLOW || t->failed & hopeless) continue;
    s->policy = t->policy;
    s->statement = t->statement;
    pe_near_find(s->hints->arena, s->access, t->policy, t->statement, s->request, t->failed, &s->candidates);
    if (s->candidates.failed) return POLICYEVAL_ENOMEM;
    const int rc = s->candidates.count ? search_sets(s, t->failed) : POLICYEVAL_OK;
    if (rc != POLICYEVAL_OK) return rc;
  }
  return POLICYEVAL_OK;
}

/* ---- nothing near: a statement to add ---- */

static void write_statement(const search *s, bool root, pe_buf *out) {
  const pe_caller *c = &s->request->caller;
  const bool identity = s->layer == POLICYEVAL_LAYER_IDENTITY;
  pe_buf_str(out, "{\"Effect\": \"Allow\", ");
  if (root) {
    pe_buf_fmt(out, "\"Principal\": {\"AWS\": \"arn:%.*s:iam::%.*s:root\"}, \"Action\": \"kms:*\", \"Resource\": \"*\"}",
               (int)s->request->resource.field[PE_ARN_PARTITION].len, s->request->resource.field[PE_ARN_PARTITION].ptr,
               (int)s->request->resource_account.len, s->request->resource_account.ptr);
    return;
  }
  if (!identity) {
    pe_buf_str(out, "\"Principal\": {\"AWS\": ");
    pe_edit_quote(out, c->kind == PE_CALLER_ROLE ? c->role_arn : c->arn);
    pe_buf_str(out, "}, ");
  }
  pe_buf_str(out, "\"Action\": ");
  pe_edit_quote(out, s->request->action);
  pe_buf_str(out, ", \"Resource\": ");
  if (!identity) {
    pe_buf_str(out, "\"*\"");
  } else if (s->leg == PE_LEG_SECRET) {
    const pe_slice arn = s->request->resource.text;
    pe_buf name;
    pe_buf_init(&name, s->hints->alloc);
    pe_buf_slice(&name, pe_slice_sub(arn, 0, arn.len - 6));
    pe_buf_str(&name, "??????");
    pe_edit_quote(out, pe_slice_of(name.ptr, name.len));
    out->failed |= name.failed;
    pe_buf_done(&name);
  } else {
    pe_edit_quote(out, s->request->resource.text);
  }
  pe_buf_char(out, '}');
}

static int propose_statement(search *s, pe_hint_rule rule, bool root, const pe_policy *where) {
  pe_buf text;
  pe_buf_init(&text, s->hints->alloc);
  write_statement(s, root, &text);
  const char *kept = text.failed ? NULL : pe_arena_copy(s->hints->arena, text.ptr, text.len);
  const size_t len = text.len;
  pe_buf_done(&text);
  if (!kept) return POLICYEVAL_ENOMEM;
  const int kind = s->layer == POLICYEVAL_LAYER_IDENTITY ? POLICYEVAL_KIND_IDENTITY
                   : s->leg == PE_LEG_KEY                ? POLICYEVAL_KIND_KMS_KEY
                                                         : POLICYEVAL_KIND_SECRET;
  pe_policy *extra = NULL;
  bool blocked = true;
  int rc = pe_edit_new(s->hints->alloc, kind, pe_slice_of(kept, len), &extra);
  if (rc == POLICYEVAL_OK) rc = still_blocked(s, extra, s->request, &blocked);
  pe_policy_unref(extra);
  if (rc == POLICYEVAL_EINTERNAL) return POLICYEVAL_OK;
  if (rc != POLICYEVAL_OK || blocked) return rc;
  pe_hint *h = pe_vec_push(&s->hints->list, s->hints->alloc);
  if (!h) return POLICYEVAL_ENOMEM;
  *h = (pe_hint){.rule = rule, .leg = (uint8_t)s->leg, .layer = s->layer, .set = s->sets++, .policy = where,
                 .statement = UINT32_MAX, .replacement = pe_slice_of(kept, len)};
  return POLICYEVAL_OK;
}

static bool allows_account(const pe_policy *p, pe_slice account) {
  for (uint32_t i = 0; i < p->nstatements; i++)
    for (uint32_t k = 0; k < p->statements[i].nprincipals; k++) {
      const pe_principal *who = &p->statements[i].principals[k];
      if (p->statements[i].effect == PE_ALLOW && p->statements[i].principal_mode == PE_MODE_IS &&
          who->kind == PE_PRINCIPAL_ACCOUNT && pe_slice_eq(who->account, account))
        return true;
    }
  return false;
}

static int propose(search *s) {
  const bool identity = s->layer == POLICYEVAL_LAYER_IDENTITY;
  const pe_policy_list *list = identity ? &s->set->identity : &s->set->resource;
  const pe_policy *where = list->count ? list->items[list->count - 1] : NULL;
  if (identity) return propose_statement(s, PE_HINT_IDENTITY_NO_STATEMENT, false, where);
  if (s->leg == PE_LEG_SECRET) return propose_statement(s, PE_HINT_RESOURCE_NO_STATEMENT, false, where);
  /* D3.1: in the key's own account the identity policies count once the key policy says so. */
  const bool same = pe_slice_eq(s->request->caller.account, s->request->resource_account);
  int rc = POLICYEVAL_OK;
  if (same && where && !allows_account(where, s->request->resource_account))
    rc = propose_statement(s, PE_HINT_KEY_POLICY_NO_ROOT_STATEMENT, true, where);
  return rc == POLICYEVAL_OK ? propose_statement(s, PE_HINT_KEY_NO_STATEMENT, false, where) : rc;
}

/* The policy of an AWS managed key cannot be edited. */
static bool editable(const search *s) { return !(s->layer == POLICYEVAL_LAYER_KEY && s->request->aws_managed_key); }

/* D3.3: kms:CallerAccount of its policy keeps other accounts out. Nothing that could be written elsewhere helps then. */
static bool foreign_managed_key(const pe_request *r, const pe_trace *trace) {
  return r->aws_managed_key && (trace->blocked_by >> POLICYEVAL_LAYER_KEY & 1) &&
         !pe_slice_eq(r->caller.account, r->resource_account);
}

static int propose_other_key(pe_hints *h, pe_leg leg, uint32_t set) {
  pe_hint *hint = pe_vec_push(&h->list, h->alloc);
  if (!hint) return POLICYEVAL_ENOMEM;
  *hint = (pe_hint){.rule = PE_HINT_MANAGED_KEY_OTHER_ACCOUNT, .leg = (uint8_t)leg, .layer = POLICYEVAL_LAYER_KEY, .set = set,
                    .statement = UINT32_MAX};
  return POLICYEVAL_OK;
}

int pe_hints_find(pe_hints *h, const pe_access *a, pe_leg leg, const pe_policyset *set, const pe_request *request,
                  const pe_trace *trace) {
  static const uint8_t layers[] = {POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_LAYER_KEY};
  if (trace->effect != POLICYEVAL_IMPLICIT_DENY) return POLICYEVAL_OK;
  uint32_t sets = h->list.len ? h->list.data[h->list.len - 1].set + 1 : 0;
  if (foreign_managed_key(request, trace)) return propose_other_key(h, leg, sets);
  for (size_t i = 0; i < sizeof layers; i++) {
    search s = {.hints = h, .access = a, .set = set, .request = request, .leg = leg, .layer = layers[i], .sets = sets};
    if (!(trace->blocked_by >> layers[i] & 1) || !editable(&s)) continue;
    int rc = near_statements(&s, trace);
    if (rc == POLICYEVAL_OK && s.sets == sets) rc = propose(&s);
    if (rc != POLICYEVAL_OK) return rc;
    sets = s.sets;
  }
  return POLICYEVAL_OK;
}

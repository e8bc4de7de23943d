/* SPDX-License-Identifier: MIT */
/* The reverse of a grant: first the statements that a grant wrote, and only if the principal can still read the secret every
 * other statement that names it. What does not name it also serves others and is not touched. */
#include "grant/plan.h"

#include "eval/match.h"
#include "grant/propose.h"
#include "grant/prove.h"
#include "grant/splice.h"
#include "policy/index.h"

typedef enum reach { OWN, NAMED } reach;

/* ---- does it name the principal ---- */

static bool names(const pe_principal *p, const pe_caller *c) {
  if (p->kind == PE_PRINCIPAL_ID) return c->unique_id.len && !c->session_known && pe_slice_eq(p->text, c->unique_id);
  switch (c->kind) {
    case PE_CALLER_USER: return p->kind == PE_PRINCIPAL_USER && pe_slice_eq(p->text, c->arn);
    case PE_CALLER_FEDERATED_USER: return p->kind == PE_PRINCIPAL_FEDERATED_USER && pe_slice_eq(p->text, c->arn);
    case PE_CALLER_ROLE:
      if (c->session_known) return p->kind == PE_PRINCIPAL_SESSION && pe_slice_eq(p->text, c->arn);
      if (p->kind != PE_PRINCIPAL_ROLE && p->kind != PE_PRINCIPAL_SESSION) return false;
      return pe_slice_eq(p->account, c->account) && pe_slice_eq(p->partition, c->partition) &&
             pe_slice_eq(p->name, c->name) &&
             (p->kind == PE_PRINCIPAL_SESSION || !c->path_known || pe_slice_eq(p->path, c->path));
    default: return false;
  }
}

static bool is_leg_action(const pe_plan *p, pe_slice text) {
  for (int leg = 0; leg < PE_LEGS; leg++)
    if (pe_slice_eq_ascii_nocase(text, p->request[leg]->action)) return true;
  return false;
}

/* D4.1: the secret, or its name with whatever six characters. */
static bool is_leg_resource(const pe_plan *p, pe_slice text) {
  const pe_slice secret = p->access->secret.text;
  if (pe_slice_eq(text, secret) || pe_slice_eq(text, p->access->key.text)) return true;
  return text.len == secret.len && pe_slice_starts(text, pe_slice_sub(secret, 0, secret.len - 6)) &&
         pe_slice_ends(text, PE_SLICE("??????"));
}

/* A statement of an identity policy is the principal's anyhow; it names the secret or the key and allows nothing else. */
static bool is_narrow(const pe_plan *p, const pe_statement *s) {
  bool narrow = s->action_mode == PE_MODE_IS && s->resource_mode == PE_MODE_IS && s->nactions && s->nresources;
  for (uint32_t i = 0; narrow && i < s->nactions; i++) narrow = is_leg_action(p, s->actions[i].text);
  for (uint32_t i = 0; narrow && i < s->nresources; i++) narrow = is_leg_resource(p, s->resources[i].text);
  return narrow;
}

/* Could it allow the action on the resource, whatever its conditions say? */
static bool concerns(const pe_plan *p, const pe_document *d, const pe_statement *s, pe_leg leg) {
  const pe_request *r = p->request[leg];
  if (s->effect != PE_ALLOW || s->broken || s->no_effect || !pe_statement_has_action(s, r->lower_action)) return false;
  pe_rowset touched = {{0}};
  pe_env env = {.facts = &r->facts, .readings = &r->readings, .touched = &touched};
  pe_stmt_trace t = {0};
  unsigned via;
  pe_match_polarity(s, true, &env);
  pe_statement_match(s, d->kind, r, &env, &via, &t);
  return !(t.failed & 1u << PE_STEP_RESOURCE);
}

/* ---- what goes ---- */

typedef struct taking {
  pe_indices nodes, removed, cut;
  uint32_t left; /* statements that stay */
} taking;

static int push(const pe_plan *p, pe_indices *list, uint32_t value) {
  uint32_t *slot = pe_vec_push(list, p->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = value;
  return POLICYEVAL_OK;
}

/* Principals of the statement under one node of the JSON, and how many of them name the caller. */
static uint32_t count_under(const pe_plan *p, const pe_document *d, const pe_statement *s, uint32_t parent, bool naming) {
  const pe_caller *c = &p->request[PE_LEG_SECRET]->caller;
  uint32_t n = 0;
  for (uint32_t i = 0; i < s->nprincipals; i++)
    if (d->after->json.nodes[s->principals[i].node].parent == parent && (!naming || names(&s->principals[i], c))) n++;
  return n;
}

/* The principal's entries alone: an element, or the whole list when that has no other. */
static int cut_principals(const pe_plan *p, const pe_document *d, const pe_statement *s, taking *t) {
  const pe_caller *c = &p->request[PE_LEG_SECRET]->caller;
  const pe_json_node *nodes = d->after->json.nodes;
  uint32_t whole = 0;
  int rc = POLICYEVAL_OK;
  for (uint32_t i = 0; i < s->nprincipals && rc == POLICYEVAL_OK; i++) {
    const uint32_t node = s->principals[i].node, parent = nodes[node].parent;
    if (!names(&s->principals[i], c)) continue;
    const bool list = nodes[parent].type == PE_JSON_ARRAY;
    if (!list || count_under(p, d, s, parent, true) < count_under(p, d, s, parent, false)) rc = push(p, &t->nodes, node);
    else if (whole != parent) rc = push(p, &t->nodes, whole = parent);
  }
  return rc == POLICYEVAL_OK ? push(p, &t->cut, s->index) : rc;
}

static uint32_t count_named(const pe_plan *p, const pe_statement *s) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < s->nprincipals; i++) n += names(&s->principals[i], &p->request[PE_LEG_SECRET]->caller);
  return n;
}

static int take_statement(const pe_plan *p, const pe_document *d, const pe_statement *s, reach how, taking *t) {
  const bool identity = d->layer == POLICYEVAL_LAYER_IDENTITY;
  bool own = false, concerned = false;
  for (int leg = 0; leg < PE_LEGS; leg++) {
    if (!concerns(p, d, s, (pe_leg)leg)) continue;
    concerned = true;
    own |= pe_propose_is_sid(p, (pe_leg)leg, s->sid);
  }
  const uint32_t named = s->principal_mode == PE_MODE_IS ? count_named(p, s) : 0;
  const bool root = own && p->request[PE_LEG_SECRET]->caller.kind == PE_CALLER_ROOT;
  const bool mine = identity ? is_narrow(p, s) && (own || !p->request[PE_LEG_SECRET]->caller.session_known) : named || root;
  if (!concerned || !mine || (how == OWN && !own)) {
    t->left++;
    return POLICYEVAL_OK;
  }
  if (!identity && !root && named < s->nprincipals) {
    t->left++;
    return cut_principals(p, d, s, t);
  }
  const int rc = push(p, &t->nodes, s->node);
  return rc == POLICYEVAL_OK ? push(p, &t->removed, s->index) : rc;
}

static void taking_done(taking *t, const pe_alloc *alloc) {
  pe_vec_done(&t->nodes, alloc);
  pe_vec_done(&t->removed, alloc);
  pe_vec_done(&t->cut, alloc);
}

/* The document starts from `before` each time, so that what is removed is counted there. */
static int take_from(pe_plan *p, pe_document *d, reach how) {
  taking t = {.left = 0};
  int rc = POLICYEVAL_OK;
  pe_policy *after = NULL;
  if (!d->before || d->fixed) return POLICYEVAL_OK;
  for (uint32_t i = 0; i < d->after->nstatements && rc == POLICYEVAL_OK; i++)
    rc = take_statement(p, d, &d->after->statements[i], how, &t);
  if (rc == POLICYEVAL_OK && t.nodes.len && t.left) {
    pe_buf text;
    pe_buf_init(&text, p->alloc);
    rc = pe_splice_remove(p->alloc, d->after, t.nodes.data, t.nodes.len, &text);
    if (rc == POLICYEVAL_OK) rc = pe_plan_load(p, d, pe_slice_of(text.ptr, text.len), &after);
    pe_buf_done(&text);
  } else if (rc == POLICYEVAL_OK && t.nodes.len && d->layer == POLICYEVAL_LAYER_KEY) {
    pe_buf told;
    pe_buf_init(&told, p->alloc);
    pe_buf_str(&told, "every statement of the key policy is this principal's, and a key has a policy with one at least");
    rc = pe_plan_obstacle(p, d->layer, d->after, UINT32_MAX, &told);
  }
  if (rc == POLICYEVAL_OK && t.nodes.len && !p->obstacles.len) {
    pe_document_replace(d, after);
    d->removed = t.removed;
    d->cut = t.cut;
    t.removed = t.cut = (pe_indices){0};
  }
  taking_done(&t, p->alloc);
  return rc;
}

static void start_again(pe_plan *p) {
  for (size_t i = 0; i < p->documents.len; i++) {
    pe_document *d = &p->documents.data[i];
    pe_document_replace(d, d->before ? pe_policy_ref(d->before) : NULL);
    d->changed = false;
    pe_vec_done(&d->removed, p->alloc);
    pe_vec_done(&d->cut, p->alloc);
  }
}

static int take_all(pe_plan *p, reach how) {
  int rc = POLICYEVAL_OK;
  start_again(p);
  for (size_t i = 0; i < p->documents.len && rc == POLICYEVAL_OK; i++) rc = take_from(p, &p->documents.data[i], how);
  return rc;
}

/* ---- can it still read ---- */

/* Some call, whatever version it names and unknown facts are, that is allowed. */
static int leg_allows(pe_plan *p, pe_leg leg, bool tell, bool *allows) {
  pe_policyset set;
  pe_policy **items;
  int rc = pe_plan_set(p, leg, false, &set, &items);
  if (rc != POLICYEVAL_OK) return rc;
  pe_trace trace;
  pe_trace_init(&trace, p->alloc);
  const pe_request *r = p->request[leg];
  *allows = pe_decide_once(&set, r, &r->readings, PE_UNKNOWN_OPTIMISTIC, NULL, NULL, tell ? &trace : NULL).effect ==
            POLICYEVAL_ALLOW;
  if (trace.failed) rc = POLICYEVAL_ENOMEM;
  for (size_t i = 0; tell && i < trace.statements.len && rc == POLICYEVAL_OK; i++) {
    const pe_stmt_trace *t = &trace.statements.data[i];
    if (!pe_plan_allows(t)) continue;
    pe_buf told;
    pe_buf_init(&told, p->alloc);
    pe_buf_fmt(&told, "allows %.*s and does not name this principal alone: it is not for a revocation to change",
               (int)r->action.len, r->action.ptr);
    rc = pe_plan_obstacle(p, t->layer, t->policy, t->statement->index, &told);
  }
  pe_trace_done(&trace);
  pe_alloc_free(p->alloc, items);
  return rc;
}

static int readable(pe_plan *p, bool tell, bool *out, const char **why) {
  const bool any = p->any_version, strict = p->strict_stage;
  int rc = POLICYEVAL_OK;
  *out = false;
  p->any_version = true; /* also calls that name a version of their own */
  p->strict_stage = false;
  for (unsigned variant = 0; variant < PE_VARIANTS && rc == POLICYEVAL_OK && !*out; variant++) {
    bool secret = false, key = false;
    rc = pe_plan_variant(p, variant, why);
    if (rc == POLICYEVAL_OK) rc = leg_allows(p, PE_LEG_SECRET, false, &secret);
    if (rc == POLICYEVAL_OK && secret) rc = leg_allows(p, PE_LEG_KEY, false, &key);
    *out = secret && key;
    if (rc == POLICYEVAL_OK && *out && tell) rc = leg_allows(p, PE_LEG_SECRET, true, &secret);
    if (rc == POLICYEVAL_OK && *out && tell) rc = leg_allows(p, PE_LEG_KEY, true, &key);
  }
  p->any_version = any;
  p->strict_stage = strict;
  return rc;
}

/* Is it certain that there is no such call at all? */
static int is_over(pe_plan *p, bool *over, const char **why) {
  bool can = false;
  int rc = readable(p, false, &can, why);
  *over = false;
  if (rc != POLICYEVAL_OK || can) return rc;
  pe_proof proof = {.answer = PE_PROOF_NOT_GIVEN};
  rc = pe_prove_never(p, &proof, why);
  *over = proof.answer == PE_PROOF_YES;
  pe_vec_done(&proof.basis, p->alloc);
  return rc;
}

int pe_plan_revoke(pe_plan *p, const char **why) {
  bool over = false;
  int rc = take_all(p, OWN);
  if (rc == POLICYEVAL_OK && !p->obstacles.len) rc = is_over(p, &over, why);
  if (rc == POLICYEVAL_OK && !p->obstacles.len && !over) {
    rc = take_all(p, NAMED);
    bool can = false;
    if (rc == POLICYEVAL_OK && !p->obstacles.len) rc = readable(p, true, &can, why);
  }
  return rc == POLICYEVAL_OK ? pe_plan_variant(p, 0, why) : rc;
}

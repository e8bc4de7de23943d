/* SPDX-License-Identifier: MIT */
/* Who can read a secret: the access question over all requests, for each principal that the policies can tell apart. */
#include "api/who_cells.h"

static const char anything[] = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}";

enum { CANDIDATES_MOST = 4096 };

void pe_access_forget_who(policyeval_access *a, bool candidates) {
  const pe_alloc *alloc = &a->context->alloc;
  for (size_t i = 0; i < a->who.len; i++) {
    policyeval_access_free(a->who.data[i].question);
    pe_alloc_free(alloc, (void *)(uintptr_t)a->who.data[i].name.ptr);
  }
  pe_vec_done(&a->who, alloc);
  pe_alloc_free(alloc, a->who_json);
  pe_alloc_free(alloc, a->who_text);
  a->who_json = a->who_text = NULL;
  for (size_t i = 0; candidates && i < a->candidates.len; i++) {
    pe_alloc_free(alloc, (void *)(uintptr_t)a->candidates.data[i].arn.ptr);
    policyeval_policy_unref(a->candidates.data[i].identity);
  }
  if (candidates) pe_vec_done(&a->candidates, alloc);
}

int policyeval_access_add_candidate(policyeval_access *access, const char *arn, size_t len, policyeval_policy *identity) {
  if (!access || !arn || (identity && identity->kind != POLICYEVAL_KIND_IDENTITY)) return POLICYEVAL_EINVAL;
  pe_access_forget_who(access, false);
  const pe_slice text = pe_arg(arn, len);
  if (!pe_slice_starts(text, PE_SLICE("arn:"))) {
    access->detail = "a candidate is a principal's ARN";
    return POLICYEVAL_EINVAL;
  }
  char *copy = pe_context_copy(access->context, text);
  pe_candidate *slot = copy ? pe_vec_push(&access->candidates, &access->context->alloc) : NULL;
  if (!slot) {
    pe_alloc_free(&access->context->alloc, copy);
    return pe_context_told(access->context, POLICYEVAL_ENOMEM);
  }
  *slot = (pe_candidate){pe_slice_of(copy, text.len), identity ? pe_policy_ref(identity) : NULL};
  return POLICYEVAL_OK;
}

/* The same policies as the question has, but for those of the principal. */
static int copy_policies(const policyeval_access *from, policyeval_access *to) {
  static const struct { int layer; size_t list; } layers[] = {
      {POLICYEVAL_LAYER_BOUNDARY, offsetof(pe_policyset, boundary)},
      {POLICYEVAL_LAYER_SESSION, offsetof(pe_policyset, session)},
      {POLICYEVAL_LAYER_ENDPOINT, offsetof(pe_policyset, endpoint)},
      {POLICYEVAL_LAYER_RESOURCE, offsetof(pe_policyset, resource)},
  };
  const pe_policyset *secret = &from->set[PE_LEG_SECRET]->set, *key = &from->set[PE_LEG_KEY]->set;
  int rc = POLICYEVAL_OK;
  for (size_t l = 0; l < sizeof layers / sizeof layers[0]; l++) {
    const pe_policy_list *list = (const pe_policy_list *)(const void *)((const char *)secret + layers[l].list);
    for (uint32_t i = 0; i < list->count && rc == POLICYEVAL_OK; i++)
      rc = policyeval_access_add_policy(to, layers[l].layer, 0, list->items[i]);
  }
  for (uint32_t i = 0; i < key->resource.count && rc == POLICYEVAL_OK; i++)
    rc = key->resource.items[i] == from->managed
             ? POLICYEVAL_OK
             : policyeval_access_add_policy(to, POLICYEVAL_LAYER_KEY, 0, key->resource.items[i]);
  for (uint32_t n = 0; n < secret->nscp && rc == POLICYEVAL_OK; n++)
    for (uint32_t i = 0; i < secret->scp[n].count && rc == POLICYEVAL_OK; i++)
      rc = policyeval_access_add_policy(to, POLICYEVAL_LAYER_SCP, n + 1, secret->scp[n].items[i]);
  for (uint32_t n = 0; n < secret->nrcp && rc == POLICYEVAL_OK; n++)
    for (uint32_t i = 0; i < secret->rcp[n].count && rc == POLICYEVAL_OK; i++)
      rc = policyeval_access_add_policy(to, POLICYEVAL_LAYER_RCP, n + 1, secret->rcp[n].items[i]);
  if (rc != POLICYEVAL_OK) return rc;
  to->set[PE_LEG_KEY]->set.grants = key->grants; /* lives longer: it belongs to the question */
  to->set[PE_LEG_KEY]->set.ngrants = key->ngrants;
  return POLICYEVAL_OK;
}

/* Answers for one principal. `own`: its policies, or NULL when those of the candidates count. */
static int ask(policyeval_access *a, pe_slice arn, policyeval_policy *own, policyeval_access **out) {
  policyeval_access *q = NULL;
  int rc = policyeval_access_new(a->context, &q);
  if (rc == POLICYEVAL_OK) rc = policyeval_access_set_principal(q, arn.ptr, arn.len);
  if (rc == POLICYEVAL_OK) rc = policyeval_access_set_secret(q, a->access.secret.text.ptr, a->access.secret.text.len);
  if (rc == POLICYEVAL_OK && a->access.key.count)
    rc = policyeval_access_set_key(q, a->access.key.text.ptr, a->access.key.text.len);
  if (rc == POLICYEVAL_OK) rc = copy_policies(a, q);
  if (rc == POLICYEVAL_OK && own) rc = policyeval_access_add_policy(q, POLICYEVAL_LAYER_IDENTITY, 0, own);
  for (size_t i = 0; !own && i < a->candidates.len && rc == POLICYEVAL_OK; i++) {
    const pe_candidate *c = &a->candidates.data[i];
    if (c->identity && pe_slice_eq(c->arn, arn)) rc = policyeval_access_add_policy(q, POLICYEVAL_LAYER_IDENTITY, 0, c->identity);
  }
  if (rc == POLICYEVAL_OK) rc = policyeval_access_all_requests(q);
  if (rc == POLICYEVAL_OK) *out = q;
  else policyeval_access_free(q);
  return rc;
}

static bool is_listed(const policyeval_access *a, pe_slice name) {
  for (size_t i = 0; i < a->who.len; i++)
    if (pe_slice_eq(a->who.data[i].name, name)) return true;
  return false;
}

static int keep(policyeval_access *a, pe_slice name, bool group, pe_who_own own, policyeval_access *question) {
  char *copy = pe_context_copy(a->context, name);
  pe_who_entry *slot = copy ? pe_vec_push(&a->who, &a->context->alloc) : NULL;
  if (!slot) {
    pe_alloc_free(&a->context->alloc, copy);
    policyeval_access_free(question);
    return POLICYEVAL_ENOMEM;
  }
  *slot = (pe_who_entry){pe_slice_of(copy, name.len), question, group, (uint8_t)own};
  return POLICYEVAL_OK;
}

/* One principal, by itself or for a group: listed unless it can never read the secret. */
static int look(policyeval_access *a, pe_slice name, pe_slice arn, bool group, bool given, policyeval_policy *allow) {
  policyeval_access *q = NULL;
  if (is_listed(a, name)) return POLICYEVAL_OK;
  if (a->who.len == CANDIDATES_MOST) return POLICYEVAL_ELIMIT;
  int rc = ask(a, arn, NULL, &q);
  pe_who_own own = given ? PE_WHO_GIVEN : PE_WHO_NOT_NEEDED;
  if (rc == POLICYEVAL_OK && !given && policyeval_access_reach(q) == POLICYEVAL_REACH_NEVER) {
    policyeval_access_free(q);
    q = NULL;
    own = PE_WHO_ASSUMED;
    rc = ask(a, arn, allow, &q);
  }
  if (rc == POLICYEVAL_EINVAL) return POLICYEVAL_OK; /* no principal that could make a request */
  if (rc != POLICYEVAL_OK) return rc;
  const int reach = policyeval_access_reach(q);
  if (reach == POLICYEVAL_REACH_UNKNOWN) a->who_complete = false;
  if (reach != POLICYEVAL_REACH_NEVER) return keep(a, name, group, own, q);
  policyeval_access_free(q);
  return POLICYEVAL_OK;
}

static bool is_candidate(const policyeval_access *a, pe_slice arn) {
  for (size_t i = 0; i < a->candidates.len; i++)
    if (pe_slice_eq(a->candidates.data[i].arn, arn)) return true;
  return false;
}

/* ---- groups: asked about through a principal that nobody named ---- */

/* "any principal", or "any other principal" beside those that the policies tell apart by themselves; then `rest`. */
static int look_at_group(policyeval_access *a, pe_slice arn, bool others, const char *rest, pe_slice account, policyeval_policy *allow) {
  pe_buf name;
  pe_buf_init(&name, &a->context->alloc);
  pe_buf_str(&name, others ? "any other principal" : "any principal");
  pe_buf_str(&name, rest);
  pe_buf_slice(&name, account);
  const int rc = name.failed ? POLICYEVAL_ENOMEM : look(a, pe_slice_of(name.ptr, name.len), arn, true, false, allow);
  pe_buf_done(&name);
  return rc;
}

static int look_at_account(policyeval_access *a, const pe_who_cells *cells, pe_slice partition, pe_slice account,
                           policyeval_policy *allow) {
  const bool stranger = pe_slice_eq(account, pe_slice_str(cells->stranger));
  const bool others = pe_who_cells_singles_out(cells, stranger ? (pe_slice){NULL, 0} : account);
  pe_buf arn;
  pe_buf_init(&arn, &a->context->alloc);
  pe_buf_str(&arn, "arn:");
  pe_buf_slice(&arn, partition);
  pe_buf_str(&arn, ":iam::");
  pe_buf_slice(&arn, account);
  pe_buf_str(&arn, ":role/Example");
  const pe_slice text = pe_slice_of(arn.ptr, arn.len);
  const char *of = !stranger ? " of " : cells->accounts.len > 1 ? " of any other account" : " of any account";
  const int rc = arn.failed ? POLICYEVAL_ENOMEM : look_at_group(a, text, others, of, stranger ? (pe_slice){NULL, 0} : account, allow);
  pe_buf_done(&arn);
  return rc;
}

/* Those whose ARN a pattern matches, of one account. */
static int look_at_pattern(policyeval_access *a, const pe_who_cells *cells, pe_slice pattern, pe_slice account, policyeval_policy *allow) {
  const bool stranger = pe_slice_eq(account, pe_slice_str(cells->stranger));
  pe_slice own;
  pe_buf name, arn;
  pe_buf_init(&name, &a->context->alloc);
  pe_buf_init(&arn, &a->context->alloc);
  pe_buf_str(&name, "any principal like ");
  pe_buf_slice(&name, pattern);
  if (!pe_who_cells_account(pattern, &own) || !own.len) {
    pe_buf_str(&name, stranger ? " of any other account" : " of ");
    if (!stranger) pe_buf_slice(&name, account);
  }
  pe_who_cells_example(pattern, account, &arn);
  const int rc = name.failed || arn.failed ? POLICYEVAL_ENOMEM
                                           : look(a, pe_slice_of(name.ptr, name.len), pe_slice_of(arn.ptr, arn.len), true, false, allow);
  pe_buf_done(&name);
  pe_buf_done(&arn);
  return rc;
}

static int look_at_cells(policyeval_access *a, const pe_who_cells *cells, policyeval_policy *allow) {
  const pe_slice stranger = pe_slice_str(cells->stranger);
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < cells->arns.len && rc == POLICYEVAL_OK; i++)
    if (!is_candidate(a, cells->arns.data[i])) rc = look(a, cells->arns.data[i], cells->arns.data[i], false, false, allow);
  for (size_t i = 0; i < cells->patterns.len && rc == POLICYEVAL_OK; i++) {
    const pe_slice pattern = cells->patterns.data[i];
    pe_slice account;
    if (pe_who_cells_account(pattern, &account) && account.len) {
      rc = look_at_pattern(a, cells, pattern, account, allow);
      continue;
    }
    for (size_t k = 0; k < cells->accounts.len && rc == POLICYEVAL_OK; k++)
      rc = look_at_pattern(a, cells, pattern, cells->accounts.data[k].account, allow);
    if (rc == POLICYEVAL_OK) rc = look_at_pattern(a, cells, pattern, stranger, allow);
  }
  for (size_t i = 0; i < cells->accounts.len && rc == POLICYEVAL_OK; i++)
    rc = look_at_account(a, cells, cells->accounts.data[i].partition, cells->accounts.data[i].account, allow);
  if (rc == POLICYEVAL_OK) rc = look_at_account(a, cells, a->access.secret.field[PE_ARN_PARTITION], stranger, allow);
  return rc;
}

static int render(policyeval_access *a) {
  const pe_alloc *alloc = &a->context->alloc;
  pe_who_line *lines = pe_alloc_array(alloc, a->who.len + 1, sizeof *lines);
  if (!lines) return POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < a->who.len; i++) {
    const pe_who_entry *e = &a->who.data[i];
    lines[i] = (pe_who_line){e->name, e->group, e->own, &e->question->reach};
  }
  pe_buf json, text;
  pe_buf_init(&json, alloc);
  pe_buf_init(&text, alloc);
  int rc = pe_render_who_json(lines, a->who.len, a->who_complete, &json);
  if (rc == POLICYEVAL_OK) rc = pe_render_who_text(lines, a->who.len, a->who_complete, &text);
  if (rc == POLICYEVAL_OK) {
    a->who_json = pe_buf_take(&json, &a->who_json_len);
    a->who_text = pe_buf_take(&text, &a->who_text_len);
    if (!a->who_json || !a->who_text) rc = POLICYEVAL_ENOMEM;
  }
  pe_buf_done(&json);
  pe_buf_done(&text);
  pe_alloc_free(alloc, lines);
  return rc;
}

int policyeval_access_who_can(policyeval_access *access) {
  if (!access) return POLICYEVAL_EINVAL;
  pe_access_forget_who(access, false);
  if (!access->access.secret.count) {
    access->detail = "the secret is missing";
    return POLICYEVAL_EINVAL;
  }
  policyeval_policy *allow = NULL;
  pe_who_cells cells;
  int rc = pe_who_cells_of(access, &cells);
  access->who_complete = !cells.vague;
  if (rc == POLICYEVAL_OK)
    rc = policyeval_policy_load(access->context, POLICYEVAL_KIND_IDENTITY, anything, sizeof anything - 1, "", &allow, NULL);
  for (size_t i = 0; i < access->candidates.len && rc == POLICYEVAL_OK; i++)
    rc = look(access, access->candidates.data[i].arn, access->candidates.data[i].arn, false, true, allow);
  if (rc == POLICYEVAL_OK) rc = look_at_cells(access, &cells, allow);
  pe_who_cells_done(&cells, &access->context->alloc);
  policyeval_policy_unref(allow);
  if (rc == POLICYEVAL_OK) rc = render(access);
  if (rc != POLICYEVAL_OK) pe_access_forget_who(access, false);
  return pe_context_told(access->context, rc);
}

size_t policyeval_access_who_count(const policyeval_access *access) { return access && access->who_json ? access->who.len : 0; }

int policyeval_access_who_complete(const policyeval_access *access) {
  return access && access->who_json && access->who_complete;
}

const char *policyeval_access_who_json(policyeval_access *access, size_t *len) {
  if (!access || !access->who_json) return NULL;
  if (len) *len = access->who_json_len;
  return access->who_json;
}

const char *policyeval_access_who_text(policyeval_access *access, size_t *len) {
  if (!access || !access->who_text) return NULL;
  if (len) *len = access->who_text_len;
  return access->who_text;
}

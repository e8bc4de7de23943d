/* SPDX-License-Identifier: MIT */
#include "api/who_cells.h"

#include <inttypes.h>
#include <stdio.h>

#include "eval/caller.h"

/* ---- collecting ---- */

typedef struct collector {
  const pe_alloc *alloc;
  pe_slice partition; /* of the secret */
  pe_who_cells *cells;
} collector;

static bool is_wild(pe_slice s) {
  for (size_t i = 0; i < s.len; i++)
    if (s.ptr[i] == '*' || s.ptr[i] == '?') return true;
  return false;
}

static int add_arn(collector *c, pe_slice arn) {
  for (size_t i = 0; i < c->cells->arns.len; i++)
    if (pe_slice_eq(c->cells->arns.data[i], arn)) return 0;
  pe_slice *slot = pe_vec_push(&c->cells->arns, c->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = arn;
  return 0;
}

static int add_account(collector *c, pe_slice partition, pe_slice account) {
  for (size_t i = 0; i < c->cells->accounts.len; i++)
    if (pe_slice_eq(c->cells->accounts.data[i].account, account)) return 0;
  pe_who_account *slot = pe_vec_push(&c->cells->accounts, c->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = (pe_who_account){partition.len && !is_wild(partition) ? partition : c->partition, account};
  return 0;
}

/* Two patterns that differ where both are plain, at either end, match no ARN in common. */
static bool apart(pe_slice a, pe_slice b) {
  static const char wild[] = "*?";
  const size_t n = a.len < b.len ? a.len : b.len;
  for (size_t i = 0; i < n && !strchr(wild, a.ptr[i]) && !strchr(wild, b.ptr[i]); i++)
    if (a.ptr[i] != b.ptr[i]) return true;
  for (size_t i = 1; i <= n && !strchr(wild, a.ptr[a.len - i]) && !strchr(wild, b.ptr[b.len - i]); i++)
    if (a.ptr[a.len - i] != b.ptr[b.len - i]) return true;
  return false;
}

static int add_pattern(collector *c, pe_slice pattern) {
  pe_slice account;
  for (size_t i = 0; i < c->cells->patterns.len; i++)
    if (pe_slice_eq(c->cells->patterns.data[i], pattern)) return 0;
  for (size_t i = 0; i < c->cells->patterns.len; i++) c->cells->vague |= !apart(c->cells->patterns.data[i], pattern);
  if (!pe_who_cells_account(pattern, &account)) {
    c->cells->vague = true;
    return 0;
  }
  pe_slice *slot = pe_vec_push(&c->cells->patterns, c->alloc);
  if (!slot) return POLICYEVAL_ENOMEM;
  *slot = pattern;
  return 0;
}

static int add_principal(collector *c, const pe_principal *p) {
  switch ((pe_principal_kind)p->kind) {
    case PE_PRINCIPAL_ACCOUNT: return add_account(c, p->partition, p->account);
    case PE_PRINCIPAL_USER:
    case PE_PRINCIPAL_ROLE:
    case PE_PRINCIPAL_SESSION:
    case PE_PRINCIPAL_FEDERATED_USER: return add_arn(c, p->text);
    case PE_PRINCIPAL_ID: c->cells->vague = true; return 0; /* whose it is does not show */
    default: return 0; /* everybody, or nobody that an ARN names */
  }
}

/* One value that aws:PrincipalArn is compared with. */
static int add_arn_value(collector *c, pe_slice text) {
  pe_arn arn;
  pe_caller caller;
  const char *why = "";
  if (is_wild(text)) return add_pattern(c, text);
  pe_arn_split(text, &arn);
  if (pe_slice_ends(text, PE_SLICE(":root")) && pe_arn_is_account(arn.field[PE_ARN_ACCOUNT]))
    return add_account(c, arn.field[PE_ARN_PARTITION], arn.field[PE_ARN_ACCOUNT]);
  return pe_caller_parse(text, &caller, &why) ? add_arn(c, text) : 0;
}

static int add_condition(collector *c, const pe_condition *cond) {
  static const char *const properties[] = {"aws:PrincipalType", "aws:username"};
  const bool arn = pe_slice_eq_ascii_nocase(cond->key, PE_SLICE("aws:PrincipalArn"));
  const bool account = pe_slice_eq_ascii_nocase(cond->key, PE_SLICE("aws:PrincipalAccount")) ||
                       pe_slice_eq_ascii_nocase(cond->key, PE_SLICE("kms:CallerAccount"));
  for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++)
    c->cells->vague |= pe_slice_eq_ascii_nocase(cond->key, pe_slice_str(properties[i]));
  int rc = 0;
  for (uint32_t i = 0; (arn || account) && i < cond->count && !rc; i++) {
    const pe_slice text = cond->values[i].text;
    if (cond->family == PE_FAMILY_NULL) continue;
    if (cond->has_variable) c->cells->vague = true;
    else if (arn) rc = add_arn_value(c, text);
    else if (pe_arn_is_account(text)) rc = add_account(c, c->partition, text);
    else c->cells->vague |= is_wild(text);
  }
  return rc;
}

static int add_list(collector *c, const pe_policy_list *list) {
  int rc = 0;
  for (uint32_t i = 0; i < list->count; i++) {
    const pe_policy *p = list->items[i];
    for (uint32_t n = 0; n < p->nstatements; n++) {
      const pe_statement *s = &p->statements[n];
      for (uint32_t k = 0; k < s->nprincipals && !rc; k++) rc = add_principal(c, &s->principals[k]);
      for (uint32_t k = 0; k < s->nconditions && !rc; k++) rc = add_condition(c, &s->conditions[k]);
    }
  }
  return rc;
}

/* Is a principal of that account named by its ARN? account empty: of any. */
static bool names_one(const pe_who_cells *cells, pe_slice account) {
  pe_arn arn;
  for (size_t i = 0; i < cells->arns.len; i++) {
    pe_arn_split(cells->arns.data[i], &arn);
    if (!account.len || pe_slice_eq(arn.field[PE_ARN_ACCOUNT], account)) return true;
  }
  return false;
}

static bool names(const pe_who_cells *cells, pe_slice account) {
  pe_slice of;
  for (size_t i = 0; i < cells->accounts.len; i++)
    if (pe_slice_eq(cells->accounts.data[i].account, account)) return true;
  for (size_t i = 0; i < cells->patterns.len; i++)
    if (pe_who_cells_account(cells->patterns.data[i], &of) && pe_slice_eq(of, account)) return true;
  return names_one(cells, account);
}

/* Counts down from an account that AWS's examples do not use. */
static void find_stranger(pe_who_cells *cells) {
  for (uint64_t n = 999988887777u;; n--) {
    snprintf(cells->stranger, sizeof cells->stranger, "%012" PRIu64, n);
    if (!names(cells, pe_slice_str(cells->stranger))) return;
  }
}

int pe_who_cells_of(const policyeval_access *a, pe_who_cells *cells) {
  const pe_arn *secret = &a->access.secret;
  collector c = {&a->context->alloc, secret->field[PE_ARN_PARTITION], cells};
  *cells = (pe_who_cells){.vague = false};
  int rc = 0;
  for (int leg = 0; leg < PE_LEGS && !rc; leg++) {
    const pe_policyset *s = &a->set[leg]->set;
    const pe_policy_list *const lists[] = {&s->resource, &s->boundary, &s->session, &s->endpoint};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0] && !rc; i++) rc = add_list(&c, lists[i]);
    for (uint32_t i = 0; i < s->nscp && !rc; i++) rc = add_list(&c, &s->scp[i]);
    for (uint32_t i = 0; i < s->nrcp && !rc; i++) rc = add_list(&c, &s->rcp[i]);
    for (uint32_t i = 0; i < s->ngrants && !rc; i++) rc = add_principal(&c, &s->grants[i].grantee);
  }
  if (!rc) rc = add_account(&c, c.partition, secret->field[PE_ARN_ACCOUNT]);
  find_stranger(cells);
  return rc;
}

void pe_who_cells_done(pe_who_cells *cells, const pe_alloc *alloc) {
  pe_vec_done(&cells->arns, alloc);
  pe_vec_done(&cells->accounts, alloc);
  pe_vec_done(&cells->patterns, alloc);
}

/* ---- patterns ---- */

bool pe_who_cells_account(pe_slice pattern, pe_slice *account) {
  pe_arn arn;
  pe_arn_split(pattern, &arn);
  *account = arn.count == PE_ARN_FIELDS ? arn.field[PE_ARN_ACCOUNT] : (pe_slice){NULL, 0};
  if (arn.count != PE_ARN_FIELDS) return false;
  if (pe_arn_is_account(*account)) return true;
  const bool any = pe_slice_eq(*account, PE_SLICE("*"));
  account->len = 0;
  return any;
}

bool pe_who_cells_singles_out(const pe_who_cells *cells, pe_slice account) {
  pe_slice of;
  for (size_t i = 0; i < cells->patterns.len; i++)
    if (pe_who_cells_account(cells->patterns.data[i], &of) && (!of.len || !account.len || pe_slice_eq(of, account))) return true;
  return names_one(cells, account);
}

/* A field with its wildcards filled in. */
static void fill_in(pe_buf *out, pe_slice field, const char *whole) {
  if (pe_slice_eq(field, PE_SLICE("*"))) {
    pe_buf_str(out, whole);
    return;
  }
  for (size_t i = 0; i < field.len; i++) {
    if (field.ptr[i] == '*') pe_buf_str(out, "Example");
    else pe_buf_char(out, field.ptr[i] == '?' ? 'x' : field.ptr[i]);
  }
}

void pe_who_cells_example(pe_slice pattern, pe_slice account, pe_buf *out) {
  pe_arn arn;
  pe_arn_split(pattern, &arn);
  pe_slice resource = arn.field[PE_ARN_RESOURCE];
  pe_buf_str(out, "arn:");
  fill_in(out, arn.field[PE_ARN_PARTITION], "aws");
  pe_buf_char(out, ':');
  fill_in(out, arn.field[PE_ARN_SERVICE], "iam");
  pe_buf_str(out, "::");
  pe_buf_slice(out, account);
  pe_buf_char(out, ':');
  if (resource.len > 1 && resource.ptr[0] == '*') { /* of anything that ends so: of a role */
    pe_buf_str(out, "role/Example");
    resource = pe_slice_sub(resource, resource.ptr[1] == '/' ? 2 : 1, resource.len);
  }
  fill_in(out, resource, "role/Example");
}

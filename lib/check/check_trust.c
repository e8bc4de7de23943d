/* SPDX-License-Identifier: MIT */
/* Role trust policies: actions that go with providers, GitHub, IAM Roles Anywhere. */
#include "check/check.h"

#define GITHUB "token.actions.githubusercontent.com"

static bool is_saml(const pe_principal *p) { return pe_check_contains(p->text, ":saml-provider/"); }

/* Domain of an OpenID Connect provider, from its ARN or written plainly. */
static pe_slice oidc_domain(const pe_principal *p) {
  static const char word[] = ":oidc-provider/";
  size_t n = sizeof word - 1;
  for (size_t i = 0; i + n <= p->text.len; i++) {
    if (memcmp(p->text.ptr + i, word, n) == 0) return pe_slice_sub(p->text, i + n, p->text.len);
  }
  return p->text;
}

static void mismatch(pe_check *c, const pe_principal *p, const char *action, const char *right) {
  pe_check_value(c, PE_RULE_MISMATCHED_ACTION_FOR_PRINCIPAL, p->node,
                 "%s does not go with this principal: it takes %s.", action, right);
}

static bool names(const pe_statement *s, const char *action) {
  for (uint32_t i = 0; i < s->nactions; i++) {
    if (pe_check_action_is(&s->actions[i], action)) return true;
  }
  return false;
}

static void check_actions(pe_check *c, const pe_principal *p) {
  const pe_statement *s = c->s;
  if (s->action_mode != PE_MODE_IS) return;
  bool saml = names(s, "sts:AssumeRoleWithSAML"), web = names(s, "sts:AssumeRoleWithWebIdentity");
  bool plain = names(s, "sts:AssumeRole");
  if (p->map_key == 'F') {
    const char *right = is_saml(p) ? "sts:AssumeRoleWithSAML" : "sts:AssumeRoleWithWebIdentity";
    if (is_saml(p) ? web && !saml : saml && !web)
      mismatch(c, p, is_saml(p) ? "sts:AssumeRoleWithWebIdentity" : "sts:AssumeRoleWithSAML", right);
    else if (plain && !saml && !web)
      mismatch(c, p, "sts:AssumeRole", right);
  } else if ((p->map_key == 'A' || p->map_key == 'S') && (saml || web) && !plain) {
    mismatch(c, p, saml ? "sts:AssumeRoleWithSAML" : "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole");
  }
}

static void check_roles_anywhere(pe_check *c, const pe_principal *p) {
  static const char *const needed[] = {"sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"};
  static const char *const lower[] = {"sts:assumerole", "sts:setsourceidentity", "sts:tagsession"};
  if (p->map_key != 'S' || !pe_slice_eq(p->text, PE_SLICE("rolesanywhere.amazonaws.com"))) return;
  if (c->s->effect != PE_ALLOW) return;
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
    bool there = false;
    for (uint32_t k = 0; k < c->policy->nstatements && !there; k++) {
      const pe_statement *s = &c->policy->statements[k];
      if (s->effect != PE_ALLOW || !pe_check_statement_covers(s, lower[i])) continue;
      for (uint32_t n = 0; n < s->nprincipals && !there; n++) there = pe_slice_eq(s->principals[n].text, p->text);
    }
    if (!there)
      pe_check_value(c, PE_RULE_MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY, p->node,
                     "IAM Roles Anywhere needs %s, too.", needed[i]);
  }
}

static const pe_condition *key_of(const pe_statement *s, pe_slice domain, const char *name) {
  for (uint32_t i = 0; i < s->nconditions; i++) {
    pe_slice key = s->conditions[i].key;
    if (key.len < domain.len + 1 || key.ptr[domain.len] != ':') continue;
    if (!pe_slice_eq_ascii_nocase(pe_slice_sub(key, 0, domain.len), domain)) continue;
    if (!name || pe_check_equals(pe_slice_sub(key, domain.len + 1, key.len), name)) return &s->conditions[i];
  }
  return NULL;
}

/* "repo:ORG/REPO:…": organization and repository stand there without a wildcard. */
static bool specific(pe_slice sub) {
  pe_slice start = PE_SLICE("repo:");
  if (!pe_slice_starts(sub, start)) return !pe_check_has_wildcard(sub);
  pe_slice rest = pe_slice_sub(sub, start.len, sub.len);
  const char *slash = rest.len ? memchr(rest.ptr, '/', rest.len) : NULL;
  if (!slash) return false;
  const char *colon = memchr(slash, ':', rest.len - (size_t)(slash - rest.ptr));
  if (!colon) return false;
  return !pe_check_has_wildcard(pe_slice_sub(rest, 0, (size_t)(colon - rest.ptr)));
}

static void check_github(pe_check *c, const pe_principal *p) {
  const pe_condition *sub = key_of(c->s, PE_SLICE(GITHUB), "sub");
  if (!sub) {
    pe_check_value(c, PE_RULE_MISSING_GITHUB_REPO_CONDITION_KEY, p->node,
                   "Any repository on GitHub may assume the role: add a condition on " GITHUB ":sub.");
    return;
  }
  for (uint32_t i = 0; i < sub->count; i++) {
    if (specific(sub->values[i].text)) continue;
    pe_check_value(c, PE_RULE_SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED, sub->values[i].node,
                   "\"%.*s\" names no single repository.", PE_CHECK_TEXT(sub->values[i].text));
  }
}

static void check_oidc(pe_check *c, const pe_principal *p) {
  if (p->map_key != 'F' || is_saml(p) || c->s->effect != PE_ALLOW) return;
  pe_slice domain = oidc_domain(p);
  if (pe_check_equals(domain, GITHUB)) {
    check_github(c, p);
  } else if (!key_of(c->s, domain, NULL)) {
    pe_check_value(c, PE_RULE_MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL, p->node,
                   "Everybody whom %.*s knows may assume the role: add conditions on its keys.", PE_CHECK_TEXT(domain));
  }
}

/* A role among the principals covers its sessions. */
static void check_session(pe_check *c, const pe_principal *p) {
  if (p->kind != PE_PRINCIPAL_SESSION || c->s->principal_mode != PE_MODE_IS) return;
  for (uint32_t i = 0; i < c->s->nprincipals; i++) {
    const pe_principal *role = &c->s->principals[i];
    if (role->kind != PE_PRINCIPAL_ROLE || !pe_slice_eq(role->name, p->name) || !pe_slice_eq(role->account, p->account))
      continue;
    pe_finding *f = pe_check_value(c, PE_RULE_REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY, p->node,
                                   "\"%.*s\" is a session of a role that is listed, too.", PE_CHECK_TEXT(p->text));
    pe_check_fix_remove(c, f, p->node, true, "Remove the session");
    return;
  }
}

/* An audience claim, which most providers fill with one value. */
static void check_audience(pe_check *c, const pe_condition *e) {
  if (!pe_slice_ends(e->lower, PE_SLICE(":aud")) || e->op.quantifier == PE_SET_NONE) return;
  if (e->op.quantifier == PE_SET_FOR_ANY) {
    pe_check_name(c, PE_RULE_FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE, e->operator_node,
                  "%.*s has one value: remove ForAnyValue.", PE_CHECK_TEXT(e->key));
  } else if (!e->info) {
    pe_check_name(c, PE_RULE_CONFIRM_AUDIENCE_CLAIM_TYPE, e->operator_node,
                  "Make sure that %.*s has several values; with one the qualifier is wrong.", PE_CHECK_TEXT(e->key));
  }
}

void pe_check_trust(pe_check *c) {
  if (c->kind != POLICYEVAL_KIND_TRUST) return;
  for (uint32_t i = 0; i < c->s->nprincipals && !c->result; i++) {
    const pe_principal *p = &c->s->principals[i];
    check_actions(c, p);
    check_roles_anywhere(c, p);
    check_oidc(c, p);
    check_session(c, p);
  }
  for (uint32_t i = 0; i < c->s->nconditions; i++) check_audience(c, &c->s->conditions[i]);
}

/* SPDX-License-Identifier: MIT */
#include "sym/public.h"

#include "base/error.h"
#include "sym/addresses.h"

/* Identity keys -------------------------------------------------------------------------------------------- */

enum { FIXED = 1, ARTICLE = 2, ARN = 4, ADDRESS = 8, PATHS = 16 };

static const struct identity_key {
  const char *name;
  unsigned flags;
} identity_keys[] = {
    {"aws:PrincipalArn", FIXED | ARN},
    {"aws:PrincipalAccount", FIXED},
    {"aws:PrincipalServiceName", FIXED},
    {"aws:PrincipalOrgID", FIXED},
    {"aws:PrincipalOrgPaths", FIXED | PATHS},
    {"aws:SourceArn", FIXED | ARTICLE | ARN},
    {"aws:SourceAccount", FIXED | ARTICLE},
    {"aws:SourceOwner", FIXED},
    {"aws:SourceOrgID", FIXED},
    {"aws:SourceOrgPaths", FIXED | PATHS},
    {"aws:SourceVpc", FIXED | ARTICLE},
    {"aws:SourceVpce", FIXED | ARTICLE},
    {"aws:SourceIp", FIXED | ARTICLE | ADDRESS},
    {"aws:userid", FIXED},
    {"kms:CallerAccount", FIXED},
    {"s3:DataAccessPointArn", FIXED | ARN},
    {"s3:DataAccessPointAccount", FIXED},
    {"s3:x-amz-server-side-encryption-aws-kms-key-id", FIXED},
};

static const struct identity_key *find_key(pe_slice name, unsigned rule) {
  for (size_t i = 0; i < sizeof identity_keys / sizeof identity_keys[0]; i++) {
    const struct identity_key *k = &identity_keys[i];
    if ((k->flags & rule) && pe_slice_eq_ascii_nocase(name, pe_slice_str(k->name))) return k;
  }
  return NULL;
}

/* An entry as a box of one literal. */
static int trust_all(pe_compiler *c, const pe_condition *cond, pe_boxes *out) {
  pe_compile_start(c);
  int rc = pe_compile_condition(c, cond);
  return rc ? rc : pe_compile_finish(c, (pe_origin){.about = "a value that the policy spells out"}, out);
}

/* One trusted value as a condition entry of our own: a box of one literal. */
static int trust_entry(pe_compiler *c, pe_op op, pe_quantifier quantifier, pe_slice key, pe_slice value, pe_boxes *out) {
  pe_operator as = {.op = (uint8_t)op, .quantifier = (uint8_t)quantifier};
  pe_cond_input in = {.text = value, .json_type = PE_JSON_STRING};
  pe_condition *cond = pe_arena_zero(c->space->arena, 1, sizeof *cond);
  char *name = cond ? pe_arena_copy(c->space->arena, key.ptr, key.len) : NULL;
  char *text = name ? pe_arena_copy(c->space->arena, value.ptr, value.len) : NULL;
  if (!text) return POLICYEVAL_ENOMEM;
  in.text = pe_slice_of(text, value.len);
  int rc = pe_condition_compile(c->space->arena, pe_slice_str(pe_op_get(op)->name), &as, pe_slice_of(name, key.len), &in, 1,
                                false, cond);
  return rc ? rc : trust_all(c, cond, out);
}

static int trust_text(pe_compiler *c, pe_slice key, pe_slice value, pe_boxes *out) {
  const pe_key_info *info = pe_key_find(key);
  return trust_entry(c, PE_OP_STRING_EQUALS, info && info->multi ? PE_SET_FOR_ANY : PE_SET_NONE, key, value, out);
}

static bool is_wild(const pe_pattern *p) { return p->has_wild || p->has_variable; }

/* "o-a1b2c3d4e5/…": the organization is spelled out, whatever follows. */
static bool names_org(pe_slice path) {
  size_t i = 0;
  while (i < path.len && path.ptr[i] != '/' && path.ptr[i] != '*' && path.ptr[i] != '?' && path.ptr[i] != '$') i++;
  return i > 2 && i < path.len && path.ptr[i] == '/' && path.ptr[0] == 'o' && path.ptr[1] == '-';
}

/* An ARN with wildcards that spells the account out. */
static bool names_account(const pe_public *p, const struct identity_key *k, const pe_pattern *v) {
  pe_arn arn;
  if (!(k->flags & ARN) || v->has_variable || p->strict_arns) return false;
  pe_arn_split(v->text, &arn);
  return arn.count == PE_ARN_FIELDS && pe_arn_is_account(arn.field[PE_ARN_ACCOUNT]);
}

static int trust_string(pe_compiler *c, const pe_public *p, const struct identity_key *k, const pe_pattern *v,
                        pe_slice key, pe_boxes *out) {
  if (!is_wild(v) && v->text.len) return trust_text(c, key, v->text, out);
  if ((k->flags & PATHS) && !v->has_variable && names_org(v->text)) {
    return trust_entry(c, PE_OP_STRING_LIKE, PE_SET_FOR_ANY, key, v->text, out);
  }
  return names_account(p, k, v) ? trust_entry(c, PE_OP_ARN_LIKE, PE_SET_NONE, key, v->text, out) : 0;
}

static const pe_pattern *pattern_of(const pe_condition *cond, uint32_t i) {
  const pe_cond_value *v = &cond->values[i];
  return cond->family == PE_FAMILY_ARN ? &v->as.arn->whole : &v->as.pattern;
}

/* Does the entry hold for trusted values and no others? Then it is a box by itself, which the Allow it stands in is inside of
 * at first sight. */
static bool all_trusted(const pe_public *p, const struct identity_key *k, const pe_condition *cond) {
  pe_op op = (pe_op)cond->op.op;
  bool equal = op == PE_OP_STRING_EQUALS || op == PE_OP_STRING_LIKE || op == PE_OP_ARN_EQUALS || op == PE_OP_ARN_LIKE;
  if (!equal || cond->op.if_exists || cond->op.quantifier != PE_SET_NONE || (cond->info && cond->info->multi)) return false;
  for (uint32_t i = 0; i < cond->count; i++) {
    if (!cond->values[i].valid) return false;
    const pe_pattern *v = pattern_of(cond, i);
    bool spelled = !is_wild(v) && v->text.len, arn = cond->family == PE_FAMILY_ARN && names_account(p, k, v);
    if (!spelled && !arn) return false;
  }
  return cond->count > 1;
}

/* S3's limit: blocks wider than /8 (IPv6: /32) name nobody; private space is no public address. A block that may be one of
 * IPv4 (AMB-15) is as wide as that. */
bool pe_public_names_block(const pe_cidr *b) {
  pe_cidr v4;
  if (pe_cidr_unmap(b, &v4)) b = &v4;
  return b->prefix >= (b->version == 4 ? 8 : 32) || pe_cidr_private(b);
}

static int trust_condition(pe_compiler *c, const pe_public *p, const pe_condition *cond, unsigned rule, pe_boxes *out) {
  const struct identity_key *k = find_key(cond->key, rule);
  pe_family family = (pe_family)pe_op_get((pe_op)cond->op.op)->family;
  int rc = 0;
  if (k && all_trusted(p, k, cond)) return trust_all(c, cond, out);
  for (uint32_t i = 0; k && i < cond->count && !rc; i++) {
    const pe_cond_value *v = &cond->values[i];
    if (!v->valid) continue;
    if (family == PE_FAMILY_STRING || family == PE_FAMILY_ARN) rc = trust_string(c, p, k, pattern_of(cond, i), cond->key, out);
    if (family == PE_FAMILY_IP && (k->flags & ADDRESS) && pe_public_names_block(&v->as.cidr)) {
      rc = trust_entry(c, PE_OP_IP_ADDRESS, PE_SET_NONE, cond->key, v->text, out);
    }
  }
  return rc;
}

/* RFC 1918, whoever writes it. */
static int trust_private(pe_compiler *c, pe_boxes *out) {
  static const char *const blocks[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"};
  int rc = 0;
  for (size_t i = 0; i < sizeof blocks / sizeof blocks[0] && !rc; i++) {
    rc = trust_entry(c, PE_OP_IP_ADDRESS, PE_SET_NONE, PE_SLICE("aws:SourceIp"), pe_slice_str(blocks[i]), out);
  }
  return rc;
}

/* Principals ------------------------------------------------------------------------------------------------- */

static int trust_list_of(pe_compiler *c, const pe_principal *list, uint32_t n, pe_boxes *out) {
  pe_literal l = 0;
  pe_compile_start(c);
  int rc = pe_compile_one_of(c, list, n, &l);
  if (!rc) rc = pe_compile_add(c, l);
  return rc ? rc : pe_compile_finish(c, (pe_origin){.about = "a principal that the policy names"}, out);
}

static bool names_nobody(const pe_principal *p) { return p->kind == PE_PRINCIPAL_ANY || p->kind == PE_PRINCIPAL_PROVIDER; }

/* The principals that statements list; web identity and "*" name nobody. */
static int trust_principals(pe_compiler *c, const pe_policy *p, pe_boxes *out) {
  int rc = 0;
  for (uint32_t i = 0; i < p->nstatements && !rc; i++) {
    const pe_statement *s = &p->statements[i];
    uint32_t first = 0; /* runs of named principals: the whole list, nearly always */
    for (uint32_t k = 0; k <= s->nprincipals && !rc; k++) {
      if (k < s->nprincipals && !names_nobody(&s->principals[k])) continue;
      if (k > first) rc = trust_list_of(c, s->principals + first, k - first, out);
      first = k + 1;
    }
  }
  return rc;
}

/* A statement for AWS services in general is a class of its own, not the public. */
static bool asks_for_services(const pe_condition *cond) {
  if (!pe_slice_eq_ascii_nocase(cond->key, PE_SLICE("aws:PrincipalIsAWSService"))) return false;
  for (uint32_t i = 0; i < cond->count; i++) {
    if (pe_slice_eq_ascii_nocase(cond->values[i].text, PE_SLICE("true"))) return true;
  }
  return false;
}

static int trust_services(pe_compiler *c, pe_boxes *out) {
  return trust_entry(c, PE_OP_BOOL, PE_SET_NONE, PE_SLICE("aws:PrincipalIsAWSService"), PE_SLICE("true"), out);
}

static bool mentions_services(const pe_group *g) {
  for (uint32_t i = 0; i < g->count; i++) {
    for (uint32_t s = 0; s < g->policies[i]->nstatements; s++) {
      const pe_statement *st = &g->policies[i]->statements[s];
      for (uint32_t k = 0; k < st->nconditions; k++) {
        if (asks_for_services(&st->conditions[k])) return true;
      }
    }
  }
  return false;
}

/* Zone of trust ---------------------------------------------------------------------------------------------- */

static int trust_list(pe_compiler *c, const char *key, const pe_slice *values, uint32_t count, pe_boxes *out) {
  int rc = 0;
  for (uint32_t i = 0; i < count && !rc; i++) rc = trust_text(c, pe_slice_str(key), values[i], out);
  return rc;
}

static int trust_formed(pe_compiler *c, pe_op op, pe_quantifier quantifier, const char *key, const char *before,
                        pe_slice value, const char *after, pe_boxes *out) {
  pe_buf text;
  pe_buf_init(&text, c->alloc);
  pe_buf_str(&text, before);
  pe_buf_slice(&text, value);
  pe_buf_str(&text, after);
  int rc = text.failed ? POLICYEVAL_ENOMEM
                       : trust_entry(c, op, quantifier, pe_slice_str(key), pe_slice_of(text.ptr, text.len), out);
  pe_buf_done(&text);
  return rc;
}

static int trust_zone(pe_compiler *c, const pe_public *p, pe_boxes *out) {
  int rc = trust_services(c, out);
  if (!rc) rc = trust_list(c, "aws:PrincipalAccount", p->accounts, p->naccounts, out);
  if (!rc) rc = trust_list(c, "aws:SourceAccount", p->accounts, p->naccounts, out);
  if (!rc) rc = trust_list(c, "aws:SourceOwner", p->accounts, p->naccounts, out);
  for (uint32_t i = 0; i < p->naccounts && !rc; i++) {
    rc = trust_formed(c, PE_OP_ARN_LIKE, PE_SET_NONE, "aws:SourceArn", "arn:*:*:*:", p->accounts[i], ":*", out);
  }
  if (!rc) rc = trust_list(c, "aws:PrincipalOrgID", p->orgs, p->norgs, out);
  if (!rc) rc = trust_list(c, "aws:SourceOrgID", p->orgs, p->norgs, out);
  for (uint32_t i = 0; i < p->norgs && !rc; i++) {
    rc = trust_formed(c, PE_OP_STRING_LIKE, PE_SET_FOR_ANY, "aws:PrincipalOrgPaths", "", p->orgs[i], "/*", out);
  }
  if (!rc) rc = trust_list(c, "aws:SourceVpc", p->vpcs, p->nvpcs, out);
  return rc ? rc : trust_list(c, "aws:SourceVpce", p->vpces, p->nvpces, out);
}

int pe_public_trust(pe_compiler *c, void *user, pe_boxes *out) {
  const pe_public *p = user;
  const pe_group *g = &p->question.subject;
  if (p->rule == PE_PUBLIC_ZONE) return trust_zone(c, p, out);
  unsigned rule = p->rule == PE_PUBLIC_ARTICLE ? ARTICLE : FIXED;
  int rc = trust_private(c, out);
  for (uint32_t i = 0; i < g->count && !rc; i++) {
    const pe_policy *policy = g->policies[i];
    if (rule == FIXED) rc = trust_principals(c, policy, out);
    for (uint32_t s = 0; s < policy->nstatements && !rc; s++) {
      for (uint32_t k = 0; k < policy->statements[s].nconditions && !rc; k++) {
        rc = trust_condition(c, p, &policy->statements[s].conditions[k], rule, out);
      }
    }
  }
  if (!rc && rule == FIXED && mentions_services(g)) rc = trust_services(c, out);
  return rc;
}

/* The number of addresses ------------------------------------------------------------------------------------ */

int pe_public_trust_address(pe_compiler *c, pe_slice address, pe_boxes *out) {
  return trust_entry(c, PE_OP_IP_ADDRESS, PE_SET_NONE, PE_SLICE("aws:SourceIp"), address, out);
}

static bool uses_addresses(const pe_group *g) {
  for (uint32_t p = 0; p < g->count; p++) {
    for (uint32_t s = 0; s < g->policies[p]->nstatements; s++) {
      const pe_statement *st = &g->policies[p]->statements[s];
      for (uint32_t k = 0; k < st->nconditions; k++) {
        if (pe_op_get((pe_op)st->conditions[k].op.op)->family == PE_FAMILY_IP) return true;
      }
    }
  }
  return false;
}

/* Asking ----------------------------------------------------------------------------------------------------- */

/* The article's second half: no "*" as principal, whatever the conditions. */
static int stars(const pe_public *p, pe_public_result *out) {
  const pe_policy *policy = p->question.subject.count ? p->question.subject.policies[0] : NULL;
  int rc = 0;
  for (uint32_t s = 0; policy && s < policy->nstatements && !rc && out->result.answer == PE_ANSWER_NO; s++) {
    const pe_statement *st = &policy->statements[s];
    bool star = false;
    for (uint32_t k = 0; k < st->nprincipals; k++) star |= st->principals[k].kind == PE_PRINCIPAL_ANY;
    if (st->effect == PE_DENY || !star || (p->question.statement != UINT32_MAX && s != p->question.statement)) continue;
    pe_question q = p->question;
    q.statement = s;
    pe_question_charge(&q, &out->result);
    pe_result r;
    rc = pe_query_run(&q, &r);
    if (rc) break;
    pe_result_done(&out->result);
    out->result = r;
  }
  return rc;
}

int pe_public_run(const pe_public *p, pe_public_result *out) {
  pe_public own = *p;
  pe_public_result r = {.result = {.alloc = p->question.alloc}};
  own.question.trust = pe_public_trust;
  own.question.user = &own;
  int rc = pe_query_run(&own.question, &r.result);
  if (rc) return rc;
  own.question.trust = NULL;
  own.question.user = NULL;
  own.question.each = false;
  /* A statement can be public, too, for its "*" or for the number of its addresses: those are to be asked one by one. */
  const bool counts = p->rule != PE_PUBLIC_ZONE && uses_addresses(&p->question.subject);
  r.more_to_ask = p->rule == PE_PUBLIC_ARTICLE || counts;
  if (r.result.answer == PE_ANSWER_NO && p->rule == PE_PUBLIC_ARTICLE) rc = stars(&own, &r);
  if (!rc && r.result.answer == PE_ANSWER_NO && counts) rc = pe_addresses_count(&own, &r);
  if (rc) {
    pe_result_done(&r.result);
    return rc;
  }
  r.only_services = r.result.answer == PE_ANSWER_NO && mentions_services(&p->question.subject);
  *out = r;
  return 0;
}

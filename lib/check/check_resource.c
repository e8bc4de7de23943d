/* SPDX-License-Identifier: MIT */
/* Resource and NotResource, one entry and one field at a time: L1.7. */
#include "check/arns.h"
#include "check/check.h"

typedef struct entry {
  const pe_resource *r;
  pe_arn arn;
} entry;

/* Offset of a field in the text of the entry. */
static size_t at(const entry *e, int field) { return (size_t)(e->arn.field[field].ptr - e->r->text.ptr); }

static pe_finding *report(pe_check *c, const entry *e, int field, pe_rule rule, const char *before, const char *after) {
  pe_slice s = e->arn.field[field];
  size_t from = at(e, field), to = from + s.len;
  return pe_check_part(c, rule, e->r->node, from, to, "%s\"%.*s\"%s", before, PE_CHECK_TEXT(s), after);
}

static void check_prefix(pe_check *c, const pe_resource *r) {
  size_t blanks = 0;
  while (blanks < r->text.len && r->text.ptr[blanks] == ' ') blanks++;
  pe_slice rest = pe_slice_sub(r->text, blanks, r->text.len);
  if (blanks && (pe_slice_starts(rest, PE_SLICE("arn:")) || pe_slice_eq(rest, PE_SLICE("*")))) {
    pe_finding *f = pe_check_part(c, PE_RULE_INVALID_ARN_PREFIX, r->node, 0, blanks,
                                  "A blank stands in front of the ARN: it matches nothing, and IAM refuses it.");
    pe_check_fix_part(c, f, r->node, 0, blanks, PE_SLICE(""), true, "Remove the blank");
  } else if (pe_check_starts(rest, "arn:")) {
    pe_finding *f = pe_check_part(c, PE_RULE_INVALID_ARN_PREFIX, r->node, blanks, blanks + 3,
                                  "An ARN begins with \"arn:\" in small letters.");
    pe_check_fix_part(c, f, r->node, blanks, blanks + 3, PE_SLICE("arn"), true, "Write arn");
  } else {
    pe_check_value(c, PE_RULE_INVALID_ARN_PREFIX, r->node, "\"%.*s\" is neither \"*\" nor an ARN: it matches nothing.",
                   PE_CHECK_TEXT(r->text));
  }
}

static void check_end(pe_check *c, const pe_resource *r) {
  size_t end = r->text.len;
  while (end > 0 && r->text.ptr[end - 1] == ' ') end--;
  if (end == r->text.len) return;
  pe_finding *f = pe_check_part(c, PE_RULE_RESOURCE_TRAILING_SPACE, r->node, end, r->text.len,
                                "A blank stands behind the ARN: it matches nothing.");
  pe_check_fix_part(c, f, r->node, end, r->text.len, PE_SLICE(""), true, "Remove the blank");
}

static void check_partition(pe_check *c, const entry *e) {
  pe_slice s = e->arn.field[PE_ARN_PARTITION];
  if (pe_check_has_variable(s)) return; /* check_variable.c */
  if (pe_check_has_wildcard(s)) {
    report(c, e, PE_ARN_PARTITION, PE_RULE_WILDCARD_IN_PARTITION, "AWS documents no wildcard in the partition ", ".");
  } else if (!pe_arns_partition(s)) {
    report(c, e, PE_ARN_PARTITION, PE_RULE_INVALID_PARTITION, "There is no partition ", ": most ARNs have aws.");
  }
}

static void check_service(pe_check *c, const entry *e) {
  pe_slice s = e->arn.field[PE_ARN_SERVICE];
  bool upper = false;
  for (size_t i = 0; i < s.len; i++) upper = upper || (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z');
  if (pe_check_has_variable(s)) return;
  if (pe_check_has_wildcard(s)) {
    report(c, e, PE_ARN_SERVICE, PE_RULE_WILDCARD_IN_SERVICE_NAME, "AWS documents no wildcard in the service ", ".");
  } else if (upper && s.len < 64) {
    char small[64];
    for (size_t i = 0; i < s.len; i++) small[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i]);
    pe_finding *f = report(c, e, PE_ARN_SERVICE, PE_RULE_INVALID_ARN_SERVICE_CASE, "The service ",
                           " is written in small letters.");
    pe_check_fix_part(c, f, e->r->node, at(e, PE_ARN_SERVICE), at(e, PE_ARN_SERVICE) + s.len, pe_slice_of(small, s.len),
                      true, "Write small letters");
  } else if (s.len == 0 || (c->options->full_catalog && !pe_arns_service(c->catalog, s))) {
    report(c, e, PE_ARN_SERVICE, PE_RULE_INVALID_SERVICE, "There is no service ", ".");
  }
}

static void check_region(pe_check *c, const entry *e) {
  pe_slice s = e->arn.field[PE_ARN_REGION], partition = e->arn.field[PE_ARN_PARTITION];
  if (s.len == 0 || pe_check_is_open(s)) return;
  if (!pe_arns_region(s)) {
    report(c, e, PE_ARN_REGION, PE_RULE_INVALID_ARN_REGION, "There is no Region ", ".");
    return;
  }
  const char *home = pe_arns_region_partition(s);
  if (home && pe_arns_partition(partition) && !pe_slice_eq(partition, pe_slice_str(home)))
    report(c, e, PE_ARN_REGION, PE_RULE_INVALID_ARN_REGION, "The Region ", " is in another partition.");
}

/* Fields that AWS fills with a word of its own: managed policies, agreements, CloudFront identities. */
static bool account_word(pe_slice s) {
  for (size_t i = 0; i < s.len; i++) {
    if (!((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || s.ptr[i] == '-')) return false;
  }
  return pe_check_starts(s, "aws") || pe_check_equals(s, "amazon") || pe_check_equals(s, "cloudfront") ||
         pe_check_equals(s, "third-party");
}

static void check_account(pe_check *c, const entry *e) {
  pe_slice s = e->arn.field[PE_ARN_ACCOUNT];
  if (s.len == 0 || pe_check_is_open(s) || pe_arn_is_account(s) || account_word(s)) return;
  report(c, e, PE_ARN_ACCOUNT, PE_RULE_INVALID_ARN_ACCOUNT, "", " is no account id: those have twelve digits.");
}

/* AWS owns some resources itself, and their ARNs have no account. */
static bool owned_by_aws(const entry *e) {
  static const char *const starts[] = {"ssm:document/", "ssm:automation-definition/", "ssm:parameter/aws/",
                                       "resource-explorer-2:view/AWSServiceView"};
  pe_slice service = e->arn.field[PE_ARN_SERVICE], resource = e->arn.field[PE_ARN_RESOURCE];
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
    const char *rest = strchr(starts[i], ':');
    if (pe_slice_eq(service, pe_slice_of(starts[i], (size_t)(rest - starts[i]))) &&
        pe_slice_starts(resource, pe_slice_str(rest + 1)))
      return true;
  }
  return false;
}

/* The fields together, against the formats of the service. */
static void check_format(pe_check *c, const entry *e) {
  pe_arns_fit fit;
  pe_slice region = e->arn.field[PE_ARN_REGION], account = e->arn.field[PE_ARN_ACCOUNT];
  pe_arns_fit_formats(c->catalog, &e->arn, &fit);
  if (!fit.known) return;
  if (!fit.resource) {
    /* The root user of an account stands in no table. */
    if (pe_slice_eq(e->arn.field[PE_ARN_SERVICE], PE_SLICE("iam")) &&
        pe_slice_eq(e->arn.field[PE_ARN_RESOURCE], PE_SLICE("root")))
      return;
    report(c, e, PE_ARN_RESOURCE, PE_RULE_INVALID_ARN_RESOURCE, "The service has no resource of the form ", ".");
    return;
  }
  bool star = pe_slice_eq(region, PE_SLICE("*"));
  if (fit.region_never && region.len && !star) /* a lone asterisk also stands for nothing */
    report(c, e, PE_ARN_REGION, PE_RULE_ARN_REGION_NOT_ALLOWED, "ARNs of this type have no Region: remove ", ".");
  if (fit.region_always && !region.len)
    report(c, e, PE_ARN_RESOURCE, PE_RULE_MISSING_ARN_REGION, "The ARN of ", " needs a Region, or an asterisk for it.");
  star = pe_slice_eq(account, PE_SLICE("*"));
  if (fit.account_never && account.len && !star)
    report(c, e, PE_ARN_ACCOUNT, PE_RULE_ARN_ACCOUNT_NOT_ALLOWED, "ARNs of this type have no account: remove ", ".");
  if (fit.account_always && !account.len && !owned_by_aws(e))
    report(c, e, PE_ARN_RESOURCE, PE_RULE_MISSING_ARN_ACCOUNT, "The ARN of ", " needs an account, or an asterisk for it.");
}

static bool is_service(const entry *e, const char *name) {
  return pe_slice_eq(e->arn.field[PE_ARN_SERVICE], pe_slice_str(name));
}

static void check_type_word(pe_check *c, const entry *e) {
  static const char *const worded[] = {"secretsmanager", "kms", "iam", "sts"}; /* PE-1 */
  bool asked = false;
  for (size_t i = 0; i < sizeof worded / sizeof worded[0]; i++) asked = asked || is_service(e, worded[i]);
  if (asked && e->r->pattern.wild_type)
    report(c, e, PE_ARN_RESOURCE, PE_RULE_WILDCARD_IN_RESOURCE_TYPE, "A wildcard stands in the resource type of ", ".");
}

/* L1.7.16: what a policy that hangs on one resource may name. */
static void check_home(pe_check *c, const entry *e) {
  pe_slice service = e->arn.field[PE_ARN_SERVICE];
  const char *home = c->kind == POLICYEVAL_KIND_SECRET ? "secretsmanager" : "kms";
  if (c->kind != POLICYEVAL_KIND_SECRET && c->kind != POLICYEVAL_KIND_KMS_KEY) return;
  bool alias = c->kind == POLICYEVAL_KIND_KMS_KEY && pe_slice_starts(e->arn.field[PE_ARN_RESOURCE], PE_SLICE("alias/"));
  if ((!pe_check_is_open(service) && !pe_slice_eq(service, pe_slice_str(home))) || alias) {
    pe_check_value(c, PE_RULE_UNSUPPORTED_RESOURCE_ARN_IN_POLICY, e->r->node,
                   "\"%.*s\" is not what the policy hangs on: write \"*\", which means this %s.", PE_CHECK_TEXT(e->r->text),
                   c->kind == POLICYEVAL_KIND_SECRET ? "secret" : "key");
    return;
  }
  pe_finding *f = pe_check_value(c, PE_RULE_KEY_POLICY_RESOURCE_ARN, e->r->node,
                                 "Write \"*\", which means this key: the ARN works only if it is that of this very key.");
  pe_check_fix(c, f, PE_SLICE("\"*\""), false, "Write *");
}

static bool alphanumeric(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
}

/* D4.1: the ARN of a secret ends in a hyphen and six characters. */
static void check_suffix(pe_check *c, const entry *e) {
  pe_slice s = e->arn.field[PE_ARN_RESOURCE];
  if (!is_service(e, "secretsmanager") || !pe_slice_starts(s, PE_SLICE("secret:")) || pe_check_is_open(s)) return;
  bool suffix = s.len >= 8 + 6 && s.ptr[s.len - 7] == '-';
  for (size_t i = s.len < 6 ? 0 : s.len - 6; i < s.len && suffix; i++) suffix = alphanumeric(s.ptr[i]);
  if (suffix) return;
  pe_finding *f = report(c, e, PE_ARN_RESOURCE, PE_RULE_SECRET_ARN_WITHOUT_SUFFIX, "No secret is called ",
                         " alone: a hyphen and six characters follow every name. Write -?????? behind it.");
  pe_check_fix_part(c, f, e->r->node, e->r->text.len, e->r->text.len, PE_SLICE("-??????"), false, "Add -??????");
}

static void check_region_fixed(pe_check *c, const entry *e) {
  pe_slice s = e->arn.field[PE_ARN_REGION];
  if ((!is_service(e, "secretsmanager") && !is_service(e, "kms")) || !pe_arns_region(s)) return;
  report(c, e, PE_ARN_REGION, PE_RULE_RESOURCE_REGION_FIXED, "This holds in ", " only: requests in other Regions are "
         "not covered.");
}

/* L1.7.17: using a key needs the key ARN. */
static void check_alias(pe_check *c, const entry *e) {
  if (!is_service(e, "kms") || !pe_slice_starts(e->arn.field[PE_ARN_RESOURCE], PE_SLICE("alias/"))) return;
  if (!pe_check_wants(c, PE_RULE_KMS_ALIAS_RESOURCE)) return;
  const pe_statement *s = c->s;
  bool crypto = false;
  for (uint32_t i = 0; i < s->nactions && !crypto && s->action_mode == PE_MODE_IS; i++) {
    const pe_action_info *info =
        s->actions[i].any || s->actions[i].never ? NULL : pe_catalog_action(c->catalog, s->actions[i].text);
    crypto = info && info->flags & PE_ACTION_CRYPTO;
  }
  if (crypto)
    report(c, e, PE_ARN_RESOURCE, PE_RULE_KMS_ALIAS_RESOURCE, "", " is no key: the ARN of an alias does not allow the use "
           "of its key.");
}

static void check_entry(pe_check *c, const pe_resource *r) {
  entry e = {.r = r};
  if (pe_slice_eq(r->text, PE_SLICE("*"))) return;
  pe_arn_split_pattern(r->text, &e.arn);
  if (!pe_slice_starts(r->text, PE_SLICE("arn:"))) {
    check_prefix(c, r);
    size_t blanks = 0;
    while (blanks < r->text.len && r->text.ptr[blanks] == ' ') blanks++;
    pe_slice rest = pe_slice_sub(r->text, blanks, r->text.len);
    if (!blanks || !pe_slice_starts(rest, PE_SLICE("arn:"))) return;
    pe_arn_split_pattern(rest, &e.arn); /* what else is wrong behind the blank */
  }
  check_end(c, r);
  if (e.arn.count < PE_ARN_FIELDS) {
    if (!pe_check_is_faulted(c, r->node))
      pe_check_value(c, PE_RULE_MISSING_ARN_FIELD, r->node, "\"%.*s\" has %u of the six fields of an ARN.",
                     PE_CHECK_TEXT(r->text), e.arn.count);
    return;
  }
  check_partition(c, &e);
  check_service(c, &e);
  check_region(c, &e);
  if (!pe_check_is_faulted(c, r->node)) check_account(c, &e);
  if (!pe_check_is_faulted(c, r->node)) check_format(c, &e);
  check_type_word(c, &e);
  check_home(c, &e);
  check_suffix(c, &e);
  check_region_fixed(c, &e);
  check_alias(c, &e);
}

void pe_check_resources(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nresources && !c->result; i++) {
    const pe_resource *r = &c->s->resources[i];
    if (pe_json_is(c->json, r->node, PE_JSON_STRING)) check_entry(c, r);
  }
}

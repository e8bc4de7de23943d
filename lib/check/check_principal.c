/* SPDX-License-Identifier: MIT */
/* Principal and NotPrincipal, one entry at a time: L1.5. */
#include "check/check.h"

static bool known(const pe_known_principals *list, pe_slice name) {
  size_t low = 0, high = list->count;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int d = pe_slice_cmp(name, list->names[mid]);
    if (d == 0) return true;
    if (d < 0) {
      high = mid;
    } else {
      low = mid + 1;
    }
  }
  return false;
}

/* An account is known by its number and by its root ARN. */
static bool known_account(const pe_known_principals *list, const pe_principal *p) {
  char arn[64];
  if (p->account.len != 12) return true; /* not judged: it is no account id */
  if (known(list, p->account)) return true;
  memcpy(arn, "arn:aws:iam::", 13);
  memcpy(arn + 13, p->account.ptr, 12);
  memcpy(arn + 25, ":root", 5);
  return known(list, p->text) || known(list, pe_slice_of(arn, 30));
}

/* The role of a session, its path unknown: any listed role of that account and name will do. */
static bool known_session(const pe_known_principals *list, const pe_principal *p) {
  if (known(list, p->text)) return true;
  for (size_t i = 0; i < list->count; i++) {
    pe_principal other;
    pe_principal_parse(list->names[i], 'A', &other);
    if (other.kind == PE_PRINCIPAL_ROLE && pe_slice_eq(other.account, p->account) && pe_slice_eq(other.name, p->name))
      return true;
  }
  return false;
}

static void check_known(pe_check *c, const pe_principal *p) {
  const pe_known_principals *list = c->options->known;
  if (!list) return;
  bool there = true;
  switch (p->kind) {
  case PE_PRINCIPAL_ACCOUNT:
    there = known_account(list, p);
    break;
  case PE_PRINCIPAL_SESSION:
    there = known_session(list, p);
    break;
  case PE_PRINCIPAL_USER:
  case PE_PRINCIPAL_ROLE:
  case PE_PRINCIPAL_ID:
    there = known(list, p->text);
    break;
  default:
    break;
  }
  if (!there)
    pe_check_value(c, PE_RULE_UNKNOWN_PRINCIPAL, p->node, "There is no principal \"%.*s\" in the list of known ones.",
                   PE_CHECK_TEXT(p->text));
}

/* Labels of letters, digits and hyphens with dots between them. */
static bool is_domain(pe_slice s, bool upper) {
  bool label = false, dot = false;
  for (size_t i = 0; i < s.len; i++) {
    char ch = s.ptr[i];
    if (ch == '.') {
      if (!label) return false;
      label = false;
      dot = true;
    } else if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_' ||
               (upper && ch >= 'A' && ch <= 'Z')) {
      label = true;
    } else {
      return false;
    }
  }
  return label && dot;
}

static bool service_form(pe_slice s) {
  static const char *const ends[] = {".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".amazonaws.eu",
                                     ".c2s.ic.gov",    ".sc2s.sgov.gov",    ".aws.internal"};
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    if (pe_slice_ends(s, pe_slice_str(ends[i]))) return is_domain(s, false);
  }
  return false;
}

/* The first label is the prefix of a service; some services have principals of other names. */
static bool service_exists(const pe_check *c, pe_slice s) {
  static const char *const others[] = { /* beside the service prefixes of the tables */
      "apigateway", "application-autoscaling", "autoscaling", "backup", "batch", "cloudformation", "cloudfront",
      "cloudtrail", "codebuild", "codepipeline", "config", "delivery", "dms", "dynamodb", "ec2", "ec2scheduled", "ecs",
      "ecs-tasks", "edgelambda", "eks", "eks-fargate-pods", "eks-nodegroup", "elasticache", "elasticloadbalancing",
      "elasticmapreduce", "es", "events", "export", "firehose", "glue", "guardduty", "health", "inspector2", "iot",
      "kinesis", "lambda", "lex", "lexv2", "logdelivery", "logger", "logs", "macie", "malware-protection",
      "malware-protection-plan", "member", "monitoring", "opensearchservice", "ops", "opsworks", "pipes", "pods", "rds",
      "redshift", "replicator", "reporting", "rolesanywhere", "route53", "s3", "sagemaker", "scheduler",
      "serverlessrepo", "ses", "sns", "spot", "spotfleet", "sqs", "ssm", "ssm-incidents", "states", "storagegateway",
      "transfer", "transitgateway", "vmie", "vpc-flow-logs", "vpc-flowlogs", "vpce", "wafv2", "workmail", "xray"};
  const char *dot = memchr(s.ptr, '.', s.len);
  pe_slice label = pe_slice_sub(s, 0, dot ? (size_t)(dot - s.ptr) : s.len);
  if (pe_catalog_knows_service(c->catalog, label)) return true;
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    if (pe_slice_eq(label, pe_slice_str(others[i]))) return true;
  }
  return false;
}

static void check_service(pe_check *c, const pe_principal *p) {
  if (pe_slice_eq(p->text, PE_SLICE("*"))) {
    pe_check_value(c, PE_RULE_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, p->node, "Service takes no wildcard: name the service.");
  } else if (!service_form(p->text)) {
    pe_check_value(c, PE_RULE_INVALID_SERVICE_PRINCIPAL_FORMAT, p->node,
                   "\"%.*s\" is no service principal: write one such as lambda.amazonaws.com.", PE_CHECK_TEXT(p->text));
  } else if ((c->options->full_catalog && !service_exists(c, p->text)) ||
             (c->options->known && !known(c->options->known, p->text) && !service_exists(c, p->text))) {
    pe_check_value(c, PE_RULE_UNKNOWN_SERVICE_PRINCIPAL, p->node, "There is no service principal \"%.*s\".",
                   PE_CHECK_TEXT(p->text));
  }
}

static void check_provider(pe_check *c, const pe_principal *p) {
  if (c->kind != POLICYEVAL_KIND_TRUST) {
    pe_check_value(c, PE_RULE_FEDERATED_PRINCIPAL_NOT_SUPPORTED, p->node,
                   "Only a trust policy names an identity provider: name the role that trusts it.");
    return;
  }
  pe_arn arn;
  pe_arn_split(p->text, &arn);
  bool fine = is_domain(p->text, false);
  if (arn.count == PE_ARN_FIELDS && pe_slice_eq(arn.field[PE_ARN_SERVICE], PE_SLICE("iam"))) {
    pe_slice r = arn.field[PE_ARN_RESOURCE];
    fine = pe_slice_starts(r, PE_SLICE("saml-provider/")) || pe_slice_starts(r, PE_SLICE("oidc-provider/"));
  }
  if (!fine)
    pe_check_value(c, PE_RULE_INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY, p->node,
                   "\"%.*s\" is neither a domain name nor the ARN of a provider.", PE_CHECK_TEXT(p->text));
}

static void check_aws(pe_check *c, const pe_principal *p) {
  if (pe_check_has_variable(p->text)) return; /* check_variable.c */
  switch (p->kind) {
  case PE_PRINCIPAL_ID: {
    bool user = pe_slice_starts(p->text, PE_SLICE("AIDA"));
    pe_check_value(c, user ? PE_RULE_INVALID_USER_REFERENCE : PE_RULE_INVALID_ROLE_REFERENCE, p->node,
                   "\"%.*s\" is the id of a %s, which AWS shows when the %s was deleted: nobody may match it any more.",
                   PE_CHECK_TEXT(p->text), user ? "user" : "role", user ? "user" : "role");
    break;
  }
  case PE_PRINCIPAL_OTHER:
    if (pe_check_has_wildcard(p->text)) {
      pe_check_value(c, PE_RULE_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, p->node,
                     "\"%.*s\" has a wildcard: a principal is \"*\" alone or has none.", PE_CHECK_TEXT(p->text));
    } else if (!pe_check_is_faulted(c, p->node)) {
      bool group = pe_check_contains(p->text, ":group/");
      pe_check_value(c, PE_RULE_INVALID_PRINCIPAL, p->node, group ? "\"%.*s\" is a group, and groups are no principals."
                                                                  : "\"%.*s\" can match nobody.",
                     PE_CHECK_TEXT(p->text));
    }
    break;
  default:
    /* "cloudfront" stands in the account of its legacy identities. */
    if (p->account.len && !pe_arn_is_account(p->account) && !pe_check_equals(p->account, "cloudfront") &&
        !pe_check_is_faulted(c, p->node))
      pe_check_value(c, PE_RULE_INVALID_PRINCIPAL, p->node, "\"%.*s\" is no account id: those have twelve digits.",
                     PE_CHECK_TEXT(p->account));
    break;
  }
}

static bool lists_account(const pe_statement *s, pe_slice account) {
  for (uint32_t i = 0; i < s->nprincipals; i++) {
    const pe_principal *p = &s->principals[i];
    if (p->kind == PE_PRINCIPAL_ANY || (p->kind == PE_PRINCIPAL_ACCOUNT && pe_slice_eq(p->account, account))) return true;
  }
  return false;
}

/* AMB-23: each level of a caller has to be listed. */
static void check_not_principal(pe_check *c) {
  const pe_statement *s = c->s;
  if (s->principal_mode != PE_MODE_NOT) return;
  if (s->effect == PE_ALLOW) {
    pe_finding *f = pe_check_value(c, PE_RULE_ALLOW_WITH_NOT_PRINCIPAL, s->principal_node,
                                   "Allow with NotPrincipal is for everybody but those listed: write Principal.");
    if (f) {
      f->on_key = 1;
      f->span = pe_check_node(c, s->principal_node)->key_span;
    }
    return;
  }
  for (uint32_t i = 0; i < s->nprincipals; i++) {
    const pe_principal *p = &s->principals[i];
    if (p->kind != PE_PRINCIPAL_USER && p->kind != PE_PRINCIPAL_ROLE && p->kind != PE_PRINCIPAL_SESSION) continue;
    if (lists_account(s, p->account)) continue;
    pe_check_value(c, PE_RULE_NOT_PRINCIPAL_WITHOUT_ACCOUNT, p->node,
                   "The Deny still hits \"%.*s\": list arn:aws:iam::%.*s:root, too.", PE_CHECK_TEXT(p->text),
                   PE_CHECK_TEXT(p->account));
    return; /* the rest of the list is the same case */
  }
}

void pe_check_principals(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nprincipals && !c->result; i++) {
    const pe_principal *p = &c->s->principals[i];
    if (p->bare_star && c->kind == POLICYEVAL_KIND_TRUST)
      pe_check_value(c, PE_RULE_ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, p->node,
                     "A trust policy does not take \"Principal\": \"*\".");
    switch (p->map_key) {
    case 'A':
      check_aws(c, p);
      break;
    case 'S':
      check_service(c, p);
      break;
    case 'F':
      check_provider(c, p);
      break;
    default:
      break;
    }
    check_known(c, p);
  }
  check_not_principal(c);
}

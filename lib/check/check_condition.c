/* SPDX-License-Identifier: MIT */
/* Condition keys: format, spelling, existence (L1.8.7, L1.8.9, L4). */
#include "check/check.h"
#include "policy/spelling.h"

static const pe_key_info *info_of(const pe_check *c, const pe_condition *e) {
  return e->info ? e->info : pe_catalog_key(c->catalog, e->key);
}

/* The name as AWS writes it, in the document's quotes, with what stands behind a prefix kept. */
static void check_case(pe_check *c, const pe_condition *e, const pe_key_info *info) {
  pe_slice name = pe_slice_str(info->name), own = pe_slice_sub(e->key, 0, name.len);
  if (!e->info || e->key.len < name.len || pe_slice_eq(own, name) || !pe_slice_eq_ascii_nocase(own, name)) return;
  pe_finding *f = pe_check_name(c, PE_RULE_CONDITION_KEY_CASE, e->key_node, "AWS writes this key %s.", info->name);
  if (!f || e->key_span.end - e->key_span.start != e->key.len + 2) return; /* written with escapes */
  if (c->faulted) return; /* it may be there in the right case, too, and two members of one name are worse */
  pe_span span = {e->key_span.start + 1, e->key_span.start + 1 + (uint32_t)name.len};
  pe_finding_fix(c->findings, f, span, name, true, "Write it as AWS does");
}

static bool is_prefix_without_name(const pe_condition *e, const pe_key_info *info) {
  static const char *const bare[] = {"aws:RequestTag", "aws:ResourceTag", "aws:PrincipalTag"};
  for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++) {
    if (pe_check_equals(e->key, bare[i])) return true;
  }
  return (info && info->is_prefix && e->key.len <= strlen(info->name)) ||
         (e->key.len && e->key.ptr[e->key.len - 1] == '/' && pe_check_contains(e->lower, "tag/"));
}

static const char *nearest_global(const pe_condition *e) {
  const char *known[2] = {NULL, NULL}, *best = NULL;
  for (size_t i = 0; i < pe_key_count() && !best; i++) {
    known[0] = pe_key_at(i)->name;
    if (pe_check_starts(pe_slice_str(known[0]), "aws:")) best = pe_spelling_nearest(e->key, known);
  }
  return best;
}

static void check_global(pe_check *c, const pe_condition *e) {
  if (pe_check_equals(e->key, "aws:ARN")) {
    pe_check_name(c, PE_RULE_UNSUPPORTED_GLOBAL_CONDITION_KEY, e->key_node,
                  "aws:ARN is no longer supported: use aws:PrincipalArn or aws:SourceArn.");
    return;
  }
  const char *near = nearest_global(e);
  pe_check_name(c, PE_RULE_INVALID_GLOBAL_CONDITION_KEY, e->key_node,
                near ? "There is no global condition key %.*s; did you mean %s?"
                     : "There is no global condition key %.*s.%s",
                PE_CHECK_TEXT(e->key), near ? near : "");
}

static void check_key(pe_check *c, const pe_condition *e) {
  const char *colon = e->key.len ? memchr(e->key.ptr, ':', e->key.len) : NULL;
  if (!colon || colon == e->key.ptr || colon + 1 == e->key.ptr + e->key.len) {
    pe_check_name(c, PE_RULE_INVALID_CONDITION_KEY_FORMAT, e->key_node, "\"%.*s\" is no condition key: write prefix:name.",
                  PE_CHECK_TEXT(e->key));
    return;
  }
  const pe_key_info *info = info_of(c, e);
  if (is_prefix_without_name(e, info)) {
    pe_check_name(c, PE_RULE_MISSING_TAG_KEY_IN_CONDITION, e->key_node, "Behind %.*s stands the name of the tag.",
                  PE_CHECK_TEXT(e->key));
    return;
  }
  if (info) {
    check_case(c, e, info);
    return;
  }
  pe_slice prefix = pe_slice_sub(e->key, 0, (size_t)(colon - e->key.ptr));
  if (pe_check_equals(prefix, "aws")) {
    check_global(c, e);
  } else if (pe_catalog_knows_service(c->catalog, prefix) && pe_catalog_complete(c->catalog, prefix)) {
    pe_check_name(c, PE_RULE_INVALID_SERVICE_CONDITION_KEY, e->key_node, "The service has no condition key %.*s.",
                  PE_CHECK_TEXT(e->key));
  }
}

static bool positive(const pe_condition *e) { return !pe_op_get((pe_op)e->op.op)->negated && e->op.op != PE_OP_NULL; }

/* D4.4: the key is absent unless the caller passes the parameter. */
static void check_version_stage(pe_check *c, const pe_condition *e) {
  if (!pe_check_equals(e->key, "secretsmanager:VersionStage") && !pe_check_equals(e->key, "secretsmanager:VersionId")) return;
  if (!positive(e) || e->op.if_exists || e->op.quantifier == PE_SET_FOR_ALL || c->s->effect != PE_ALLOW) return;
  if (!pe_check_statement_covers(c->s, "secretsmanager:getsecretvalue")) return;
  pe_operator right = e->op;
  char name[PE_OPERATOR_MAX], quoted[PE_OPERATOR_MAX + 2];
  right.quantifier = PE_SET_NONE;
  right.if_exists = 1;
  size_t len = pe_operator_print(&right, name);
  pe_finding *f = pe_check_name(c, PE_RULE_VERSION_STAGE_NOT_PASSED, e->key_node,
                                "A call without this parameter has no %.*s and is not allowed: write %s.",
                                PE_CHECK_TEXT(e->key), name);
  if (!f || pe_check_node(c, e->operator_node)->children != 1) return;
  quoted[0] = '"';
  memcpy(quoted + 1, name, len);
  quoted[len + 1] = '"';
  pe_finding_fix(c->findings, f, e->operator_span, pe_slice_of(quoted, len + 2), false, "Use the operator with IfExists");
}

static void check_paired(pe_check *c, const pe_condition *e) {
  if (pe_check_equals(e->key, "aws:VpcSourceIp") && !pe_check_condition(c->s, "aws:SourceVpc") &&
      !pe_check_condition(c->s, "aws:SourceVpce"))
    pe_check_name(c, PE_RULE_MISSING_PAIRED_CONDITION_KEYS, e->key_node,
                  "Private addresses are not unique: add a condition on aws:SourceVpc.");
  if (pe_check_equals(e->key, "dynamodb:Attributes") && c->s->effect == PE_ALLOW) {
    const pe_condition *select = pe_check_condition(c->s, "dynamodb:Select");
    bool set = false;
    for (uint32_t i = 0; select && i < select->count; i++)
      set = set || pe_slice_eq(select->values[i].text, PE_SLICE("SPECIFIC_ATTRIBUTES"));
    if (!set)
      pe_check_name(c, PE_RULE_DYNAMODB_ATTRIBUTES_WITHOUT_SELECT, e->key_node,
                    "A read that names no attributes gets them all: add dynamodb:Select SPECIFIC_ATTRIBUTES.");
  }
  if (pe_check_equals(e->key, "ec2:CreateAction") && c->s->action_mode == PE_MODE_IS &&
      !pe_check_statement_covers(c->s, "ec2:createtags"))
    pe_check_name(c, PE_RULE_MISSING_ACTION_FOR_CONDITION_KEY, e->key_node,
                  "Only requests of ec2:CreateTags have %.*s: add that action.", PE_CHECK_TEXT(e->key));
}

static void check_use(pe_check *c, const pe_condition *e) {
  if (pe_check_equals(e->key, "aws:UserAgent") || pe_check_equals(e->key, "aws:referer"))
    pe_check_name(c, PE_RULE_UNTRUSTWORTHY_CONDITION_KEY, e->key_node, "The caller chooses the value of %.*s.",
                  PE_CHECK_TEXT(e->key));
  if (pe_check_equals(e->key, "s3:prefix") && e->op.op != PE_OP_NULL && (c->s->effect == PE_ALLOW) != positive(e))
    pe_check_name(c, PE_RULE_S3_PREFIX_IN_NEGATIVE_CONTEXT, e->key_node, "A request with a shorter prefix evades this.");
  if (pe_check_equals(e->key, "s3:ResourceAccount"))
    pe_check_name(c, PE_RULE_IRRELEVANT_CONDITION_KEY_IN_POLICY, e->key_node,
                  "A bucket policy is about one bucket, whose owner is known.");
  if (pe_check_equals(e->key, "aws:PrincipalArn")) {
    for (uint32_t i = 0; i < e->count; i++) {
      if (!pe_check_contains(e->values[i].text, ":assumed-role/")) continue;
      pe_check_value(c, PE_RULE_PRINCIPAL_ARN_IS_SESSION, e->values[i].node,
                     "For a session aws:PrincipalArn is the ARN of its role: arn:aws:iam::ACCOUNT:role/NAME.");
    }
  }
}

void pe_check_condition_keys(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nconditions && !c->result; i++) {
    const pe_condition *e = &c->s->conditions[i];
    if (!pe_check_has_variable(e->key)) check_key(c, e);
    check_version_stage(c, e);
    check_paired(c, e);
    check_use(c, e);
  }
}

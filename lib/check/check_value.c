/* SPDX-License-Identifier: MIT */
/* Condition values, one at a time and as a list: L1.8.2, L1.8.10, L2. */
#include "check/arns.h"
#include "check/check.h"

static uint8_t family_of(const pe_condition *e) { return pe_op_get((pe_op)e->op.op)->family; }

static void check_types(pe_check *c, const pe_condition *e) {
  unsigned types = 0;
  for (uint32_t i = 0; i < e->count; i++) {
    uint8_t t = e->values[i].json_type;
    types |= t == PE_JSON_TRUE || t == PE_JSON_FALSE ? 1u : t == PE_JSON_NUMBER ? 2u : 4u;
  }
  if (types != 0 && (types & (types - 1)) != 0)
    pe_check_value(c, PE_RULE_INVALID_CONDITION_DATA_TYPE, e->key_node,
                   "The values differ in JSON type: write all of them as strings.");
  if (family_of(e) == PE_FAMILY_BOOL && e->count > 1)
    pe_check_value(c, PE_RULE_INVALID_CONDITION_MULTIPLE_BOOLEAN, e->key_node, "%.*s has %u booleans: keep one.",
                   PE_CHECK_TEXT(e->key), e->count);
}

static void check_family(pe_check *c, const pe_condition *e, const pe_cond_value *v) {
  static const struct {
    pe_rule rule;
    const char *what;
  } wrong[] = {[PE_FAMILY_NUMERIC] = {PE_RULE_TYPE_MISMATCH_NUMBER, "number"},
               [PE_FAMILY_DATE] = {PE_RULE_TYPE_MISMATCH_DATE, "date"},
               [PE_FAMILY_BOOL] = {PE_RULE_TYPE_MISMATCH_BOOLEAN, "boolean"},
               [PE_FAMILY_BINARY] = {PE_RULE_TYPE_MISMATCH_STRING, "base64 text"},
               [PE_FAMILY_IP] = {PE_RULE_TYPE_MISMATCH_IP_RANGE, "address or address range"},
               [PE_FAMILY_NULL] = {PE_RULE_TYPE_MISMATCH_BOOLEAN, "boolean"}};
  uint8_t family = family_of(e);
  if (family == PE_FAMILY_STRING || pe_check_has_variable(v->text)) return;
  if (family == PE_FAMILY_ARN) {
    pe_arn arn;
    pe_arn_split(v->text, &arn);
    if (arn.count < PE_ARN_FIELDS || !pe_slice_eq(arn.field[PE_ARN_PREFIX], PE_SLICE("arn")))
      pe_check_value(c, PE_RULE_TYPE_MISMATCH, v->node, "\"%.*s\" is no ARN of six fields.", PE_CHECK_TEXT(v->text));
    return;
  }
  if (!v->valid)
    pe_check_value(c, wrong[family].rule, v->node, "\"%.*s\" is no %s: it never compares.", PE_CHECK_TEXT(v->text),
                   wrong[family].what);
}

/* Civil date of a day since 1970-01-01, for years that have four digits. */
static void civil(int64_t day, int *year, unsigned *month, unsigned *dom) {
  int64_t z = day + 719468, era = z / 146097;
  unsigned doe = (unsigned)(z - era * 146097);
  unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  *dom = doy - (153 * mp + 2) / 5 + 1;
  *month = mp < 10 ? mp + 3 : mp - 9;
  *year = (int)(yoe + (unsigned)era * 400) + (*month <= 2);
}

static void check_date(pe_check *c, const pe_condition *e, const pe_cond_value *v) {
  pe_instant instant;
  pe_instant_form form;
  if (family_of(e) != PE_FAMILY_DATE || !v->valid || !pe_instant_parse(v->text, &instant, &form)) return;
  if (form != PE_INSTANT_EPOCH) return;
  char text[64];
  if (instant.seconds < 0 || instant.seconds > 253402300799) { /* beyond year 9999 */
    pe_check_value(c, PE_RULE_INVALID_DATE_VALUE, v->node, "Write the date as 2026-01-31T00:00:00Z.");
    return;
  }
  int year;
  unsigned month, day, left = (unsigned)(instant.seconds % 86400);
  civil(instant.seconds / 86400, &year, &month, &day);
  pe_buf buf;
  pe_buf_init(&buf, c->alloc);
  pe_buf_fmt(&buf, "\"%04d-%02u-%02uT%02u:%02u:%02uZ\"", year, month, day, left / 3600, left / 60 % 60, left % 60);
  bool fits = !buf.failed && buf.len < sizeof text;
  size_t len = buf.len;
  if (fits) memcpy(text, buf.ptr, len);
  if (buf.failed) c->result = POLICYEVAL_ENOMEM;
  pe_buf_done(&buf);
  if (!fits) return;
  pe_finding *f = pe_check_value(c, PE_RULE_INVALID_DATE_VALUE, v->node, "Write the date as %.*s.", (int)len, text);
  /* Four digits may also be meant as a year (AMB-16). */
  pe_check_fix(c, f, pe_slice_of(text, len), v->text.len != 4, "Write the date");
}

static bool widens(const pe_check *c, const pe_condition *e) {
  return (c->s->effect == PE_ALLOW) == !pe_op_get((pe_op)e->op.op)->negated;
}

/* Keys that say who calls, beside those that AWS calls sensitive. */
static bool says_who(pe_slice key) {
  return pe_check_equals(key, "aws:username") || pe_check_equals(key, "aws:SourceIdentity") ||
         pe_check_equals(key, "aws:PrincipalOrgPaths") || pe_check_equals(key, "aws:SourceOrgPaths");
}

/* Right of the colon anything goes, left of it only a wildcard alone. */
static bool userid_open(pe_slice text) {
  const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
  if (!colon) return true;
  pe_slice left = pe_slice_sub(text, 0, (size_t)(colon - text.ptr));
  return pe_check_is_open(left) && !pe_slice_eq(left, PE_SLICE("*")) &&
         !(pe_slice_starts(left, PE_SLICE("${")) && left.ptr[left.len - 1] == '}');
}

/* A variable whose value the caller may have a say in: AWS itself sets the ids of accounts and organizations. */
static bool caller_variable(pe_slice text) {
  for (size_t i = 0; i + 1 < text.len; i++) {
    if (text.ptr[i] != '$' || text.ptr[i + 1] != '{') continue;
    const char *end = memchr(text.ptr + i, '}', text.len - i);
    pe_slice key = pe_slice_sub(text, i + 2, end ? (size_t)(end - text.ptr) : text.len);
    const char *comma = key.len ? memchr(key.ptr, ',', key.len) : NULL;
    if (comma) key.len = (size_t)(comma - key.ptr);
    const pe_key_info *info = pe_key_find(key);
    if (!info || !info->sensitive) return true;
  }
  return false;
}

static void check_open(pe_check *c, const pe_condition *e, const pe_cond_value *v) {
  bool like = e->op.op == PE_OP_STRING_LIKE || e->op.op == PE_OP_STRING_NOT_LIKE || family_of(e) == PE_FAMILY_ARN;
  bool wild = like && pe_check_has_wildcard(v->text);
  bool variable = c->policy->version_2012 && caller_variable(v->text);
  if ((!wild && !variable) || family_of(e) == PE_FAMILY_NULL || !widens(c, e)) return;
  bool sensitive = e->info && e->info->sensitive;
  size_t before = 0;
  while (before < v->text.len && v->text.ptr[before] != '*' && v->text.ptr[before] != '?' && v->text.ptr[before] != '$')
    before++;
  bool userid = pe_check_equals(e->key, "aws:userid");
  if (!(sensitive || (says_who(e->key) && before < 6) || (userid && userid_open(v->text)))) return;
  pe_check_value(c, variable ? PE_RULE_VARIABLE_USAGE_TOO_PERMISSIVE : PE_RULE_WILDCARD_USAGE_TOO_PERMISSIVE, v->node,
                 sensitive ? "%.*s takes no %s: write the value in full."
                 : userid  ? "In %.*s a %s stands behind the colon, or alone in front of it."
                           : "In %.*s six characters stand in front of a %s.",
                 PE_CHECK_TEXT(e->key), variable ? "variable" : "wildcard");
}

static void check_wildcard(pe_check *c, const pe_condition *e, const pe_cond_value *v) {
  if (e->op.op != PE_OP_STRING_EQUALS && e->op.op != PE_OP_STRING_NOT_EQUALS &&
      e->op.op != PE_OP_STRING_EQUALS_IGNORE_CASE && e->op.op != PE_OP_STRING_NOT_EQUALS_IGNORE_CASE)
    return;
  if (!pe_check_has_wildcard(v->text) || pe_check_has_variable(v->text)) return;
  pe_check_value(c, PE_RULE_WILDCARD_WITHOUT_LIKE_OPERATOR, v->node,
                 "%s takes \"%.*s\" as it is written: wildcards need %s.", pe_op_get((pe_op)e->op.op)->name,
                 PE_CHECK_TEXT(v->text), pe_op_get((pe_op)e->op.op)->negated ? "StringNotLike" : "StringLike");
}

static bool is_vpc_id(pe_slice s, const char *prefix) {
  pe_slice start = pe_slice_str(prefix);
  if (!pe_slice_starts(s, start) || (s.len != start.len + 8 && s.len != start.len + 17)) return false;
  for (size_t i = start.len; i < s.len; i++) {
    if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))) return false;
  }
  return true;
}

/* AWS's own examples write vpc-111bbb22 and vpce-1a2b3c4d; placeholders in words are faults. */
static void check_known_values(pe_check *c, const pe_condition *e, const pe_cond_value *v) {
  if (family_of(e) == PE_FAMILY_NULL || pe_check_is_open(v->text)) return;
  if (pe_check_equals(e->key, "aws:SourceVpc") && !is_vpc_id(v->text, "vpc-"))
    pe_check_value(c, PE_RULE_INVALID_VPC_FORMAT, v->node, "\"%.*s\" is no VPC id.", PE_CHECK_TEXT(v->text));
  if (pe_check_equals(e->key, "aws:SourceVpce") && !is_vpc_id(v->text, "vpce-"))
    pe_check_value(c, PE_RULE_INVALID_VPCE_FORMAT, v->node, "\"%.*s\" is no endpoint id.", PE_CHECK_TEXT(v->text));
  if (pe_check_equals(e->key, "aws:RequestedRegion") && !pe_arns_region(v->text))
    pe_check_value(c, PE_RULE_INVALID_REGION, v->node, "There is no Region \"%.*s\".", PE_CHECK_TEXT(v->text));
}

static void check_key_arn(pe_check *c, const pe_condition *e, const pe_cond_value *v) {
  if (!pe_check_equals(e->key, "secretsmanager:KmsKeyArn") &&
      !pe_check_equals(e->key, "s3:x-amz-server-side-encryption-aws-kms-key-id"))
    return;
  pe_arn arn;
  pe_arn_split_pattern(v->text, &arn);
  pe_slice service = arn.count > PE_ARN_SERVICE ? arn.field[PE_ARN_SERVICE] : PE_SLICE("");
  bool fine = arn.count == PE_ARN_FIELDS && (pe_slice_eq(service, PE_SLICE("kms")) || pe_check_is_open(service)) &&
              (pe_slice_starts(arn.field[PE_ARN_RESOURCE], PE_SLICE("key/")) ||
               pe_check_is_open(arn.field[PE_ARN_RESOURCE]));
  if (fine || pe_check_is_open(v->text) || family_of(e) == PE_FAMILY_NULL) return;
  pe_check_value(c, PE_RULE_INVALID_KMS_KEY_VALUE, v->node, "\"%.*s\" is no key ARN, which %.*s holds.",
                 PE_CHECK_TEXT(v->text), PE_CHECK_TEXT(e->key));
}

/* Several limits of one direction: the widest decides. */
static void check_limits(pe_check *c, const pe_condition *e) {
  bool less = e->op.op == PE_OP_NUMERIC_LESS_THAN || e->op.op == PE_OP_NUMERIC_LESS_THAN_EQUALS;
  bool more = e->op.op == PE_OP_NUMERIC_GREATER_THAN || e->op.op == PE_OP_NUMERIC_GREATER_THAN_EQUALS;
  if ((!less && !more) || e->count < 2) return;
  uint32_t best = 0;
  for (uint32_t i = 0; i < e->count; i++) {
    if (!e->values[i].valid) return;
    int d = pe_decimal_cmp(&e->values[i].as.number, &e->values[best].as.number);
    if (less ? d > 0 : d < 0) best = i;
  }
  for (uint32_t i = 0; i < e->count; i++) {
    if (i == best) continue;
    pe_finding *f = pe_check_value(c, PE_RULE_REDUNDANT_CONDITION_VALUE_NUM, e->values[i].node,
                                   "%.*s decides, and this has no effect.", PE_CHECK_TEXT(e->values[best].text));
    pe_check_fix_remove(c, f, e->values[i].node, true, "Remove the number");
  }
}

void pe_check_values(pe_check *c) {
  for (uint32_t i = 0; i < c->s->nconditions && !c->result; i++) {
    const pe_condition *e = &c->s->conditions[i];
    check_types(c, e);
    for (uint32_t k = 0; k < e->count && !c->result; k++) {
      const pe_cond_value *v = &e->values[k];
      check_family(c, e, v);
      check_date(c, e, v);
      check_open(c, e, v);
      check_wildcard(c, e, v);
      check_known_values(c, e, v);
      check_key_arn(c, e, v);
    }
    check_limits(c, e);
  }
}

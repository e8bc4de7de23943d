/* SPDX-License-Identifier: MIT */
#include "access/access.h"

int pe_access_init(pe_access *a, const pe_alloc *alloc, const pe_catalog *catalog) {
  *a = (pe_access){.alloc = alloc};
  a->arena = pe_arena_new(alloc, 0);
  a->leg[PE_LEG_SECRET] = pe_request_builder_new(alloc, catalog);
  a->leg[PE_LEG_KEY] = pe_request_builder_new(alloc, catalog);
  if (a->arena && a->leg[PE_LEG_SECRET] && a->leg[PE_LEG_KEY]) return POLICYEVAL_OK;
  pe_access_done(a);
  return POLICYEVAL_ENOMEM;
}

void pe_access_done(pe_access *a) {
  pe_request_builder_free(a->leg[PE_LEG_SECRET]);
  pe_request_builder_free(a->leg[PE_LEG_KEY]);
  pe_arena_free(a->arena);
  *a = (pe_access){0};
}

static int keep(pe_access *a, pe_slice text, pe_slice *out) {
  const char *copy = pe_arena_copy(a->arena, text.ptr, text.len);
  if (!copy) return POLICYEVAL_ENOMEM;
  *out = pe_slice_of(copy, text.len);
  return POLICYEVAL_OK;
}

/* D4.1: "-" and six characters end every secret ARN; what comes before is the name, which is not empty. */
static bool has_suffix(pe_slice resource) {
  if (resource.len < sizeof "secret:n-AbCdEf" - 1 || resource.ptr[resource.len - 7] != '-') return false;
  for (size_t i = resource.len - 6; i < resource.len; i++) {
    const char c = resource.ptr[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) return false;
  }
  return true;
}

static bool has_wildcard(pe_slice s) { return memchr(s.ptr, '*', s.len) || memchr(s.ptr, '?', s.len); }

static bool is_arn_of(const pe_arn *arn, const char *service, const char *type) {
  return arn->count == PE_ARN_FIELDS && pe_slice_eq(arn->field[PE_ARN_PREFIX], PE_SLICE("arn")) &&
         pe_slice_eq(arn->field[PE_ARN_SERVICE], pe_slice_str(service)) && arn->field[PE_ARN_REGION].len &&
         pe_slice_starts(arn->field[PE_ARN_RESOURCE], pe_slice_str(type));
}

static const char *secret_fault(const pe_arn *arn) {
  if (arn->count == 1)
    return "a name is looked up in the caller's own account: give the secret's ARN "
           "(arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX)";
  if (!is_arn_of(arn, "secretsmanager", "secret:"))
    return "this is not the ARN of a secret (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX)";
  if (has_wildcard(arn->text)) return "the ARN of one secret has no wildcard";
  if (!pe_arn_is_account(arn->field[PE_ARN_ACCOUNT])) return "the account in the secret's ARN is not twelve digits";
  if (!has_suffix(arn->field[PE_ARN_RESOURCE]))
    return "the secret's ARN ends in a hyphen and six characters, which Secrets Manager adds to the name "
           "(describe-secret prints the full ARN)";
  return NULL;
}

int pe_access_set_secret(pe_access *a, pe_slice arn, const char **why) {
  pe_arn cut;
  pe_arn_split(arn, &cut);
  if ((*why = secret_fault(&cut))) return POLICYEVAL_EINVAL;
  pe_slice kept;
  if (keep(a, arn, &kept) != POLICYEVAL_OK) return POLICYEVAL_ENOMEM;
  pe_arn_split(kept, &a->secret);
  return POLICYEVAL_OK;
}

static const char *key_fault(const pe_arn *arn) {
  if (arn->count == PE_ARN_FIELDS && pe_slice_starts(arn->field[PE_ARN_RESOURCE], PE_SLICE("alias/")))
    return "an alias is not a key: give the key ARN (describe-key prints it)";
  if (!is_arn_of(arn, "kms", "key/"))
    return "this is not the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/KEY-ID)";
  if (has_wildcard(arn->text)) return "the ARN of one key has no wildcard";
  if (!pe_arn_is_account(arn->field[PE_ARN_ACCOUNT])) return "the account in the key's ARN is not twelve digits";
  return NULL;
}

int pe_access_set_key(pe_access *a, pe_slice arn, const char **why) {
  pe_arn cut;
  pe_arn_split(arn, &cut);
  if ((*why = key_fault(&cut))) return POLICYEVAL_EINVAL;
  pe_slice kept;
  if (keep(a, arn, &kept) != POLICYEVAL_OK) return POLICYEVAL_ENOMEM;
  pe_arn_split(kept, &a->key);
  return POLICYEVAL_OK;
}

int pe_access_set_stage(pe_access *a, pe_slice stage) { return keep(a, stage, &a->stage); }
int pe_access_set_version_id(pe_access *a, pe_slice id) { return keep(a, id, &a->version_id); }

/* Which legs a fact is about. What says something about the caller reaches both; what says something about one
 * resource, one service's parameters or the caller's network does not (D1.7: the second hop comes from Secrets
 * Manager, so the caller's network keys are not there). */
enum { ON_SECRET = 1, ON_KEY = 2 };
static const struct {
  const char *prefix; /* lower case; a trailing '*' matches any rest */
  unsigned legs;
} reach[] = {
    {"secretsmanager:*", ON_SECRET}, {"kms:*", ON_KEY},
    {"aws:sourceip", ON_SECRET}, {"aws:vpcsourceip", ON_SECRET}, {"aws:sourcevpc", ON_SECRET},
    {"aws:sourcevpcarn", ON_SECRET}, {"aws:sourcevpce", ON_SECRET}, {"aws:vpceaccount", ON_SECRET},
    {"aws:vpceorgid", ON_SECRET}, {"aws:vpceorgpaths", ON_SECRET},
    {"aws:resourcetag/*", ON_SECRET}, {"aws:requesttag/*", ON_SECRET}, {"aws:tagkeys", ON_SECRET},
    {"aws:viaawsservice", ON_SECRET}, {"aws:calledvia*", ON_SECRET}, {"aws:useragent", ON_SECRET},
    {"aws:referer", ON_SECRET},
};

static unsigned legs_of(pe_slice key) {
  for (size_t i = 0; i < sizeof reach / sizeof reach[0]; i++) {
    const size_t n = strlen(reach[i].prefix);
    const bool open = reach[i].prefix[n - 1] == '*';
    const pe_slice want = pe_slice_of(reach[i].prefix, open ? n - 1 : n);
    if (open ? key.len >= want.len && pe_slice_eq_ascii_nocase(pe_slice_sub(key, 0, want.len), want)
             : pe_slice_eq_ascii_nocase(key, want))
      return reach[i].legs;
  }
  return ON_SECRET | ON_KEY;
}

int pe_access_set_fact(pe_access *a, pe_slice key, const pe_slice *values, uint32_t count, bool list) {
  const unsigned legs = legs_of(key);
  int rc = POLICYEVAL_OK;
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++) {
    if (!(legs >> i & 1)) continue;
    rc = values || list ? pe_request_set_fact(a->leg[i], key, values, count, list)
                        : pe_request_set_unknown(a->leg[i], key);
  }
  return rc;
}

static int set_one(pe_request_builder *b, const char *key, pe_slice value) {
  return pe_request_set_default(b, pe_slice_str(key), &value, 1, false);
}

/* D4.4: VersionStage and VersionId are in the context only when the call passes them. */
static int fill_secret_leg(pe_access *a, const char **why) {
  pe_request_builder *b = a->leg[PE_LEG_SECRET];
  int rc = pe_request_set_action(b, PE_SLICE("secretsmanager:GetSecretValue"), why);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_resource(b, a->secret.text, why);
  if (rc == POLICYEVAL_OK && a->stage.ptr) rc = set_one(b, "secretsmanager:VersionStage", a->stage);
  if (rc == POLICYEVAL_OK && a->version_id.ptr) rc = set_one(b, "secretsmanager:VersionId", a->version_id);
  return rc;
}

/* The key that encrypts the secret: as given, or the AWS managed one of the secret's account and Region. */
static int fill_key_arn(pe_access *a) {
  a->managed_key = a->key.count == 0 || pe_slice_eq(a->key.field[PE_ARN_RESOURCE], PE_SLICE("key/aws/secretsmanager"));
  if (a->key.count) return POLICYEVAL_OK;
  pe_buf buf;
  pe_buf_init(&buf, a->alloc);
  pe_buf_str(&buf, "arn:");
  pe_buf_slice(&buf, a->secret.field[PE_ARN_PARTITION]);
  pe_buf_str(&buf, ":kms:");
  pe_buf_slice(&buf, a->secret.field[PE_ARN_REGION]);
  pe_buf_char(&buf, ':');
  pe_buf_slice(&buf, a->secret.field[PE_ARN_ACCOUNT]);
  pe_buf_str(&buf, ":key/aws/secretsmanager");
  pe_slice kept;
  const int rc = buf.failed ? POLICYEVAL_ENOMEM : keep(a, pe_slice_of(buf.ptr, buf.len), &kept);
  if (rc == POLICYEVAL_OK) pe_arn_split(kept, &a->key);
  pe_buf_done(&buf);
  return rc;
}

/* D3.5: what Secrets Manager sends along when it calls KMS on behalf of the caller. */
static int fill_key_context(pe_access *a) {
  pe_request_builder *b = a->leg[PE_LEG_KEY];
  pe_buf via;
  pe_buf_init(&via, a->alloc);
  pe_buf_str(&via, "secretsmanager.");
  pe_buf_slice(&via, a->secret.field[PE_ARN_REGION]);
  pe_buf_str(&via, ".amazonaws.com");
  int rc = via.failed ? POLICYEVAL_ENOMEM : set_one(b, "kms:ViaService", pe_slice_of(via.ptr, via.len));
  pe_buf_done(&via);
  const pe_slice names[] = {PE_SLICE("SecretARN"), PE_SLICE("SecretVersionId")};
  if (rc == POLICYEVAL_OK) rc = set_one(b, "kms:EncryptionContext:SecretARN", a->secret.text);
  /* The version that is read has an id even when the call does not name it: there, but not known. */
  if (rc == POLICYEVAL_OK)
    rc = a->version_id.ptr ? set_one(b, "kms:EncryptionContext:SecretVersionId", a->version_id)
                           : pe_request_set_default(b, PE_SLICE("kms:EncryptionContext:SecretVersionId"), NULL, 0, false);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_default(b, PE_SLICE("kms:EncryptionContextKeys"), names, 2, true);
  if (rc == POLICYEVAL_OK) rc = set_one(b, "kms:EncryptionAlgorithm", PE_SLICE("SYMMETRIC_DEFAULT"));
  if (rc == POLICYEVAL_OK) rc = set_one(b, "aws:ViaAWSService", PE_SLICE("true"));
  return rc;
}

static int fill_key_leg(pe_access *a, const char **why) {
  pe_request_builder *b = a->leg[PE_LEG_KEY];
  int rc = fill_key_arn(a);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_action(b, PE_SLICE("kms:Decrypt"), why);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_resource(b, a->key.text, why);
  if (rc == POLICYEVAL_OK) rc = pe_request_set_managed_key(b, a->managed_key);
  if (rc == POLICYEVAL_OK) rc = fill_key_context(a);
  return rc;
}

int pe_access_prepare(pe_access *a, const pe_request *out[PE_LEGS], const char **why) {
  if (!a->secret.count) {
    *why = "the secret is not set";
    return POLICYEVAL_EINVAL;
  }
  if (a->key.count && !pe_slice_eq(a->key.field[PE_ARN_REGION], a->secret.field[PE_ARN_REGION])) {
    *why = "a secret is encrypted with a key of its own Region, and this key is in another";
    return POLICYEVAL_EINVAL;
  }
  int rc = fill_secret_leg(a, why);
  if (rc == POLICYEVAL_OK) rc = fill_key_leg(a, why);
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++) rc = pe_request_prepare(a->leg[i], &out[i], why);
  return rc;
}

int pe_access_worse(int a, int b) {
  static const uint8_t rank[] = {[POLICYEVAL_EXPLICIT_DENY] = 0, [POLICYEVAL_IMPLICIT_DENY] = 1, [POLICYEVAL_UNKNOWN] = 2,
                                 [POLICYEVAL_ALLOW] = 3};
  return rank[a] <= rank[b] ? a : b;
}

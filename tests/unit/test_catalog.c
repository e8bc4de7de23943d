/* SPDX-License-Identifier: MIT */
/* What AWS documents about services, actions, resource types and condition keys: built in and loaded. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service/catalog.h"
#include "unit.h"

static const pe_action_info *action(const pe_catalog *c, const char *name) {
  return pe_catalog_action(c, pe_slice_str(name));
}

static bool has(const char *const *list, const char *text) {
  for (; *list; list++) {
    if (strcmp(*list, text) == 0) return true;
  }
  return false;
}

static void lower_copy(const char *from, char *to, size_t size) {
  size_t i = 0;
  for (; from[i] && i + 1 < size; i++)
    to[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] | 0x20 : from[i]);
  to[i] = '\0';
}

static void check_sorted(const char *before, const char *name) {
  char a[128], b[128];
  lower_copy(before, a, sizeof a);
  lower_copy(name, b, sizeof b);
  ck_assert_msg(strcmp(a, b) < 0, "%s before %s", before, name);
}

START_TEST(keys_are_sorted)
{
  for (size_t i = 1; i < pe_key_count(); i++) check_sorted(pe_key_at(i - 1)->name, pe_key_at(i)->name);
  ck_assert_ptr_null(pe_key_at(pe_key_count()));
}
END_TEST

START_TEST(finds_every_key)
{
  for (size_t i = 0; i < pe_key_count(); i++) {
    const pe_key_info *k = pe_key_at(i);
    char name[128], lower[128];
    snprintf(name, sizeof name, "%s%s", k->name, k->is_prefix ? "x/y:z" : "");
    lower_copy(name, lower, sizeof lower);
    ck_assert_ptr_eq(pe_key_find(pe_slice_str(name)), k);
    ck_assert_ptr_eq(pe_key_find(pe_slice_str(lower)), k);
    if (k->is_prefix) ck_assert_ptr_null(pe_key_find(pe_slice_str(k->name)));
  }
}
END_TEST

START_TEST(key_facts)
{
  static const struct {
    const char *name;
    pe_key_type type;
    bool multi, sensitive;
    pe_key_presence presence;
  } rows[] = {
      {"aws:PrincipalArn", PE_KEY_ARN, false, false, PE_PRESENCE_DERIVED},
      {"aws:principalorgid", PE_KEY_STRING, false, true, PE_PRESENCE_MAYBE},
      {"aws:PrincipalOrgPaths", PE_KEY_STRING, true, false, PE_PRESENCE_MAYBE},
      {"aws:PrincipalTag/Team", PE_KEY_STRING, false, false, PE_PRESENCE_MAYBE},
      {"aws:TagKeys", PE_KEY_STRING, true, false, PE_PRESENCE_PARAMETER},
      {"aws:CalledVia", PE_KEY_STRING, true, false, PE_PRESENCE_MAYBE},
      {"aws:CurrentTime", PE_KEY_DATE, false, false, PE_PRESENCE_ALWAYS},
      {"aws:EpochTime", PE_KEY_DATE_OR_NUMERIC, false, false, PE_PRESENCE_ALWAYS},
      {"aws:MultiFactorAuthPresent", PE_KEY_BOOL, false, false, PE_PRESENCE_MAYBE},
      {"aws:SourceIp", PE_KEY_IP, false, false, PE_PRESENCE_MAYBE},
      {"aws:SourceVpce", PE_KEY_STRING, false, true, PE_PRESENCE_ENDPOINT},
      {"aws:SourceArn", PE_KEY_ARN, false, false, PE_PRESENCE_SERVICE},
      {"kms:EncryptionContext:SecretARN", PE_KEY_STRING, false, false, PE_PRESENCE_PARAMETER},
      {"kms:EncryptionContext:a:b/c", PE_KEY_STRING, false, false, PE_PRESENCE_PARAMETER},
      {"kms:EncryptionContextKeys", PE_KEY_STRING, true, false, PE_PRESENCE_PARAMETER},
      {"kms:GrantOperations", PE_KEY_STRING, true, false, PE_PRESENCE_PARAMETER},
      {"kms:ResourceAliases", PE_KEY_STRING, true, false, PE_PRESENCE_MAYBE},
      {"kms:ViaService", PE_KEY_STRING, false, false, PE_PRESENCE_MAYBE},
      {"secretsmanager:SecretId", PE_KEY_ARN, false, false, PE_PRESENCE_MAYBE},
      {"secretsmanager:VersionStage", PE_KEY_STRING, false, false, PE_PRESENCE_PARAMETER},
      {"secretsmanager:resource/Type", PE_KEY_STRING, false, false, PE_PRESENCE_MAYBE},
      {"secretsmanager:ResourceTag/tag-key", PE_KEY_STRING, false, false, PE_PRESENCE_MAYBE},
      {"sts:ExternalId", PE_KEY_STRING, false, false, PE_PRESENCE_PARAMETER},
      {"sts:TransitiveTagKeys", PE_KEY_STRING, true, false, PE_PRESENCE_PARAMETER},
      {"sts:DurationSeconds", PE_KEY_NUMERIC, false, false, PE_PRESENCE_PARAMETER},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const pe_key_info *k = pe_key_find(pe_slice_str(rows[i].name));
    ck_assert_msg(k != NULL, "%s", rows[i].name);
    ck_assert_msg(k->type == rows[i].type && k->multi == rows[i].multi && k->sensitive == rows[i].sensitive &&
                      k->presence == rows[i].presence,
                  "%s", rows[i].name);
  }
  static const char *const none[] = {"",
                                     "aws",
                                     "aws:",
                                     "aws:PrincipalTag",
                                     "aws:Nothing",
                                     "a:/",
                                     "aws:PrincipalTag/",
                                     "kms:EncryptionContext:",
                                     "secretsmanager:resource/X"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
    ck_assert_msg(!pe_key_find(pe_slice_str(none[i])), "%s", none[i]);
  }
}
END_TEST

START_TEST(builtin_services)
{
  static const struct {
    const char *name;
    size_t actions, without_resource, cross;
  } rows[] = {{"kms", 56, 11, 20}, {"secretsmanager", 26, 3, 20}, {"sts", 16, 8, 6}};
  ck_assert_uint_eq(pe_catalog_services(NULL), 3);
  for (size_t i = 0; i < 3; i++) {
    pe_slice service = pe_slice_str(rows[i].name);
    ck_assert(pe_slice_eq(pe_catalog_service(NULL, i), service));
    ck_assert(pe_catalog_knows_service(NULL, service) && pe_catalog_complete(NULL, service));
    const pe_action_info *a;
    size_t n = pe_catalog_actions(NULL, service, &a), bare = 0, cross = 0;
    ck_assert_uint_eq(n, rows[i].actions);
    for (size_t k = 0; k < n; k++) {
      if (k) check_sorted(a[k - 1].name.ptr, a[k].name.ptr);
      bare += (a[k].flags & PE_ACTION_NO_RESOURCE) != 0;
      cross += (a[k].flags & PE_ACTION_CROSS_ACCOUNT) != 0;
      ck_assert_int_eq((a[k].flags & PE_ACTION_NO_RESOURCE) != 0, !a[k].resource_types[0]);
      for (const char *const *type = a[k].resource_types; *type; type++) {
        ck_assert_msg(pe_catalog_resource(NULL, service, pe_slice_str(*type)) != NULL, "%s", *type);
      }
      for (const char *const *key = a[k].condition_keys; *key; key++) {
        ck_assert_msg(pe_key_find(pe_slice_str(*key)) != NULL, "%s of %s", *key, a[k].name.ptr);
      }
      char full[96];
      snprintf(full, sizeof full, "%s:%s", rows[i].name, a[k].name.ptr);
      ck_assert_ptr_eq(action(NULL, full), &a[k]);
    }
    ck_assert_uint_eq(bare, rows[i].without_resource);
    ck_assert_uint_eq(cross, rows[i].cross);
    const pe_resource_type *r;
    n = pe_catalog_resources(NULL, service, &r);
    for (size_t k = 0; k < n; k++) {
      if (k) check_sorted(r[k - 1].name.ptr, r[k].name.ptr);
      ck_assert(strncmp(r[k].arn_formats[0], "arn:${Partition}:", 17) == 0);
      for (const char *const *key = r[k].condition_keys; *key; key++)
        ck_assert(pe_key_find(pe_slice_str(*key)));
    }
  }
  const pe_action_info *none = NULL;
  ck_assert_uint_eq(pe_catalog_actions(NULL, PE_SLICE("s3"), &none), 0);
  ck_assert(!pe_catalog_knows_service(NULL, PE_SLICE("s3")) && !pe_catalog_complete(NULL, PE_SLICE("s3")));
  ck_assert(!pe_catalog_resource(NULL, PE_SLICE("s3"), PE_SLICE("bucket")));
}
END_TEST

START_TEST(action_facts)
{
  const pe_action_info *get = action(NULL, "SECRETSMANAGER:getsecretvalue");
  ck_assert_ptr_nonnull(get);
  ck_assert_str_eq(get->name.ptr, "GetSecretValue");
  ck_assert_str_eq(get->service.ptr, "secretsmanager");
  ck_assert_uint_eq(get->flags, PE_ACTION_CROSS_ACCOUNT);
  ck_assert(has(get->resource_types, "Secret") && has(get->condition_keys, "secretsmanager:VersionStage"));
  ck_assert(!has(action(NULL, "secretsmanager:CreateSecret")->condition_keys, "secretsmanager:SecretId"));
  ck_assert_uint_eq(action(NULL, "secretsmanager:CreateSecret")->flags, 0);
  ck_assert_uint_eq(action(NULL, "secretsmanager:BatchGetSecretValue")->flags, PE_ACTION_NO_RESOURCE);
  ck_assert_uint_eq(action(NULL, "kms:Decrypt")->flags, PE_ACTION_CRYPTO | PE_ACTION_CROSS_ACCOUNT);
  ck_assert_uint_eq(action(NULL, "kms:RetireGrant")->flags, PE_ACTION_RCP_EXEMPT | PE_ACTION_CROSS_ACCOUNT);
  ck_assert_uint_eq(action(NULL, "kms:ScheduleKeyDeletion")->flags, 0);
  ck_assert(has(action(NULL, "kms:CreateAlias")->resource_types, "alias"));
  ck_assert(has(action(NULL, "kms:CreateAlias")->resource_types, "key"));
  ck_assert(action(NULL, "sts:AssumeRole")->flags & PE_ACTION_TRUST);
  ck_assert(!(action(NULL, "sts:GetCallerIdentity")->flags & PE_ACTION_TRUST));
  static const char *const none[] = {
      "", ":", "kms", "kms:", ":Decrypt", "kms:Decryp", "kms:Decrypt2", "s3:GetObject"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
    ck_assert_msg(!action(NULL, none[i]), "%s", none[i]);
}
END_TEST

START_TEST(takes_keys)
{
  const pe_action_info *decrypt = action(NULL, "kms:Decrypt"),
                       *get = action(NULL, "secretsmanager:GetSecretValue");
  ck_assert(pe_catalog_takes(NULL, decrypt, PE_SLICE("KMS:EncryptionContext:SecretARN")));
  ck_assert(pe_catalog_takes(NULL, decrypt, PE_SLICE("kms:RecipientAttestation:PCR3")));
  ck_assert(pe_catalog_takes(NULL, decrypt, PE_SLICE("kms:KeySpec"))); /* of the resource type */
  ck_assert(!pe_catalog_takes(NULL, decrypt, PE_SLICE("kms:GrantOperations")));
  ck_assert(pe_catalog_takes(NULL, get, PE_SLICE("secretsmanager:versionstage")));
  ck_assert(pe_catalog_takes(NULL, get, PE_SLICE("aws:ResourceTag/team")));
  ck_assert(!pe_catalog_takes(NULL, get, PE_SLICE("secretsmanager:Name")));
  ck_assert(!pe_catalog_takes(NULL, get, PE_SLICE("nothing:AtAll")));
}
END_TEST

/* A folder of files that exist while a test runs. */
typedef struct folder {
  char path[64];
  char name[8][32];
  size_t count;
} folder;

static void folder_make(folder *f) {
  *f = (folder){.path = "/tmp/policyeval-catalog-XXXXXX"};
  ck_assert_ptr_nonnull(mkdtemp(f->path));
}

static void folder_add(folder *f, const char *name, const char *text, size_t len) {
  char full[128];
  snprintf(full, sizeof full, "%s/%s", f->path, name);
  FILE *file = fopen(full, "wb");
  ck_assert_ptr_nonnull(file);
  ck_assert_uint_eq(fwrite(text, 1, len, file), len);
  ck_assert_int_eq(fclose(file), 0);
  snprintf(f->name[f->count++], sizeof f->name[0], "%s", name);
}

static void folder_drop(folder *f) {
  for (size_t i = 0; i < f->count; i++) {
    char full[128];
    snprintf(full, sizeof full, "%s/%s", f->path, f->name[i]);
    unlink(full);
  }
  ck_assert_int_eq(rmdir(f->path), 0);
}

static const char s3[] =
    "{\"Name\": \"s3\", \"Version\": \"v1.4\", \"Actions\": ["
    " {\"Name\": \"PutObject\", \"ActionConditionKeys\": [\"s3:prefix\", \"s3:ExistingObjectTag/${Key}\"],"
    "  \"Resources\": [{\"Name\": \"object\"}], \"Annotations\": {}},"
    " {\"Name\": \"GetObject\", \"Resources\": [{\"Name\": \"object\"}]},"
    " {\"Name\": \"ListAllMyBuckets\", \"ActionConditionKeys\": [], \"Resources\": []}],"
    " \"ConditionKeys\": [{\"Name\": \"s3:prefix\", \"Types\": [\"String\"]},"
    "  {\"Name\": \"aws:TagKeys\", \"Types\": [\"String\"]},"
    "  {\"Name\": \"s3:ExistingObjectTag/${Key}\", \"Types\": [\"String\"]},"
    "  {\"Name\": \"s3:part/${n}.size\", \"Types\": [\"Numeric\"]},"
    "  {\"Name\": \"s3:odd\", \"Types\": [\"Quantum\"]},"
    "  {\"Name\": \"s3:lists\", \"Types\": [\"ArrayOfARN\"]}],"
    " \"Resources\": [{\"Name\": \"object\", \"ARNFormats\": [\"arn:${Partition}:s3:::${B}/${O}\"],"
    "  \"ConditionKeys\": [\"s3:lists\"]}, {\"Name\": \"bucket\", \"ARNFormats\": []}]}";
static const char kms[] =
    "{\"Name\": \"kms\", \"Actions\": [{\"Name\": \"Decrypt\", \"ActionConditionKeys\": [\"kms:New\"],"
    "  \"Resources\": [{\"Name\": \"key\"}]}, {\"Name\": \"BrandNew\", \"Resources\": []}],"
    " \"ConditionKeys\": [{\"Name\": \"kms:New\", \"Types\": [\"Bool\"]}], \"Resources\": []}";

START_TEST(loads_a_folder)
{
  folder f;
  folder_make(&f);
  folder_add(&f, "s3.json", s3, sizeof s3 - 1);
  folder_add(&f, "kms.json", kms, sizeof kms - 1);
  folder_add(&f, "notes.txt", "not JSON", 8);
  folder_add(&f, ".hidden.json", "not JSON", 8);
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_catalog *c = NULL;
  char *message = NULL;
  ck_assert_int_eq(pe_catalog_load(&mem.alloc, f.path, &c, &message), 0);
  folder_drop(&f);
  ck_assert_ptr_null(message);
  ck_assert_uint_eq(pe_catalog_services(c), 4); /* kms, s3, secretsmanager, sts */
  ck_assert(pe_slice_eq(pe_catalog_service(c, 1), PE_SLICE("s3")));
  ck_assert(pe_catalog_knows_service(c, PE_SLICE("S3")) && pe_catalog_complete(c, PE_SLICE("s3")));
  const pe_action_info *a, *put = action(c, "S3:putobject");
  ck_assert_uint_eq(pe_catalog_actions(c, PE_SLICE("s3"), &a), 3);
  ck_assert_str_eq(a[0].name.ptr, "GetObject");
  ck_assert_uint_eq(a[1].flags, PE_ACTION_NO_RESOURCE);
  ck_assert_ptr_eq(put, &a[2]);
  ck_assert(has(put->resource_types, "object") && has(put->condition_keys, "s3:prefix"));
  ck_assert(!action(c, "s3:Nothing") && !action(c, "s4:PutObject"));
  ck_assert(pe_catalog_resource(c, PE_SLICE("s3"), PE_SLICE("Object")));
  /* Keys: exact, with a name behind, with a variable inside; built-in facts stay. */
  ck_assert_str_eq(pe_catalog_key(c, PE_SLICE("S3:Prefix"))->name, "s3:prefix");
  ck_assert_ptr_eq(pe_catalog_key(c, PE_SLICE("aws:TagKeys")), pe_key_find(PE_SLICE("aws:TagKeys")));
  ck_assert(pe_catalog_key(c, PE_SLICE("s3:existingobjecttag/a/b"))->is_prefix);
  ck_assert_ptr_null(pe_catalog_key(c, PE_SLICE("s3:ExistingObjectTag/")));
  ck_assert_uint_eq(pe_catalog_key(c, PE_SLICE("s3:part/7.size"))->type, PE_KEY_NUMERIC);
  ck_assert_ptr_null(pe_catalog_key(c, PE_SLICE("s3:part/7.siz")));
  ck_assert_uint_eq(pe_catalog_key(c, PE_SLICE("s3:odd"))->type, PE_KEY_OTHER);
  ck_assert(pe_catalog_key(c, PE_SLICE("s3:lists"))->multi);
  ck_assert_uint_eq(pe_catalog_key(c, PE_SLICE("s3:lists"))->type, PE_KEY_ARN);
  ck_assert_ptr_null(pe_catalog_key(c, PE_SLICE("")));
  ck_assert(pe_catalog_takes(c, put, PE_SLICE("s3:ExistingObjectTag/x")) &&
            pe_catalog_takes(c, put, PE_SLICE("s3:lists")));
  ck_assert(!pe_catalog_takes(c, put, PE_SLICE("s3:odd")));
  /* A built-in service that was read again has both. */
  ck_assert_uint_eq(pe_catalog_actions(c, PE_SLICE("kms"), &a), 57);
  ck_assert_uint_eq(action(c, "kms:Decrypt")->flags, PE_ACTION_CRYPTO | PE_ACTION_CROSS_ACCOUNT);
  ck_assert(has(action(c, "kms:Decrypt")->condition_keys, "kms:New"));
  ck_assert_uint_eq(action(c, "kms:BrandNew")->flags, PE_ACTION_NO_RESOURCE);
  ck_assert(action(c, "kms:Encrypt") && action(c, "sts:AssumeRole") &&
            pe_catalog_resource(c, PE_SLICE("kms"), PE_SLICE("key")));
  ck_assert_uint_eq(pe_catalog_key(c, PE_SLICE("kms:new"))->type, PE_KEY_BOOL);
  pe_catalog_free(c);
  pe_catalog_free(NULL);
  pe_test_alloc_done(&mem);
}
END_TEST

static void expect_refused(const char *text, size_t len, int code, const char *words) {
  folder f;
  folder_make(&f);
  if (text) folder_add(&f, "bad.json", text, len);
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_catalog *c = NULL;
  char *message = NULL;
  ck_assert_int_eq(pe_catalog_load(&mem.alloc, f.path, &c, &message), code);
  folder_drop(&f);
  ck_assert_ptr_null(c);
  ck_assert_ptr_nonnull(message);
  ck_assert_msg(strstr(message, f.path) && strstr(message, words), "%s", message);
  if (text) ck_assert_msg(strstr(message, "/bad.json: ") != NULL, "%s", message);
  pe_alloc_free(&mem.alloc, message);
  pe_test_alloc_done(&mem);
}

#define EXPECT_REFUSED(text, words) expect_refused(text, sizeof(text) - 1, POLICYEVAL_EJSON, words)

START_TEST(names_the_bad_file)
{
  expect_refused(NULL, 0, POLICYEVAL_EIO, "no .json file");
  EXPECT_REFUSED("", "line 1");
  EXPECT_REFUSED("{\n \"Name\": x}", "line 2");
  EXPECT_REFUSED("[]", "not the reference of a service");
  EXPECT_REFUSED("{}", "\"Name\"");
  EXPECT_REFUSED("{\"Name\": 1}", "\"Name\"");
  EXPECT_REFUSED("{\"Name\": \"S3\", \"Actions\": []}", "not the name of a service");
  EXPECT_REFUSED("{\"Name\": \"s3\"}", "\"Actions\"");
  EXPECT_REFUSED("{\"Name\": \"s3\", \"Name\": \"s3\"}", "duplicate");
  EXPECT_REFUSED("{\"Name\": \"s3\", \"Actions\": {}}", "\"Actions\"");
  EXPECT_REFUSED("{\"Name\": \"s3\", \"Actions\": [1]}", "\"Name\"");
  EXPECT_REFUSED("{\"Name\": \"s3\", \"Actions\": [{\"Name\": \"a\"}, {\"Name\": \"A\"}]}", "twice");
  EXPECT_REFUSED("{\"Name\": \"s3\", \"Actions\": [{\"Name\": \"a\", \"Resources\": [\"x\"]}]}",
                 "\"Resources\"");
  EXPECT_REFUSED("{\"Name\": \"s3\", \"Actions\": [{\"Name\": \"a\", \"ActionConditionKeys\": 1}]}",
                 "ActionConditionKeys");
  EXPECT_REFUSED("{\"Name\": \"s3\", \"Actions\": [], \"Resources\": [{}]}", "\"Name\"");
  EXPECT_REFUSED("{\"Name\": \"s3\", \"Actions\": [], \"ConditionKeys\": [{\"Name\": \"s3:x\"}]}", "s3:x");
  pe_catalog *c = NULL;
  ck_assert_int_eq(pe_catalog_load(&pe_alloc_libc, "/nowhere/at/all", &c, NULL), POLICYEVAL_EIO);
}
END_TEST

START_TEST(refuses_a_service_twice)
{
  folder f;
  folder_make(&f);
  folder_add(&f, "a.json", s3, sizeof s3 - 1);
  folder_add(&f, "b.json", s3, sizeof s3 - 1);
  pe_catalog *c = NULL;
  char *message = NULL;
  ck_assert_int_eq(pe_catalog_load(&pe_alloc_libc, f.path, &c, &message), POLICYEVAL_EJSON);
  ck_assert_msg(strstr(message, "/b.json: ") && strstr(message, "s3"), "%s", message);
  pe_alloc_free(&pe_alloc_libc, message);
  folder_drop(&f);
}
END_TEST

START_TEST(loads_without_memory)
{
  folder f;
  folder_make(&f);
  folder_add(&f, "kms.json", kms, sizeof kms - 1);
  folder_add(&f, "s3.json", s3, sizeof s3 - 1);
  UNIT_EACH_ALLOCATION (mem, rc) {
    pe_catalog *c = NULL;
    char *message = NULL;
    rc = pe_catalog_load(&mem.alloc, f.path, &c, &message);
    ck_assert_int_eq(c != NULL, rc == 0);
    ck_assert_ptr_null(message);
    pe_catalog_free(c);
  }
  folder_drop(&f);
}
END_TEST

/* jansson's memory fails as well: what was loaded is the whole catalogue, letter by letter, or nothing. */
static pe_test_alloc *jansson_memory;
static void *jansson_alloc(size_t size) { return jansson_memory->alloc.alloc(jansson_memory->alloc.user, size); }
static void jansson_free(void *ptr) { jansson_memory->alloc.release(jansson_memory->alloc.user, ptr); }

static uint64_t names_of(const pe_catalog *c) {
  uint64_t sum = 0;
  for (size_t i = 0; i < pe_catalog_services(c); i++) {
    const pe_action_info *a;
    const size_t n = pe_catalog_actions(c, pe_catalog_service(c, i), &a);
    for (size_t k = 0; k < n; k++) {
      sum = sum * 31 + pe_slice_hash(a[k].name);
      for (const char *const *key = a[k].condition_keys; *key; key++) sum = sum * 31 + pe_slice_hash(pe_slice_str(*key));
      for (const char *const *t = a[k].resource_types; *t; t++) sum = sum * 31 + pe_slice_hash(pe_slice_str(*t));
    }
  }
  return sum;
}

START_TEST(loads_all_or_nothing)
{
  folder f;
  folder_make(&f);
  folder_add(&f, "kms.json", kms, sizeof kms - 1);
  folder_add(&f, "s3.json", s3, sizeof s3 - 1);
  pe_catalog *whole = NULL;
  ck_assert_int_eq(pe_catalog_load(&pe_alloc_libc, f.path, &whole, NULL), 0);
  const uint64_t right = names_of(whole);
  pe_catalog_free(whole);
  UNIT_EACH_ALLOCATION (mem, rc) {
    pe_catalog *c = NULL;
    char *message = NULL;
    jansson_memory = &mem;
    json_set_alloc_funcs(jansson_alloc, jansson_free);
    rc = pe_catalog_load(&mem.alloc, f.path, &c, &message);
    json_set_alloc_funcs(malloc, free);
    ck_assert_int_eq(c != NULL, rc == 0);
    if (c) ck_assert_uint_eq(names_of(c), right);
    if (rc == 0 && mem.failed) rc = POLICYEVAL_ENOMEM; /* what was not needed could not be had */
    pe_alloc_free(&mem.alloc, message);
    pe_catalog_free(c);
  }
  folder_drop(&f);
}
END_TEST

/* All of AWS's reference, when there is a copy: POLICYEVAL_CORPUS names the folder of service-reference/. */
START_TEST(loads_the_whole_reference)
{
  const char *corpus = getenv("POLICYEVAL_CORPUS");
  char path[1024];
  snprintf(path, sizeof path, "%s/service-reference", corpus ? corpus : "");
  struct stat info;
  if (!corpus || stat(path, &info) != 0) return;
  pe_test_alloc mem;
  pe_test_alloc_init(&mem);
  pe_catalog *c = NULL;
  char *message = NULL;
  int rc = pe_catalog_load(&mem.alloc, path, &c, &message);
  ck_assert_msg(rc == 0, "%s", message ? message : "");
  ck_assert_uint_gt(pe_catalog_services(c), 400);
  size_t total = 0;
  for (size_t i = 0; i < pe_catalog_services(c); i++) {
    const pe_action_info *a;
    size_t n = pe_catalog_actions(c, pe_catalog_service(c, i), &a);
    total += n;
    for (size_t k = 0; k < n; k++) {
      char full[256];
      snprintf(full, sizeof full, "%s:%s", a[k].service.ptr, a[k].name.ptr);
      ck_assert_ptr_eq(action(c, full), &a[k]);
      for (const char *const *key = a[k].condition_keys; *key; key++) {
        ck_assert_msg(pe_catalog_key(c, pe_slice_str(*key)) || strncmp(*key, "aws:", 4) != 0, "%s of %s",
                      *key, full);
      }
    }
  }
  ck_assert_uint_gt(total, 15000);
  /* The built-in tables know what the reference says about their services. */
  for (size_t i = 0; i < pe_catalog_services(NULL); i++) {
    const pe_action_info *a;
    size_t n = pe_catalog_actions(c, pe_catalog_service(NULL, i), &a);
    for (size_t k = 0; k < n; k++) {
      char full[256];
      snprintf(full, sizeof full, "%s:%s", a[k].service.ptr, a[k].name.ptr);
      const pe_action_info *own = action(NULL, full);
      ck_assert_msg(own != NULL, "%s", full);
      for (const char *const *type = a[k].resource_types; *type; type++) {
        ck_assert_msg(has(own->resource_types, *type), "%s on %s", full, *type);
      }
      for (const char *const *key = a[k].condition_keys; *key; key++) {
        bool provider = strncmp(full, "sts:", 4) == 0 && strncmp(*key, "sts:", 4) != 0;
        ck_assert_msg(provider || pe_catalog_takes(NULL, own, pe_slice_str(*key)), "%s takes %s", full, *key);
      }
    }
  }
  pe_catalog_free(c);
  pe_test_alloc_done(&mem);
}
END_TEST

UNIT_MAIN("catalog", keys_are_sorted, finds_every_key, key_facts, builtin_services, action_facts, takes_keys,
          loads_a_folder, names_the_bad_file, refuses_a_service_twice, loads_without_memory, loads_all_or_nothing,
          loads_the_whole_reference)

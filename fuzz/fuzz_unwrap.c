/* SPDX-License-Identifier: MIT */
/* The first byte is the kind, the second the reply of the AWS CLI that a document comes in; then the document, or the
 * choices of one. Wrapped, it loads, reads and mends as it does bare. With the highest bit of the second byte set the rest
 * is a reply as it stands, of a policy, of list-grants, and a list of principals: each is taken or refused. */
#include <jansson.h>

#include "fuzz.h"

enum { PLAIN, STRING, PERCENT };
static const struct {
  const char *before, *after;
  int how, trust;
} wrappers[] = {
    {"", "", STRING, 0},
    {"", "", PERCENT, 0},
    {" \"", "\"\n", PERCENT, 0},
    {"{\"ARN\":\"x\",\"Name\":\"y\",\"ResourcePolicy\":", "}", STRING, 0},
    {"{\"Policy\":", ",\"PolicyName\":\"default\"}", STRING, 0},
    {"{\"PolicyVersion\":{\"Document\":", ",\"VersionId\":\"v1\",\"IsDefaultVersion\":true}}", PLAIN, 0},
    {"{\"PolicyVersion\":{\"Document\":\"", "\"}}", PERCENT, 0},
    {"{\"RoleName\":\"r\",\"PolicyName\":\"p\",\"PolicyDocument\":", "}", PLAIN, 0},
    {"{\"UserName\":\"u\",\"PolicyName\":\"p\",\"PolicyDocument\":", "}", STRING, 0},
    {"{\"GroupName\":\"g\",\"PolicyDocument\":\"", "\",\"PolicyName\":\"p\"}", PERCENT, 0},
    {"{\"Policy\":{\"PolicySummary\":{\"Id\":\"p-1\"},\"Content\":", "}}", STRING, 0},
    {"{\"Role\":{\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":", "}}", PLAIN, 1},
    {"{\"Role\":{\"AssumeRolePolicyDocument\":\"", "\",\"RoleName\":\"r\"}}", PERCENT, 1},
};
enum { WRAPPERS = sizeof wrappers / sizeof wrappers[0] };

static void wrap(pe_buf *out, unsigned which, const pe_buf *document) {
  const int how = wrappers[which].how;
  pe_buf_str(out, wrappers[which].before);
  if (how == PLAIN) pe_buf_add(out, document->ptr, document->len);
  if (how == STRING) pe_buf_char(out, '"');
  for (size_t i = 0; i < document->len && how != PLAIN; i++) {
    const unsigned char c = (unsigned char)document->ptr[i];
    if (how == PERCENT) pe_buf_fmt(out, "%%%c%c", "0123456789ABCDEF"[c >> 4], "0123456789abcdef"[c & 15]);
    else if (c == '"' || c == '\\') pe_buf_fmt(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f) pe_buf_fmt(out, "\\u%c%c%c%c", '0', '0', "0123456789abcdef"[c >> 4], "0123456789ABCDEF"[c & 15]);
    else pe_buf_char(out, (char)c);
  }
  if (how == STRING) pe_buf_char(out, '"');
  pe_buf_str(out, wrappers[which].after);
  MUST(!out->failed);
}

/* Is it one object, so that any JSON may carry it, and a policy by its own members, no reply? */
static bool is_document(const pe_buf *text) {
  json_error_t error;
  json_t *object = json_loadb(text->ptr, text->len, JSON_REJECT_DUPLICATES, &error);
  const bool is = json_is_object(object) && json_object_get(object, "Statement") && !json_object_get(object, "Policy") &&
                  !json_object_get(object, "PolicyDocument") && !json_object_get(object, "ResourcePolicy") &&
                  !json_object_get(object, "PolicyVersion") && !json_object_get(object, "Role");
  json_decref(object);
  return is && text->len && text->ptr[0] == '{' && text->ptr[text->len - 1] == '}';
}

typedef struct taken {
  policyeval_policy *policy;
  policyeval_report *report;
  int rc;
} taken;

static taken take(policyeval_context *context, int kind, const char *text, size_t len) {
  taken t = {NULL, NULL, 0};
  t.rc = policyeval_policy_load(context, kind, text, len, "fuzz", &t.policy, &t.report);
  MUST((t.rc == 0) == (t.policy != NULL));
  MUST(t.rc != POLICYEVAL_EINTERNAL && t.rc != POLICYEVAL_ENOMEM);
  for (size_t i = 0; i < policyeval_report_count(t.report); i++) {
    policyeval_span span;
    MUST(policyeval_report_span(t.report, i, &span) == 0);
    MUST(span.start.offset <= span.end.offset && span.end.offset <= len);
  }
  if (t.report) MUST(policyeval_report_json(t.report, NULL) && policyeval_report_text(t.report, NULL));
  return t;
}

static void release(taken *t) {
  policyeval_policy_unref(t->policy);
  policyeval_report_free(t->report);
}

/* What `validate --fix` makes of a text, loaded. NULL: it does not load. */
static policyeval_policy *mended(policyeval_context *context, int kind, const pe_buf *text) {
  policyeval_validation *options = NULL;
  policyeval_policy *policy = NULL;
  char *fixed = NULL;
  size_t len = 0;
  MUST(policyeval_validation_new(context, &options) == 0);
  const int rc = policyeval_fix(options, kind, text->ptr, text->len, "fuzz", &fixed, &len, NULL, NULL);
  MUST(rc != POLICYEVAL_EINTERNAL && rc != POLICYEVAL_ENOMEM);
  if (rc == 0) policyeval_policy_load(context, kind, fixed, len, "fixed", &policy, NULL);
  policyeval_free(context, fixed);
  policyeval_validation_free(options);
  return policy;
}

static bool same_code(const taken *a, const taken *b, size_t i) {
  const policyeval_slice x = policyeval_report_code(a->report, i), y = policyeval_report_code(b->report, i);
  return x.len == y.len && memcmp(x.ptr, y.ptr, x.len) == 0;
}

static void compare(policyeval_context *context, int kind, unsigned which, const pe_buf *document) {
  pe_buf reply;
  pe_buf_init(&reply, &pe_alloc_libc);
  wrap(&reply, which, document);
  taken bare = take(context, kind, document->ptr, document->len), wrapped = take(context, kind, reply.ptr, reply.len);
  MUST(bare.rc == wrapped.rc);
  MUST(policyeval_report_count(bare.report) == policyeval_report_count(wrapped.report));
  for (size_t i = 0; i < policyeval_report_count(bare.report); i++) MUST(same_code(&bare, &wrapped, i));
  if (bare.policy) {
    policyeval_policy *one = mended(context, kind, document), *two = mended(context, kind, &reply);
    MUST(policyeval_policy_equal(bare.policy, wrapped.policy) == 1);
    MUST((one == NULL) == (two == NULL) && (!one || policyeval_policy_equal(one, two) == 1));
    policyeval_policy_unref(one);
    policyeval_policy_unref(two);
  }
  release(&bare);
  release(&wrapped);
  pe_buf_done(&reply);
}

static void as_it_stands(policyeval_context *context, int kind, const char *text, size_t len) {
  taken t = take(context, kind, text, len);
  policyeval_policyset *set = NULL;
  policyeval_validation *options = NULL;
  policyeval_report *report = NULL;
  MUST(policyeval_policyset_new(context, &set) == 0 && policyeval_validation_new(context, &options) == 0);
  int rc = policyeval_policyset_add_grants(set, text, len, "fuzz", &report);
  MUST(rc == 0 || rc == POLICYEVAL_EJSON || rc == POLICYEVAL_EPOLICY || rc == POLICYEVAL_ELIMIT || rc == POLICYEVAL_EINVAL);
  MUST(rc == 0 || rc == POLICYEVAL_EINVAL || policyeval_report_count(report) > 0);
  if (report) MUST(policyeval_report_json(report, NULL));
  rc = policyeval_validation_add_known_principals(options, text, len);
  MUST(rc == 0 || rc == POLICYEVAL_EINVAL);
  policyeval_report_free(report);
  policyeval_validation_free(options);
  policyeval_policyset_unref(set);
  release(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  policyeval_context *context = NULL;
  if (size < 3) return 0;
  const bool choices = data[0] & 128;
  const unsigned which = (data[1] & 127) % WRAPPERS;
  const int kind = wrappers[which].trust ? POLICYEVAL_KIND_TRUST : 1 + (data[0] & 127) % (POLICYEVAL_KIND_LAST_ - 1);
  MUST(policyeval_context_new(NULL, &context) == 0);
  if (data[1] & 128) {
    as_it_stands(context, kind, (const char *)data + 2, size - 2);
  } else {
    pe_buf document;
    fuzz_bytes b = {data + 2, size - 2};
    pe_buf_init(&document, &pe_alloc_libc);
    if (choices) fuzz_policy(&b, &document, kind != POLICYEVAL_KIND_IDENTITY && kind != POLICYEVAL_KIND_SCP);
    else pe_buf_add(&document, (const char *)data + 2, size - 2);
    if (is_document(&document)) compare(context, kind, which, &document);
    pe_buf_done(&document);
  }
  policyeval_context_unref(context);
  return 0;
}

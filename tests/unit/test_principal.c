/* SPDX-License-Identifier: MIT */
/* D2: how one principal covers one caller, as a mask. */
#include "eval/caller.h"
#include "eval/principal.h"
#include "unit.h"

#define ROLE      "arn:aws:iam::111122223333:role/team/App"
#define SESSION   "arn:aws:sts::111122223333:assumed-role/App/s1"
#define USER      "arn:aws:iam::111122223333:user/alice"
#define ROOT      "arn:aws:iam::111122223333:root"
#define FEDERATED "arn:aws:sts::111122223333:federated-user/bob"
#define SECRET    "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-AbCdEf"

typedef struct row {
  const char *principal; /* of the policy */
  char map_key;
  unsigned via;
} row;

typedef struct subject {
  pe_request_builder *builder;
  const pe_request *request;
  pe_rowset touched;
  pe_env env;
} subject;

static void prepare(subject *s) {
  const char *why = "";
  ck_assert_int_eq(pe_request_set_action(s->builder, PE_SLICE("secretsmanager:GetSecretValue"), &why), 0);
  ck_assert_int_eq(pe_request_set_resource(s->builder, PE_SLICE(SECRET), &why), 0);
  ck_assert_msg(pe_request_prepare(s->builder, &s->request, &why) == 0, "%s", why);
  s->touched = (pe_rowset){{0}};
  s->env = (pe_env){.facts = &s->request->facts, .readings = &s->request->readings, .touched = &s->touched};
}

static void start(subject *s, const char *arn, const char *role, const char *id) {
  const char *why = "";
  s->builder = pe_request_builder_new(&pe_alloc_libc, NULL);
  ck_assert_ptr_nonnull(s->builder);
  if (arn) ck_assert_int_eq(pe_request_set_principal_arn(s->builder, pe_slice_str(arn), &why), 0);
  if (role) ck_assert_int_eq(pe_request_set_role_arn(s->builder, pe_slice_str(role), &why), 0);
  if (id) ck_assert_int_eq(pe_request_set_principal_id(s->builder, pe_slice_str(id)), 0);
}

static void check(subject *s, const row *rows, size_t n) {
  for (size_t i = 0; i < n; i++) {
    pe_principal p;
    pe_principal_parse(pe_slice_str(rows[i].principal), (uint8_t)rows[i].map_key, &p);
    unsigned via = pe_principal_covers(&p, s->request, &s->env, PE_VIA_STAR);
    ck_assert_msg(via == rows[i].via, "%s: %u, not %u", rows[i].principal, via, rows[i].via);
  }
}

#define CHECK(s, ...)                                                                                        \
  do {                                                                                                       \
    static const row rows[] = {__VA_ARGS__};                                                                 \
    check(s, rows, sizeof rows / sizeof rows[0]);                                                            \
  } while (0)

START_TEST(session_of_a_role)
{
  subject s;
  start(&s, SESSION, ROLE, "AROAJQABLZS4A3QDU576Q");
  prepare(&s);
  CHECK(&s, {"*", 0, PE_VIA_STAR}, {"*", 'A', PE_VIA_STAR}, {"111122223333", 'A', PE_VIA_ACCOUNT},
        {ROOT, 'A', PE_VIA_ACCOUNT}, {ROLE, 'A', PE_VIA_ROLE}, {SESSION, 'A', PE_VIA_SESSION},
        {"arn:aws:iam::111122223333:role/team/Other", 'A', 0},
        {"arn:aws:iam::444455556666:role/team/App", 'A', 0},
        {"arn:aws:sts::111122223333:assumed-role/App/s2", 'A', 0}, {"444455556666", 'A', 0},
        {"arn:aws-cn:iam::111122223333:role/team/App", 'A', 0}, {"arn:aws-cn:iam::111122223333:root", 'A', 0},
        {"arn:aws:iam::111122223333:role/*", 'A', 0}, {"arn:aws:iam::111122223333:group/App", 'A', 0},
        {"AROAJQABLZS4A3QDU576Q", 'A', PE_VIA_ID}, {"AROAJQABLZS4A3QDU576R", 'A', 0}, {USER, 'A', 0},
        {"lambda.amazonaws.com", 'S', 0}, {"accounts.google.com", 'F', 0});
  ck_assert(pe_rowset_empty(&s.touched));
  pe_request_builder_free(s.builder);
}
END_TEST

START_TEST(path_and_letter_case_are_questions)
{
  subject s;
  start(&s, SESSION, ROLE, NULL);
  prepare(&s);
  CHECK(&s, {"arn:aws:iam::111122223333:role/App", 'A', 0});
  ck_assert(pe_rowset_has(&s.touched, PE_ROW_A7) && !pe_rowset_has(&s.touched, PE_ROW_AMB_28));
  CHECK(&s, {"arn:aws:iam::111122223333:role/team/APP", 'A', 0});
  ck_assert(pe_rowset_has(&s.touched, PE_ROW_AMB_28));
  pe_request_set_reading(s.builder, PE_ROW_A7, 1);
  pe_request_set_reading(s.builder, PE_ROW_AMB_28, 1);
  prepare(&s);
  CHECK(&s, {"arn:aws:iam::111122223333:role/APP", 'A', PE_VIA_ROLE});
  pe_request_builder_free(s.builder);
  /* A path that nobody gave: the name decides, unless the reading wants it exact. */
  start(&s, SESSION, NULL, NULL);
  prepare(&s);
  CHECK(&s, {ROLE, 'A', PE_VIA_ROLE}, {"arn:aws:iam::111122223333:role/App", 'A', PE_VIA_ROLE});
  pe_request_set_reading(s.builder, PE_ROW_A7, 2);
  prepare(&s);
  CHECK(&s, {ROLE, 'A', 0}, {"arn:aws:iam::111122223333:role/App", 'A', PE_VIA_ROLE});
  pe_request_builder_free(s.builder);
}
END_TEST

START_TEST(a_role_is_some_session)
{
  subject s;
  start(&s, ROLE, NULL, NULL);
  prepare(&s);
  CHECK(&s, {ROLE, 'A', PE_VIA_ROLE}, {SESSION, 'A', 0},
        {"arn:aws:sts::111122223333:assumed-role/Other/s1", 'A', 0});
  ck_assert(s.env.unknown_hit);
  s.env.want_unknown = true;
  CHECK(&s, {SESSION, 'A', PE_VIA_SESSION}, {"arn:aws:sts::111122223333:assumed-role/Other/s1", 'A', 0});
  pe_request_builder_free(s.builder);
}
END_TEST

START_TEST(users_roots_and_federated_users)
{
  subject s;
  const char *why = "";
  start(&s, USER, NULL, NULL);
  prepare(&s);
  CHECK(&s, {USER, 'A', PE_VIA_USER}, {"arn:aws:iam::111122223333:user/Alice", 'A', 0},
        {ROOT, 'A', PE_VIA_ACCOUNT}, {"arn:aws:iam::111122223333:user/team/alice", 'A', 0},
        {"AIDAJQABLZS4A3QDU576Q", 'A', 0});
  pe_request_builder_free(s.builder);
  start(&s, ROOT, NULL, NULL);
  prepare(&s);
  CHECK(&s, {ROOT, 'A', PE_VIA_ROOT}, {"111122223333", 'A', PE_VIA_ROOT}, {USER, 'A', 0},
        {"444455556666", 'A', 0});
  pe_request_builder_free(s.builder);
  start(&s, FEDERATED, NULL, NULL);
  ck_assert_int_eq(pe_request_set_parent(s.builder, PE_SLICE(USER), &why), 0);
  prepare(&s);
  CHECK(&s, {FEDERATED, 'A', PE_VIA_FEDERATED}, {USER, 'A', PE_VIA_PARENT_USER}, {ROOT, 'A', PE_VIA_ACCOUNT},
        {"arn:aws:sts::111122223333:federated-user/eve", 'A', 0});
  pe_request_builder_free(s.builder);
}
END_TEST

START_TEST(services_providers_and_nobody)
{
  subject s;
  start(&s, NULL, NULL, NULL);
  pe_request_set_service(s.builder, PE_SLICE("backup.amazonaws.com"));
  prepare(&s);
  CHECK(&s, {"backup.amazonaws.com", 'S', PE_VIA_SERVICE}, {"lambda.amazonaws.com", 'S', 0},
        {"*", 0, PE_VIA_STAR}, {"111122223333", 'A', 0});
  pe_request_set_provider(s.builder, PE_SLICE("accounts.google.com"));
  prepare(&s);
  CHECK(&s, {"accounts.google.com", 'F', PE_VIA_PROVIDER}, {"backup.amazonaws.com", 'S', 0},
        {"*", 'A', PE_VIA_STAR});
  pe_request_set_anonymous(s.builder);
  prepare(&s);
  CHECK(&s, {"*", 0, PE_VIA_STAR}, {"accounts.google.com", 'F', 0}, {"111122223333", 'A', 0});
  pe_request_builder_free(s.builder);
}
END_TEST

/* The builder refuses most of these before; a caller that is put together wrongly has no verdict. */
START_TEST(parts_that_make_no_caller)
{
  const pe_slice role = PE_SLICE(ROLE), user = PE_SLICE(USER), session = PE_SLICE(SESSION), bob = PE_SLICE(FEDERATED);
  const pe_caller_input rows[] = {
      {.arn = PE_SLICE("alice")},
      {.arn = PE_SLICE("arn:aws:sts::111122223333:federated-user/")},
      {.arn = PE_SLICE("arn:aws:iam::111122223333:role/team/")},
      {.arn = session, .role_arn = PE_SLICE("App")},
      {.arn = session, .role_arn = user},
      {.arn = session, .role_arn = session},
      {.arn = session, .role_arn = PE_SLICE("arn:aws:iam::444455556666:role/App")},
      {.arn = session, .role_arn = PE_SLICE("arn:aws-cn:iam::111122223333:role/App")},
      {.arn = session, .role_arn = PE_SLICE("arn:aws:iam::111122223333:role/Other")},
      {.arn = session, .path = PE_SLICE("team")},
      {.arn = role, .path = PE_SLICE("/other/")},
      {.arn = session, .session = PE_SLICE("s2")},
      {.arn = user, .role_arn = role},
      {.arn = user, .session = PE_SLICE("s1")},
      {.arn = user, .path = PE_SLICE("/other/")},
      {.arn = user, .parent = user},
      {.arn = bob, .path = PE_SLICE("/")},
      {.arn = bob, .parent = PE_SLICE("alice")},
      {.kind = PE_CALLER_SERVICE, .service = PE_SLICE("s3.amazonaws.com"), .role_arn = role},
      {.kind = PE_CALLER_SERVICE, .service = PE_SLICE("s3.amazonaws.com"), .path = PE_SLICE("/")},
      {.kind = PE_CALLER_SERVICE, .service = PE_SLICE("s3.amazonaws.com"), .session = PE_SLICE("s1")},
      {.kind = PE_CALLER_ANONYMOUS, .parent = user},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pe_buf made;
    pe_caller out;
    const char *why = NULL;
    pe_buf_init(&made, &pe_alloc_libc);
    ck_assert_msg(pe_caller_complete(&rows[i], &made, &out, &why) == POLICYEVAL_EINVAL && why, "row %zu", i);
    pe_buf_done(&made);
  }
}
END_TEST

UNIT_MAIN("principal", session_of_a_role, path_and_letter_case_are_questions, a_role_is_some_session,
          parts_that_make_no_caller, users_roots_and_federated_users, services_providers_and_nobody)

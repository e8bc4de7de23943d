/* SPDX-License-Identifier: MIT */
/* What the vectors do not show of a decision: the trace, missing facts, several readings at once, failing memory. */
#include <stdio.h>
#include <stdlib.h>

#include "decide_case.h"
#include "eval/grants.h"
#include "policyeval/policyeval.h"
#include "unit.h"

#define ROLE                 "'arn:aws:iam::111122223333:role/App'"
#define CALLER               "{'arn':'arn:aws:sts::111122223333:assumed-role/App/s1','role_arn':" ROLE "}"
#define SECRET               "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"
#define GET                  "'action':'secretsmanager:GetSecretValue','resource':'" SECRET "'"
#define DOC(statements)      "{'Version':'2012-10-17','Statement':[" statements "]}"
#define IDENTITY(statements) "{'principal':" CALLER "," GET ",'policies':{'identity':[" DOC(statements) "]}"
#define ANY                  "'Action':'*','Resource':'*'"

typedef struct fixture {
  pe_test_case c;
  pe_trace t;
} fixture;

static int decide(fixture *f, const char *text) {
  pe_test_case_text(&f->c, &pe_alloc_libc, text);
  pe_trace_init(&f->t, &pe_alloc_libc);
  ck_assert_int_eq(pe_decide(&f->c.set, f->c.request, false, &f->t), 0);
  ck_assert_int_eq(pe_decide_effect(&f->c.set, f->c.request, false), f->t.effect);
  return f->t.effect;
}

static void done(fixture *f) {
  pe_trace_done(&f->t);
  pe_test_case_done(&f->c);
}

/* ---- trace ---- */

START_TEST(trace_says_which_element_failed)
{
  fixture f;
  decide(&f, "{'principal':" CALLER "," GET
             ",'context':{'aws:SourceIp':'203.0.113.7'},'policies':{'identity':[" DOC(
                 "{'Effect':'Allow','Action':'s3:*','Resource':'*'},"
                 "{'Effect':'Allow','Action':'secretsmanager:*','Resource':'" SECRET "x'},"
                 "{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':{'aws:PrincipalOrgID':'o-1'},"
                 "'IpAddress':{'aws:SourceIp':'198.51.100.0/24'}}},"
                 "{'Effect':'Allow','Action':'s3:*','Resource':'" SECRET
                 "x','Condition':{'Null':{'aws:SourceIp':'true'}}},"
                 "{'Effect':'Allow'," ANY ",'Condition':{'IpAddress':{'aws:SourceIp':['198.51.100.0/"
                 "24','203.0.113.0/24']}}}") "],'resource':[" DOC("{'Effect':'Allow','"
                                                                  "Principal':{'AWS':'"
                                                                  "444455556666'}," ANY "}") "]}}");
  ck_assert_int_eq(f.t.effect, POLICYEVAL_ALLOW);
  ck_assert_uint_eq(f.t.layers.len, 2);
  const pe_layer_trace *resource = &f.t.layers.data[0], *identity = &f.t.layers.data[1];
  ck_assert(resource->layer == POLICYEVAL_LAYER_RESOURCE && resource->effect == POLICYEVAL_IMPLICIT_DENY);
  ck_assert(identity->layer == POLICYEVAL_LAYER_IDENTITY && identity->effect == POLICYEVAL_ALLOW);
  ck_assert_uint_eq(identity->count, 5);
  ck_assert_ptr_eq(identity->policy, f.c.set.identity.items[0]);
  const pe_stmt_trace *s = &f.t.statements.data[identity->first];
  ck_assert(s[0].step == PE_STEP_ACTION && s[0].failed == 1u << PE_STEP_ACTION);
  ck_assert(s[1].step == PE_STEP_RESOURCE && s[1].failed == 1u << PE_STEP_RESOURCE);
  ck_assert(s[2].step == PE_STEP_CONDITION && s[2].condition == 0 && s[2].detail.why == PE_WHY_ABSENT);
  ck_assert_uint_eq(s[3].failed, 1u << PE_STEP_ACTION | 1u << PE_STEP_RESOURCE | 1u << PE_STEP_CONDITION);
  ck_assert(s[3].step == PE_STEP_ACTION && s[3].detail.why == PE_WHY_PRESENT);
  ck_assert(s[4].step == PE_STEP_MATCHED && !s[4].failed && s[4].condition == UINT32_MAX);
  const pe_stmt_trace *p = &f.t.statements.data[resource->first];
  ck_assert(p->step == PE_STEP_PRINCIPAL && p->via == 0 && p->layer == POLICYEVAL_LAYER_RESOURCE);
  done(&f);
}
END_TEST

START_TEST(trace_holds_every_layer)
{
  fixture f;
  decide(&f,
         "{'principal':" CALLER "," GET ",'policies':{'identity':[" DOC(
             "{'Effect':'Allow'," ANY
             "}") "],'boundary':[],"
                  "'session':[" DOC("{'Effect':'Allow'," ANY "}") "],'endpoint':[" DOC(
                      "{'Effect':'Allow','Principal':'*'," ANY
                      "}") "],'scp':[[" DOC("{'Effect':'Allow'," ANY
                                            "}") "],[" DOC("{'Effect':'Allow'," ANY
                                                           "}") "," DOC("{'Effect':'Deny',"
                                                                        "'Action':'secretsmanager:Get*','"
                                                                        "Resource':'*'}") "]],'rcp':["
                                                                                          "[" DOC("{'"
                                                                                                  "Effect"
                                                                                                  "':'"
                                                                                                  "Allow'"
                                                                                                  ",'"
                                                                                                  "Princi"
                                                                                                  "pal':'"
                                                                                                  "*'"
                                                                                                  "," ANY
                                                                                                  "}") "]"
                                                                                                       "]"
                                                                                                       "}"
                                                                                                       "}");
  static const struct {
    uint8_t layer, effect;
    uint32_t level, policy;
  } want[] = {{POLICYEVAL_LAYER_RCP, POLICYEVAL_ALLOW, 0, 0},
              {POLICYEVAL_LAYER_SCP, POLICYEVAL_ALLOW, 0, 0},
              {POLICYEVAL_LAYER_SCP, POLICYEVAL_ALLOW, 1, 0},
              {POLICYEVAL_LAYER_SCP, POLICYEVAL_EXPLICIT_DENY, 1, 1},
              {POLICYEVAL_LAYER_RESOURCE, 0, 0, 0},
              {POLICYEVAL_LAYER_IDENTITY, POLICYEVAL_ALLOW, 0, 0},
              {POLICYEVAL_LAYER_BOUNDARY, 0, 0, 0},
              {POLICYEVAL_LAYER_SESSION, POLICYEVAL_ALLOW, 0, 0},
              {POLICYEVAL_LAYER_ENDPOINT, POLICYEVAL_ALLOW, 0, 0}};
  ck_assert_uint_eq(f.t.layers.len, sizeof want / sizeof *want);
  for (size_t i = 0; i < f.t.layers.len; i++) {
    const pe_layer_trace *l = &f.t.layers.data[i];
    ck_assert_msg(l->layer == want[i].layer && l->effect == want[i].effect && l->level == want[i].level &&
                      l->policy_index == want[i].policy && l->applies,
                  "entry %zu", i);
  }
  ck_assert_ptr_null(f.t.layers.data[6].policy);
  ck_assert_int_eq(f.t.effect, POLICYEVAL_EXPLICIT_DENY);
  ck_assert_uint_eq(f.t.blocked_by, 1u << POLICYEVAL_LAYER_SCP);
  ck_assert_uint_eq(f.t.primary, POLICYEVAL_LAYER_SCP);
  done(&f);
}
END_TEST

START_TEST(layers_without_a_part_are_marked)
{
  fixture f;
  decide(&f, "{'principal':{'arn':'arn:aws:iam::111122223333:user/u','management_account':true}," GET
             ",'policies':{'identity':[" DOC("{'Effect':'Allow'," ANY
                                             "}") "],'scp':[[" DOC("{'Effect':'Deny'," ANY "}") "]]}}");
  ck_assert_int_eq(f.t.effect, POLICYEVAL_ALLOW);
  const pe_layer_trace *l = &f.t.layers.data[0];
  ck_assert(l->layer == POLICYEVAL_LAYER_SCP && !l->applies && l->count == 0);
  done(&f);
}
END_TEST

START_TEST(the_first_layer_in_order_is_named)
{
  fixture f;
  decide(&f, "{'principal':" CALLER
             ",'action':'secretsmanager:GetSecretValue','resource':'arn:aws:secretsmanager:us-east-1:"
             "444455556666:secret:s-AbCdEf','policies':{'boundary':[],'session':[],'endpoint':[],'scp':[],'"
             "rcp':[]}}");
  ck_assert_int_eq(f.t.effect, POLICYEVAL_IMPLICIT_DENY);
  ck_assert_uint_eq(f.t.primary, POLICYEVAL_LAYER_RCP);
  ck_assert_uint_eq(f.t.blocked_by, 1u << POLICYEVAL_LAYER_RCP | 1u << POLICYEVAL_LAYER_SCP |
                                        1u << POLICYEVAL_LAYER_RESOURCE | 1u << POLICYEVAL_LAYER_IDENTITY |
                                        1u << POLICYEVAL_LAYER_BOUNDARY | 1u << POLICYEVAL_LAYER_SESSION |
                                        1u << POLICYEVAL_LAYER_ENDPOINT);
  done(&f);
}
END_TEST

/* ---- missing facts ---- */

static void expect_missing(const char *text, const char *keys) {
  fixture f;
  char got[256] = "";
  decide(&f, text);
  for (size_t i = 0; i < f.t.missing.len; i++)
    snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s%s ", (int)f.t.missing.data[i].key.len,
             f.t.missing.data[i].key.ptr, f.t.missing.data[i].unknown ? "?" : "");
  ck_assert_msg(strcmp(got, keys) == 0, "%s\nmissing: %s\nnot:     %s", text, got, keys);
  ck_assert(!f.t.missing_cut);
  done(&f);
}

#define WITH(condition) IDENTITY("{'Effect':'Allow'," ANY ",'Condition':" condition "}") "}"
#define ALLOW_DENY(condition)                                                                                \
  IDENTITY("{'Effect':'Allow'," ANY "},{'Effect':'Deny'," ANY ",'Condition':" condition "}") "}"

START_TEST(missing_facts_are_those_that_matter)
{
  expect_missing(WITH("{'StringEquals':{'aws:PrincipalOrgID':'o-a'}}"), "aws:PrincipalOrgID ");
  expect_missing(WITH("{'StringLike':{'AWS:PrincipalTag/Team':'r?d*'}}"), "AWS:PrincipalTag/Team ");
  expect_missing(WITH("{'NumericGreaterThan':{'aws:MultiFactorAuthAge':'7'}}"), "aws:MultiFactorAuthAge ");
  expect_missing(WITH("{'DateLessThan':{'aws:CurrentTime':'2001-01-01T00:00:00Z'}}"), "aws:CurrentTime ");
  expect_missing(WITH("{'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}}"), "aws:SourceIp ");
  expect_missing(WITH("{'IpAddress':{'aws:SourceIp':'2001:db8::/32'}}"), "aws:SourceIp ");
  expect_missing(WITH("{'Bool':{'aws:MultiFactorAuthPresent':'true'}}"), "aws:MultiFactorAuthPresent ");
  expect_missing(WITH("{'ArnLike':{'aws:SignInSessionArn':'arn:aws:*:*:111122223333:session/*'}}"),
                 "aws:SignInSessionArn ");
  expect_missing(WITH("{'ForAnyValue:StringLike':{'aws:PrincipalOrgPaths':'o-a/*'}}"),
                 "aws:PrincipalOrgPaths ");
  expect_missing(WITH("{'Null':{'aws:TokenIssueTime':'false'}}"), "aws:TokenIssueTime ");
  expect_missing(WITH("{'StringEquals':{'s3:prefix':'home'}}"), "s3:prefix ");
  /* Absent and allowed; some value denies. */
  expect_missing(ALLOW_DENY("{'StringEquals':{'aws:PrincipalTag/a':'x'}}"), "aws:PrincipalTag/a ");
  expect_missing(ALLOW_DENY("{'Null':{'aws:SourceVpce':'false'}}"), "aws:SourceVpce ");
  /* Denied by a negated operator on the absent key; the one value would save it. */
  expect_missing(ALLOW_DENY("{'StringNotEquals':{'aws:PrincipalOrgID':'o-a'}}"), "aws:PrincipalOrgID ");
  /* As a variable, in a resource and in a condition. */
  expect_missing(IDENTITY("{'Effect':'Allow','Action':'*','Resource':'arn:aws:secretsmanager:*:*:secret:${"
                          "aws:PrincipalTag/env}/*'}") "}",
                 "aws:PrincipalTag/env ");
  expect_missing("{'principal':" CALLER "," GET
                 ",'context':{'aws:ResourceTag/t':'red'},'policies':{'identity':[" DOC(
                     "{'Effect':'Allow'," ANY
                     ",'Condition':{'StringEquals':{'aws:ResourceTag/t':'${aws:PrincipalTag/t}'}}}") "]}}",
                 "aws:PrincipalTag/t ");
}
END_TEST

START_TEST(facts_that_cannot_matter_are_not_listed)
{
  /* A parameter that was not passed, a key that follows from the caller, a key of services only. */
  expect_missing(WITH("{'StringEquals':{'secretsmanager:VersionStage':'AWSCURRENT'}}"), "");
  expect_missing(WITH("{'StringEquals':{'aws:username':'alice'}}"), "");
  expect_missing(WITH("{'ArnLike':{'aws:SourceArn':'arn:aws:s3:::b'}}"), "");
  /* Two absent keys: neither helps alone. */
  expect_missing(WITH("{'StringEquals':{'aws:PrincipalTag/a':'x','aws:PrincipalTag/b':'y'}}"), "");
  /* The statement fails anyway. */
  expect_missing(IDENTITY("{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'StringEquals':{'"
                          "aws:PrincipalTag/a':"
                          "'x'}}}") "}",
                 "");
  expect_missing(WITH("{'StringEquals':{'aws:PrincipalTag/a':'x','aws:PrincipalAccount':'444455556666'}}"),
                 "");
  /* Allowed by another statement. */
  expect_missing(IDENTITY("{'Effect':'Allow'," ANY "},{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':"
                          "{'aws:PrincipalTag/a':'x'}}}") "}",
                 "");
  /* Denied explicitly instead of implicitly is no other verdict. */
  expect_missing(
      IDENTITY("{'Effect':'Deny'," ANY ",'Condition':{'StringEquals':{'aws:PrincipalTag/a':'x'}}}") "}", "");
  /* The network is known. */
  expect_missing(
      "{'principal':" CALLER "," GET ",'context':{'aws:SourceIp':'203.0.113.7'},'policies':{'identity':[" DOC(
          "{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':{'aws:SourceVpce':'vpce-1'}}}") "]}}",
      "");
  expect_missing(
      "{'principal':" CALLER "," GET ",'context':{'aws:ViaAWSService':'true'},'policies':{'identity':[" DOC(
          "{'Effect':'Allow'," ANY ",'Condition':{'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}}}") "]}}",
      "");
}
END_TEST

START_TEST(unknown_facts_are_listed_when_they_matter)
{
#define UNKNOWN(statements)                                                                                  \
  "{'principal':" CALLER "," GET                                                                             \
  ",'unknown':['aws:PrincipalTag/a','aws:PrincipalTag/b'],'policies':{'identity':[" DOC(statements) "]}}"
  expect_missing(
      UNKNOWN("{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':{'aws:PrincipalTag/a':'x'}}}"),
      "aws:PrincipalTag/a? ");
  expect_missing(UNKNOWN("{'Effect':'Allow'," ANY
                         ",'Condition':{'StringEquals':{'aws:PrincipalTag/a':'x','aws:PrincipalTag/b':"
                         "'y'}}}"),
                 "aws:PrincipalTag/a? aws:PrincipalTag/b? ");
  expect_missing(UNKNOWN("{'Effect':'Allow'," ANY ",'Condition':{'Null':{'aws:PrincipalTag/b':'true'}}}"),
                 "aws:PrincipalTag/b? ");
  expect_missing(UNKNOWN("{'Effect':'Allow'," ANY "},{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':"
                         "{'aws:PrincipalTag/a':'x'}}}"),
                 "");
  /* Whether the session is s1 is not known: nor is aws:userid. */
  expect_missing(
      "{'principal':" ROLE "," GET ",'policies':{'resource':[" DOC(
          "{'Effect':'Allow','Principal':{'AWS':'arn:aws:sts::111122223333:assumed-role/App/s1'}," ANY
          "}") "]}}",
      "aws:userid? ");
  expect_missing("{'principal':" ROLE "," GET ",'policies':{'identity':[" DOC(
                     "{'Effect':'Allow'," ANY ",'Condition':{'StringLike':{'aws:userid':'*:s1'}}}") "]}}",
                 "aws:userid? ");
#undef UNKNOWN
}
END_TEST

/* The work is bounded, and a list that may be too short says so. */
START_TEST(a_search_that_is_given_up_says_so)
{
  pe_buf b;
  fixture f;
  pe_buf_init(&b, &pe_alloc_libc);
  pe_buf_str(&b,
             "{'principal':" CALLER "," GET ",'policies':{'identity':[{'Version':'2012-10-17','Statement':[");
  for (unsigned i = 0; i < 2500; i++)
    pe_buf_fmt(&b, "%s{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':{'aws:PrincipalTag/t%u':'%u'}}}",
               i ? "," : "", i, i);
  pe_buf_str(&b, "]}]}}");
  decide(&f, b.ptr);
  ck_assert(f.t.missing_cut && f.t.missing.len > 0 && f.t.missing.len < 2500);
  done(&f);
  pe_buf_done(&b);
}
END_TEST

/* Among the values of one key, too. */
START_TEST(a_search_ends_within_a_key)
{
  pe_buf b;
  fixture f;
  pe_buf_init(&b, &pe_alloc_libc);
  pe_buf_str(&b, "{'principal':" CALLER "," GET ",'policies':{'identity':[{'Version':'2012-10-17','Statement':[");
  for (unsigned i = 0; i < 2500; i++)
    pe_buf_fmt(&b, "%s{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':{'aws:PrincipalTag/t':'%u','aws:PrincipalType':'x'}}}",
               i ? "," : "", i);
  pe_buf_str(&b, "]}]}}");
  decide(&f, b.ptr);
  ck_assert(f.t.missing_cut && f.t.missing.len == 0);
  done(&f);
  pe_buf_done(&b);
}
END_TEST

/* Keys of one hash are different keys where what is missing is looked for, too. */
START_TEST(missing_keys_of_one_hash)
{
  static const char *const keys[] = {"oljgajaaq1-a/fjf", "bnbjclaaijnvvgnf", "bnjlhlaax4oig970", "bnjdebbangngqj6f"};
  char text[2048];
  for (int i = 1; i < 4; i++)
    ck_assert_uint_eq(pe_slice_hash(pe_slice_str(keys[i])), pe_slice_hash(pe_slice_str(keys[0]))); /* or nothing is tested */
  for (int missing = 0; missing < 3; missing++) {
    const int before = (missing + 1) % 3, behind = (missing + 2) % 3;
    snprintf(text, sizeof text,
             "{'principal':" CALLER "," GET ",'context':{'%s':'b','%s':'c'},'policies':{'identity':[" DOC(
                 "{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':{'%s':'${%s}-x','aws:PrincipalType':'nobody'}}},"
                 "{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':{'%s':'a','%s':'b','%s':'c'}}}") "]}}",
             keys[before], keys[behind], keys[before], keys[3], keys[missing], keys[before], keys[behind]);
    fixture f;
    ck_assert_int_eq(decide(&f, text), POLICYEVAL_IMPLICIT_DENY);
    ck_assert_uint_eq(f.t.missing.len, 1);
    ck_assert(pe_slice_eq(f.t.missing.data[0].key, pe_slice_str(keys[missing])));
    done(&f);
  }
}
END_TEST

/* ---- readings ---- */

static bool assumed(const fixture *f, pe_row row) { return pe_rowset_has(&f->t.assumptions, row); }

static unsigned count_rows(const pe_rowset *s) {
  unsigned n = 0;
  for (unsigned i = 0; i < PE_ROWS; i++) n += pe_rowset_has(s, (pe_row)i);
  return n;
}

START_TEST(rows_that_only_decide_together)
{
  fixture f;
  /* AMB-12 and AMB-14 both stand between the caller and the Allow. */
  decide(&f,
         "{'principal':" CALLER "," GET ",'context':{'example:k':['a','b']},'policies':{'identity':[" DOC(
             "{'Effect':'Allow'," ANY
             ",'Condition':{'StringEquals':{'example:k':'a'},'StringNotEquals':{'example:k':[]}}}") "]}}");
  ck_assert_int_eq(f.t.effect, POLICYEVAL_IMPLICIT_DENY);
  ck_assert(assumed(&f, PE_ROW_AMB_12) && assumed(&f, PE_ROW_AMB_14) && count_rows(&f.t.assumptions) == 2);
  ck_assert_int_eq(pe_decide_effect(&f.c.set, f.c.request, true), POLICYEVAL_UNKNOWN);
  ck_assert_int_eq(pe_decide(&f.c.set, f.c.request, true, &f.t), 0);
  ck_assert_int_eq(f.t.effect, POLICYEVAL_UNKNOWN);
  done(&f);
  /* Three of them. */
  decide(&f, "{'principal':" CALLER "," GET
             ",'context':{'example:k':['a','b'],'example:n':'abc'},'policies':{'identity':[" DOC(
                 "{'Effect':'Allow'," ANY
                 ",'Condition':{'StringEquals':{'example:k':'a'},'StringNotEquals':{'example:z':[]},"
                 "'NumericNotEquals':{'example:n':'5'}}}") "]}}");
  ck_assert_uint_eq(count_rows(&f.t.assumptions), 3);
  ck_assert(assumed(&f, PE_ROW_AMB_12) && assumed(&f, PE_ROW_AMB_13) && assumed(&f, PE_ROW_AMB_14));
  done(&f);
}
END_TEST

/* More rows than pairs are tried of: all of them do not matter, as each of them is beside what is false. */
START_TEST(many_rows_that_do_not_decide)
{
#define BESIDE(condition) ",{'Effect':'Deny'," ANY ",'Condition':{" condition ",'StringLike':{'aws:PrincipalType':'nobody'}}}"
  static const char text[] =
      "{'principal':" CALLER "," GET ",'context':{'a:year':'2015-06-01','a:word':'abc','a:two':['a','b'],'a:none':'',"
      "'a:ip':'::ffff:10.0.0.1','a:arn':'arn:aws:iam::111122223333:role/App','aws:TagKeys':['a'],'aws:RequestTag/k':'x',"
      "'aws:RequestTag/K':'y'},'policies':{'identity':[{'Version':'2012-10-17','Statement':[{'Effect':'Allow'," ANY "}"
      BESIDE("'DateGreaterThan':{'a:year':'2020'}") BESIDE("'NumericNotEquals':{'a:word':'5'}")
      BESIDE("'StringEquals':{'a:two':'a'}") BESIDE("'StringEquals':{'a:none':[]}") BESIDE("'Null':{'a:none':'true'}")
      BESIDE("'ForAllValues:Null':{'a:word':'true'}") BESIDE("'IpAddress':{'a:ip':'10.0.0.0/8'}")
      BESIDE("'ArnEquals':{'a:arn':'*'}") BESIDE("'ForAnyValue:StringEqualsIfExists':{'a:absent':'a'}")
      BESIDE("'StringNotEquals':{'a:word':'${a:absent}'}") BESIDE("'StringEquals':{'aws:RequestTag/k':'y'}")
      BESIDE("'StringEquals':{'aws:TagKeys':'a'}") "]}]}}";
  fixture f;
  ck_assert_int_eq(decide(&f, text), POLICYEVAL_ALLOW);
  ck_assert_uint_eq(count_rows(&f.t.assumptions), 0);
  done(&f);
}
END_TEST

START_TEST(rows_that_do_not_decide_are_no_assumptions)
{
  fixture f;
  decide(&f, "{'principal':" CALLER "," GET ",'context':{'example:k':['a','b']},'policies':{'identity':[" DOC(
                 "{'Effect':'Allow'," ANY "},{'Effect':'Allow'," ANY
                 ",'Condition':{'StringEquals':{'example:k':'a'}}}") "]}}");
  ck_assert_int_eq(f.t.effect, POLICYEVAL_ALLOW);
  ck_assert(pe_rowset_empty(&f.t.assumptions));
  ck_assert_int_eq(pe_decide_effect(&f.c.set, f.c.request, true), POLICYEVAL_ALLOW);
  done(&f);
}
END_TEST

/* ---- grants ---- */

/* A text is as long as the caller says: what stands behind it is not looked at. */
START_TEST(grants_end_where_their_text_ends)
{
  policyeval_context *c = NULL;
  policyeval_policyset *set = NULL;
  ck_assert_int_eq(policyeval_context_new(NULL, &c), 0);
  ck_assert_int_eq(policyeval_policyset_new(c, &set), 0);
  ck_assert_int_eq(policyeval_policyset_add_grants(set, "[]    x", 2, "grants", NULL), 0);
  ck_assert_int_eq(policyeval_policyset_add_grants(set, "[]    ]", 6, "grants", NULL), 0);
  ck_assert_int_eq(policyeval_policyset_add_grants(set, "[      ]", 3, "grants", NULL), POLICYEVAL_EJSON);
  policyeval_policyset_unref(set);
  policyeval_context_unref(c);
}
END_TEST

START_TEST(grants_are_read_or_refused)
{
  static const struct {
    const char *text;
    int rc;
    uint32_t count;
  } rows[] = {
      {"[]", 0, 0},
      {"{'Grants':[],'Truncated':false}", 0, 0},
      {"[{'GranteePrincipal':'arn:aws:iam::111122223333:role/R','Operations':['Decrypt']}]", 0, 1},
      {"{'Grants':[{'GranteePrincipal':'ec2.amazonaws.com','Operations':[],'Constraints':null},"
       "{'GranteeServicePrincipal':'ec2.amazonaws.com','Operations':[],'Constraints':{'SourceArn':'arn:aws:"
       "s3:::b'}}]}",
       0, 2},
      {"[{'GranteePrincipal':'x','Operations':['Decrypt'],'Constraints':{'EncryptionContextSubset':{'a':'b'}}"
       "}]",
       0, 1},
      {"", POLICYEVAL_EJSON, 0},
      {"{}", POLICYEVAL_EPOLICY, 0},
      {"{'Grants':{}}", POLICYEVAL_EPOLICY, 0},
      {"'x'", POLICYEVAL_EPOLICY, 0},
      {"[1]", POLICYEVAL_EPOLICY, 0},
      {"[{}]", POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':1,'Operations':[]}]", POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x'}]", POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x','GranteeServicePrincipal':'y','Operations':[]}]", POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x','Operations':[1]}]", POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x','Operations':'Decrypt'}]", POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x','Operations':[],'Constraints':{'New':{}}}]", POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x','Operations':[],'Constraints':[]}]", POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x','Operations':[],'Constraints':{'EncryptionContextEquals':{'a':1}}}]",
       POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x','Operations':[],'Constraints':{'EncryptionContextEquals':1}}]",
       POLICYEVAL_EPOLICY, 0},
      {"[{'GranteePrincipal':'x','Operations':[],'Constraints':{'EncryptionContextEquals':{},'"
       "EncryptionContextSubset':{}}}]",
       POLICYEVAL_EPOLICY, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[400];
    snprintf(text, sizeof text, "%s", rows[i].text);
    for (char *p = text; *p; p++) *p = *p == '\'' ? '"' : *p;
    UNIT_EACH_ALLOCATION (mem, rc) {
      pe_load_options options = {.limits = pe_load_limits_default};
      const pe_grant *grants = NULL;
      uint32_t count = 0;
      pe_findings findings = {0};
      pe_arena *arena = pe_arena_new(&mem.alloc, 0);
      rc = arena ? pe_findings_init(&findings, &mem.alloc) : POLICYEVAL_ENOMEM;
      bool ready = arena && !rc;
      if (!rc) rc = pe_grants_load(arena, pe_slice_str(text), &options, &grants, &count, &findings);
      if (rc != POLICYEVAL_ENOMEM) {
        ck_assert_msg(rc == rows[i].rc && count == rows[i].count, "%s: %d, %u", text, rc, count);
        ck_assert_msg((findings.list.len > 0) == (rc != 0), "%s", text);
        rc = 0;
      }
      if (ready) pe_findings_done(&findings);
      pe_arena_free(arena);
    }
    /* Without anyone to tell, and behind grants that are there. */
    const pe_load_options options = {.limits = pe_load_limits_default};
    const pe_grant *grants = NULL;
    uint32_t count = 0;
    pe_arena *arena = pe_arena_new(&pe_alloc_libc, 0);
    for (int k = 0; k < 2; k++)
      ck_assert_int_eq(pe_grants_load(arena, pe_slice_str(text), &options, &grants, &count, NULL), rows[i].rc);
    ck_assert_uint_eq(count, 2 * rows[i].count);
    for (uint32_t k = 0; k < rows[i].count; k++) ck_assert_uint_eq(grants[k].noperations, grants[k + rows[i].count].noperations);
    pe_arena_free(arena);
  }
}
END_TEST

/* ---- paths that the vectors do not take ---- */

/* A policy large enough for an index decides as its trace, which looks at every statement. */
START_TEST(an_index_decides_as_a_scan)
{
  static const char *const asked[] = {"s3:GetThing7", "s3:PutThing7", "kms:Decrypt", "iam:Thing12",
                                      "sqs:Other"};
  pe_buf b;
  pe_buf_init(&b, &pe_alloc_libc);
  for (unsigned a = 0; a < sizeof asked / sizeof *asked; a++) {
    pe_buf_clear(&b);
    pe_buf_fmt(&b,
               "{'principal':" CALLER
               ",'action':'%s','resource':'*','policies':{'identity':[{'Version':'2012-10-17',"
               "'Statement':[",
               asked[a]);
    for (unsigned i = 0; i < 60; i++)
      pe_buf_fmt(&b, "{'Effect':'%s','%s':['s3:*Thing%u','iam:Thing%u*','%s'],'Resource':'*'},",
                 i % 7 == 5 ? "Deny" : "Allow", i == 5 ? "NotAction" : "Action", i, i,
                 i == 5    ? "*"
                 : i == 12 ? "kms:?ecrypt"
                           : "ec2:*");
    pe_buf_str(&b, "{'Effect':'Deny','Action':'iam:thing12','Resource':'*'}]}]}}");
    fixture f;
    int effect = decide(&f, b.ptr);
    ck_assert_ptr_nonnull(f.c.set.identity.items[0]->index);
    static const int want[] = {POLICYEVAL_ALLOW, POLICYEVAL_ALLOW, POLICYEVAL_EXPLICIT_DENY,
                               POLICYEVAL_EXPLICIT_DENY, POLICYEVAL_IMPLICIT_DENY};
    ck_assert_msg(effect == want[a], "%s: %d", asked[a], effect);
    done(&f);
  }
  pe_buf_done(&b);
}
END_TEST

#define KEY "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define GRANT(constraints)                                                                                   \
  ",'policies':{'resource':[" DOC("{'Effect':'Allow','Principal':{'AWS':'999999999999'}," ANY                \
                                  "}") "],'grants':[{'GranteePrincipal':" ROLE                               \
                                       ",'Operations':['Decrypt'],'Constraints':" constraints "}]}}"
#define DECRYPT "{'principal':" CALLER ",'action':'kms:Decrypt','resource':'" KEY "'"

START_TEST(grants_know_unknown_facts)
{
  fixture f;
  ck_assert_int_eq(decide(&f, DECRYPT GRANT("{}")), POLICYEVAL_ALLOW);
  ck_assert(f.t.grants.len == 1 && f.t.grants.data[0] == 0);
  done(&f);
  ck_assert_int_eq(decide(&f, DECRYPT ",'unknown':['kms:EncryptionContext:a']" GRANT(
                                  "{'EncryptionContextSubset':{'a':'b'}}")),
                   POLICYEVAL_UNKNOWN);
  done(&f);
  ck_assert_int_eq(decide(&f, DECRYPT ",'unknown':['aws:SourceArn']" GRANT("{'SourceArn':'arn:aws:s3:::b'}")),
                   POLICYEVAL_UNKNOWN);
  done(&f);
  ck_assert_int_eq(decide(&f, DECRYPT ",'context':{'aws:SourceArn':'arn:aws:s3:::b'}" GRANT(
                                  "{'SourceArn':'arn:aws:s3:::b'}")),
                   POLICYEVAL_ALLOW);
  done(&f);
  ck_assert_int_eq(decide(&f, DECRYPT GRANT("{'SourceArn':'arn:aws:s3:::b'}")), POLICYEVAL_IMPLICIT_DENY);
  done(&f);
}
END_TEST

static void expect_assumption(const char *resource, int effect, int row) {
  char text[700];
  fixture f;
  snprintf(text, sizeof text,
           "{'principal':" CALLER "," GET
           ",'policies':{'identity':[" DOC("{'Effect':'Allow','Action':'*','Resource':'%s'}") "]}}",
           resource);
  ck_assert_msg(decide(&f, text) == effect, "%s", resource);
  ck_assert_msg(count_rows(&f.t.assumptions) == (row >= 0) && (row < 0 || assumed(&f, (pe_row)row)), "%s",
                resource);
  done(&f);
}

START_TEST(letter_case_and_crossing_with_wildcards)
{
  int deny = POLICYEVAL_IMPLICIT_DENY;
  expect_assumption("arn:aws:secretsmanager:US-*-1:111122223333:secret:prod/db-AbCdEf", deny, PE_ROW_AMB_3);
  expect_assumption("arn:aws:SecretsManager:us-?ast-1:1111*3:secret:prod/*", deny, PE_ROW_AMB_3);
  expect_assumption("arn:aws:SecretsManager:us-??st-2:111122223333:secret:prod/*", deny, -1);
  expect_assumption("arn:aws:SecretsManager:*:111122223333:secret:Prod/*", deny, -1);
  expect_assumption("arn:aws:SecretsManager:*:111122223333:secret:${aws:PrincipalAccount}/*", deny, -1);
  expect_assumption("arn:aws:SecretsManager:*:*:secret:${aws:PrincipalOrgID, `prod`}/*", deny, PE_ROW_AMB_3);
  expect_assumption("arn:aws:secretsmanager:*:${aws:PrincipalOrgID, `prod`}/db-AbCdEf", deny, -1);
  expect_assumption("arn:aws:secretsmanager:us-east-1:*:prod/${aws:PrincipalOrgID, `db-AbCdEf`}", deny,
                    PE_ROW_AMB_1);
  expect_assumption("arn:aws:secretsmanager:*:prod/db-AbCdEf", deny, -1); /* five fields: AMB-1 does not ask */
  expect_assumption("arn:aws:secretsmanager:us-east-1:111122223333:${aws:PrincipalOrgID, `secret`}:prod/*",
                    POLICYEVAL_ALLOW, -1);
  expect_assumption("arn:aws:secretsmanager:us-east-1:111122223333:${*}ecret:prod/*", deny, -1);
  expect_assumption("arn:aws:secretsmanager:us-east-1:111122223333:sec*:prod/*", POLICYEVAL_ALLOW,
                    PE_ROW_AMB_2);
}
END_TEST

START_TEST(not_principal_spares_services_and_providers)
{
  static const struct {
    const char *caller, *except;
    int effect;
  } rows[] = {{"{'service':'a.amazonaws.com'}", "{'Service':'a.amazonaws.com'}", POLICYEVAL_ALLOW},
              {"{'service':'a.amazonaws.com'}", "{'Service':'b.amazonaws.com'}", POLICYEVAL_EXPLICIT_DENY},
              {"{'federated':'accounts.google.com'}", "{'AWS':'111122223333'}", POLICYEVAL_EXPLICIT_DENY},
              {"{'anonymous':true}", "{'AWS':'111122223333'}", POLICYEVAL_EXPLICIT_DENY},
              {"{'anonymous':true}", "'*'", POLICYEVAL_ALLOW}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[700];
    fixture f;
    snprintf(
        text, sizeof text,
        "{'principal':%s,'action':'s3:GetObject','resource':'arn:aws:s3:::b/k','policies':{'resource':[" DOC(
            "{'Effect':'Allow','Principal':'*'," ANY "},{'Effect':'Deny','NotPrincipal':%s," ANY "}") "]}}",
        rows[i].caller, rows[i].except);
    ck_assert_msg(decide(&f, text) == rows[i].effect, "%s", text);
    done(&f);
  }
}
END_TEST

START_TEST(one_statement_by_itself)
{
  fixture f;
  decide(&f, WITH("{'StringEquals':{'aws:PrincipalTag/a':'x'}}"));
  const pe_statement *s = &f.c.set.identity.items[0]->statements[0];
  pe_rowset touched = {{0}};
  pe_env env = {.facts = &f.c.request->facts, .readings = &f.c.request->readings, .touched = &touched};
  pe_stmt_trace t = {0};
  unsigned via = 7;
  ck_assert_int_eq(pe_statement_match(s, POLICYEVAL_KIND_IDENTITY, f.c.request, &env, &via, NULL),
                   PE_STEP_CONDITION);
  ck_assert_int_eq(pe_statement_match(s, POLICYEVAL_KIND_RESOURCE, f.c.request, &env, NULL, &t),
                   PE_STEP_PRINCIPAL);
  ck_assert(via == 0 && t.statement == s && t.failed == (1u << PE_STEP_PRINCIPAL | 1u << PE_STEP_CONDITION));
  done(&f);
  /* A principal has no place in an identity policy. */
  decide(&f, "{'principal':" CALLER "," GET ",'policies':{'resource':[" DOC("{'Effect':'Allow','Principal':'*'," ANY "}") "]}}");
  s = &f.c.set.resource.items[0]->statements[0];
  env = (pe_env){.facts = &f.c.request->facts, .readings = &f.c.request->readings, .touched = &touched};
  ck_assert_int_eq(pe_statement_match(s, POLICYEVAL_KIND_IDENTITY, f.c.request, &env, &via, NULL), PE_STEP_PRINCIPAL);
  ck_assert_int_eq(pe_statement_match(s, POLICYEVAL_KIND_RESOURCE, f.c.request, &env, &via, NULL), PE_STEP_MATCHED);
  /* The policy of what is asked about, by either name. */
  for (int layer = 0; layer < 2; layer++) {
    const pe_request *r = NULL;
    const char *why = NULL;
    ck_assert_int_eq(pe_request_set_only(f.c.builder, layer ? POLICYEVAL_LAYER_KEY : POLICYEVAL_LAYER_RESOURCE), 0);
    ck_assert_int_eq(pe_request_prepare(f.c.builder, &r, &why), 0);
    ck_assert_int_eq(pe_decide_effect(&f.c.set, r, false), POLICYEVAL_ALLOW);
  }
  done(&f);
}
END_TEST

/* L1.2.6: such policies are not decided about, and nothing in them would count. */
START_TEST(broken_statements_match_nothing)
{
  static const char text[] = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
                             "\"Resource\":\"*\",\"Other\":1}}";
  fixture f;
  decide(&f, IDENTITY("{'Effect':'Allow'," ANY "}") "}");
  const pe_load_options options = {.kind = POLICYEVAL_KIND_IDENTITY, .limits = pe_load_limits_default, .lenient = true};
  pe_policy *policy = NULL;
  pe_policyset set = f.c.set;
  ck_assert_int_eq(pe_policy_load(&pe_alloc_libc, pe_slice_str(text), &options, &policy, NULL), 0);
  set.identity = (pe_policy_list){&policy, 1};
  ck_assert_int_eq(pe_decide(&set, f.c.request, false, &f.t), 0);
  ck_assert_int_eq(f.t.effect, POLICYEVAL_IMPLICIT_DENY);
  ck_assert_int_eq(f.t.statements.data[0].step, PE_STEP_NO_EFFECT);
  ck_assert_int_eq(pe_decide_effect(&set, f.c.request, false), POLICYEVAL_IMPLICIT_DENY);
  pe_policy_unref(policy);
  done(&f);
}
END_TEST

START_TEST(managed_keys_are_exempt_from_rcps)
{
  fixture f;
  const char *why = "";
  pe_readings readings = {{0}};
  decide(
      &f,
      DECRYPT ",'policies':{'resource':[" DOC(
          "{'Effect':'Allow','Principal':{'AWS':" ROLE "}," ANY
          "}") "],'rcp':[[" DOC("{'Effect':'Deny','Principal':'*','Action':'kms:*','Resource':'*'}") "]]}}");
  ck_assert_int_eq(f.t.effect, POLICYEVAL_EXPLICIT_DENY);
  pe_request_set_managed_key(f.c.builder, true);
  pe_request_apply_readings(f.c.builder, &readings);
  ck_assert_int_eq(pe_request_prepare(f.c.builder, &f.c.request, &why), 0);
  ck_assert_int_eq(pe_decide_effect(&f.c.set, f.c.request, false), POLICYEVAL_ALLOW);
  ck_assert_int_eq(pe_request_prepare(f.c.builder, &f.c.request, &why), 0);
  done(&f);
}
END_TEST

/* ---- failing memory ---- */

START_TEST(every_allocation_may_fail)
{
  fixture f;
  decide(&f, "{'principal':" ROLE "," GET
             ",'context':{'example:k':['a','b']},'unknown':['aws:PrincipalOrgID'],'policies':{"
             "'identity':[" DOC(
                 "{'Effect':'Allow'," ANY ",'Condition':{'StringEquals':{'aws:PrincipalOrgID':'o-1',"
                 "'aws:PrincipalTag/t':'${aws:PrincipalTag/u}'}}},{'Effect':'Allow'," ANY
                 ",'Condition':{'StringEquals':"
                 "{'aws:PrincipalOrgID':'o-1'}}},{'Effect':'Deny'," ANY
                 ",'Condition':{'StringEquals':{'example:k':'z'}}}") "],'scp':[[" DOC("{'Effect':'Allow'," ANY
                                                                                      "}") "]]}}");
  int effect = f.t.effect;
  size_t missing = f.t.missing.len;
  ck_assert_int_eq(effect, POLICYEVAL_UNKNOWN);
  UNIT_EACH_ALLOCATION (mem, rc) {
    pe_trace t;
    pe_trace_init(&t, &mem.alloc);
    rc = pe_decide(&f.c.set, f.c.request, false, &t);
    if (!rc) ck_assert(t.effect == effect && t.missing.len == missing && !t.failed);
    pe_trace_done(&t);
  }
  done(&f);
}
END_TEST

START_TEST(a_trace_used_again_is_clean)
{
  fixture f;
  decide(&f, WITH("{'StringEquals':{'aws:PrincipalOrgID':'o-a'}}"));
  size_t layers = f.t.layers.len, statements = f.t.statements.len;
  for (int i = 0; i < 3; i++) ck_assert_int_eq(pe_decide(&f.c.set, f.c.request, i == 1, &f.t), 0);
  ck_assert(f.t.layers.len == layers && f.t.statements.len == statements && f.t.missing.len == 1);
  done(&f);
}
END_TEST

UNIT_MAIN("decide", trace_says_which_element_failed, trace_holds_every_layer,
          layers_without_a_part_are_marked, the_first_layer_in_order_is_named,
          missing_facts_are_those_that_matter, facts_that_cannot_matter_are_not_listed,
          unknown_facts_are_listed_when_they_matter, a_search_that_is_given_up_says_so, a_search_ends_within_a_key,
          missing_keys_of_one_hash,
          rows_that_only_decide_together, many_rows_that_do_not_decide, rows_that_do_not_decide_are_no_assumptions,
          grants_end_where_their_text_ends, grants_are_read_or_refused, an_index_decides_as_a_scan, grants_know_unknown_facts,
          letter_case_and_crossing_with_wildcards, not_principal_spares_services_and_providers,
          one_statement_by_itself, broken_statements_match_nothing, managed_keys_are_exempt_from_rcps, every_allocation_may_fail,
          a_trace_used_again_is_clean)

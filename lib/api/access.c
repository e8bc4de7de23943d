/* SPDX-License-Identifier: MIT */
#include "policyeval/access.h"

#include "api/objects.h"
#include "report/render.h"

int policyeval_access_new(policyeval_context *context, policyeval_access **access) {
  if (!context || !access) return POLICYEVAL_EINVAL;
  policyeval_access *a = pe_alloc_new(&context->alloc, sizeof *a);
  if (!a) return pe_context_told(context, POLICYEVAL_ENOMEM);
  a->context = policyeval_context_ref(context);
  a->detail = "";
  int rc = pe_access_init(&a->access, &context->alloc, context->catalog);
  for (int i = 0; i < PE_LEGS; i++) {
    pe_trace_init(&a->trace[i], &context->alloc);
    if (rc == POLICYEVAL_OK) rc = policyeval_policyset_new(context, &a->set[i]);
    if (rc == POLICYEVAL_OK) pe_request_apply_readings(a->access.leg[i], &context->readings);
  }
  if (rc != POLICYEVAL_OK) {
    policyeval_access_free(a);
    return pe_context_told(context, rc);
  }
  *access = a;
  return POLICYEVAL_OK;
}

/* Every change of the question makes the answer stale. */
static void forget(policyeval_access *a) {
  a->decided = a->prepared = false;
  pe_access_forget_reach(a);
  pe_access_forget_who(a, false);
  pe_hints_done(&a->hints);
  for (int i = 0; i < PE_LEGS; i++) pe_trace_clear(&a->trace[i]);
  pe_alloc_free(&a->context->alloc, a->json);
  pe_alloc_free(&a->context->alloc, a->text);
  a->json = a->text = NULL;
}

void policyeval_access_free(policyeval_access *access) {
  if (!access) return;
  policyeval_context *context = access->context;
  forget(access);
  pe_access_forget_who(access, true);
  for (int i = 0; i < PE_LEGS; i++) {
    pe_trace_done(&access->trace[i]);
    policyeval_policyset_unref(access->set[i]);
  }
  policyeval_policy_unref(access->managed);
  pe_access_done(&access->access);
  pe_alloc_free(&context->alloc, access);
  policyeval_context_unref(context);
}

const char *policyeval_access_detail(const policyeval_access *access) { return access ? access->detail : ""; }

/* What a setter came to: the reason is kept, and the answer forgotten. */
static int done(policyeval_access *a, int rc, const char *why) {
  a->detail = rc == POLICYEVAL_OK ? "" : why;
  forget(a);
  return pe_context_told(a->context, rc);
}

int policyeval_access_set_principal(policyeval_access *access, const char *arn, size_t len) {
  pe_slice text;
  if (!access) return POLICYEVAL_EINVAL;
  const char *why = "";
  int rc = pe_arg_text(arn, len, &text, &why);
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++)
    rc = pe_request_set_principal_arn(access->access.leg[i], text, &why);
  return done(access, rc, why);
}

int policyeval_access_set_principal_fact(policyeval_access *access, int fact, const char *value, size_t len) {
  pe_slice text;
  if (!access) return POLICYEVAL_EINVAL;
  const char *why = "";
  int rc = pe_arg_text(value, len, &text, &why);
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++)
    rc = pe_arg_principal_fact(access->access.leg[i], fact, text, &why);
  return done(access, rc, why);
}

int policyeval_access_set_management(policyeval_access *access, int principal, int resource) {
  if (!access) return POLICYEVAL_EINVAL;
  int rc = POLICYEVAL_OK;
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++)
    rc = pe_request_set_management(access->access.leg[i], principal != 0, resource != 0);
  return done(access, rc, "");
}

typedef int (*text_setter)(pe_access *a, pe_slice text, const char **why);

static int set_text(policyeval_access *a, const char *ptr, size_t len, text_setter set) {
  pe_slice text;
  if (!a) return POLICYEVAL_EINVAL;
  const char *why = "";
  int rc = pe_arg_text(ptr, len, &text, &why);
  if (rc == POLICYEVAL_OK) rc = set(&a->access, text, &why);
  return done(a, rc, why);
}

int policyeval_access_set_secret(policyeval_access *access, const char *arn, size_t len) {
  return set_text(access, arn, len, pe_access_set_secret);
}
int policyeval_access_set_key(policyeval_access *access, const char *arn, size_t len) {
  return set_text(access, arn, len, pe_access_set_key);
}
int policyeval_access_set_key_state(policyeval_access *access, const char *state, size_t len) {
  return set_text(access, state, len, pe_access_set_key_state);
}

static int set_stage(pe_access *a, pe_slice text, const char **why) {
  (void)why;
  return pe_access_set_stage(a, text);
}
int policyeval_access_set_version_stage(policyeval_access *access, const char *stage, size_t len) {
  return set_text(access, stage, len, set_stage);
}

static int set_version_id(pe_access *a, pe_slice text, const char **why) {
  (void)why;
  return pe_access_set_version_id(a, text);
}
int policyeval_access_set_version_id(policyeval_access *access, const char *id, size_t len) {
  return set_text(access, id, len, set_version_id);
}

int policyeval_access_set_context(policyeval_access *access, const char *key, size_t key_len, const char *value,
                                  size_t value_len) {
  pe_slice name, text;
  if (!access) return POLICYEVAL_EINVAL;
  const char *why = "";
  int rc = pe_arg_key(key, key_len, &name, &why);
  if (rc == POLICYEVAL_OK) rc = pe_arg_text(value, value_len, &text, &why);
  if (rc == POLICYEVAL_OK) rc = pe_access_set_fact(&access->access, name, &text, 1, false);
  return done(access, rc, why);
}

int policyeval_access_set_context_list(policyeval_access *access, const char *key, size_t key_len,
                                       const char *const *values, const size_t *lens, size_t count) {
  pe_slice name, *texts = NULL;
  if (!access) return POLICYEVAL_EINVAL;
  const char *why = "";
  int rc = pe_arg_key(key, key_len, &name, &why);
  if (rc == POLICYEVAL_OK) rc = pe_arg_list(&access->context->alloc, values, lens, count, &texts, &why);
  if (rc == POLICYEVAL_OK) rc = pe_access_set_fact(&access->access, name, texts, (uint32_t)count, true);
  pe_alloc_free(&access->context->alloc, texts);
  return done(access, rc, why);
}

int policyeval_access_set_unknown(policyeval_access *access, const char *key, size_t len) {
  pe_slice name;
  if (!access) return POLICYEVAL_EINVAL;
  const char *why = "";
  int rc = pe_arg_key(key, len, &name, &why);
  if (rc == POLICYEVAL_OK) rc = pe_access_set_fact(&access->access, name, NULL, 0, false);
  return done(access, rc, why);
}

int policyeval_access_set_reading(policyeval_access *access, const char *row, const char *reading) {
  pe_row r;
  unsigned n;
  if (!access) return POLICYEVAL_EINVAL;
  const char *why = "";
  int rc = pe_arg_reading(row, reading, &r, &n, &why);
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++) rc = pe_request_set_reading(access->access.leg[i], r, n);
  return done(access, rc, why);
}

/* Which legs a layer of the question belongs to. D3.5: the call to KMS is made by Secrets Manager, through no endpoint of the
 * caller. */
static unsigned legs_of(int layer) {
  switch (layer) {
    case POLICYEVAL_LAYER_RESOURCE:
    case POLICYEVAL_LAYER_ENDPOINT: return 1u << PE_LEG_SECRET;
    case POLICYEVAL_LAYER_KEY:
    case POLICYEVAL_LAYER_GRANT: return 1u << PE_LEG_KEY;
    default: return 1u << PE_LEG_SECRET | 1u << PE_LEG_KEY;
  }
}

int policyeval_access_add_policy(policyeval_access *access, int layer, unsigned level, policyeval_policy *policy) {
  if (!access || !policy) return POLICYEVAL_EINVAL;
  if (layer == POLICYEVAL_LAYER_RESOURCE && policy->kind != POLICYEVAL_KIND_SECRET &&
      policy->kind != POLICYEVAL_KIND_RESOURCE)
    return done(access, POLICYEVAL_EINVAL, "the resource layer takes the secret's policy");
  int rc = POLICYEVAL_OK;
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++)
    if (legs_of(layer) >> i & 1) rc = policyeval_policyset_add(access->set[i], layer, level, policy);
  return done(access, rc, rc == POLICYEVAL_EINVAL ? "a policy of this kind cannot stand in this layer" : "");
}

int policyeval_access_declare(policyeval_access *access, int layer, unsigned level) {
  if (!access) return POLICYEVAL_EINVAL;
  int rc = POLICYEVAL_OK;
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++)
    if (legs_of(layer) >> i & 1) rc = policyeval_policyset_declare(access->set[i], layer, level);
  return done(access, rc, "this layer cannot be declared");
}

int policyeval_access_add_grants(policyeval_access *access, const char *text, size_t len, const char *name,
                                 policyeval_report **report) {
  if (!access) return POLICYEVAL_EINVAL;
  return done(access, policyeval_policyset_add_grants(access->set[PE_LEG_KEY], text, len, name, report), "");
}

/* D3.3: a secret without a key of its own uses the AWS managed key, whose policy is published. */
static int add_managed_policy(policyeval_access *a) {
  if (a->managed || !a->access.managed_key || a->set[PE_LEG_KEY]->set.resource.count) return POLICYEVAL_OK;
  const pe_arn *secret = &a->access.secret;
  pe_buf text;
  pe_buf_init(&text, &a->context->alloc);
  pe_managed_key_policy(secret->field[PE_ARN_ACCOUNT], secret->field[PE_ARN_REGION], secret->field[PE_ARN_PARTITION],
                        &text);
  int rc = text.failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
  if (rc == POLICYEVAL_OK)
    rc = policyeval_policy_load(a->context, POLICYEVAL_KIND_KMS_KEY, text.ptr, text.len,
                                "the policy of the AWS managed key aws/secretsmanager", &a->managed, NULL);
  pe_buf_done(&text);
  if (rc == POLICYEVAL_OK) rc = policyeval_policyset_add(a->set[PE_LEG_KEY], POLICYEVAL_LAYER_KEY, 0, a->managed);
  return rc;
}

int pe_access_question_ready(policyeval_access *a) {
  const char *why = "";
  if (a->prepared) return POLICYEVAL_OK;
  int rc = pe_access_prepare(&a->access, a->request, &why);
  if (rc == POLICYEVAL_OK) rc = add_managed_policy(a);
  a->prepared = rc == POLICYEVAL_OK;
  a->detail = why;
  return rc;
}

int policyeval_access_effect(policyeval_access *access, int *effect) {
  if (!access || !effect) return POLICYEVAL_EINVAL;
  const int rc = pe_access_question_ready(access);
  if (rc != POLICYEVAL_OK) return pe_context_told(access->context, rc);
  const int strict = access->context->strict;
  const int secret = pe_decide_effect(&access->set[PE_LEG_SECRET]->set, access->request[PE_LEG_SECRET], strict);
  *effect = pe_access_worse(secret, pe_decide_effect(&access->set[PE_LEG_KEY]->set, access->request[PE_LEG_KEY], strict));
  return POLICYEVAL_OK;
}

/* Everything is put into words at once: traces borrow from requests, which a setter may change. */
static int render(policyeval_access *a, const pe_access_answer *answer) {
  pe_buf json, text;
  pe_buf_init(&json, &a->context->alloc);
  pe_buf_init(&text, &a->context->alloc);
  int rc = pe_render_access_json(answer, &json);
  if (rc == POLICYEVAL_OK) rc = pe_render_access_text(answer, &text);
  if (rc == POLICYEVAL_OK) {
    a->json = pe_buf_take(&json, &a->json_len);
    a->text = pe_buf_take(&text, &a->text_len);
    if (!a->json || !a->text) rc = POLICYEVAL_ENOMEM;
  }
  pe_buf_done(&json);
  pe_buf_done(&text);
  return rc;
}

int policyeval_access_decide(policyeval_access *access) {
  if (!access) return POLICYEVAL_EINVAL;
  forget(access);
  int rc = pe_access_question_ready(access);
  if (rc != POLICYEVAL_OK) return pe_context_told(access->context, rc);
  rc = pe_hints_init(&access->hints, &access->context->alloc);
  for (int i = 0; i < PE_LEGS && rc == POLICYEVAL_OK; i++) {
    rc = pe_decide(&access->set[i]->set, access->request[i], access->context->strict, &access->trace[i]);
    access->trace[i].explain = access->context->explain;
    if (rc == POLICYEVAL_OK)
      rc = pe_hints_find(&access->hints, &access->access, (pe_leg)i, &access->set[i]->set, access->request[i], &access->trace[i]);
  }
  if (rc == POLICYEVAL_OK) {
    access->effect = pe_access_worse(access->trace[PE_LEG_SECRET].effect, access->trace[PE_LEG_KEY].effect);
    access->operability = pe_access_operability(&access->access);
    rc = render(access, &(pe_access_answer){
                            .effect = access->effect,
                            .access = &access->access,
                            .request = {access->request[PE_LEG_SECRET], access->request[PE_LEG_KEY]},
                            .trace = {&access->trace[PE_LEG_SECRET], &access->trace[PE_LEG_KEY]},
                            .hints = &access->hints,
                            .operability = access->operability,
                        });
  }
  if (rc != POLICYEVAL_OK) forget(access);
  else access->decided = true;
  return pe_context_told(access->context, rc);
}

int policyeval_access_decision(const policyeval_access *access) {
  return access && access->decided ? access->effect : POLICYEVAL_IMPLICIT_DENY;
}
int policyeval_access_leg(const policyeval_access *access, int leg) {
  const bool known = leg == POLICYEVAL_LEG_SECRET || leg == POLICYEVAL_LEG_KEY;
  return access && access->decided && known ? access->trace[leg].effect : POLICYEVAL_IMPLICIT_DENY;
}
int policyeval_access_operable(const policyeval_access *access) {
  return access && (access->decided || access->reached) && access->operability.ok;
}
size_t policyeval_access_hints(const policyeval_access *access) {
  return access && access->decided ? access->hints.list.len : 0;
}
policyeval_slice policyeval_access_hint_rule(const policyeval_access *access, size_t i) {
  if (i >= policyeval_access_hints(access)) return (policyeval_slice){0};
  return pe_give(pe_slice_str(pe_hint_id(access->hints.list.data[i].rule)));
}
policyeval_slice policyeval_access_hint_message(const policyeval_access *access, size_t i) {
  if (i >= policyeval_access_hints(access)) return (policyeval_slice){0};
  return pe_give(pe_slice_str(pe_hint_message(access->hints.list.data[i].rule)));
}
const char *policyeval_access_json(policyeval_access *access, size_t *len) {
  if (!access || !access->decided) return NULL;
  if (len) *len = access->json_len;
  return access->json;
}
const char *policyeval_access_text(policyeval_access *access, size_t *len) {
  if (!access || !access->decided) return NULL;
  if (len) *len = access->text_len;
  return access->text;
}

/* SPDX-License-Identifier: MIT */
#include "policyeval/analysis.h"

#include "api/objects.h"
#include "base/utf8.h"
#include "report/analysis.h"

typedef PE_VEC(pe_slice) texts;

struct policyeval_analysis {
  policyeval_context *context;
  policyeval_policy *policy, *existing; /* references */
  pe_analysis analysis;
  texts actions, resources, trusts[POLICYEVAL_TRUST_LAST_];
  int (*cancel)(void *user);
  void *cancel_user;
  const char *detail;
  bool done;
  char *json, *text, *aws, *witness[2]; /* rendered on demand */
  size_t json_len, text_len, aws_len, witness_len[2];
  PE_VEC(pe_slice) witnesses; /* STATEMENTS: by statement */
};

static bool known_ask(int ask) { return ask > 0 && ask < POLICYEVAL_ASK_LAST_; }

int policyeval_analysis_new(policyeval_context *context, int ask, policyeval_analysis **analysis) {
  if (!context || !analysis || !known_ask(ask)) return POLICYEVAL_EINVAL;
  policyeval_analysis *a = pe_alloc_new(&context->alloc, sizeof *a);
  if (!a) return pe_context_told(context, POLICYEVAL_ENOMEM);
  a->context = policyeval_context_ref(context);
  a->detail = "";
  a->analysis.ask = ask;
  a->analysis.statement = UINT32_MAX;
  pe_question_init(&a->analysis.options.question, &context->alloc, context->catalog);
  *analysis = a;
  return POLICYEVAL_OK;
}

static void forget(policyeval_analysis *a) {
  const pe_alloc *alloc = &a->context->alloc;
  if (a->done) pe_analysis_clear(&a->analysis);
  a->done = false;
  char **const rendered[] = {&a->json, &a->text, &a->aws, &a->witness[0], &a->witness[1]};
  for (size_t i = 0; i < sizeof rendered / sizeof rendered[0]; i++) {
    pe_alloc_free(alloc, *rendered[i]);
    *rendered[i] = NULL;
  }
  for (size_t i = 0; i < a->witnesses.len; i++) pe_alloc_free(alloc, (void *)(uintptr_t)a->witnesses.data[i].ptr);
  pe_vec_done(&a->witnesses, alloc);
}

static void drop_texts(texts *t, const pe_alloc *alloc) {
  for (size_t i = 0; i < t->len; i++) pe_alloc_free(alloc, (void *)(uintptr_t)t->data[i].ptr);
  pe_vec_done(t, alloc);
}

void policyeval_analysis_free(policyeval_analysis *analysis) {
  if (!analysis) return;
  policyeval_context *context = analysis->context;
  forget(analysis);
  policyeval_policy_unref(analysis->policy);
  policyeval_policy_unref(analysis->existing);
  drop_texts(&analysis->actions, &context->alloc);
  drop_texts(&analysis->resources, &context->alloc);
  for (int i = 0; i < POLICYEVAL_TRUST_LAST_; i++) drop_texts(&analysis->trusts[i], &context->alloc);
  pe_alloc_free(&context->alloc, analysis);
  policyeval_context_unref(context);
}

const char *policyeval_analysis_detail(const policyeval_analysis *analysis) { return analysis ? analysis->detail : ""; }

static int refuse(policyeval_analysis *a, const char *why) {
  a->detail = why;
  return POLICYEVAL_EINVAL;
}

/* Every setter starts here: an earlier answer is forgotten. */
static bool start(policyeval_analysis *a) {
  if (!a) return false;
  forget(a);
  a->detail = "";
  return true;
}

static int set_policy(policyeval_analysis *a, policyeval_policy **slot, policyeval_policy *policy) {
  if (!start(a) || !policy) return POLICYEVAL_EINVAL;
  pe_policy *ref = pe_policy_ref(policy);
  policyeval_policy_unref(*slot);
  *slot = ref;
  return POLICYEVAL_OK;
}

int policyeval_analysis_set_policy(policyeval_analysis *analysis, policyeval_policy *policy) {
  return analysis ? set_policy(analysis, &analysis->policy, policy) : POLICYEVAL_EINVAL;
}
int policyeval_analysis_set_existing(policyeval_analysis *analysis, policyeval_policy *policy) {
  return analysis ? set_policy(analysis, &analysis->existing, policy) : POLICYEVAL_EINVAL;
}

static int add_text(policyeval_analysis *a, texts *to, pe_slice text) {
  char *copy = pe_context_copy(a->context, text);
  pe_slice *slot = copy ? pe_vec_push(to, &a->context->alloc) : NULL;
  if (!slot) {
    pe_alloc_free(&a->context->alloc, copy);
    return pe_context_told(a->context, POLICYEVAL_ENOMEM);
  }
  *slot = pe_slice_of(copy, text.len);
  return POLICYEVAL_OK;
}

static bool good_text(const char *ptr, size_t len, pe_slice *out) {
  if (!ptr) return false;
  *out = pe_arg(ptr, len);
  return out->len && pe_utf8_valid(*out) == out->len && !memchr(out->ptr, 0, out->len);
}

int policyeval_analysis_add_action(policyeval_analysis *analysis, const char *action, size_t len) {
  pe_slice text;
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  if (!good_text(action, len, &text)) return refuse(analysis, "an action is a text such as secretsmanager:GetSecretValue");
  if (!pe_slice_eq(text, PE_SLICE("*")) && !memchr(text.ptr, ':', text.len))
    return refuse(analysis, "an action is SERVICE:NAME, as in secretsmanager:GetSecretValue, or *");
  return add_text(analysis, &analysis->actions, text);
}

int policyeval_analysis_add_resource(policyeval_analysis *analysis, const char *resource, size_t len) {
  pe_slice text;
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  if (!good_text(resource, len, &text)) return refuse(analysis, "a resource is an ARN, with wildcards or without, or *");
  if (!pe_slice_eq(text, PE_SLICE("*")) && !pe_slice_starts(text, PE_SLICE("arn:")))
    return refuse(analysis, "a resource is an ARN, with wildcards or without, or *");
  return add_text(analysis, &analysis->resources, text);
}

int policyeval_analysis_set_rule(policyeval_analysis *analysis, int rule) {
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  if (rule < 0 || rule >= POLICYEVAL_PUBLIC_LAST_) return refuse(analysis, "there is no such rule");
  analysis->analysis.options.rule = (pe_public_rule)rule;
  return POLICYEVAL_OK;
}

int policyeval_analysis_add_trust(policyeval_analysis *analysis, int trust, const char *value, size_t len) {
  pe_slice text;
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  if (trust <= 0 || trust >= POLICYEVAL_TRUST_LAST_) return refuse(analysis, "there is no such kind of trust");
  if (!good_text(value, len, &text)) return refuse(analysis, "what is trusted has a name");
  if (trust == POLICYEVAL_TRUST_ACCOUNT && !pe_arn_is_account(text)) return refuse(analysis, "an account id is twelve digits");
  const int rc = add_text(analysis, &analysis->trusts[trust], text);
  if (rc == POLICYEVAL_OK) analysis->analysis.options.rule = PE_PUBLIC_ZONE;
  return rc;
}

int policyeval_analysis_set_ip_limit(policyeval_analysis *analysis, uint64_t addresses) {
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  analysis->analysis.options.ip_limit = addresses;
  return POLICYEVAL_OK;
}

int policyeval_analysis_set_ipv6_limit(policyeval_analysis *analysis, uint64_t networks) {
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  analysis->analysis.options.ipv6_limit = networks;
  return POLICYEVAL_OK;
}

int policyeval_analysis_set_statement(policyeval_analysis *analysis, size_t statement) {
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  const uint32_t index = (uint32_t)statement; /* of SIZE_MAX: UINT32_MAX, all */
  if (statement != SIZE_MAX && (index != statement || index == UINT32_MAX)) return refuse(analysis, "there is no such statement");
  analysis->analysis.statement = index;
  return POLICYEVAL_OK;
}

int policyeval_analysis_set_grant_only(policyeval_analysis *analysis, int grant_only) {
  if (!start(analysis) || (grant_only != 0 && grant_only != 1)) return POLICYEVAL_EINVAL;
  analysis->analysis.options.question.grant_only = grant_only;
  return POLICYEVAL_OK;
}

int policyeval_analysis_set_closed_catalog(policyeval_analysis *analysis, int closed) {
  if (!start(analysis) || (closed != 0 && closed != 1)) return POLICYEVAL_EINVAL;
  analysis->analysis.options.question.closed_catalog = closed;
  return POLICYEVAL_OK;
}

int policyeval_analysis_set_cancel(policyeval_analysis *analysis, int (*cancel)(void *user), void *user) {
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  analysis->cancel = cancel;
  analysis->cancel_user = user;
  return POLICYEVAL_OK;
}

static bool cancelled(void *user) {
  const policyeval_analysis *a = user;
  return a->cancel(a->cancel_user) != 0;
}

static const char *what_is_missing(const policyeval_analysis *a) {
  const int ask = a->analysis.ask;
  const bool two = ask == POLICYEVAL_ASK_NEW_ACCESS || ask == POLICYEVAL_ASK_COMPARE;
  if (!a->policy) return "the policy that is asked about is missing";
  if (two && !a->existing) return "the policy to compare with is missing";
  if (two && pe_witness_layer(a->policy->kind) != pe_witness_layer(a->existing->kind))
    return "the policies are of different kinds: a request is judged by one layer";
  if (ask == POLICYEVAL_ASK_ACCESS_GRANTED && !a->actions.len && !a->resources.len)
    return "the actions or resources that are asked about are missing";
  if ((ask == POLICYEVAL_ASK_PUBLIC || ask == POLICYEVAL_ASK_FINDINGS) &&
      pe_witness_layer(a->policy->kind) != POLICYEVAL_LAYER_RESOURCE)
    return "only a resource policy lets others in";
  if (ask == POLICYEVAL_ASK_STATEMENTS && a->analysis.statement != UINT32_MAX && a->analysis.statement >= a->policy->nstatements)
    return "there is no such statement";
  return NULL;
}

static void fill_in(policyeval_analysis *a) {
  pe_analysis *an = &a->analysis;
  pe_question *q = &an->options.question;
  const texts *t = a->trusts;
  an->subject = a->policy;
  an->against = an->ask == POLICYEVAL_ASK_NEW_ACCESS || an->ask == POLICYEVAL_ASK_COMPARE ? a->existing : NULL;
  an->narrow = (pe_narrow){a->actions.data, a->resources.data, (uint32_t)a->actions.len, (uint32_t)a->resources.len};
  an->options.accounts = t[POLICYEVAL_TRUST_ACCOUNT].data;
  an->options.naccounts = (uint32_t)t[POLICYEVAL_TRUST_ACCOUNT].len;
  an->options.orgs = t[POLICYEVAL_TRUST_ORG].data;
  an->options.norgs = (uint32_t)t[POLICYEVAL_TRUST_ORG].len;
  an->options.vpcs = t[POLICYEVAL_TRUST_VPC].data;
  an->options.nvpcs = (uint32_t)t[POLICYEVAL_TRUST_VPC].len;
  an->options.vpces = t[POLICYEVAL_TRUST_VPCE].data;
  an->options.nvpces = (uint32_t)t[POLICYEVAL_TRUST_VPCE].len;
  q->catalog = a->context->catalog;
  q->readings = a->context->readings;
  pe_budget_init(&q->budget);
  q->budget.max_states = a->context->limits.states;
  q->budget.max_nodes = a->context->limits.search_nodes;
  q->budget.max_bytes = a->context->limits.analysis_bytes;
  q->budget.cancel = a->cancel ? cancelled : NULL;
  q->budget.cancel_user = a;
}

int policyeval_analysis_run(policyeval_analysis *analysis) {
  if (!start(analysis)) return POLICYEVAL_EINVAL;
  const char *missing = what_is_missing(analysis);
  if (missing) return refuse(analysis, missing);
  fill_in(analysis);
  const int rc = pe_context_told(analysis->context, pe_analysis_run(&analysis->analysis));
  analysis->done = rc == POLICYEVAL_OK;
  return rc;
}

int policyeval_analysis_answer(const policyeval_analysis *analysis) {
  if (!analysis || !analysis->done) return POLICYEVAL_ANSWER_UNKNOWN;
  if (analysis->analysis.ask != POLICYEVAL_ASK_COMPARE) return analysis->analysis.first.answer;
  switch (analysis->analysis.relation) {
    case POLICYEVAL_RELATION_UNKNOWN: return POLICYEVAL_ANSWER_UNKNOWN;
    case POLICYEVAL_RELATION_EQUIVALENT: return POLICYEVAL_ANSWER_NO;
    default: return POLICYEVAL_ANSWER_YES;
  }
}

int policyeval_analysis_relation(const policyeval_analysis *analysis) {
  return analysis && analysis->done ? analysis->analysis.relation : POLICYEVAL_RELATION_UNKNOWN;
}

size_t policyeval_analysis_reasons(const policyeval_analysis *analysis) {
  return analysis && analysis->done ? analysis->analysis.reasons.len : 0;
}
size_t policyeval_analysis_reason(const policyeval_analysis *analysis, size_t i) {
  return i < policyeval_analysis_reasons(analysis) ? analysis->analysis.reasons.data[i] : SIZE_MAX;
}

int policyeval_analysis_need(const policyeval_analysis *analysis, size_t statement) {
  const bool there = analysis && analysis->done && statement < analysis->analysis.needed.list.len;
  return there ? analysis->analysis.needed.list.data[statement].need : POLICYEVAL_NEED_UNKNOWN;
}
size_t policyeval_analysis_need_by(const policyeval_analysis *analysis, size_t statement, size_t i) {
  if (policyeval_analysis_need(analysis, statement) <= POLICYEVAL_NEED_NEEDED) return SIZE_MAX;
  const pe_result *r = &analysis->analysis.needed.list.data[statement].result;
  return i < r->blocking.len ? r->blocking.data[i].statement->index : SIZE_MAX;
}

typedef int (*render_fn)(const pe_analysis *a, pe_buf *out);

/* Renders once and keeps it. */
static const char *rendered(policyeval_analysis *a, render_fn render, char **kept, size_t *kept_len, size_t *len) {
  if (!a || !a->done) return NULL;
  if (!*kept) {
    pe_buf out;
    pe_buf_init(&out, &a->context->alloc);
    if (render(&a->analysis, &out) == POLICYEVAL_OK && out.len) *kept = pe_buf_take(&out, kept_len);
    pe_buf_done(&out);
  }
  if (len) *len = *kept ? *kept_len : 0;
  return *kept;
}

static int render_first(const pe_analysis *a, pe_buf *out) { return pe_render_analysis_witness(&a->first, out); }
static int render_second(const pe_analysis *a, pe_buf *out) { return pe_render_analysis_witness(&a->second, out); }

static const char *statement_witness(policyeval_analysis *a, size_t statement, size_t *len) {
  const pe_alloc *alloc = &a->context->alloc;
  if (!a->done || statement >= a->analysis.needed.list.len) return NULL;
  while (a->witnesses.len < a->analysis.needed.list.len) {
    pe_slice *slot = pe_vec_push(&a->witnesses, alloc);
    if (!slot) return NULL;
  }
  pe_slice *kept = &a->witnesses.data[statement];
  if (!kept->ptr) {
    pe_buf out;
    pe_buf_init(&out, alloc);
    if (pe_render_analysis_witness(&a->analysis.needed.list.data[statement].result, &out) == POLICYEVAL_OK && out.len) {
      size_t n = 0;
      const char *text = pe_buf_take(&out, &n);
      *kept = pe_slice_of(text, text ? n : 0);
    }
    pe_buf_done(&out);
  }
  if (len) *len = kept->len;
  return kept->ptr;
}

const char *policyeval_analysis_witness(policyeval_analysis *analysis, int which, size_t *len) {
  if (!analysis || which < 0) return NULL;
  if (analysis->analysis.ask == POLICYEVAL_ASK_STATEMENTS) return statement_witness(analysis, (size_t)which, len);
  if (which > 1) return NULL;
  return rendered(analysis, which ? render_second : render_first, &analysis->witness[which], &analysis->witness_len[which], len);
}
const char *policyeval_analysis_json(policyeval_analysis *analysis, size_t *len) {
  if (!analysis) return NULL;
  return rendered(analysis, pe_render_analysis_json, &analysis->json, &analysis->json_len, len);
}
const char *policyeval_analysis_text(policyeval_analysis *analysis, size_t *len) {
  if (!analysis) return NULL;
  return rendered(analysis, pe_render_analysis_text, &analysis->text, &analysis->text_len, len);
}
const char *policyeval_analysis_aws(policyeval_analysis *analysis, size_t *len) {
  if (!analysis) return NULL;
  return rendered(analysis, pe_render_analysis_aws, &analysis->aws, &analysis->aws_len, len);
}

#define CASE_TEXT(name, value, text) \
  case value: return text;

const char *policyeval_answer_name(int answer) {
  switch (answer) {
    POLICYEVAL_ANSWERS(CASE_TEXT)
    default: return NULL;
  }
}

const char *policyeval_relation_name(int relation) {
  switch (relation) {
    POLICYEVAL_RELATIONS(CASE_TEXT)
    default: return NULL;
  }
}

const char *policyeval_need_name(int need) {
  switch (need) {
    POLICYEVAL_NEEDS(CASE_TEXT)
    default: return NULL;
  }
}

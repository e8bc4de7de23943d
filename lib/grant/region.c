/* SPDX-License-Identifier: MIT */
/* Proofs over all requests, by the analysis. The region that was asked for is written as a policy of its own, from the question
 * and not from the planned texts; every question is about the text of one layer, which is enough: a request that no layer allows
 * more of is not allowed more of by all of them together. */
#include "access/edit.h"
#include "grant/propose.h"
#include "grant/prove.h"
#include "sym/legs.h"
#include "sym/query.h"

/* The documents of one layer, as they are or as planned, and perhaps one policy more. Release items. */
static int group_of(const pe_plan *p, int layer, bool before, const pe_policy *extra, pe_group *out, const pe_policy ***items) {
  const pe_policy **list = pe_alloc_array(p->alloc, p->documents.len + 1, sizeof *list);
  if (!list) return POLICYEVAL_ENOMEM;
  uint32_t n = 0;
  for (size_t i = 0; i < p->documents.len; i++) {
    const pe_document *d = &p->documents.data[i];
    const pe_policy *policy = before ? d->before : d->after;
    if (d->layer == layer && policy) list[n++] = policy;
  }
  if (extra) list[n++] = extra;
  *items = list;
  *out = (pe_group){list, n};
  return POLICYEVAL_OK;
}

static bool layer_changed(const pe_plan *p, int layer) {
  for (size_t i = 0; i < p->documents.len; i++)
    if (p->documents.data[i].layer == layer && p->documents.data[i].changed) return true;
  return false;
}

static int kind_of(int layer) {
  return layer == POLICYEVAL_LAYER_IDENTITY ? POLICYEVAL_KIND_IDENTITY
         : layer == POLICYEVAL_LAYER_KEY    ? POLICYEVAL_KIND_KMS_KEY
                                            : POLICYEVAL_KIND_SECRET;
}

/* The statements that a layer may gain. */
static int region_policy(const pe_plan *p, int layer, pe_policy **out) {
  const pe_document d = {.layer = (uint8_t)layer, .kind = (uint8_t)kind_of(layer)};
  pe_buf text;
  pe_buf_init(&text, p->alloc);
  if (layer == POLICYEVAL_LAYER_IDENTITY) pe_buf_char(&text, '[');
  if (layer != POLICYEVAL_LAYER_KEY) pe_propose_statement(p, PE_LEG_SECRET, &d, false, &text);
  if (layer == POLICYEVAL_LAYER_IDENTITY) pe_buf_char(&text, ',');
  if (layer != POLICYEVAL_LAYER_RESOURCE) pe_propose_statement(p, PE_LEG_KEY, &d, false, &text);
  if (layer == POLICYEVAL_LAYER_IDENTITY) pe_buf_char(&text, ']');
  const int rc = text.failed ? POLICYEVAL_ENOMEM : pe_edit_new(p->alloc, kind_of(layer), pe_slice_of(text.ptr, text.len), out);
  pe_buf_done(&text);
  return rc;
}

/* Everything to the principal; with an action and resource only that (resource empty: any). */
static int principal_policy(const pe_plan *p, int layer, pe_slice action, pe_slice resource, pe_policy **out) {
  const pe_caller *c = &p->request[PE_LEG_SECRET]->caller;
  pe_buf text;
  pe_buf_init(&text, p->alloc);
  pe_buf_str(&text, "{\"Effect\":\"Allow\",");
  if (layer != POLICYEVAL_LAYER_IDENTITY) {
    pe_buf_str(&text, "\"Principal\":{\"AWS\":[");
    pe_edit_quote(&text, pe_propose_principal(p));
    if (c->unique_id.len) pe_buf_char(&text, ','), pe_edit_quote(&text, c->unique_id);
    pe_buf_str(&text, "]},");
  }
  pe_buf_str(&text, "\"Action\":");
  pe_edit_quote(&text, action.len ? action : PE_SLICE("*"));
  pe_buf_str(&text, ",\"Resource\":");
  pe_edit_quote(&text, resource.len ? resource : PE_SLICE("*"));
  if (c->kind == PE_CALLER_ROOT && layer != POLICYEVAL_LAYER_IDENTITY) {
    pe_buf_str(&text, ",\"Condition\":{\"ArnEquals\":{\"aws:PrincipalArn\":");
    pe_edit_quote(&text, c->arn);
    pe_buf_str(&text, "}}");
  }
  pe_buf_char(&text, '}');
  const int rc = text.failed ? POLICYEVAL_ENOMEM : pe_edit_new(p->alloc, kind_of(layer), pe_slice_of(text.ptr, text.len), out);
  pe_buf_done(&text);
  return rc;
}

/* The requests that a policy allows, as boxes. */
static int boxes_of(pe_compiler *c, void *user, pe_boxes *out) {
  pe_side side = {{0}, {0}};
  int rc = pe_compile_policy(c, user, 0, &side);
  for (size_t i = 0; i < side.allow.len && rc == POLICYEVAL_OK; i++) {
    pe_box *slot = pe_vec_push(out, c->alloc);
    if (slot) *slot = side.allow.data[i];
    else rc = POLICYEVAL_ENOMEM;
  }
  pe_side_done(&side, c->alloc);
  return rc;
}

/* One question; what it found is told in words, and its statements are noted. */
static int run(pe_plan *p, const pe_question *q, pe_proof *proof, pe_buf *told, pe_answer *answer) {
  pe_result r;
  int rc = pe_query_run(q, &r);
  if (rc != POLICYEVAL_OK) return rc;
  *answer = (pe_answer)r.answer;
  if (r.answer == PE_ANSWER_UNKNOWN)
    pe_buf_fmt(told, "%s%s", told->len ? "; " : "", pe_give_up_text((pe_give_up)r.why));
  if (r.answer == PE_ANSWER_YES && r.policy && r.statement) rc = pe_prove_rests(p, proof, r.policy, r.statement->index);
  for (size_t i = 0; r.answer == PE_ANSWER_NO && i < r.blocking.len && rc == POLICYEVAL_OK; i++) {
    const pe_origin *o = &r.blocking.data[i];
    bool known = false; /* the region is no document */
    for (size_t k = 0; k < p->documents.len; k++)
      known |= o->policy && (o->policy == p->documents.data[k].before || o->policy == p->documents.data[k].after);
    if (known && o->statement) rc = pe_prove_rests(p, proof, o->policy, o->statement->index);
  }
  pe_result_done(&r);
  return rc;
}

static void question_init(const pe_plan *p, pe_question *q) {
  pe_question_init(q, p->alloc, p->catalog);
  q->budget = p->budget;
}

/* Does a layer, as planned (or as it was), allow what the other state and the extra policy together do not? */
static int compare_layer(pe_plan *p, int layer, bool lost, const pe_policy *extra, pe_proof *proof, pe_buf *told,
                         pe_answer *answer) {
  pe_question q;
  const pe_policy **one = NULL, **two = NULL;
  question_init(p, &q);
  int rc = group_of(p, layer, lost, NULL, &q.subject, &one);
  if (rc == POLICYEVAL_OK) rc = group_of(p, layer, !lost, extra, &q.against, &two);
  *answer = PE_ANSWER_NO;
  if (rc == POLICYEVAL_OK && q.subject.count) rc = run(p, &q, proof, told, answer);
  pe_alloc_free(p->alloc, one);
  pe_alloc_free(p->alloc, two);
  return rc;
}

static int finish(pe_plan *p, pe_proof *proof, pe_answer worst, pe_buf *told, int rc) {
  const pe_proof_answer answer = worst == PE_ANSWER_NO    ? PE_PROOF_YES
                                 : worst == PE_ANSWER_YES ? PE_PROOF_NO
                                                          : PE_PROOF_NOT_GIVEN;
  if (rc == POLICYEVAL_OK) return pe_prove_answer(p, proof, answer, told);
  pe_buf_done(told);
  return rc;
}

static pe_answer worse(pe_answer a, pe_answer b) {
  if (a == PE_ANSWER_YES || b == PE_ANSWER_YES) return PE_ANSWER_YES;
  return a == PE_ANSWER_NO ? b : a;
}

static const uint8_t layers[] = {POLICYEVAL_LAYER_RESOURCE, POLICYEVAL_LAYER_KEY, POLICYEVAL_LAYER_IDENTITY};

static int compare_layers(pe_plan *p, pe_proof *proof, bool lost) {
  pe_answer worst = PE_ANSWER_NO;
  pe_buf told;
  pe_buf_init(&told, p->alloc);
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < sizeof layers && rc == POLICYEVAL_OK; i++) {
    pe_policy *extra = NULL;
    pe_answer answer = PE_ANSWER_NO;
    /* An identity policy is the principal's: nobody else can lose by it. */
    if (!layer_changed(p, layers[i]) || (lost && layers[i] == POLICYEVAL_LAYER_IDENTITY)) continue;
    rc = lost ? principal_policy(p, layers[i], (pe_slice){0}, (pe_slice){0}, &extra) : region_policy(p, layers[i], &extra);
    if (rc == POLICYEVAL_OK) rc = compare_layer(p, layers[i], lost, extra, proof, &told, &answer);
    worst = worse(worst, answer);
    pe_policy_unref(extra);
  }
  for (size_t i = 0; i < p->documents.len && !lost; i++)
    for (size_t k = 0; k < p->documents.data[i].added.len && rc == POLICYEVAL_OK; k++)
      rc = pe_prove_rests(p, proof, p->documents.data[i].after, p->documents.data[i].added.data[k]);
  return finish(p, proof, worst, &told, rc);
}

/* Everybody whom the identity policies of a session serve: the sessions of its role, whatever its path is, or the user
 * (all of the account when that is not known) and its federated users. */
static int served_policy(const pe_plan *p, pe_leg leg, int layer, pe_policy **out) {
  const pe_request *r = p->request[leg];
  const pe_caller *c = &r->caller;
  const int partition = (int)c->partition.len, account = (int)c->account.len, name = (int)c->name.len;
  pe_buf text;
  pe_buf_init(&text, p->alloc);
  pe_buf_fmt(&text, "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:%.*s:iam::%.*s:root\"},\"Resource\":\"*\",\"Action\":", partition,
             c->partition.ptr, account, c->account.ptr);
  pe_edit_quote(&text, r->action);
  if (c->kind == PE_CALLER_ROLE) {
    static const char *const paths[] = {"", "*/"};
    pe_buf_str(&text, ",\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":[");
    for (int i = 0; i < 2; i++)
      pe_buf_fmt(&text, "%s\"arn:%.*s:iam::%.*s:role/%s%.*s\"", i ? "," : "", partition, c->partition.ptr, account, c->account.ptr,
                 paths[i], name, c->name.ptr);
    pe_buf_str(&text, "]}}");
  }
  pe_buf_char(&text, '}');
  const int rc = text.failed ? POLICYEVAL_ENOMEM : pe_edit_new(p->alloc, kind_of(layer), pe_slice_of(text.ptr, text.len), out);
  pe_buf_done(&text);
  return rc;
}

/* Could another one whom the identity policies serve use what a leg gained there, or (before) lost? Not if the resource's policy
 * lets in none. */
static int others_on_leg(pe_plan *p, pe_leg leg, bool before, pe_proof *proof, pe_buf *told, pe_answer *answer) {
  const int layer = leg == PE_LEG_SECRET ? POLICYEVAL_LAYER_RESOURCE : POLICYEVAL_LAYER_KEY;
  pe_policy *served = NULL, *own = NULL;
  const pe_policy **items = NULL;
  pe_question q;
  question_init(p, &q);
  int rc = served_policy(p, leg, layer, &served);
  if (rc == POLICYEVAL_OK) rc = principal_policy(p, layer, (pe_slice){0}, (pe_slice){0}, &own);
  if (rc == POLICYEVAL_OK) rc = group_of(p, layer, before, NULL, &q.subject, &items);
  const pe_policy *against = own;
  q.against = (pe_group){&against, 1};
  q.narrow = boxes_of;
  q.user = served;
  *answer = PE_ANSWER_NO;
  if (rc == POLICYEVAL_OK && q.subject.count) rc = run(p, &q, proof, told, answer);
  if (*answer == PE_ANSWER_YES)
    pe_buf_fmt(told, "%sthe identity policy serves others than this session too, and so does the resource's policy for %.*s",
               told->len ? "; " : "", (int)p->request[leg]->action.len, p->request[leg]->action.ptr);
  pe_alloc_free(p->alloc, items);
  pe_policy_unref(served);
  pe_policy_unref(own);
  return rc;
}

/* Do the identity policies gain or lose a statement of that leg? */
static bool identity_changed(const pe_plan *p, pe_leg leg) {
  bool changed = false;
  for (size_t i = 0; i < p->documents.len; i++) {
    const pe_document *d = &p->documents.data[i];
    if (d->layer != POLICYEVAL_LAYER_IDENTITY) continue;
    for (size_t k = 0; k < d->added.len; k++)
      changed |= pe_propose_is_sid(p, leg, d->after->statements[d->added.data[k]].sid);
    for (size_t k = 0; k < d->removed.len; k++)
      changed |= pe_propose_is_sid(p, leg, d->before->statements[d->removed.data[k]].sid);
  }
  return changed;
}

/* Of a session, a federated user: the others whom its identity policies serve. */
static int others(pe_plan *p, bool lost, pe_proof *proof, pe_buf *told, pe_answer *worst) {
  const pe_caller *c = &p->request[PE_LEG_SECRET]->caller;
  int rc = POLICYEVAL_OK;
  *worst = PE_ANSWER_NO;
  for (int leg = 0; leg < PE_LEGS && rc == POLICYEVAL_OK; leg++) {
    pe_answer answer;
    if (!identity_changed(p, (pe_leg)leg) || !(c->session_known || c->kind == PE_CALLER_FEDERATED_USER)) continue;
    rc = others_on_leg(p, (pe_leg)leg, lost, proof, told, &answer);
    *worst = worse(*worst, answer);
  }
  return rc;
}

/* A managed policy may be attached to others, of whom nothing is known here. */
static int assume_own(pe_plan *p, pe_proof *proof) {
  for (size_t i = 0; i < p->documents.len; i++) {
    const pe_document *d = &p->documents.data[i];
    if (d->layer != POLICYEVAL_LAYER_IDENTITY || !d->changed || !d->given) continue;
    pe_buf told;
    pe_buf_init(&told, p->alloc);
    pe_buf_slice(&told, pe_document_name(d));
    pe_buf_str(&told, " being attached to nobody else");
    return pe_prove_answer(p, proof, PE_PROOF_YES, &told);
  }
  return POLICYEVAL_OK;
}

static int compare_all(pe_plan *p, pe_proof *proof, bool lost) {
  pe_answer worst;
  pe_buf told;
  pe_buf_init(&told, p->alloc);
  const int rc = others(p, lost, proof, &told, &worst);
  if (rc != POLICYEVAL_OK || worst != PE_ANSWER_NO) return finish(p, proof, worst, &told, rc);
  pe_buf_done(&told);
  return compare_layers(p, proof, lost);
}

int pe_prove_region(pe_plan *p, pe_proof *proof) {
  const int rc = compare_all(p, proof, false);
  return rc == POLICYEVAL_OK && proof->answer == PE_PROOF_YES ? assume_own(p, proof) : rc;
}

int pe_prove_kept(pe_plan *p, pe_proof *proof) { return compare_all(p, proof, true); }

/* ---- never ---- */

/* Does a layer by itself allow the principal the action on the resource, on any request? */
static int layer_allows(pe_plan *p, int layer, pe_leg leg, pe_proof *proof, pe_buf *told, pe_answer *answer) {
  pe_policy *who = NULL;
  const pe_policy **items = NULL;
  pe_question q;
  question_init(p, &q);
  const pe_slice resource = leg == PE_LEG_SECRET ? p->access->secret.text : p->access->key.text;
  int rc = principal_policy(p, layer, p->request[leg]->action, resource, &who);
  if (rc == POLICYEVAL_OK) rc = group_of(p, layer, false, NULL, &q.subject, &items);
  q.narrow = boxes_of;
  q.user = who;
  *answer = PE_ANSWER_NO;
  if (rc == POLICYEVAL_OK && q.subject.count) rc = run(p, &q, proof, told, answer);
  pe_alloc_free(p->alloc, items);
  pe_policy_unref(who);
  return rc;
}

/* D1.2, D3.1: across accounts both sides must allow; in one account one is enough, but a key's policy must allow itself. */
static int leg_never(pe_plan *p, pe_leg leg, pe_proof *proof, pe_buf *told, bool *never) {
  const pe_request *r = p->request[leg];
  const int layer = leg == PE_LEG_SECRET ? POLICYEVAL_LAYER_RESOURCE : POLICYEVAL_LAYER_KEY;
  pe_answer resource = PE_ANSWER_UNKNOWN, identity = PE_ANSWER_UNKNOWN;
  *never = false;
  if (leg == PE_LEG_KEY && p->given[leg]->ngrants) return POLICYEVAL_OK; /* D3.4: a grant needs neither */
  int rc = layer_allows(p, layer, leg, proof, told, &resource);
  if (rc == POLICYEVAL_OK) rc = layer_allows(p, POLICYEVAL_LAYER_IDENTITY, leg, proof, told, &identity);
  const bool root = r->caller.kind == PE_CALLER_ROOT;
  if (leg == PE_LEG_KEY && r->same_account) *never = resource == PE_ANSWER_NO;
  else if (r->same_account) *never = !root && resource == PE_ANSWER_NO && identity == PE_ANSWER_NO;
  else *never = resource == PE_ANSWER_NO || (!root && identity == PE_ANSWER_NO);
  return rc;
}

/* Each layer by itself: less than both legs together say, but quick, and enough where their search gives up. */
static int never_by_layers(pe_plan *p, pe_proof *proof, pe_buf *told, bool *never) {
  int rc = leg_never(p, PE_LEG_SECRET, proof, told, never);
  if (rc == POLICYEVAL_OK && !*never) rc = leg_never(p, PE_LEG_KEY, proof, told, never);
  return rc;
}

/* Statements of the plan's documents that the witness meets. */
static int rest_on_region(pe_plan *p, pe_proof *proof, const pe_legs_result *r) {
  int rc = POLICYEVAL_OK;
  for (size_t i = 0; i < r->region.len; i++)
    for (size_t k = 0; k < p->documents.len && rc == POLICYEVAL_OK; k++) {
      const pe_policy *after = p->documents.data[k].after;
      const pe_statement *s = r->region.data[i].note.statement;
      if (!after || !s || !r->region.data[i].holds || s->effect != PE_ALLOW) continue;
      if (s->index < after->nstatements && s == &after->statements[s->index]) rc = pe_prove_rests(p, proof, after, s->index);
    }
  return rc;
}

/* Both legs at once, with all caps. */
static int ask_legs(pe_plan *p, pe_proof *proof, pe_buf *told, pe_answer *can) {
  pe_policyset set[PE_LEGS];
  pe_policy **items[PE_LEGS] = {NULL, NULL};
  pe_legs_input in = {.alloc = p->alloc, .catalog = p->catalog, .budget = p->budget};
  int rc = POLICYEVAL_OK;
  for (int leg = 0; leg < PE_LEGS && rc == POLICYEVAL_OK; leg++) {
    rc = pe_plan_set(p, (pe_leg)leg, false, &set[leg], &items[leg]);
    in.set[leg] = &set[leg];
    in.request[leg] = p->request[leg];
  }
  pe_legs_result r;
  if (rc == POLICYEVAL_OK) rc = pe_legs_run(&in, &r);
  if (rc == POLICYEVAL_OK) {
    *can = r.answer == PE_LEGS_NEVER ? PE_ANSWER_NO : r.answer == PE_LEGS_UNKNOWN ? PE_ANSWER_UNKNOWN : PE_ANSWER_YES;
    if (*can == PE_ANSWER_UNKNOWN) pe_buf_str(told, pe_give_up_text((pe_give_up)r.why));
    if (*can == PE_ANSWER_YES) pe_buf_str(told, "there is a request that is allowed");
    if (*can == PE_ANSWER_YES) rc = rest_on_region(p, proof, &r);
    pe_legs_done(&r);
  }
  pe_alloc_free(p->alloc, items[PE_LEG_SECRET]);
  pe_alloc_free(p->alloc, items[PE_LEG_KEY]);
  return rc;
}

int pe_prove_never(pe_plan *p, pe_proof *proof, const char **why) {
  bool never = false;
  pe_answer can = PE_ANSWER_UNKNOWN;
  pe_buf told;
  pe_buf_init(&told, p->alloc);
  int rc = pe_plan_variant_open(p, why);
  if (rc == POLICYEVAL_OK) rc = never_by_layers(p, proof, &told, &never);
  if (rc == POLICYEVAL_OK) {
    pe_buf_clear(&told);
    pe_vec_done(&proof->basis, p->alloc);
  }
  if (rc == POLICYEVAL_OK && !never) rc = ask_legs(p, proof, &told, &can);
  if (rc != POLICYEVAL_OK) {
    pe_buf_done(&told);
    return rc;
  }
  return pe_prove_answer(p, proof, never || can == PE_ANSWER_NO ? PE_PROOF_YES : can == PE_ANSWER_YES ? PE_PROOF_NO : PE_PROOF_NOT_GIVEN,
                         &told);
}

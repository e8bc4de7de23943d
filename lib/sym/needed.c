/* SPDX-License-Identifier: MIT */
#include "sym/needed.h"

#include "base/error.h"

void pe_needed_done(pe_needed_list *l) {
  for (size_t i = 0; i < l->list.len; i++) pe_result_done(&l->list.data[i].result);
  pe_vec_done(&l->list, l->alloc);
  *l = (pe_needed_list){0};
}

typedef struct finder {
  pe_question q; /* its budget is what is left */
  const pe_policy *policy;
  pe_policy *all;   /* allows everything: for questions about a Deny */
  uint8_t *dropped; /* statements that are not needed */
} finder;

/* Which statements of the policy: all that stay, but one; or that one alone. */
typedef enum pick { OTHER_ALLOWS, OTHER_DENIES, ONLY_THIS, WITH_DENIES, NOTHING } pick;

static bool picked(const finder *f, pick what, uint32_t i, uint32_t about) {
  const bool deny = f->policy->statements[i].effect == PE_DENY, stays = !f->dropped[i] && i != about;
  switch (what) {
    case OTHER_ALLOWS: return !deny && stays;
    case OTHER_DENIES: return deny && stays;
    case ONLY_THIS: return i == about;
    case WITH_DENIES: return i == about || (deny && stays);
    default: return false;
  }
}

/* A policy of these statements; they keep their indices. */
static int make(const finder *f, pick what, uint32_t about, pe_policy *out) {
  const pe_policy *p = f->policy;
  pe_statement *kept = pe_alloc_array(f->q.alloc, p->nstatements + 1, sizeof *kept);
  if (!kept) return POLICYEVAL_ENOMEM;
  *out = (pe_policy){.alloc = p->alloc, .kind = p->kind, .version_2012 = p->version_2012, .statements = kept};
  for (uint32_t i = 0; i < p->nstatements; i++) {
    if (picked(f, what, i, about)) kept[out->nstatements++] = p->statements[i];
  }
  return 0;
}

/* What the result says of copies is said of the policy itself; what it says of `all` is left out. */
static void restore(const finder *f, pe_result *r) {
  const pe_policy *p = f->policy;
  size_t n = 0;
  for (size_t i = 0; i < r->blocking.len; i++) {
    pe_origin from = r->blocking.data[i];
    if (!from.policy || !from.statement || from.policy == f->all) continue;
    from.policy = p;
    from.statement = &p->statements[from.statement->index];
    r->blocking.data[n++] = from;
  }
  r->blocking.len = n;
  for (size_t i = n = 0; i < r->region.len; i++) {
    pe_clause *c = &r->region.data[i];
    if (f->all->nstatements && c->note.statement == &f->all->statements[0]) continue;
    c->note.statement = &p->statements[c->note.statement->index];
    r->region.data[n++] = *c;
  }
  r->region.len = n;
  if (r->policy == f->all) r->policy = NULL;
  r->statement = r->policy && r->statement ? &p->statements[r->statement->index] : NULL;
  if (r->policy) r->policy = p;
}

/* Does `subject` allow what `against` does not? For a Deny both sides allow everything beside. */
static int ask(finder *f, uint32_t about, pick subject, pick against, pe_result *out) {
  const bool deny = f->policy->statements[about].effect == PE_DENY;
  pe_policy own, other = {0};
  int rc = make(f, subject, about, &own);
  if (rc) return rc;
  rc = make(f, against, about, &other);
  const pe_policy *mine[] = {&own, f->all}, *theirs[] = {&other, f->all};
  pe_question q = f->q;
  q.statement = UINT32_MAX;
  q.name_shared = deny;
  q.subject = (pe_group){mine, deny ? 2 : 1};
  q.against = (pe_group){theirs, deny ? 2 : against == NOTHING ? 0 : 1};
  if (!rc) rc = pe_query_run(&q, out);
  if (!rc) pe_question_charge(&f->q, out);
  if (!rc) restore(f, out);
  pe_alloc_free(f->q.alloc, own.statements);
  pe_alloc_free(f->q.alloc, other.statements);
  return rc;
}

/* Why it is not needed: it matches nothing, or what it matches is denied, or the rest of the policy says the same. */
static int classify(finder *f, uint32_t about, pe_needed *out) {
  const bool deny = f->policy->statements[about].effect == PE_DENY;
  pe_result r;
  out->need = PE_NEED_REDUNDANT;
  if (!deny) {
    int rc = ask(f, about, WITH_DENIES, NOTHING, &r);
    if (rc) return rc;
    if (r.answer == PE_ANSWER_NO) {
      out->need = PE_NEED_SHADOWED;
      pe_result_done(&out->result); /* what blocks it without regard to other Allows */
      out->result = r;
    } else {
      pe_result_done(&r);
      return 0;
    }
  }
  int rc = ask(f, about, deny ? NOTHING : ONLY_THIS, deny ? ONLY_THIS : NOTHING, &r);
  if (rc) return rc;
  if (r.answer == PE_ANSWER_NO) {
    out->need = PE_NEED_NEVER;
    out->result.blocking.len = 0;
  }
  pe_result_done(&r);
  return 0;
}

static int judge(finder *f, uint32_t about, pe_needed *out) {
  const pe_statement *s = &f->policy->statements[about];
  if (s->broken || s->no_effect) {
    *out = (pe_needed){PE_NEED_NEVER, {.alloc = f->q.alloc, .answer = PE_ANSWER_NO}};
    return 0;
  }
  int rc = s->effect == PE_DENY ? ask(f, about, OTHER_DENIES, ONLY_THIS, &out->result)
                                : ask(f, about, WITH_DENIES, OTHER_ALLOWS, &out->result);
  if (rc) return rc;
  out->need = out->result.answer == PE_ANSWER_YES ? PE_NEED_NEEDED : PE_NEED_UNKNOWN;
  return out->result.answer == PE_ANSWER_NO ? classify(f, about, out) : 0;
}

/* "*" for everybody, in a policy of this kind. RCPs need none: AWS's own allows everything (D1.5). */
static int load_all(finder *f) {
  static const char with_principal[] =
      "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
  static const char without[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
  static const char trust[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\"}]}";
  static const char none[] = "{\"Version\":\"2012-10-17\",\"Statement\":[]}";
  const char *text = with_principal;
  switch (f->policy->kind) {
    case POLICYEVAL_KIND_IDENTITY:
    case POLICYEVAL_KIND_BOUNDARY:
    case POLICYEVAL_KIND_SESSION:
    case POLICYEVAL_KIND_SCP: text = without; break;
    case POLICYEVAL_KIND_TRUST: text = trust; break;
    case POLICYEVAL_KIND_RCP: text = none; break;
    default: break;
  }
  const pe_load_options o = {.kind = f->policy->kind, .limits = pe_load_limits_default, .lenient = true};
  pe_findings ignored;
  int rc = pe_findings_init(&ignored, f->q.alloc);
  if (!rc) rc = pe_policy_load(f->q.alloc, pe_slice_str(text), &o, &f->all, &ignored);
  pe_findings_done(&ignored);
  return rc;
}

static int judge_all(finder *f, pe_needed_list *out) {
  int rc = 0;
  for (uint32_t i = 0; i < f->policy->nstatements && !rc; i++) {
    pe_needed *slot = pe_vec_push(&out->list, out->alloc);
    if (!slot) return POLICYEVAL_ENOMEM;
    slot->result.alloc = out->alloc;
  }
  const uint32_t only = f->q.statement;
  for (uint32_t i = f->policy->nstatements; i > 0 && !rc;) {
    i--;
    if (only != UINT32_MAX && only != i) continue;
    pe_needed *n = &out->list.data[i];
    rc = judge(f, i, n);
    f->dropped[i] = n->need > PE_NEED_NEEDED;
  }
  return rc;
}

int pe_needed_find(const pe_question *q, pe_needed_list *out) {
  finder f = {.q = *q, .policy = q->subject.policies[0]};
  pe_needed_list l = {.alloc = q->alloc};
  f.q.grant_only = false;
  f.dropped = pe_alloc_array(q->alloc, f.policy->nstatements + 1, 1);
  int rc = f.dropped ? load_all(&f) : POLICYEVAL_ENOMEM;
  if (!rc) rc = judge_all(&f, &l);
  pe_policy_unref(f.all);
  pe_alloc_free(q->alloc, f.dropped);
  if (rc) pe_needed_done(&l);
  else *out = l;
  return rc;
}

/* SPDX-License-Identifier: MIT */
#include "eval/layers.h"

#include <stdlib.h>

#include "eval/match.h"
#include "policy/index.h"

typedef struct visit {
  pe_run *run;
  pe_match_input in;
  pe_layer_sum *sum;
} visit;

static void count(pe_layer_sum *sum, const pe_statement *s, unsigned via) {
  if (s->effect == PE_DENY) {
    sum->deny = 1;
  } else {
    sum->allow = 1;
    sum->via |= (uint16_t)via;
  }
}

static bool hit(void *user, const pe_statement *s) {
  visit *v = user;
  unsigned via;
  if (pe_match_rest(s, &v->in, &v->run->env, &via)) count(v->sum, s, via);
  return true;
}

static void scan(visit *v, const pe_policy *p) {
  pe_slice action = v->in.request->lower_action;
  if (p->index) {
    pe_action_index_find(p->index, p->statements, action, hit, v);
    return;
  }
  for (uint32_t i = 0; i < p->nstatements; i++) {
    if (pe_statement_has_action(&p->statements[i], action)) hit(v, &p->statements[i]);
  }
}

pe_layer_trace *pe_layer_note(pe_run *run, int layer, uint32_t level, const pe_policy *p, uint32_t index) {
  pe_trace *t = run->trace;
  pe_layer_trace *l = pe_vec_push(&t->layers, t->alloc);
  if (!l) {
    t->failed = true;
    return NULL;
  }
  l->layer = (uint8_t)layer;
  l->effect = POLICYEVAL_IMPLICIT_DENY;
  l->applies = 1;
  l->level = level;
  l->policy_index = index;
  l->policy = p;
  l->first = (uint32_t)t->statements.len;
  return l;
}

int pe_layer_effect(const pe_layer_sum *sum) {
  return sum->deny ? POLICYEVAL_EXPLICIT_DENY : sum->allow ? POLICYEVAL_ALLOW : POLICYEVAL_IMPLICIT_DENY;
}

/* A statement to be explained; false: no memory. */
static bool note_statement(visit *v, const pe_statement *statement) {
  pe_trace *t = v->run->trace;
  pe_stmt_trace *s = pe_vec_push(&t->statements, t->alloc);
  if (s)
    s->statement = statement;
  else
    t->failed = true;
  return s != NULL;
}

static bool note_hit(void *user, const pe_statement *statement) { return note_statement(user, statement); }

static int by_index(const void *a, const void *b) {
  const uint32_t x = ((const pe_stmt_trace *)a)->statement->index,
                 y = ((const pe_stmt_trace *)b)->statement->index;
  return (x > y) - (x < y);
}

/* The statements whose action fits, in order and each once: the index tells them in none and perhaps twice. */
static void note_fitting(visit *v, const pe_policy *p) {
  pe_trace *t = v->run->trace;
  const pe_slice action = v->in.request->lower_action;
  const size_t first = t->statements.len;
  for (uint32_t i = 0; i < p->nstatements && !p->index; i++) {
    if (pe_statement_has_action(&p->statements[i], action) && !note_statement(v, &p->statements[i])) return;
  }
  if (!p->index) return;
  pe_action_index_find(p->index, p->statements, action, note_hit, v);
  if (t->statements.len - first < 2) return;
  pe_stmt_trace *noted = t->statements.data + first;
  size_t n = 1;
  qsort(noted, t->statements.len - first, sizeof *noted, by_index);
  for (size_t i = 1; i < t->statements.len - first; i++) {
    if (noted[i].statement != noted[n - 1].statement) noted[n++] = noted[i];
  }
  t->statements.len = first + n;
}

static void note_all(visit *v, const pe_policy *p) {
  for (uint32_t i = 0; i < p->nstatements; i++) {
    if (!note_statement(v, &p->statements[i])) return;
  }
}

static void explain(visit *v, const pe_policy *p, int layer, uint32_t level, uint32_t index) {
  pe_trace *t = v->run->trace;
  pe_layer_trace *l = pe_layer_note(v->run, layer, level, p, index);
  pe_layer_sum sum = {.applies = 1};
  if (!l) return;
  if (t->brief)
    note_fitting(v, p);
  else
    note_all(v, p);
  if (t->failed) return;
  t->looked_at += p->nstatements;
  l->count = (uint32_t)t->statements.len - l->first;
  for (uint32_t i = 0; i < l->count; i++) {
    pe_stmt_trace *s = &t->statements.data[l->first + i];
    s->policy = p;
    s->layer = (uint8_t)layer;
    s->level = level;
    s->policy_index = index;
    pe_match_explain(s->statement, &v->in, &v->run->env, s);
    if (s->step == PE_STEP_MATCHED) count(&sum, s->statement, s->via);
  }
  l->effect = (uint8_t)pe_layer_effect(&sum);
  v->sum->allow |= sum.allow;
  v->sum->deny |= sum.deny;
  v->sum->via |= sum.via;
}

pe_layer_sum pe_layer_policies(pe_run *run, int layer, uint32_t level, const pe_policy_list *list) {
  pe_layer_sum sum = {.applies = 1};
  visit v = {run,
             {.request = run->request, .boundary = run->set->has_boundary, .optimistic = run->optimistic},
             &sum};
  for (uint32_t i = 0; i < list->count; i++) {
    v.in.kind = list->items[i]->kind;
    if (run->trace) {
      explain(&v, list->items[i], layer, level, i);
    } else {
      scan(&v, list->items[i]);
    }
  }
  if (run->trace && !list->count) pe_layer_note(run, layer, level, NULL, 0);
  return sum;
}

pe_layer_sum pe_layer_levels(pe_run *run, int layer, const pe_policy_list *levels, uint32_t levels_count,
                             bool implied) {
  pe_layer_sum sum = {.applies = 1, .allow = levels_count > 0};
  for (uint32_t i = 0; i < levels_count; i++) {
    pe_layer_sum one = pe_layer_policies(run, layer, i, &levels[i]);
    if (!one.allow && !(implied && levels[i].count)) sum.allow = 0;
    sum.deny |= one.deny;
  }
  if (run->trace && !levels_count) pe_layer_note(run, layer, 0, NULL, 0);
  return sum;
}

void pe_layer_skip(pe_run *run, int layer, const pe_policy_list *lists, uint32_t lists_count) {
  if (!run->trace) return;
  for (uint32_t level = 0; level < lists_count; level++) {
    for (uint32_t i = 0; i < lists[level].count; i++) {
      pe_layer_trace *l = pe_layer_note(run, layer, level, lists[level].items[i], i);
      if (l) l->applies = 0;
    }
  }
}

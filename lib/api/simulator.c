/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "api/objects.h"
#include "eval/case_set.h"
#include "report/render.h"
#include "json/quote.h"
#include "json/string.h"

/* What one running call needs; kept for the next one. */
typedef struct bench {
  struct bench *next;
  pe_request_builder *builder;
  pe_trace trace;
  pe_buf line, out;
  pe_case_fault fault;
} bench;

struct policyeval_simulator {
  policyeval_context *context;
  pe_load_options options;
  pe_case_sets *sets;
  int format;
  pthread_mutex_t lock; /* of the idle benches */
  bench *idle;
};

int policyeval_simulator_new(policyeval_context *context, policyeval_simulator **simulator) {
  if (!context || !simulator) return POLICYEVAL_EINVAL;
  policyeval_simulator *s = pe_alloc_new(&context->alloc, sizeof *s);
  if (!s) return pe_context_told(context, POLICYEVAL_ENOMEM);
  if (pthread_mutex_init(&s->lock, NULL) != 0) {
    pe_alloc_free(&context->alloc, s);
    return POLICYEVAL_ENOMEM;
  }
  s->context = policyeval_context_ref(context);
  s->format = POLICYEVAL_FORMAT_JSON;
  pe_context_load_options(context, 0, NULL, &s->options);
  s->sets = pe_case_sets_new(&context->alloc, &s->options);
  if (!s->sets) {
    policyeval_simulator_free(s);
    return pe_context_told(context, POLICYEVAL_ENOMEM);
  }
  *simulator = s;
  return POLICYEVAL_OK;
}

static void bench_free(const pe_alloc *a, bench *b) {
  if (!b) return;
  pe_request_builder_free(b->builder);
  pe_trace_done(&b->trace);
  pe_buf_done(&b->line);
  pe_buf_done(&b->out);
  pe_buf_done(&b->fault.message);
  pe_alloc_free(a, b);
}

void policyeval_simulator_free(policyeval_simulator *simulator) {
  if (!simulator) return;
  policyeval_context *context = simulator->context;
  for (bench *b = simulator->idle, *next; b; b = next) {
    next = b->next;
    bench_free(&context->alloc, b);
  }
  pe_case_sets_free(simulator->sets);
  pthread_mutex_destroy(&simulator->lock);
  pe_alloc_free(&context->alloc, simulator);
  policyeval_context_unref(context);
}

int policyeval_simulator_set_format(policyeval_simulator *simulator, int format) {
  if (!simulator || (format != POLICYEVAL_FORMAT_JSON && format != POLICYEVAL_FORMAT_AWS))
    return POLICYEVAL_EINVAL;
  simulator->format = format;
  return POLICYEVAL_OK;
}

static bench *bench_take(policyeval_simulator *s) {
  const pe_alloc *a = &s->context->alloc;
  pthread_mutex_lock(&s->lock);
  bench *b = s->idle;
  if (b) s->idle = b->next;
  pthread_mutex_unlock(&s->lock);
  if (b || !(b = pe_alloc_new(a, sizeof *b))) return b;
  b->builder = pe_request_builder_new(a, s->context->catalog);
  pe_trace_init(&b->trace, a);
  pe_buf_init(&b->line, a);
  pe_buf_init(&b->out, a);
  pe_buf_init(&b->fault.message, a);
  if (b->builder) return b;
  bench_free(a, b);
  return NULL;
}

static void bench_give(policyeval_simulator *s, bench *b) {
  pthread_mutex_lock(&s->lock);
  b->next = s->idle;
  s->idle = b;
  pthread_mutex_unlock(&s->lock);
}

static bool is_blank(pe_slice line) {
  for (size_t i = 0; i < line.len; i++) {
    const char c = line.ptr[i];
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return false;
  }
  return true;
}

/* ---- faults ---- */

/* The id of a text that is not JSON as a whole: when the text begins with it. */
static pe_slice leading_id(pe_arena *arena, pe_slice text) {
  static const char *const before[] = {"{", "\"id\"", ":"};
  const char *p = text.ptr;
  for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
    p += strspn(p, " \t\r\n");
    if (strncmp(p, before[i], strlen(before[i])) != 0) return (pe_slice){NULL, 0};
    p += strlen(before[i]);
  }
  p += strspn(p, " \t\r\n");
  pe_json_string string;
  pe_json_error error;
  if (*p != '"' || pe_json_string_read(arena, text, p, &string, &error) != 0) return (pe_slice){NULL, 0};
  return string.text;
}

static int write_fault(bench *b, const pe_source *source, pe_slice id, size_t number) {
  pe_slice message = pe_slice_of(b->fault.message.ptr, b->fault.message.len);
  const policyeval_position at = pe_source_position(source, b->fault.offset);
  pe_buf_clear(&b->out);
  pe_buf_char(&b->out, '{');
  if (id.ptr) {
    pe_buf_str(&b->out, "\"id\": ");
    pe_json_quote(&b->out, id);
    pe_buf_str(&b->out, ", ");
  }
  pe_buf_str(&b->out, "\"error\": {\"message\": ");
  pe_json_quote(&b->out, message);
  pe_buf_str(&b->out, ", \"line\": ");
  pe_buf_uint(&b->out, (uint64_t)at.line - 1 + number);
  pe_buf_str(&b->out, ", \"column\": ");
  pe_buf_uint(&b->out, at.column);
  pe_buf_str(&b->out, "}}");
  return b->out.failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

/* ---- answers ---- */

static int decide(policyeval_simulator *s, bench *b, const pe_case *c, int *effect) {
  const pe_request *ready = NULL;
  pe_case_set *set = NULL;
  const char *why = "";
  int rc = pe_request_prepare(b->builder, &ready, &why); /* pe_case_read has, so that it is at hand */
  if (rc == POLICYEVAL_OK) rc = pe_case_sets_get(s->sets, c, pe_case_resource_kind(ready), &set, &b->fault);
  b->trace.brief = !s->context->explain;
  if (rc == POLICYEVAL_OK) rc = pe_decide(&set->set, ready, s->context->strict, &b->trace);
  if (rc == POLICYEVAL_OK) {
    *effect = b->trace.effect;
    b->trace.explain = s->context->explain;
    pe_buf_clear(&b->out);
    rc = s->format == POLICYEVAL_FORMAT_AWS ? pe_render_decision_aws(&b->trace, ready, &b->out)
                                            : pe_render_decision_json(&b->trace, c->id, &b->out);
  }
  pe_trace_clear(&b->trace); /* it points into the set */
  pe_case_set_unref(set);
  return rc;
}

/* Fills b->out in; leaves it empty for a definition. */
static int answer(policyeval_simulator *s, bench *b, pe_arena *arena, size_t number, int *effect) {
  const pe_source source = {.text = pe_slice_of(b->line.ptr, b->line.len), .layer = PE_SOURCE_FILE};
  pe_json json;
  pe_json_error error;
  pe_case c = {.json = NULL};
  int rc = pe_json_read(arena, &source, &s->options.limits.json, &json, &error);
  if (rc == POLICYEVAL_EJSON || rc == POLICYEVAL_ELIMIT) {
    if (pe_case_refuse(&b->fault, error.offset, "%s", pe_json_fault_message(error.fault)) ==
        POLICYEVAL_ENOMEM)
      return POLICYEVAL_ENOMEM;
    c.id = leading_id(arena, source.text);
  } else if (rc == POLICYEVAL_OK) {
    rc = pe_case_read(&json, b->builder, &s->context->readings, &c, &b->fault);
    if (rc == POLICYEVAL_OK)
      rc = c.define.ptr ? pe_case_sets_define(s->sets, &c, &b->fault) : decide(s, b, &c, effect);
  }
  if (rc == POLICYEVAL_OK || rc == POLICYEVAL_ENOMEM) return rc;
  const int told = write_fault(b, &source, c.id, number);
  return told == POLICYEVAL_OK ? rc : told;
}

/* A text beyond the limit is not even copied. */
static int too_long(policyeval_simulator *s, bench *b, pe_slice line, size_t number) {
  const pe_source start = {.text = PE_SLICE("")};
  (void)line;
  if (pe_case_refuse(&b->fault, 0, "the case is longer than %zu bytes, the limit of the context",
                     s->options.limits.json.bytes) == POLICYEVAL_ENOMEM)
    return POLICYEVAL_ENOMEM;
  const int told = write_fault(b, &start, (pe_slice){NULL, 0}, number);
  return told == POLICYEVAL_OK ? POLICYEVAL_ELIMIT : told;
}

static int run(policyeval_simulator *s, bench *b, pe_slice line, size_t number, int *effect) {
  pe_buf_clear(&b->line);
  pe_buf_clear(&b->out);
  if (line.len > s->options.limits.json.bytes) return too_long(s, b, line, number);
  pe_buf_slice(&b->line, line);
  pe_arena *arena = b->line.failed ? NULL : pe_arena_new(&s->context->alloc, 0);
  if (!arena) return POLICYEVAL_ENOMEM;
  const int rc = answer(s, b, arena, number, effect);
  pe_arena_free(arena);
  return rc;
}

int policyeval_simulator_run(policyeval_simulator *simulator, const char *line, size_t len, size_t number,
                             int *effect, char **text, size_t *text_len) {
  if (!simulator || !line || !text) return POLICYEVAL_EINVAL;
  const pe_slice given = pe_arg(line, len);
  int verdict = -1, rc = POLICYEVAL_OK;
  char *copy = NULL;
  size_t copy_len = 0;
  if (!is_blank(given)) {
    bench *b = bench_take(simulator);
    if (!b) return pe_context_told(simulator->context, POLICYEVAL_ENOMEM);
    rc = run(simulator, b, given, number ? number : 1, &verdict);
    copy_len = b->out.len;
    if (rc != POLICYEVAL_ENOMEM && copy_len &&
        !(copy = pe_context_copy(simulator->context, pe_slice_of(b->out.ptr, copy_len))))
      rc = POLICYEVAL_ENOMEM;
    bench_give(simulator, b);
  }
  if (rc == POLICYEVAL_ENOMEM) return pe_context_told(simulator->context, rc);
  if (effect) *effect = verdict;
  if (text_len) *text_len = copy_len;
  *text = copy;
  return rc;
}

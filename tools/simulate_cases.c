/* SPDX-License-Identifier: MIT */
#include "simulate_cases.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
  BATCH_BYTES = 128 * 1024, /* of lines that are handed to a thread at once */
  BATCHES_PER_JOB = 4,
  READ_BYTES = 64 * 1024
};

typedef struct text {
  char *bytes;
  size_t len, room;
} text;

typedef enum batch_state { FREE, READY, RUNNING, DONE } batch_state;

/* Whole lines of the file and, once done, their results. */
typedef struct batch {
  batch_state state; /* under the lock */
  text lines, results;
  size_t first; /* number of the first line */
  bool malformed, unknown, unexpected;
  int failed; /* an error that ends the run */
} batch;

typedef struct reader {
  FILE *file;
  char *block;
  size_t at, len;
  size_t line;    /* number of the next line */
  size_t longest; /* bytes of a line that are kept: one more than the library takes */
  bool end, bad;
  text held; /* a line that has to be run by itself, kept for the next batch */
  size_t held_number;
} reader;

typedef struct run {
  const common *common;
  policyeval_simulator *simulator;
  int expected; /* verdict, or -1 */
  batch *batches;
  size_t count;
  size_t next; /* batch that the next idle thread looks at; batches are made in turn */
  bool stop;
  pthread_mutex_t lock;
  pthread_cond_t ready, done;
} run;

static bool append(text *t, const char *bytes, size_t len) {
  if (t->room - t->len < len) {
    size_t room = t->room ? t->room : 4096;
    while (room - t->len < len) {
      if (room > SIZE_MAX / 2) return false;
      room *= 2;
    }
    char *more = realloc(t->bytes, room);
    if (!more) return false;
    t->bytes = more;
    t->room = room;
  }
  if (len) memcpy(t->bytes + t->len, bytes, len);
  t->len += len;
  return true;
}

/* ---- answering ---- */

static bool answer_line(run *r, batch *b, const char *line, size_t len, size_t number) {
  char *result = NULL;
  size_t result_len = 0;
  int effect = -1;
  const int rc = policyeval_simulator_run(r->simulator, line, len, number, &effect, &result, &result_len);
  if (rc != POLICYEVAL_OK && !result) {
    b->failed = rc;
    return false;
  }
  b->malformed |= rc != POLICYEVAL_OK;
  b->unknown |= effect == POLICYEVAL_UNKNOWN;
  b->unexpected |= r->expected >= 0 && effect >= 0 && effect != r->expected;
  const bool kept = !result || (append(&b->results, result, result_len) && append(&b->results, "\n", 1));
  policyeval_free(r->common->context, result);
  if (!kept) b->failed = POLICYEVAL_ENOMEM;
  return kept;
}

static void answer_batch(run *r, batch *b) {
  const char *line = b->lines.bytes, *end = line + b->lines.len;
  b->results.len = 0;
  b->malformed = b->unknown = b->unexpected = false;
  b->failed = 0;
  for (size_t number = b->first; line < end; number++) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) stop = end;
    if (!answer_line(r, b, line, (size_t)(stop - line), number)) return;
    line = stop + 1;
  }
}

static void *work(void *user) {
  run *r = user;
  pthread_mutex_lock(&r->lock);
  for (;;) {
    batch *b = &r->batches[r->next];
    if (b->state == READY) {
      b->state = RUNNING;
      r->next = (r->next + 1) % r->count;
      pthread_mutex_unlock(&r->lock);
      answer_batch(r, b);
      pthread_mutex_lock(&r->lock);
      b->state = DONE;
      pthread_cond_signal(&r->done);
    } else if (r->stop) {
      break;
    } else {
      pthread_cond_wait(&r->ready, &r->lock);
    }
  }
  pthread_mutex_unlock(&r->lock);
  return NULL;
}

/* ---- reading ---- */

static bool fill_block(reader *r) {
  if (r->end) return false;
  r->at = 0;
  r->len = fread(r->block, 1, READ_BYTES, r->file);
  if (r->len) return true;
  r->end = true;
  r->bad = ferror(r->file) != 0;
  return false;
}

/* One line with its end. Of a line that is too long the rest is dropped: the library refuses what is left. */
static bool read_line(reader *r, text *into) {
  const size_t start = into->len;
  bool any = false;
  while (r->at < r->len || fill_block(r)) {
    const char *from = r->block + r->at, *stop = memchr(from, '\n', r->len - r->at);
    size_t n = stop ? (size_t)(stop - from) : r->len - r->at;
    r->at += n + (stop ? 1 : 0);
    any = true;
    if (n > r->longest - (into->len - start)) n = r->longest - (into->len - start);
    if (!append(into, from, n)) return false;
    if (stop) break;
  }
  if (any) r->line++;
  return !any || append(into, "\n", 1);
}

static bool holds(const char *bytes, size_t len, const char *word) {
  const size_t n = strlen(word);
  for (const char *p = bytes, *end = bytes + len; (size_t)(end - p) >= n; p++) {
    p = memchr(p, word[0], (size_t)(end - p) - n + 1);
    if (!p) return false;
    if (memcmp(p, word, n) == 0) return true;
  }
  return false;
}

/* A line that may be a definition goes by itself, after all before it and before all behind it. An escape may hide
 * the word; a case that merely holds the like loses nothing but time. ('f' is rarer than a quote.) */
static bool may_define(const char *line, size_t len) {
  return holds(line, len, "fine\"") || holds(line, len, "\\u00");
}

/* Fills the batch with lines. *alone: it is one line that has to be run by itself. False: no memory. */
static bool read_batch(reader *r, batch *b, bool *alone) {
  b->lines.len = 0;
  *alone = false;
  if (r->held.len) {
    b->first = r->held_number;
    const bool kept = append(&b->lines, r->held.bytes, r->held.len);
    r->held.len = 0;
    *alone = true;
    return kept;
  }
  b->first = r->line;
  while (b->lines.len < BATCH_BYTES) {
    const size_t start = b->lines.len, number = r->line;
    if (!read_line(r, &b->lines)) return false;
    if (b->lines.len == start) break;
    if (!may_define(b->lines.bytes + start, b->lines.len - start)) continue;
    if (start == 0) {
      *alone = true;
    } else {
      r->held_number = number;
      if (!append(&r->held, b->lines.bytes + start, b->lines.len - start)) return false;
      b->lines.len = start;
    }
    break;
  }
  return true;
}

/* ---- the whole ---- */

typedef struct summary {
  bool malformed, unknown, unexpected;
  int status; /* what ended the run, or 0 */
} summary;

/* Writes the results of a batch that is done. */
static void take_results(run *r, batch *b, sink *out, summary *sum) {
  sum->malformed |= b->malformed;
  sum->unknown |= b->unknown;
  sum->unexpected |= b->unexpected;
  if (b->failed && !sum->status) sum->status = fail_rc(r->common, b->failed, "cases");
  if (!sum->status && b->results.len &&
      fwrite(b->results.bytes, 1, b->results.len, out->file) != b->results.len)
    sum->status = fail(r->common, EXIT_INPUT, "cannot write the results: %s", strerror(errno));
}

static void wait_for(run *r, batch *b) {
  pthread_mutex_lock(&r->lock);
  while (b->state != DONE) pthread_cond_wait(&r->done, &r->lock);
  b->state = FREE;
  pthread_mutex_unlock(&r->lock);
}

static void hand_out(run *r, batch *b) {
  pthread_mutex_lock(&r->lock);
  b->state = READY;
  pthread_cond_signal(&r->ready);
  pthread_mutex_unlock(&r->lock);
}

/* Batches go round: `made` and `taken` count them. Without threads each is answered on the spot. */
static void feed(run *r, reader *in, sink *out, summary *sum, bool threads) {
  size_t made = 0, taken = 0;
  bool more = r->count > 0;
  while (more || taken < made) {
    bool alone = false;
    batch *b = &r->batches[made % r->count];
    if (more && made - taken < r->count) {
      if (!read_batch(in, b, &alone)) sum->status = fail_rc(r->common, POLICYEVAL_ENOMEM, "cases");
      more = b->lines.len > 0 && !sum->status;
      if (!more) continue;
    } else {
      wait_for(r, &r->batches[taken % r->count]);
      take_results(r, &r->batches[taken++ % r->count], out, sum);
      more &= !sum->status;
      continue;
    }
    while (alone && taken < made) {
      wait_for(r, &r->batches[taken % r->count]);
      take_results(r, &r->batches[taken++ % r->count], out, sum);
    }
    if (sum->status) {
      more = false;
    } else if (alone || !threads) {
      /* The turn stays with this batch: nobody waits for it. */
      answer_batch(r, b);
      take_results(r, b, out, sum);
      more = !sum->status;
    } else {
      hand_out(r, b);
      made++;
    }
  }
}

static int start_threads(run *r, pthread_t *threads, unsigned jobs) {
  unsigned n = 0;
  while (n < jobs && pthread_create(&threads[n], NULL, work, r) == 0) n++;
  return (int)n;
}

static void stop_threads(run *r, const pthread_t *threads, int n) {
  pthread_mutex_lock(&r->lock);
  r->stop = true;
  pthread_cond_broadcast(&r->ready);
  pthread_mutex_unlock(&r->lock);
  for (int i = 0; i < n; i++) pthread_join(threads[i], NULL);
}

static int finish(const run *r, const reader *in, const char *path, const summary *sum) {
  if (sum->status) return sum->status;
  if (in->bad) return fail(r->common, EXIT_INPUT, "%s cannot be read to its end", path);
  if (sum->malformed) return EXIT_INPUT;
  if (r->expected >= 0) return sum->unexpected ? EXIT_NO : EXIT_YES;
  return sum->unknown ? EXIT_UNKNOWN : EXIT_YES;
}

static int run_cases(run *r, reader *in, const char *path, unsigned jobs) {
  pthread_t *threads = jobs > 1 ? malloc(jobs * sizeof *threads) : NULL;
  summary sum = {0};
  sink out;
  if (jobs > 1 && !threads) return fail_rc(r->common, POLICYEVAL_ENOMEM, "start");
  int status = sink_open(r->common, &out);
  if (!status) {
    const int n = threads ? start_threads(r, threads, jobs) : 0;
    feed(r, in, &out, &sum, n > 0);
    if (n > 0) stop_threads(r, threads, n);
    status = finish(r, in, path, &sum);
    const int closed = sink_close(r->common, &out, !sum.status);
    if (closed && !sum.status) status = closed;
  }
  free(threads);
  return status;
}

static int verdict_of(const common *c) {
  for (int effect = 0; c->expect && effect < POLICYEVAL_EFFECT_LAST_; effect++)
    if (strcmp(policyeval_effect_name(effect), c->expect) == 0) return effect;
  return -1;
}

static int prepare(run *r, reader *in, const char *path, unsigned jobs) {
  policyeval_limits limits = {.size = sizeof limits};
  const common *c = r->common;
  in->line = 1;
  in->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  if (!in->file) return fail(c, EXIT_INPUT, "%s: %s", path, strerror(errno));
  r->count = jobs > 1 ? (size_t)jobs * BATCHES_PER_JOB : 1;
  r->batches = calloc(r->count, sizeof *r->batches);
  in->block = malloc(READ_BYTES);
  int rc = policyeval_context_get_limits(c->context, &limits);
  in->longest = limits.text_bytes + 1;
  if (rc == POLICYEVAL_OK) rc = policyeval_simulator_new(c->context, &r->simulator);
  if (rc == POLICYEVAL_OK && strcmp(c->format, "aws") == 0)
    rc = policyeval_simulator_set_format(r->simulator, POLICYEVAL_FORMAT_AWS);
  if (rc != POLICYEVAL_OK || !r->batches || !in->block)
    return fail_rc(c, rc ? rc : POLICYEVAL_ENOMEM, "start");
  r->expected = verdict_of(c);
  return 0;
}

int simulate_cases(const common *c, const char *path, unsigned jobs) {
  reader in = {.file = NULL};
  run r = {.common = c,
           .lock = PTHREAD_MUTEX_INITIALIZER,
           .ready = PTHREAD_COND_INITIALIZER,
           .done = PTHREAD_COND_INITIALIZER};
  int status = prepare(&r, &in, path, jobs);
  if (!status) status = run_cases(&r, &in, path, jobs);
  policyeval_simulator_free(r.simulator);
  for (size_t i = 0; r.batches && i < r.count; i++) {
    free(r.batches[i].lines.bytes);
    free(r.batches[i].results.bytes);
  }
  free(r.batches);
  free(in.block);
  free(in.held.bytes);
  if (in.file && in.file != stdin) fclose(in.file);
  return status;
}

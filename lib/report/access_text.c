/* SPDX-License-Identifier: MIT */
/* For a person in trouble: the verdict, a line per layer and leg, then what to write instead. */
#include "access/edit.h"
#include "policyeval/context.h"
#include "report/excerpt.h"
#include "report/layer_lines.h"
#include "report/plain.h"
#include "report/render.h"
#include "report/words.h"

static void write_secret_name(pe_buf *out, const pe_arn *secret) {
  const pe_slice part = secret->field[PE_ARN_RESOURCE];
  pe_buf_slice(out, pe_slice_sub(part, strlen("secret:"), part.len - 7));
}

static void write_verdict(pe_buf *out, const pe_access_answer *a) {
  pe_buf_fmt(out, "%s: ", policyeval_effect_name(a->effect));
  if (a->effect == POLICYEVAL_UNKNOWN) pe_buf_str(out, "it is not certain whether ");
  pe_words_caller(out, &a->request[PE_LEG_SECRET]->caller);
  pe_buf_str(out, a->effect == POLICYEVAL_ALLOW || a->effect == POLICYEVAL_UNKNOWN ? " can read " : " cannot read ");
  write_secret_name(out, &a->access->secret);
  if (a->effect == POLICYEVAL_ALLOW && !a->operability.ok) {
    pe_buf_str(out, ", but not now: ");
    pe_buf_str(out, a->operability.problem);
  }
  pe_buf_char(out, '\n');
}

/* ---- hints ---- */

static bool same_value(const pe_hint *a, const pe_hint *b) {
  return a->set == b->set && a->policy == b->policy && a->in_call == b->in_call &&
         a->value_span.start == b->value_span.start;
}

enum { MARKS = 12 };

/* All changes to one value: its line with a mark for each, then the text to write. Returns how many hints it took. */
static size_t write_value_hint(pe_buf *out, const pe_hint *h, size_t left) {
  pe_mark marks[MARKS];
  size_t n = 0;
  while (n < left && n < MARKS && same_value(h, &h[n])) {
    marks[n] = (pe_mark){h[n].span, pe_hint_message(h[n].rule)};
    n++;
  }
  pe_buf_str(out, "    ");
  pe_text_place(out, h->policy->source, h->span.start);
  pe_buf_fmt(out, "  statement %u nearly matches\n", h->statement);
  pe_text_excerpt(out, h->policy->source, marks, n, 6);
  pe_buf_str(out, "      write  ");
  pe_edit_quote(out, h->replacement);
  pe_buf_char(out, '\n');
  return n;
}

static void write_call_hint(pe_buf *out, const pe_hint *h) {
  pe_buf_str(out, "    ");
  pe_text_place(out, h->policy->source, h->span.start);
  pe_buf_fmt(out, "  statement %u nearly matches\n", h->statement);
  pe_text_excerpt(out, h->policy->source, &(pe_mark){h->span, pe_hint_message(h->rule)}, 1, 6);
  pe_buf_fmt(out, "      call with  --version-stage %.*s\n", (int)h->replacement.len, h->replacement.ptr);
}

static void write_statement_hint(pe_buf *out, const pe_hint *h) {
  pe_buf_fmt(out, "    %s\n      add  %.*s\n", pe_hint_message(h->rule), (int)h->replacement.len, h->replacement.ptr);
  if (h->policy) {
    pe_buf_str(out, "      to   ");
    const pe_slice name = pe_source_file(h->policy->source)->name;
    pe_buf_slice(out, name.ptr && name.len ? name : PE_SLICE("<input>"));
    pe_buf_char(out, '\n');
  }
}

static void write_hints(pe_buf *out, const pe_access_answer *a, int leg) {
  const pe_hints *hints = a->hints;
  for (size_t i = 0, took; i < hints->list.len; i += took) {
    const pe_hint *h = &hints->list.data[i];
    took = 1;
    if (h->leg != leg) continue;
    const bool again = i > 0 && h[-1].leg == leg && h[-1].layer == h->layer;
    const bool alternative = again && h[-1].set != h->set;
    pe_buf_str(out, alternative ? "    or\n" : again ? "    and\n" : "\n");
    if (h->rule == PE_HINT_MANAGED_KEY_OTHER_ACCOUNT) {
      pe_buf_fmt(out, "    %s\n", pe_hint_message(h->rule));
      continue;
    }
    if (h->statement == UINT32_MAX) write_statement_hint(out, h);
    else if (h->in_call) write_call_hint(out, h);
    else took = write_value_hint(out, h, hints->list.len - i);
    if (i + took >= hints->list.len || h[took].set != h->set) pe_buf_str(out, "      (checked: this is enough for this layer)\n");
  }
}

static void write_leg(pe_buf *out, const pe_access_answer *a, int leg) {
  const pe_request *r = a->request[leg];
  pe_buf_char(out, '\n');
  pe_buf_slice(out, r->action);
  pe_buf_str(out, " on ");
  if (leg == PE_LEG_KEY && a->access->managed_key) pe_buf_str(out, "the AWS managed key aws/secretsmanager (no --key was given)");
  else pe_buf_slice(out, r->resource.text);
  pe_buf_str(out, leg == PE_LEG_KEY ? ", through Secrets Manager\n" : "\n");
  pe_text_layers(out, a->trace[leg], r);
  pe_text_caveats(out, a->trace[leg], r);
  write_hints(out, a, leg);
}

int pe_render_access_text(const pe_access_answer *answer, pe_buf *out) {
  write_verdict(out, answer);
  for (int leg = 0; leg < PE_LEGS; leg++) write_leg(out, answer, leg);
  if (!answer->operability.ok)
    pe_buf_fmt(out, "\noperability: %s: %s\n", answer->operability.error, answer->operability.problem);
  return pe_text_plain(out);
}

/* SPDX-License-Identifier: MIT */
/* A request as a case of `simulate --cases`: what was given and what is known about the call, not what follows from these. */
#include "policyeval/context.h"
#include "report/render.h"
#include "report/stream.h"

static void put_text(pe_stream *s, const char *name, pe_slice text) {
  if (!text.len) return;
  pe_stream_name(s, name);
  pe_stream_text(s, text);
}

static void put_true(pe_stream *s, const char *name, bool is) {
  if (!is) return;
  pe_stream_name(s, name);
  pe_stream_bool(s, true);
}

static void write_principal(pe_stream *s, const pe_caller *c) {
  const bool role = c->kind == PE_CALLER_ROLE;
  pe_stream_name(s, "principal");
  pe_stream_open(s, '{');
  switch (c->kind) {
    case PE_CALLER_ANONYMOUS: put_true(s, "anonymous", true); break;
    case PE_CALLER_SERVICE: put_text(s, "service", c->service); break;
    case PE_CALLER_PROVIDER: put_text(s, "federated", c->service); break;
    default:
      put_text(s, "arn", role && !c->session_known && c->path_known ? c->role_arn : c->arn);
      if (role && c->session_known && c->path_known) put_text(s, "role_arn", c->role_arn);
      put_text(s, "id", c->unique_id);
      if (c->parent.count) put_text(s, "parent", c->parent.text);
      put_true(s, "management_account", c->management_account);
      break;
  }
  pe_stream_close(s, '}');
}

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* AMB-36: a tag key that was given in several spellings keeps the first. Those of the others do not matter, as long as they
 * differ: the bits of n say which letters, from the end, change their case. */
static void spell(pe_buf *out, pe_slice name, uint32_t n) {
  pe_buf_clear(out);
  pe_buf_slice(out, name);
  for (size_t i = name.len; i > 0 && n && !out->failed && out->ptr[i - 1] != '/'; i--) {
    if (!is_letter(out->ptr[i - 1])) continue;
    if (n & 1) out->ptr[i - 1] = (char)(out->ptr[i - 1] ^ 0x20);
    n >>= 1;
  }
}

/* The key as it was given: the spelling of tags and of an encryption context counts (AMB-34, AMB-36). */
static void write_fact(pe_stream *s, const pe_fact *f, pe_buf *name) {
  const bool list = f->multi || f->count != 1;
  if (f->twice) {
    for (uint32_t i = 0; i < f->count; i++) {
      spell(name, f->name, i);
      pe_stream_key(s, pe_slice_of(name->ptr, name->len));
      pe_stream_text(s, f->values[i]);
    }
    return;
  }
  pe_stream_key(s, f->name);
  if (list) pe_stream_open(s, '[');
  for (uint32_t i = 0; i < f->count; i++) pe_stream_text(s, f->values[i]);
  if (list) pe_stream_close(s, ']');
}

static void write_facts(pe_stream *s, const pe_facts *facts, bool unknown) {
  bool opened = false;
  pe_buf name;
  pe_buf_init(&name, s->out->alloc);
  for (uint32_t i = 0; i < facts->count; i++) {
    const pe_fact *f = &facts->items[i];
    if (f->implied || (f->unknown != 0) != unknown) continue;
    if (!opened) {
      pe_stream_name(s, unknown ? "unknown" : "context");
      pe_stream_open(s, unknown ? '[' : '{');
      opened = true;
    }
    if (unknown) pe_stream_text(s, f->name);
    else write_fact(s, f, &name);
  }
  if (opened) pe_stream_close(s, unknown ? ']' : '}');
  s->out->failed |= name.failed;
  pe_buf_done(&name);
}

static void write_readings(pe_stream *s, const pe_readings *readings) {
  bool opened = false;
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (!readings->of[row]) continue;
    const pe_row_info *info = pe_row_get((pe_row)row);
    if (!opened) {
      pe_stream_name(s, "readings");
      pe_stream_open(s, '{');
      opened = true;
    }
    pe_stream_name(s, info->name);
    pe_stream_str(s, info->reading[readings->of[row]]);
  }
  if (opened) pe_stream_close(s, '}');
}

int pe_render_case(const pe_request *r, pe_buf *out) {
  pe_stream s = pe_stream_to(out, false);
  const bool told = r->resource.count == PE_ARN_FIELDS && r->resource.field[PE_ARN_ACCOUNT].len;
  pe_stream_open(&s, '{');
  write_principal(&s, &r->caller);
  put_text(&s, "action", r->action);
  put_text(&s, "resource", r->resource.text);
  if (!told) put_text(&s, "resource_account", r->resource_account);
  put_true(&s, "resource_management_account", r->resource_in_management_account);
  write_facts(&s, &r->facts, false);
  write_facts(&s, &r->facts, true);
  write_readings(&s, &r->readings);
  if (r->only) {
    pe_stream_name(&s, "only");
    pe_stream_str(&s, policyeval_layer_name(r->only));
  }
  pe_stream_close(&s, '}');
  return out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

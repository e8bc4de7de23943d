/* SPDX-License-Identifier: MIT */
/* A request as a case of `simulate --cases`: what was given, not what was derived from it. */
#include "report/json.h"
#include "report/render.h"

#include "policyeval/context.h"

static void put_given(pe_out *o, json_t *object, const char *name, pe_slice text) {
  if (text.len) pe_out_put(o, object, name, pe_out_text(o, text));
}

static json_t *principal(pe_out *o, const pe_caller *c) {
  json_t *p = pe_out_object(o);
  switch (c->kind) {
    case PE_CALLER_ANONYMOUS: pe_out_put(o, p, "anonymous", pe_out_bool(o, true)); return p;
    case PE_CALLER_SERVICE: pe_out_put(o, p, "service", pe_out_text(o, c->service)); return p;
    case PE_CALLER_PROVIDER: pe_out_put(o, p, "federated", pe_out_text(o, c->service)); return p;
    default: break;
  }
  pe_out_put(o, p, "arn", pe_out_text(o, c->arn));
  if (c->kind == PE_CALLER_ROLE && c->session_known && c->path_known) put_given(o, p, "role_arn", c->role_arn);
  put_given(o, p, "id", c->unique_id);
  if (c->parent.count) put_given(o, p, "parent", c->parent.text);
  if (c->management_account) pe_out_put(o, p, "management_account", pe_out_bool(o, true));
  return p;
}

/* The key as it was given: the spelling of tags and of an encryption context counts (AMB-34, AMB-36). */
static void put_fact(pe_out *o, json_t *context, const pe_fact *f, pe_buf *name) {
  const bool list = f->multi || f->count != 1;
  json_t *value = list ? pe_out_array(o) : pe_out_text(o, f->values[0]);
  for (uint32_t i = 0; list && i < f->count; i++) pe_out_add(o, value, pe_out_text(o, f->values[i]));
  pe_buf_clear(name);
  pe_buf_slice(name, f->name);
  if (name->failed) o->failed = true;
  pe_out_put(o, context, name->failed ? "" : name->ptr, value);
}

static void put_readings(pe_out *o, json_t *root, const pe_readings *readings) {
  json_t *chosen = NULL;
  for (unsigned row = 0; row < PE_ROWS; row++) {
    if (!readings->of[row]) continue;
    if (!chosen) chosen = pe_out_object(o);
    const pe_row_info *info = pe_row_get((pe_row)row);
    pe_out_put(o, chosen, info->name, pe_out_str(o, info->reading[readings->of[row]]));
  }
  if (chosen) pe_out_put(o, root, "readings", chosen);
}

int pe_render_case(const pe_request *r, pe_buf *out) {
  pe_out o = {false};
  json_t *root = pe_out_object(&o), *context = pe_out_object(&o), *unknown = pe_out_array(&o);
  pe_out_put(&o, root, "principal", principal(&o, &r->caller));
  pe_out_put(&o, root, "action", pe_out_text(&o, r->action));
  pe_out_put(&o, root, "resource", pe_out_text(&o, r->resource.text));
  const bool told = r->resource.count == PE_ARN_FIELDS && r->resource.field[PE_ARN_ACCOUNT].len;
  if (!told) put_given(&o, root, "resource_account", r->resource_account);
  if (r->resource_in_management_account) pe_out_put(&o, root, "resource_management_account", pe_out_bool(&o, true));
  pe_buf name;
  pe_buf_init(&name, out->alloc);
  for (uint32_t i = 0; i < r->facts.count; i++) {
    const pe_fact *f = &r->facts.items[i];
    if (f->derived) continue;
    if (f->unknown) pe_out_add(&o, unknown, pe_out_text(&o, f->name));
    else put_fact(&o, context, f, &name);
  }
  pe_buf_done(&name);
  if (json_object_size(context)) pe_out_put(&o, root, "context", context);
  else json_decref(context);
  if (json_array_size(unknown)) pe_out_put(&o, root, "unknown", unknown);
  else json_decref(unknown);
  put_readings(&o, root, &r->readings);
  if (r->only) pe_out_put(&o, root, "only", pe_out_str(&o, policyeval_layer_name(r->only)));
  return pe_out_write(&o, root, false, out);
}

/* SPDX-License-Identifier: MIT */
#include "report/json.h"
#include "report/render.h"

static const struct {
  const char *type, *member;
} severities[] = {[PE_ERROR] = {"ERROR", "error"},
                  [PE_SECURITY_WARNING] = {"SECURITY_WARNING", "security_warning"},
                  [PE_WARNING] = {"WARNING", "warning"},
                  [PE_SUGGESTION] = {"SUGGESTION", "suggestion"}};

/* Path elements as Access Analyzer writes them: {"value": member}, {"index": element}, {"key": member whose name it is}. */
static json_t *path(pe_out *o, const pe_finding *f) {
  json_t *list = pe_out_array(o);
  for (uint32_t i = 0; i < f->npath; i++) {
    json_t *step = pe_out_object(o);
    const bool name = f->on_key && i + 1 == f->npath;
    if (f->path[i].name.ptr) pe_out_put(o, step, name ? "key" : "value", pe_out_text(o, f->path[i].name));
    else pe_out_put(o, step, "index", pe_out_int(o, f->path[i].index));
    pe_out_add(o, list, step);
  }
  return list;
}

static json_t *location(pe_out *o, const pe_finding *f) {
  json_t *place = pe_out_object(o);
  pe_out_put(o, place, "path", path(o, f));
  pe_out_put(o, place, "span", pe_out_span(o, f->source, f->span));
  return place;
}

static json_t *fix(pe_out *o, const pe_finding *f) {
  if (!f->fix_text.ptr) return pe_out_null(o);
  json_t *fix = pe_out_object(o);
  pe_out_put(o, fix, "description", pe_out_text(o, f->fix_title));
  pe_out_put(o, fix, "replacement", pe_out_text(o, f->fix_text));
  pe_out_put(o, fix, "span", pe_out_span(o, f->source, f->fix_span));
  pe_out_put(o, fix, "safe", pe_out_bool(o, f->fix_safe));
  return fix;
}

static json_t *one_finding(pe_out *o, const pe_finding *f) {
  const pe_rule_info *rule = pe_rule_get(f->rule);
  json_t *finding = pe_out_object(o), *locations = pe_out_array(o);
  pe_out_put(o, finding, "source", pe_out_text(o, pe_source_file(f->source)->name));
  pe_out_put(o, finding, "type", pe_out_str(o, severities[rule->severity].type));
  pe_out_put(o, finding, "code", pe_out_str(o, rule->id));
  pe_out_put(o, finding, "message", pe_out_text(o, f->message));
  if (f->source->text.len) pe_out_add(o, locations, location(o, f));
  pe_out_put(o, finding, "locations", locations);
  pe_out_put(o, finding, "fix", fix(o, f));
  pe_out_put(o, finding, "url", pe_out_str(o, rule->url));
  return finding;
}

int pe_render_findings_json(const pe_findings *findings, pe_buf *out) {
  pe_out o = {false};
  json_t *root = pe_out_object(&o), *list = pe_out_array(&o), *summary = pe_out_object(&o);
  int64_t counts[4] = {0};
  for (size_t i = 0; i < findings->list.len; i++) {
    const pe_finding *f = &findings->list.data[i];
    counts[pe_rule_get(f->rule)->severity]++;
    pe_out_add(&o, list, one_finding(&o, f));
  }
  for (int i = 0; i < 4; i++) pe_out_put(&o, summary, severities[i].member, pe_out_int(&o, counts[i]));
  pe_out_put(&o, root, "findings", list);
  pe_out_put(&o, root, "summary", summary);
  return pe_out_write(&o, root, true, out);
}

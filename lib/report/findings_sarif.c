/* SPDX-License-Identifier: MIT */
/* Findings as SARIF 2.1.0. Rules are those that the results cite, in the order of the registry; places count from 1 in
 * code points; fingerprints hold on to a finding when lines move. */
#include <stdio.h>

#include "base/wrap.h"
#include "policyeval/version.h"
#include "report/json.h"
#include "report/render.h"

/* GitHub refuses a run with more results, so the rest is only counted. */
enum { MOST_RESULTS = 25000 };

static const struct {
  const char *level, *security;
} severities[] = {[PE_ERROR] = {"error", NULL},
                  [PE_SECURITY_WARNING] = {"warning", "7.0"},
                  [PE_WARNING] = {"warning", NULL},
                  [PE_SUGGESTION] = {"note", NULL}};

static json_t *message(pe_out *o, pe_slice text) {
  json_t *m = pe_out_object(o);
  pe_out_put(o, m, "text", pe_out_text(o, text));
  return m;
}

static json_t *rule_properties(pe_out *o, const pe_rule_info *info) {
  json_t *p = pe_out_object(o), *tags = pe_out_array(o);
  pe_out_add(o, tags, pe_out_str(o, "aws-policy"));
  if (severities[info->severity].security) {
    pe_out_add(o, tags, pe_out_str(o, "security"));
    pe_out_put(o, p, "security-severity", pe_out_str(o, severities[info->severity].security));
  }
  pe_out_put(o, p, "tags", tags);
  return p;
}

static json_t *one_rule(pe_out *o, const pe_rule_info *info) {
  json_t *rule = pe_out_object(o), *level = pe_out_object(o), *help = pe_out_object(o);
  char text[1024];
  snprintf(text, sizeof text, "%s %s", info->explanation, info->fix);
  pe_out_put(o, rule, "id", pe_out_str(o, info->id));
  pe_out_put(o, rule, "shortDescription", message(o, pe_slice_str(info->title)));
  pe_out_put(o, rule, "fullDescription", message(o, pe_slice_str(info->explanation)));
  pe_out_put(o, help, "text", pe_out_str(o, text));
  pe_out_put(o, rule, "help", help);
  if (info->url[0]) pe_out_put(o, rule, "helpUri", pe_out_str(o, info->url));
  pe_out_put(o, level, "level", pe_out_str(o, severities[info->severity].level));
  pe_out_put(o, rule, "defaultConfiguration", level);
  pe_out_put(o, rule, "properties", rule_properties(o, info));
  return rule;
}

/* A path as a relative URI reference: what is not plain is percent-encoded. */
static void write_uri(pe_buf *out, pe_slice name) {
  for (size_t i = 0; i < name.len; i++) {
    unsigned char ch = (unsigned char)name.ptr[i];
    bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-' ||
                 ch == '_' || ch == '.' || ch == '~' || ch == '/';
    if (plain) {
      pe_buf_char(out, (char)ch);
    } else {
      pe_buf_fmt(out, "%%%02X", ch);
    }
  }
}

static json_t *artifact(pe_out *o, const pe_alloc *alloc, const pe_finding *f) {
  json_t *location = pe_out_object(o);
  pe_slice name = f->source ? pe_source_file(f->source)->name : PE_SLICE("");
  pe_buf uri;
  pe_buf_init(&uri, alloc);
  write_uri(&uri, name.len ? name : PE_SLICE("input"));
  if (uri.failed) o->failed = true;
  pe_out_put(o, location, "uri", pe_out_text(o, uri.failed ? PE_SLICE("") : pe_slice_of(uri.ptr, uri.len)));
  pe_buf_done(&uri);
  return location;
}

static json_t *region(pe_out *o, const pe_source *source, pe_span span) {
  policyeval_span place = pe_source_span(source, span);
  json_t *r = pe_out_object(o);
  pe_out_put(o, r, "startLine", pe_out_int(o, place.start.line));
  pe_out_put(o, r, "startColumn", pe_out_int(o, (int64_t)place.start.column + 1));
  pe_out_put(o, r, "endLine", pe_out_int(o, place.end.line));
  pe_out_put(o, r, "endColumn", pe_out_int(o, (int64_t)place.end.column + 1));
  pe_out_put(o, r, "byteOffset", pe_out_int(o, place.start.offset));
  pe_out_put(o, r, "byteLength", pe_out_int(o, (int64_t)place.end.offset - place.start.offset));
  return r;
}

static json_t *locations(pe_out *o, const pe_alloc *alloc, const pe_finding *f) {
  json_t *list = pe_out_array(o), *location = pe_out_object(o), *physical = pe_out_object(o);
  pe_out_put(o, physical, "artifactLocation", artifact(o, alloc, f));
  if (f->source && f->source->text.len) pe_out_put(o, physical, "region", region(o, f->source, f->span));
  pe_out_put(o, location, "physicalLocation", physical);
  pe_out_add(o, list, location);
  return list;
}

static json_t *fixes(pe_out *o, const pe_alloc *alloc, const pe_finding *f) {
  json_t *list = pe_out_array(o), *fix = pe_out_object(o), *changes = pe_out_array(o), *change = pe_out_object(o);
  json_t *replacements = pe_out_array(o), *replacement = pe_out_object(o);
  pe_out_put(o, replacement, "deletedRegion", region(o, f->source, f->fix_span));
  pe_out_put(o, replacement, "insertedContent", message(o, f->fix_text));
  pe_out_add(o, replacements, replacement);
  pe_out_put(o, change, "artifactLocation", artifact(o, alloc, f));
  pe_out_put(o, change, "replacements", replacements);
  pe_out_add(o, changes, change);
  pe_out_put(o, fix, "description", message(o, f->fix_title));
  pe_out_put(o, fix, "artifactChanges", changes);
  pe_out_add(o, list, fix);
  return list;
}

/* Rule, file, names on the path, and the text it is about: nothing that moves with lines or other statements. */
PE_WRAPS static uint64_t fingerprint(const pe_finding *f) {
  uint64_t hash = pe_slice_hash(pe_slice_str(pe_rule_get(f->rule)->id));
  if (!f->source) return hash;
  pe_slice parts[2] = {pe_source_file(f->source)->name, pe_slice_sub(f->source->text, f->span.start, f->span.end)};
  for (int i = 0; i < 2; i++) hash = hash * 31 + pe_slice_hash(parts[i]);
  for (uint32_t i = 0; i < f->npath; i++) {
    if (f->path[i].name.ptr) hash = hash * 31 + pe_slice_hash(f->path[i].name);
  }
  return hash;
}

typedef struct counter { /* how often each fingerprint was given out */
  struct {
    uint64_t hash;
    uint32_t count;
  } *slot;
  size_t mask;
} counter;

static uint32_t count_up(counter *c, uint64_t hash) {
  size_t at = (size_t)(hash ^ hash >> 32) & c->mask;
  while (c->slot[at].count && c->slot[at].hash != hash) at = (at + 1) & c->mask;
  c->slot[at].hash = hash;
  return ++c->slot[at].count;
}

static json_t *one_result(pe_out *o, const pe_alloc *alloc, const pe_finding *f, int rule_index, counter *seen) {
  const pe_rule_info *info = pe_rule_get(f->rule);
  json_t *result = pe_out_object(o), *prints = pe_out_object(o);
  char text[48];
  uint64_t hash = fingerprint(f);
  snprintf(text, sizeof text, "%016llx:%u", (unsigned long long)hash, count_up(seen, hash));
  pe_out_put(o, result, "ruleId", pe_out_str(o, info->id));
  pe_out_put(o, result, "ruleIndex", pe_out_int(o, rule_index));
  pe_out_put(o, result, "level", pe_out_str(o, severities[info->severity].level));
  pe_out_put(o, result, "message", message(o, f->message));
  pe_out_put(o, result, "locations", locations(o, alloc, f));
  pe_out_put(o, prints, "policyevalFinding/v1", pe_out_str(o, text));
  pe_out_put(o, result, "partialFingerprints", prints);
  if (f->fix_text.ptr && f->source) pe_out_put(o, result, "fixes", fixes(o, alloc, f));
  return result;
}

static json_t *tool(pe_out *o, const pe_findings *findings, int *index) {
  json_t *t = pe_out_object(o), *driver = pe_out_object(o), *rules = pe_out_array(o);
  bool cited[PE_RULES] = {false};
  int n = 0;
  for (size_t i = 0; i < findings->list.len; i++) cited[findings->list.data[i].rule] = true;
  for (int i = 0; i < PE_RULES; i++) {
    index[i] = cited[i] ? n++ : -1;
    if (cited[i]) pe_out_add(o, rules, one_rule(o, pe_rule_get((pe_rule)i)));
  }
  pe_out_put(o, driver, "name", pe_out_str(o, "policyeval"));
  pe_out_put(o, driver, "version", pe_out_str(o, POLICYEVAL_VERSION));
  pe_out_put(o, driver, "rules", rules);
  pe_out_put(o, t, "driver", driver);
  return t;
}

/* What was left out is said, not hidden. */
static json_t *invocations(pe_out *o, size_t left) {
  json_t *list = pe_out_array(o), *one = pe_out_object(o);
  pe_out_put(o, one, "executionSuccessful", pe_out_bool(o, true));
  if (left) {
    char text[96];
    json_t *notes = pe_out_array(o), *note = pe_out_object(o);
    snprintf(text, sizeof text, "%zu more findings are left out: a run holds %d results.", left, MOST_RESULTS);
    pe_out_put(o, note, "level", pe_out_str(o, "warning"));
    pe_out_put(o, note, "message", message(o, pe_slice_str(text)));
    pe_out_add(o, notes, note);
    pe_out_put(o, one, "toolExecutionNotifications", notes);
  }
  pe_out_add(o, list, one);
  return list;
}

int pe_render_findings_sarif(const pe_findings *findings, pe_buf *out) {
  pe_out o = {false};
  int index[PE_RULES];
  counter seen = {.mask = 15};
  size_t count = findings->list.len < MOST_RESULTS ? findings->list.len : MOST_RESULTS;
  while (seen.mask < count * 2) seen.mask = seen.mask * 2 + 1;
  seen.slot = pe_alloc_array(out->alloc, seen.mask + 1, sizeof *seen.slot);
  if (!seen.slot) return POLICYEVAL_ENOMEM;
  json_t *root = pe_out_object(&o), *runs = pe_out_array(&o), *run = pe_out_object(&o), *results = pe_out_array(&o);
  pe_out_put(&o, run, "tool", tool(&o, findings, index));
  pe_out_put(&o, run, "invocations", invocations(&o, findings->list.len - count));
  pe_out_put(&o, run, "columnKind", pe_out_str(&o, "unicodeCodePoints"));
  for (size_t i = 0; i < count; i++) {
    const pe_finding *f = &findings->list.data[i];
    pe_out_add(&o, results, one_result(&o, out->alloc, f, index[f->rule], &seen));
  }
  pe_out_put(&o, run, "results", results);
  pe_out_add(&o, runs, run);
  pe_out_put(&o, root, "$schema", pe_out_str(&o, "https://json.schemastore.org/sarif-2.1.0.json"));
  pe_out_put(&o, root, "version", pe_out_str(&o, "2.1.0"));
  pe_out_put(&o, root, "runs", runs);
  pe_alloc_free(out->alloc, seen.slot);
  return pe_out_write(&o, root, true, out);
}

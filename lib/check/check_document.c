/* SPDX-License-Identifier: MIT */
/* The document as a whole: version, Id, size, characters (L1.1, L1.2, L1.3, L1.9). */
#include "base/utf8.h"
#include "check/check.h"

/* True when some string of the document holds "${": what Version says then matters. */
static bool uses_variables(const pe_check *c) {
  return pe_check_has_variable(c->json->source->text);
}

/* Version in front of the first member, on a line of its own if that is how the document is written. */
static void fix_version(pe_check *c, pe_finding *f) {
  const pe_json_node *root = pe_check_node(c, 0);
  if (!f || root->children == 0) return;
  uint32_t from = root->span.start + 1, to = pe_check_node(c, 1)->key_span.start;
  pe_buf buf;
  pe_buf_init(&buf, c->alloc);
  pe_slice gap = pe_slice_sub(c->json->source->text, from, to);
  pe_buf_slice(&buf, gap);
  pe_buf_str(&buf, gap.len ? "\"Version\": \"2012-10-17\"," : "\"Version\":\"2012-10-17\",");
  if (buf.failed) {
    c->result = POLICYEVAL_ENOMEM;
  } else {
    pe_finding_fix(c->findings, f, (pe_span){from, from}, pe_slice_of(buf.ptr, buf.len), !uses_variables(c),
                   "Add the version");
  }
  pe_buf_done(&buf);
}

static void check_version(pe_check *c) {
  const pe_policy *p = c->policy;
  uint32_t node = pe_json_get(c->json, 0, "Version");
  if (!node) {
    if (pe_json_get(c->json, 0, "Statement")) { /* else it is one statement, and loading said so */
      pe_finding *f = pe_check_value(c, PE_RULE_MISSING_VERSION, 0,
                                     "The policy has no Version: without it variables are plain text.");
      if (f) f->span.end = f->span.start + 1;
      fix_version(c, f);
    }
  } else if (p->version.ptr && pe_slice_eq(p->version, PE_SLICE("2008-10-17"))) {
    pe_finding *f = pe_check_value(c, PE_RULE_OLD_VERSION, node,
                                   "IAM takes no new policy of version 2008-10-17: write \"2012-10-17\".");
    pe_check_fix(c, f, PE_SLICE("\"2012-10-17\""), !uses_variables(c), "Write the current version");
  }
  if (c->kind == POLICYEVAL_KIND_RCP && !p->version_2012) {
    if (node) {
      pe_check_value(c, PE_RULE_RCP_VERSION, node, "A resource control policy says \"Version\": \"2012-10-17\".");
    } else {
      pe_finding *f = pe_check_value(c, PE_RULE_RCP_VERSION, 0,
                                     "A resource control policy says \"Version\": \"2012-10-17\".");
      if (f) f->span.end = f->span.start + 1;
    }
  }
}

static void check_id(pe_check *c) {
  uint32_t node = pe_json_get(c->json, 0, "Id");
  if (!node) return;
  pe_finding *f = pe_check_name(c, PE_RULE_ID_NOT_SUPPORTED, node, "This kind of policy has no Id.");
  pe_check_fix_remove(c, f, node, true, "Remove the Id");
}

typedef struct size_of {
  size_t bytes, characters, dense; /* dense: characters without the blanks between values */
} size_of;

static size_of measure(pe_slice text) {
  size_of n = {.bytes = text.len};
  bool inside = false;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char ch = (unsigned char)text.ptr[i];
    if ((ch & 0xC0) == 0x80) continue;
    n.characters++;
    if (inside && ch == '\\' && i + 1 < text.len) {
      i++;
      n.characters++;
      n.dense += 2;
      continue;
    }
    if (ch == '"') inside = !inside;
    if (inside || (ch != ' ' && ch != '\t' && ch != '\n' && ch != '\r')) n.dense++;
  }
  return n;
}

typedef struct quota {
  uint8_t kind;
  uint8_t unit; /* 'b' bytes, 'c' characters, 'd' characters without blanks between values */
  uint16_t most;
  pe_rule rule;
  const char *what;
} quota;
static const quota quotas[] = { /* L1.9 */
    {POLICYEVAL_KIND_IDENTITY, 'd', 6144, PE_RULE_POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, "A managed policy"},
    {POLICYEVAL_KIND_BOUNDARY, 'd', 6144, PE_RULE_POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, "A managed policy"},
    {POLICYEVAL_KIND_SESSION, 'c', 2048, PE_RULE_POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, "A session policy"},
    {POLICYEVAL_KIND_TRUST, 'd', 2048, PE_RULE_POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA, "A trust policy"},
    {POLICYEVAL_KIND_SCP, 'c', 5120, PE_RULE_POLICY_SIZE_EXCEEDS_SCP_QUOTA, "A service control policy"},
    {POLICYEVAL_KIND_RCP, 'c', 5120, PE_RULE_POLICY_SIZE_EXCEEDS_RCP_QUOTA, "A resource control policy"},
    {POLICYEVAL_KIND_KMS_KEY, 'b', 32768, PE_RULE_POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, "A key policy"},
    {POLICYEVAL_KIND_SECRET, 'c', 20480, PE_RULE_POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, "The policy of a secret"},
    {POLICYEVAL_KIND_RESOURCE, 'b', 20480, PE_RULE_POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, "A bucket policy"},
    {POLICYEVAL_KIND_ENDPOINT, 'c', 20480, PE_RULE_POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, "An endpoint policy"},
};

static void check_size(pe_check *c) {
  pe_span root = pe_check_node(c, 0)->span;
  pe_slice text = pe_slice_sub(c->json->source->text, root.start, root.end);
  if (text.len <= 2048) return; /* the smallest quota */
  size_of n = measure(text);
  for (size_t i = 0; i < sizeof quotas / sizeof quotas[0]; i++) {
    const quota *q = &quotas[i];
    if (q->kind != c->kind) continue;
    size_t count = q->unit == 'b' ? n.bytes : q->unit == 'c' ? n.characters : n.dense;
    if (count <= q->most) continue;
    pe_finding *f = pe_check_value(c, q->rule, 0, "%s has at most %u %s, and this one has %zu (%zu without blanks between "
                                   "values).", q->what, q->most, q->unit == 'b' ? "bytes" : "characters", count, n.dense);
    if (f) f->span.end = f->span.start + 1;
  }
}

/* One string as written: characters that AWS refuses, and no-break spaces. */
static void check_characters_of(pe_check *c, uint32_t node, pe_span span, bool name) {
  const char *text = c->json->source->text.ptr;
  for (uint32_t i = span.start; i < span.end;) {
    if ((unsigned char)text[i] < 0xC2) { /* ASCII, the bulk of every document */
      i++;
      continue;
    }
    unsigned step;
    uint32_t cp = pe_utf8_decode(text + i, &step), end = i + step;
    pe_finding *f = NULL;
    if (cp > 0xFF) { /* one finding for a run of them */
      while (end < span.end && (unsigned char)text[end] > 0xC3) end += pe_utf8_step((unsigned char)text[end]);
      f = name ? pe_check_name(c, PE_RULE_INVALID_CHARACTER, node, "U+%04X cannot stand in a policy.", (unsigned)cp)
               : pe_check_value(c, PE_RULE_INVALID_CHARACTER, node, "U+%04X cannot stand in a policy.", (unsigned)cp);
    } else if (cp == 0xA0) {
      while (end + 1 < span.end && (unsigned char)text[end] == 0xC2 && (unsigned char)text[end + 1] == 0xA0) end += 2;
      const char *words = "A no-break space (U+00A0) stands here: nothing in AWS has one.";
      f = name ? pe_check_name(c, PE_RULE_NON_ASCII_BLANK, node, "%s", words)
               : pe_check_value(c, PE_RULE_NON_ASCII_BLANK, node, "%s", words);
    }
    if (f) f->span = (pe_span){i, end};
    if (f && cp == 0xA0) pe_check_fix(c, f, PE_SLICE(""), false, "Remove it");
    i = end;
  }
}

static void check_characters(pe_check *c) {
  pe_slice text = c->json->source->text;
  bool ascii = true;
  for (size_t i = 0; i < text.len && ascii; i++) ascii = (unsigned char)text.ptr[i] < 0x80;
  if (ascii) return;
  for (uint32_t i = 1; i < c->json->count && !c->result; i++) {
    const pe_json_node *n = pe_check_node(c, i);
    if (n->key.ptr) check_characters_of(c, i, n->key_span, true);
    if (n->type == PE_JSON_STRING) check_characters_of(c, i, n->span, false);
  }
}

static bool token_char(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_';
}

/* A longer word of the document that begins with `word`, or an empty slice. */
static pe_slice longer_word(pe_slice text, pe_slice word) {
  for (size_t i = 0; i + word.len < text.len; i++) {
    if ((i > 0 && token_char(text.ptr[i - 1])) || memcmp(text.ptr + i, word.ptr, word.len) != 0) continue;
    size_t end = i + word.len;
    while (end < text.len && token_char(text.ptr[end])) end++;
    if (end > i + word.len) return pe_slice_sub(text, i, end);
  }
  return (pe_slice){NULL, 0};
}

/* Each placeholder once: PRODUCTION also begins PRODUCTION_ROLE, and replacing letters would spoil that. */
static void check_placeholders(pe_check *c) {
  enum { MOST = 32 };
  pe_slice seen[MOST], text = c->json->source->text;
  size_t nseen = 0, count = c->findings->list.len;
  for (size_t i = 0; i < count && c->faulted && nseen < MOST && !c->result; i++) {
    const pe_finding *f = &c->findings->list.data[i];
    if (f->rule != PE_RULE_PLACEHOLDER_ACCOUNT || f->document != c->findings->documents) continue;
    pe_slice word = pe_slice_sub(text, f->span.start, f->span.end);
    bool again = word.len == 0;
    for (size_t k = 0; k < nseen && !again; k++) again = pe_slice_eq(seen[k], word);
    if (again) continue;
    seen[nseen++] = word;
    pe_slice longer = longer_word(text, word);
    uint32_t node = f->node;
    pe_span span = f->span;
    if (!longer.ptr) continue;
    pe_finding *add = pe_check_value(c, PE_RULE_PLACEHOLDER_IN_WORD, node,
                                     "\"%.*s\" also begins \"%.*s\": replace the whole word only, as --set does.",
                                     PE_CHECK_TEXT(word), PE_CHECK_TEXT(longer));
    if (add) add->span = span;
  }
}

void pe_check_document(pe_check *c) {
  check_version(c);
  check_id(c);
  check_size(c);
  check_characters(c);
  check_placeholders(c);
}

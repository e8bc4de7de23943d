/* SPDX-License-Identifier: MIT */
#include "policy/unwrap.h"

#include "policy/syntax.h"

/* A policy can be a string in a reply in a string, each perhaps encoded; nobody has more of that. */
enum { MAX_LAYERS = 8 };

/* Members that carry a document, or an object that does. */
static const char *const carriers[] = {"ResourcePolicy", "PolicyDocument", "PolicyVersion",
                                       "Policy",         "Content",        "Document"};
/* The same in the description of a role, for trust policies. */
static const char *const trust_carriers[] = {"Role", "AssumeRolePolicyDocument"};

typedef struct unwrap {
  pe_arena *arena;
  const pe_json_limits *limits;
  pe_findings *findings; /* or NULL */
  pe_json json;          /* the innermost text so far */
  uint32_t node;         /* the value in it that is, or carries, the policy */
  int kind;
} unwrap;

static int refuse(unwrap *u, pe_rule rule, int result, const char *message) {
  if (!u->findings) return result;
  if (pe_findings_keep(u->findings, u->json.source)) return POLICYEVAL_ENOMEM;
  pe_finding *finding =
      pe_findings_add(u->findings, rule, u->node, u->json.nodes[u->node].span, "%s", message);
  if (!finding) return POLICYEVAL_ENOMEM;
  finding->refuses = 1;
  return result;
}

static int no_policy(unwrap *u) {
  return refuse(u, PE_RULE_NO_POLICY_IN_REPLY, POLICYEVAL_ENOTFOUND,
                "The reply says that no policy is attached.");
}

static uint32_t find(const unwrap *u, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t node = pe_json_get(&u->json, u->node, names[i]);
    if (node) return node;
  }
  return 0;
}

static bool has(const unwrap *u, const char *name) { return pe_json_get(&u->json, u->node, name) != 0; }

/* get-resource-policy of a secret without one: ARN and Name, and at most what an SDK adds. */
static bool is_empty_secret_reply(const unwrap *u) {
  const pe_json_node *object = &u->json.nodes[u->node];
  if (!has(u, "ARN") || !has(u, "Name")) return false;
  for (uint32_t i = pe_json_first(u->node); i < object->next; i = u->json.nodes[i].next) {
    pe_slice key = u->json.nodes[i].key;
    if (!pe_slice_eq(key, PE_SLICE("ARN")) && !pe_slice_eq(key, PE_SLICE("Name")) &&
        !pe_slice_eq(key, PE_SLICE("ResponseMetadata"))) {
      return false;
    }
  }
  return true;
}

/* A reply without a document that we know: what to ask instead. NULL: none of them. */
static const char *known_reply(const unwrap *u) {
  if (u->kind != POLICYEVAL_KIND_TRUST &&
      find(u, trust_carriers, sizeof trust_carriers / sizeof *trust_carriers)) {
    return "This describes a role and carries its trust policy only: load it as a trust policy, or use the "
           "reply of "
           "aws iam get-role-policy.";
  }
  if (has(u, "DefaultVersionId") && (has(u, "PolicyName") || has(u, "Arn"))) {
    return "This describes a managed policy without its document: use the reply of aws iam "
           "get-policy-version.";
  }
  if (has(u, "ARN") && (has(u, "VersionIdsToStages") || has(u, "SecretString") || has(u, "CreatedDate"))) {
    return "This describes a secret without its policy: use the reply of aws secretsmanager "
           "get-resource-policy.";
  }
  if (has(u, "KeyMetadata")) {
    return "This describes a key without its policy: use the reply of aws kms get-key-policy.";
  }
  if (has(u, "AttachedPolicies") || has(u, "PolicyNames")) {
    return "This lists the names of policies: use the replies of aws iam get-policy-version and get-role-policy.";
  }
  if (has(u, "RoleDetailList") || has(u, "UserDetailList")) {
    return "This describes a whole account: use the replies for one role or user, such as that of aws iam "
           "get-role-policy.";
  }
  if (has(u, "Resources") || has(u, "planned_values") || has(u, "values")) {
    return "This is a template or a plan with many resources, not a policy: take the policy document out of it.";
  }
  return NULL;
}

/* describe-policy says of which type the policy is: an RCP in the place of an SCP would be a limit of other requests, and a cap in
 * the place of an identity policy would grant. */
static bool is_other_type(const unwrap *u) {
  const uint32_t summary = pe_json_get(&u->json, u->node, "PolicySummary");
  const uint32_t type = summary ? pe_json_get(&u->json, summary, "Type") : 0;
  if (!type) return false;
  const pe_slice is = u->json.nodes[type].text;
  return !(u->kind == POLICYEVAL_KIND_SCP && pe_slice_eq(is, PE_SLICE("SERVICE_CONTROL_POLICY"))) &&
         !(u->kind == POLICYEVAL_KIND_RCP && pe_slice_eq(is, PE_SLICE("RESOURCE_CONTROL_POLICY")));
}

/* One step into an object: 0 when the object itself is the document (*done) or u->node was moved. */
static int enter(unwrap *u, bool *done) {
  *done = true;
  if (has(u, "Statement") || has(u, "Effect")) return 0;
  uint32_t inner = find(u, carriers, sizeof carriers / sizeof *carriers);
  if (!inner && u->kind == POLICYEVAL_KIND_TRUST) {
    inner = find(u, trust_carriers, sizeof trust_carriers / sizeof *trust_carriers);
  }
  if (inner && is_other_type(u))
    return refuse(u, PE_RULE_REPLY_WITHOUT_DOCUMENT, POLICYEVAL_EPOLICY,
                  "This policy of the organization is of another type, as its PolicySummary says.");
  if (inner) {
    u->node = inner;
    *done = false;
    return 0;
  }
  if (is_empty_secret_reply(u)) return no_policy(u);
  const char *instead = known_reply(u);
  return instead ? refuse(u, PE_RULE_REPLY_WITHOUT_DOCUMENT, POLICYEVAL_EPOLICY, instead) : 0;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool pe_unwrap_is_percent(pe_slice text) {
  size_t i = 0;
  while (i < text.len && (text.ptr[i] == ' ' || (text.ptr[i] >= '\t' && text.ptr[i] <= '\r'))) i++;
  return text.len - i >= 3 && text.ptr[i] == '%' && hex_digit(text.ptr[i + 1]) >= 0 &&
         hex_digit(text.ptr[i + 2]) >= 0;
}

int pe_unwrap_percent(pe_arena *arena, const pe_source *outer, const pe_source **out) {
  pe_slice text = outer->text;
  char *decoded = pe_arena_alloc(arena, text.len + 1);
  pe_source *source = pe_arena_alloc(arena, sizeof *source);
  if (!decoded || !source) return POLICYEVAL_ENOMEM;
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    int high = text.ptr[i] == '%' && text.len - i >= 3 ? hex_digit(text.ptr[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(text.ptr[i + 2]) : -1;
    if (low >= 0) decoded[len++] = (char)(high << 4 | low);
    else decoded[len++] = text.ptr[i];
    if (low >= 0) i += 2;
  }
  decoded[len] = '\0';
  *source = (pe_source){
      .name = outer->name, .text = pe_slice_of(decoded, len), .layer = PE_SOURCE_PERCENT, .outer = outer};
  *out = source;
  return 0;
}

static int read_text(unwrap *u, const pe_source *source) {
  pe_json_error error;
  int rc = pe_json_read(u->arena, source, u->limits, &u->json, &error);
  u->node = 0;
  if (rc != POLICYEVAL_EJSON && rc != POLICYEVAL_ELIMIT) return rc;
  return pe_syntax_report(u->findings, source, &error) ? POLICYEVAL_ENOMEM : rc;
}

/* The string at u->node is itself a text: read it. */
static int read_string(unwrap *u) {
  const pe_json_node *value = &u->json.nodes[u->node];
  if (value->text.len == 0) return no_policy(u);
  pe_source *source = pe_arena_alloc(u->arena, sizeof *source);
  char *copy = pe_arena_copy(u->arena, value->text.ptr, value->text.len);
  if (!source || !copy) return POLICYEVAL_ENOMEM;
  *source = (pe_source){.name = u->json.source->name,
                        .text = pe_slice_of(copy, value->text.len),
                        .layer = PE_SOURCE_JSON_STRING,
                        .outer = u->json.source,
                        .outer_start = value->span.start + 1};
  const pe_source *text = source;
  if (pe_unwrap_is_percent(source->text)) {
    int rc = pe_unwrap_percent(u->arena, source, &text);
    if (rc) return rc;
  }
  return read_text(u, text);
}

/* The subtree at u->node as a document of its own. */
static int cut_out(const unwrap *u, pe_json *out) {
  *out = u->json;
  if (u->node == 0) return 0;
  uint32_t count = u->json.nodes[u->node].next - u->node;
  pe_json_node *nodes = pe_arena_alloc(u->arena, count * sizeof *nodes);
  if (!nodes) return POLICYEVAL_ENOMEM;
  memcpy(nodes, u->json.nodes + u->node, count * sizeof *nodes);
  for (uint32_t i = 0; i < count; i++) {
    nodes[i].next -= u->node;
    nodes[i].parent -= i ? u->node : nodes[i].parent;
  }
  nodes[0].key = PE_SLICE("");
  nodes[0].key_span = (pe_span){0, 0};
  nodes[0].duplicate = 0;
  out->nodes = nodes;
  out->count = count;
  return 0;
}

int pe_unwrap_policy(pe_arena *arena, const pe_json *text, int kind, const pe_json_limits *limits,
                     pe_json *out, pe_findings *findings) {
  unwrap u = {.arena = arena, .limits = limits, .findings = findings, .json = *text, .kind = kind};
  for (unsigned layer = 0; layer < MAX_LAYERS; layer++) {
    bool done = true;
    int rc = 0;
    switch (u.json.nodes[u.node].type) {
    case PE_JSON_NULL: rc = no_policy(&u); break;
    case PE_JSON_STRING:
      rc = read_string(&u);
      done = false;
      break;
    case PE_JSON_OBJECT: rc = enter(&u, &done); break;
    default: break;
    }
    if (rc) return rc;
    if (done) return cut_out(&u, out);
  }
  return refuse(&u, PE_RULE_REPLY_WITHOUT_DOCUMENT, POLICYEVAL_EPOLICY,
                "The text is wrapped too often to be a policy.");
}

/* SPDX-License-Identifier: MIT */
/* Values that a reader understands, to be tried before any others: names from the policies at hand, real actions,
 * AWS's example accounts, identifiers of the form that AWS gives them. */
#include "base/error.h"
#include "service/keys.h"
#include "sym/compile.h"

enum { MOST = 96 }; /* per key */

#define OUTSIDER "999988887777"

typedef struct list {
  pe_compiler *c;
  pe_slice items[MOST];
  uint32_t count;
  pe_buf text;
} list;

static int keep(list *l) {
  if (l->text.failed) return POLICYEVAL_ENOMEM;
  pe_slice now = pe_slice_of(l->text.ptr ? l->text.ptr : "", l->text.len);
  for (uint32_t i = 0; i < l->count; i++) {
    if (pe_slice_eq(l->items[i], now)) now.len = 0;
  }
  if (now.len && l->count < MOST) {
    char *copy = pe_arena_copy(l->c->space->arena, now.ptr, now.len);
    if (!copy) return POLICYEVAL_ENOMEM;
    l->items[l->count++] = pe_slice_of(copy, now.len);
  }
  pe_buf_clear(&l->text);
  return 0;
}

static int keep_text(list *l, const char *text) {
  pe_buf_str(&l->text, text);
  return keep(l);
}

static int hand_over(list *l, uint32_t key) {
  pe_slice *copy = pe_arena_alloc(l->c->space->arena, (l->count + 1) * sizeof *copy);
  if (!copy) return POLICYEVAL_ENOMEM;
  if (l->count) memcpy(copy, l->items, l->count * sizeof *copy);
  l->c->space->keys.data[key].likely = copy;
  l->c->space->keys.data[key].nlikely = l->count;
  l->count = 0;
  return 0;
}

typedef struct source { /* the policies of the question */
  const pe_policy *const *policies;
  uint32_t count;
  unsigned mentioned; /* one bit for each of `known` */
} source;

/* Services ----------------------------------------------------------------------------------------------- */

static const struct known {
  const char *service;
  int kind;
  const char *first; /* the action to show */
  const char *resource;
} known[] = {
    {"secretsmanager", POLICYEVAL_KIND_SECRET, "secretsmanager:GetSecretValue",
     "arn:aws:secretsmanager:us-east-1:444455556666:secret:example-AbCdEf"},
    {"kms", POLICYEVAL_KIND_KMS_KEY, "kms:Decrypt",
     "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
    {"s3", -1, "s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/example"},
    {"s3", -1, "s3:PutObject", "arn:aws:s3:::amzn-s3-demo-bucket/example"},
    {"ec2", -1, "ec2:RunInstances", "arn:aws:ec2:us-east-1:444455556666:instance/i-1234567890abcdef0"},
    {"iam", -1, "iam:CreateUser", "arn:aws:iam::444455556666:user/Example"},
    {"lambda", -1, "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:444455556666:function:example"},
    {"dynamodb", -1, "dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:444455556666:table/example"},
    {"sts", POLICYEVAL_KIND_TRUST, "sts:AssumeRole", "arn:aws:iam::444455556666:role/Example"},
};

enum { KNOWN = sizeof known / sizeof known[0] };

/* Bits of known services that the policies are about, by their kind or by an action. */
static unsigned mentioned(const source *s) {
  unsigned bits = 0;
  for (uint32_t p = 0; p < s->count; p++) {
    for (unsigned k = 0; k < KNOWN; k++) {
      if (s->policies[p]->kind == known[k].kind) bits |= 1u << k;
    }
    for (uint32_t i = 0; i < s->policies[p]->nstatements; i++) {
      const pe_statement *st = &s->policies[p]->statements[i];
      for (uint32_t a = 0; a < st->nactions; a++) {
        pe_slice t = st->actions[a].text;
        for (unsigned k = 0; k < KNOWN; k++) {
          size_t n = strlen(known[k].service);
          if (bits >> k & 1 || t.len <= n || t.ptr[n] != ':') continue;
          if (pe_slice_eq_ascii_nocase(pe_slice_sub(t, 0, n), pe_slice_of(known[k].service, n))) bits |= 1u << k;
        }
      }
    }
  }
  return bits;
}

static int service_actions(list *l, const char *service) {
  const pe_action_info *first;
  size_t n = pe_catalog_actions(l->c->catalog, pe_slice_str(service), &first);
  int rc = 0;
  for (size_t i = 0; i < n && !rc; i++) {
    pe_buf_slice(&l->text, first[i].service);
    pe_buf_char(&l->text, ':');
    pe_buf_slice(&l->text, first[i].name);
    rc = keep(l);
  }
  return rc;
}

/* Exact actions of the policies, as they are written there. */
static int written_actions(list *l, const source *s) {
  int rc = 0;
  for (uint32_t p = 0; p < s->count && !rc; p++) {
    for (uint32_t i = 0; i < s->policies[p]->nstatements && !rc; i++) {
      const pe_statement *st = &s->policies[p]->statements[i];
      for (uint32_t a = 0; a < st->nactions && !rc && l->count < MOST / 2; a++) {
        if (st->actions[a].any || st->actions[a].never || st->actions[a].pattern.shape != PE_SHAPE_EXACT) continue;
        const pe_action_info *info = pe_catalog_action(l->c->catalog, st->actions[a].text);
        if (info) pe_buf_fmt(&l->text, "%.*s:", (int)info->service.len, info->service.ptr);
        pe_buf_slice(&l->text, info ? info->name : st->actions[a].text);
        rc = keep(l);
      }
    }
  }
  return rc;
}

static int actions(list *l, const source *s) {
  int rc = 0;
  for (unsigned pass = 0; pass < 2; pass++) { /* those that are mentioned first */
    const unsigned are = 1 - pass;
    for (unsigned i = 0; i < KNOWN && !rc; i++) {
      if ((s->mentioned >> i & 1) == are) rc = keep_text(l, known[i].first);
    }
    if (are && !rc) rc = written_actions(l, s);
    for (unsigned i = 0; are && i < KNOWN && !rc; i++) {
      if (s->mentioned >> i & 1) rc = service_actions(l, known[i].service);
    }
  }
  return rc ? rc : hand_over(l, l->c->action);
}

/* Resources ---------------------------------------------------------------------------------------------- */

static void fill_pattern(pe_buf *b, const pe_pattern *p, const char *star) {
  static const char ones[] = "AbCdEf";
  size_t next = 0;
  for (uint32_t i = 0; i < p->nelems; i++) {
    switch (p->elems[i].kind) {
      case PE_ELEM_LITERAL: pe_buf_slice(b, p->elems[i].literal); break;
      case PE_ELEM_ONE: pe_buf_char(b, ones[next++ % 6]); break;
      case PE_ELEM_STAR:
      case PE_ELEM_VARIABLE: pe_buf_str(b, star); break;
    }
  }
}

static int written_resources(list *l, const source *s) {
  static const char *const stars[PE_ARN_FIELDS] = {"arn", "aws", "secretsmanager", "us-east-1", "111122223333", "example"};
  int rc = 0;
  for (uint32_t p = 0; p < s->count && !rc; p++) {
    for (uint32_t i = 0; i < s->policies[p]->nstatements && !rc; i++) {
      const pe_statement *st = &s->policies[p]->statements[i];
      for (uint32_t r = 0; r < st->nresources && !rc && l->count < MOST - 8; r++) {
        const pe_resource *res = &st->resources[r];
        if (res->never || res->pattern.is_any || res->pattern.fields < PE_ARN_FIELDS) continue;
        for (unsigned f = 0; f < PE_ARN_FIELDS; f++) {
          if (f) pe_buf_char(&l->text, ':');
          fill_pattern(&l->text, &res->pattern.field[f], stars[f]);
        }
        rc = keep(l);
      }
    }
  }
  return rc;
}

static int resources(list *l, const source *s) {
  int rc = written_resources(l, s);
  for (unsigned pass = 0; pass < 2; pass++) { /* those that are mentioned first */
    const unsigned are = 1 - pass;
    for (unsigned i = 0; i < KNOWN && !rc; i++) {
      if ((s->mentioned >> i & 1) == are) rc = keep_text(l, known[i].resource);
    }
  }
  if (!rc) rc = keep_text(l, "arn:aws:sns:us-east-1:444455556666:example");
  if (!rc) rc = keep_text(l, "*");
  return rc ? rc : hand_over(l, l->c->resource);
}

/* Principals --------------------------------------------------------------------------------------------- */

static int role_in(list *l, pe_slice partition, pe_slice account) {
  pe_buf_str(&l->text, "arn:");
  pe_buf_slice(&l->text, partition.len ? partition : PE_SLICE("aws"));
  pe_buf_str(&l->text, ":iam::");
  pe_buf_slice(&l->text, account);
  pe_buf_str(&l->text, ":role/Example\x1F" "example-session\x1F");
  return keep(l);
}

static int written_principal(list *l, const pe_principal *p) {
  switch ((pe_principal_kind)p->kind) {
    case PE_PRINCIPAL_ACCOUNT: return role_in(l, p->partition, p->account);
    case PE_PRINCIPAL_ROLE:
      pe_buf_slice(&l->text, p->text);
      pe_buf_str(&l->text, "\x1F" "example-session\x1F");
      return keep(l);
    case PE_PRINCIPAL_SESSION:
      pe_buf_fmt(&l->text, "arn:%.*s:iam::%.*s:role/%.*s\x1F%.*s\x1F", (int)p->partition.len, p->partition.ptr,
                 (int)p->account.len, p->account.ptr, (int)p->name.len, p->name.ptr, (int)p->session.len, p->session.ptr);
      return keep(l);
    case PE_PRINCIPAL_USER:
    case PE_PRINCIPAL_FEDERATED_USER:
      pe_buf_slice(&l->text, p->text);
      pe_buf_str(&l->text, "\x1F\x1F");
      return keep(l);
    case PE_PRINCIPAL_SERVICE:
    case PE_PRINCIPAL_PROVIDER:
      pe_buf_str(&l->text, p->kind == PE_PRINCIPAL_SERVICE ? "\x1Fservice\x1F" : "\x1Fprovider\x1F");
      pe_buf_slice(&l->text, p->text);
      return keep(l);
    default: return 0;
  }
}

/* Its root user and a user of it, for where no role will do. */
static int others_of(list *l, const pe_principal *p) {
  static const char *const rests[] = {":user/Example\x1F\x1F", ":root\x1F\x1F"};
  int rc = 0;
  for (size_t i = 0; i < sizeof rests / sizeof rests[0] && !rc && p->kind == PE_PRINCIPAL_ACCOUNT && l->count < MOST - 8; i++) {
    pe_buf_str(&l->text, "arn:");
    pe_buf_slice(&l->text, p->partition.len ? p->partition : PE_SLICE("aws"));
    pe_buf_str(&l->text, ":iam::");
    pe_buf_slice(&l->text, p->account);
    pe_buf_str(&l->text, rests[i]);
    rc = keep(l);
  }
  return rc;
}

static int principals(list *l, const source *s) {
  static const char *const strangers[] = {"arn:aws:iam::" OUTSIDER ":role/Example\x1F" "example-session\x1F",
                                          "arn:aws:iam::" OUTSIDER ":user/Example\x1F\x1F", ("\x1F" "anonymous\x1F")};
  int rc = keep_text(l, strangers[0]);
  for (uint32_t p = 0; p < s->count && !rc; p++) {
    for (uint32_t i = 0; i < s->policies[p]->nstatements && !rc; i++) {
      const pe_statement *st = &s->policies[p]->statements[i];
      for (uint32_t k = 0; k < st->nprincipals && !rc && l->count < MOST - 8; k++) {
        rc = written_principal(l, &st->principals[k]);
      }
    }
  }
  for (size_t i = 1; i < sizeof strangers / sizeof strangers[0] && !rc; i++) rc = keep_text(l, strangers[i]);
  for (uint32_t p = 0; p < s->count && !rc; p++) {
    for (uint32_t i = 0; i < s->policies[p]->nstatements && !rc; i++) {
      const pe_statement *st = &s->policies[p]->statements[i];
      for (uint32_t k = 0; k < st->nprincipals && !rc; k++) rc = others_of(l, &st->principals[k]);
    }
  }
  return rc ? rc : hand_over(l, l->c->principal);
}

/* Other keys --------------------------------------------------------------------------------------------- */

static const struct shape {
  const char *end, *value; /* keys whose name ends so */
} shapes[] = {
    {"Account", OUTSIDER},          {"SourceOwner", OUTSIDER},
    {"OrgID", "o-a1b2c3d4e5"},      {"OrgPaths", "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"},
    {"SourceVpc", "vpc-0a1b2c3d4e5f67890"}, {"SourceVpce", "vpce-0a1b2c3d4e5f67890"},
    {"RequestedRegion", "us-east-1"}, {"Region", "us-east-1"},
    {"ViaService", "secretsmanager.us-east-1.amazonaws.com"}, {"userid", "AROAEXAMPLEID:example-session"},
    {"SourceArn", "arn:aws:s3:::amzn-s3-demo-bucket"}, {"VersionStage", "AWSCURRENT"},
    {"ViaAWSService", "false"}, {"SecureTransport", "true"}, {"MultiFactorAuthPresent", "true"}, {"", "example"},
};

/* For keys whose name says nothing: a value of their type, which no test may have asked for. */
static const char *of_type(pe_slice key) {
  const pe_key_info *info = pe_key_find(key);
  switch (info ? (pe_key_type)info->type : PE_KEY_STRING) {
    case PE_KEY_ARN: return "arn:aws:s3:::amzn-s3-demo-bucket";
    case PE_KEY_NUMERIC: return "1";
    case PE_KEY_DATE:
    case PE_KEY_DATE_OR_NUMERIC: return "2026-01-01T00:00:00Z";
    case PE_KEY_BOOL: return "true";
    case PE_KEY_IP: return "203.0.113.1";
    case PE_KEY_BINARY: return "ZXhhbXBsZQ==";
    default: return "example";
  }
}

static int other_key(list *l, uint32_t key) {
  const pe_space_key *k = &l->c->space->keys.data[key];
  if (k->sort != PE_SORT_STRING && k->sort != PE_SORT_PRESENCE) return 0;
  const struct shape *s = shapes;
  while (!pe_slice_ends(k->name, pe_slice_str(s->end))) s++;
  int rc = keep_text(l, *s->end ? s->value : of_type(k->name));
  return rc ? rc : hand_over(l, key);
}

int pe_compile_likely(pe_compiler *c, const pe_policy *const *policies, uint32_t count) {
  list *l = pe_alloc_new(c->alloc, sizeof *l);
  if (!l) return POLICYEVAL_ENOMEM;
  source s = {policies, count, 0};
  s.mentioned = mentioned(&s);
  l->c = c;
  pe_buf_init(&l->text, c->alloc);
  int rc = actions(l, &s);
  if (!rc) rc = resources(l, &s);
  if (!rc) rc = principals(l, &s);
  for (uint32_t k = 0; k < c->space->keys.len && !rc; k++) {
    if (k != c->action && k != c->resource && k != c->principal) rc = other_key(l, k);
  }
  pe_buf_done(&l->text);
  pe_alloc_free(c->alloc, l);
  return rc;
}

/* SPDX-License-Identifier: MIT */
#include "eval/request.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/vec.h"
#include "eval/caller.h"
#include "eval/derive.h"

/* One text a caller gave; the memory is kept when it is forgotten. */
typedef struct text {
  pe_buf bytes;
  bool given;
} text;

/* One context key. Offsets, because the text may move while it grows. */
typedef struct slot {
  pe_buf bytes; /* name NUL lower-case name NUL value NUL … */
  uint64_t hash;
  size_t name_len;
  PE_VEC(pe_slice) values; /* filled when all bytes are there */
  uint32_t twin;           /* AMB-36: index + 1 of the next spelling of this tag key; 0: none */
  bool later;              /* … and this is not the first spelling */
  bool multi, unknown;
  bool standby; /* pe_request_set_default: the caller's value goes first */
  bool dropped; /* the place is kept, the key is not there; then standby is set too */
} slot;

struct pe_request_builder {
  const pe_alloc *alloc;
  const pe_catalog *catalog;
  uint8_t kind; /* pe_caller_kind of what was given */
  bool has_caller;
  text arn, role_arn, session, path, id, parent, service;
  text action, lower_action, resource, account;
  pe_buf made_caller, made_facts;
  bool principal_management, resource_management, managed_key;
  uint8_t only;
  pe_readings readings;
  PE_VEC(slot) slots; /* used ones first; the rest keep memory */
  size_t used;
  PE_VEC(uint32_t) table; /* open addressing over the used slots: index + 1 */
  pe_derived_names names;
  pe_derived_value derived[PE_DERIVED_COUNT];
  PE_VEC(pe_fact) facts;
  PE_VEC(pe_slice) twins;        /* values of tag keys in several spellings */
  PE_VEC(pe_slice) context_keys; /* names of the encryption context */
  pe_request request;
  bool ready;
};

static int text_set(const pe_alloc *a, text *t, pe_slice s) {
  t->bytes.alloc = a;
  pe_buf_clear(&t->bytes);
  pe_buf_slice(&t->bytes, s);
  t->given = !t->bytes.failed;
  return t->given ? 0 : POLICYEVAL_ENOMEM;
}

static pe_slice text_get(const text *t) {
  return t->given ? pe_slice_of(t->bytes.ptr, t->bytes.len) : (pe_slice){NULL, 0};
}

static text *const *texts_of(pe_request_builder *b, text *out[11]) {
  text *all[11] = {&b->arn,     &b->role_arn, &b->session,      &b->path,     &b->id,     &b->parent,
                   &b->service, &b->action,   &b->lower_action, &b->resource, &b->account};
  memcpy(out, all, sizeof all);
  return out;
}

pe_request_builder *pe_request_builder_new(const pe_alloc *a, const pe_catalog *catalog) {
  pe_request_builder *b = pe_alloc_new(a, sizeof *b);
  if (!b) return NULL;
  b->alloc = a;
  b->catalog = catalog;
  pe_buf_init(&b->made_caller, a);
  pe_buf_init(&b->made_facts, a);
  pe_derived_names_init(&b->names);
  return b;
}

void pe_request_builder_free(pe_request_builder *b) {
  if (!b) return;
  text *texts[11];
  texts_of(b, texts);
  for (size_t i = 0; i < 11; i++) pe_alloc_free(b->alloc, texts[i]->bytes.ptr);
  for (size_t i = 0; i < b->slots.len; i++) {
    pe_buf_done(&b->slots.data[i].bytes);
    pe_vec_done(&b->slots.data[i].values, b->alloc);
  }
  pe_buf_done(&b->made_caller);
  pe_buf_done(&b->made_facts);
  pe_vec_done(&b->slots, b->alloc);
  pe_vec_done(&b->table, b->alloc);
  pe_vec_done(&b->facts, b->alloc);
  pe_vec_done(&b->twins, b->alloc);
  pe_vec_done(&b->context_keys, b->alloc);
  pe_alloc_free(b->alloc, b);
}

void pe_request_builder_clear(pe_request_builder *b) {
  text *texts[11];
  texts_of(b, texts);
  for (size_t i = 0; i < 11; i++) texts[i]->given = false;
  if (b->table.len) memset(b->table.data, 0, b->table.len * sizeof *b->table.data);
  b->used = 0;
  b->has_caller = b->principal_management = b->resource_management = b->managed_key = false;
  b->kind = 0;
  b->only = 0;
  b->readings = (pe_readings){{0}};
  b->ready = false;
}

/* ---- principal ---- */

static int set_caller(pe_request_builder *b, pe_caller_kind kind, text *t, pe_slice value) {
  int rc = t ? text_set(b->alloc, t, value) : 0;
  if (rc) return rc;
  b->ready = false;
  b->kind = (uint8_t)kind;
  b->has_caller = true;
  if (t != &b->arn) b->arn.given = false;
  if (t != &b->service) b->service.given = false;
  return 0;
}

static int set_text(pe_request_builder *b, text *t, pe_slice value) {
  b->ready = false;
  return text_set(b->alloc, t, value);
}

static int check_arn(pe_slice arn, int kind, const char *sentence, const char **why) {
  pe_caller c;
  const char *unused;
  if (!why) why = &unused;
  if (!pe_caller_parse(arn, &c, why)) return POLICYEVAL_EINVAL;
  if (kind < 0 || (c.kind == kind && !c.session_known)) return 0;
  *why = sentence;
  return POLICYEVAL_EINVAL;
}

int pe_request_set_principal_arn(pe_request_builder *b, pe_slice arn, const char **why) {
  int rc = check_arn(arn, -1, NULL, why);
  return rc ? rc : set_caller(b, PE_CALLER_ROLE, &b->arn, arn);
}

int pe_request_set_role_arn(pe_request_builder *b, pe_slice role_arn, const char **why) {
  int rc = check_arn(role_arn, PE_CALLER_ROLE, "this is not the ARN of a role", why);
  return rc ? rc : set_text(b, &b->role_arn, role_arn);
}

int pe_request_set_parent(pe_request_builder *b, pe_slice user_arn, const char **why) {
  int rc = check_arn(user_arn, PE_CALLER_USER, "the parent of a federated user is a user", why);
  return rc ? rc : set_text(b, &b->parent, user_arn);
}

int pe_request_set_session_name(pe_request_builder *b, pe_slice name) {
  return name.len ? set_text(b, &b->session, name) : POLICYEVAL_EINVAL;
}

int pe_request_set_principal_path(pe_request_builder *b, pe_slice path) {
  return pe_caller_path_ok(path) ? set_text(b, &b->path, path) : POLICYEVAL_EINVAL;
}

int pe_request_set_principal_id(pe_request_builder *b, pe_slice id) {
  return id.len ? set_text(b, &b->id, id) : POLICYEVAL_EINVAL;
}

int pe_request_set_service(pe_request_builder *b, pe_slice service) {
  return service.len ? set_caller(b, PE_CALLER_SERVICE, &b->service, service) : POLICYEVAL_EINVAL;
}

int pe_request_set_provider(pe_request_builder *b, pe_slice provider) {
  return provider.len ? set_caller(b, PE_CALLER_PROVIDER, &b->service, provider) : POLICYEVAL_EINVAL;
}

int pe_request_set_anonymous(pe_request_builder *b) {
  return set_caller(b, PE_CALLER_ANONYMOUS, NULL, PE_SLICE(""));
}

int pe_request_set_management(pe_request_builder *b, bool principal, bool resource) {
  b->ready = false;
  b->principal_management = principal;
  b->resource_management = resource;
  return 0;
}

/* ---- action and resource ---- */

static int refuse(const char **why, const char *sentence) {
  if (why) *why = sentence;
  return POLICYEVAL_EINVAL;
}

static bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

int pe_request_set_action(pe_request_builder *b, pe_slice action, const char **why) {
  size_t colon = action.len;
  for (size_t i = 0; i < action.len; i++) {
    char c = action.ptr[i];
    if (c == '*' || c == '?') return refuse(why, "a request has one action, without wildcards");
    if (c == ':' && colon != action.len)
      return refuse(why, "an action has one colon, as in secretsmanager:GetSecretValue");
    if (c == ':')
      colon = i;
    else if (!is_alnum(c) && c != '-' && c != '.' && c != '_')
      return refuse(why, "an action is letters and digits, as in secretsmanager:GetSecretValue");
  }
  if (colon == 0 || colon + 1 >= action.len)
    return refuse(why, "an action is SERVICE:NAME, as in secretsmanager:GetSecretValue");
  int rc = set_text(b, &b->action, action);
  if (!rc) rc = set_text(b, &b->lower_action, action);
  if (rc) return rc;
  for (size_t i = 0; i < action.len; i++) {
    char c = b->lower_action.bytes.ptr[i];
    if (c >= 'A' && c <= 'Z') b->lower_action.bytes.ptr[i] = (char)(c | 0x20);
  }
  return 0;
}

int pe_request_set_resource(pe_request_builder *b, pe_slice arn, const char **why) {
  if (!pe_slice_eq(arn, PE_SLICE("*"))) {
    pe_arn parts;
    pe_arn_split(arn, &parts);
    if (!pe_slice_eq(parts.field[PE_ARN_PREFIX], PE_SLICE("arn")))
      return refuse(why, "a resource is an ARN, or * for a request without one");
    if (parts.count < PE_ARN_FIELDS) return refuse(why, "the resource's ARN has fewer than six fields");
    bool ours = pe_slice_eq(parts.field[PE_ARN_SERVICE], PE_SLICE("secretsmanager")) ||
                pe_slice_eq(parts.field[PE_ARN_SERVICE], PE_SLICE("kms"));
    if (ours && !pe_arn_is_account(parts.field[PE_ARN_ACCOUNT]))
      return refuse(why, "the account id in the resource's ARN is not twelve digits");
  }
  return set_text(b, &b->resource, arn);
}

int pe_request_set_resource_account(pe_request_builder *b, pe_slice account, const char **why) {
  if (!pe_arn_is_account(account)) return refuse(why, "an account id is twelve digits");
  return set_text(b, &b->account, account);
}

int pe_request_set_managed_key(pe_request_builder *b, bool managed) {
  b->ready = false;
  b->managed_key = managed;
  return 0;
}

int pe_request_set_reading(pe_request_builder *b, pe_row row, unsigned reading) {
  if ((unsigned)row >= PE_ROWS || reading >= pe_row_count(row)) return POLICYEVAL_EINVAL;
  b->ready = false;
  b->readings.of[row] = (uint8_t)reading;
  return 0;
}

void pe_request_apply_readings(pe_request_builder *b, const pe_readings *readings) {
  b->ready = false;
  b->readings = *readings;
}

int pe_request_set_only(pe_request_builder *b, int layer) {
  if (layer < 0 || layer >= POLICYEVAL_LAYER_LAST_) return POLICYEVAL_EINVAL;
  b->ready = false;
  b->only = (uint8_t)layer;
  return 0;
}

/* ---- facts ---- */

static pe_slice slot_name(const slot *s) { return pe_slice_of(s->bytes.ptr, s->name_len); }
static pe_slice slot_lower(const slot *s) { return pe_slice_of(s->bytes.ptr + s->name_len + 1, s->name_len); }

/* Makes room for one more key; a table at most half full. */
static int table_reserve(pe_request_builder *b) {
  size_t cap = b->table.len;
  if (cap >= 2 * (b->used + 1)) return 0;
  size_t want = cap ? cap * 2 : 32;
  uint32_t *data = pe_alloc_array(b->alloc, want, sizeof *data);
  if (!data) return POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < b->used; i++) {
    if (b->slots.data[i].later) continue;
    size_t at = pe_slice_slot(b->slots.data[i].hash, want - 1);
    while (data[at]) at = (at + 1) & (want - 1);
    data[at] = (uint32_t)i + 1;
  }
  pe_alloc_free(b->alloc, b->table.data);
  b->table.data = data;
  b->table.len = b->table.cap = want;
  return 0;
}

/* The slot of the key, or the place in the table where it would be. */
static slot *find_slot(const pe_request_builder *b, uint64_t hash, pe_slice key, size_t *place) {
  size_t mask = b->table.len - 1, at = pe_slice_slot(hash, mask);
  for (; b->table.data[at]; at = (at + 1) & mask) {
    slot *s = &b->slots.data[b->table.data[at] - 1];
    if (s->hash == hash && pe_slice_eq_ascii_nocase(slot_lower(s), key)) return s;
  }
  *place = at;
  return NULL;
}

static bool is_tag_key(pe_slice key) {
  for (size_t i = 0; i < key.len; i++) {
    if (key.ptr[i] == '/') return true;
  }
  return false;
}

static slot *new_slot(pe_request_builder *b) {
  if (b->used == b->slots.len) {
    slot *s = pe_vec_push(&b->slots, b->alloc);
    if (!s) return NULL;
    pe_buf_init(&s->bytes, b->alloc);
  }
  slot *s = &b->slots.data[b->used];
  s->twin = 0;
  s->later = s->standby = s->dropped = false;
  return s;
}

static int fill_slot(pe_request_builder *b, slot *s, pe_slice key, const pe_slice *values, uint32_t count) {
  s->name_len = key.len;
  s->values.len = 0;
  pe_buf_clear(&s->bytes);
  pe_buf_add(&s->bytes, key.ptr, key.len);
  pe_buf_char(&s->bytes, '\0');
  size_t lower = s->bytes.len;
  pe_buf_add(&s->bytes, key.ptr, key.len);
  pe_buf_char(&s->bytes, '\0');
  for (uint32_t i = 0; i < count; i++) {
    pe_buf_slice(&s->bytes, values[i]);
    pe_buf_char(&s->bytes, '\0');
  }
  if (s->bytes.failed) return POLICYEVAL_ENOMEM;
  for (size_t i = lower; i < lower + key.len; i++) {
    char c = s->bytes.ptr[i];
    if (c >= 'A' && c <= 'Z') s->bytes.ptr[i] = (char)(c | 0x20);
  }
  size_t at = lower + key.len + 1;
  for (uint32_t i = 0; i < count; i++) {
    pe_slice *v = pe_vec_push(&s->values, b->alloc);
    if (!v) return POLICYEVAL_ENOMEM;
    *v = pe_slice_of(s->bytes.ptr + at, values[i].len);
    at += values[i].len + 1;
  }
  return 0;
}

static int add_slot(pe_request_builder *b, slot *first, size_t place, uint64_t hash, pe_slice key,
                    const pe_slice *values, uint32_t count) {
  size_t first_index = first ? (size_t)(first - b->slots.data) : 0;
  slot *s = new_slot(b);
  if (!s) return POLICYEVAL_ENOMEM;
  int rc = fill_slot(b, s, key, values, count);
  if (rc) return rc;
  s->hash = hash;
  s->multi = s->unknown = false;
  if (first) {
    slot *last = &b->slots.data[first_index];
    while (last->twin) last = &b->slots.data[last->twin - 1];
    last->twin = (uint32_t)b->used + 1;
    s->later = true;
  } else {
    b->table.data[place] = (uint32_t)b->used + 1;
  }
  b->used++;
  return 0;
}

/* Overwrites the key, or adds it. A tag key in another spelling is another tag of the resource (AMB-36), any other key
 * has one spelling in a request (PE-5). Without memory for the new value the key is unknown: the old one is not to
 * be believed. */
static int put(pe_request_builder *b, pe_slice key, const pe_slice *values, uint32_t count, bool multi,
               bool unknown) {
  if (!key.len) return POLICYEVAL_EINVAL;
  b->ready = false;
  int rc = table_reserve(b);
  if (rc) return rc;
  uint64_t hash = pe_slice_hash_nocase(key);
  size_t place = 0;
  slot *first = find_slot(b, hash, key, &place), *s = first;
  bool tag = is_tag_key(key);
  bool twins = first && tag && !multi && !unknown && !first->multi && !first->unknown && !first->standby;
  if (first && !tag && !first->standby && !pe_slice_eq(slot_name(first), key)) return POLICYEVAL_EINVAL;
  while (twins && s && !pe_slice_eq(slot_name(s), key)) s = s->twin ? &b->slots.data[s->twin - 1] : NULL;
  if (!s) {
    rc = add_slot(b, first, place, hash, key, values, count);
    if (rc) return rc;
    s = &b->slots.data[b->used - 1];
  } else {
    if (!twins) s->twin = 0;
    s->unknown = true;
    s->standby = s->dropped = false;
    rc = fill_slot(b, s, key, values, count);
    if (rc) return rc;
  }
  s->multi = multi;
  s->unknown = unknown;
  return 0;
}

int pe_request_set_fact(pe_request_builder *b, pe_slice key, const pe_slice *values, uint32_t count,
                        bool list) {
  if (!list && count != 1) return POLICYEVAL_EINVAL;
  return put(b, key, values, count, list, false);
}

int pe_request_set_default(pe_request_builder *b, pe_slice key, const pe_slice *values, uint32_t count,
                           bool list) {
  bool unknown = !values && !list;
  if (!unknown && !list && count != 1) return POLICYEVAL_EINVAL;
  size_t place;
  slot *s = b->used ? find_slot(b, pe_slice_hash_nocase(key), key, &place) : NULL;
  if (s && !s->standby) return 0;
  int rc = put(b, key, values, unknown ? 0 : count, list, unknown);
  if (rc) return rc;
  find_slot(b, pe_slice_hash_nocase(key), key, &place)->standby = true;
  return 0;
}

int pe_request_set_unknown(pe_request_builder *b, pe_slice key) { return put(b, key, NULL, 0, false, true); }

void pe_request_drop_fact(pe_request_builder *b, pe_slice key) {
  size_t place;
  slot *s = b->used ? find_slot(b, pe_slice_hash_nocase(key), key, &place) : NULL;
  if (!s || s->dropped) return;
  b->ready = false;
  s->twin = 0;
  s->standby = s->dropped = true;
}

/* ---- preparing ---- */

static const slot *next_twin(const pe_request_builder *b, const slot *s) { return s->twin ? &b->slots.data[s->twin - 1] : NULL; }

/* The key is, or there was no memory for the value of one of its spellings. */
static bool is_unknown(const pe_request_builder *b, const slot *s) {
  for (; s; s = next_twin(b, s)) {
    if (s->unknown) return true;
  }
  return false;
}

/* AMB-36: all spellings of one tag key in one fact. */
static int merge_twins(pe_request_builder *b, const slot *s, pe_fact *f) {
  size_t start = b->twins.len;
  for (const slot *t = s; t; t = next_twin(b, t)) {
    pe_slice *v = pe_vec_push(&b->twins, b->alloc);
    if (!v) return POLICYEVAL_ENOMEM;
    *v = t->values.data[0];
  }
  f->twice = 1;
  f->count = (uint32_t)(b->twins.len - start);
  return 0;
}

static int add_given(pe_request_builder *b) {
  b->facts.len = b->twins.len = b->context_keys.len = 0;
  b->request.has_unknown = 0;
  pe_slice context = PE_SLICE("kms:encryptioncontext:");
  for (size_t i = 0; i < b->used; i++) {
    const slot *s = &b->slots.data[i];
    if (s->later || s->dropped) continue;
    const bool unknown = is_unknown(b, s);
    pe_fact *f = pe_vec_push(&b->facts, b->alloc);
    if (!f) return POLICYEVAL_ENOMEM;
    *f = (pe_fact){.key = slot_lower(s),
                   .name = slot_name(s),
                   .hash = s->hash,
                   .values = s->values.data,
                   .count = unknown ? 0 : (uint32_t)s->values.len,
                   .multi = s->multi,
                   .unknown = unknown,
                   .derived = s->standby};
    if (unknown) b->request.has_unknown = 1;
    int rc = s->twin && !unknown ? merge_twins(b, s, f) : 0;
    if (rc) return rc;
    if (pe_slice_starts(f->key, context)) {
      pe_slice *name = pe_vec_push(&b->context_keys, b->alloc);
      if (!name) return POLICYEVAL_ENOMEM;
      *name = pe_slice_sub(f->name, context.len, f->name.len);
    }
  }
  /* The list of all spellings may have moved while it grew. */
  size_t at = 0;
  for (size_t i = 0; i < b->facts.len; i++) {
    if (!b->facts.data[i].twice) continue;
    b->facts.data[i].values = b->twins.data + at;
    at += b->facts.data[i].count;
  }
  return 0;
}

/* Never over what the caller set or declared unknown. */
static int add_derived(pe_request_builder *b) {
  int rc = pe_derive_facts(&b->request, &b->made_facts, b->derived);
  if (rc) return rc;
  size_t place;
  for (unsigned i = 0; i < PE_DERIVED_COUNT; i++) {
    bool context = i == PE_DERIVED_CONTEXT_KEYS && b->context_keys.len > 0;
    if (!b->derived[i].set && !context) continue;
    const slot *given = b->used ? find_slot(b, b->names.hash[i], b->names.lower[i], &place) : NULL;
    if (given && !given->dropped) continue;
    pe_fact *f = pe_vec_push(&b->facts, b->alloc);
    if (!f) return POLICYEVAL_ENOMEM;
    *f = (pe_fact){.key = b->names.lower[i],
                   .name = b->names.name[i],
                   .hash = b->names.hash[i],
                   .derived = 1,
                   .implied = 1,
                   .values = context ? b->context_keys.data : &b->derived[i].value,
                   .count = context ? (uint32_t)b->context_keys.len : !b->derived[i].unknown,
                   .multi = context,
                   .unknown = b->derived[i].unknown};
    if (f->unknown) b->request.has_unknown = 1;
  }
  return 0;
}

static int prepare_resource(pe_request_builder *b, const char **why) {
  pe_request *r = &b->request;
  pe_arn_split(text_get(&b->resource), &r->resource);
  pe_slice own = r->resource.count == PE_ARN_FIELDS ? r->resource.field[PE_ARN_ACCOUNT] : PE_SLICE("");
  bool known = pe_arn_is_account(own);
  if (b->account.given && known && !pe_slice_eq(own, text_get(&b->account)))
    return refuse(why, "the resource's account differs from the one in its ARN");
  r->resource_account = b->account.given ? text_get(&b->account) : known ? own : PE_SLICE("");
  return 0;
}

int pe_request_prepare(pe_request_builder *b, const pe_request **out, const char **why) {
  const char *unused;
  if (!why) why = &unused;
  if (b->ready) {
    *out = &b->request;
    return 0;
  }
  if (!b->has_caller) return refuse(why, "the request has no principal");
  if (!b->action.given) return refuse(why, "the request has no action");
  if (!b->resource.given) return refuse(why, "the request has no resource");
  pe_caller_input in = {.kind = b->kind,
                        .arn = text_get(&b->arn),
                        .role_arn = text_get(&b->role_arn),
                        .session = text_get(&b->session),
                        .path = text_get(&b->path),
                        .id = text_get(&b->id),
                        .parent = text_get(&b->parent),
                        .service = text_get(&b->service)};
  pe_request *r = &b->request;
  int rc = pe_caller_complete(&in, &b->made_caller, &r->caller, why);
  if (rc) return rc;
  r->caller.management_account = b->principal_management;
  r->resource_in_management_account = b->resource_management;
  r->aws_managed_key = b->managed_key;
  r->only = b->only;
  r->readings = b->readings;
  r->action = text_get(&b->action);
  r->lower_action = text_get(&b->lower_action);
  r->action_info = pe_catalog_action(b->catalog, r->lower_action);
  rc = prepare_resource(b, why);
  if (rc) return rc;
  pe_derive_rules(r);
  rc = add_given(b);
  if (!rc) rc = add_derived(b);
  if (rc) return rc;
  pe_facts_sort(b->facts.data, b->facts.len);
  r->facts = (pe_facts){b->facts.data, (uint32_t)b->facts.len};
  b->ready = true;
  *out = r;
  return 0;
}

const pe_request *pe_request_prepared(const pe_request_builder *b) { return b->ready ? &b->request : NULL; }

pe_fact_given pe_request_has_fact(const pe_request_builder *b, pe_slice key) {
  size_t place;
  const slot *s = b->used ? find_slot(b, pe_slice_hash_nocase(key), key, &place) : NULL;
  if (!s || s->standby) return PE_FACT_NOT_GIVEN;
  if (s->unknown || s->multi || !is_tag_key(key)) return PE_FACT_GIVEN;
  for (; s; s = next_twin(b, s))
    if (pe_slice_eq(slot_name(s), key)) return PE_FACT_GIVEN;
  return PE_FACT_OTHER_TAG;
}

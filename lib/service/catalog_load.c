/* SPDX-License-Identifier: MIT */
/* Reading a folder of service reference files. They carry no policy, so jansson holds them. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/vec.h"
#include "service/tables.h"
#include "service/tree.h"

enum { FILES_MAX = 10000, FILE_MAX = 64 << 20, CHUNK = 1 << 16 };

typedef struct loader {
  const pe_alloc *alloc;
  pe_arena *arena;
  const char *folder;
  const char *file; /* the name of the one at hand */
  pe_buf *message;
  pe_buf bytes;
  PE_VEC(char *) files;
  PE_VEC(pe_service) services;
  PE_VEC(pe_key_info) keys;
  PE_VEC(pe_key_pattern) patterns;
  PE_VEC(const char *) words; /* texts of the arena, each once */
  pe_slots by_word;
} loader;

#define FAIL(l, rc, ...)                                                                                     \
  (pe_buf_fmt((l)->message, "%s/%s: ", (l)->folder, (l)->file), pe_buf_fmt((l)->message, __VA_ARGS__), (rc))

static int slots_init(pe_arena *arena, pe_slots *s, size_t items) {
  size_t size = 16;
  while (size < items * 2) size *= 2;
  *s = (pe_slots){pe_arena_zero(arena, size, sizeof *s->slot), size - 1};
  return s->slot ? 0 : POLICYEVAL_ENOMEM;
}

static void slots_add(pe_slots *s, uint64_t hash, size_t index) {
  size_t at = pe_slice_slot(hash, s->mask);
  while (s->slot[at]) at = (at + 1) & s->mask;
  s->slot[at] = (uint32_t)index + 1;
}

/* Twice the room once the table is half full; what is left behind is as much again. */
static int words_room(loader *l) {
  if (l->by_word.slot && l->words.len * 2 <= l->by_word.mask) return 0;
  int rc = slots_init(l->arena, &l->by_word, l->words.len * 2 + 1024);
  if (rc) return rc;
  for (size_t i = 0; i < l->words.len; i++)
    slots_add(&l->by_word, pe_slice_hash(pe_slice_str(l->words.data[i])), i);
  return 0;
}

/* The text in the arena, or NULL: no memory. Key names come again with every action. */
static const char *word(loader *l, pe_slice text) {
  if (words_room(l)) return NULL;
  uint64_t hash = pe_slice_hash(text);
  for (size_t at = pe_slice_slot(hash, l->by_word.mask); l->by_word.slot[at]; at = (at + 1) & l->by_word.mask) {
    const char *have = l->words.data[l->by_word.slot[at] - 1];
    if (pe_slice_eq(pe_slice_str(have), text)) return have;
  }
  const char *copy = pe_arena_copy(l->arena, text.ptr, text.len);
  const char **slot = copy ? pe_vec_push(&l->words, l->alloc) : NULL;
  if (!slot) return NULL;
  *slot = copy;
  slots_add(&l->by_word, hash, l->words.len - 1);
  return copy;
}

static int get_text(loader *l, const json_t *object, const char *member, pe_slice *out) {
  const json_t *value = json_object_get(object, member);
  size_t len = value && json_is_string(value) ? json_string_length(value) : 0;
  if (len == 0) return FAIL(l, POLICYEVAL_EJSON, "an object without the text \"%s\"", member);
  const char *copy = word(l, pe_slice_of(json_string_value(value), len));
  *out = pe_slice_of(copy, len);
  return copy ? 0 : POLICYEVAL_ENOMEM;
}

/* A list that may be missing. */
static int get_list(loader *l, const json_t *object, const char *member, const json_t **out) {
  *out = json_object_get(object, member);
  if (*out && !json_is_array(*out)) return FAIL(l, POLICYEVAL_EJSON, "\"%s\" is not a list", member);
  return 0;
}

/* A list of texts, or of objects with a Name, as a NULL-terminated array. */
static int get_words(loader *l, const json_t *object, const char *member, bool named,
                     const char *const **out) {
  const json_t *list;
  int rc = get_list(l, object, member, &list);
  if (rc) return rc;
  size_t n = json_array_size(list);
  const char **words = pe_arena_zero(l->arena, n + 1, sizeof *words);
  if (!words) return POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < n; i++) {
    const json_t *item = json_array_get(list, i);
    if (named) item = json_object_get(item, "Name");
    if (!item || !json_is_string(item))
      return FAIL(l, POLICYEVAL_EJSON, "\"%s\" holds something else than names", member);
    words[i] = word(l, pe_slice_of(json_string_value(item), json_string_length(item)));
    if (!words[i]) return POLICYEVAL_ENOMEM;
  }
  *out = words;
  return 0;
}

static int by_action_name(const void *a, const void *b) {
  return pe_service_compare(((const pe_action_info *)a)->name, ((const pe_action_info *)b)->name);
}

static int by_resource_name(const void *a, const void *b) {
  return pe_service_compare(((const pe_resource_type *)a)->name, ((const pe_resource_type *)b)->name);
}

static int by_service_name(const void *a, const void *b) {
  return pe_service_compare(((const pe_service *)a)->name, ((const pe_service *)b)->name);
}

/* What the files do not say: the flags of the built-in tables; and the actions that only these have. */
static size_t join_actions(const pe_service *known, pe_action_info *actions, size_t n) {
  qsort(actions, n, sizeof *actions, by_action_name);
  if (!known) return n;
  size_t read = n;
  const pe_service files = {.actions = actions, .nactions = read};
  for (size_t i = 0; i < read; i++) {
    const pe_action_info *a = pe_service_action(known, actions[i].name);
    if (a) actions[i].flags |= a->flags;
  }
  for (size_t i = 0; i < known->nactions; i++) {
    if (!pe_service_action(&files, known->actions[i].name)) actions[n++] = known->actions[i];
  }
  qsort(actions, n, sizeof *actions, by_action_name);
  return n;
}

static int read_actions(loader *l, const json_t *root, const pe_service *known, pe_service *s) {
  const json_t *list;
  int rc = get_list(l, root, "Actions", &list);
  if (rc) return rc;
  if (!list) return FAIL(l, POLICYEVAL_EJSON, "no list \"Actions\"");
  size_t n = json_array_size(list);
  pe_action_info *actions = pe_arena_zero(l->arena, n + (known ? known->nactions : 0) + 1, sizeof *actions);
  if (!actions) return POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < n && !rc; i++) {
    const json_t *item = json_array_get(list, i);
    pe_action_info *a = &actions[i];
    a->service = s->name;
    rc = get_text(l, item, "Name", &a->name);
    if (!rc) rc = get_words(l, item, "ActionConditionKeys", false, &a->condition_keys);
    if (!rc) rc = get_words(l, item, "Resources", true, &a->resource_types);
    if (!rc && !a->resource_types[0]) a->flags = PE_ACTION_NO_RESOURCE;
  }
  if (rc) return rc;
  s->actions = actions;
  s->nactions = join_actions(known, actions, n);
  for (size_t i = 1; i < s->nactions; i++) {
    if (by_action_name(&actions[i - 1], &actions[i]) == 0) {
      return FAIL(l, POLICYEVAL_EJSON, "the action %s is listed twice", actions[i].name.ptr);
    }
  }
  return 0;
}

static int read_resources(loader *l, const json_t *root, const pe_service *known, pe_service *s) {
  const json_t *list;
  int rc = get_list(l, root, "Resources", &list);
  if (rc) return rc;
  size_t n = json_array_size(list), read = n;
  pe_resource_type *types = pe_arena_zero(l->arena, n + (known ? known->nresources : 0) + 1, sizeof *types);
  if (!types) return POLICYEVAL_ENOMEM;
  for (size_t i = 0; i < n && !rc; i++) {
    const json_t *item = json_array_get(list, i);
    types[i].service = s->name;
    rc = get_text(l, item, "Name", &types[i].name);
    if (!rc) rc = get_words(l, item, "ARNFormats", false, &types[i].arn_formats);
    if (!rc) rc = get_words(l, item, "ConditionKeys", false, &types[i].condition_keys);
  }
  if (rc) return rc;
  qsort(types, n, sizeof *types, by_resource_name);
  const pe_service files = {.resources = types, .nresources = read};
  for (size_t i = 0; known && i < known->nresources; i++) {
    if (!pe_service_resource(&files, known->resources[i].name)) types[n++] = known->resources[i];
  }
  qsort(types, n, sizeof *types, by_resource_name);
  s->resources = types;
  s->nresources = n;
  return 0;
}

static int read_type(loader *l, const json_t *key, const char *name, pe_key_info *out) {
  static const struct {
    const char *text;
    pe_key_type type;
  } types[] = {{"String", PE_KEY_STRING}, {"ARN", PE_KEY_ARN},      {"Numeric", PE_KEY_NUMERIC},
               {"Date", PE_KEY_DATE},     {"Bool", PE_KEY_BOOL},    {"Boolean", PE_KEY_BOOL},
               {"IPAddress", PE_KEY_IP},  {"Binary", PE_KEY_BINARY}};
  const json_t *list = json_object_get(key, "Types"), *first = json_array_get(list, 0);
  if (!first || !json_is_string(first))
    return FAIL(l, POLICYEVAL_EJSON, "the condition key %s has no type", name);
  pe_slice text = pe_slice_of(json_string_value(first), json_string_length(first));
  out->multi = pe_slice_starts(text, PE_SLICE("ArrayOf"));
  if (out->multi) text = pe_slice_sub(text, 7, text.len);
  out->type = PE_KEY_OTHER;
  for (size_t i = 0; i < sizeof types / sizeof types[0] && json_array_size(list) == 1; i++) {
    if (pe_slice_eq(text, pe_slice_str(types[i].text))) out->type = (uint8_t)types[i].type;
  }
  return 0;
}

/* "s:a/${b}.c": any text may stand for the variable. */
static int add_pattern(loader *l, pe_slice name) {
  pe_key_pattern *p = pe_vec_push(&l->patterns, l->alloc);
  char *text = pe_arena_alloc(l->arena, name.len + 1);
  if (!p || !text) return POLICYEVAL_ENOMEM;
  size_t len = 0;
  for (size_t i = 0; i < name.len; i++) {
    const char *end = NULL;
    if (name.ptr[i] == '$') end = memchr(name.ptr + i, '}', name.len - i);
    text[len++] = end ? '*' : name.ptr[i];
    if (end) i = (size_t)(end - name.ptr);
  }
  return pe_pattern_compile(l->arena, pe_slice_of(text, len), PE_PATTERN_WILD | PE_PATTERN_NOCASE,
                            &p->pattern);
}

static int read_key(loader *l, const json_t *item) {
  pe_slice name;
  pe_key_info k = {.presence = PE_PRESENCE_MAYBE};
  int rc = get_text(l, item, "Name", &name);
  if (!rc) rc = read_type(l, item, name.ptr, &k);
  if (rc || pe_key_find(name)) return rc;
  const char *variable = strstr(name.ptr, "${"), *angle = strstr(name.ptr, "/<");
  if (!variable && angle && name.ptr[name.len - 1] == '>') { /* S3 writes "s3:ExistingObjectTag/<key>" */
    k.is_prefix = true;
    name = pe_slice_sub(name, 0, (size_t)(angle - name.ptr) + 1);
  }
  if (variable) {
    size_t cut = (size_t)(variable - name.ptr);
    k.is_prefix = strchr(variable, '}') == name.ptr + name.len - 1 && cut > 0 &&
                  (name.ptr[cut - 1] == '/' || name.ptr[cut - 1] == ':');
    if (k.is_prefix) {
      name = pe_slice_sub(name, 0, cut);
    } else if ((rc = add_pattern(l, name)) != 0) {
      return rc;
    }
  }
  k.name = word(l, name);
  pe_key_info *out = k.name ? pe_vec_push(&l->keys, l->alloc) : NULL;
  if (!out) return POLICYEVAL_ENOMEM;
  *out = k;
  return 0;
}

static int read_service(loader *l, const json_t *root) {
  pe_slice name;
  int rc = get_text(l, root, "Name", &name);
  if (rc) return rc;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.ptr[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
      return FAIL(l, POLICYEVAL_EJSON, "\"%s\" is not the name of a service", name.ptr);
    }
  }
  for (size_t i = 0; i < l->services.len; i++) {
    if (pe_slice_eq(l->services.data[i].name, name)) {
      return FAIL(l, POLICYEVAL_EJSON, "an earlier file was about the service %s, too", name.ptr);
    }
  }
  const pe_service *known = pe_service_find(pe_builtin_services, PE_BUILTIN_SERVICES, name);
  pe_service *s = pe_vec_push(&l->services, l->alloc);
  if (!s) return POLICYEVAL_ENOMEM;
  s->name = name;
  const json_t *keys;
  rc = read_actions(l, root, known, s);
  if (!rc) rc = read_resources(l, root, known, s);
  if (!rc) rc = get_list(l, root, "ConditionKeys", &keys);
  for (size_t i = 0; !rc && i < json_array_size(keys); i++) rc = read_key(l, json_array_get(keys, i));
  return rc;
}

static int read_bytes(loader *l, pe_buf *path) {
  pe_buf_clear(path);
  pe_buf_fmt(path, "%s/%s", l->folder, l->file);
  if (path->failed) return POLICYEVAL_ENOMEM;
  FILE *file = fopen(path->ptr, "rb");
  if (!file) return FAIL(l, POLICYEVAL_EIO, "cannot be opened");
  pe_buf_clear(&l->bytes);
  char *chunk = pe_alloc_new(l->alloc, CHUNK);
  int rc = chunk ? 0 : POLICYEVAL_ENOMEM;
  for (size_t got = 1; !rc && got > 0;) {
    got = fread(chunk, 1, CHUNK, file);
    pe_buf_add(&l->bytes, chunk, got);
    if (l->bytes.failed) rc = POLICYEVAL_ENOMEM;
    if (l->bytes.len > FILE_MAX) rc = FAIL(l, POLICYEVAL_ELIMIT, "longer than %d bytes", (int)FILE_MAX);
  }
  if (!rc && ferror(file)) rc = FAIL(l, POLICYEVAL_EIO, "cannot be read");
  fclose(file);
  pe_alloc_free(l->alloc, chunk);
  return rc;
}

static int read_file(loader *l, pe_buf *path) {
  int rc = read_bytes(l, path);
  if (rc) return rc;
  const pe_slice text = l->bytes.len ? pe_slice_of(l->bytes.ptr, l->bytes.len) : PE_SLICE("");
  pe_json_error error;
  json_t *root = NULL;
  rc = pe_tree_read(l->alloc, text, &root, &error);
  if (rc == POLICYEVAL_ENOMEM) return rc;
  if (rc) {
    const pe_source source = {.text = text, .layer = PE_SOURCE_FILE};
    const policyeval_position at = pe_source_position(&source, error.offset);
    const char *why = error.fault ? pe_json_fault_message(error.fault) : "duplicate member";
    return FAIL(l, POLICYEVAL_EJSON, "line %u, column %u: %s", at.line, at.column, why);
  }
  rc = json_is_object(root) ? read_service(l, root)
                            : FAIL(l, POLICYEVAL_EJSON, "not the reference of a service");
  json_decref(root);
  return rc;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int list_files(loader *l) {
  DIR *dir = opendir(l->folder);
  if (!dir) {
    pe_buf_fmt(l->message, "%s: cannot be opened as a folder", l->folder);
    return errno == ENOMEM ? POLICYEVAL_ENOMEM : POLICYEVAL_EIO;
  }
  int rc = 0;
  for (const struct dirent *entry; !rc && (entry = readdir(dir)) != NULL;) {
    pe_slice name = pe_slice_str(entry->d_name);
    if (name.ptr[0] == '.' || !pe_slice_ends(name, PE_SLICE(".json"))) continue;
    char **file = pe_vec_push(&l->files, l->alloc);
    char *copy = file ? pe_arena_copy(l->arena, name.ptr, name.len) : NULL;
    if (!copy)
      rc = POLICYEVAL_ENOMEM;
    else
      *file = copy;
    if (l->files.len > FILES_MAX) {
      pe_buf_fmt(l->message, "%s: more than %d files", l->folder, (int)FILES_MAX);
      rc = POLICYEVAL_ELIMIT;
    }
  }
  closedir(dir);
  if (!rc && l->files.len == 0) {
    pe_buf_fmt(l->message, "%s: holds no .json file", l->folder);
    rc = POLICYEVAL_EIO;
  }
  if (!rc) qsort(l->files.data, l->files.len, sizeof *l->files.data, by_text);
  return rc;
}

static int add_builtin(loader *l) {
  for (size_t i = 0; i < PE_BUILTIN_SERVICES; i++) {
    bool have = false;
    for (size_t k = 0; k < l->services.len && !have; k++) {
      have = pe_slice_eq(l->services.data[k].name, pe_builtin_services[i].name);
    }
    pe_service *s = have ? NULL : pe_vec_push(&l->services, l->alloc);
    if (!have && !s) return POLICYEVAL_ENOMEM;
    if (s) *s = pe_builtin_services[i];
  }
  qsort(l->services.data, l->services.len, sizeof *l->services.data, by_service_name);
  return 0;
}

static void *keep(loader *l, const void *items, size_t count, size_t size) {
  void *copy = pe_arena_zero(l->arena, count + 1, size);
  if (copy && count) memcpy(copy, items, count * size);
  return copy;
}

static int index_actions(loader *l, pe_catalog *c) {
  size_t total = 0;
  for (size_t i = 0; i < c->nservices; i++) total += c->services[i].nactions;
  c->actions = pe_arena_zero(l->arena, total + 1, sizeof *c->actions);
  int rc = c->actions ? slots_init(l->arena, &c->by_action, total) : POLICYEVAL_ENOMEM;
  for (size_t i = 0, n = 0; !rc && i < c->nservices; i++) {
    for (size_t k = 0; k < c->services[i].nactions; k++, n++) {
      const pe_action_info *a = c->actions[n] = &c->services[i].actions[k];
      slots_add(&c->by_action, pe_service_action_hash(a->service, a->name), n);
    }
  }
  return rc;
}

static int index_keys(loader *l, pe_catalog *c) {
  int rc = slots_init(l->arena, &c->by_key, c->nkeys);
  for (size_t i = 0; !rc && i < c->nkeys; i++) {
    pe_slice name = pe_slice_str(c->keys[i].name);
    /* Many services list the same key: the first one in the order of the files is found. */
    if (!pe_catalog_loaded_key(c, name, c->keys[i].is_prefix))
      slots_add(&c->by_key, pe_slice_hash_nocase(name), i);
    if (c->keys[i].is_prefix && name.len > c->longest_prefix) c->longest_prefix = name.len;
  }
  for (size_t i = 0, k = 0; !rc && i < c->nkeys; i++) {
    if (!c->keys[i].is_prefix && strstr(c->keys[i].name, "${")) c->patterns[k++].key = &c->keys[i];
  }
  return rc;
}

static int load(loader *l, pe_catalog *c) {
  pe_buf path;
  pe_buf_init(&path, l->alloc);
  int rc = list_files(l);
  for (size_t i = 0; !rc && i < l->files.len; i++) {
    l->file = l->files.data[i];
    rc = read_file(l, &path);
  }
  pe_buf_done(&path);
  if (!rc) rc = add_builtin(l);
  if (rc) return rc;
  c->nservices = l->services.len;
  c->services = keep(l, l->services.data, c->nservices, sizeof *c->services);
  c->nkeys = l->keys.len;
  c->keys = keep(l, l->keys.data, c->nkeys, sizeof *c->keys);
  c->npatterns = l->patterns.len;
  c->patterns = keep(l, l->patterns.data, c->npatterns, sizeof *c->patterns);
  if (!c->services || !c->keys || !c->patterns) return POLICYEVAL_ENOMEM;
  rc = index_actions(l, c);
  return rc ? rc : index_keys(l, c);
}

int pe_catalog_load(const pe_alloc *a, const char *folder, pe_catalog **out, char **message) {
  pe_buf text;
  pe_buf_init(&text, a);
  loader l = {.alloc = a, .folder = folder, .message = &text, .arena = pe_arena_new(a, 0)};
  pe_buf_init(&l.bytes, a);
  pe_catalog *c = l.arena ? pe_alloc_new(a, sizeof *c) : NULL;
  int rc = c ? load(&l, c) : POLICYEVAL_ENOMEM;
  pe_buf_done(&l.bytes);
  pe_vec_done(&l.files, a);
  pe_vec_done(&l.services, a);
  pe_vec_done(&l.keys, a);
  pe_vec_done(&l.patterns, a);
  pe_vec_done(&l.words, a);
  if (rc && text.failed) rc = POLICYEVAL_ENOMEM;
  if (rc) {
    pe_arena_free(l.arena);
    pe_alloc_free(a, c);
    if (message && rc != POLICYEVAL_ENOMEM) *message = pe_buf_take(&text, NULL);
  } else {
    c->alloc = a;
    c->arena = l.arena;
    *out = c;
  }
  pe_buf_done(&text);
  return rc;
}

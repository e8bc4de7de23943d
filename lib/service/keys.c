/* SPDX-License-Identifier: MIT */
#include "service/keys.h"

#define ENDS_OPEN(name) ((name)[sizeof(name) - 2] == '/' || (name)[sizeof(name) - 2] == ':')

/* In the order of keys.def, which is sorted: nothing is prepared at run time. */
#define PE_KEY(name, type, multi, presence, sensitive)                                                       \
  {name, PE_KEY_##type, multi, PE_PRESENCE_##presence, sensitive, ENDS_OPEN(name)},
static const pe_key_info keys[] = {
#include "service/keys.def"
};
#undef PE_KEY

#define PE_KEY(name, type, multi, presence, sensitive) sizeof(name) - 1,
static const uint8_t lengths[] = {
#include "service/keys.def"
};
#undef PE_KEY

enum { KEYS = sizeof keys / sizeof keys[0] };

size_t pe_key_count(void) { return KEYS; }
const pe_key_info *pe_key_at(size_t i) { return i < KEYS ? &keys[i] : NULL; }

static inline unsigned char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

static int compare(pe_slice name, size_t i) {
  size_t n = name.len < lengths[i] ? name.len : lengths[i];
  for (size_t k = 0; k < n; k++) {
    int d = lower(name.ptr[k]) - lower(keys[i].name[k]);
    if (d) return d;
  }
  return (name.len > lengths[i]) - (name.len < lengths[i]);
}

static const pe_key_info *find(pe_slice name) {
  size_t low = 0, high = KEYS;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int c = compare(name, mid);
    if (c == 0) return &keys[mid];
    if (c < 0) {
      high = mid;
    } else {
      low = mid + 1;
    }
  }
  return NULL;
}

const pe_key_info *pe_key_find(pe_slice name) {
  const pe_key_info *key = find(name);
  if (key) return key->is_prefix ? NULL : key; /* "aws:PrincipalTag/" alone names no tag */
  const char *colon = name.len ? memchr(name.ptr, ':', name.len) : NULL;
  if (!colon) return NULL;
  for (size_t i = (size_t)(colon - name.ptr) + 1; i + 1 < name.len; i++) {
    if (name.ptr[i] != '/' && name.ptr[i] != ':') continue;
    key = find(pe_slice_sub(name, 0, i + 1));
    return key && key->is_prefix ? key : NULL;
  }
  return NULL;
}

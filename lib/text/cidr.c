/* SPDX-License-Identifier: MIT */
/* Addresses and blocks (L2.8), IPv6 in all its text forms. */
#include "text/value.h"

enum { V4_OFFSET = 12 };

/* Decimal number without leading zeros at t[*at], at most `high` (AMB-15: leading zeros are invalid). */
static bool read_number(pe_slice t, size_t *at, unsigned high, unsigned *out) {
  size_t i = *at;
  unsigned n = 0;
  while (i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9' && i - *at < 3) n = n * 10 + (unsigned)(t.ptr[i++] - '0');
  size_t digits = i - *at;
  if (digits == 0 || (digits > 1 && t.ptr[*at] == '0') || n > high) return false;
  *at = i;
  *out = n;
  return true;
}

/* Dotted quad that fills t. */
static bool read_v4(pe_slice t, unsigned char out[4]) {
  size_t at = 0;
  for (int i = 0; i < 4; i++) {
    unsigned n;
    if (i > 0 && (at >= t.len || t.ptr[at++] != '.')) return false;
    if (!read_number(t, &at, 255, &n)) return false;
    out[i] = (unsigned char)n;
  }
  return at == t.len;
}

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* 1 to 4 hex digits at t[*at]. */
static bool read_group(pe_slice t, size_t *at, unsigned char out[2]) {
  size_t i = *at;
  unsigned n = 0;
  while (i < t.len && i - *at < 4 && hex(t.ptr[i]) >= 0) n = n << 4 | (unsigned)hex(t.ptr[i++]);
  if (i == *at) return false;
  out[0] = (unsigned char)(n >> 8);
  out[1] = (unsigned char)n;
  *at = i;
  return true;
}

static bool has_dot_before_colon(pe_slice t, size_t at) {
  while (at < t.len && t.ptr[at] != ':' && t.ptr[at] != '.') at++;
  return at < t.len && t.ptr[at] == '.';
}

static bool read_v6(pe_slice t, unsigned char out[16]) {
  unsigned char bytes[16] = {0};
  size_t n = 0, at = 0, gap = 17; /* gap: bytes before the "::" */
  if (t.len >= 2 && t.ptr[0] == ':' && t.ptr[1] == ':') {
    gap = 0;
    at = 2;
  }
  while (at < t.len) {
    if (n <= 12 && has_dot_before_colon(t, at)) { /* an IPv4 address in the last four bytes */
      if (!read_v4(pe_slice_sub(t, at, t.len), bytes + n)) return false;
      n += 4;
      break;
    }
    if (n > 14 || !read_group(t, &at, bytes + n)) return false;
    n += 2;
    if (at == t.len) break;
    if (t.ptr[at++] != ':' || at == t.len) return false;
    if (t.ptr[at] != ':') continue;
    if (gap <= 16) return false;
    gap = n;
    at++;
  }
  if (gap > 16) {
    if (n != 16) return false;
    gap = 16;
  } else if (n > 14) {
    return false; /* a "::" stands for one group at least */
  }
  memset(out, 0, 16);
  memcpy(out, bytes, gap);
  memcpy(out + 16 - (n - gap), bytes + gap, n - gap);
  return true;
}

static const unsigned char mapped_prefix[V4_OFFSET] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool pe_address_parse(pe_slice text, pe_cidr *out) {
  pe_cidr c = {0};
  if (text.len > 45) return false; /* the longest form: eight groups with an IPv4 tail */
  if (memchr(text.ptr ? text.ptr : "", ':', text.len)) {
    if (!read_v6(text, c.bytes)) return false;
    c.version = 6;
    c.prefix = 128;
    c.mapped = memcmp(c.bytes, mapped_prefix, sizeof mapped_prefix) == 0;
  } else {
    if (!read_v4(text, c.bytes + V4_OFFSET)) return false;
    c.version = 4;
    c.prefix = 32;
  }
  *out = c;
  return true;
}

/* Bits of byte i (of the address proper) that belong to a prefix. */
static unsigned char mask_of(unsigned prefix, unsigned i) {
  if (prefix >= 8 * (i + 1)) return 0xFF;
  if (prefix <= 8 * i) return 0;
  return (unsigned char)(0xFF << (8 - (prefix - 8 * i)));
}

static unsigned first_byte(const pe_cidr *c) { return c->version == 4 ? V4_OFFSET : 0; }

bool pe_cidr_parse(pe_slice text, pe_cidr *out) {
  const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
  if (!slash) return pe_address_parse(text, out);
  size_t at = (size_t)(slash - text.ptr);
  pe_cidr c;
  if (!pe_address_parse(pe_slice_sub(text, 0, at), &c)) return false;
  unsigned prefix;
  at++;
  if (!read_number(text, &at, c.prefix, &prefix) || at != text.len) return false;
  c.prefix = (uint8_t)prefix;
  c.had_prefix = 1;
  for (unsigned i = first_byte(&c); i < 16; i++) {
    unsigned char mask = mask_of(prefix, i - first_byte(&c));
    if (c.bytes[i] & ~mask) c.host_bits = 1;
    c.bytes[i] &= mask;
  }
  if (prefix < 8 * V4_OFFSET) c.mapped = 0;
  *out = c;
  return true;
}

bool pe_cidr_contains(const pe_cidr *block, const pe_cidr *address) {
  if (block->version != address->version || block->prefix > address->prefix) return false;
  for (unsigned i = first_byte(block); i < 16; i++) {
    unsigned char mask = mask_of(block->prefix, i - first_byte(block));
    if ((block->bytes[i] ^ address->bytes[i]) & mask) return false;
  }
  return true;
}

bool pe_cidr_unmap(const pe_cidr *p, pe_cidr *out) {
  if (!p->mapped) return false;
  pe_cidr c = *p;
  c.version = 4;
  c.prefix = (uint8_t)(p->prefix - 8 * V4_OFFSET);
  c.mapped = 0;
  memset(c.bytes, 0, V4_OFFSET);
  *out = c;
  return true;
}

#define V4(a, b, bits) {.version = 4, .prefix = bits, .bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b}}
#define V6(a, b, bits) {.version = 6, .prefix = bits, .bytes = {a, b}}
static const pe_cidr private_blocks[] = {
    V4(10, 0, 8),     V4(172, 16, 12), V4(192, 168, 16), /* RFC 1918 */
    V4(100, 64, 10),                                      /* carrier grade NAT */
    V4(169, 254, 16), V6(0xFE, 0x80, 10),                 /* link local */
    V4(127, 0, 8),    {.version = 6, .prefix = 128, .bytes = {[15] = 1}}, /* loopback */
    V6(0xFC, 0, 7),                                       /* unique local */
};

bool pe_cidr_private(const pe_cidr *block) {
  for (size_t i = 0; i < sizeof private_blocks / sizeof private_blocks[0]; i++) {
    if (pe_cidr_contains(&private_blocks[i], block)) return true;
  }
  return false;
}

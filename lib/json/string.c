/* SPDX-License-Identifier: MIT */
#include "json/string.h"

#include "base/utf8.h"
#include "json/fault.h"

typedef struct escape {
  uint32_t cp;
  uint32_t len; /* bytes as written; of the faulty part if there is a fault */
  pe_json_fault fault;
} escape;

static escape bad(pe_json_fault fault, size_t len) { return (escape){0, (uint32_t)len, fault}; }

/* The four digits of \uXXXX at p, which starts with \u. */
static escape hex_escape(const char *p, const char *end) {
  uint32_t cp = 0;
  for (size_t i = 2; i < 6; i++) {
    if (p + i == end) return bad(PE_JSON_FAULT_END, 0);
    unsigned char c = (unsigned char)p[i];
    uint32_t digit;
    if (c >= '0' && c <= '9') {
      digit = c - (uint32_t)'0';
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      digit = (c | 0x20) - (uint32_t)'a' + 10;
    } else {
      return bad(PE_JSON_FAULT_ESCAPE, i);
    }
    cp = cp << 4 | digit;
  }
  return (escape){cp, 6, PE_JSON_FAULT_NONE};
}

static escape unicode_escape(const char *p, const char *end) {
  escape high = hex_escape(p, end);
  if (high.fault) return high;
  if (high.cp == 0) return bad(PE_JSON_FAULT_NUL, 6);
  if (high.cp < 0xD800 || high.cp > 0xDFFF) return high;
  if (high.cp >= 0xDC00) return bad(PE_JSON_FAULT_SURROGATE, 6);
  const char *q = p + 6;
  if (q == end || (*q == '\\' && q + 1 == end)) return bad(PE_JSON_FAULT_END, 0);
  if (q[0] != '\\' || q[1] != 'u') return bad(PE_JSON_FAULT_SURROGATE, 6);
  escape low = hex_escape(q, end);
  if (low.fault == PE_JSON_FAULT_END) return low;
  if (low.fault || low.cp < 0xDC00 || low.cp > 0xDFFF) return bad(PE_JSON_FAULT_SURROGATE, 6);
  return (escape){0x10000 + ((high.cp - 0xD800) << 10) + (low.cp - 0xDC00), 12, PE_JSON_FAULT_NONE};
}

/* The escape whose backslash stands at p. */
static escape read_escape(const char *p, const char *end) {
  if (p + 1 == end) return bad(PE_JSON_FAULT_END, 0);
  switch (p[1]) {
  case '"':
  case '\\':
  case '/': return (escape){(unsigned char)p[1], 2, PE_JSON_FAULT_NONE};
  case 'b': return (escape){'\b', 2, PE_JSON_FAULT_NONE};
  case 'f': return (escape){'\f', 2, PE_JSON_FAULT_NONE};
  case 'n': return (escape){'\n', 2, PE_JSON_FAULT_NONE};
  case 'r': return (escape){'\r', 2, PE_JSON_FAULT_NONE};
  case 't': return (escape){'\t', 2, PE_JSON_FAULT_NONE};
  case 'u': return unicode_escape(p, end);
  default: {
    unsigned n = pe_utf8_check((const unsigned char *)p + 1, (size_t)(end - p) - 1);
    return bad(PE_JSON_FAULT_ESCAPE, 1 + (n ? n : 1));
  }
  }
}

/* A string that never ends, or runs over the end of its line, was often closed by a typographic
 * quote: then that is what the person wants to hear about. */
static void unfinished(pe_slice base, const char *quote, const char *stop, pe_json_fault fault,
                       pe_json_error *error) {
  const char *typographic = pe_json_fault_find_quote(quote, stop);
  if (typographic) {
    *error = pe_json_fault_make(PE_JSON_FAULT_QUOTES, base, typographic, 3);
  } else {
    *error = pe_json_fault_make(fault, base, stop, fault == PE_JSON_FAULT_END ? 0 : 1);
  }
}

/* Checks the string; *close is its closing quote, *decoded the length without escapes. */
static int check(pe_slice base, const char *quote, const char **close, size_t *decoded,
                 pe_json_error *error) {
  const char *end = base.ptr + base.len;
  size_t saved = 0;
  const char *p = quote + 1;
  for (;;) {
    p = pe_json_skip_plain(p, end);
    unsigned char c = p < end ? (unsigned char)*p : 0;
    if (c == '"') break;
    if (c == '\\') {
      escape e = read_escape(p, end);
      if (e.fault == PE_JSON_FAULT_END) {
        unfinished(base, quote, end, e.fault, error);
        return POLICYEVAL_EJSON;
      }
      if (e.fault) {
        *error = pe_json_fault_make(e.fault, base, p, e.len);
        return POLICYEVAL_EJSON;
      }
      char ignored[4];
      saved += e.len - pe_utf8_encode(e.cp, ignored);
      p += e.len;
    } else if (c >= 0x80) {
      unsigned n = pe_utf8_check((const unsigned char *)p, (size_t)(end - p));
      if (n == 0) {
        *error = pe_json_fault_make(PE_JSON_FAULT_UTF8, base, p, 1);
        return POLICYEVAL_EJSON;
      }
      p += n;
    } else {
      pe_json_fault fault = p == end ? PE_JSON_FAULT_END : c ? PE_JSON_FAULT_CONTROL : PE_JSON_FAULT_NUL;
      unfinished(base, quote, p, fault, error);
      return POLICYEVAL_EJSON;
    }
  }
  *close = p;
  *decoded = (size_t)(p - quote) - 1 - saved;
  return 0;
}

/* Decodes the string between the quotes, which was checked. */
static void decode(const char *p, const char *close, char *out) {
  while (p < close) {
    const char *slash = memchr(p, '\\', (size_t)(close - p));
    size_t run = (size_t)((slash ? slash : close) - p);
    memcpy(out, p, run);
    out += run;
    p += run;
    if (slash) {
      escape e = read_escape(p, close);
      out += pe_utf8_encode(e.cp, out);
      p += e.len;
    }
  }
  *out = '\0';
}

int pe_json_string_read(pe_arena *arena, pe_slice base, const char *quote, pe_json_string *out,
                        pe_json_error *error) {
  const char *close;
  size_t decoded;
  int rc = check(base, quote, &close, &decoded, error);
  if (rc) return rc;
  size_t written = (size_t)(close - quote) - 1;
  pe_slice text = pe_slice_of(quote + 1, written);
  if (decoded != written) {
    char *copy = pe_arena_alloc(arena, decoded + 1);
    if (!copy) return POLICYEVAL_ENOMEM;
    decode(quote + 1, close, copy);
    text = pe_slice_of(copy, decoded);
  }
  *out = (pe_json_string){text, close + 1, decoded != written};
  return 0;
}

/* SPDX-License-Identifier: MIT */
#include "json/fault.h"

#include "base/utf8.h"

const char *pe_json_fault_message(pe_json_fault fault) {
  static const char *const messages[] = {
#define FAULT_MESSAGE(name, message) message,
      PE_JSON_FAULTS(FAULT_MESSAGE)
#undef FAULT_MESSAGE
  };
  return (unsigned)fault < PE_JSON_FAULT_LAST_ ? messages[fault] : "";
}

pe_json_error pe_json_fault_make(pe_json_fault fault, pe_slice base, const char *p, size_t len) {
  size_t at = (size_t)(p - base.ptr);
  return (pe_json_error){fault, (uint32_t)at, (uint32_t)(at + len)};
}

static bool letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '$';
}
static bool digit(char c) { return c >= '0' && c <= '9'; }

const char *pe_json_fault_word_end(const char *p, const char *end) {
  while (p < end && (letter(*p) || digit(*p) || *p == '.' || *p == '+' || *p == '-')) p++;
  return p;
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* What a character outside ASCII was meant to be. */
static pe_json_fault foreign(uint32_t cp) {
  if (cp == 0xFEFF) return PE_JSON_FAULT_BOM;
  if ((cp >= 0x2018 && cp <= 0x201F) || cp == 0xAB || cp == 0xBB || cp == 0xFF02) return PE_JSON_FAULT_QUOTES;
  if (cp >= 0x2000 && cp <= 0x200D) return PE_JSON_FAULT_BLANK;
  switch (cp) {
  case 0x85: /* next line */
  case 0xA0: /* no-break space */
  case 0x1680:
  case 0x2028: /* line and paragraph separator */
  case 0x2029:
  case 0x202F:
  case 0x205F:
  case 0x2060: /* word joiner */
  case 0x3000: return PE_JSON_FAULT_BLANK;
  default: return PE_JSON_FAULT_NONE;
  }
}

/* What an ASCII byte at p was meant to be. */
static pe_json_fault familiar(pe_json_fault expected, const char *p, const char *end) {
  bool value = expected == PE_JSON_FAULT_VALUE;
  switch (*p) {
  case '\0': return PE_JSON_FAULT_NUL;
  case '\v':
  case '\f': return PE_JSON_FAULT_BLANK;
  case '#': return PE_JSON_FAULT_COMMENT;
  case '/': return p + 1 < end && (p[1] == '/' || p[1] == '*') ? PE_JSON_FAULT_COMMENT : expected;
  case '\'':
  case '`': return value || expected == PE_JSON_FAULT_NAME ? PE_JSON_FAULT_SINGLE_QUOTE : expected;
  default: break;
  }
  if (value && (*p == '+' || *p == '.')) return PE_JSON_FAULT_NUMBER;
  if (value && letter(*p)) return PE_JSON_FAULT_LITERAL;
  return expected;
}

/* Where trailing text ends on its first line, without blanks. */
static size_t trailing_length(const char *p, const char *end) {
  const char *newline = memchr(p, '\n', (size_t)(end - p));
  if (newline) end = newline;
  while (end > p + 1 && blank(end[-1])) end--;
  return (size_t)(end - p);
}

pe_json_error pe_json_fault_at(pe_json_fault expected, pe_slice base, const char *p) {
  const char *end = base.ptr + base.len;
  if (p >= end) return pe_json_fault_make(PE_JSON_FAULT_END, base, end, 0);
  unsigned n = pe_utf8_check((const unsigned char *)p, (size_t)(end - p));
  if (n == 0) return pe_json_fault_make(PE_JSON_FAULT_UTF8, base, p, 1);
  pe_json_fault fault;
  if (n == 1) {
    fault = familiar(expected, p, end);
  } else {
    unsigned step;
    fault = foreign(pe_utf8_decode(p, &step));
    if (!fault) fault = expected;
  }
  size_t len = n;
  if (fault == PE_JSON_FAULT_TRAILING) {
    len = trailing_length(p, end);
  } else if (fault == expected || fault == PE_JSON_FAULT_LITERAL || fault == PE_JSON_FAULT_NUMBER) {
    size_t word = (size_t)(pe_json_fault_word_end(p, end) - p);
    if (word > len) len = word;
  } else if (fault == PE_JSON_FAULT_COMMENT && *p == '/') {
    len = 2;
  }
  return pe_json_fault_make(fault, base, p, len);
}

/* What a text was meant to be that is no JSON from its first word on. */
static pe_json_error other_format(pe_slice base, size_t start) {
  const char *p = base.ptr + start, *end = base.ptr + base.len;
  const pe_slice rest = pe_slice_sub(base, start, base.len);
  const char *word = pe_json_fault_word_end(p, end);
  pe_json_fault fault = PE_JSON_FAULT_NONE;
  size_t len = (size_t)(word - p);
  if (pe_slice_starts(rest, PE_SLICE("```"))) {
    fault = PE_JSON_FAULT_FENCE;
    len = trailing_length(p, end);
  } else if (pe_slice_starts(rest, PE_SLICE("An error occurred ("))) {
    fault = PE_JSON_FAULT_CLI;
    len = trailing_length(p, end);
  } else if (pe_slice_starts(rest, PE_SLICE("---")) || (letter(*p) && end - word > 1 && *word == ':' && blank(word[1]))) {
    fault = PE_JSON_FAULT_YAML;
  }
  return pe_json_fault_make(fault, base, p, len);
}

pe_json_error pe_json_fault_text(pe_slice base) {
  const char *p = base.ptr;
  size_t i = 0;
  while (i < base.len && blank(p[i])) i++;
  if (i == base.len) return pe_json_fault_make(PE_JSON_FAULT_EMPTY, base, p + i, 0);
  if (base.len >= 2 && (memcmp(p, "\xFE\xFF", 2) == 0 || memcmp(p, "\xFF\xFE", 2) == 0)) {
    return pe_json_fault_make(PE_JSON_FAULT_UTF16, base, p, 2);
  }
  /* ASCII with every other byte NUL: a single NUL somewhere is left to the reader. */
  if (base.len >= 4 && ((!p[0] && p[1] && !p[2] && p[3]) || (p[0] && !p[1] && p[2] && !p[3]))) {
    return pe_json_fault_make(PE_JSON_FAULT_UTF16, base, p, 2);
  }
  if (base.len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
    return pe_json_fault_make(PE_JSON_FAULT_BOM, base, p, 3);
  }
  return other_format(base, i);
}

const char *pe_json_fault_find_quote(const char *p, const char *end) {
  for (; end - p >= 3; p++) {
    p = memchr(p, 0xE2, (size_t)(end - p) - 2);
    if (!p) return NULL;
    if (p[1] == '\x80' && (unsigned char)p[2] >= 0x9C && (unsigned char)p[2] <= 0x9F) return p;
  }
  return NULL;
}

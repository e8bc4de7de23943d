/* SPDX-License-Identifier: MIT */
#include "json/quote.h"

#include "json/string.h"

static void escape(pe_buf *out, unsigned char c) {
  static const char hex[] = "0123456789abcdef";
  const char form[6] = {'\\', c < 0x20 ? 'u' : (char)c, '0', '0', hex[c >> 4 & 15], hex[c & 15]};
  pe_buf_add(out, form, c < 0x20 ? 6 : 2);
}

/* Nothing to escape: the text between two quotes. */
static void plain(pe_buf *out, pe_slice text) {
  char *p = pe_buf_room(out, text.len + 2);
  if (!p) return;
  p[0] = '"';
  if (text.len) memcpy(p + 1, text.ptr, text.len);
  p[text.len + 1] = '"';
  pe_buf_wrote(out, text.len + 2);
}

void pe_json_quote(pe_buf *out, pe_slice text) {
  const char *p = text.ptr, *end = text.ptr + text.len, *from = p;
  if (text.len == 0 || pe_json_skip_plain(p, end) == end) {
    plain(out, text);
    return;
  }
  pe_buf_char(out, '"');
  while ((p = pe_json_skip_plain(p, end)) < end) {
    const unsigned char c = (unsigned char)*p;
    if (c < 0x20 || c == '"' || c == '\\') {
      pe_buf_add(out, from, (size_t)(p - from));
      escape(out, c);
      from = p + 1;
    }
    p++;
  }
  pe_buf_add(out, from, (size_t)(end - from));
  pe_buf_char(out, '"');
}

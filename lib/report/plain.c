/* SPDX-License-Identifier: MIT */
#include "report/plain.h"

#include "base/utf8.h"
#include "policyeval/base.h"

/* C0 and C1 controls (U+009B opens an escape sequence, too), and the bidirectional controls. */
static bool unsafe(uint32_t cp) {
  if (cp == '\n') return false;
  return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x061C || cp == 0x200E || cp == 0x200F ||
         (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Length of what stands at `at`, and whether it may stay. */
static size_t step(pe_slice text, size_t at, bool *keep) {
  unsigned length = pe_utf8_check((const unsigned char *)text.ptr + at, text.len - at);
  *keep = length > 0 && !unsafe(pe_utf8_decode(text.ptr + at, &length));
  return length ? length : 1;
}

int pe_text_plain(pe_buf *out) {
  const pe_slice text = pe_slice_of(out->ptr, out->len);
  bool keep = true;
  size_t at = 0, n = 0;
  while (!out->failed && at < text.len && (n = step(text, at, &keep), keep)) at += n;
  if (out->failed) return POLICYEVAL_ENOMEM;
  if (at == text.len) return POLICYEVAL_OK;
  pe_buf clean;
  pe_buf_init(&clean, out->alloc);
  pe_buf_add(&clean, text.ptr, at);
  for (; at < text.len; at += n) {
    n = step(text, at, &keep);
    if (keep) pe_buf_add(&clean, text.ptr + at, n);
    else pe_buf_str(&clean, "\xEF\xBF\xBD");
  }
  pe_buf_done(out);
  *out = clean;
  return out->failed ? POLICYEVAL_ENOMEM : POLICYEVAL_OK;
}

/* SPDX-License-Identifier: MIT */
/* Words of a template that were not filled in: PRODUCTION for an account id, SECURITY_CMK for a key id. */
#include "policy/build.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool small(char c) { return c >= 'a' && c <= 'z'; }

/* One token of --set: what the option can replace as a whole. */
static bool is_token(pe_slice s) {
  for (size_t i = 0; i < s.len; i++) {
    if (!digit(s.ptr[i]) && !upper(s.ptr[i]) && !small(s.ptr[i]) && s.ptr[i] != '_') return false;
  }
  return s.len > 0;
}

static bool contains_nocase(pe_slice s, pe_slice word) {
  for (size_t i = 0; i + word.len <= s.len; i++) {
    if (pe_slice_eq_ascii_nocase(pe_slice_sub(s, i, i + word.len), word)) return true;
  }
  return false;
}

/* An upper-case word, a word in brackets, or one that says "account" or "your". Words in small letters are
 * account fields that AWS writes itself (aws, amazon, cloudfront), wildcards and variables are none. */
static bool is_word(pe_slice s) {
  bool letter = false, shouting = true, bracket = false;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.ptr[i];
    if (c == '*' || c == '?' || c == '$' || c == ' ' || (unsigned char)c >= 0x7F) return false;
    if (upper(c) || small(c)) letter = true;
    if (c == '<' || c == '>' || c == '{' || c == '}' || c == '[' || c == ']') bracket = true;
    if (!upper(c) && !digit(c) && c != '_' && c != '-') shouting = false;
  }
  if (!letter) return false;
  return shouting || bracket || contains_nocase(s, PE_SLICE("account")) ||
         contains_nocase(s, PE_SLICE("your"));
}

/* 8-4-4-4-12 hexadecimal digits, or mrk- and 32 of them: a key id in capitals is no word. */
static bool is_key_id(pe_slice s) {
  if (s.len >= 4 && pe_slice_eq_ascii_nocase(pe_slice_sub(s, 0, 4), PE_SLICE("mrk-"))) return true;
  return s.len == 36 && s.ptr[8] == '-' && s.ptr[13] == '-' && s.ptr[18] == '-' && s.ptr[23] == '-';
}

/* What AWS says to a policy of that kind with such a principal. */
static const char *refusal(int kind, bool principal) {
  if (!principal) return "";
  switch (kind) {
  case POLICYEVAL_KIND_KMS_KEY: return "Policy contains a statement with one or more invalid principals. ";
  case POLICYEVAL_KIND_TRUST: return "Invalid principal in policy. ";
  default: return "This resource policy contains an unsupported principal. ";
  }
}

static void report(pe_build *b, uint32_t node, size_t from, pe_slice word, bool principal, const char *what,
                   const char *form) {
  const char *before = refusal(b->kind, principal);
  pe_span span = pe_json_substring(b->json, node, from, from + word.len);
  if (is_token(word)) {
    pe_build_fault(b, PE_RULE_PLACEHOLDER_ACCOUNT, node, span,
                   "%s\"%.*s\" is a placeholder, not %s: fill it with --set %.*s=<%s>.", before,
                   PE_EXCERPT(word), what, PE_EXCERPT(word), form);
  } else {
    pe_build_fault(b, PE_RULE_PLACEHOLDER_ACCOUNT, node, span,
                   "%s\"%.*s\" is a placeholder, not %s: write the %s in its place.", before,
                   PE_EXCERPT(word), what, form);
  }
}

void pe_build_placeholders(pe_build *b, uint32_t node, pe_slice text, bool principal) {
  static const char account_form[] = "12-digit account id";
  if (principal && text.len && !memchr(text.ptr, ':', text.len)) {
    pe_principal parsed;
    pe_principal_parse(text, 'A', &parsed);
    if (parsed.kind == PE_PRINCIPAL_OTHER && is_word(text)) {
      report(b, node, 0, text, true, "an account id", account_form);
    }
    return;
  }
  size_t blanks = 0; /* an ARN behind a blank is still meant as one */
  while (blanks < text.len && text.ptr[blanks] == ' ') blanks++;
  pe_arn arn;
  pe_arn_split_pattern(pe_slice_sub(text, blanks, text.len), &arn);
  if (arn.count < 5 || !pe_slice_eq(arn.field[PE_ARN_PREFIX], PE_SLICE("arn"))) return;
  pe_slice account = arn.field[PE_ARN_ACCOUNT];
  if (account.len && is_word(account)) {
    report(b, node, (size_t)(account.ptr - text.ptr), account, principal, "an account id", account_form);
  }
  if (arn.count < PE_ARN_FIELDS || !pe_slice_eq(arn.field[PE_ARN_SERVICE], PE_SLICE("kms"))) return;
  pe_slice resource = arn.field[PE_ARN_RESOURCE], key = PE_SLICE("key/");
  if (!pe_slice_starts(resource, key)) return;
  pe_slice id = pe_slice_sub(resource, key.len, resource.len);
  if (is_word(id) && !is_key_id(id))
    report(b, node, (size_t)(id.ptr - text.ptr), id, false, "a key id", "key id");
}

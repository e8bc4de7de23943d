/* SPDX-License-Identifier: MIT */
#include "check/arns.h"

#include "check/cover.h"

bool pe_arns_partition(pe_slice s) {
  static const char *const known[] = {"aws",       "aws-cn",    "aws-us-gov", "aws-iso",
                                      "aws-iso-b", "aws-iso-e", "aws-iso-f",  "aws-eusc"};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (pe_slice_eq(s, pe_slice_str(known[i]))) return true;
  }
  return false;
}

/* Two to four small letters, one or two words, a number: "ap-southeast-2". New Regions have that form, too. */
bool pe_arns_region(pe_slice s) {
  size_t i = 0, words = 0;
  while (i < s.len) {
    size_t start = i;
    while (i < s.len && s.ptr[i] >= 'a' && s.ptr[i] <= 'z') i++;
    if (i == start || i - start > 12) return false;
    words++;
    if (i == s.len || s.ptr[i] != '-') return false;
    i++;
    if (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9') {
      start = i;
      while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9') i++;
      return i == s.len && i - start <= 2 && words >= 2 && words <= 4;
    }
  }
  return false;
}

const char *pe_arns_region_partition(pe_slice region) {
  static const struct {
    const char *start, *partition;
  } known[] = {{"cn-", "aws-cn"},         {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"},  {"us-isob-", "aws-iso-b"},
               {"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (pe_slice_starts(region, pe_slice_str(known[i].start))) return known[i].partition;
  }
  return pe_arns_region(region) ? "aws" : NULL;
}

static pe_slice format_service(const char *format) {
  pe_arn arn;
  pe_arn_split_pattern(pe_slice_str(format), &arn);
  return arn.count > PE_ARN_SERVICE ? arn.field[PE_ARN_SERVICE] : (pe_slice){NULL, 0};
}

bool pe_arns_service(const pe_catalog *c, pe_slice service) {
  if (pe_catalog_knows_service(c, service)) return true;
  size_t services = pe_catalog_services(c);
  for (size_t i = 0; i < services; i++) {
    const pe_resource_type *types;
    size_t count = pe_catalog_resources(c, pe_catalog_service(c, i), &types);
    for (size_t k = 0; k < count; k++) {
      for (const char *const *f = types[k].arn_formats; *f; f++) {
        if (pe_slice_eq(format_service(*f), service)) return true;
      }
    }
  }
  return false;
}

/* A format with every ${...} as '*', in `out`; false when it does not fit. */
static bool as_glob(pe_slice format, char *out, size_t size, pe_slice *glob) {
  size_t len = 0;
  for (size_t i = 0; i < format.len && len < size;) {
    const char *close = NULL;
    if (format.ptr[i] == '$' && i + 1 < format.len && format.ptr[i + 1] == '{')
      close = memchr(format.ptr + i, '}', format.len - i);
    out[len++] = close ? '*' : format.ptr[i];
    i = close ? (size_t)(close - format.ptr) + 1 : i + 1;
  }
  *glob = pe_slice_of(out, len);
  return len < size;
}

/* The same of a field of a policy: its variables stand for anything. */
static bool field_meets(pe_slice field, pe_slice format) {
  char left[512], right[512];
  pe_slice a, b;
  /* Most formats differ in the first word already. */
  if (field.len && format.len && field.ptr[0] != format.ptr[0] && field.ptr[0] != '*' && field.ptr[0] != '?' &&
      field.ptr[0] != '$' && format.ptr[0] != '$' && format.ptr[0] != '*')
    return false;
  if (!as_glob(field, left, sizeof left, &a) || !as_glob(format, right, sizeof right, &b)) return true;
  return pe_cover_meets(a, b);
}

static void fit_one(const pe_arn *arn, const char *text, pe_arns_fit *out) {
  pe_arn format;
  pe_arn_split_pattern(pe_slice_str(text), &format);
  if (format.count < PE_ARN_FIELDS) return;
  if (memchr(format.field[PE_ARN_SERVICE].ptr, '$', format.field[PE_ARN_SERVICE].len)) out->foreign = true;
  if (!pe_slice_eq(format.field[PE_ARN_SERVICE], arn->field[PE_ARN_SERVICE])) return;
  if (!out->known) {
    const bool foreign = out->foreign;
    *out = (pe_arns_fit){true, foreign, false, true, true, true, true};
  }
  if (!field_meets(arn->field[PE_ARN_RESOURCE], format.field[PE_ARN_RESOURCE])) return;
  out->resource = true;
  pe_slice region = format.field[PE_ARN_REGION], account = format.field[PE_ARN_ACCOUNT];
  if (region.len) out->region_never = false;
  if (!region.len || pe_slice_eq(region, PE_SLICE("*"))) out->region_always = false;
  if (account.len) out->account_never = false;
  if (!account.len || pe_slice_eq(account, PE_SLICE("*"))) out->account_always = false;
}

void pe_arns_fit_formats(const pe_catalog *c, const pe_arn *arn, pe_arns_fit *out) {
  *out = (pe_arns_fit){0};
  if (!pe_catalog_complete(c, arn->field[PE_ARN_SERVICE])) return;
  const pe_resource_type *types;
  size_t count = pe_catalog_resources(c, arn->field[PE_ARN_SERVICE], &types);
  for (size_t i = 0; i < count; i++) {
    for (const char *const *f = types[i].arn_formats; *f; f++) fit_one(arn, *f, out);
  }
  if (out->foreign) out->known = false;
}

bool pe_arns_may_be(const pe_arn *arn, const pe_resource_type *type) {
  for (const char *const *f = type->arn_formats; *f; f++) {
    pe_arn format;
    pe_arn_split_pattern(pe_slice_str(*f), &format);
    if (format.count < PE_ARN_FIELDS) return true;
    /* Partition, Region and account have findings of their own. Missing fields of a short ARN are anything (AMB-4). */
    bool fits = arn->count <= PE_ARN_SERVICE || field_meets(arn->field[PE_ARN_SERVICE], format.field[PE_ARN_SERVICE]);
    if (fits && arn->count == PE_ARN_FIELDS)
      fits = field_meets(arn->field[PE_ARN_RESOURCE], format.field[PE_ARN_RESOURCE]);
    if (fits) return true;
  }
  return false;
}

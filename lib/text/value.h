/* SPDX-License-Identifier: MIT */
/* The typed values of the policy language: numbers, instants, addresses, booleans, bytes. */
#ifndef PE_TEXT_VALUE_H
#define PE_TEXT_VALUE_H

#include "base/alloc.h"
#include "base/slice.h"

/* An exact decimal: no binary rounding, any length (docs/semantics.md). Optional sign, digits,
 * optional fraction, optional exponent of at most 4 digits. */
typedef struct pe_decimal {
  bool negative;     /* never set for zero */
  pe_slice whole;    /* digits without leading zeros */
  pe_slice fraction; /* digits without trailing zeros */
  int32_t exponent;  /* power of ten still to apply */
} pe_decimal;
bool pe_decimal_parse(pe_slice text, pe_decimal *out); /* borrows text */
int pe_decimal_cmp(const pe_decimal *a, const pe_decimal *b);

/* An instant: seconds since 1970-01-01T00:00:00Z and nanoseconds (0 to 999,999,999; digits
 * beyond the ninth are refused). Year -292275054 to 292278993. */
typedef struct pe_instant {
  int64_t seconds;
  uint32_t nanos;
} pe_instant;
typedef enum pe_instant_form {
  PE_INSTANT_ISO,    /* as the W3C profile writes it */
  PE_INSTANT_EPOCH,
  PE_INSTANT_LENIENT /* accepted when a policy is saved (L1.8.10), but not in the W3C profile: no zone, other
                        numbers of digits, small letters, a day that the month does not have (counted on) */
} pe_instant_form;
/* W3C profile of ISO 8601 and its slack (L1.8.10), or epoch seconds (digits only: AMB-16). Missing zone: UTC. */
bool pe_instant_parse(pe_slice text, pe_instant *out, pe_instant_form *form);
/* The other reading of AMB-16: exactly four digits are a year. */
bool pe_instant_parse_year(pe_slice text, pe_instant *out);
int pe_instant_cmp(pe_instant a, pe_instant b);

/* An address or a block. IPv4 occupies the last four bytes. */
typedef struct pe_cidr {
  uint8_t version; /* 4 or 6 */
  uint8_t prefix;  /* bits */
  uint8_t host_bits; /* bits after the prefix were set in the text */
  uint8_t had_prefix; /* a '/' was written */
  uint8_t mapped;  /* an IPv4-mapped IPv6 address (::ffff:a.b.c.d): AMB-15 */
  unsigned char bytes[16]; /* network order, host bits cleared */
} pe_cidr;
bool pe_cidr_parse(pe_slice text, pe_cidr *out);    /* address or address/prefix; no zone ids, no leading zeros */
bool pe_address_parse(pe_slice text, pe_cidr *out); /* address alone, prefix is 32 or 128 */
bool pe_cidr_contains(const pe_cidr *block, const pe_cidr *address); /* versions differ: false */
/* The IPv4 address or block that a mapped one stands for (AMB-15); false: p is not mapped. */
bool pe_cidr_unmap(const pe_cidr *p, pe_cidr *out);
bool pe_cidr_private(const pe_cidr *block); /* wholly inside RFC 1918, 100.64/10, link local, loopback, ULA */

/* "true" or "false" in any letter case (AMB-17). */
bool pe_bool_parse(pe_slice text, bool *out);
bool pe_bool_parse_exact(pe_slice text, bool *out); /* small letters only: its other reading */

/* Base64 with or without padding (L2.7: what counts is the bytes). Decodes into the arena. 0 ok, 1 not base64, or ENOMEM. */
int pe_base64_decode(pe_arena *arena, pe_slice text, pe_slice *out);

bool pe_base64_valid(pe_slice text);
/* The text is valid and stands for these bytes. Allocates nothing. */
bool pe_base64_equal(pe_slice text, pe_slice bytes);

#endif

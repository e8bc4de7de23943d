/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cond/condition.h"
#include "unit.h"

/* L2.2: written out once more, on purpose. */
static const char *const names[] = {"StringEquals",
                                    "StringNotEquals",
                                    "StringEqualsIgnoreCase",
                                    "StringNotEqualsIgnoreCase",
                                    "StringLike",
                                    "StringNotLike",
                                    "NumericEquals",
                                    "NumericNotEquals",
                                    "NumericLessThan",
                                    "NumericLessThanEquals",
                                    "NumericGreaterThan",
                                    "NumericGreaterThanEquals",
                                    "DateEquals",
                                    "DateNotEquals",
                                    "DateLessThan",
                                    "DateLessThanEquals",
                                    "DateGreaterThan",
                                    "DateGreaterThanEquals",
                                    "Bool",
                                    "BinaryEquals",
                                    "IpAddress",
                                    "NotIpAddress",
                                    "ArnEquals",
                                    "ArnLike",
                                    "ArnNotEquals",
                                    "ArnNotLike",
                                    "Null"};
enum { NAMES = sizeof names / sizeof names[0] };

START_TEST(all_forms)
{
  static const char *const prefixes[] = {"", "ForAllValues:", "ForAnyValue:"};
  ck_assert_int_eq(NAMES, PE_OPS);
  for (size_t i = 0; i < NAMES; i++) {
    for (unsigned q = 0; q < 3; q++) {
      for (unsigned e = 0; e < 2; e++) {
        char text[80];
        snprintf(text, sizeof text, "%s%s%s", prefixes[q], names[i], e ? "IfExists" : "");
        pe_operator o;
        bool null_exists = e && strcmp(names[i], "Null") == 0;
        ck_assert_int_eq(pe_operator_parse(pe_slice_str(text), &o),
                         null_exists ? PE_OPERATOR_NULL_EXISTS : PE_OPERATOR_OK);
        ck_assert_str_eq(pe_op_get((pe_op)o.op)->name, names[i]);
        ck_assert_uint_eq(o.quantifier, q);
        ck_assert_uint_eq(o.if_exists, e);
        ck_assert_int_eq(pe_op_get((pe_op)o.op)->negated, strstr(names[i], "Not") != NULL);
        char again[PE_OPERATOR_MAX];
        ck_assert_uint_eq(pe_operator_print(&o, again), strlen(text));
        ck_assert_str_eq(again, text);
        /* AMB-18: another letter case is not the operator, but near it. */
        for (size_t k = 0; text[k]; k++) {
          if (text[k] >= 'a' && text[k] <= 'z') text[k] = (char)(text[k] - 32);
        }
        pe_operator near;
        ck_assert_int_eq(pe_operator_parse(pe_slice_str(text), &near),
                         null_exists ? PE_OPERATOR_NULL_EXISTS : PE_OPERATOR_CASE);
        ck_assert_int_eq(memcmp(&near, &o, sizeof o), 0);
      }
    }
  }
}
END_TEST

START_TEST(no_operators)
{
  static const char *const texts[] = {"",
                                      "IfExists",
                                      "ForAllValues:",
                                      "BoolNot",
                                      "BinaryNotEquals",
                                      "NumericNotLessThan",
                                      "StringLikeIgnoreCase",
                                      "ForAllValues::StringEquals",
                                      "ForAnyValues:StringEquals",
                                      "ForAllValues:ForAnyValue:StringEquals",
                                      "StringEqualsIfExistsIfExists",
                                      " StringEquals",
                                      "StringEquals "};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    pe_operator o;
    ck_assert_msg(pe_operator_parse(pe_slice_str(texts[i]), &o) == PE_OPERATOR_UNKNOWN, "%s", texts[i]);
  }
}
END_TEST

UNIT_MAIN("operator", all_forms, no_operators)

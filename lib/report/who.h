/* SPDX-License-Identifier: MIT */
/* Who can read a secret. */
#ifndef PE_REPORT_WHO_H
#define PE_REPORT_WHO_H

#include "base/buf.h"
#include "sym/legs.h"

typedef enum pe_who_own { /* what the answer takes the principal's own policies to be */
  PE_WHO_GIVEN,
  PE_WHO_NOT_NEEDED, /* it can read the secret without any */
  PE_WHO_ASSUMED     /* they allow it */
} pe_who_own;

typedef struct pe_who_line {
  pe_slice name;
  bool group;
  uint8_t own;
  const pe_legs_result *reach;
} pe_who_line;

/* 0 or ENOMEM. */
int pe_render_who_json(const pe_who_line *lines, size_t count, bool complete, pe_buf *out);
int pe_render_who_text(const pe_who_line *lines, size_t count, bool complete, pe_buf *out);

#endif

/* SPDX-License-Identifier: MIT */
/* Text for people ends up on terminals, and holds words of policies that anyone may have written. */
#ifndef PE_REPORT_PLAIN_H
#define PE_REPORT_PLAIN_H

#include "base/buf.h"

/* The last step of a text for people: control characters other than line ends, and those that turn the direction of
 * writing, become U+FFFD, so that a Sid cannot take over the terminal that shows it. 0 or ENOMEM. */
int pe_text_plain(pe_buf *out);

#endif

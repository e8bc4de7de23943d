/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common.h"

int cmd_version(int argc, char **argv);

int cmd_version(int argc, char **argv) {
  static const struct option options[] = {COMMON_OPTIONS, {NULL, 0, NULL, 0}};
  static const char *const formats[] = {"json", "text", NULL};
  common c;
  int status = common_init(&c, "version");
  opterr = 0;
  for (int code; !status && (code = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
    if (code == OPT_HELP) {
      common_done(&c);
      puts("usage: policyeval version [--format json|text] [--output FILE]");
      return 0;
    }
    status = common_option(&c, code, optarg);
    if (status < 0) status = bad_option(&c, code, argv);
  }
  if (!status && optind < argc) status = usage_error(&c, "unexpected argument %s", argv[optind]);
  if (!status) status = common_formats(&c, formats);
  if (!status) {
    const char *text = policyeval_version_json();
    if (strcmp(c.format, "text") == 0) text = policyeval_version();
    status = put_result(&c, text, strlen(text));
  }
  common_done(&c);
  return status;
}

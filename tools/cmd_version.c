/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common.h"

int cmd_version(int argc, char **argv);

static const char usage[] = "usage: policyeval version [--format json|text] [--output FILE]\n";

static int take(common *c, void *to, int code, char *const *argv) {
  (void)to;
  const int status = common_option(c, code, optarg);
  return status < 0 ? bad_option(c, code, argv) : status;
}

int cmd_version(int argc, char **argv) {
  static const struct option options[] = {COMMON_OPTIONS, {NULL, 0, NULL, 0}};
  static const char *const formats[] = {"json", "text", NULL};
  common c;
  int status = common_init(&c, "version");
  if (!status) status = common_options(&c, argc, argv, options, usage, take, NULL);
  if (!status && optind < argc) status = usage_error(&c, "unexpected argument %s", argv[optind]);
  if (!status && c.expect) status = usage_error(&c, "--expect is for commands that answer with a verdict");
  if (!status) status = common_formats(&c, formats);
  if (!status) {
    const char *text = policyeval_version_json();
    if (strcmp(c.format, "text") == 0) text = policyeval_version();
    status = put_result(&c, text, strlen(text));
  }
  common_done(&c);
  return status;
}

/* SPDX-License-Identifier: MIT */
#include "common.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int common_init(common *c, const char *command) {
  *c = (common){.command = command};
  const int rc = policyeval_context_new(NULL, &c->context);
  return rc == POLICYEVAL_OK ? 0 : fail_rc(c, rc, "start");
}

void common_done(common *c) {
  policyeval_context_unref(c->context);
  free(c->given);
}

static void message(const common *c, const char *format, va_list args) {
  fprintf(stderr, "policyeval %s: ", c->command);
  vfprintf(stderr, format, args);
  fputc('\n', stderr);
}

int usage_error(const common *c, const char *format, ...) {
  va_list args;
  va_start(args, format);
  message(c, format, args);
  va_end(args);
  fprintf(stderr, "policyeval %s --help tells the options\n", c->command);
  return EXIT_USAGE;
}

int fail(const common *c, int status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  message(c, format, args);
  va_end(args);
  return status;
}

int fail_rc(const common *c, int rc, const char *what) {
  return fail(c, EXIT_INPUT, "%s: %s (%s)", what, policyeval_error_text(rc), policyeval_error_name(rc));
}

int bad_option(const common *c, int code, char *const *argv) {
  const char *option = argv[optind - 1];
  if (code == ':') return usage_error(c, "%s takes an argument", option);
  return usage_error(c, "there is no option %s here", option);
}

int common_options(common *c, int argc, char **argv, const struct option *options, const char *usage, take_option take,
                   void *to) {
  int status = 0, index = 0;
  opterr = 0;
  for (int code; !status && (code = getopt_long(argc, argv, ":", options, &index)) != -1;) {
    if (code == OPT_HELP) return fputs(usage, stdout) < 0 || fflush(stdout) ? EXIT_INPUT : HELPED;
    const bool refused = code == '?' || code == ':';
    const int given = refused || !optarg ? 0 : take_given(c, &options[index], optarg);
    status = given ? given : take(c, to, code, argv);
    if (status == GIVEN_AGAIN) status = 0;
  }
  return status;
}

/* NAME=VALUE at the first '='; NULL when there is none. */
static const char *equals(const char *text) { return strchr(text, '='); }

static int set_placeholder(common *c, const char *value) {
  const char *eq = equals(value);
  if (!eq) return usage_error(c, "--set takes NAME=VALUE, such as --set PRODUCTION=111122223333");
  const int rc = policyeval_context_set_placeholder(c->context, value, (size_t)(eq - value), eq + 1, POLICYEVAL_NTS);
  if (rc == POLICYEVAL_EINVAL)
    return usage_error(c, "--set %s: a name has letters, digits and _ only", value);
  return rc == POLICYEVAL_OK ? 0 : fail_rc(c, rc, "--set");
}

static int set_reading(common *c, const char *value) {
  const char *eq = equals(value);
  char row[32];
  if (!eq || (size_t)(eq - value) >= sizeof row)
    return usage_error(c, "--reading takes ROW=NAME, such as --reading AMB-8=live");
  memcpy(row, value, (size_t)(eq - value));
  row[eq - value] = '\0';
  const int rc = policyeval_context_set_reading(c->context, row, eq + 1);
  return rc == POLICYEVAL_OK
             ? 0
             : usage_error(c, "--reading %s: no such row or reading (docs/semantics.md lists them)", value);
}

static int load_catalog(common *c, const char *folder) {
  const char *detail = "";
  const int rc = policyeval_context_load_catalog(c->context, folder, &detail);
  return rc == POLICYEVAL_OK ? 0 : fail(c, EXIT_INPUT, "--catalog %s: %s", folder, detail);
}

int common_option(common *c, int option, const char *value) {
  switch (option) {
    case OPT_FORMAT: c->format = value; return 0;
    case OPT_OUTPUT: c->output = value; return 0;
    case OPT_EXPECT: c->expect = value; return 0;
    case OPT_SET: return set_placeholder(c, value);
    case OPT_STRICT: return policyeval_context_set_strict(c->context, 1);
    case OPT_EXPLAIN: return policyeval_context_set_explain(c->context, 1);
    case OPT_READING: return set_reading(c, value);
    case OPT_CATALOG: return load_catalog(c, value);
    default: return -1;
  }
}

static bool is_word(const char *text, const char *const *words) {
  for (; *words; words++)
    if (strcmp(*words, text) == 0) return true;
  return false;
}

static int none_of(const common *c, const char *option, const char *text, const char *const *words) {
  fprintf(stderr, "policyeval %s: %s %s is none of", c->command, option, text);
  for (size_t i = 0; words[i]; i++) fprintf(stderr, "%s %s", i ? "," : "", words[i]);
  fputc('\n', stderr);
  return EXIT_USAGE;
}

int common_formats(common *c, const char *const *names) {
  if (!c->format) c->format = names[0];
  return is_word(c->format, names) ? 0 : none_of(c, "--format", c->format, names);
}

int expect_words(const common *c, const char *const *words) {
  return !c->expect || is_word(c->expect, words) ? 0 : none_of(c, "--expect", c->expect, words);
}

int expect_status(const common *c, const char *answer, int status) {
  if (!c->expect) return status;
  return strcmp(answer, c->expect) == 0 ? EXIT_YES : EXIT_NO;
}

int check_expect(const common *c) {
  const char *words[POLICYEVAL_EFFECT_LAST_ + 1] = {NULL};
  for (int i = 0; i < POLICYEVAL_EFFECT_LAST_; i++) words[i] = policyeval_effect_name(i);
  return expect_words(c, words);
}

int verdict_status(const common *c, int effect, bool operable) {
  const bool allowed = effect == POLICYEVAL_ALLOW;
  const int status = effect == POLICYEVAL_UNKNOWN ? EXIT_UNKNOWN : allowed && operable ? EXIT_YES : EXIT_NO;
  return allowed && !operable ? EXIT_NO : expect_status(c, policyeval_effect_name(effect), status);
}

/* The rest of a file, with a NUL behind it; NULL and errno. */
static char *read_rest(FILE *file, size_t *len) {
  size_t used = 0, room = 0;
  char *bytes = NULL;
  errno = 0;
  for (;;) {
    if (room - used < 4096) {
      char *more = room > SIZE_MAX / 2 - 65536 ? NULL : realloc(bytes, room = room * 2 + 65536);
      if (!more) {
        free(bytes);
        errno = ENOMEM;
        return NULL;
      }
      bytes = more;
    }
    const size_t n = fread(bytes + used, 1, room - used - 1, file);
    used += n;
    if (n == 0) break;
  }
  if (ferror(file)) {
    free(bytes);
    return NULL;
  }
  bytes[used] = '\0';
  *len = used;
  return bytes;
}

char *read_quietly(const char *path, size_t *len) {
  FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  if (!file) return NULL;
  char *text = read_rest(file, len);
  const int why = errno;
  if (file != stdin) fclose(file);
  errno = why;
  return text;
}

int read_file(const common *c, const char *path, char **text, size_t *len) {
  if (strcmp(path, "-") == 0 && feof(stdin)) return usage_error(c, "standard input can be given once");
  char *bytes = read_quietly(path, len);
  if (!bytes) return fail(c, EXIT_INPUT, "%s: %s", path, errno == EISDIR ? "this is a folder, not a file" : strerror(errno));
  *text = bytes;
  return 0;
}

int load_policy(const common *c, int kind, const char *path, policyeval_policy **policy) {
  policyeval_report *report = NULL;
  int rc;
  *policy = NULL;
  if (strcmp(path, "-") == 0) {
    char *text = NULL;
    size_t len = 0;
    const int status = read_file(c, path, &text, &len);
    if (status) return status;
    rc = policyeval_policy_load(c->context, kind, text, len, "<stdin>", policy, &report);
    free(text);
  } else {
    rc = policyeval_policy_load_file(c->context, kind, path, policy, &report);
  }
  int status = 0;
  if (rc != POLICYEVAL_OK && rc != POLICYEVAL_ENOTFOUND) {
    const char *told = policyeval_report_text(report, NULL);
    status = fail(c, EXIT_INPUT, "%s: %s", path, policyeval_error_text(rc));
    if (told) fputs(told, stderr);
  }
  policyeval_report_free(report);
  return status;
}

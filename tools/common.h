/* SPDX-License-Identifier: MIT */
/* What every command needs: exit statuses, messages, output, a context from the common options. */
#ifndef TOOLS_COMMON_H
#define TOOLS_COMMON_H

#include <getopt.h>
#include <policyeval/policyeval.h>
#include <stdbool.h>
#include <stdio.h>

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_INPUT = 3, EXIT_UNKNOWN = 4 };

/* How often an option may be given, as a bit of its code. Without one: once, and the same again says nothing new. */
enum {
  OPT_MANY = 1 << 12,    /* each adds to those before */
  OPT_NAMED = 1 << 13,   /* NAME=VALUE: once for each name */
  OPT_POLICIES = 1 << 14 /* each adds a policy, but 'none' is not one beside others */
};
/* Options that every command takes. Codes of getopt_long start behind those of characters. */
enum {
  OPT_FORMAT = 256, OPT_OUTPUT, OPT_EXPECT, OPT_STRICT, OPT_EXPLAIN, OPT_CATALOG, OPT_HELP,
  OPT_OWN, /* first code for a command's own options */
  OPT_SET = OPT_NAMED + 256, OPT_READING
};
#define COMMON_OPTIONS                                                                               \
  {"format", required_argument, NULL, OPT_FORMAT}, {"output", required_argument, NULL, OPT_OUTPUT},  \
      {"expect", required_argument, NULL, OPT_EXPECT}, {"set", required_argument, NULL, OPT_SET},    \
      {"strict", no_argument, NULL, OPT_STRICT}, {"explain", no_argument, NULL, OPT_EXPLAIN},        \
      {"reading", required_argument, NULL, OPT_READING},                                             \
      {"catalog", required_argument, NULL, OPT_CATALOG}, {"help", no_argument, NULL, OPT_HELP}

typedef struct given_option {
  int code;
  const char *value;
} given_option;

typedef struct common {
  const char *command;            /* for messages */
  policyeval_context *context;
  const char *format, *output, *expect;
  given_option *given; /* options with an argument so far */
  size_t ngiven;
} common;

/* 0, or an exit status after a message. Release with common_done. */
int common_init(common *c, const char *command);
void common_done(common *c);
/* Takes one of the options above: -1 when it is not one of them, 0, or an exit status after a message. */
int common_option(common *c, int option, const char *value);
/* 0, or a usage error when --format is none of the names (a NULL ends them; the first is the default). */
int common_formats(common *c, const char *const *names);

/* "policyeval COMMAND: message" and how to get help; returns EXIT_USAGE. */
int usage_error(const common *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "policyeval COMMAND: message"; returns the status. */
int fail(const common *c, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A library error that is not about the input. */
int fail_rc(const common *c, int rc, const char *what);
/* Gives every option to `take`, together with `to`. 0: go on with argv[optind]; HELPED: the usage was printed, and nothing is left
 * to do; an exit status after a message. */
enum { HELPED = -1 };
typedef int (*take_option)(common *c, void *to, int code, char *const *argv);
int common_options(common *c, int argc, char **argv, const struct option *options, const char *usage, take_option take,
                   void *to);
/* Keeps an option with its argument. 0: take it; GIVEN_AGAIN: it was taken before; an exit status after a message, also when it
 * contradicts what was given before. */
enum { GIVEN_AGAIN = -2 };
int take_given(common *c, const struct option *o, const char *value);
/* What getopt_long refused ('?' or ':'), in words. */
int bad_option(const common *c, int code, char *const *argv);

/* Writes to stdout, or to --output through a temporary file and rename. 0 or EXIT_INPUT after a message. */
int put_result(const common *c, const char *text, size_t len);
/* The same for text whose first word is a verdict, coloured on a terminal. */
int put_verdict(const common *c, const char *text, size_t len, int effect);

/* Results that come bit by bit: stdout, or a temporary file that becomes --output when it is whole. */
typedef struct sink {
  FILE *file;
  char *target, *temporary; /* NULL: the file itself is written to */
} sink;
int sink_open(const common *c, sink *s); /* 0, or EXIT_INPUT after a message */
/* good: everything was written; else a temporary file is thrown away. 0, or EXIT_INPUT after a message. */
int sink_close(const common *c, sink *s, bool good);

/* 0, or a usage error when --expect is none of the words (a NULL ends them): before any work is done. */
int expect_words(const common *c, const char *const *words);
/* The status: that of --expect when it is given, which the answer is or is not, else the command's own. */
int expect_status(const common *c, const char *answer, int status);
/* The same two for verdicts. */
int check_expect(const common *c);
int verdict_status(const common *c, int effect, bool operable);

/* Loads a policy file; "-" is stdin. NULL in *policy: the reply said that there is no policy. 0, or an exit status after
 * the findings were printed. */
int load_policy(const common *c, int kind, const char *path, policyeval_policy **policy);
/* The whole of a file or of stdin ("-"); release with free. 0, or EXIT_INPUT after a message. */
int read_file(const common *c, const char *path, char **text, size_t *len);
/* The same without a message: NULL and errno. */
char *read_quietly(const char *path, size_t *len);

#endif

/* SPDX-License-Identifier: MIT */
/* The command line: dispatch only. Commands use the public headers of the library and nothing else. */
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <string.h>

#include "common.h"

#define COMMAND(id, name, about) int cmd_##id(int argc, char **argv);
#include "commands.h"
#undef COMMAND

#define COMMAND(id, name, about) {name, about, cmd_##id},
static const struct {
  const char *name, *about;
  int (*run)(int argc, char **argv);
} commands[] = {
#include "commands.h"
};
#undef COMMAND

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(FILE *to) {
  fprintf(to, "policyeval %s: evaluates AWS policies offline\n\nusage: policyeval COMMAND [OPTION]...\n\n",
          policyeval_version());
  for (size_t i = 0; i < COMMANDS; i++) fprintf(to, "  %-26s %s\n", commands[i].name, commands[i].about);
  fprintf(to, "\npolicyeval COMMAND --help tells the options of a command.\n"
              "exit status: 0 allowed or passed, 1 denied or failed, 2 usage, 3 unreadable input, 4 unknown\n");
}

static int exit_status(int status) { return status == HELPED ? EXIT_YES : status; }

int main(int argc, char **argv) {
  if (argc < 2) {
    help(stderr);
    return 2;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
    help(stdout);
    return 0;
  }
  const char *name = strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(commands[i].name, name) == 0) return exit_status(commands[i].run(argc - 1, argv + 1));
  fprintf(stderr, "policyeval: there is no command %s; policyeval --help lists them\n", argv[1]);
  return 2;
}

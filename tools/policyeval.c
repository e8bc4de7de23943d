/* SPDX-License-Identifier: MIT */
/* The command line: dispatch only. Commands use the public headers of the library and nothing else. */
#include <policyeval/policyeval.h>
#include <stdbool.h>
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
  fprintf(to, "\npolicyeval help COMMAND, or COMMAND --help, tells the options of a command.\n"
              "exit status: 0 allowed or passed, 1 denied or failed, 2 usage, 3 unreadable input, 4 unknown\n");
}

static int run_command(const char *name, int argc, char **argv) {
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(commands[i].name, name) == 0) {
      const int status = commands[i].run(argc, argv);
      return status == HELPED ? EXIT_YES : status;
    }
  fprintf(stderr, "policyeval: there is no command %s; policyeval --help lists them\n", name);
  return EXIT_USAGE;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    help(stderr);
    return 2;
  }
  const bool asks_help = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0;
  if (asks_help && argc == 2) {
    help(stdout);
    return 0;
  }
  if (asks_help) { /* help COMMAND is COMMAND --help */
    char option[] = "--help", *words[] = {argv[2], option, NULL};
    return run_command(argv[2], 2, words);
  }
  return run_command(strcmp(argv[1], "--version") == 0 ? "version" : argv[1], argc - 1, argv + 1);
}

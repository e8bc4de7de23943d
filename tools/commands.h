/* SPDX-License-Identifier: MIT */
/* The commands: COMMAND(name, what it answers). Each is a file cmd_<name>.c with int cmd_<name>(int argc, char **argv), where
 * argv[0] is the command's name; '-' in a name is '_' in C. */
COMMAND(access, "access", "may this principal read this secret, and if not, why not")
COMMAND(simulate, "simulate", "one request, or a file of cases, any service, all policy layers")
COMMAND(validate, "validate", "what is wrong with a policy, or could be better, and what to write instead")
COMMAND(version, "version", "library and build facts")

# SPDX-License-Identifier: MIT
# The command line tool: public headers only. A new command is a line in commands.h and a file cmd_<name>.c here.
bin_PROGRAMS += tools/policyeval
tools_policyeval_SOURCES =
tools_policyeval_SOURCES += tools/checks.c
tools_policyeval_SOURCES += tools/checks.h
tools_policyeval_SOURCES += tools/cmd_access.c
tools_policyeval_SOURCES += tools/cmd_check_access_not_granted.c
tools_policyeval_SOURCES += tools/cmd_check_no_new_access.c
tools_policyeval_SOURCES += tools/cmd_check_no_public_access.c
tools_policyeval_SOURCES += tools/cmd_compare.c
tools_policyeval_SOURCES += tools/cmd_simulate.c
tools_policyeval_SOURCES += tools/cmd_validate.c
tools_policyeval_SOURCES += tools/cmd_version.c
tools_policyeval_SOURCES += tools/commands.h
tools_policyeval_SOURCES += tools/common.c
tools_policyeval_SOURCES += tools/common.h
tools_policyeval_SOURCES += tools/facts.c
tools_policyeval_SOURCES += tools/facts.h
tools_policyeval_SOURCES += tools/policies.c
tools_policyeval_SOURCES += tools/policies.h
tools_policyeval_SOURCES += tools/policyeval.c
tools_policyeval_SOURCES += tools/simulate_cases.c
tools_policyeval_SOURCES += tools/simulate_cases.h
tools_policyeval_LDADD = libpolicyeval.la
tools_policyeval_CPPFLAGS = -I$(top_srcdir)/include -I$(top_builddir)/include

# SPDX-License-Identifier: MIT
# The command line tool: public headers only. Once there is tools/policyeval.c:
#   bin_PROGRAMS += tools/policyeval
#   tools_policyeval_SOURCES = tools/policyeval.c tools/cmd_version.c ...
#   tools_policyeval_LDADD = libpolicyeval.la

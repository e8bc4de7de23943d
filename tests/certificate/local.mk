# SPDX-License-Identifier: MIT
# Programs that write a certificate of every NO, and the check of these (docs/analysis.md, certificates). They are the tool and
# two unit tests, linked with a writer that all budgets are given to.
wrap_budgets = -Wl,--wrap=pe_budget_init
check_PROGRAMS += tests/certificate/policyeval
tests_certificate_policyeval_SOURCES = tests/certificate/writer.c $(tools_policyeval_SOURCES)
tests_certificate_policyeval_LDADD = libpe.la
tests_certificate_policyeval_LDFLAGS = $(AM_LDFLAGS) $(wrap_budgets)
if HAVE_CHECK
check_PROGRAMS += tests/certificate/legs tests/certificate/query tests/certificate/solve
tests_certificate_legs_SOURCES = tests/certificate/writer.c tests/unit/test_legs.c
tests_certificate_legs_LDFLAGS = $(AM_LDFLAGS) $(wrap_budgets)
tests_certificate_query_SOURCES = tests/certificate/writer.c tests/unit/test_query.c
tests_certificate_query_LDFLAGS = $(AM_LDFLAGS) $(wrap_budgets)
tests_certificate_solve_SOURCES = tests/certificate/writer.c tests/unit/test_solve.c
tests_certificate_solve_LDFLAGS = $(AM_LDFLAGS) $(wrap_budgets)
endif
TESTS += tests/certificate/check.py

# SPDX-License-Identifier: MIT
# Checks over a corpus of real policies (POLICYEVAL_CORPUS names its folder); skipped without one.
check_PROGRAMS += tests/corpus/managed
TESTS += tests/corpus/managed
tests_corpus_managed_SOURCES = tests/corpus/managed.c
tests_corpus_managed_LDADD = libpolicyeval.la $(JANSSON_LIBS)
TESTS += tests/corpus/validate.py

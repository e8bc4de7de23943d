# SPDX-License-Identifier: MIT
# Threads over shared objects; ThreadSanitizer runs them, too (.ci/gates).
check_PROGRAMS += tests/threads/threads
TESTS += tests/threads/threads
tests_threads_threads_SOURCES = tests/threads/threads.c
tests_threads_threads_LDADD = libpolicyeval.la
tests_threads_threads_LDFLAGS = $(AM_LDFLAGS) -pthread
check_PROGRAMS += tests/threads/shared
TESTS += tests/threads/shared
tests_threads_shared_SOURCES = tests/threads/shared.c
tests_threads_shared_LDADD = libpolicyeval.la
tests_threads_shared_LDFLAGS = $(AM_LDFLAGS) -pthread

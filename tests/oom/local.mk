# SPDX-License-Identifier: MIT
# Programs that fail every allocation in turn, through the public API. jansson's allocations fail too.
# Arenas ask for each block by itself (pe_test_context), so that the blocks of an arena fail one by one as well.
if HAVE_CHECK
check_PROGRAMS += tests/oom/oom_access
TESTS += tests/oom/oom_access
tests_oom_oom_access_SOURCES = tests/oom/oom_access.c
tests_oom_oom_access_LDADD = tests/unit/libunit.la libpe.la $(CHECK_LIBS) $(JANSSON_LIBS)
endif
if HAVE_CHECK
check_PROGRAMS += tests/oom/oom_simulate
TESTS += tests/oom/oom_simulate
tests_oom_oom_simulate_SOURCES = tests/oom/oom_simulate.c
tests_oom_oom_simulate_LDADD = tests/unit/libunit.la libpe.la $(CHECK_LIBS)
endif
if HAVE_CHECK
check_PROGRAMS += tests/oom/oom_grant
TESTS += tests/oom/oom_grant
tests_oom_oom_grant_SOURCES = tests/oom/oom_grant.c
tests_oom_oom_grant_LDADD = tests/unit/libunit.la libpe.la $(CHECK_LIBS) $(JANSSON_LIBS)
endif
if HAVE_CHECK
check_PROGRAMS += tests/oom/oom_vectors
TESTS += tests/oom/oom_vectors
tests_oom_oom_vectors_SOURCES = tests/oom/oom_vectors.c tests/unit/decide_case.c tests/unit/decide_case.h
tests_oom_oom_vectors_LDADD = tests/unit/libunit.la libpe.la $(CHECK_LIBS) $(JANSSON_LIBS)
endif
if HAVE_CHECK
check_PROGRAMS += tests/oom/oom_questions
TESTS += tests/oom/oom_questions
tests_oom_oom_questions_SOURCES = tests/oom/oom_questions.c tests/oom/questions.c tests/oom/questions.h
tests_oom_oom_questions_SOURCES += tests/vectors/vector_access.c tests/vectors/vector_file.c
tests_oom_oom_questions_SOURCES += tests/vectors/vector_replay.c tests/vectors/vectors.h
tests_oom_oom_questions_LDADD = tests/unit/libunit.la libpe.la $(CHECK_LIBS) $(JANSSON_LIBS)
endif

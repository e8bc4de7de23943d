# SPDX-License-Identifier: MIT
# The vectors through the public API: tests/vectors/run_vectors [FOLDER] prints what fails.
check_PROGRAMS += tests/vectors/run_vectors
tests_vectors_run_vectors_SOURCES = tests/vectors/run_vectors.c
tests_vectors_run_vectors_SOURCES += tests/vectors/vector_access.c
tests_vectors_run_vectors_SOURCES += tests/vectors/vector_analysis.c
tests_vectors_run_vectors_SOURCES += tests/vectors/vector_decide.c
tests_vectors_run_vectors_SOURCES += tests/vectors/vector_file.c
tests_vectors_run_vectors_SOURCES += tests/vectors/vector_load.c
tests_vectors_run_vectors_SOURCES += tests/vectors/vector_replay.c
tests_vectors_run_vectors_SOURCES += tests/vectors/vectors.h
tests_vectors_run_vectors_LDADD = libpolicyeval.la $(JANSSON_LIBS)
TESTS += tests/vectors/run_vectors

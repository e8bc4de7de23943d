# SPDX-License-Identifier: MIT
# Fuzz targets: fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput, its seeds are files in fuzz/seeds/NAME/.
# With --enable-fuzzing (clang) each is a libFuzzer program; otherwise the same program replays files and
# folders given as arguments, or its seeds, as make check does.
# To add one: write fuzz/fuzz_NAME.c, add the line `fuzz_programs += fuzz/fuzz_NAME` and the two lines
#   fuzz_fuzz_NAME_LDADD = $(fuzz_ldadd)
#   fuzz_fuzz_NAME_LDFLAGS = $(fuzz_ldflags)
# below.
fuzz_ldflags = $(AM_LDFLAGS)
if FUZZING
fuzz_ldadd = libpe.la
fuzz_ldflags += $(LIB_FUZZING_ENGINE)
EXTRA_PROGRAMS += $(fuzz_programs)
else
fuzz_ldadd = fuzz/libreplay.la libpe.la
check_LTLIBRARIES += fuzz/libreplay.la
check_PROGRAMS += $(fuzz_programs)
TESTS += $(fuzz_programs)
endif
fuzz_libreplay_la_SOURCES = fuzz/replay.c
fuzz_programs += fuzz/fuzz_case
fuzz_fuzz_case_LDADD = $(fuzz_ldadd)
fuzz_fuzz_case_LDFLAGS = $(fuzz_ldflags)

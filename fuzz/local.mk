# SPDX-License-Identifier: MIT
# Fuzz targets: fuzz/fuzz_NAME.c defines LLVMFuzzerTestOneInput, its seeds are files in fuzz/seeds/NAME/.
# With --enable-fuzzing (clang) each is a libFuzzer program; otherwise the same program replays files and
# folders given as arguments, or its seeds, as make check does.
# Seeds are kept few with `fuzz_NAME -set_cover_merge=1 NEW_FOLDER fuzz/seeds/NAME`; those that once found a fault stay.
# To add one: write fuzz/fuzz_NAME.c, add the line `fuzz_programs += fuzz/fuzz_NAME` and the lines
#   fuzz_fuzz_NAME_SOURCES, _LDADD and _LDFLAGS
# below, and a dictionary fuzz/NAME.dict if it helps. `make fuzz-long` in a build with --enable-fuzzing runs each for
# FUZZ_SECONDS (an hour without it).
fuzz_common = fuzz/fuzz.h fuzz/make.c
fuzz_programs += fuzz/fuzz_access
fuzz_fuzz_access_SOURCES = fuzz/fuzz_access.c $(fuzz_common)
fuzz_fuzz_access_LDADD = $(fuzz_ldadd)
fuzz_fuzz_access_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_analysis
fuzz_fuzz_analysis_SOURCES = fuzz/fuzz_analysis.c $(fuzz_common)
fuzz_fuzz_analysis_LDADD = $(fuzz_ldadd)
fuzz_fuzz_analysis_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_case
fuzz_fuzz_case_SOURCES = fuzz/fuzz_case.c
fuzz_fuzz_case_LDADD = $(fuzz_ldadd) $(JANSSON_LIBS)
fuzz_fuzz_case_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_decide
fuzz_fuzz_decide_SOURCES = fuzz/fuzz_decide.c $(fuzz_common)
fuzz_fuzz_decide_LDADD = $(fuzz_ldadd)
fuzz_fuzz_decide_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_grant
fuzz_fuzz_grant_SOURCES = fuzz/fuzz_grant.c $(fuzz_common)
fuzz_fuzz_grant_LDADD = $(fuzz_ldadd)
fuzz_fuzz_grant_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_json
fuzz_fuzz_json_SOURCES = fuzz/fuzz_json.c $(fuzz_common)
fuzz_fuzz_json_LDADD = $(fuzz_ldadd) $(JANSSON_LIBS)
fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_load
fuzz_fuzz_load_SOURCES = fuzz/fuzz_load.c $(fuzz_common)
fuzz_fuzz_load_LDADD = $(fuzz_ldadd)
fuzz_fuzz_load_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_model
fuzz_fuzz_model_SOURCES = fuzz/fuzz_model.c fuzz/model.c fuzz/model.h $(fuzz_common)
fuzz_fuzz_model_LDADD = $(fuzz_ldadd)
fuzz_fuzz_model_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_pattern
fuzz_fuzz_pattern_SOURCES = fuzz/fuzz_pattern.c $(fuzz_common)
fuzz_fuzz_pattern_LDADD = $(fuzz_ldadd)
fuzz_fuzz_pattern_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_unwrap
fuzz_fuzz_unwrap_SOURCES = fuzz/fuzz_unwrap.c $(fuzz_common)
fuzz_fuzz_unwrap_LDADD = $(fuzz_ldadd) $(JANSSON_LIBS)
fuzz_fuzz_unwrap_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += fuzz/fuzz_validate
fuzz_fuzz_validate_SOURCES = fuzz/fuzz_validate.c $(fuzz_common)
fuzz_fuzz_validate_LDADD = $(fuzz_ldadd)
fuzz_fuzz_validate_LDFLAGS = $(fuzz_ldflags)
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

FUZZ_SECONDS = 3600
fuzz-long: $(fuzz_programs)
	@for p in $(fuzz_programs); do name=$${p##*fuzz_}; mkdir -p fuzz/corpus/$$name; \
	  dict=; test ! -f $(srcdir)/fuzz/$$name.dict || dict=-dict=$(srcdir)/fuzz/$$name.dict; \
	  ./$$p -max_total_time=$(FUZZ_SECONDS) -timeout=25 $$dict fuzz/corpus/$$name $(srcdir)/fuzz/seeds/$$name || exit 1; done
.PHONY: fuzz-long

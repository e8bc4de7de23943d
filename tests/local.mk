# SPDX-License-Identifier: MIT
# Scripts that make check runs: *.py with python3, *.sh with sh. Exit 0 passed, 77 skipped, else failed.
# They find their way by srcdir (top of the sources, absolute), builddir (top of the build), CC, CXX, NM,
# POLICYEVAL (the tool) and LIBPOLICYEVAL (the folder with the libraries).
TEST_EXTENSIONS = .py .sh
SH_LOG_COMPILER = $(SHELL)
if HAVE_PYTHON3
PY_LOG_COMPILER = $(PYTHON3)
else
PY_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/skip.sh
endif
if PLAIN_BUILD
plain_build = yes
else
plain_build = no
endif
AM_TESTS_ENVIRONMENT = \
  srcdir='$(abs_top_srcdir)'; export srcdir; \
  builddir='$(abs_top_builddir)'; export builddir; \
  CC='$(CC)'; export CC; NM='$(NM)'; export NM; \
  POLICYEVAL='$(abs_top_builddir)/tools/policyeval'; export POLICYEVAL; \
  LIBPOLICYEVAL='$(abs_top_builddir)/.libs'; export LIBPOLICYEVAL; \
  PLAIN_BUILD=$(plain_build); export PLAIN_BUILD; \
  CK_VERBOSITY=normal; export CK_VERBOSITY; \
  PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE;

TESTS += tests/abi/check_step.py
TESTS += tests/analysis/metamorphic.py
TESTS += tests/cli/access.py
TESTS += tests/cli/analysis.py
TESTS += tests/cli/grant.py
TESTS += tests/cli/simulate.py
TESTS += tests/cli/validate.py
TESTS += tests/cli/who_can.py
TESTS += tests/cli/witness.py
TESTS += tests/docs/check_man.py
TESTS += tests/docs/check_readings.py
TESTS += tests/docs/check_readme.py
TESTS += tests/docs/check_rules.py
TESTS += tests/docs/check_sbom.py
TESTS += tests/docs/run_examples.py
TESTS += tests/exports/exports.py
TESTS += tests/exports/promises.py
TESTS += tests/headers/headers.sh
TESTS += tests/install/install.sh
TESTS += tests/layers/layers.py
TESTS += tests/reference/differential.py
TESTS += tests/reference/vectors.py
TESTS += tests/smt/differential.py
TESTS += tests/tree/check_coverage.py
TESTS += tests/tree/tree.py
TESTS += tests/vectors/check.py

# Writes libpolicyeval.map and docs/symbols-in-versions anew from the headers.
update-exports:
	srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)' $(PYTHON3) $(srcdir)/tests/exports/exports.py --update
# Writes the excerpt of the demo in README.md anew.
update-readme: all
	PATH='$(abs_top_builddir)/tools':"$$PATH" $(PYTHON3) $(srcdir)/tests/docs/check_readme.py --update
# Writes what the examples of docs/*.md print anew.
update-examples: all
	srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)' $(PYTHON3) $(srcdir)/tests/docs/run_examples.py --update
.PHONY: update-exports update-readme update-examples

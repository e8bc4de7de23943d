# SPDX-License-Identifier: MIT
# The C unit tests under valgrind memcheck, in one process each (so that leaks of the tests themselves count too).
# Random tests have a twentieth of their cases (UNIT_SHARE; pairs of whole policies none): valgrind takes some thirty times as long.
. "$TOP/.ci/gate.sh"
with valgrind valgrind
build "$OUT" CPPFLAGS=-DUNIT_SHARE=20 --enable-werror --disable-shared || exit 1
export CK_FORK=no
suite TEST_SUITE_LOG=valgrind-suite.log \
  TESTS="$(make -s -C "$OUT" print-unit-tests | tr ' ' '\n' | grep -v /test_pairs | tr '\n' ' ')" LOG_COMPILER=valgrind \
  LOG_FLAGS="-q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible"

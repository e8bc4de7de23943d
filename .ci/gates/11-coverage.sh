# SPDX-License-Identifier: MIT
# No layer is covered less than .ci/coverage-floor says, and .ci/coverage-explained has a reason for each branch never run of six.
. "$TOP/.ci/gate.sh"
with gcov gcc
build "$OUT" CC=gcc CFLAGS="-g -O0" --enable-coverage --disable-shared || exit 1
find "$OUT" -name '*.gcda' -delete
export OOM_MOST=25     # failed allocations a question: lib/sym has a branch after each
export PAIRS_CASES=20000 SOLVE_CASES=10000 # the others reach nothing more
POLICYEVAL_ORACLES=yes # they reach branches of lib/sym that nothing else does
suite || exit 1
python3 script/coverage "$OUT"

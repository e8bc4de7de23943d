# SPDX-License-Identifier: MIT
# Random pairs of policies (SMT_PAIRS, 120 without it) to the analysis and to cvc5, which knows nothing of it; random
# policies (METAMORPHIC_CASES, 1500) to what must hold between answers.
. "$TOP/.ci/gate.sh"
with python3 python3
with cvc5 cvc5
build_test || exit 1
srcdir=$TOP builddir=$TOP/build-test LIBPOLICYEVAL=$TOP/build-test/.libs
export srcdir builddir LIBPOLICYEVAL
METAMORPHIC_CASES=${METAMORPHIC_CASES:-1500} python3 tests/analysis/metamorphic.py || exit 1
SMT_PAIRS=${SMT_PAIRS:-120} SMT_SEED=${SMT_SEED:-2} SMT_MILLISECONDS=${SMT_MILLISECONDS:-8000} \
  python3 tests/smt/differential.py

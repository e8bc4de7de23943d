# SPDX-License-Identifier: MIT
# Random cases (DIFFERENTIAL_CASES, 20000 without it) to the library and to the reference evaluator of tests/reference.
. "$TOP/.ci/gate.sh"
with python3 python3
build "$OUT" CFLAGS="-g -O2" --disable-shared || exit 1
quietly "$OUT/make.log" make -C "$OUT" -j"$JOBS" tools/policyeval || exit 1
python3 tests/reference/differential.py --tool "$OUT/tools/policyeval" --cases "${DIFFERENTIAL_CASES:-20000}" \
  --seed "${DIFFERENTIAL_SEED:-1}"

# SPDX-License-Identifier: MIT
# Hostile inputs of one size and of four times that: the time grows as docs/limits.md says, or they are refused.
. "$TOP/.ci/gate.sh"
with python3 python3
build "$OUT" CFLAGS="-g -O2" --disable-shared || exit 1
quietly "$OUT/make.log" make -C "$OUT" -j"$JOBS" tools/policyeval || exit 1
POLICYEVAL=$OUT/tools/policyeval python3 tests/limits/hostile.py

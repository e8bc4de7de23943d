# SPDX-License-Identifier: MIT
# Optimised at link time and without a procedure linkage table (gcc -flto -fno-plt): no warning, the same exports, no
# call through the table, and the tests of the command line pass.
. "$TOP/.ci/gate.sh"
with gcc gcc
with readelf binutils
build "$OUT" CC=gcc AR=gcc-ar NM=gcc-nm RANLIB=gcc-ranlib --enable-werror --disable-static \
  CFLAGS="-O2 -flto=$JOBS -fno-plt" || exit 1
readelf -rW "$OUT/.libs/libpolicyeval.so" >"$OUT/relocations" || exit 1
if grep JUMP_SLO "$OUT/relocations"; then
  say "calls through a procedure linkage table in a build without one"
  exit 1
fi
suite TESTS="tests/exports/exports.py tests/cli/access.py tests/cli/analysis.py tests/cli/grant.py
  tests/cli/simulate.py tests/cli/validate.py" check_PROGRAMS=

# SPDX-License-Identifier: MIT
# What the gates share; read with `.`, not run.
. "$TOP/script/lib.sh"

skip() {
  say "skipped: $*"
  exit 77
}
with() { command -v "$1" >/dev/null 2>&1 || skip "no $1 (Debian package: $2)"; }

# build_test: the build of script/test, which several gates use; one of them at a time sees that it is there.
build_test() {
  mkdir -p build-ci
  exec 9>build-ci/lock
  flock 9
  build build-test --enable-werror --enable-hardening --prefix="$TOP/build-test/installed"
  built=$?
  exec 9>&-
  return $built
}

# suite [MAKE ARGUMENTS]: make check in OUT, with the count as the last line and the logs of what failed before it.
suite() {
  # More allocations of more vectors fail in script/test, and where the gate says how many.
  [ -n "${OOM_MOST:-}" ] || { OOM_MOST=5 OOM_STEP=16 && export OOM_MOST OOM_STEP; }
  # Certificates, cvc5 and the like run without instruments in script/test, and longer in gates of their own.
  POLICYEVAL_ORACLES=${POLICYEVAL_ORACLES:-no}
  export POLICYEVAL_ORACLES
  make -C "$OUT" -j"$JOBS" check "$@" >"$OUT/check.log" 2>&1
  status=$?
  sh script/count-check "$OUT" >"$OUT/counts"
  for failed in $(awk '$3 != 0 { print $5 }' "$OUT/counts"); do
    say "---- $failed failed (the end of $OUT/$failed.log)"
    tail -n 30 "$OUT/$failed.log"
  done
  if [ $status != 0 ]; then
    awk '$3 != 0 { f = 1 } END { exit f }' "$OUT/counts" && tail -n 30 "$OUT/check.log"
  fi
  awk '{ p += $2; f += $3; s += $4 } END { print p + 0 " tests passed, " f + 0 " failed, " s + 0 " skipped" }' "$OUT/counts"
  [ $status = 0 ] || return 1
  awk '{ p += $2 } END { exit p == 0 }' "$OUT/counts"
}
# suite_of_programs SCRIPTS [MAKE ARGUMENTS]: as suite, but only programs of C, and the scripts that are named. Left out are the
# replay of fuzz targets and the longest random tests: what differs between machines shows in the others.
suite_of_programs() {
  programs=$(make -s -C "$OUT" print-c-tests | tr ' ' '\n' |
    grep -vE '^fuzz/|test_(solve|query|legs|validate|grant_property|decide_property|condition_model|pairs)$' | tr '\n' ' ')
  [ -n "$programs" ] || exit 1
  scripts=$1
  shift
  suite TESTS="$programs $scripts" check_PROGRAMS="$programs" "$@"
}

# SPDX-License-Identifier: MIT
# What the gates share; read with `.`, not run.
. "$TOP/script/lib.sh"

skip() {
  say "skipped: $*"
  exit 77
}
with() { command -v "$1" >/dev/null 2>&1 || skip "no $1 (Debian package: $2)"; }

# suite [MAKE ARGUMENTS]: make check in OUT, with the count as the last line and the logs of what failed before it.
suite() {
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
# suite_of_programs TESTS [MAKE ARGUMENTS]: as suite, but only the programs of C, and the scripts that TESTS names.
suite_of_programs() {
  programs=$(make -s -C "$OUT" print-c-tests)
  [ -n "$programs" ] || exit 1
  programs="$programs $1"
  shift
  suite TESTS="$programs" "$@"
}

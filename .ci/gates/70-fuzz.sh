# SPDX-License-Identifier: MIT
# Each fuzz target for a short time (FUZZ_SECONDS, 6 without it) with AddressSanitizer and UndefinedBehaviorSanitizer.
# (-fsanitize=integer is for the long runs: configure with --enable-sanitizers=address,undefined,integer.)
. "$TOP/.ci/gate.sh"
with clang clang
ls fuzz/fuzz_*.c >/dev/null 2>&1 || skip "no fuzz targets"
build "$OUT" CC=clang CFLAGS="-g -O1" --enable-fuzzing --enable-sanitizers=address,undefined --disable-shared || exit 1
targets=$(make -s -C "$OUT" print-fuzz-programs)
quietly "$OUT/targets.log" make -C "$OUT" -j"$JOBS" $targets || exit 1
runs=0 count=0
for target in $targets; do
  name=${target##*/fuzz_}
  mkdir -p "$OUT/corpus/$name" "$OUT/crashes"
  set -- "$OUT/corpus/$name"
  [ ! -d "fuzz/seeds/$name" ] || set -- "$@" "fuzz/seeds/$name"
  dict=
  [ ! -f "fuzz/$name.dict" ] || dict=-dict=fuzz/$name.dict
  if ! "$OUT/$target" -max_total_time="${FUZZ_SECONDS:-6}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$OUT/crashes/$name-" $dict "$@" >"$OUT/$name.log" 2>&1; then
    tail -n 40 "$OUT/$name.log"
    say "$target failed; the input is in $OUT/crashes"
    exit 1
  fi
  n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$OUT/$name.log")
  say "$name: $n runs"
  runs=$((runs + n)) count=$((count + 1))
done
say "$count targets, $runs runs"

# SPDX-License-Identifier: MIT
# clang-tidy (.clang-tidy) finds nothing in the library and the tools.
. "$TOP/.ci/gate.sh"
with clang-tidy clang-tidy
build_test || exit 1
find lib tools -name '*.c' | sort >"$OUT/files"
# A sixth of the paths that the analyzer follows by default, to save time.
xargs -P "$JOBS" -n 4 clang-tidy --quiet <"$OUT/files" 2>"$OUT/stderr" >"$OUT/stdout" \
  --extra-arg=-std=gnu11 --extra-arg=-Ilib --extra-arg=-Iinclude --extra-arg=-Ibuild-test/include \
  --extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=40000
status=$?
grep -E 'warning:|error:' "$OUT/stdout" | sort -u
[ $status = 0 ] || exit 1
say "$(wc -l <"$OUT/files") files"

# SPDX-License-Identifier: MIT
# clang-tidy (.clang-tidy) finds nothing in the library and the tools.
. "$TOP/.ci/gate.sh"
with clang-tidy clang-tidy
[ -f build-test/include/policyeval/version.h ] || build build-test || exit 1
find lib tools -name '*.c' | sort >"$OUT/files"
xargs -P "$JOBS" -n 4 clang-tidy --quiet <"$OUT/files" 2>"$OUT/stderr" >"$OUT/stdout" \
  --extra-arg=-std=gnu11 --extra-arg=-Ilib --extra-arg=-Iinclude --extra-arg=-Ibuild-test/include
status=$?
grep -E 'warning:|error:' "$OUT/stdout" | sort -u
[ $status = 0 ] || exit 1
say "$(wc -l <"$OUT/files") files"

# SPDX-License-Identifier: MIT
# cppcheck finds nothing in the library and the tools.
. "$TOP/.ci/gate.sh"
with cppcheck cppcheck
build_test || exit 1
# internalAstError, syntaxError: cppcheck 2.10 cannot read the macros of base/vec.h, nor `not` as a name. uninitvar: it
# takes an address for a read; compilers, sanitizers and valgrind see these.
cppcheck --quiet --std=c11 --language=c -j"$JOBS" --enable=warning,portability --inline-suppr --error-exitcode=1 \
  --suppress=missingIncludeSystem --suppress=unmatchedSuppression --suppress=internalAstError \
  --suppress=syntaxError --suppress=uninitvar --library=posix \
  --cppcheck-build-dir="$OUT" -DPOLICYEVAL_API= \
  -Ilib -Iinclude -Ibuild-test/include lib tools || exit 1
say "$(find lib tools -name '*.c' | wc -l) files"

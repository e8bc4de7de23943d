# SPDX-License-Identifier: MIT
# The C programs with ThreadSanitizer, random tests with a tenth of their cases (UNIT_SHARE). With clang: gcc 12 at -O1 with -fsanitize=thread loses one side of a comparison of
# two bools (in tests/unit/cond_env.c), at -O0, -O2 or without the option it does not.
. "$TOP/.ci/gate.sh"
with clang clang
build "$OUT" CC=clang CFLAGS="-g -O1" CPPFLAGS=-DUNIT_SHARE=10 --enable-werror --enable-sanitizers=thread --disable-shared || exit 1
export TSAN_OPTIONS=halt_on_error=1
suite_of_programs ""

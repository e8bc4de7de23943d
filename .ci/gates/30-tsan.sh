# SPDX-License-Identifier: MIT
# The C programs that have threads, and the shared vectors, with ThreadSanitizer. With clang: gcc 12 at -O1 with -fsanitize=thread loses one side of a comparison of
# two bools (in tests/unit/cond_env.c), at -O0, -O2 or without the option it does not.
. "$TOP/.ci/gate.sh"
with clang clang
build "$OUT" CC=clang CFLAGS="-g -O1" --enable-werror --enable-sanitizers=thread --disable-shared || exit 1
export TSAN_OPTIONS=halt_on_error=1
threaded="tests/threads/threads tests/threads/shared tests/vectors/run_vectors tests/oom/oom_simulate"
suite TESTS="$threaded" check_PROGRAMS="$threaded"

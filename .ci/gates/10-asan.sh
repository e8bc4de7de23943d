# SPDX-License-Identifier: MIT
# The suite with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, random tests with a tenth of their cases (UNIT_SHARE).
. "$TOP/.ci/gate.sh"
build "$OUT" CFLAGS="-g -O1" CPPFLAGS=-DUNIT_SHARE=10 --enable-werror --enable-sanitizers=address,undefined --disable-shared || exit 1
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
suite

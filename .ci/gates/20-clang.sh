# SPDX-License-Identifier: MIT
# clang compiles it without a warning, and the suite passes, random tests with a fifth of their cases. In the library and the
# command an integer that does not fit its type, or changes its value on the way to another, ends the program at once
# (SIGILL; a build with --enable-sanitizers=integer says where). PE_WRAPS marks what is meant to wrap
# around.
. "$TOP/.ci/gate.sh"
with clang clang
integer="-fsanitize=integer -fsanitize-trap=integer -fsanitize-ignorelist=$TOP/.ci/integer.ignore"
build "$OUT" CC=clang CFLAGS="-g -O2 $integer" CPPFLAGS=-DUNIT_SHARE=5 --enable-werror --enable-hardening || exit 1
suite

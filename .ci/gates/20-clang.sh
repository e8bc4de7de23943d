# SPDX-License-Identifier: MIT
# clang compiles it without a warning, and the suite passes, random tests with a fifth of their cases.
. "$TOP/.ci/gate.sh"
with clang clang
build "$OUT" CC=clang CPPFLAGS=-DUNIT_SHARE=5 --enable-werror --enable-hardening || exit 1
suite

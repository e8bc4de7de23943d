# SPDX-License-Identifier: MIT
# clang compiles it without a warning, and the suite passes.
. "$TOP/.ci/gate.sh"
with clang clang
build "$OUT" CC=clang --enable-werror --enable-hardening || exit 1
suite

# SPDX-License-Identifier: MIT
# musl instead of glibc: the library, the tools and the C programs of make check, and the tests of the command line.
# jansson and Check are Debian's source packages, built with musl-gcc.
. "$TOP/.ci/gate.sh"
. "$TOP/.ci/foreign.sh"
with musl-gcc musl-tools
from_source musl "$(uname -m)-linux-musl" musl-gcc
build "$OUT" CC=musl-gcc --host="$(uname -m)-linux-musl" --enable-werror --disable-static CFLAGS=-O1 || exit 1
# What a C library has a part in: memory, texts, numbers, threads; the shared vectors; the command.
programs="$(printf 'tests/unit/test_%s ' base json load print value pattern validate case) tests/threads/threads tests/vectors/run_vectors"
suite TESTS="$programs tests/cli/access.py tests/cli/validate.py" check_PROGRAMS="$programs"

# SPDX-License-Identifier: MIT
# 32 bits: the library, the tools and the C programs of make check for i686, and the tests of the command line. The
# processor runs them itself. (gcc-multilib cannot be installed next to a cross compiler, which gate aarch64 needs.)
. "$TOP/.ci/gate.sh"
. "$TOP/.ci/foreign.sh"
lib=/usr/i686-linux-gnu/lib
with i686-linux-gnu-gcc gcc-i686-linux-gnu
[ -e "$lib/libc.so" ] || skip "no 32-bit C library (Debian package: libc6-dev-i386-cross)"
echo 'int main(void) { return sizeof(void *) != 4; }' >"$OUT/try.c"
i686-linux-gnu-gcc -static -o "$OUT/try" "$OUT/try.c" || exit 1
"$OUT/try" || skip "this machine runs no 32-bit programs"
packages i386 libjansson-dev libjansson4 check libsubunit-dev libsubunit0
jansson=$(dirname "$PKG_CONFIG_LIBDIR")
build "$OUT" CC=i686-linux-gnu-gcc --host=i686-linux-gnu --enable-werror --disable-static CPPFLAGS=-DUNIT_SHARE=10 CFLAGS=-O1 \
  LDFLAGS="-Wl,--dynamic-linker=$lib/ld-linux.so.2 -Wl,-rpath,$lib:$jansson" || exit 1
suite_of_programs "tests/cli/access.py tests/cli/analysis.py tests/cli/grant.py tests/cli/simulate.py tests/cli/validate.py"

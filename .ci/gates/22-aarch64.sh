# SPDX-License-Identifier: MIT
# aarch64: the library, the tools and the C programs of make check, run by qemu.
. "$TOP/.ci/gate.sh"
. "$TOP/.ci/foreign.sh"
lib=/usr/aarch64-linux-gnu
with aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
[ -e "$lib/lib/libc.so" ] || skip "no C library for it (Debian package: libc6-dev-arm64-cross)"
with qemu-aarch64 qemu-user
packages arm64 libjansson-dev libjansson4 check libsubunit-dev libsubunit0
jansson=$(dirname "$PKG_CONFIG_LIBDIR")
build "$OUT" CC=aarch64-linux-gnu-gcc --host=aarch64-linux-gnu --enable-werror --disable-static CPPFLAGS=-DUNIT_SHARE=10 CFLAGS=-O1 \
  LDFLAGS="-Wl,-rpath,$jansson" || exit 1
export QEMU_LD_PREFIX=$lib
suite_of_programs "" LOG_COMPILER="./libtool --mode=execute qemu-aarch64"

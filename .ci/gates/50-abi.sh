# SPDX-License-Identifier: MIT
# The ABI of the library is the one of tests/abi/libpolicyeval.abi. `make update-abi` writes that file anew; NEWS.md
# says what changed, and -version-info in configure.ac is stepped by the rule above it.
. "$TOP/.ci/gate.sh"
with abidw abigail-tools
[ -f tests/abi/libpolicyeval.abi ] || skip "no ABI is kept yet (make update-abi keeps it)"
build "$OUT" CFLAGS="-g -O2" --disable-static || exit 1
make -s -C "$OUT" abi || exit 1
abidiff --no-default-suppression tests/abi/libpolicyeval.abi "$OUT/libpolicyeval.abi"
status=$?
if [ $status != 0 ]; then
  say "abidiff ended with $status: if the change is wanted, run \`make update-abi\`, write it into NEWS.md, step -version-info"
  exit 1
fi
srcdir=$TOP builddir=$TOP/$OUT python3 tests/abi/check_step.py || exit 1
say "$(grep -c '<elf-symbol ' tests/abi/libpolicyeval.abi) exported symbols, no difference"

# SPDX-License-Identifier: MIT
# Installs a copy with DESTDIR, builds every program of examples/ against it as a user would (pkg-config, shared
# and static) and runs those that have an expected output, examples/NAME.expected.
# Called by make check, which sets srcdir, builddir, CC.
set -u
srcdir=${srcdir:-.} builddir=${builddir:-.} CC=${CC:-cc}
[ "${PLAIN_BUILD:-yes}" = yes ] || { echo "skipped: instrumented build (sanitizers, coverage or fuzzing)"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() {
  echo "install: $*"
  exit 1
}

"${MAKE:-make}" -C "$builddir" install DESTDIR="$work" >"$work/log" 2>&1 || { cat "$work/log"; fail "make install failed"; }
pc=$(find "$work" -name libpolicyeval.pc) && [ -n "$pc" ] || fail "no libpolicyeval.pc was installed"
libdir=$(dirname "$(dirname "$pc")")

# As installed below DESTDIR. System paths of jansson stay what they are.
export PKG_CONFIG_PATH="$libdir/pkgconfig"
pkg() { pkg-config --define-variable=libdir="$libdir" --define-variable=includedir="$include" "$@" libpolicyeval; }
include=$(dirname "$(find "$work" -type d -path '*include/policyeval')")
[ -f "$include/policyeval/version.h" ] && [ -f "$include/policyeval/policyeval.h" ] || fail "headers are missing"
version=$(pkg --modversion) || fail "pkg-config does not know the installed copy"
pkg --print-requires-private | grep -q jansson || fail "the static build would not find jansson"
case " $(pkg --libs) " in *jansson*) fail "jansson leaks into a shared build" ;; esac

cat >"$work/version.c" <<'END'
#include <policyeval/policyeval.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  puts(policyeval_version());
  return strcmp(policyeval_version(), POLICYEVAL_VERSION) != 0;
}
END
echo "$version" >"$work/version.expected"
built=0 ran=0
for source in "$work/version.c" "$srcdir"/examples/*.c; do
  [ -f "$source" ] || continue
  name=$(basename "$source" .c)
  for kind in shared static; do
    [ -f "$libdir/libpolicyeval.a" ] || [ $kind = shared ] || continue
    [ -f "$libdir/libpolicyeval.so" ] || [ $kind = static ] || continue
    case $kind in
      shared) libs=$(pkg --libs) ;;
      # The library itself static; the C library and jansson as the system has them.
      static) libs="$libdir/libpolicyeval.a $(pkg --libs --static | sed 's/-lpolicyeval//')" ;;
    esac
    $CC -std=c99 -Wall -Wextra -Werror -o "$work/$name.$kind" "$source" $(pkg --cflags) $libs ||
      fail "$name does not build ($kind)"
    built=$((built + 1))
    expected=${source%.c}.expected
    [ -f "$expected" ] || continue
    (cd "$srcdir/examples" && LD_LIBRARY_PATH="$libdir" "$work/$name.$kind") >"$work/out" 2>"$work/err" </dev/null ||
      { cat "$work/out" "$work/err"; fail "$name ends with an error ($kind)"; }
    diff "$expected" "$work/out" || fail "$name prints something else ($kind)"
    ran=$((ran + 1))
  done
done
[ "$built" -gt 0 ] && [ "$ran" -gt 0 ] || fail "nothing was built or run"
if [ -x "$builddir/tools/policyeval" ]; then
  tool=$(find "$work" -path '*/bin/policyeval') && [ -n "$tool" ] || fail "the tool was not installed"
  LD_LIBRARY_PATH="$libdir" "$tool" version >/dev/null </dev/null || fail "the installed tool does not run"
fi

# Nothing may stay behind.
"${MAKE:-make}" -C "$builddir" uninstall DESTDIR="$work" >"$work/log" 2>&1 || { cat "$work/log"; fail "make uninstall failed"; }
left=$(find "$work" -type f -path '*policyeval*' ! -path "$work/version*")
[ -z "$left" ] || fail "left behind by uninstall: $left"
echo "install: $built programs built, $ran run"

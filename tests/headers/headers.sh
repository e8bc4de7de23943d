# SPDX-License-Identifier: MIT
# Every public header compiles alone as C99, C11, C17 and C++11.
# Called by make check, which sets srcdir, builddir and CC.
set -u
srcdir=${srcdir:-.} builddir=${builddir:-.} CC=${CC:-cc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0 count=0

# alone LANGUAGE HEADER COMPILER...: one file that includes the header twice and nothing else.
alone() {
  file=$work/alone.$1 header=$2
  shift 2
  printf '#include "%s"\n#include "%s"\nextern int not_empty;\n' "$header" "$header" >"$file"
  count=$((count + 1))
  if ! "$@" -fsyntax-only -Wall -Wextra -Werror -I"$srcdir/include" -I"$builddir/include" "$file" 2>"$work/err"; then
    failed=$((failed + 1))
    echo "$header does not compile alone with: $*"
    cat "$work/err"
  fi
}

# The check sees what it must: a header that needs another one is refused.
echo 'size_t needs_stddef(void);' >"$work/bad.h"
alone c "$work/bad.h" $CC -std=c11 >/dev/null
[ "$failed" = 1 ] || { echo "a header that is not self-contained was not noticed"; exit 1; }
failed=0 count=0

CXX=
for name in g++ clang++; do
  [ -n "$CXX" ] || ! command -v $name >/dev/null 2>&1 || CXX=$name
done
[ -n "$CXX" ] || echo "note: no C++ compiler (Debian package: g++): headers not tried as C++11"
standards=
for standard in c99 c11 c17; do
  if echo 'int x;' | $CC -std=$standard -fsyntax-only -x c - 2>/dev/null; then standards="$standards $standard"
  else echo "note: $CC knows no -std=$standard"; fi
done
for header in "$srcdir"/include/policyeval/*.h "$builddir"/include/policyeval/version.h; do
  header=policyeval/${header##*/}
  for standard in $standards; do
    alone c "$header" $CC -std=$standard -pedantic -Wstrict-prototypes
  done
  [ -z "$CXX" ] || alone cc "$header" $CXX -std=c++11 -pedantic
done
echo "headers: $count compiled alone, $failed failed"
[ "$failed" = 0 ]

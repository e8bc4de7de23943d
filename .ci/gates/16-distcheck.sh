# SPDX-License-Identifier: MIT
# The tarball builds, tests, installs and uninstalls from a read-only tree, has every file that git has, and
# comes out the same byte for byte the second time.
. "$TOP/.ci/gate.sh"
configured "$OUT" --enable-werror || exit 1
DISTCHECK_CONFIGURE_FLAGS="--enable-werror CFLAGS=-O0 CPPFLAGS=-DUNIT_SHARE=10"
export DISTCHECK_CONFIGURE_FLAGS POLICYEVAL_ORACLES=no
# What random tests find, they find in the other gates: here it counts that every test finds its files.
tests=$(make -s -C "$OUT" print-tests | tr ' ' '\n' |
  grep -vE '^tests/(oom|corpus|smt|analysis|reference|certificate)/|test_(solve|query|legs|validate|grant_property|decide_property|pairs)$' |
  tr '\n' ' ')
[ -n "$tests" ] || exit 1
if ! make -C "$OUT" -j"$JOBS" distcheck TESTS="$tests" >"$OUT/distcheck.log" 2>&1; then
  find "$OUT" -name test-suite.log -exec tail -n 60 {} +
  tail -n 40 "$OUT/distcheck.log"
  exit 1
fi
tarball=$(ls "$OUT"/libpolicyeval-*.tar.xz)
if git rev-parse HEAD >/dev/null 2>&1; then
  git ls-files | sort >"$OUT/in-git"
  tar -tf "$tarball" | sed 's,^[^/]*/,,' | sort >"$OUT/in-tarball"
  left=$(comm -23 "$OUT/in-git" "$OUT/in-tarball")
  if [ -n "$left" ]; then
    say "in git but not in the tarball:" "$left"
    exit 1
  fi
fi
# A second time: the same bytes.
sum=$(sha256sum <"$tarball")
sleep 1
make -C "$OUT" dist >"$OUT/dist.log" 2>&1 || { tail -n 20 "$OUT/dist.log"; exit 1; }
if [ "$(sha256sum <"$tarball")" != "$sum" ]; then
  say "two runs of make dist gave different tarballs"
  exit 1
fi
say "$(basename "$tarball"), $(tar -tf "$tarball" | grep -vc '/$') files"

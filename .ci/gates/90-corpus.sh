# SPDX-License-Identifier: MIT
# The checks over a corpus of real policies: tests/corpus/*.py and *.sh, with POLICYEVAL_CORPUS, POLICYEVAL (the
# tool) and POLICYEVAL_LIBRARY set.
. "$TOP/.ci/gate.sh"
[ -n "${POLICYEVAL_CORPUS:-}" ] && [ -d "$POLICYEVAL_CORPUS" ] || skip "no corpus (POLICYEVAL_CORPUS names its folder)"
set -- tests/corpus/*.py tests/corpus/*.sh
count=0
build_test || exit 1
POLICYEVAL=$TOP/build-test/tools/policyeval POLICYEVAL_LIBRARY=$TOP/build-test/.libs/libpolicyeval.so
srcdir=$TOP builddir=$TOP/build-test
export POLICYEVAL POLICYEVAL_LIBRARY srcdir builddir
for check; do
  [ -f "$check" ] || continue
  case $check in *.py) runner=python3 ;; *) runner=sh ;; esac
  say "---- $check"
  $runner "$check" || { say "$check failed"; exit 1; }
  count=$((count + 1))
done
[ $count -gt 0 ] || skip "no checks in tests/corpus yet"
say "$count checks"

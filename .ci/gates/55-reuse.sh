# SPDX-License-Identifier: MIT
# Every file says whose it is and under which licence, as the REUSE specification wants it.
. "$TOP/.ci/gate.sh"
with reuse reuse
cmp COPYING LICENSES/MIT.txt || exit 1
reuse lint >"$OUT/lint" 2>&1 || { tail -n 40 "$OUT/lint"; exit 1; }
grep -i error "$OUT/lint" | grep -v 'Read errors: 0' && exit 1
say "$(sed -n 's/^\* Files with license information: //p' "$OUT/lint") files with licence information"

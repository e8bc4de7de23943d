# SPDX-License-Identifier: MIT
# The suite with ThreadSanitizer.
. "$TOP/.ci/gate.sh"
build "$OUT" CFLAGS="-g -O1" --enable-werror --enable-sanitizers=thread --disable-shared || exit 1
export TSAN_OPTIONS=halt_on_error=1
suite

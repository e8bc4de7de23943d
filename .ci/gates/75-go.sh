# SPDX-License-Identifier: MIT
# The Go binding: gofmt, vet, all tests with the race detector, each fuzz target for a short time (FUZZ_SECONDS, 10 without it).
. "$TOP/.ci/gate.sh"
with go golang-go
[ -d bindings/go ] || skip "no Go binding"
build "$OUT" --enable-werror --prefix="$TOP/$OUT/installed" || exit 1
quietly "$OUT/install.log" make -C "$OUT" install || exit 1
export PKG_CONFIG_PATH="$TOP/$OUT/installed/lib/pkgconfig" LD_LIBRARY_PATH="$TOP/$OUT/installed/lib"
export POLICYEVAL="$TOP/$OUT/installed/bin/policyeval" GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=1
cd bindings/go/policyeval || exit 1
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { say "gofmt would change: $unformatted"; exit 1; }
go vet ./... || exit 1
go vet -tags static ./... || exit 1
go test -race -count=1 ./... || exit 1
count=0
for target in $(sed -n 's/^func \(Fuzz[A-Za-z]*\)(.*/\1/p' fuzz_test.go); do
  go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZ_SECONDS:-10}s" . || exit 1
  count=$((count + 1))
done
say "tests with the race detector, $count fuzz targets"

# SPDX-License-Identifier: MIT
# mypy --strict finds nothing in the Python package, for Python 3.9 and for the one at hand.
. "$TOP/.ci/gate.sh"
with mypy mypy
cd bindings/python || exit 1
mypy --strict --cache-dir="$TOP/$OUT" --python-version 3.9 policyeval || exit 1
mypy --strict --cache-dir="$TOP/$OUT" policyeval

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the reference evaluator on tests/vectors/decide: verdict and assumptions must be as expected."""
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from decide import decide, together  # noqa: E402

GONE = object()


def fill(node, given):
    """The template of a file with the values of a vector (tests/vectors/README.md)."""
    if isinstance(node, str) and re.fullmatch(r"\$[a-z][a-z0-9_]*", node):
        return given.get(node[1:], GONE)
    if isinstance(node, list):
        return [v for v in (fill(n, given) for n in node) if v is not GONE]
    if isinstance(node, dict):
        filled = {k: fill(n, given) for k, n in node.items()}
        return {k: v for k, v in filled.items() if v is not GONE}
    return node


def cases(folder):
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for vector in data["vectors"]:
            case = fill(data["template"], vector.get("with", {})) if "template" in data else vector["case"]
            yield "%s %s" % (path.name, vector["id"]), case, vector["expect"]


def main():
    top = pathlib.Path(__file__).resolve().parents[1]
    ran = failed = 0
    for name, case, expect in cases(top / "vectors" / "decide"):
        ran += 1
        verdict, assumptions = decide(case)
        want = expect["decision"], sorted(expect.get("assumptions", []))
        several = want[1] if not assumptions and len(want[1]) > 1 else []
        if (verdict, assumptions) != want and not (verdict == want[0] and several and together(case, several)):
            failed += 1
            print("%s: %s %s, not %s %s" % (name, verdict, assumptions, *want))
            if "-v" in sys.argv:
                print("   ", json.dumps(case))
    print("%d vectors, %d differ" % (ran, failed))
    return 1 if failed or ran < 100 else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""script/coverage asks for a reason for each branch never run; each row of .ci/coverage-explained speaks of a line that is there."""

import importlib.machinery
import importlib.util
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

loader = importlib.machinery.SourceFileLoader("coverage", os.path.join(source_tree.TOP, "script", "coverage"))
coverage = importlib.util.module_from_spec(importlib.util.spec_from_loader("coverage", loader))
loader.exec_module(coverage)

SOURCE = "int f(int a) {\n  if (a) return 1;\n  if (a) return 1;\n  return 2;\n}\n"
HEAD = "# a comment\n\nmemory = no memory\n"


def counted(*lines):
    """What gcov found in SOURCE: lines of (number, times, branches)."""
    found = {}
    for number, times, branches in lines:
        found[number] = coverage.Line()
        found[number].add(times, branches, "f")
    return {"lib/text/a.c": found, "lib/sym/b.c": found}


def compare(rows, *lines):
    rows, faults = coverage.read_reasons(HEAD + rows)
    assert not [f for f in faults if not f.endswith("is not used")], faults
    return coverage.compare(rows, coverage.places(counted(*lines), lambda path: SOURCE))


def prove():
    """The rules hold: a branch without a reason, a row without its line are faults; a reason too many is told."""
    half, full, never = (2, 1, [1, 0]), (3, 1, [1, 1]), (4, 0, [])
    row = "lib/text/a.c:f @ if (a) return 1; @ {} @ memory\n".format
    assert compare("", full) == ([], [])
    assert compare("", half)[0] == ["lib/text/a.c:2: 1 branches never run, not explained: lib/text/a.c:f @ if (a) return 1;"]
    assert compare(row(1), half, full) == ([], [])
    assert compare(row(1), half, (3, 0, [0, 0]))[0] == [
        "lib/text/a.c:2, lib/text/a.c:3: 3 branches never run, .ci/coverage-explained:4 explains 1"]
    assert compare(row(3), half, full) == ([], [".ci/coverage-explained:4: 3 branches explained, 1 never run: if (a) return 1;"])
    assert compare("", never)[0][0].startswith("lib/text/a.c:4: 1 branches never run")
    assert compare("lib/text/a.c:f @ return 3; @ 1 @ told by a text", full)[0] == [
        ".ci/coverage-explained:4: lib/text/a.c: f has no such line: return 3;"]
    faults = coverage.read_reasons(HEAD + row(1) + row(2) + row(0) + "a.c @ x; @ 1 @ y\na.c:f @ x; @ 1 @ oom\n")[1]
    assert [f.split(": ", 1)[1][:20] for f in faults] == [
        "stands in .ci/covera", "not FILE:FUNCTION @ ", "not FILE:FUNCTION @ ", "no reason named oom "], faults


def faults_of_rows(rows):
    faults = []
    for (path, function, line), (_, _, where) in rows.items():
        text = source_tree.read(path) if os.path.isfile(os.path.join(source_tree.TOP, path)) else None
        if text is None:
            faults.append(f"{where}: there is no {path}")
        elif line not in map(str.strip, text.splitlines()) or not re.search(rf"\b{function}\(", text):
            faults.append(f"{where}: {path}: {function} has no such line: {line}")
    return faults


def main():
    prove()
    rows, faults = coverage.read_reasons(coverage.read(coverage.REASONS))
    source_tree.finish(f"{len(rows)} lines with branches never run", faults + faults_of_rows(rows))


main()

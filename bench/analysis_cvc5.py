#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The identity policies of bench_analysis, side by side: the library's median and cvc5 on the same question as SMT-LIB, in
one run. Time of cvc5 is its processor time, less that of starting it. Skipped without cvc5.
  bench/analysis_cvc5.py BUILD-DIRECTORY [SECONDS-PER-QUESTION]"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "smt"))
import differential

differential.VARIABLES.update({"aws:SourceVpce": "one", "s3:prefix": "two"})
EXPECT = {"no": "unsat", "yes": "sat"}


def cvc5(path, seconds):
    """The answer and the processor time in microseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([differential.CVC5, "--lang", "smt2", "--strings-exp", f"--tlimit={seconds * 1000}", path],
                          capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = done.stdout.strip()
    return answer if answer in ("sat", "unsat") else None, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6


def load(folder, family, size, which):
    with open(os.path.join(folder, f"{family}-{size}-{which}.json"), encoding="utf-8") as file:
        document = json.load(file)
    return document


def main():
    build, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30
    if not shutil.which("cvc5"):
        print("skipped: there is no cvc5")
        return 77
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([os.path.join(build, "bench", "bench_analysis"), "--only", "identity inclusion", "--dump", folder],
                              capture_output=True, text=True, check=True)
        empty = os.path.join(folder, "empty.smt2")
        with open(empty, "w", encoding="utf-8") as file:
            file.write("(set-logic ALL)\n(check-sat)\n")
        start = min(cvc5(empty, 5)[1] for _ in range(5))
        print(f"cvc5 starts in {start / 1000:.1f} ms\n\n| question | n | library us | cvc5 us | ratio | answers |\n|---|---|---|---|---|---|")
        for line in done.stdout.splitlines():
            found = re.match(r"\| (identity \S+ \S+)\s*\|\s*(\d+) \|\s*\d+ \|\s*([\d.]+) \|.*\| (\w+)", line)
            if not found:
                continue
            family, size, ours, answer = found.groups()
            path = os.path.join(folder, "q.smt2")
            with open(path, "w", encoding="utf-8") as file:
                file.write(differential.smt(load(folder, family, size, "subject"), load(folder, family, size, "against")))
            theirs, took = cvc5(path, seconds)
            took = max(took - start, 0.0)
            wrong += theirs is not None and theirs != EXPECT[answer]
            print(f"| {family} | {size} | {ours} | {took:.0f} | {took / float(ours):.0f} | {answer}, {theirs or 'none in time'} |")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

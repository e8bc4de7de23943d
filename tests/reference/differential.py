#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random cases to the library, through `policyeval simulate --cases`, and to the reference evaluator: verdict and
assumptions must be the same. `--cases N --seed S` says how many and which; a case that differs is printed."""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from decide import decide, together  # noqa: E402
from generate import Generator  # noqa: E402

BATCH = 2000


def answers(tool, cases):
    """What the library says of each case: a list of results of `simulate --cases`."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for case in cases:
            file.write(json.dumps(case, ensure_ascii=False) + "\n")
        file.flush()
        run = subprocess.run([tool, "simulate", "--format", "json", "--cases", file.name], stdout=subprocess.PIPE,
                             check=False)
    if run.returncode not in (0, 3, 4):
        sys.exit("%s ended with %d" % (tool, run.returncode))
    out = [json.loads(line) for line in run.stdout.decode("utf-8").splitlines()]
    if [o.get("id") for o in out] != [c["id"] for c in cases]:
        sys.exit("results and cases do not go together")
    return out


def smaller(node):
    """Every way to leave one thing out of a JSON value, the largest things first."""
    if isinstance(node, dict):
        for key in node:
            yield {k: v for k, v in node.items() if k != key}
        for key, value in node.items():
            for less in smaller(value):
                yield dict(node, **{key: less})
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield node[:i] + node[i + 1:]
            if len(node) == 1 and not isinstance(value, (dict, list)):
                yield value
        for i, value in enumerate(node):
            for less in smaller(value):
                yield node[:i] + [less] + node[i + 1:]


def differs(case, got):
    """What the two say, if it is not the same; a case that one of them refuses is no difference."""
    if "error" in got:
        return None
    try:
        want = decide(case)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        return None
    said = got.get("decision"), sorted(got.get("assumptions") or [])
    # With unknown facts the library looks for assumptions of the cautious answer, the reference of the verdict.
    if said[0] == want[0] and (case.get("unknown") or ":role/" in json.dumps(case["principal"])):
        return None
    if said[0] == want[0] and not want[1] and len(said[1]) > 1 and together(case, said[1]):
        return None
    return None if said == want else "the library says %s %s, the reference %s %s" % (*said, *want)


def shrink(tool, case):
    """A small case on which they still differ."""
    while True:
        tries = [dict(t, id=str(i)) for i, t in enumerate(smaller({k: v for k, v in case.items() if k != "id"}))]
        for less, got in zip(tries, answers(tool, tries)):
            if differs(less, got):
                case = less
                break
        else:
            return case


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", default=os.environ.get("POLICYEVAL", "policyeval"))
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=5, help="print so many cases that differ")
    options = parser.parse_args()
    if not shutil.which(options.tool):
        sys.exit("no %s" % options.tool)
    verdicts, failed, rows = collections.Counter(), 0, collections.Counter()
    for first in range(0, options.cases, BATCH):
        # Each batch has a seed of its own: any case can be made again without those before it.
        generator = Generator(random.Random(options.seed * 1000003 + first))
        cases = [generator.case(first + i) for i in range(min(BATCH, options.cases - first))]
        for case, got in zip(cases, answers(options.tool, cases)):
            want = decide(case)
            verdicts[want[0]] += 1
            rows.update(want[1])
            if "error" in got:
                sys.exit("refused: %s\n%s" % (got["error"]["message"], json.dumps(case)))
            if not differs(case, got):
                continue
            failed += 1
            if failed <= options.show:
                case = shrink(options.tool, case)
                print("%s\n  %s" % (differs(case, answers(options.tool, [case])[0]), json.dumps(case)))
    print("%s; %d rows assumed" % (", ".join("%s %d" % v for v in sorted(verdicts.items())), len(rows)))
    print("%d cases, %d differ" % (options.cases, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""Every NO of the analysis is proved again: the vectors of the analysis and of grants, and random policies and boxes, are
asked of programs that write certificates; checker.py must accept all of these, and refuse all in which a fault is planted.
CERTIFICATE_CASES sets how many of each random kind (default 300). CERTIFICATE_CORPUS=n asks also about n pairs of real
policies in POLICYEVAL_CORPUS."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import checker
import faults
import source_tree
import truth

CASES = int(os.environ.get("CERTIFICATE_CASES", "300"))
PAIRS = int(os.environ.get("CERTIFICATE_CORPUS", "0"))
BIN = os.path.join(source_tree.BUILD, "tests", "certificate")
TOOL = os.path.join(BIN, "policyeval")


def run(path, command, most=0, **more):
    env = dict(os.environ, CERTIFICATES=path, POLICYEVAL=TOOL, CK_FORK="no", **more)
    if most:
        env["CERTIFICATES_MOST"] = str(most)
    return subprocess.run(command, env=env, capture_output=True, text=True)


def from_script(path, name):
    done = run(path, [sys.executable, os.path.join(source_tree.TOP, "tests", "cli", name)])
    assert done.returncode == 0, done.stdout + done.stderr


def from_unit_test(path, name, test):
    program = os.path.join(BIN, name)
    if not os.path.exists(program):
        return  # no Check: the unit tests are not built
    done = run(path, [program], CASES, CK_RUN_CASE=test)  # 0: the writer had enough
    assert done.returncode == 0 or "Failures: 0, Errors: 0" in done.stdout, done.stdout + done.stderr


def arn(rng):
    def field(most):
        return "".join(rng.choice("ab?*") for _ in range(rng.randrange(1, most)))
    return ":".join(["arn", field(4), field(4), field(4), "111122223333", field(3) + rng.choice(["", ":", "/"]) + field(4)])


def split(rng, pattern):
    """Patterns that together match what the pattern does: a star is nothing, one character, or more."""
    stars = [i for i, c in enumerate(pattern) if c == "*"]
    if not stars:
        return [pattern]
    at = rng.choice(stars)
    return [pattern[:at] + more + pattern[at + 1:] for more in ("", "?", "*??")]


def from_arns(path):
    """One ARN pattern, or the same as plain text, against the ARN patterns that it was split into, some of them once more."""
    rng = random.Random(3)
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, n) for n in ("new.json", "old.json")]
        for _ in range(max(1, CASES // 8)):
            whole = arn(rng)
            parts = [p for half in split(rng, whole) for p in (split(rng, half) if rng.randrange(2) else [half])]
            plain = rng.randrange(3) == 0  # its stars take colons, too
            parts = [whole] if plain and rng.randrange(2) else parts
            for name, operator, patterns in zip(names, ("StringLike" if plain else "ArnLike", "ArnLike"), ([whole], parts)):
                with open(name, "w", encoding="utf-8") as file:
                    json.dump({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                               "Condition": {operator: {"aws:SourceArn": patterns}}}]}, file)
            done = run(path, [TOOL, "check-no-new-access", "--type", "identity", "--new", names[0], "--existing", names[1]])
            assert done.returncode in (0, int(plain)), f"{whole} {parts}\n{done.stdout}{done.stderr}"


def from_corpus(path):
    """Neighbours in the list of managed policies, both ways, and each with itself."""
    corpus = os.path.join(os.environ["POLICYEVAL_CORPUS"], "aws-managed-policies.jsonl")
    with open(corpus, encoding="utf-8") as file:
        documents = [json.loads(line)["document"] for line in file]
    step = max(1, (len(documents) - 1) // PAIRS)
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, n) for n in ("new.json", "old.json")]
        for i in range(0, min(step * PAIRS, len(documents) - 1), step):
            for new, old in ((i, i + 1), (i + 1, i), (i, i)):
                for name, number in zip(names, (new, old)):
                    with open(name, "w", encoding="utf-8") as file:
                        json.dump(documents[number], file)
                done = run(path, [TOOL, "check-no-new-access", "--type", "identity", "--new", names[0], "--existing", names[1]])
                assert done.returncode in (0, 1, 4), done.stdout + done.stderr


BOXES = "boxes against enumeration"
SOURCES = [
    ("vectors of the analysis", lambda path: from_script(path, "analysis.py")),
    ("vectors of grants", lambda path: from_script(path, "grant.py")),
    ("pairs of resource policies", lambda path: from_unit_test(path, "query", "resource_policies")),
    ("access questions over all requests", lambda path: from_unit_test(path, "legs", "against_single_requests")),
    ("pairs of identity policies", lambda path: from_unit_test(path, "query", "identity_policies")),
    ("ARN patterns that were split", from_arns),
    (BOXES, lambda path: from_unit_test(path, "solve", "against_enumeration")),
    ("pigeons", lambda path: from_unit_test(path, "solve", "budgets_are_monotone"))]


def accepted(name, path):
    """All certificates of the file must be accepted, or say themselves that they are doubtful."""
    count = nodes = doubtful = 0
    started = time.monotonic()
    with open(path, encoding="utf-8") as file:
        for number, (size, why, mixed) in enumerate(checker.check(file)):
            assert why is None or mixed, f"{name}: certificate {number} is refused: {why}"
            count, nodes, doubtful = count + 1, nodes + size, doubtful + (why is not None)
    print(f"{name}: {count} certificates, {nodes} nodes, accepted in {time.monotonic() - started:.1f} s"
          + (f" ({doubtful} say that they prove nothing)" if doubtful else ""))
    return count


def refused(path, rng, planted):
    """Faults of every kind in some of the certificates must be refused."""
    with open(path, encoding="utf-8") as file:
        for case in faults.sample(file, rng):
            for kind, lines in faults.plant(case, rng):
                results = list(checker.check(lines))
                assert len(results) == 1 and results[0][1], f"{path}: accepted with a fault: {kind}\n" + "\n".join(lines)
                planted[kind] = planted.get(kind, 0) + 1


def main():
    if os.environ.get("POLICYEVAL_ORACLES") == "no":
        print("skipped: POLICYEVAL_ORACLES is no")
        return 77
    faults.prove()
    rng, planted = random.Random(1), {}
    sources = SOURCES + ([("corpus", from_corpus)] if PAIRS and os.environ.get("POLICYEVAL_CORPUS") else [])
    with tempfile.TemporaryDirectory() as folder:
        for name, write in sources:
            path = os.path.join(folder, name.replace(" ", "-"))
            write(path)
            if not os.path.exists(path):
                print(f"{name}: skipped, the program is not built")
                continue
            assert accepted(name, path) > 0, f"{name}: no certificates"
            refused(path, rng, planted)
            if name == BOXES:
                with open(path, encoding="utf-8") as file:
                    altered, still = truth.prove(file, rng, CASES)
                print(f"{altered} certificates altered at random: {still} are still accepted, and true where all values were tried")
    print("faults planted, all refused:", ", ".join(f"{n} {kind}" for kind, n in sorted(planted.items())))
    assert set(planted) == set(faults.KINDS) or not os.path.exists(os.path.join(BIN, "solve")), "a kind of fault was never planted"
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hostile inputs through `policyeval`: the time for four times the input is at most eight times as long (n log n with
room for a busy machine), or the input is refused with an error of its own. Prints the table of docs/limits.md."""
import json
import os
import subprocess
import sys
import tempfile
import time

TOOL = os.environ.get("POLICYEVAL", "policyeval")
ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:"
FLOOR = 0.05  # seconds that starting the program and the noise of a machine may take


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(**more):
    return dict({"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}, **more)


def case(policy, **more):
    return dict({"id": "1", "principal": "arn:aws:iam::111122223333:user/a", "action": "secretsmanager:GetSecretValue",
                 "resource": ARN + "x-AbCdEf", "policies": {"identity": [policy]}}, **more)


def stars(n):
    return case(document(allow(Resource=ARN + "*a" * n + "*b")), resource=ARN + "a" * (4 * n))


def stars_in_values(n):
    return case(document(allow(Condition={"StringLike": {"k": "*a?" * n + "b"}})), context={"k": "a" * (4 * n)})


def many_statements(n):
    return case(document(*[allow(Sid="S%d" % i, Resource=ARN + "%d-*" % i) for i in range(n)]))


def long_string(n):
    return case(document(allow(Sid="x" * n)))


def many_keys(n):
    return case(document(allow(Condition={"StringEquals": {"k%d" % i: "v" for i in range(n)}})),
                context={"k%d" % i: "v" for i in range(n)})


def same_keys(n):
    """Names that differ in few bits, as a weak hash would put them together."""
    names = ["".join("aA"[i >> b & 1] if b % 2 else "bB"[i >> b & 1] for b in range(16)).lower() + "%d" % i for i in range(n)]
    return case(document(allow()), context={k: "v" for k in names})


def sets(n):
    values = ["v%d" % i for i in range(n)]
    return case(document(allow(Condition={"ForAllValues:StringEquals": {"k": values}})), context={"k": values[::-1]})


def sets_of_patterns(n):
    values = ["v%d*" % i for i in range(n)]
    return case(document(allow(Condition={"ForAnyValue:StringLike": {"k": values}})),
                context={"k": ["w%d" % i for i in range(n)]})


def members(n):
    return case(dict(document(allow()), **{"X%d" % i: 1 for i in range(n)}))


def deep(n):
    return case(document(allow(Condition=json.loads("[" * n + "]" * n))))


def principals(n):
    return case(document(allow()), **{"policies": {"resource": [document(dict(allow(), Principal={
        "AWS": ["arn:aws:iam::111122223333:user/u%d" % i for i in range(n)]}))]}})


SIZES = [(stars, 1000), (stars_in_values, 1000), (many_statements, 5000), (long_string, 250000), (many_keys, 1000),
         (same_keys, 5000), (sets, 2000), (sets_of_patterns, 500), (members, 5000), (deep, 200), (principals, 5000)]


def run(line):
    """Seconds, the verdict or the message of the refusal."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        best, said = None, None
        for _ in range(2):
            start = time.perf_counter()
            done = subprocess.run([TOOL, "simulate", "--format", "json", "--cases", file.name], stdout=subprocess.PIPE,
                                  check=False, timeout=120)
            took = time.perf_counter() - start
            best = took if best is None else min(best, took)
            said = json.loads(done.stdout.decode())
    return best, said.get("decision") or "refused: " + said["error"]["message"]


def main():
    sys.setrecursionlimit(10000)
    failed = 0
    print("| input | n | seconds | 4 n | seconds | answer |\n|---|---|---|---|---|---|")
    for make, n in SIZES:
        small, _ = run(make(n))
        large, said = run(make(4 * n))
        slow = large > FLOOR and large > 8 * max(small, FLOOR / 4)
        failed += slow
        print("| %s | %d | %.3f | %d | %.3f | %s%s |" % (
            make.__name__.replace("_", " "), n, small, 4 * n, large, said[:90].replace("|", "/"), " **too slow**" if slow else ""))
    print("%d inputs, %d grow too fast" % (len(SIZES), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

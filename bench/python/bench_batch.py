# SPDX-License-Identifier: MIT
"""Nanoseconds per request through bindings/python: the requests and policies of bench/bench_batch.c.

    make bench/bench_batch && bench/bench_batch
    PYTHONPATH=bindings/python POLICYEVAL_LIBRARY=.libs/libpolicyeval.so python3 bench/python/bench_batch.py
"""

from __future__ import annotations

import statistics
import time
from typing import Any, Callable

import policyeval
from policyeval import Columns, Effect, PolicySet, Request

ROWS, ROUNDS = 1024, 21
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::data-*/*"},
    {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
     "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:team1/*"},
    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
     "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}},
    {"Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}
ACTIONS = ["secretsmanager:GetSecretValue", "s3:GetObject", "kms:Decrypt", "secretsmanager:DescribeSecret"]
PRINCIPALS = [f"arn:aws:iam::111122223333:user/team/u{i}" for i in range(16)]
RESOURCES = [f"arn:aws:secretsmanager:us-east-1:111122223333:secret:team{i % 3}/s{i}-AbCdEf" for i in range(64)]
IPS = [f"{203 if i % 8 else 198}.0.113.{i}" for i in range(32)]


def columns(n: int) -> Any:
    return {"principal": [PRINCIPALS[i % 16] for i in range(n)], "action": [ACTIONS[i % 4] for i in range(n)],
            "resource": [RESOURCES[i % 64] for i in range(n)], "aws:SourceIp": [IPS[i % 32] for i in range(n)]}


def measure(run: Callable[[], Any], n: int, budget: int = 4096) -> float:
    """The median round; a round is long enough for the clock."""
    rounds, repeat = [], max(1, budget // n)
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        for _ in range(repeat):
            run()
        rounds.append((time.perf_counter_ns() - start) / (repeat * n))
    return statistics.median(rounds)


def main() -> None:
    policies = PolicySet(identity=POLICY)
    requests = [Request(PRINCIPALS[i % 16], ACTIONS[i % 4], RESOURCES[i % 64], context={"aws:SourceIp": IPS[i % 32]})
                for i in range(ROWS)]
    data = columns(ROWS)

    def cases(n: int) -> Any:
        return [{"principal": data["principal"][i], "action": data["action"][i], "resource": data["resource"][i],
                 "context": {"aws:SourceIp": data["aws:SourceIp"][i]}} for i in range(n)]

    def effects(n: int) -> Callable[[], Any]:
        return lambda: [policies.effect(request) for request in requests[:n]]

    def many(n: int) -> Callable[[], Any]:
        return lambda: policies.evaluate_many(requests[:n])

    def prepared(n: int) -> Callable[[], Any]:
        ready = Columns(columns(n))
        return lambda: policies.evaluate_many(ready)

    def unprepared(n: int) -> Callable[[], Any]:
        lists = columns(n)
        return lambda: policies.evaluate_many(lists)

    def dicts(n: int) -> Callable[[], Any]:
        lines = cases(n)
        return lambda: policies.evaluate_many(lines)

    def decisions(n: int) -> Callable[[], Any]:
        return lambda: [policies.evaluate(request) for request in requests[:n]]

    sizes = (1, 8, 64, ROWS)
    print(f"{'Python: ns a request, in batches of':48}" + "".join(f" {n:8}" for n in sizes))
    for name, way, budget in (("effect of prepared requests, one call each", effects, 4096),
                              ("prepared requests, one call", many, 4096),
                              ("prepared columns, one call", prepared, 4096),
                              ("columns as lists", unprepared, 2048), ("cases as dicts", dicts, 512),
                              ("decisions with reasons, one call each", decisions, 256)):
        print(f"{name:48}" + "".join(f" {measure(way(n), n, budget):8.0f}" for n in sizes))
    found = policies.evaluate_many(Columns(data))
    assert found == policies.evaluate_many(requests)
    print(f"{found.count(Effect.ALLOW)} of {ROWS} allowed, libpolicyeval {policyeval.version()}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hostile inputs through `policyeval`: the time for four times the input is at most eight times as long (n log n with
room for a busy machine), or the input is refused with an error of its own. Questions about all requests are answered, or
given up, within a second of processor time and 64 MiB beside what a small question takes. Prints the tables of
docs/limits.md."""
import json
import os
import random
import resource
import subprocess
import sys
import tempfile

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


def spent():
    """Processor seconds of all children so far: what else the machine does is not in them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(line):
    """Processor seconds, the verdict or the message of the refusal."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        best, said = None, None
        for _ in range(2):
            before = spent()
            done = subprocess.run([TOOL, "simulate", "--format", "json", "--cases", file.name], stdout=subprocess.PIPE,
                                  check=False, timeout=120)
            took = spent() - before
            best = took if best is None else min(best, took)
            said = json.loads(done.stdout.decode())
    return best, said.get("decision") or "refused: " + said["error"]["message"]


# ---- questions about all requests ----


def under(effect, *entries):
    """A statement about everything, under conditions (operator, key, values)."""
    condition = {}
    for operator, key, values in entries:
        condition.setdefault(operator, {})[key] = values
    return {"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition}


def three_sat(n):
    rng = random.Random(n)
    clauses = [rng.sample(range(n), 3) for _ in range(n * 426 // 100)]
    return document(under("Allow", *[("StringEquals", "k:%d" % i, ["0", "1"]) for i in range(n)]),
                    *[under("Deny", *[("StringEquals", "k:%d" % v, str(rng.randrange(2))) for v in c]) for c in clauses])


def pigeonhole(n):
    holes = [str(h) for h in range(n - 1)]
    return document(under("Allow", *[("StringEquals", "k:%d" % i, holes) for i in range(n)]),
                    *[under("Deny", ("StringEquals", "k:%d" % i, h), ("StringEquals", "k:%d" % k, h))
                      for i in range(n) for k in range(i) for h in holes])


def question_marks(n):
    return document(under("Allow", ("StringLike", "k:a", "*a" + "?" * n), ("StringLikeIfExists", "k:a", "*b*")),
                    under("Deny", ("StringLike", "k:a", ["*b*a*", "*a*b*"])))


def remembered(n):
    return document(under("Allow", ("StringLike", "k:a", "*a" + "?" * n), ("StringLikeIfExists", "k:a", "*b" + "?" * (n - 1) + "c*")),
                    under("Deny", ("StringLike", "k:a", ["*" + "?" * n + "b*" + "?" * i for i in range(n)])))


def packed_words(n):
    rng = random.Random(n)
    words = ["*" + "".join(rng.choice("abc") for _ in range(5)) + "*" for _ in range(n)]
    return document(under("Allow", ("StringLike", "k:a", "?" * (2 * n))), *[under("Deny", ("StringNotLike", "k:a", w)) for w in words])


def patterns_of_a_key(n):
    return document(under("Allow", ("StringLike", "k:a", ["*a%d?*" % i for i in range(n)])),
                    under("Deny", ("StringLike", "k:a", ["*?%d?*" % i for i in range(n)])))


def texts_of_a_key(n):
    return document(under("Allow", ("StringLike", "k:a", ["a%d*" % i for i in range(n)])),
                    under("Deny", ("StringLike", "k:a", ["a%d?*" % i for i in range(n)]), ("StringEquals", "k:b", "x")))


QUESTIONS = [(three_sat, 60), (three_sat, 120), (pigeonhole, 9), (pigeonhole, 14), (question_marks, 16), (question_marks, 40),
             (remembered, 14), (remembered, 40), (packed_words, 14), (packed_words, 40), (patterns_of_a_key, 5000),
             (patterns_of_a_key, 20000), (texts_of_a_key, 20000)]
NOTHING = document({"Effect": "Deny", "Action": "*", "Resource": "*"})


def ask(policy):
    """Processor seconds, MiB at most, and the answer to: does the policy allow anything?"""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("new.json", "old.json", "answer")]
        for path, what in zip(paths, (policy, NOTHING)):
            with open(path, "w", encoding="utf-8") as file:
                json.dump(what, file)
        with open(paths[2], "w", encoding="utf-8") as out:
            child = subprocess.Popen([TOOL, "check-no-new-access", "--type", "identity", "--format", "json", "--new", paths[0],
                                      "--existing", paths[1]], stdout=out)
            _, _, used = os.wait4(child.pid, 0)
            child.returncode = 0
        with open(paths[2], encoding="utf-8") as answer:
            said = json.load(answer)
    result = said.get("result", "?")
    why = said.get("reason") or said.get("why") or {}
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, result + (": " + str(why) if why and result not in ("PASS", "FAIL") else "")


def questions():
    _, base, _ = ask(document({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    failed = 0
    print("\n| question | n | seconds | MiB | answer |\n|---|---|---|---|---|")
    for make, n in QUESTIONS:
        tries = [ask(make(n)) for _ in range(2)]
        took, mib = min(t[0] for t in tries), min(t[1] for t in tries) - base
        bad = took > 1 or mib > 64
        failed += bad
        print("| %s | %d | %.3f | %.1f | %s%s |" % (make.__name__.replace("_", " "), n, took, mib, tries[0][2],
                                                    " **too much**" if bad else ""))
    return failed


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
    over = questions()
    print("%d questions, %d take too much" % (len(QUESTIONS), over))
    return 1 if failed or over else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""New access between AWS managed policies: each against others, and against itself with one edit, both ways. Within the
default budgets there is an answer to each question, every YES is given back to the evaluator, and an edit that widens a
policy takes nothing from it. The times are processor time of the analysis alone.

MATRIX_POLICIES: how many of the policies (default 100, evenly spread; 0: all); MATRIX_OTHERS: against how many others
each (default 20); MATRIX_SEED."""

import copy
import json
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

POLICIES, OTHERS = int(os.environ.get("MATRIX_POLICIES", "100")), int(os.environ.get("MATRIX_OTHERS", "20"))
SEED = int(os.environ.get("MATRIX_SEED", "1"))
FOLDER = os.environ.get("POLICYEVAL_CORPUS", os.path.join(source_tree.TOP, "..", "shared", "corpus"))
CORPUS = os.path.join(FOLDER, "aws-managed-policies.jsonl")
if not os.path.exists(CORPUS):
    print("skipped: no corpus")
    sys.exit(77)
import library  # noqa: E402
from library import NO, UNKNOWN, YES  # noqa: E402


def listed(value):
    return value if isinstance(value, list) else [value]


def read():
    with open(CORPUS, encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    return {e["name"]: e["document"] for e in entries}


# ---- one edit: what it does, and what may be new after it: "wider" nothing that was there goes, "narrower" nothing comes ----


def drop_value(rng, s):
    name = rng.choice([n for n in ("Action", "Resource", "NotAction", "NotResource") if n in s])
    if len(listed(s[name])) < 2:
        return None
    s[name] = listed(s[name])[:]
    s[name].pop(rng.randrange(len(s[name])))
    return "narrower" if not name.startswith("Not") else "wider"


def star_in_action(rng, s):
    if "Action" not in s:
        return None
    s["Action"] = listed(s["Action"])[:]
    at = rng.randrange(len(s["Action"]))
    service, colon, name = s["Action"][at].partition(":")
    s["Action"][at] = service + colon + name[:rng.randrange(len(name) + 1)] + "*" if colon else "*"
    return "wider"


def drop_condition(rng, s):
    if not s.get("Condition"):
        return None
    operator = rng.choice(list(s["Condition"]))
    s["Condition"] = {k: dict(v) for k, v in s["Condition"].items()}
    s["Condition"][operator].pop(rng.choice(list(s["Condition"][operator])))
    return "wider"


def add_condition(rng, s):
    s["Condition"] = {**s.get("Condition", {}), "ArnNotEquals": {"edit:Arn": "arn:aws:s3:::edit"}, "Null": {
        **s.get("Condition", {}).get("Null", {}), "edit:Key": "false"}}
    return "narrower"


def flip_effect(rng, s):
    s["Effect"] = "Deny" if s["Effect"] == "Allow" else "Allow"
    return "narrower" if s["Effect"] == "Deny" else "wider"


EDITS = [drop_value, drop_value, star_in_action, star_in_action, drop_condition, add_condition, flip_effect]
OPPOSITE = {"wider": "narrower", "narrower": "wider"}


def edited(rng, document):
    """Another document, and whether it is wider or narrower."""
    while True:
        made = copy.deepcopy(document)
        made["Statement"] = listed(made["Statement"])
        s = rng.choice(made["Statement"])
        edit, effect = rng.choice(EDITS), s["Effect"]
        way = edit(rng, s)
        if way:
            return made, way if effect == "Allow" or edit is flip_effect else OPPOSITE[way]


# ---- the run ----


class Run:
    def __init__(self):
        self.asked = library.Library()
        self.times, self.count, self.faults = {}, {}, []
        self.defined = set()

    def name(self, name, document):
        if name not in self.defined:
            self.asked.define(name, document, "identity")
            self.defined.add(name)
        return name

    def ask(self, group, name, document, other, existing):
        text, against = json.dumps(document), json.dumps(existing)
        for policy in (text, against):  # loading is not what is measured
            self.asked.policy(policy, "identity")
        began = time.process_time()
        answer, witness = self.asked.new_access(text, against, "identity")
        self.times.setdefault(group, []).append((time.process_time() - began, f"{name} against {other}"))
        self.count[group, answer] = self.count.get((group, answer), 0) + 1
        if answer not in (YES, NO):
            self.fault(f"{name} against {other}: {answer}", document if "edited" in name + other else "")
        if answer == YES:
            if not self.asked.allows(witness, self.name(name, document), "identity"):
                self.fault(f"{name} does not allow the witness {witness}", document)
            if self.asked.allows(witness, self.name(other, existing), "identity"):
                self.fault(f"{other} allows the witness {witness}", existing)
        return answer

    def fault(self, what, document):
        self.faults.append(what)
        if len(self.faults) <= 5:
            print(what, json.dumps(document)[:2000] if document else "")

    def table(self):
        print(f"{'':<12}{'questions':>10}{'yes':>8}{'no':>8}{'unknown':>8}{'median':>9}{'p95':>9}{'p99':>9}{'max':>9}  ms of processor time")
        for group, found in self.times.items():
            found.sort()
            n = len(found)
            cells = [1000 * found[min(n - 1, int(n * q))][0] for q in (0.5, 0.95, 0.99)] + [1000 * found[-1][0]]
            answers = [self.count.get((group, a), 0) for a in (YES, NO, UNKNOWN)]
            print(f"{group:<12}{n:>10}{answers[0]:>8}{answers[1]:>8}{answers[2]:>8}" + "".join(f"{c:>9.3f}" for c in cells))
            print(f"            slowest: {found[-1][1]}")


def main():
    corpus, run, began = read(), Run(), time.monotonic()
    names = list(corpus)
    step = max(1, len(names) // POLICIES) if POLICIES else 1
    chosen = names[::step]
    for name in chosen:
        rng = random.Random(f"{SEED} {name}")
        document = corpus[name]
        for other in rng.sample([n for n in names if n != name], OTHERS):
            run.ask("others", name, document, other, corpus[other])
        if run.ask("itself", name, document, name, document) != NO:
            run.fault(f"{name} is new to itself", document)
        other, way = edited(rng, document)
        after, before = run.ask("edited", name + ", edited", other, name, document), run.ask("edited", name, document, name + ", edited", other)
        if (way == "wider" and before == YES) or (way == "narrower" and after == YES):
            run.fault(f"{name}: an edit that makes it {way} does not", other)
    run.table()
    print(f"{len(chosen)} policies, {run.asked.questions} questions, {run.asked.replays} replays in {time.monotonic() - began:.1f} s: "
          f"{len(run.faults)} faults")
    return 1 if run.faults or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""What must hold between answers, whatever the policies: random identity and resource policies, a third of them with
policy variables. METAMORPHIC_CASES sets how many (default 300), METAMORPHIC_SEED where they start.

Each property is first put to a liar, and has to notice."""

import copy
import json
import os
import random
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "smt")]
import library  # noqa: E402
import rewrite  # noqa: E402
from generate import policy, statement  # noqa: E402
from library import NO, UNKNOWN, YES  # noqa: E402

CASES, SEED = int(os.environ.get("METAMORPHIC_CASES", "300")), int(os.environ.get("METAMORPHIC_SEED", "1"))


class Broken(Exception):
    """A property that does not hold."""


def require(holds, what, *policies):
    if not holds:
        raise Broken(what + "".join("\n  " + (p if isinstance(p, str) else json.dumps(p)) for p in policies))


class Case:
    """Policies of one kind, and whom to ask about them."""

    def __init__(self, asked, number):
        self.rng = random.Random(SEED * 1000003 + number)
        self.kind = ("identity", "resource")[number % 2]
        self.asked = asked
        self.variables = number % 3 == 0
        self.first, self.second = self.policy(), self.policy()

    def policy(self):
        made = policy(self.rng, self.rng.randrange(1, 4), self.kind)
        return rewrite.with_variables(self.rng, made) if self.variables else made

    def statement(self, effect):
        return statement(self.rng, effect, self.kind)

    def with_one(self, document, effect):
        return {**document, "Statement": document["Statement"] + [self.statement(effect)]}

    def near(self, document):
        """A policy that has much in common with another."""
        made = copy.deepcopy(document)
        change = self.rng.randrange(4)
        if change == 0:
            made["Statement"].append(self.statement("Allow"))
        elif change == 1:
            made["Statement"].append(self.statement("Deny"))
        elif change == 2:
            made = rewrite.widen(self.rng, made)
        elif len(made["Statement"]) > 1:
            made["Statement"].pop(self.rng.randrange(len(made["Statement"])))
        return made

    def new(self, document, existing):
        """The answer; a YES has been given back to the evaluator."""
        answer, witness = self.asked.new_access(document, existing, self.kind)
        require(answer in (YES, NO, UNKNOWN), f"the answer is {answer}", document, existing)
        if answer == YES:
            require(self.asked.allows(witness, document, self.kind), "the witness is not allowed", witness, document, existing)
            require(not self.asked.allows(witness, existing, self.kind), "the witness is no news", witness, document, existing)
        return answer

    def included(self, document, existing, what):
        answer = self.new(document, existing)
        require(answer != YES and (self.variables or answer == NO), f"{what}: {answer}", document, existing)


# ---- the properties ----


def an_allow_takes_nothing(case):
    case.included(case.first, case.with_one(case.first, "Allow"), "one more Allow takes access away")


def a_deny_gives_nothing(case):
    case.included(case.with_one(case.first, "Deny"), case.first, "one more Deny gives access")


def nothing_is_new_to_itself(case):
    answer = case.new(case.first, case.first)
    require(answer == NO, f"a policy and itself: {answer}", case.first)


def inclusion_is_transitive(case):
    a = case.first
    b = case.near(a)
    c = case.near(b)
    for x, y, z in ((a, b, c), (c, b, a)):
        if case.new(x, y) == NO and case.new(y, z) == NO:
            require(case.new(x, z) != YES, "not transitive", x, y, z)


def same_meaning(case):
    name = case.rng.choice(list(rewrite.SAME))
    one = case.first
    if name == "complement":
        one = {**one, "Statement": one["Statement"][:1]}
    other = rewrite.SAME[name](case.rng, one)
    case.included(one, other, name)
    case.included(other, one, name)
    second = case.near(one) if case.rng.randrange(2) else case.second
    for x, y in (((one, second), (other, second)), ((second, one), (second, other))):
        answers = {case.new(*x), case.new(*y)}
        require(not answers >= {YES, NO} and (case.variables or len(answers) == 1), f"{name} changes the answer", *x, *y)


def a_star_takes_nothing(case):
    case.included(case.first, rewrite.widen(case.rng, case.first), "a star instead of a literal takes access away")


def accounts_are_names(case):
    second = case.near(case.first) if case.rng.randrange(2) else case.second
    before, after = (case.first, second), (rewrite.renamed(case.first), rewrite.renamed(second))
    if None in after:
        return
    answer, witness = case.asked.new_access(*before, case.kind)
    answers = {answer, case.new(*after)}
    require(not answers >= {YES, NO} and (case.variables or len(answers) == 1), "other accounts change the answer", *before)
    if witness:
        other = rewrite.renamed(witness)
        require(case.asked.allows(other, after[0], case.kind), "with other accounts the witness is not allowed", other, *after)
        require(not case.asked.allows(other, after[1], case.kind), "with other accounts the witness is no news", other, *after)


def a_deny_makes_nothing_public(case):
    if case.kind == "identity":
        return
    more = case.with_one(case.first, "Deny")
    answer, witness = case.asked.public(more)
    require(answer in (YES, NO, UNKNOWN), f"the answer is {answer}", more)
    if answer != YES:
        return
    require(case.asked.allows(witness, more, case.kind), "the witness is not allowed", witness, more)
    before = case.asked.public(case.first)[0]
    require(before != NO and (case.variables or before == YES), "one more Deny makes it public", more)


POOR = [(1, 1), (1, 0), (0, 1), (20, 3), (300, 20)]
ASKED_POOR = {}


def budgets_change_nothing(case):
    second = case.near(case.first) if case.rng.randrange(2) else case.second
    answer = case.new(case.first, second)
    for budget in [case.rng.choice(POOR), (2000000, 1000000)]:
        if budget not in ASKED_POOR:
            ASKED_POOR[budget] = library.Library(*budget)
        other = ASKED_POOR[budget].new_access(case.first, second, case.kind)[0]
        may = {answer} if budget[0] > 300 and answer != UNKNOWN else {answer, UNKNOWN} if answer != UNKNOWN else {YES, NO, UNKNOWN}
        require(other in may, f"{answer}, but {other} with states and nodes {budget}", case.first, second)


PROPERTIES = [an_allow_takes_nothing, a_deny_gives_nothing, nothing_is_new_to_itself, inclusion_is_transitive, same_meaning,
              a_star_takes_nothing, accounts_are_names, a_deny_makes_nothing_public, budgets_change_nothing]


# ---- faults that must be noticed ----


class Liar:
    """Tosses a coin; the evaluator is asked in earnest, about a witness that fits nothing."""

    WITNESS = '{"principal": {"anonymous": true}, "action": "x:y", "resource": "*"}'

    def __init__(self, honest):
        self.honest, self.rng = honest, random.Random(1)

    def _toss(self):
        return (YES, self.WITNESS) if self.rng.randrange(2) else (NO, None)

    def new_access(self, document, existing, kind):
        return self._toss()

    def public(self, document):
        return self._toss()

    def allows(self, witness, document, kind):
        return True


class Forgetful(Liar):
    """Answers honestly about policies that it has misread."""

    def __init__(self, honest, misread):
        super().__init__(honest)
        self.misread = misread

    def new_access(self, document, existing, kind):
        return self.honest.new_access(self.misread(document), self.misread(existing), kind)

    def public(self, document):
        return self.honest.public(self.misread(document))

    def allows(self, witness, document, kind):
        return self.honest.allows(witness, document, kind)


def without(drop):
    def misread(document):
        kept = [s for i, s in enumerate(document["Statement"]) if not drop(i, s)]
        nothing = {**document["Statement"][0], "Effect": "Deny"}
        return {**document, "Statement": kept or [nothing]}
    return misread


MISREADINGS = {
    "no Deny": without(lambda i, s: s["Effect"] == "Deny"),
    "three statements at most": without(lambda i, s: i >= 3),
    "letter case of actions counts": without(lambda i, s: any(a != "*" and not a.startswith("s3:") for a in rewrite.listed(
        s.get("Action", [])))),
    "conditions with IfExists": without(lambda i, s: any("IfExists" in o for o in s.get("Condition", {}))),
}


def failures(asked, properties, cases):
    found = []
    for number in range(cases):
        for check in properties:
            try:
                check(Case(asked, number))
            except Broken as broken:
                found.append((number, check.__name__, str(broken)))
    return found


def prove(honest):
    for check in PROPERTIES:
        assert failures(Liar(honest), [check], 40), f"{check.__name__} does not notice a liar"
    for name, misread in MISREADINGS.items():
        assert failures(Forgetful(honest, misread), PROPERTIES, 40), f"nothing notices: {name}"


def main():
    if os.environ.get("POLICYEVAL_ORACLES") == "no":
        print("skipped: POLICYEVAL_ORACLES is no")
        return 77
    asked = library.Library()
    prove(asked)
    began = time.monotonic()
    found = failures(asked, PROPERTIES, CASES)
    for number, name, what in found[:5]:
        print(f"case {number}: {name}: {what}")
    print(f"{CASES} cases of {len(PROPERTIES)} properties, {asked.questions} questions and {asked.replays} replays in "
          f"{time.monotonic() - began:.1f} s: {len(found)} failed, {asked.undecided} answers unknown")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""What the checker accepts is true: certificates about boxes are altered at random, and where the checker still accepts one, all
values of a small domain are tried for a point that it says does not exist."""

import itertools
import json

import checker

WORDS = ["".join(w) for n in (1, 2, 3) for w in itertools.product("abcz", repeat=n)]
SHORT = [w for w in WORDS if len(w) < 3]
NUMBERS = [n / 4 for n in range(-14, 15)]


def matches(pattern, text):
    """A pattern as the certificate writes it."""
    if not pattern:
        return not text
    kind, rest = pattern[0][0], pattern[0][1:]
    if kind == "*":
        return any(matches(pattern[1:], text[i:]) for i in range(len(text) + 1))
    if kind == "?":
        return bool(text) and matches(pattern[1:], text[1:])
    assert kind == "="
    return text.startswith(rest) and matches(pattern[1:], text[len(rest):])


def passes(test, value):
    if test["sort"] == "presence":
        return True
    if test["sort"] == "string":
        return any(matches(p, value) for p in test["wide"])
    compare = {"=": value.__eq__, "<": value.__lt__, "<=": value.__le__, ">": value.__gt__, ">=": value.__ge__}
    return any(compare[how](float(n)) for how, n in test["bounds"])


def signatures(oracle, key):
    """Per value of the key the truth of its predicates, without repetition."""
    k, found = oracle["keys"][key], set()
    preds = [(n + 1, p) for n, p in enumerate(oracle["predicates"]) if p["key"] == key]
    numbers = any(t["sort"] == "number" for t in oracle["tests"] if t["key"] == key)
    values = [w[0][1:] for w in k["limit"]] if "limit" in k else NUMBERS if numbers else WORDS
    if k["shapes"] & checker.ABSENT:
        found.add(tuple((n, p["absent"] == 2) for n, p in preds))
    lists = [(v,) for v in values] + list(itertools.combinations(SHORT if values is WORDS else values, 2))
    tests = {p["test"] for _, p in preds}
    of_value = {v: {t: passes(oracle["tests"][t], v) for t in tests} for v in values}

    def of_list(p, elements):
        truths = [of_value[e][p["test"]] != p["negate"] for e in elements]
        return {"some": any(truths), "each": all(truths), "true": True, "false": False}[p["list"]]

    if k["shapes"] & checker.SCALAR:
        found |= {tuple((n, of_value[v][p["test"]] != p["negate"]) for n, p in preds) for v in values}
    if k["shapes"] & checker.LIST:
        found |= {tuple((n, of_list(p, e)) for n, p in preds) for e in lists}
    return [dict(s) for s in found]


def exists(oracle, record):
    """Is there a point of the base, among the values that are tried, in none of the boxes?"""
    boxes = list(record["boxes"].values())
    named = {abs(l) for b in [record["base"], *boxes] for l in b}
    keys = sorted({oracle["predicates"][n - 1]["key"] for n in named})
    for parts in itertools.product(*({tuple(sorted((n, t) for n, t in s.items() if n in named)) for s in signatures(oracle, k)}
                                     for k in keys)):
        point = {n: t for part in parts for n, t in part}
        if all(point[abs(l)] == (l > 0) for l in record["base"]) and not any(
                all(point[abs(l)] == (l > 0) for l in b) for b in boxes):
            return True
    return False


def alter(oracle, elements, record, rng):
    kind = rng.randrange(7)
    named = sorted({abs(l) for b in [record["base"], *record["boxes"].values()] for l in b}) or [1]
    predicate = oracle["predicates"][rng.choice(named) - 1]
    test = oracle["tests"][predicate["test"]]
    if kind == 0:
        predicate["negate"] = not predicate["negate"]
    elif kind == 1:
        predicate["absent"] = 3 - predicate["absent"]
    elif kind == 2:
        predicate["list"] = rng.choice(["some", "each", "true", "false"])
    elif kind == 3 and test["sort"] == "string":
        pattern = rng.choice(test["wide"])
        pattern[rng.randrange(len(pattern))] = rng.choice(["=a", "=b", "=c", "?", "*"])
    elif kind == 3 and test["sort"] == "number":
        test["bounds"] = [[rng.choice(["=", "<", "<=", ">", ">="]), str(rng.randrange(-4, 5) / 2)]]
    elif kind == 4 and elements:
        element = rng.choice(elements)
        element.update(self=rng.randrange(-1, 3), open=element["open"] or [0])
    elif kind == 5:
        literals = rng.choice([record["base"], *record["boxes"].values(), *(node[2] for node in record["tree"])])
        if literals:
            literals[rng.randrange(len(literals))] = rng.randrange(1, len(oracle["predicates"]) + 1) * rng.choice((1, -1))
    elif kind == 6:
        oracle["keys"][predicate["key"]]["shapes"] = rng.choice([1, 2, 3, 4, 5, 7])


def prove(lines, rng, most):
    """Alters certificates of tests/unit/test_solve.c; returns how many were altered, and how many accepted all the same."""
    oracles, altered, accepted = {}, 0, 0
    for line in lines:
        given = json.loads(line)
        if "oracle" in given:
            oracles = {given["oracle"]: (given, [])}
        elif "element" in given:
            oracles[given["element"]][1].append(given)
        elif given["tree"]:
            for _ in range(3):
                if altered == most:
                    return altered, accepted
                oracle, elements, record = json.loads(json.dumps([*oracles[given["no"]], given]))
                alter(oracle, elements, record, rng)
                altered += 1
                text = [json.dumps(r) for r in (oracle, *elements, record)]
                if next(checker.check(text))[1] is None:
                    accepted += 1
                    assert not exists(oracle, record), "accepted, and not true\n" + "\n".join(text)
    return altered, accepted

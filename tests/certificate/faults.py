# SPDX-License-Identifier: MIT
"""Certificates with a fault, each of a kind that leaves no proof; and small certificates written by hand."""

import json

import checker

STEP, MOST = 7, 25  # one certificate of so many gets faults, and each that has closed sets of states; so many of either kind
KINDS = ("a branch dropped", "a node dropped", "a node added", "a literal of a conflict reversed", "a literal of the base dropped",
         "a box made smaller", "a box dropped", "a choice dropped", "a state dropped", "a state altered", "an element dropped",
         "patterns widened", "bounds widened", "absence allowed")


class Recorder(dict):
    """Elements of an oracle, and which of them were needed."""

    def __init__(self, content):
        super().__init__(content)
        self.needed = []

    def get(self, at, default=None):
        if at in self:
            self.needed.append(at)
        return super().get(at, default)


def sample(lines, rng):
    """(oracle, its elements, certificate) of some of the certificates."""
    oracles, chosen = {}, [0, 0]
    for line in lines:
        record = json.loads(line)
        if "oracle" in record:
            oracles[record["oracle"]] = (record, oracles[record["oracle"]][1] if record.get("grown") else [])
        elif "element" in record:
            oracles[record["element"]][1].append(record)
        elif record["tree"] and not record["mixed"]:
            states = any(e["states"] for e in oracles[record["no"]][1])
            if (states or rng.randrange(STEP) == 0) and chosen[states] < MOST and not any(-l in record["base"] for l in record["base"]):
                chosen[states] += 1
                yield json.loads(json.dumps((*oracles[record["no"]], record)))


def end_of(tree, at):
    """Behind the last node of the subtree."""
    left = 1
    while left:
        node = tree[at]
        left += (len(node[2]) if node[0] == "box" else 0) - 1
        at += 1
    return at


def leaves(record):
    return [i for i, node in enumerate(record["tree"]) if node[0] == "key"]


def used_boxes(record):
    """Those of levels that were jumped over are not."""
    return sorted({str(node[1]) for node in record["tree"] if node[0] == "box"})


def plant(case, rng):
    """(kind, lines) for all kinds that there is a place for in the certificate."""
    for kind, change in zip(KINDS, CHANGES):
        oracle, elements, record = copy = json.loads(json.dumps(case))
        if change(oracle, elements, record, rng):
            yield kind, [json.dumps(r) for r in (copy[0], *copy[1], copy[2])]


def drop_branch(_oracle, _elements, record, rng):
    tree = record["tree"]
    if len(tree) < 2:
        return False
    at = rng.randrange(1, len(tree))
    del tree[at:end_of(tree, at)]
    return True


def drop_node(_oracle, _elements, record, rng):
    tree = record["tree"]
    del tree[rng.choice(leaves(record)) if leaves(record) else len(tree) - 1]
    return True


def add_node(_oracle, _elements, record, _rng):
    record["tree"].append(record["tree"][-1])
    return True


def reverse_literal(_oracle, _elements, record, rng):
    at = [record["tree"][i][2] for i in leaves(record) if record["tree"][i][2]]
    if not at:
        return False
    literals = rng.choice(at)
    literals[rng.randrange(len(literals))] *= -1
    return True


def drop_literal(_oracle, _elements, record, rng):
    used = {l for node in record["tree"] for l in (node[2] if node[0] == "key" else record["boxes"][str(node[1])])}
    used &= set(record["base"])
    if not used:
        return False
    gone = rng.choice(sorted(used))
    record["base"] = [l for l in record["base"] if l != gone]
    return True


def shrink_box(oracle, _elements, record, rng):
    named = {abs(l) for box in [record["base"], *record["boxes"].values()] for l in box}
    free = sorted(set(range(1, len(oracle["predicates"]) + 1)) - named)
    used = used_boxes(record)
    if not free or not used:
        return False
    record["boxes"][rng.choice(used)].append(rng.choice(free) * rng.choice((1, -1)))
    return True


def drop_box(_oracle, _elements, record, rng):
    used = used_boxes(record)
    if not used:
        return False
    del record["boxes"][rng.choice(used)]
    return True


def drop_choice(_oracle, _elements, record, rng):
    tree = record["tree"]
    at = [i for i, node in enumerate(tree) if node[0] == "box" and node[2]]
    if not at:
        return False
    at = rng.choice(at)
    number, child = rng.randrange(len(tree[at][2])), at + 1
    for _ in range(number):
        child = end_of(tree, child)
    del tree[child:end_of(tree, child)], tree[at][2][number]
    return True


def needed(oracle, elements, record):
    """The elements that the proof needs."""
    made = checker.Oracle(json.loads(json.dumps(oracle)))
    for element in elements:
        made.add(element)
    made.elements = Recorder(made.elements)
    made.demand_no(record)
    good = {at for at in made.elements.needed if made.known[at] is None}
    return made, [e for e in elements if (e["key"], frozenset(e["inside"]), frozenset(e["outside"])) in good
                  and not oracle["keys"][e["key"]]["shapes"] & checker.LIST]


def with_states(oracle, elements, record, rng, change):
    made, found = needed(oracle, elements, record)
    found = [e for e in found if len(e["states"]) > 1]
    return bool(found) and change(made, rng.choice(found))


def drop_state(oracle, elements, record, rng):
    return with_states(oracle, elements, record, rng, lambda _, e: e["states"].pop(rng.randrange(len(e["states"]))))


def alter_state(oracle, elements, record, rng):
    def change(made, element):
        states = [s for s in element["states"][1:] if s]
        if not states:
            return False
        state = rng.choice(states)
        state.remove(max(state))  # nothing further on makes this one pointless
        return True
    return with_states(oracle, elements, record, rng, change)


def drop_element(oracle, elements, record, rng):
    _, found = needed(oracle, elements, record)
    if not found:
        return False
    gone = rng.choice(found)
    at = gone["key"], set(gone["inside"]), set(gone["outside"])
    elements[:] = [e for e in elements if (e["key"], set(e["inside"]), set(e["outside"])) != at]
    return True


def widen_patterns(oracle, elements, record, rng):
    made, found = needed(oracle, elements, record)
    found = sorted({e["key"] for e in found if made.sorts[e["key"]] <= {"presence", "string"}})
    if not found:
        return False
    key = rng.choice(found)
    for test in oracle["tests"]:
        if test["key"] == key and test["sort"] == "string":
            test.update(two_sided=True, wide=test["wide"] + [["*"], ["*", "=\x1f", "*", "=\x1f", "*"]], tight=[], lettered=[])
    return True


def widen_bounds(oracle, elements, record, rng):
    everything = {"number": [[">=", "0"], ["<", "0"]], "instant": [[">=", [0, 0]], ["<", [0, 0]]],
                  "address": [["in", [4, 0, "00000000"]], ["in", [6, 0, "0" * 32]]]}
    made, _ = needed(oracle, elements, record)
    found = []
    for _, key, literals in (record["tree"][i] for i in leaves(record)):
        _, outside = made.wish(literals)
        present = any(made.tests[n]["sort"] == "presence" for n in outside)
        if made.keys[key]["shapes"] & checker.SCALAR and not made.keys[key]["shapes"] & checker.LIST and not present:
            found += [key] * (len(made.sorts[key] - {"presence"}) == 1 and not made.sorts[key] & {"presence", "string"})
    if not found:
        return False
    key = rng.choice(found)
    for test in oracle["tests"]:
        if test["key"] == key:
            test.update(two_sided=True, bounds=everything[test["sort"]])
    return True


def allow_absence(oracle, _elements, record, rng):
    if not leaves(record):
        return False
    key = record["tree"][rng.choice(leaves(record))][1]
    oracle["keys"][key]["shapes"] |= checker.ABSENT
    for predicate in oracle["predicates"]:
        if predicate["key"] == key:
            predicate["absent"] = 3
    return True


CHANGES = (drop_branch, drop_node, add_node, reverse_literal, drop_literal, shrink_box, drop_box, drop_choice, drop_state,
           alter_state, drop_element, widen_patterns, widen_bounds, allow_absence)

# ---- by hand: one key, tests that its value passes and fails, and whether no value does ----

A, B, C = ["=a"], ["=b"], ["=c"]
BY_HAND = [
    ("number", [["<", "3"]], [[">", "3"]], [], {}, True),
    ("number", [["<=", "3"]], [[">=", "3.0"]], [], {}, False),
    ("number", [["<", "4"]], [[">", "3"]], [], {}, False),
    ("number", [["<", "4"]], [[">", "3"]], [], {"integers": True}, True),
    ("number", [["<", "4"]], [[">", "2.5"]], [], {"integers": True}, False),
    ("number", [["<", "-1"]], [[">", "-1.5"]], [], {"integers": True}, True),
    ("number", [["<", "-1"]], [[">", "-2.5"]], [], {"integers": True}, False),
    ("number", [["<", "1E400"]], [["=", "10E399"]], [], {}, True),
    ("number", [["=", "1"], ["=", "2"]], None, [[["<", "2"]], [[">", "1"]]], {}, True),
    ("instant", [["<", [5, 2]]], [[">", [5, 1]]], [], {}, True),
    ("instant", [["<", [5, 3]]], [[">", [5, 1]]], [], {}, False),
    ("address", [["in", [4, 8, "0a000000"]]], None, [[["in", [4, 9, "0a000000"]]], [["in", [4, 9, "0a800000"]]]], {}, True),
    ("address", [["in", [4, 8, "0a000000"]]], None, [[["in", [4, 9, "0a000000"]]], [["in", [4, 10, "0a800000"]]]], {}, False),
    ("address", [["in", [4, 0, "00000000"]]], [["in", [6, 0, "0" * 32]]], [], {}, True),
    ("string", [A, B], [B, C], [[B]], {"self": 0}, True),
    ("string", [A, B], [B, C], [[C]], {"self": 0}, False),
    ("string", [["=a", "*"]], None, [[["=a", "*", "*"]]], {"self": 0}, True),
    ("string", [["=a", "?"]], None, [[["=a", "."]]], {"self": 0}, False),
    ("string", [["=a", "."]], None, [[["=a", "?"]]], {"self": 0}, True),
    ("string", [["~a"]], None, [[["=a"]]], {"self": 0}, False),
    ("string", [["~a"]], None, [[["~a"]], [["=A"]]], {"self": 0}, True),
    ("string", [["#1"]], None, [[["#2"]]], {"self": 0}, True),
    ("string", [["#2"]], None, [[["#1"]]], {"self": 0}, False),
    ("string", [["*", "=b", "*"]], None, [[["%", "=b", "*"]]], {"self": 0}, False),
    # a?* without a?b and a?: the start, the word a, and any word of two and more
    ("string", [["?", "*"]], None, [[["?"]], [["?", "?", "*"]]], {"self": 0, "open": [0], "states": [[0, 3, 5], [1, 2, 4, 6]]}, True),
    ("string", [["?", "*"]], None, [[["?"]], [["?", "?", "*"]]], {"self": 0, "open": [0], "states": [[0, 3, 5]]}, False),
    ("string", [["?", "*"]], None, [[["?", "?"]], [["?", "?", "?", "*"]]],
     {"self": 0, "open": [0], "states": [[0, 3, 6], [1, 2, 4, 7]]}, False)]


def by_hand(sort, first, second, fails, more):
    """A key that has one value, which passes the first two tests and fails the others."""
    passes = [t for t in (first, second) if t is not None]
    field = "wide" if sort == "string" else "bounds"
    tests = [{"key": 0, "sort": sort, "two_sided": False, field: t} for t in passes + fails]
    literals = [n + 1 for n in range(len(passes))] + [-n - 1 for n in range(len(passes), len(tests))]
    oracle = {"oracle": 1, "keys": [{"name": "k", "shapes": checker.SCALAR, "integers": more.get("integers", False)}], "tests": tests,
              "predicates": [{"key": 0, "test": n, "negate": False, "absent": 1, "list": "some"} for n in range(len(tests))]}
    element = {"element": 1, "key": 0, "inside": list(range(len(passes))), "outside": list(range(len(passes), len(tests))),
               "self": more.get("self", 0), "open": more.get("open", []), "states": more.get("states", [])}
    record = {"no": 1, "mixed": False, "base": literals, "boxes": {}, "tree": [["key", 0, literals]]}
    return [json.dumps(r) for r in [oracle] + [element] * ("self" in more) + [record]]


def by_lists():
    """A list: each is a and some is not; some is a and some is not; and the letters of variables."""
    def one(tests, predicates, literals, shapes=checker.LIST):
        oracle = {"oracle": 1, "keys": [{"name": "k", "shapes": shapes, "integers": False}], "tests": tests,
                  "predicates": [{"key": 0, "test": n, "negate": negate, "absent": 1, "list": how} for n, negate, how in predicates]}
        elements = [{"element": 1, "key": 0, "inside": i, "outside": o, "self": 0 if i else -1, "open": [], "states": []}
                    for i in ([], [0]) for o in ([], [0])]
        record = {"no": 1, "mixed": False, "base": literals, "boxes": {}, "tree": [["key", 0, literals]]}
        return [json.dumps(r) for r in [oracle, *elements, record]]

    def lettered(n):
        return {"key": 0, "sort": "string", "two_sided": True, "wide": [["=a", "*"]], "tight": [], "lettered": [["=a", f"${n}"]]}

    plain = [{"key": 0, "sort": "string", "two_sided": False, "wide": [A]}]
    yield one(plain, [(0, False, "each"), (0, True, "some")], [1, 2]), True
    yield one(plain, [(0, False, "some"), (0, True, "some")], [1, 2]), False
    yield one(plain, [(0, False, "some"), (0, False, "each")], [-1, 2]), True
    yield one(plain, [(0, False, "true")], [-1]), True
    yield one(plain, [(0, False, "false")], [-1]), False
    for first, second, proved in ((0, 0, True), (0, 1, False)):
        tests = [lettered(first), lettered(second)]
        yield one(tests, [(0, False, "some"), (1, False, "some")], [1, -2], checker.SCALAR), proved


def prove():
    """The checker accepts what is proved here, and refuses what is not."""
    cases = [(by_hand(*case[:-1]), case[-1]) for case in BY_HAND] + list(by_lists())
    for number, (lines, proved) in enumerate(cases):
        (_, why, _), = checker.check(lines)
        assert (why is None) == proved, f"certificate {number} by hand: {why}\n" + "\n".join(lines)

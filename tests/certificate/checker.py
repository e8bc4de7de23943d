# SPDX-License-Identifier: MIT
"""Checks certificates of NO (docs/analysis.md, certificates). Written from that page; shares no code with the library, and
searches nothing that a certificate must state: what is not proved is refused."""

import calendar
import collections
import datetime
import functools
import ipaddress
import json
import re
from decimal import Decimal, getcontext

ABSENT, SCALAR, LIST = 1, 2, 4
CAN_FALSE, CAN_TRUE = 1, 2
COLON, SEPARATOR = ord(":"), 0x1F
DIGITS, LOWER, UPPER = set(range(48, 58)), set(range(97, 123)), set(range(65, 91))
HEX = DIGITS | set(range(97, 103))
WORD = DIGITS | LOWER | UPPER | {ord("-"), ord("_")}
CLASSES = [DIGITS, HEX, LOWER, WORD, WORD | set(map(ord, "+=,.@"))]
KINDS = [{c for c in range(128) if [c in k for k in CLASSES] == [other in k for k in CLASSES]} for other in map(ord, "0aAg-+")]
ANY, SEPARATED = (("*", 0),), ("=", SEPARATOR)
MAPPED = 0xFFFF << 32  # ::ffff:0.0.0.0; addresses of ::ffff:0:0/96 are not asked about (AMB-15)


getcontext().prec = 10000  # whole numbers are counted exactly
MOST_ORACLES = 8  # that are in use at a time


class Refused(Exception):
    """The certificate does not prove what it says."""


def demand(condition, why):
    if not condition:
        raise Refused(why)


# ---- patterns: a tuple of items (kind, code point) ----


def fold(cp):
    return cp + 32 if cp in UPPER or 0xC0 <= cp <= 0xDE and cp != 0xD7 else cp


def cases(cp):
    return [cp] + [cp - 32] * (cp - 32 in UPPER or 0xE0 <= cp <= 0xFE and cp != 0xF7)


def items(tokens):
    out = []
    for token in tokens:
        kind, rest = token[0], token[1:]
        out += [(kind, ord(c)) for c in rest] if kind in "=~" else [(kind, int(rest or 0))]
    return tuple(out)


@functools.lru_cache(1 << 20)
def takes(item, cp):
    """Is the character one of those that the item stands for (a star: that it may swallow)?"""
    kind, value = item
    if kind == "=":
        return cp == value
    if kind == "~":
        return fold(cp) == value
    if kind == "#":
        return any(value >> i & 1 and cp in CLASSES[i] for i in range(len(CLASSES)))
    return kind in "?*" and cp != SEPARATOR or kind in ".%" and cp not in (SEPARATOR, COLON)


def star(item):
    return item[0] in "*%"


def characters(live):
    """For each way in which the items can tell characters apart a character."""
    found = {COLON, SEPARATOR}
    for kind, value in live:
        if kind in "=~":
            found.update(cases(fold(value)))
    if any(kind == "#" for kind, _ in live):
        found |= {next(c for c in group if c not in found) for group in KINDS if not group <= found}
    other = 0xF0000
    while other in found:
        other += 1
    return found | {other}


@functools.lru_cache(1 << 20)
def within(y, x):
    """Is every character of y one of x? A variable ($) is any text: only itself and a star hold it."""
    if y[0] == "$" or x[0] == "$":
        return x == y or y[0] == "$" and x[0] == "*"
    if x == y or x[0] == "*" and y != SEPARATED:
        return True
    return all(takes(x, cp) for cp in characters((x, y)) if takes(y, cp))


def covers(q, p):
    """Lemma 1: q takes p read item by item, so all that p matches, q matches."""
    at = closure(q, {0})
    for y in p:
        step = set()
        for i in at:
            if i < len(q) and within(y, q[i]) and (star(q[i]) or not star(y) and (y[0] != "$" or q[i] == y)):
                step.add(i if star(q[i]) else i + 1)
        at = closure(q, step)
        if not at:
            return False
    return len(q) in at


def closure(pattern, positions):
    out = set(positions)
    for i in positions:
        while i < len(pattern) and star(pattern[i]):
            i += 1
            out.add(i)
    return out


@functools.lru_cache(1 << 20)
def share(x, y):
    return x == y or any(takes(x, cp) and takes(y, cp) for cp in characters((x, y)))


def apart(p, q):
    """Is there no word that both match?"""
    for a, b in ((p, q), (p[::-1], q[::-1])):  # quickly, by beginnings and ends
        for x, y in zip(a, b):
            if star(x) or star(y):
                break
            if not share(x, y):
                return True
    seen, todo = {(0, 0)}, [(0, 0)]
    while todo:
        i, k = todo.pop()
        if i == len(p) and k == len(q):
            return False
        steps = []
        if i < len(p) and star(p[i]):
            steps.append((i + 1, k))
        if k < len(q) and star(q[k]):
            steps.append((i, k + 1))
        if i < len(p) and k < len(q) and share(p[i], q[k]):
            steps.append((i if star(p[i]) else i + 1, k if star(q[k]) else k + 1))
        for step in steps:
            if step not in seen:
                seen.add(step)
                todo.append(step)
    return True


# ---- the product of patterns ----

Place = collections.namedtuple("Place", "item group end swallowed separated")


class Product:
    """Groups of wanted patterns and one of unwanted ones (None); a state is a set of positions, numbered through."""

    def __init__(self, wanted, unwanted):
        self.places, self.groups, self.start = [], len(wanted), set()
        for group, patterns in [*enumerate(wanted), (None, unwanted)]:
            for p in patterns:
                base = len(self.places)
                self.start |= {base + i for i in closure(p, {0})}
                for i in range(len(p) + 1):
                    ways = [k for k in range(i + 1, len(p)) if star(p[k])
                            and all(within(item, p[k]) and item[0] != "$" for item in p[i:k])]
                    self.places.append(Place(p[i] if i < len(p) else None, group, i == len(p), {base + k for k in ways},
                                             SEPARATED in p[i:]))

    def tidy(self, state):
        """Lemma 2: without the positions whose words a star further on swallows."""
        return frozenset(i for i in state if not self.places[i].swallowed & state)

    def follow(self, state, cp):
        out = set()
        for i in state:
            item = self.places[i].item
            if item is not None and takes(item, cp):
                out.add(i if star(item) else i + 1)
                k = i if star(item) else i + 1
                while self.places[k].item is not None and star(self.places[k].item):
                    k += 1
                    out.add(k)
        return out

    def dead(self, state):
        """No word from here is wanted by all groups and unwanted by none."""
        live = [self.places[i] for i in state]
        alive, separated = {p.group for p in live} - {None}, {p.group for p in live if p.separated}
        swallowed = any(self.places[i].group is None and self.places[i].item == ANY[0] and self.places[i + 1].end for i in state)
        return len(alive) < self.groups or swallowed and len(separated - {None}) < self.groups

    def accepts(self, state):
        ends = {self.places[i].group for i in state if self.places[i].end}
        return None not in ends and len(ends) == self.groups

    def demand_closed(self, states):
        """The first state is the start, which stands for the empty text, no value; no other accepts, and none is left."""
        demand(states and self.tidy(states[0]) == self.tidy(self.start) or self.dead(self.start), "not the start")
        known = {self.tidy(s) for s in states[1:]}
        for number, state in enumerate(states):
            demand(number == 0 or not self.accepts(self.tidy(state)), "an accepting state")
            for cp in characters([self.places[i].item for i in state if self.places[i].item]):
                after = self.follow(state, cp)
                demand(self.dead(after) or self.tidy(after) in known, "a state is missing")


# ---- numbers, instants, addresses: a value is a cell between the constants ----


def constant(sort, bound):
    """The first and the last value of a bound's constant."""
    if sort == "number":
        return (Decimal(bound),) * 2
    if sort == "instant":
        return (bound[0] * 10 ** 9 + bound[1],) * 2
    version, prefix, digits = bound
    low, size = int(digits, 16), 1 << ((32 if version == 4 else 128) - prefix)
    low = low if version == 4 else low + (1 << 32)  # one line: IPv4, then IPv6
    return low, low + size - 1


def relation(how, cell, low, high):
    first, last = cell
    return {"=": first == last == low, "<": last < low, "<=": last <= low, ">": first > low, ">=": first >= low,
            "in": low <= first and last <= high}[how]


def cells(sort, tests, whole):
    """Intervals that no bound cuts; for open gaps two values between which there is nothing to tell apart."""
    constants = [constant(sort, b[1]) for t in tests for b in t["bounds"]]
    if sort == "address":
        edges = {0, 1 << 32, (1 << 32) + MAPPED, (1 << 32) + MAPPED + (1 << 32), (1 << 32) + (1 << 128)}
        edges = sorted(edges | {c[0] for c in constants} | {c[1] + 1 for c in constants})
        return [(a, b - 1) for a, b in zip(edges, edges[1:]) if a != (1 << 32) + MAPPED and
                not (1 << 32) + MAPPED < a < (1 << 32) + MAPPED + (1 << 32)]
    values = sorted({c[0] for c in constants})
    rank = {v: 2 * i + 1 for i, v in enumerate(values)}
    out = [(r, r) for v, r in rank.items() if not whole or v == v // 1]
    for i in range(len(values) + 1):  # a gap has an even rank
        between = 0 < i < len(values) and (whole or sort == "instant")
        if not between or values[i - 1] // 1 + (values[i - 1] >= 0 or values[i - 1] == values[i - 1] // 1) < values[i]:
            out.append((2 * i, 2 * i))
    return [(c, rank) for c in out]


def ranges_empty(sort, inside, outside, whole):
    """No value meets a bound of each test inside and none of those outside."""
    found = cells(sort, inside + outside, whole and sort == "number")

    def holds(test, cell):
        for how, value in test["bounds"]:
            low, high = constant(sort, value)
            if sort == "address" and relation("in", cell, low, high):
                return True
            if sort != "address" and relation(how, cell[0], cell[1][low], cell[1][low]):
                return True
        return False

    return not any(all(holds(t, c) for t in inside) and not any(holds(t, c) for t in outside if not t["two_sided"])
                   for c in found)


def read(sort, text):
    """A text as a value of the type, or None: it is not one. Texts in doubt are refused."""
    try:
        if sort == "address":
            address = ipaddress.ip_address(text)
            demand("%" not in text and not getattr(address, "ipv4_mapped", None), "an address of a doubtful form")
            return int(address) + (1 << 32) * (address.version == 6)
        if sort == "number" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
            return Decimal(text)
    except ValueError:
        return None
    if not re.search(r"[0-9]", text):
        return None
    when = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z", text)
    demand(when and sort == "instant", "a value in a form that is not read here")
    return calendar.timegm(datetime.datetime.fromisoformat(when[1]).timetuple()) * 10 ** 9


def meets(sort, bound, value):
    low, high = constant(sort, bound[1])
    return relation(bound[0], (value, value), low, high)


# ---- one oracle: its keys, tests and predicates, and what is known of single elements ----


class Oracle:
    def __init__(self, record):
        self.keys, self.tests, self.predicates = record["keys"], record["tests"], record["predicates"]
        for test in self.tests:
            for side in ("wide", "tight", "lettered"):
                test[side] = [items(p) for p in test.get(side, [])]
        for key in self.keys:
            key["limit"] = [items(p) for p in key["limit"]] if "limit" in key else None
        self.sorts = collections.defaultdict(set)
        for test in self.tests:
            self.sorts[test["key"]].add(test["sort"])
        self.separated = {t["key"] for t in self.tests if any(SEPARATED in p for p in t["wide"])}
        self.elements, self.known, self.conflicts = {}, {}, set()

    def add(self, record):
        at = record["key"], frozenset(record["inside"]), frozenset(record["outside"])
        self.elements[at] = record
        self.known.pop(at, None)

    def strings(self, numbers, side):
        tests = [(n, self.tests[n]) for n in numbers]
        return [(n, t[side if t["two_sided"] else "wide"]) for n, t in tests if t["sort"] == "string"]

    @staticmethod
    def no_value(text, inside, outside):
        """The text fails a test inside or passes one outside; tests of one type that do not decide that decide nothing."""
        def passes(test, side):
            if test["sort"] == "presence":
                return True
            if test["sort"] == "string":
                return any(covers(p, items(["=" + text])) for p in test[side if test["two_sided"] else "wide"])
            return read(test["sort"], text) is not None and any(meets(test["sort"], b, read(test["sort"], text)) for b in test["bounds"])
        return text == "" or not all(passes(t, "wide") for t in inside) or \
            any(passes(t, "tight") for t in outside if t["sort"] == "string" or not t["two_sided"])

    def no_text(self, key, record):
        limit = self.keys[key]["limit"]
        wanted = ([] if limit is None else [(None, limit)]) + self.strings(record["inside"], "wide")
        unwanted = [p for _, lang in self.strings(record["outside"], "tight") for p in lang]
        number, opened = record["self"], record["open"]
        demand(-1 <= number < len(wanted), "no such patterns")
        demand(number >= 0 or key not in self.separated, "a text of parts is not any text")
        test, mine = wanted[number] if number >= 0 else (None, [ANY])
        others = [w for i, (t, w) in enumerate(wanted) if i != number and (t is None or t != test) and ANY not in w]
        same = set(unwanted)
        for i, p in enumerate(mine):
            if i in opened or p == () or p in same:
                continue
            demand(any(all(apart(p, q) for q in lang) for lang in others) or any(covers(q, p) for q in unwanted),
                   "a pattern is neither covered nor apart")
        if opened:
            demand(len(set(opened)) == len(opened) and all(0 <= i < len(mine) for i in opened), "no such pattern")
            product = Product([[mine[i] for i in opened]] + others, unwanted)
            demand(all(0 <= i < len(product.places) for s in record["states"] for i in s), "no such position")
            product.demand_closed([frozenset(s) for s in record["states"]])

    def letters_clash(self, inside, outside):
        """Whatever the variables are: what passes a test inside passes one outside."""
        outer = [p for n in outside for t in [self.tests[n]] if t["sort"] == "string" and (t["lettered"] or not t["two_sided"])
                 for p in t["lettered"] or t["wide"]]
        return any(all(any(covers(q, p) for q in outer) for p in self.tests[n]["lettered"] or self.tests[n]["wide"])
                   for n in inside if self.tests[n]["sort"] == "string")

    def no_element(self, key, inside, outside):
        """Refuses unless no single value can pass all tests inside and fail all outside."""
        at = key, frozenset(inside), frozenset(outside)
        if at not in self.known:
            self.known[at] = None
            try:
                self.prove_element(*at)
            except Refused as why:
                self.known[at] = why
        if self.known[at]:
            raise self.known[at]

    def prove_element(self, key, inside, outside):
        demand(all(self.tests[n]["key"] == key for n in inside | outside), "a test of another key")
        if any(self.tests[n]["sort"] == "presence" for n in outside):
            return
        if any(self.tests[n]["lettered"] for n in outside) and self.letters_clash(inside, outside):
            return
        kinds = self.sorts[key] - {"presence"}
        for sort in kinds - {"string"}:
            within_sort = [[self.tests[n] for n in side if self.tests[n]["sort"] == sort] for side in (inside, outside)]
            # Where texts of other types may stand, only what is of this type is in its cells.
            if (len(kinds) == 1 or within_sort[0]) and ranges_empty(sort, *within_sort, self.keys[key]["integers"]):
                return
        tests = [self.tests[n] for n in inside], [self.tests[n] for n in outside]
        words = [t["wide"] for t in tests[0] if t["sort"] == "string" and all(k == "=" for p in t["wide"] for k, _ in p)]
        if len(kinds) > 1 and words and all(self.no_value("".join(chr(c) for _, c in p), *tests) for p in words[0]):
            return
        record = self.elements.get((key, inside, outside))
        demand(record, "nothing is said about an element")
        self.no_text(key, record)

    def wish(self, literals):
        """Tests that an element passes, and fails, under the literals."""
        inside = [self.predicates[abs(l) - 1]["test"] for l in literals if (l > 0) != self.predicates[abs(l) - 1]["negate"]]
        outside = [self.predicates[abs(l) - 1]["test"] for l in literals if (l > 0) == self.predicates[abs(l) - 1]["negate"]]
        return inside, outside

    def demand_conflict(self, key, literals):
        """Refuses unless no value of the key meets all literals."""
        at = key, frozenset(literals)
        if at in self.conflicts:
            return
        preds = [(l, self.predicates[abs(l) - 1]) for l in literals]
        demand(all(p["key"] == key for _, p in preds), "a literal on another key")
        shapes = self.keys[key]["shapes"]
        if not any(-l in literals for l in literals):
            if shapes & ABSENT:
                demand(any(not p["absent"] & (CAN_TRUE if l > 0 else CAN_FALSE) for l, p in preds), "the key can be absent")
            if shapes & SCALAR:
                self.no_element(key, *self.wish(literals))
            if shapes & LIST:
                self.no_list(key, preds)
        self.conflicts.add(at)

    def no_list(self, key, preds):
        if any(p["list"] == ("false" if l > 0 else "true") for l, p in preds):
            return
        each = [l for l, p in preds if p["list"] == ("each" if l > 0 else "some")]
        some = [l for l, p in preds if p["list"] == ("some" if l > 0 else "each")]
        why = None
        for one in [[]] + [[l] for l in some]:
            try:
                return self.no_element(key, *self.wish(each + one))
            except Refused as refused:
                why = refused
        raise why

    def demand_no(self, record):
        """Refuses unless the tree proves that the base without the excluded boxes is empty."""
        base, boxes, tree = record["base"], record["boxes"], record["tree"]
        demand(all(0 < abs(l) <= len(self.predicates) for l in base + [l for b in boxes.values() for l in b]), "no such predicate")
        if not tree:
            demand(any(-l in base for l in base), "nothing is proved")
            return
        context, todo = collections.Counter(base), [None]  # todo: the branches that are open, and what each added
        for node in tree:
            demand(todo, "the tree goes on after its end")
            if node[0] == "key":
                demand(all(context[l] > 0 for l in node[2]), "a literal that does not hold here")
                self.demand_conflict(node[1], node[2])
            else:
                demand(str(node[1]) in boxes, "no such box")
                box, choices = boxes[str(node[1])], node[2]
                demand(all(context[l] > 0 or l in choices for l in box), "a literal of the box is neither true nor a choice")
                demand(all(l in box for l in choices), "a choice outside of the box")
                if choices:
                    todo.append([choices, 0])
                    context.update([-choices[0]])
                    continue
            self.leave(context, todo)
        demand(not todo, "a branch is missing")

    @staticmethod
    def leave(context, todo):
        """The branch at hand is done: on to the next, of a level further up if this was the last."""
        while todo and todo[-1]:
            choices, at = todo[-1]
            context.subtract([-choices[at]])
            if at + 1 < len(choices):
                context.update([choices[at], -choices[at + 1]])
                todo[-1][1] += 1
                return
            context.subtract(choices[:at])
            todo.pop()
        todo.pop()


def check(lines):
    """Yields for each certificate (its number of nodes, why it is refused or None, whether it is said to be doubtful)."""
    oracles = {}
    for line in lines:
        record = json.loads(line)
        if "oracle" in record:
            old = oracles.pop(record["oracle"], None)
            while len(oracles) >= MOST_ORACLES:
                oracles.pop(next(iter(oracles)))
            oracles[record["oracle"]] = Oracle(record)
            if old and record.get("grown"):  # else it is another program's, in the same file
                oracles[record["oracle"]].elements = old.elements
        elif "element" in record:
            oracles[record["element"]].add(record)
        else:
            why = None
            try:
                oracles[record["no"]].demand_no(record)
            except Refused as refused:
                why = str(refused)
            yield len(record["tree"]), why, record["mixed"]

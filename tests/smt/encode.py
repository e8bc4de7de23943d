# SPDX-License-Identifier: MIT
"""Two policies as the SMT-LIB question "is there a request that the first allows and the second does not". Written from
docs/semantics.md; shares nothing with the library."""

import re

from request import FEDERATED, IAM, PROVIDER, ROLE, ROOT, SERVICE, USER, Request, is_class
from terms import FIELDS, Malformed, all_of, any_of, arn_matches, cut, listed, matches, negation, quoted

# Rows that these policies can ask about: the reading that an analysis starts from, and the others.
ROWS = {"AMB-1": ["fields", "crossing"], "AMB-2": ["wildcard", "literal"], "AMB-3": ["exact", "nocase"], "AMB-4": ["pad", "never"],
        "AMB-10": ["false", "true"], "AMB-11": ["constant", "plain", "never"], "AMB-12": ["false", "any"],
        "AMB-13": ["false", "true"], "AMB-13b": ["none", "any"], "AMB-14": ["false", "true"], "AMB-15": ["v4", "v6"],
        "AMB-16": ["epoch", "year"], "AMB-17": ["nocase", "exact"], "A20": ["false", "any"],
        "AMB-23": ["every-level", "any-level"], "A5": ["nobody", "others"], "PE-9": ["yes", "no"]}


class Readings:
    """Readings in force, and which of them a policy asked for."""

    def __init__(self, row=None, reading=None):
        self.changed, self.asked = (row, reading), set()

    def __getitem__(self, row):
        self.asked.add(row)
        return self.changed[1] if row == self.changed[0] else ROWS[row][0]


def others(asked):
    return [(row, reading) for row in sorted(asked) for reading in ROWS[row][1:]]


class Question(Request):
    def __init__(self, new, old, kind, readings):
        super().__init__(new, old)
        self.kind, self.readings = kind, readings
        goal = [self.allowed(new), negation(self.allowed(old))]
        self.axioms()
        self.goal = goal + self.needed(goal)

    def text(self):
        used = set(re.findall(r"\w+", " ".join(self.goal)))
        lines = [f"(declare-const {name} {sort})" for name, sort in self.declared.items() if name in used]
        return "\n".join(["(set-logic ALL)", *lines, *(f"(assert {term})" for term in self.goal), "(check-sat)", ""])

    # ---- conditions ----

    def one_value(self, value, base, negated, values):
        """What the possibly negated operator is of one value of the request."""
        hits, malformed = [], False
        for text in values:
            try:
                hits.append(value.hit(base, text, self.readings))
            except Malformed:
                malformed = True
        hit = any_of(hits)
        if not negated:
            return hit
        wrong = value.untyped(base)
        if malformed and self.readings["AMB-13"] == "false":
            return "false"
        if wrong and self.readings["AMB-13"] == "false":
            return all_of([negation(wrong), negation(hit)])
        return negation(hit)

    def null(self, qualifier, present, values):
        if qualifier:
            reading = self.readings["AMB-11"]
            if reading != "plain":
                return "true" if reading == "constant" and qualifier == "ForAllValues" else "false"
        return any_of(negation(present) if v == "true" else present for v in values)

    def no_values(self, qualifier, if_exists, present):
        if qualifier == "ForAnyValue":
            return "false"
        if qualifier or if_exists:
            return negation(present)
        return "true" if self.readings["AMB-14"] == "true" else "false"

    def entry(self, operator, key, values):
        qualifier, _, operator = operator.rpartition(":")
        values = [str(v).lower() if isinstance(v, bool) else str(v) for v in listed(values)]
        present, slots, many = self.key(key)
        if operator == "Null":
            return self.null(qualifier, present, values)
        if_exists, operator = operator.endswith("IfExists"), operator.removesuffix("IfExists")
        negated, base = "Not" in operator, operator.replace("Not", "")
        if not values:
            return self.no_values(qualifier, if_exists, present)
        tests = [(there, self.one_value(value, base, negated, values)) for there, value in slots]
        every, some = all_of(f"(=> {t} {test})" for t, test in tests), any_of(f"(and {t} {test})" for t, test in tests)
        if qualifier == "ForAllValues":
            return every
        if qualifier == "ForAnyValue":
            missing = if_exists and self.readings["AMB-10"] == "true"
            return any_of([negation(present), some]) if missing else some
        if many:
            every, some = self.on_list(key, tests, negated, every, some)
        if negated or if_exists:
            return any_of([negation(present), every if negated else some])
        return some

    def on_list(self, key, tests, negated, every, some):
        """An operator without qualifier on several values; aws:TagKeys is known to have several, also with one."""
        if key == "aws:TagKeys":
            held = every if negated else some
            return ("false", "false") if self.readings["A20"] == "false" else (held, held)
        held = every if negated else some
        if self.readings["AMB-12"] == "any":
            return held, held
        theres = [there for there, _ in tests]
        alone = any_of(all_of([t] + [negation(u) for u in theres if u != t]) for t in theres)
        held = all_of([alone, held])
        return held, held

    # ---- statements ----

    def resource_test(self, pattern):
        if pattern == "*":
            return "true"
        fields, parts = list(self.resource), cut(pattern)
        if len(parts) < FIELDS:
            if self.kind == "resource" and self.readings["AMB-4"] == "never":
                return "false"
            return all_of([negation("no_resource"), arn_matches(fields, ":".join(parts + ["*"] * (FIELDS - len(parts))))])
        nocase = self.capitals and self.readings["AMB-3"] == "nocase"
        hit = arn_matches(fields, pattern, nocase)
        if any("*" in part for part in parts[:-1]) and self.readings["AMB-1"] == "crossing":
            hit = any_of([hit, matches(self.joined(fields, "resource_whole"), pattern)])
        word = parts[-1].replace("/", ":").split(":")[0]
        if set(word) & set("*?") and parts[-1] != "*" and self.readings["AMB-2"] == "literal":
            typed = any_of(matches(self.resource[2], service) for service in ("secretsmanager", "kms", "iam", "sts"))
            hit = all_of([negation(typed), hit])
        return all_of([negation("no_resource"), hit])

    def resources(self, s):
        if "Resource" in s:
            return any_of(self.resource_test(p) for p in listed(s["Resource"]))
        outside = negation(any_of(self.resource_test(p) for p in listed(s["NotResource"])))
        if "*" not in listed(s["NotResource"]) and self.readings["PE-9"] == "no":
            outside = all_of([negation("no_resource"), outside])
        return outside

    def actions(self, s):
        name = "Action" if "Action" in s else "NotAction"
        hit = any_of(matches("action", p.lower()) for p in listed(s[name]))
        return hit if name == "Action" else negation(hit)

    @staticmethod
    def levels(element):
        """Whom the values of the element name, by level: {level: [terms]}."""
        found = {level: [] for level in ("star", "account", "user", "role", "session", "federated", "id", "name")}
        if element == "*":
            element = {"AWS": "*"}
        for text in listed(element.get("AWS", [])):
            parts = cut(text)
            here = "true" if len(parts) < FIELDS else all_of([f"(= partition {quoted(parts[1])})", f'(= account "{parts[4]}")'])
            what = parts[-1]
            if text == "*":
                found["star"].append("true")
            elif len(text) == 12 and text.isdigit():
                found["account"].append(all_of([IAM, f'(= account "{text}")']))
            elif "*" in text:
                continue
            elif len(parts) < FIELDS:
                found["id"].append(all_of([is_class(USER, ROLE), f"(= id {quoted(text)})"]))
            elif what == "root":
                found["account"].append(all_of([IAM, here]))
            elif what.startswith("assumed-role/"):
                _, role, session = what.split("/")
                found["session"].append(all_of([is_class(ROLE), here, f"(= session {quoted(session)})", any_of(
                    [matches("who", "role/" + role), matches("who", f"role/*/{role}")])]))
            else:
                level = what.split("/")[0].split("-")[0]
                number = {"user": USER, "role": ROLE, "federated": FEDERATED}[level]
                found[level].append(all_of([is_class(number), here, f"(= who {quoted(what)})"]))
        for map_key, number in (("Service", SERVICE), ("Federated", PROVIDER)):
            for text in listed(element.get(map_key, [])):
                found["name"].append(all_of([is_class(number), f"(= name {quoted(text)})"]))
        return {level: any_of(terms) for level, terms in found.items()}

    def principals(self, s):
        if self.kind == "identity":
            return "true"
        if "Principal" in s:
            return any_of(t for t in self.levels(s["Principal"]).values() if t != "false")
        if s["Effect"] == "Allow" and self.readings["A5"] == "nobody":
            return "false"
        by = self.levels(s["NotPrincipal"])
        needs = {ROOT: ["account"], USER: ["user", "account"], ROLE: ["session", "role", "account"],
                 FEDERATED: ["federated", "account"], SERVICE: ["name"], PROVIDER: ["name"]}
        join = all_of if self.readings["AMB-23"] == "every-level" else any_of
        exempt = [by["star"]] + [all_of([is_class(c), join(by[level] for level in levels)]) for c, levels in needs.items()]
        return negation(any_of(exempt))

    def box(self, s):
        terms = [self.actions(s), self.resources(s), self.principals(s)]
        for operator, keys in s.get("Condition", {}).items():
            terms += [self.entry(operator, key, values) for key, values in keys.items()]
        return all_of(t for t in terms if t != "true")

    def allowed(self, p):
        boxes = {effect: [self.box(s) for s in p["Statement"] if s["Effect"] == effect] for effect in ("Allow", "Deny")}
        return f"(and {any_of(boxes['Allow'])} (not {any_of(boxes['Deny'])}))"

# SPDX-License-Identifier: MIT
"""Two policies as the SMT-LIB question "is there a request that the first allows and the second does not". Written from
docs/semantics.md; shares nothing with the library."""

import re

from terms import (FIELDS, Address, Arn, Malformed, Moment, Number, Text, all_of, any_of, arn_matches, cut, listed, matches,
                   negation, quoted)

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


ROOT, USER, ROLE, FEDERATED, SERVICE, PROVIDER, ANONYMOUS = range(7)
CLASSES = {USER: "user/", ROLE: "role/", FEDERATED: "federated-user/"}
S3 = "arn:aws:s3:::"
MOST_SLOTS = 5


def is_class(*classes):
    return any_of(f"(= class {c})" for c in classes)


IAM = is_class(ROOT, USER, ROLE, FEDERATED)


class Question:
    def __init__(self, new, old, kind, readings):
        self.kind, self.readings = kind, readings
        self.declared, self.assumed, self.keys = {}, [], {}
        self.slots = self._count_slots(new, old)
        patterns = {p for d in (new, old) for s in d["Statement"] for p in listed(s.get("Resource", s.get("NotResource")))}
        self.odd = any(not p.startswith(S3) and p != "*" for p in patterns)
        # Without capitals in the policies a request and itself in small letters are one, and letter case decides nothing.
        self.capitals = any(c.isupper() for p in patterns for c in "".join(cut(p)[:-1]))
        self.request()
        goal = [self.allowed(new), negation(self.allowed(old))]
        self.axioms()
        self.goal = goal + self.needed(goal)

    def needed(self, goal):
        """What was assumed about the variables that the question speaks of: the solver is slow enough without the rest."""
        terms, more = [], goal
        left = list(self.assumed)
        while more:
            used = set(re.findall(r"\w+", " ".join(goal + terms)))
            more = [pair for pair in left if pair[0] in used]
            left = [pair for pair in left if pair[0] not in used]
            terms += [term for _, term in more]
        return terms

    def text(self):
        used = set(re.findall(r"\w+", " ".join(self.goal)))
        lines = [f"(declare-const {name} {sort})" for name, sort in self.declared.items() if name in used]
        return "\n".join(["(set-logic ALL)", *lines, *(f"(assert {term})" for term in self.goal), "(check-sat)", ""])

    @staticmethod
    def _count_slots(new, old):
        count = {}
        for s in new["Statement"] + old["Statement"]:
            for keys in s.get("Condition", {}).values():
                for key in keys:
                    count[key] = count.get(key, 1) + 1
        return {key: min(n, MOST_SLOTS) for key, n in count.items()}

    # ---- the request ----

    def declare(self, name, sort):
        self.declared[name] = sort
        return name

    def assume(self, owner, term):
        """Holds in each question that has the variable `owner`."""
        self.assumed.append((owner, term))

    def string(self, name):
        self.declare(name, "String")
        self.assume(name, f'(not (= {name} ""))')
        return name

    def arn(self, name):
        """Six fields. That those have no colons matters only to the whole text."""
        return [self.declare(f"{name}_{i}", "String") for i in range(FIELDS)]

    def joined(self, fields, owner):
        """The whole text, which is there in questions only that ask for it."""
        self.declare(owner, "String")
        self.assume(owner, f"(= {owner} (str.++ " + ' ":" '.join(fields) + "))")
        for field in fields[:-1]:
            if not field.startswith('"'):
                self.assume(owner, f'(not (str.contains {field} ":"))')
        return owner

    def request(self):
        """Actions are any text and accounts any but "a...": what else is known of their form costs the solver most of its
        time, and no pattern of these pairs can tell the difference."""
        self.string("action")
        self.declare("no_resource", "Bool")
        self.resource = self.arn("resource")
        self.resource[0] = '"arn"'
        if self.odd:
            owned = any_of(f'(= resource_2 "{s}")' for s in ("secretsmanager", "kms"))
            self.assume("resource_4", f"(=> {owned} (not (= resource_4 \"\")))")
        else:  # the other ARNs match what some S3 ARN matches, too
            self.resource = [*(f'"{part}"' for part in cut(S3)[:-1]), "resource_5"]
        for i in (1, 2, 5):
            self.assume(f"resource_{i}", f'(not (= resource_{i} ""))')
        # The principal: class, partition, account, resource part, session, unique id, name of a service or provider.
        self.declare("class", "Int")
        self.assume("class", f"(and (<= {ROOT} class) (<= class {ANONYMOUS}))")
        for name in ("partition", "who", "session", "name"):
            self.string(name)
        self.string("account")
        self.assume("account", '(not (str.prefixof "a" account))')
        self.declare("id", "String")
        self.assume("who", '(=> (= class 0) (= who "root"))')
        for number, word in CLASSES.items():
            self.assume("who", f'(=> (= class {number}) (and (str.prefixof "{word}" who) (not (str.suffixof "/" who))))')
        self.who_arn = ['"arn"', "partition", '(ite (= class 3) "sts" "iam")', '""', "account", "who"]

    def key(self, name):
        """(presence, [(slot is there, value)], may be a list) of a condition key."""
        if name not in self.keys:
            self.keys[name] = self.make_key(name)
        return self.keys[name]

    def plain_value(self, name, key):
        if key == "k:number":
            return Number(self.declare(name, "Real"))
        if key in ("k:date", "aws:CurrentTime"):
            return Moment(self.declare(name, "Real"))
        if key in ("aws:SourceIp", "aws:VpcSourceIp"):
            v4, v6 = self.declare(name, "Int"), self.declare(name + "_6", "Int")
            self.assume(name, f"(and (<= 0 {v4}) (< {v4} {2 ** 32}) (<= 0 {v6}) (< {v6} {2 ** 128}))")
            return Address(self.declare(name + "_is_4", "Bool"), v4, v6)
        if key == "aws:SourceArn":
            fields = self.arn(name)
            return Arn(fields, self.joined(fields, name))
        if key == "k:arn":
            fields = self.arn(name)
            is_arn, text = self.declare(name + "_is", "Bool"), self.string(name)
            self.assume(text, f"(=> {is_arn} (= {text} {self.joined(fields, name + '_whole')}))")
            self.assume(text, f'(=> (not {is_arn}) (not (str.in_re {text} (re.++ ((_ re.^ 5) (re.++ re.all (str.to_re ":"))) re.all))))')
            return Arn(fields, text, is_arn)
        if key == "aws:SecureTransport":
            text = self.declare(name, "String")
            self.assume(name, f'(or (= {text} "true") (= {text} "false"))')
            return Text(text)
        if key == "k:bytes":
            return Text(self.declare(name, "String"))
        return Text(self.string(name))

    def derived(self, key):
        """(presence, value) of a key that the principal tells, or None."""
        if key == "aws:PrincipalArn":
            return IAM, Arn(self.who_arn, self.joined(self.who_arn, "who_whole"))
        if key == "aws:PrincipalAccount":
            return any_of([IAM, is_class(ANONYMOUS)]), Text(f'(ite (= class {ANONYMOUS}) "anonymous" account)')
        if key == "kms:CallerAccount":
            return IAM, Text("account")
        if key == "aws:PrincipalType":
            words = ['"Account"', '"User"', '"AssumedRole"', '"FederatedUser"']
            term = '"Anonymous"'
            for i, word in reversed(list(enumerate(words))):
                term = f"(ite (= class {i}) {word} {term})"
            return any_of([IAM, is_class(ANONYMOUS)]), Text(term)
        if key == "aws:username":
            name = self.declare("username", "String")
            self.assume(name, '(not (str.contains username "/"))')
            self.assume(name, '(=> (= class 1) (and (str.suffixof (str.++ "/" username) who) (not (= username ""))))')
            return is_class(USER), Text(name)
        if key == "aws:PrincipalIsAWSService":
            return any_of([IAM, is_class(SERVICE)]), Text(f'(ite (= class {SERVICE}) "true" "false")')
        if key == "aws:PrincipalServiceName":
            return is_class(SERVICE), Text("name")
        return None

    def make_key(self, key):
        told = self.derived(key)
        if told:
            return told[0], [told], False
        lower = "key_" + "".join(c if c.isalnum() else "_" for c in key)
        many = key in ("k:many", "aws:TagKeys")
        slots = []
        for i in range(self.slots.get(key, 2) if many else 1):
            there = self.declare(f"{lower}_{i}_there", "Bool")
            slots.append((there, self.plain_value(f"{lower}_{i}", key)))
        present = any_of(there for there, _ in slots)
        if key in ("aws:PrincipalOrgID", "aws:PrincipalTag/team"):
            self.assume(slots[0][0], f"(=> {present} {IAM})")
        return present, slots, many

    def axioms(self):
        if "aws:SourceIp" in self.keys and "aws:VpcSourceIp" in self.keys:
            source, private = (self.keys[k][0] for k in ("aws:SourceIp", "aws:VpcSourceIp"))
            self.assume(source, f"(not (and {source} {private}))")

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

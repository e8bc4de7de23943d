# SPDX-License-Identifier: MIT
"""The request as SMT-LIB: what it has whatever is asked about it, and the condition keys that the policies name."""

import re

from terms import FIELDS, Address, Arn, Moment, Number, Text, any_of, cut, listed

ROOT, USER, ROLE, FEDERATED, SERVICE, PROVIDER, ANONYMOUS = range(7)
CLASSES = {USER: "user/", ROLE: "role/", FEDERATED: "federated-user/"}
S3 = "arn:aws:s3:::"
MOST_SLOTS = 5


def is_class(*classes):
    return any_of(f"(= class {c})" for c in classes)


IAM = is_class(ROOT, USER, ROLE, FEDERATED)


class Request:
    def __init__(self, new, old):
        self.declared, self.assumed, self.keys = {}, [], {}
        self.slots = self._count_slots(new, old)
        patterns = {p for d in (new, old) for s in d["Statement"] for p in listed(s.get("Resource", s.get("NotResource")))}
        self.odd = any(not p.startswith(S3) and p != "*" for p in patterns)
        # Without capitals in the policies a request and itself in small letters are one, and letter case decides nothing.
        self.capitals = any(c.isupper() for p in patterns for c in "".join(cut(p)[:-1]))
        self.request()

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

    @staticmethod
    def _count_slots(new, old):
        count = {}
        for s in new["Statement"] + old["Statement"]:
            for keys in s.get("Condition", {}).values():
                for key in keys:
                    count[key] = count.get(key, 1) + 1
        return {key: min(n, MOST_SLOTS) for key, n in count.items()}

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

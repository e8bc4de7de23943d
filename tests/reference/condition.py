# SPDX-License-Identifier: MIT
"""Conditions (L2) and variables (L3) of the reference evaluator."""
from values import (STAR, UNKNOWN, UNRESOLVED, Open, all_of, any_of, binary, date, expand, fields, glob, lower, negate,
                    network, number)

# Keys that AWS documents as multivalued (A20).
MULTIVALUED = {k.lower() for k in (
    "aws:TagKeys aws:CalledVia aws:PrincipalOrgPaths aws:ResourceOrgPaths aws:SourceOrgPaths "
    "aws:PrincipalServiceNamesList kms:EncryptionContextKeys kms:GrantOperations kms:ResourceAliases").split()}

# Keys that every request has.
PRESENT = {"aws:userid", "aws:securetransport", "aws:currenttime", "aws:epochtime"}

NEGATED = {"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
           "StringNotLike": "StringLike", "NumericNotEquals": "NumericEquals", "DateNotEquals": "DateEquals",
           "NotIpAddress": "IpAddress", "ArnNotEquals": "ArnLike", "ArnNotLike": "ArnLike"}

COMPARE = {"Equals": lambda v, p: v == p, "LessThan": lambda v, p: v < p, "LessThanEquals": lambda v, p: v <= p,
           "GreaterThan": lambda v, p: v > p, "GreaterThanEquals": lambda v, p: v >= p}


class Fact:
    """What a request says about a key: absent, unknown, or values. A tag key that is there twice has two."""

    def __init__(self, values=None, unknown=False, other=None, listed=False):
        self.values, self.unknown, self.other, self.listed = values, unknown, other, listed

    @property
    def absent(self):
        return self.values is None and not self.unknown


def text_of(value):
    return value if isinstance(value, str) else "true" if value is True else "false" if value is False \
        else str(value)


class Test:
    """One key under one operator: a leaf. `row(name)` is the reading of a row that holds while it is evaluated."""

    def __init__(self, operator, key, values, version, facts, row):
        self.qualifier, _, name = operator.rpartition(":")
        self.if_exists = name.endswith("IfExists")
        name = name[:-len("IfExists")] if self.if_exists else name
        self.negated = name in NEGATED
        self.base = NEGATED.get(name, name).replace("ArnEquals", "ArnLike")
        self.key = key.lower()
        self.values = [text_of(v) for v in (values if isinstance(values, list) else [values])]
        self.version, self.facts, self.row = version, facts, row

    def fact(self):
        return self.pick(self.facts(self.key))

    def pick(self, fact):
        """AMB-36."""
        if fact.other is None or fact.other == fact.values:
            return fact
        return Fact(fact.values if self.row("AMB-36") == "first" else fact.other)

    # ---- the truth of the leaf ----

    def truth(self):
        return self.null() if self.base == "Null" else self.operator()

    def null(self):
        if self.qualifier:  # AMB-11
            reading = self.row("AMB-11")
            if reading == "never":
                return False
            if reading == "constant":
                return self.qualifier == "ForAllValues"
        if not self.values:
            return self.no_values()
        fact = self.fact()
        words = set(self.values) & {"true", "false"}
        if len(words) != 1:
            return bool(words)
        if fact.unknown:
            return "false" in words if self.key in PRESENT else UNKNOWN
        present = not fact.absent
        if present and fact.values in ([], [""]):
            present = self.row("AMB-9") == "present"
        return present == ("false" in words)

    def no_values(self):
        """L2.13."""
        if self.base == "Null":
            return self.row("AMB-14") == "true"
        if self.qualifier == "ForAnyValue":
            return False
        if self.if_exists or self.qualifier == "ForAllValues":
            fact = self.fact()
            if fact.unknown:
                return False if self.key in PRESENT else UNKNOWN
            return self.gone(fact, True)
        return self.row("AMB-14") == "true"

    def gone(self, fact, strings):
        if fact.absent:
            return True
        if fact.values == [] or (strings and fact.values == [""] and self.qualifier):
            return True if self.qualifier else self.row("AMB-9") == "absent"
        return False

    def operator(self):
        if not self.values:
            return self.no_values()
        fact = self.fact()
        if fact.unknown:
            return self.of_unknown()
        if self.qualifier == "ForAllValues":
            if fact.absent or fact.values in ([], [""]):
                return True
            return all_of(self.passes(v) for v in fact.values)
        if self.qualifier == "ForAnyValue":
            values = fact.values or []
            if values == [""]:
                values = [""] if self.row("AMB-9") == "present" else []
            if not values:
                return self.if_exists and self.row("AMB-10") == "true"
            return any_of(self.passes(v) for v in values)
        return self.plain(fact)

    def plain(self, fact):
        values = fact.values
        if values == []:  # AMB-9
            if self.row("AMB-9") == "present":
                return False
            values = None
        if values is None:
            return self.if_exists or self.negated
        if self.key in MULTIVALUED:
            if self.row("A20") == "false":
                return False
        elif len(values) > 1 and self.row("AMB-12") == "false":
            return False
        return (all_of if self.negated else any_of)(self.passes(v) for v in values)

    def of_unknown(self):
        """All that can come out: of an absent key, and of a key with values. A guess at what they could be: a
        typed value fits some value and not all."""
        some = [self.pattern(text) for text in self.values]
        fits = {False} if all(p == "odd" for p in some) else {True, False}
        if self.base == "StringLike" and any(isinstance(p, list) and set(p) == {STAR} for p in some):
            fits = {True}
        outcomes = {not f for f in fits} if self.negated else set(fits)
        if self.key in PRESENT:
            pass
        elif self.qualifier == "ForAllValues":
            outcomes.add(True)
        elif self.qualifier == "ForAnyValue":
            outcomes.add(self.if_exists and self.row("AMB-10") == "true")
        else:
            outcomes.add(self.if_exists or self.negated)
        if self.negated and fits != {True}:
            outcomes.add(False)  # a value of the wrong type: AMB-13
        return outcomes.pop() if len(outcomes) == 1 else UNKNOWN

    # ---- one value of the request against the list ----

    def passes(self, value):
        results, odd = [], False
        ready = self.ready(value)
        odd = odd or ready is None
        unresolved = lacking = False
        for text in self.values:
            pattern = self.pattern(text)
            if pattern is UNRESOLVED:
                unresolved = True
                continue
            if pattern == "odd":
                odd = True
                continue
            if self.open and ready is not None:
                fits = self.fits(ready, pattern)
                results.append(UNKNOWN if fits else False)
                lacking = lacking or (not fits and self.open.lacking)
                continue
            results.append(ready is not None and self.fits(ready, pattern))
        fits = any_of(results)
        if not self.negated:
            return fits
        outcome = negate(fits)
        if outcome is True and lacking and self.row("AMB-6") == "no-match":
            outcome = UNKNOWN
        if outcome is not False and unresolved and ready is not None and self.row("AMB-6") == "no-match":
            return False
        if outcome is not False and odd and self.row("AMB-13") == "false":  # AMB-13
            return False
        return outcome

    def ready(self, value):
        """A value of the request as its type, None if it is none."""
        kind = self.base
        if kind.startswith("String"):
            return lower(value) if kind.endswith("IgnoreCase") else value
        if kind.startswith("Numeric"):
            return number(value)
        if kind.startswith("Date"):
            return date(value, lambda: self.row("AMB-16"))
        if kind == "Bool":
            return self.boolean(value)
        if kind == "BinaryEquals":
            return binary(value)
        if kind == "IpAddress":
            return network(value, lambda: self.row("AMB-15")) if "/" not in value else None
        return fields(value)

    def boolean(self, text):
        if text not in ("true", "false") and text.lower() in ("true", "false"):
            return text.lower() if self.row("AMB-17") == "nocase" else None
        return text if text in ("true", "false") else None

    def pattern(self, text):
        """A value of the policy as its type; "odd" if it is none, or UNRESOLVED."""
        kind, self.open = self.base, None
        if kind.startswith("String") or kind == "ArnLike":
            tokens = expand(text, self.version, self.variable, kind in ("StringLike", "ArnLike"),
                            lambda: self.row("AMB-8") == "live")
            if tokens is UNRESOLVED:
                return UNRESOLVED
            self.open = tokens if isinstance(tokens, Open) else None
            if kind != "ArnLike":
                return tokens
            return self.arn(tokens)
        ready = network(text, lambda: self.row("AMB-15")) if kind == "IpAddress" else self.ready(text)
        return "odd" if ready is None else ready

    def arn(self, tokens):
        if tokens == [STAR] and not self.open:  # AMB-13b
            return [[STAR]] * 6 if self.row("AMB-13b") == "any" else "odd"
        out = [[]]
        for token in tokens:
            if token == ":" and len(out) < 6:
                out.append([])
            else:
                out[-1].append(token)
        return out if len(out) == 6 else "odd"

    def fits(self, ready, pattern):
        kind = self.base
        if kind == "StringLike":
            return glob(pattern, ready)
        if kind == "ArnLike":
            return all(glob(p, f) for p, f in zip(pattern, ready))
        if kind.startswith("String") and self.open:
            return glob(pattern, ready, kind.endswith("IgnoreCase"))
        if kind.startswith("String"):
            text = "".join(pattern)
            return ready == (lower(text) if kind.endswith("IgnoreCase") else text)
        if kind == "IpAddress":
            return ready.version == pattern.version and ready.subnet_of(pattern)
        if kind in ("Bool", "BinaryEquals"):
            return ready == pattern
        return COMPARE[kind.removeprefix("Numeric").removeprefix("Date")](ready, pattern)

    def variable(self, name, default):
        return variable(name, default, self.facts, self.pick, self.row)


def variable(name, default, facts, pick, row):
    fact = facts(name.lower())
    if fact.unknown:
        return UNKNOWN
    fact = pick(fact)
    instead = UNRESOLVED if default is None else default
    if fact.absent:
        return instead
    if name.lower() in MULTIVALUED or fact.listed:  # AMB-31
        return UNRESOLVED if default is None or row("AMB-31") == "none" else default
    if fact.values == [""]:  # AMB-9
        return "" if row("AMB-9") == "present" else instead
    return fact.values[0]

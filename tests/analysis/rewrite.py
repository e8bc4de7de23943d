# SPDX-License-Identifier: MIT
"""Policies written otherwise: so that they mean the same, or so that they allow no less."""

import copy
import json
import re

LISTS = ("Action", "NotAction", "Resource", "NotResource")
VARIABLES = ["${aws:PrincipalTag/team}", "${aws:username}", "${k:two}", "a${k:two}", "${aws:PrincipalTag/team, 'a'}"]


def listed(value):
    return value if isinstance(value, list) else [value]


def with_variables(rng, policy):
    """The policy with a variable or two in it."""
    policy = copy.deepcopy(policy)
    for s in policy["Statement"]:
        if rng.randrange(2):
            continue
        variable = rng.choice(VARIABLES)
        if rng.randrange(2) and "Resource" in s:
            s["Resource"] = rng.choice(["arn:aws:s3:::", "arn:aws:s3:::a"]) + variable + rng.choice(["", "/*", "*"])
        else:
            operator = rng.choice(["StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIfExists"])
            s.setdefault("Condition", {}).setdefault(operator, {})[rng.choice(["k:one", "aws:PrincipalTag/team"])] = variable
    return policy


# ---- the same meaning ----


def cut_statement(s):
    """One statement as several: a list of alternatives becomes a statement for each."""
    for name in ("Action", "Resource"):
        if name in s and len(listed(s[name])) > 1:
            return [{**s, name: value} for value in s[name]]
    if isinstance(s.get("Principal"), dict):
        each = [{kind: value} for kind, values in s["Principal"].items() for value in listed(values)]
        if len(each) > 1:
            return [{**s, "Principal": one} for one in each]
    for operator, keys in s.get("Condition", {}).items():
        if "Not" in operator or operator.startswith("ForAllValues"):
            continue
        for key, values in keys.items():
            if len(listed(values)) > 1:
                return [{**s, "Condition": {**s["Condition"], operator: {**keys, key: value}}} for value in values]
    return [s]


def split(rng, policy):
    statements = policy["Statement"]
    for _ in range(3):
        statements = [piece for s in statements for piece in cut_statement(s)]
    return {**policy, "Statement": statements}


def mixed(rng, value):
    """Lists and members in another order."""
    if isinstance(value, dict):
        return {key: mixed(rng, value[key]) for key in rng.sample(list(value), len(value))}
    if isinstance(value, list):
        return [mixed(rng, v) for v in rng.sample(value, len(value))]
    return value


def reorder(rng, policy):
    return mixed(rng, policy)


def duplicate(rng, policy):
    statements = [copy.deepcopy(s) for s in policy["Statement"]]
    for s in statements:
        for name in LISTS:
            if name in s and rng.randrange(2):
                s[name] = listed(s[name]) + [rng.choice(listed(s[name]))]
        for keys in s.get("Condition", {}).values():
            for key, values in keys.items():
                if listed(values) and rng.randrange(2):
                    keys[key] = listed(values) + [rng.choice(listed(values))]
    return {**policy, "Statement": statements + [copy.deepcopy(rng.choice(statements))]}


def letter_case(rng, policy):
    def other(text):
        return "".join(c.upper() if rng.randrange(2) else c.lower() for c in text)
    policy = copy.deepcopy(policy)
    for s in policy["Statement"]:
        for name in ("Action", "NotAction"):
            if name in s:
                s[name] = [other(a) for a in listed(s[name])]
    return policy


def complement(rng, policy):
    """An Allow of some actions as an Allow of all and a Deny of the others."""
    if len(policy["Statement"]) != 1 or "Action" not in policy["Statement"][0]:
        return policy
    s = policy["Statement"][0]
    everybody = {"Principal": "*"} if "Principal" in s or "NotPrincipal" in s else {}
    wide = {**s, "Action": "*"}
    return {**policy, "Statement": [wide, {"Effect": "Deny", "NotAction": s["Action"], "Resource": "*", **everybody}]}


def stars(rng, policy):
    """A star beside each star, but where it stands alone."""
    def more(text):
        return text.replace("*", "**") if isinstance(text, str) and len(text) > 1 and "${" not in text else text
    policy = copy.deepcopy(policy)
    for s in policy["Statement"]:
        for name in LISTS:
            if name in s:
                s[name] = [more(v) for v in listed(s[name])]
        for operator, keys in s.get("Condition", {}).items():
            if "Like" in operator or "Arn" in operator:
                for key, values in keys.items():
                    keys[key] = [more(v) for v in listed(values)]
    return policy


SAME = {f.__name__: f for f in (split, reorder, duplicate, letter_case, complement, stars)}


# ---- no less ----


def widen(rng, policy):
    """A piece of an Allow's action, of its resource or of a pattern becomes a star."""
    policy = copy.deepcopy(policy)

    def wider(text, start):
        if len(text) <= start or "${" in text:
            return text
        at = rng.randrange(start, len(text))
        return text[:at] + "*" + text[rng.randrange(at, len(text)) + 1:]

    for s in policy["Statement"]:
        if s["Effect"] != "Allow":
            continue
        if "Action" in s:
            s["Action"] = [wider(a, 3) for a in listed(s["Action"])]
        if "Resource" in s:  # the type words of other services are AMB-2's
            s["Resource"] = [wider(r, 13) if r.startswith("arn:aws:s3:::") else r for r in listed(s["Resource"])]
        for operator, keys in s.get("Condition", {}).items():
            if operator.split(":")[-1].startswith("StringLike"):
                for key, values in keys.items():
                    keys[key] = [wider(v, 0) for v in listed(values)]
    return policy


ACCOUNTS = {"111122223333": "777766665555", "444455556666": "888800001111"}


def renamed(value):
    """Other accounts, everywhere in an object or text; None where a pattern tells accounts by a part."""
    text = value if isinstance(value, str) else json.dumps(value)
    if re.search(r"\d[*?]|[*?]\d", text):
        return None
    for old, new in ACCOUNTS.items():
        text = text.replace(old, new)
    return text if isinstance(value, str) else json.loads(text)

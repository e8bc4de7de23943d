# SPDX-License-Identifier: MIT
"""Random pairs of policies, once through `policyeval check-no-new-access` and once as SMT-LIB through cvc5, which knows
nothing of the library. Skipped without cvc5. SMT_PAIRS sets how many pairs (default 60); SMT_SEED where they start."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import source_tree

TOOL = os.environ.get("POLICYEVAL", os.path.join(source_tree.BUILD, "tools", "policyeval"))
CVC5 = shutil.which("cvc5")
PAIRS, SEED = int(os.environ.get("SMT_PAIRS", "60")), int(os.environ.get("SMT_SEED", "1"))
PREFIX = "arn:aws:s3:::"
SLOTS = 3

# ---- policies ----

ACTIONS = ["s3:GetObject", "s3:Get*", "s3:*Object", "s3:*", "*", "S3:putobject", "s3:?etObject", ["s3:Put*", "s3:List*"]]
RESOURCES = ["*", "a*", "ab", "a?", "*b", "a*b*", ["ab", "ba*"], "??", "*a*b"]
STRINGS = ["a", "b", "ab", "A", ["a", "ba"], ["b", "aB"]]
PATTERNS = ["a*", "*b", "?", "a?*", ["b*", "*a"], "*ab*"]
BLOCKS = ["10.0.0.0/8", "10.1.0.0/16", "203.0.113.0/24", ["10.0.0.0/9", "10.128.0.0/9"], "0.0.0.0/1"]


def condition(rng):
    suffix = rng.choice(["", "", "IfExists"])
    kind = rng.randrange(8)
    key = rng.choice(["k:one", "k:two"])
    if kind == 0:
        return rng.choice(["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"]) + suffix, key, \
            rng.choice(STRINGS)
    if kind in (1, 2):
        return rng.choice(["StringLike", "StringNotLike"]) + suffix, key, rng.choice(PATTERNS)
    if kind == 3:
        return rng.choice(["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]).join(
            ["Numeric", suffix]), "k:num", rng.choice(["1", "2", "1.5", "-3", ["2", "3"]])
    if kind == 4:
        return "Bool" + suffix, "aws:SecureTransport", rng.choice(["true", "false"])
    if kind == 5:
        return rng.choice(["IpAddress", "NotIpAddress"]) + suffix, "aws:SourceIp", rng.choice(BLOCKS)
    if kind == 6:
        return "Null", rng.choice(["k:one", "k:num", "aws:SourceIp", "aws:TagKeys"]), rng.choice(["true", "false"])
    quantifier = rng.choice(["ForAllValues:", "ForAnyValue:"])
    if rng.randrange(2):
        return quantifier + rng.choice(["StringEquals", "StringNotEquals"]), "aws:TagKeys", rng.choice(STRINGS)
    return quantifier + rng.choice(["StringLike", "StringNotLike"]), "aws:TagKeys", rng.choice(PATTERNS)


def arns(resource):
    if resource == "*":
        return resource
    return [PREFIX + r for r in resource] if isinstance(resource, list) else PREFIX + resource


def statement(rng, effect):
    s = {"Effect": effect, rng.choice(["Action"] * 5 + ["NotAction"]): rng.choice(ACTIONS),
         rng.choice(["Resource"] * 5 + ["NotResource"]): arns(rng.choice(RESOURCES))}
    for _ in range(rng.randrange(4)):
        operator, key, values = condition(rng)
        s.setdefault("Condition", {}).setdefault(operator, {})[key] = values
    return s


def policy(rng, statements):
    effects = ["Allow"] + [rng.choice(["Allow", "Deny"]) for _ in range(statements - 1)]
    return {"Version": "2012-10-17", "Statement": [statement(rng, e) for e in effects]}


# ---- SMT-LIB ----


def listed(value):
    return value if isinstance(value, list) else [value]


def regex(pattern, wild=True, nocase=False):
    parts = []
    for c in pattern:
        if wild and c == "*":
            parts.append("re.all")
        elif wild and c == "?":
            parts.append("re.allchar")
        elif nocase and c.lower() != c.upper():
            parts.append(f'(re.union (str.to_re "{c.lower()}") (str.to_re "{c.upper()}"))')
        else:
            parts.append(f'(str.to_re "{c}")')
    if not parts:
        return '(str.to_re "")'
    return parts[0] if len(parts) == 1 else f"(re.++ {' '.join(parts)})"


def union(terms):
    return "false" if not terms else terms[0] if len(terms) == 1 else f"(or {' '.join(terms)})"


def both(terms):
    return "true" if not terms else terms[0] if len(terms) == 1 else f"(and {' '.join(terms)})"


def matches(variable, patterns, wild=True, nocase=False):
    return union([f"(str.in_re {variable} {regex(p, wild, nocase)})" for p in listed(patterns)])


def block(text):
    address, bits = text.split("/")
    start = 0
    for part in address.split("."):
        start = start * 256 + int(part)
    return f"(and (<= {start} ip) (< ip {start + 2 ** (32 - int(bits))}))"


def number(text):
    return f"(- {text[1:]})" if text.startswith("-") else text


def plain_test(operator, key, values):
    """The positive test on a present value, and whether the operator is negated."""
    negated = "Not" in operator
    base = operator.replace("Not", "")
    if base.startswith("String"):
        test = matches(VARIABLES[key], values, "Like" in base, "IgnoreCase" in base)
    elif base.startswith("Numeric"):
        sign = {"NumericEquals": "=", "NumericLessThan": "<", "NumericLessThanEquals": "<=", "NumericGreaterThan": ">",
                "NumericGreaterThanEquals": ">="}[base]
        test = union([f"({sign} num {number(v)})" for v in listed(values)])
    elif base == "Bool":
        test = "tls" if values == "true" else "(not tls)"
    else:
        test = union([block(v) for v in listed(values)])
    return test, negated


VARIABLES = {"k:one": "one", "k:two": "two", "k:num": "num", "aws:SecureTransport": "tls", "aws:SourceIp": "ip"}


def set_test(operator, values):
    quantifier, base = operator.split(":")
    wild = "Like" in base
    slots = []
    for i in range(SLOTS):
        test = matches(f"tag{i}", values, wild)
        slots.append((f"tag{i}_there", f"(not {test})" if "Not" in base else test))
    if quantifier == "ForAllValues":
        return both([f"(=> {there} {test})" for there, test in slots])
    return union([f"(and {there} {test})" for there, test in slots])


def entry(operator, key, values):
    present = union([f"tag{i}_there" for i in range(SLOTS)]) if key == "aws:TagKeys" else f"{VARIABLES[key]}_there"
    if operator == "Null":
        return f"(not {present})" if values == "true" else present
    if operator.startswith("For"):
        return set_test(operator, values)
    if_exists = operator.endswith("IfExists")
    test, negated = plain_test(operator.removesuffix("IfExists"), key, values)
    if negated:
        return f"(=> {present} (not {test}))"
    return f"(=> {present} {test})" if if_exists else f"(and {present} {test})"


def box(s):
    terms = []
    for name, variable in (("Action", "action"), ("Resource", "resource")):
        positive = name in s
        patterns = s[name if positive else "Not" + name]
        patterns = [p.lower() for p in listed(patterns)] if name == "Action" else patterns
        test = matches(variable, patterns)
        terms.append(test if positive else f"(not {test})")
    for operator, keys in s.get("Condition", {}).items():
        terms += [entry(operator, key, values) for key, values in keys.items()]
    return both(terms)


def allowed(p):
    boxes = {effect: [box(s) for s in p["Statement"] if s["Effect"] == effect] for effect in ("Allow", "Deny")}
    return f"(and {union(boxes['Allow'])} (not {union(boxes['Deny'])}))"


def smt(new, old):
    lines = ["(set-logic ALL)", "(declare-const action String)", "(declare-const resource String)"]
    for name, sort in (("one", "String"), ("two", "String"), ("num", "Real"), ("tls", "Bool"), ("ip", "Int"),
                       *((f"tag{i}", "String") for i in range(SLOTS))):
        lines += [f"(declare-const {name} {sort})", f"(declare-const {name}_there Bool)"]
        if sort == "String":
            lines.append(f'(assert (not (= {name} "")))')
    lines += ["(assert (and (<= 0 ip) (< ip 4294967296)))",
              '(assert (str.in_re action (re.++ (re.+ (re.union (str.to_re "3") (re.range "a" "z"))) (str.to_re ":") '
              '(re.+ (re.range "a" "z")))))',
              f'(assert (or (= resource "*") (str.in_re resource (re.++ (str.to_re "{PREFIX}") re.allchar re.all))))',
              f"(assert {allowed(new)})", f"(assert (not {allowed(old)}))", "(check-sat)"]
    return "\n".join(lines) + "\n"


# ---- the run ----


def ask_cvc5(folder, text):
    path = os.path.join(folder, "q.smt2")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run([CVC5, "--lang", "smt2", "--strings-exp", "--tlimit=5000", path], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.stdout.strip() in ("sat", "unsat") else None


def ask_library(folder, new, old):
    paths = []
    for name, document in (("new", new), ("old", old)):
        paths.append(os.path.join(folder, name + ".json"))
        with open(paths[-1], "w", encoding="utf-8") as file:
            json.dump(document, file)
    done = subprocess.run([TOOL, "check-no-new-access", "--type", "identity", "--format", "json", "--new", paths[0], "--existing",
                           paths[1]], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"status {done.returncode}\n{done.stderr}{done.stdout}\n{json.dumps(new)}\n{json.dumps(old)}")
    return json.loads(done.stdout)["result"]


def main():
    if not CVC5 or not os.path.exists(TOOL):
        print("skipped: there is no cvc5")
        return 77
    count = {"sat": 0, "unsat": 0, None: 0}
    with tempfile.TemporaryDirectory() as folder:
        for i in range(PAIRS):
            rng = random.Random(SEED * 1000003 + i)
            new = policy(rng, rng.randrange(1, 4))
            old = policy(rng, rng.randrange(1, 5))
            if rng.randrange(2):
                old["Statement"] += new["Statement"]
            theirs, ours = ask_cvc5(folder, smt(new, old)), ask_library(folder, new, old)
            count[theirs] += 1
            if theirs and (theirs == "sat") != (ours == "FAIL"):
                print(f"pair {i}: cvc5 says {theirs}, the library {ours}\nnew {json.dumps(new)}\nold {json.dumps(old)}")
                return 1
    print(f"{PAIRS} pairs: {count['sat']} sat, {count['unsat']} unsat, {count[None]} without an answer of cvc5")
    return 0 if count["sat"] and count["unsat"] else 1


if __name__ == "__main__":
    sys.exit(main())

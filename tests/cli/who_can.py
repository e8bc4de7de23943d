# SPDX-License-Identifier: MIT
"""policyeval who-can: principals and groups that the policies tell apart, and nobody missing."""

import fnmatch
import json
import os
import random

from cli import KEY, SECRET, Folder, Run, main

OWN, OTHER, THIRD = "444455556666", "111122223333", "777788889999"
# Pairs of policies; instruments get fewer.
CASES = int(os.environ.get("WHO_CASES") or (40 if os.environ.get("PLAIN_BUILD", "yes") == "yes" else 6))
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def iam(account, rest):
    return f"arn:aws:iam::{account}:{rest}"


def ask(folder, statements, key=None):
    key = key or [{**ANYBODY, "Action": "kms:*"}]
    files = [folder.write(name, json.dumps({"Version": "2012-10-17", "Statement": list}))
             for name, list in (("secret.json", statements), ("key.json", key))]
    return Run("who-can", "--secret", SECRET, "--key", KEY, "--secret-policy", files[0], "--key-policy", files[1],
               "--format", "json")


def listed(run):
    return {p.get("principal") or p["cell"]: p["answer"] for p in run.json()["principals"]}


def denied_unless(operator, key, value):
    return [ANYBODY, {**ANYBODY, "Effect": "Deny", "Condition": {operator: {key: value}}}]


def allowed_if(operator, key, value):
    return [{**ANYBODY, "Condition": {operator: {key: value}}}]


def test_whom_conditions_tell_apart():
    role, like = iam(OTHER, "role/R"), iam(OTHER, "role/app-*")
    mine, any_of, other_of = f"any principal of {OWN}", f"any principal of {OTHER}", f"any other principal of {OTHER}"
    for statements, expected in (
            (denied_unless("StringNotEquals", "aws:PrincipalAccount", OTHER), {any_of}),
            (denied_unless("ArnNotEquals", "aws:PrincipalArn", role), {role}),
            (denied_unless("ArnNotLike", "aws:PrincipalArn", like), {f"any principal like {like}"}),
            (allowed_if("ArnLike", "aws:PrincipalArn", like), {f"any principal like {like}", mine}),
            (allowed_if("StringEquals", "aws:PrincipalArn", [role, iam(THIRD, "user/u")]), {role, iam(THIRD, "user/u"), mine}),
            (allowed_if("StringEquals", "aws:PrincipalAccount", OTHER), {any_of, mine}),
            (allowed_if("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/ops"),
             {"any principal like arn:aws:iam::*:role/ops of any other account",
              f"any principal like arn:aws:iam::*:role/ops of {OWN}", f"any other principal of {OWN}"}),
            ([ANYBODY, {**ANYBODY, "Effect": "Deny", "Principal": {"AWS": role}}], {mine, "any other principal of any account"}),
            ([ANYBODY, {**ANYBODY, "Effect": "Deny", "Principal": {"AWS": OTHER}}], {mine, "any principal of any other account"}),
            ([{**ANYBODY, "Principal": {"AWS": OTHER}}, {**ANYBODY, "Effect": "Deny", "Principal": {"AWS": role}}], {mine, other_of})):
        with Folder() as folder:
            run = ask(folder, statements).check(0)
            assert set(listed(run)) == expected and set(listed(run).values()) == {"always"}, (statements, run.out)


def test_key_policy_counts():
    with Folder() as folder:
        key = [{**ANYBODY, "Action": "kms:*", "Condition": {"StringEquals": {"kms:CallerAccount": OTHER}}}]
        assert set(listed(ask(folder, [ANYBODY], key).check(0))) == {f"any principal of {OTHER}"}


def test_what_an_arn_does_not_show_is_said():
    with Folder() as folder:
        for key, value in (("aws:username", "bob"), ("aws:PrincipalType", "User"), ("aws:PrincipalArn", "*bob*"),
                           ("aws:PrincipalAccount", "1111*"), ("aws:PrincipalArn", ["arn:aws:iam::*:role/a*", "arn:aws:iam::*:role/*z"])):
            run = ask(folder, allowed_if("StringLike", key, value)).check(4)
            assert run.json()["complete"] is False, run.out
        ask(folder, [{**ANYBODY, "Principal": {"AWS": "AROAEXAMPLEEXAMPLEEXA"}}]).check(4)
        ask(folder, allowed_if("Null", "aws:PrincipalArn", "false")).check(0)


# ---- nobody is missing: concrete principals against the access question ----

ARNS = [iam(account, rest) for account in (OWN, OTHER, THIRD) for rest in ("role/app-1", "role/web-1", "user/bob")]
VALUES = {
    "aws:PrincipalArn": ARNS + [iam(OTHER, "role/app-*"), iam("*", "role/web-*"), iam("*", "user/bob"), iam(THIRD, "*"), iam(OWN, "root")],
    "aws:PrincipalAccount": [OWN, OTHER, THIRD],
}
OPERATORS = {"aws:PrincipalArn": ["ArnLike", "ArnNotLike", "StringEquals", "StringNotLike"],
             "aws:PrincipalAccount": ["StringEquals", "StringNotEquals"]}


def random_statement(r):
    statement = {"Effect": r.choice(["Allow", "Allow", "Deny"]), "Action": "*", "Resource": "*"}
    element = r.choice(["Principal"] * 4 + ["NotPrincipal"])
    statement[element] = {"AWS": r.choice(ARNS + [OTHER, OWN, THIRD])} if element != "Principal" or r.random() < 0.5 else "*"
    if r.random() < 0.7:
        key = r.choice(sorted(VALUES))
        statement["Condition"] = {r.choice(OPERATORS[key]): {key: r.sample(VALUES[key], r.randint(1, 2))}}
    return statement


def covers(name, arn):
    account = arn.split(":")[4]
    words = name.split()
    if name == arn:
        return True
    if "like" in words:
        pattern, of = words[3], words[5] if len(words) == 6 else None
        return fnmatch.fnmatchcase(arn, pattern) and of in (None, account) or ("other" in words and fnmatch.fnmatchcase(arn, pattern))
    return name.startswith("any ") and (words[-1] == account or words[-1] == "account")


def test_nobody_is_missing():
    r = random.Random(11)
    asked = complete = 0
    with Folder() as folder:
        own = folder.write("own.json", json.dumps(EVERYTHING))
        for _ in range(CASES):
            run = ask(folder, [random_statement(r) for _ in range(r.randint(1, 3))])
            assert run.status in (0, 4), run.err
            found = run.json()
            names = listed(run)
            complete += found["complete"]
            fresh = iam(r.choice([OWN, OTHER, THIRD]), "role/nobody-named-it")
            for arn in r.sample(ARNS, 4) + [fresh] if found["complete"] else []:
                asked += 1
                one = Run("access", "--principal", arn, "--secret", SECRET, "--key", KEY, "--secret-policy", folder.path + "/secret.json",
                          "--key-policy", folder.path + "/key.json", "--identity-policy", own, "--all-requests")
                answer = one.out.split(":")[0]
                of = next((n for n in names if n.startswith("any") and "like" not in n and n.endswith(arn.split(":")[4])), None)
                missing = answer in ("always", "sometimes") and not any(covers(n, arn) for n in names)
                wrong = arn == fresh and of and names[of] == "always" != answer
                if missing or wrong:
                    with open(folder.path + "/secret.json", encoding="utf-8") as file:
                        raise AssertionError(f"{arn} {one.out}is not right in {names} of {file.read()}")
    assert complete > CASES // 3 and asked > 2 * CASES, (complete, asked)


main(globals())

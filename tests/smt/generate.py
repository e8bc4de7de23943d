# SPDX-License-Identifier: MIT
"""Random pairs of policies that use everything of the language but policy variables: all operators with both set
qualifiers and IfExists, the keys of the principal, all forms of Principal and NotPrincipal, ARNs of all shapes."""

ACTIONS = ["s3:GetObject", "s3:Get*", "s3:*Object", "s3:*", "*", "S3:putobject", "s3:?etObject", ["s3:Put*", "s3:List*"]]
S3 = "arn:aws:s3:::"
RESOURCES = ["*", S3 + "a*", S3 + "ab", S3 + "a?", S3 + "*b", S3 + "a*b*", [S3 + "ab", S3 + "ba*"], S3 + "??", S3 + "*a*b"]
ODD_RESOURCES = ["arn:aws:*:*:*:a*", "arn:aws:s3:*:*:ab", "arn:aws:S3:::ab", "arn:aws:s3", "arn:aws:s3:eu-*", "arn:*:s3:::a*b",
                 "arn:aws:iam::111122223333:ro*/x", "arn:aws:iam::111122223333:role/*", "arn:aws:*:::a?", ["arn:aws:s3:us-*:*:a:b", S3 + "b"]]

ONE, TWO = "111122223333", "444455556666"
ARN = "arn:aws:iam::"
USERS = [f"{ARN}{ONE}:user/bob", f"{ARN}{ONE}:user/team/bob", f"{ARN}{TWO}:user/bob"]
ROLES = [f"{ARN}{ONE}:role/App", f"{ARN}{ONE}:role/team/App", f"{ARN}{TWO}:role/App"]
SESSIONS = [f"arn:aws:sts::{ONE}:assumed-role/App/s1", f"arn:aws:sts::{ONE}:assumed-role/App/s2"]
FEDERATED = [f"arn:aws:sts::{ONE}:federated-user/fay"]
ACCOUNTS = [ONE, TWO, f"{ARN}{ONE}:root", f"arn:aws-cn:iam::{ONE}:root"]
IDS = ["AIDAABCDEFGHIJKLMNOP", "AROAABCDEFGHIJKLMNOP"]
SERVICES = ["lambda.amazonaws.com", "sns.amazonaws.com"]

STRINGS = ["a", "b", "ab", "A", ["a", "ba"], ["b", "aB"]]
PATTERNS = ["a*", "*b", "?", "a?*", ["b*", "*a"], "*ab*", "*"]
NUMBERS = ["1", "2", "1.5", "-3", ["2", "3"], "1e1", 2, "many"]
DATES = ["2024-01-01T00:00:00Z", "2024-06-30T12:00:00Z", "2025-01-01T00:00:00+01:00", "1719748800", ["2023-05-05", "2024"], "soon"]
BLOCKS = ["10.0.0.0/8", "10.1.0.0/16", "203.0.113.0/24", ["10.0.0.0/9", "10.128.0.0/9"], "0.0.0.0/1", "2001:db8::/32",
          ["2001:db8:1::/48", "10.1.2.3"], "2001:db8::1", "::/0", "::ffff:10.0.0.0/104", "0.0.0.0/0"]
BYTES = ["QUI=", "QUI", "QUJD", ["QQ==", "QUI="]]
ARNS = ["arn:aws:sns:*:111122223333:*", "arn:aws:sns:us-east-1:*:a", "arn:*:sns:*:*:a*", "*", "arn:aws:sns:us-?ast-1:111122223333:?",
        ["arn:aws:lambda:*:*:function:*", "arn:aws:sns:::b"], "arn:aws:sns", "arn:aws:sns:us-east-1:111122223333:a:b"]
PRINCIPAL_ARNS = [*ROLES[:2], USERS[0], f"{ARN}*:role/App", f"{ARN}{ONE}:*", f"arn:*:iam::{ONE}:role/*", f"{ARN}{ONE}:root",
                  "*", [ROLES[0], USERS[1]], f"arn:aws:sts::{ONE}:federated-user/*", f"{ARN}1111*:user/*"]

EQUAL = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"]
LIKE = ["StringLike", "StringNotLike"]
ARN_OPERATORS = ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"]
RELATIONS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
QUALIFIERS = ["ForAllValues:", "ForAnyValue:"]

# What may be asked of a key: operators and values. A key has one type, since the library gives up where it has two.
FAMILIES = {
    "string": [(EQUAL, STRINGS), (LIKE, PATTERNS)],
    "number": [(["Numeric" + r for r in RELATIONS], NUMBERS)],
    "date": [(["Date" + r for r in RELATIONS], DATES)],
    "bool": [(["Bool"], ["true", "false", "True", True, ["true", "false"]]), (["StringEquals", "StringNotEquals"], ["true", "false"])],
    "address": [(["IpAddress", "NotIpAddress"], BLOCKS)],
    "bytes": [(["BinaryEquals"], BYTES)],
    "arn": [(ARN_OPERATORS, ARNS), (["StringEquals", "StringNotLike"], ["arn:aws:sns:us-east-1:111122223333:a"])],
    "principal arn": [(ARN_OPERATORS + LIKE, PRINCIPAL_ARNS), (EQUAL, PRINCIPAL_ARNS[:3])],
    "account": [(EQUAL[:2], [ONE, TWO, [ONE, TWO], "anonymous"]), (LIKE, ["1111*", "*", "*3333", "a*"])],
    "type": [(EQUAL, ["User", "AssumedRole", "account", ["User", "Anonymous"]]), (LIKE, ["*User", "A*"])],
    "username": [(EQUAL[:2], ["bob", "Bob", ["bob", "eve"]])],
    "service": [(EQUAL, SERVICES), (LIKE, ["*.amazonaws.com", "lambda*"])],
    "org": [(EQUAL[:2], ["o-aaaaaaaaaa", ["o-aaaaaaaaaa", "o-bbbbbbbbbb"]]), (LIKE, ["o-a*", "*"])],
}
PLAIN_KEYS = [("k:one", "string"), ("k:two", "string"), ("k:many", "string"), ("aws:TagKeys", "string"), ("k:number", "number"),
              ("k:date", "date"), ("aws:CurrentTime", "date"), ("aws:SecureTransport", "bool"), ("k:flag", "bool"),
              ("aws:SourceIp", "address"), ("aws:VpcSourceIp", "address"), ("k:bytes", "bytes"), ("k:arn", "arn"),
              ("aws:SourceArn", "arn")]
PRINCIPAL_KEYS = [("aws:PrincipalArn", "principal arn"), ("aws:PrincipalArn", "principal arn"), ("aws:PrincipalAccount", "account"),
                  ("kms:CallerAccount", "account"), ("aws:PrincipalType", "type"), ("aws:username", "username"),
                  ("aws:PrincipalIsAWSService", "bool"), ("aws:PrincipalServiceName", "service"), ("aws:PrincipalOrgID", "org"),
                  ("aws:PrincipalTag/team", "string")]
LISTED = ("k:many", "aws:TagKeys")


def condition(rng, kind):
    key, family = rng.choice(PRINCIPAL_KEYS if rng.random() < (0.5 if kind == "resource" else 0.2) else PLAIN_KEYS)
    if rng.randrange(8) == 0:
        qualifier = rng.choice(["", "", "", *QUALIFIERS])
        return qualifier + "Null", key, rng.choice(["true", "false", "true", "false", ["true", "false"]])
    operators, values = rng.choice(FAMILIES[family])
    operator = rng.choice(operators) + rng.choice(["", "", "IfExists"])
    if rng.random() < (0.8 if key in LISTED else 0.1):
        operator = rng.choice(QUALIFIERS) + operator
    return operator, key, [] if rng.randrange(40) == 0 else rng.choice(values)


def principal(rng, negated):
    """The map of a Principal or NotPrincipal. Of NotPrincipal, unique ids are left out: the library knows them from
    both sides only, and gives up."""
    if rng.randrange(4) == 0 and not negated:
        return rng.choice(["*", {"AWS": "*"}])
    pools = [ACCOUNTS, ACCOUNTS, USERS, ROLES, ROLES, SESSIONS, FEDERATED] + ([] if negated else [IDS, [f"{ARN}{ONE}:role/*"]])
    aws = []
    for _ in range(rng.randrange(1, 5 if negated else 3)):
        aws.append(rng.choice(rng.choice(pools)))
    if negated and rng.randrange(2):  # all levels of somebody
        aws += [rng.choice(ACCOUNTS[:3]), rng.choice(ROLES[:2]), rng.choice(SESSIONS + USERS)]
    whole = {"AWS": aws[0] if len(aws) == 1 else aws}
    if rng.randrange(4) == 0:
        whole = {**(whole if rng.randrange(2) else {}), "Service": rng.choice([*SERVICES, SERVICES])}
    if rng.randrange(12) == 0:
        whole["CanonicalUser"] = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    return whole


def statement(rng, effect, kind):
    resources = ODD_RESOURCES if rng.randrange(6) == 0 else RESOURCES
    s = {"Effect": effect, rng.choice(["Action"] * 5 + ["NotAction"]): rng.choice(ACTIONS),
         rng.choice(["Resource"] * 5 + ["NotResource"]): rng.choice(resources)}
    if kind == "resource":
        negated = rng.random() < (0.4 if effect == "Deny" else 0.1)
        s["NotPrincipal" if negated else "Principal"] = principal(rng, negated)
    for _ in range(rng.randrange(4)):
        operator, key, values = condition(rng, kind)
        s.setdefault("Condition", {}).setdefault(operator, {})[key] = values
    return s


def policy(rng, statements, kind):
    effects = ["Allow"] + [rng.choice(["Allow", "Deny"]) for _ in range(statements - 1)]
    return {"Version": "2012-10-17", "Statement": [statement(rng, e, kind) for e in effects]}


def pair(rng, kind):
    new, old = policy(rng, rng.randrange(1, 4), kind), policy(rng, rng.randrange(1, 5), kind)
    if rng.randrange(3):  # else there is hardly ever a NO
        old["Statement"] += new["Statement"]
    elif rng.randrange(2):
        old["Statement"] = [{**s} for s in new["Statement"]]
        changed = rng.choice(old["Statement"])
        part = rng.choice(["Resource", "NotResource", "Condition", "Principal", "NotPrincipal", "Action"])
        if part in changed and part != "Condition":
            changed[part] = statement(rng, changed["Effect"], kind).get(part, changed[part])
        elif part == "Condition":
            operator, key, values = condition(rng, kind)
            changed["Condition"] = {operator: {key: values}}
    return new, old

# SPDX-License-Identifier: MIT
"""Random cases of `simulate --cases` that know the structure of policies: every operator and set qualifier, variables,
principals of all forms, both accounts, keys with grants, and all layers. Values come from small pools, so that
statements match often enough to say something."""
from decide import ROWS

HERE, THERE = "111122223333", "444455556666"
SECRET = "arn:aws:secretsmanager:us-east-1:%s:secret:prod/db-AbCdEf"
KEY = "arn:aws:kms:us-east-1:%s:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::%s:role/Target"
BUCKET = "arn:aws:s3:::bucket/home/alice/x"

STRINGS = ["a", "b", "A", "", "alice", "prod", "Prod", "a*", "*", "a?c", "abc", "x:y", "\u00c9t\u00e9", "\u00e9t\u00e9"]
NUMBERS = ["1", "1.0", "-2.5", "10", "1e1", "0.1", "abc", "2006", "+1", "100000000000000000000", "1E-1"]
DATES = ["2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2025", "2026-02", "1767225600", "2026",
         "soon", "2026-01-01T00:00:00.5Z", "2026-13-01", "1970-01-01"]
ADDRESSES = ["203.0.113.7", "203.0.113.0/24", "10.0.0.0/8", "10.1.2.3", "2001:db8::1", "2001:db8::/32",
             "::ffff:203.0.113.7", "::ffff:203.0.113.0/120", "0.0.0.0/0", "::/0", "none", "203.0.113.07", "10.1.2.3/33"]
BINARIES = ["YQ==", "YWI=", "YWJj", "YQ", "!", "AAEC"]
BOOLS = ["true", "false", "True", "FALSE", "yes", True, False]
KEYS = {
    "String": ["example:s", "aws:TagKeys", "aws:ResourceTag/team", "aws:PrincipalTag/team", "aws:username", "example:S",
               "aws:PrincipalType", "aws:PrincipalAccount", "aws:userid", "aws:PrincipalOrgID", "aws:ResourceAccount",
               "secretsmanager:VersionStage", "kms:EncryptionContext:SecretARN", "kms:EncryptionContextKeys",
               "aws:RequestedRegion", "aws:CalledVia", "aws:PrincipalServiceName"],
    "Numeric": ["example:n", "aws:MultiFactorAuthAge", "example:s"],
    "Date": ["example:d", "aws:CurrentTime", "example:n"],
    "Bool": ["example:b", "aws:ViaAWSService", "aws:PrincipalIsAWSService", "aws:SecureTransport"],
    "BinaryEquals": ["example:bin", "example:s"],
    "Ip": ["aws:SourceIp", "example:s", "aws:VpcSourceIp"],
    "Arn": ["aws:PrincipalArn", "example:arn", "aws:SourceArn", "example:s"],
}
OPERATORS = {
    "String": ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
               "StringLike", "StringNotLike"],
    "Numeric": ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
                "NumericGreaterThan", "NumericGreaterThanEquals"],
    "Date": ["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
             "DateGreaterThanEquals"],
    "Bool": ["Bool"], "BinaryEquals": ["BinaryEquals"], "Ip": ["IpAddress", "NotIpAddress"],
    "Arn": ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
}
VARIABLES = ["${aws:username}", "${aws:PrincipalTag/team}", "${AWS:PRINCIPALTAG/TEAM}", "${example:s}", "${*}", "${?}",
             "${$}", "${aws:TagKeys}", "${aws:TagKeys, 'a'}", "${example:none}", "${example:none, 'a'}",
             "${example:s, 'abc'}", "${ example:s }", "${", "${aws:PrincipalAccount}", "${aws:ResourceTag/team}"]


class Generator:
    def __init__(self, rng):
        self.r = rng

    def one(self, *pool):
        return self.r.choice(pool)

    def maybe(self, chance):
        return self.r.random() < chance

    def some(self, pool, most=3, empty=0.03):
        """A value or a list of them."""
        if self.maybe(empty):
            return []
        n = 1 if self.maybe(0.6) else self.r.randint(1, most)
        values = [self.r.choice(pool) for _ in range(n)]
        return values[0] if n == 1 and self.maybe(0.6) else values

    # ---- the request ----

    def caller(self):
        r, account = self.r, self.one(HERE, HERE, THERE)
        kind = r.random()
        extra = {}
        if self.maybe(0.3):
            extra["tags"] = {"team": r.choice(STRINGS[:6])}
        if self.maybe(0.2):
            extra["org_id"] = "o-a1b2c3d4e5"
        if kind < 0.45:
            role = self.one("App", "App", "app", "Other")
            arn = "arn:aws:sts::%s:assumed-role/%s/%s" % (account, role, self.one("s1", "s1", "S2"))
            path = self.one("/", "/team/", "/aws-service-role/x.amazonaws.com/")
            if self.maybe(0.3):
                extra["role_arn"] = "arn:aws:iam::%s:role%s%s" % (account, path if self.maybe(0.5) else "/", role)
            elif self.maybe(0.2):
                extra["path"] = path
            if self.maybe(0.2):
                extra["id"] = "AROAEXAMPLE1234567890"
        elif kind < 0.55:
            arn = "arn:aws:iam::%s:role%sApp" % (account, self.one("/", "/team/"))
        elif kind < 0.78:
            arn = "arn:aws:iam::%s:user%s%s" % (account, self.one("/", "/", "/team/"), self.one("alice", "alice", "bob"))
            if self.maybe(0.2):
                extra["id"] = "AIDAEXAMPLE1234567890"
        elif kind < 0.85:
            arn = "arn:aws:iam::%s:root" % account
        elif kind < 0.92:
            arn = "arn:aws:sts::%s:federated-user/bob" % account
            if self.maybe(0.7):
                extra["parent"] = "arn:aws:iam::%s:user/alice" % account
        elif kind < 0.97:
            return {"service": self.one("ec2.amazonaws.com", "lambda.amazonaws.com")}
        else:
            return {"anonymous": True}
        if self.maybe(0.05):
            extra["management_account"] = True
        return dict(extra, arn=arn) if extra or self.maybe(0.2) else arn

    def context(self):
        out = {}

        def put(key, pool, several=0.15):
            value = self.some(pool, 3, 0.03) if self.maybe(several) else self.r.choice(pool)
            out[key] = value

        if self.maybe(0.6):
            put("example:s" if self.maybe(0.8) else "Example:S", STRINGS)
        for key, pool, chance in (("example:n", NUMBERS, 0.5), ("example:d", DATES, 0.5), ("example:b", BOOLS[:5], 0.4),
                                  ("example:bin", BINARIES, 0.3), ("aws:SourceIp", ADDRESSES, 0.5),
                                  ("example:arn", self.arns(), 0.5), ("aws:ResourceTag/team", STRINGS, 0.3),
                                  ("aws:CurrentTime", DATES[:3], 0.2), ("aws:SecureTransport", ["true", "false"], 0.3),
                                  ("aws:SourceArn", self.arns(), 0.1), ("secretsmanager:VersionStage", ["AWSCURRENT"], 0.2)):
            if self.maybe(chance):
                put(key, pool)
        if self.maybe(0.2) and isinstance(out.get("aws:ResourceTag/team"), str):
            out["aws:ResourceTag/Team"] = self.r.choice(STRINGS[:6])
        if self.maybe(0.3):
            out["aws:TagKeys"] = self.as_list(self.some(STRINGS[:6]))
        if self.maybe(0.2):
            out["kms:EncryptionContext:SecretARN"] = SECRET % THERE
            out["kms:EncryptionContextKeys"] = ["SecretARN"]
        return out

    @staticmethod
    def as_list(value):
        return value if isinstance(value, list) else [value]

    @staticmethod
    def arns():
        return ["arn:aws:iam::%s:role/App" % HERE, "arn:aws:iam::%s:role/*" % HERE, "arn:aws:iam::%s:user/alice" % HERE,
                "arn:aws:*:*:*:*", "*", "arn:aws:iam::%s:role/team/App" % HERE, "arn:aws:iam", "arn:aws:iam::?11122223333:*",
                "arn:aws:iam::*:role/${aws:PrincipalTag/team}", "arn:aws:sns:us-east-1:%s:topic:x" % THERE]

    # ---- policies ----

    def condition(self):
        out = {}
        for _ in range(self.one(1, 1, 1, 2)):
            if self.maybe(0.12):
                name = self.one("Null", "Null", "Null", "ForAllValues:Null", "ForAnyValue:Null")
                out[name] = {}
                out[name][self.key(self.one(*KEYS))] = self.some(["true", "false", True, False, "x"])
                continue
            family = self.one("String", "String", *OPERATORS)
            name = self.r.choice(OPERATORS[family])
            if self.maybe(0.25):
                name = self.one("ForAllValues:", "ForAnyValue:") + name
            if self.maybe(0.2):
                name += "IfExists"
            tests = out.setdefault(name, {})
            key = self.key(family)
            if key.lower() not in {k.lower() for k in tests}:
                tests[key] = self.some(self.values(family))
        return out

    def key(self, family):
        key = self.r.choice(KEYS[family])
        return key.upper() if self.maybe(0.05) else key

    def values(self, family):
        pools = {"Numeric": NUMBERS + [1, 10, 2006], "Date": DATES, "Bool": BOOLS, "BinaryEquals": BINARIES, "Ip": ADDRESSES}
        if family in pools:
            return pools[family]
        if family == "Arn":
            return self.arns()
        more = [v for v in VARIABLES] + ["a" + self.r.choice(VARIABLES)]
        return STRINGS * 2 + more + [HERE, "o-a1b2c3d4e5", SECRET % THERE, "SecretARN", "AWSCURRENT", "us-east-1", "User"]

    def actions(self, action):
        service, name = action.split(":")
        return [action, action, service + ":*", "*", service + ":" + name[:3] + "*", action.upper(), "s3:*", "*:*",
                service + ":?" + name[1:], "iam:PassRole", service[:2] + "*:" + name, "**", name, service + ":" + name + " "]

    def resources(self, resource, layer):
        pool = ["*", "*", "*", "arn:aws:s3:::bucket/home/${aws:username}/*", "arn:aws:s3:::other/*", "**"]
        if resource != "*":
            head, last = resource.rsplit(":", 1)
            cut = resource.split(":")
            pool += [resource, resource, resource, head + ":*", ":".join(cut[:5]) + ":*", resource[:-4] + "????",
                     "arn:aws:" + cut[2] + ":*:*:*", "arn:aws:*:" + ":".join(cut[3:]), resource.upper().replace("ARN:", "arn:", 1),
                     ":".join(cut[:3] + [cut[3].upper()] + cut[4:]), ":".join(cut[:5]) + ":" + cut[5][:1] + "*",
                     resource[:-3] + self.r.choice(VARIABLES), " " + resource,
                     ":".join(cut[:5]) + ":" + cut[5] + "*", "arn:aws:*:*:*:${example:s}*"]
            if layer in ("identity", "boundary", "resource", "endpoint"):
                pool += ["arn:aws:" + cut[2], "arn:aws:*", "arn:aws:" + cut[2] + "*" + last]
        return pool

    def principals(self, caller):
        given = caller if isinstance(caller, dict) else {"arn": caller}
        pool = ["arn:aws:iam::%s:role/App" % HERE, "arn:aws:iam::%s:root" % HERE, HERE, THERE,
                "arn:aws:iam::%s:user/alice" % HERE, "arn:aws:sts::%s:assumed-role/App/s1" % HERE, "*",
                "arn:aws:iam::%s:role/team/App" % HERE, "AROAEXAMPLE1234567890", "AIDAEXAMPLE1234567890",
                "arn:aws:iam::%s:role/App" % THERE, "arn:aws:sts::%s:federated-user/bob" % HERE]
        if "arn" in given:
            account = given["arn"].split(":")[4]
            pool += [given["arn"]] * 4 + [account, "arn:aws:iam::%s:root" % account]
            pool += [given[k] for k in ("role_arn", "parent") if k in given] * 2
        return pool

    def principal(self, caller, most=3):
        if self.maybe(0.2):
            return "*"
        out = {}
        if self.maybe(0.9):
            out["AWS"] = self.some(self.principals(caller), most, 0.02)
        if self.maybe(0.15):
            out["Service"] = self.some(["ec2.amazonaws.com", "lambda.amazonaws.com"], 2)
        return out

    def statement(self, case, layer):
        s = {"Effect": "Allow" if self.maybe(0.72 if layer != "rcp" else 0) else "Deny"}
        if layer in ("resource", "key", "endpoint"):
            if self.maybe(0.1):
                s["NotPrincipal"] = self.principal(case["principal"], 5)
            else:
                s["Principal"] = self.principal(case["principal"])
        elif layer == "rcp":
            s["Principal"] = "*"
        actions = self.actions(case["action"])
        if self.maybe(0.1) and layer != "rcp":
            s["NotAction"] = self.some(actions)
        else:
            s["Action"] = self.some(actions)
        resources = self.resources(case["resource"], layer)
        if self.maybe(0.12):
            s["NotResource"] = self.some(resources)
        elif layer != "key" or self.maybe(0.97):
            s["Resource"] = self.some(resources)
        if self.maybe(0.55 if s["Effect"] == "Allow" else 0.8):
            s["Condition"] = self.condition()
        return s

    def policy(self, case, layer):
        n = self.one(1, 1, 2, 3)
        policy = {"Version": "2012-10-17" if self.maybe(0.92) or layer == "rcp" else "2008-10-17"}
        if self.maybe(0.02) and layer != "rcp":
            policy = {}
        policy["Statement"] = [self.statement(case, layer) for _ in range(n)]
        return policy

    def policies(self, case, person):
        kms = case["action"].startswith("kms:")
        out = {}
        # Something that allows in most layers, so that the others can decide.
        wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        open_ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": [HERE, THERE]},
                                                         "Action": "*", "Resource": "*"}]}
        if person and self.maybe(0.8):
            out["identity"] = [self.policy(case, "identity") for _ in range(self.one(0, 1, 1, 2))]
            if self.maybe(0.3):
                out["identity"].append(wide)
        if self.maybe(0.9 if kms else 0.6):
            out["resource"] = [self.policy(case, "key" if kms else "resource")]
            if self.maybe(0.3):
                out["resource"] = [open_] + ([] if kms else out["resource"])
        for name, chance in (("boundary", 0.15), ("endpoint", 0.08)):
            if self.maybe(chance) and (person or name == "endpoint"):
                out[name] = [self.policy(case, name)] if self.maybe(0.95) else []
        arn = case["principal"] if isinstance(case["principal"], str) else case["principal"].get("arn", "")
        if ":federated-user/" in arn and self.maybe(0.8) or ":assumed-role/" in arn and self.maybe(0.15):
            out["session"] = [wide if self.maybe(0.4) else self.policy(case, "session")]
        for name, chance in (("scp", 0.12), ("rcp", 0.12)):
            if self.maybe(chance):
                full = dict(wide, Statement=[dict(wide["Statement"][0], Principal="*")]) if name == "rcp" else wide
                out[name] = [[full] if self.maybe(0.5) else [self.policy(case, name)] for _ in range(self.one(1, 2))]
        if kms and case["resource"] != "*" and self.maybe(0.3):
            out["grants"] = [self.grant(case)]
        return out

    def grant(self, case):
        g = {"KeyId": case["resource"], "GrantId": "0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60",
             "GranteePrincipal": self.r.choice([p for p in self.principals(case["principal"]) if p.startswith("arn:")]),
             "IssuingAccount": "arn:aws:iam::%s:root" % THERE,
             "Operations": self.as_list(self.some(["Decrypt", "Decrypt", "Encrypt", "DescribeKey"], 3, 0))}
        if self.maybe(0.4):
            name = self.one("EncryptionContextEquals", "EncryptionContextSubset")
            g["Constraints"] = {name: {self.one("SecretARN", "SecretARN", "secretarn"): self.one(SECRET % THERE, "x")}}
        return g

    def case(self, number):
        principal = self.caller()
        arn = principal if isinstance(principal, str) else principal.get("arn", ":root")
        person = not arn.endswith(":root")
        action, resource = self.one(
            ("secretsmanager:GetSecretValue", SECRET), ("secretsmanager:GetSecretValue", SECRET), ("kms:Decrypt", KEY),
            ("kms:Decrypt", KEY), ("kms:DescribeKey", KEY), ("kms:PutKeyPolicy", KEY), ("s3:GetObject", BUCKET),
            ("secretsmanager:ListSecrets", "*"), ("secretsmanager:TagResource", SECRET), ("sqs:SendMessage",
            "arn:aws:sqs:us-east-1:%s:queue"))
        if "%s" in resource:
            resource = resource % self.one(HERE, THERE)
        case = {"id": str(number), "principal": principal, "action": action, "resource": resource}
        if resource == BUCKET and self.maybe(0.7):
            case["resource_account"] = self.one(HERE, THERE)
        if self.maybe(0.03):
            case["resource_management_account"] = True
        case["context"] = self.context()
        if self.maybe(0.12):
            free = [k for k in ("example:s", "aws:SourceIp", "example:n", "example:arn", "aws:PrincipalOrgID")
                    if k.lower() not in {g.lower() for g in case["context"]}]
            if free and not (isinstance(principal, dict) and "org_id" in principal):
                case["unknown"] = [self.r.choice(free)]
        if self.maybe(0.12):
            row = self.r.choice(sorted(ROWS))
            case["readings"] = {row: self.r.choice(ROWS[row])}
        case["policies"] = self.policies(case, person)
        if self.maybe(0.03):
            case["only"] = self.one("identity", "resource")
        return case

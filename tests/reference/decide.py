# SPDX-License-Identifier: MIT
"""The decision (D1 - D4) of the reference evaluator: a case of `simulate --cases` in, verdict and assumptions out."""
import itertools
import re

from condition import Fact, Test, text_of, variable
from values import (LACKING, STAR, UNKNOWN, UNRESOLVED, Open, any_of, expand, glob, lower_ascii, negate, wild)

# The rows that change a decision, the default reading first.
ROWS = {
    "AMB-1": "fields crossing", "AMB-2": "wildcard literal", "AMB-3": "exact nocase", "AMB-4": "cautious pad never",
    "AMB-6": "match no-match", "AMB-7": "nothing everything", "AMB-8": "literal live",
    "AMB-9": "cautious present absent", "AMB-10": "cautious false true", "AMB-11": "constant plain never",
    "AMB-12": "cautious false any", "AMB-13": "cautious false true", "AMB-13b": "cautious none any",
    "AMB-14": "cautious false true", "AMB-15": "cautious v4 v6", "AMB-16": "epoch year", "AMB-17": "nocase exact",
    "AMB-23": "every-level any-level", "AMB-28": "exact nocase", "AMB-31": "cautious default none",
    "AMB-34": "exact nocase", "AMB-36": "cautious first last", "A1": "uncapped capped", "A2": "uncapped capped",
    "A3": "uncapped capped", "A5": "nobody others", "A7": "known name exact", "A8": "alone with-identity",
    "A20": "cautious false any", "A25": "checked ignored", "A31": "applied exempt", "PE-9": "cautious yes no",
}
ROWS = {row: names.split() for row, names in ROWS.items()}

# Actions without resource type (D3.9, D4.3).
BARE = {a.lower() for a in (
    "secretsmanager:BatchGetSecretValue secretsmanager:GetRandomPassword secretsmanager:ListSecrets kms:ListKeys "
    "kms:CreateKey kms:ListAliases kms:GenerateRandom").split()}
ALIAS = {"kms:createalias", "kms:deletealias", "kms:updatealias"}
KMS_CROSS = {"kms:" + a.lower() for a in (
    "Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair "
    "GenerateDataKeyPairWithoutPlaintext ReEncryptFrom ReEncryptTo Sign Verify GenerateMac VerifyMac "
    "DeriveSharedSecret CreateGrant DescribeKey GetKeyRotationStatus GetPublicKey ListGrants RetireGrant "
    "RevokeGrant").split()}
SECRETS_HOME = {"secretsmanager:createsecret", "secretsmanager:listsecrets", "secretsmanager:batchgetsecretvalue"}
WORDED = {"secretsmanager", "kms", "iam", "sts"}  # PE-1


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


class Caller:
    def __init__(self, given):
        given = {"arn": given} if isinstance(given, str) else given
        self.given = given
        self.arn, self.account, self.partition = given.get("arn"), None, None
        self.role, self.path, self.session, self.user, self.parent = None, None, None, None, None
        self.id, self.management = given.get("id"), bool(given.get("management_account"))
        self.kind = "anonymous" if given.get("anonymous") else "service" if "service" in given else \
            "provider" if "federated" in given else None
        if self.kind:
            return
        _, self.partition, service, _, self.account, rest = self.arn.split(":", 5)
        word, _, name = rest.partition("/")
        if word == "root":
            self.kind = "root"
        elif word == "user":
            self.kind, self.user = "user", name.rpartition("/")[2]
        elif word == "role":
            self.kind, self.role = "session", name.rpartition("/")[2]
            self.path = "/" + name[:len(name) - len(self.role)]
        elif word == "assumed-role":
            self.kind = "session"
            self.role, _, self.session = name.partition("/")
        else:
            self.kind, self.parent = "federated", given.get("parent")
        if self.kind == "session":
            if "role_arn" in given:
                name = given["role_arn"].split(":", 5)[5].partition("/")[2]
                self.role = name.rpartition("/")[2]
                self.path = "/" + name[:len(name) - len(self.role)]
            if "path" in given:
                self.path = given["path"]

    def role_arn(self):
        return "arn:%s:iam::%s:role%s%s" % (self.partition, self.account, self.path or "/", self.role)

    def keys(self):
        """L4.1."""
        out, kind = {}, self.kind
        for key, value in (self.given.get("tags") or {}).items():
            out["aws:PrincipalTag/" + key] = value
        if self.given.get("org_id"):
            out["aws:PrincipalOrgID"] = self.given["org_id"]
        if kind == "service":
            out["aws:PrincipalServiceName"] = self.given["service"]
        if kind != "anonymous":
            out["aws:PrincipalIsAWSService"] = "true" if kind == "service" else "false"
        if kind == "anonymous":
            return dict(out, **{"aws:PrincipalAccount": "anonymous", "aws:PrincipalType": "Anonymous",
                                "aws:userid": "anonymous"})
        if kind in ("service", "provider"):
            return out
        out["aws:PrincipalAccount"] = self.account
        out["aws:PrincipalArn"] = self.role_arn() if kind == "session" else self.arn
        out["aws:PrincipalType"] = {"root": "Account", "user": "User", "session": "AssumedRole",
                                    "federated": "FederatedUser"}[kind]
        if kind == "root":
            out["aws:userid"] = self.account
        elif kind == "user":
            out["aws:username"] = self.user
            out["aws:userid"] = self.id or Fact(unknown=True)
        elif kind == "federated":
            out["aws:userid"] = "%s:%s" % (self.account, self.arn.split("/", 1)[1])
        elif self.session is None or not self.id:
            out["aws:userid"] = Fact(unknown=True)
        else:
            out["aws:userid"] = self.id if ":" in self.id else "%s:%s" % (self.id, self.session)
        return out


class Run:
    """One evaluation of a case under given readings; `optimistic` says how unknown facts come out."""

    def __init__(self, case, readings, optimistic, touched):
        self.case, self.readings, self.optimistic, self.touched = case, readings, optimistic, touched
        self.caller = Caller(case["principal"])
        self.action, self.resource = case["action"].lower(), case["resource"]
        self.policies = case.get("policies") or {}
        self.bare = self.action in BARE or self.resource == "*"
        self.fields = self.resource.split(":", 5) if self.resource != "*" else None
        self.owner = case.get("resource_account") or (self.fields[4] if self.fields and self.fields[4] else None)
        self.unknown_used = False
        self.make_facts()

    # ---- facts ----

    def make_facts(self):
        self.facts = {}
        for key, value in self.caller.keys().items():
            self.facts[key.lower()] = value if isinstance(value, Fact) else Fact([value])
        more = {"aws:ViaAWSService": "false", "aws:ResourceAccount": self.owner,
                "aws:RequestedRegion": self.fields[3] if self.fields else None}
        for key, value in more.items():
            if value:
                self.facts[key.lower()] = Fact([value])
        given = set()
        for key, value in (self.case.get("context") or {}).items():
            values = [text_of(v) for v in as_list(value)]
            if key.lower() in given:
                self.facts[key.lower()].other = values
            else:
                self.facts[key.lower()] = Fact(values, listed=isinstance(value, list))
            given.add(key.lower())
        for key in self.case.get("unknown") or []:
            self.facts[key.lower()] = Fact(unknown=True)

    def fact(self, key):
        return self.facts.get(key) or Fact()

    # ---- leaves ----

    def row(self, name):
        self.touched.add(name)
        return self.readings.get(name, ROWS[name][0])

    def leaf(self, truth, want):
        """The outcome of a test: `truth(row)` under every reading of the cautious rows it asks; `want` is the outcome
        that grants less."""
        asked = []

        def row(name):
            reading = self.row(name)
            if reading != "cautious":
                return reading
            if name not in asked:
                asked.append(name)
            return chosen.get(name, ROWS[name][1])

        chosen = {}
        while True:
            before = len(asked)
            results = set()
            for names in itertools.product(*[ROWS[r][1:] for r in asked]):
                chosen = dict(zip(asked, names))
                results.add(truth(row))
            if len(asked) == before:
                break
        if UNKNOWN in results:
            self.unknown_used = True
            results.discard(UNKNOWN)
            results.add((not want) if self.optimistic else want)
        return want if want in results else not want

    # ---- statements ----

    def action_fits(self, entry):
        entry = entry.lower()
        if entry and set(entry) == {"*"} or entry == "*:*":
            return True
        service, colon, name = entry.partition(":")
        mine = self.action.split(":", 1)
        return bool(colon) and ":" not in name and service == mine[0] and glob(wild(name), mine[1])

    def pick(self, row):
        def one(fact):
            if fact.other is None or fact.other == fact.values:
                return fact
            return Fact(fact.values if row("AMB-36") == "first" else fact.other)
        return one

    def resource_fits(self, entry, version, layer, row, negative=False):
        """True, false, unknown, or UNRESOLVED for one entry of Resource or NotResource."""
        if entry is None:
            return False
        if entry == "*":
            return True
        cut = entry.split(":", 5)
        if cut[0] != "arn":
            return False
        if self.bare:
            return False
        if len(cut) < 6:
            if layer not in ("identity", "boundary"):
                fits = all(glob(wild(p), f) for p, f in zip(cut, self.fields))
                return fits and row("AMB-4") == "pad"
            cut += ["*"] * (6 - len(cut))
            short = True
        else:
            short = False
        last = expand(cut[5], version, lambda n, d: variable(n, d, self.fact, self.pick(row), row), True,
                      lambda: row("AMB-8") == "live")
        if last is UNRESOLVED:
            return UNRESOLVED
        fits = self.resource_reads(cut, short, last, row)
        if isinstance(last, Open):
            return UNKNOWN if fits else LACKING if last.lacking else False
        return fits

    def resource_reads(self, cut, short, last, row):
        """The fields of an entry against those of the resource, under the readings of AMB-1, AMB-2 and AMB-3."""
        word = re.split("[:/]", re.sub(r"\$\{[^}]*\}", "", cut[5]), maxsplit=1)[0]
        if self.fields[2] in WORDED and cut[5] != "*" and ("*" in word or "?" in word) and row("AMB-2") == "literal":
            return False
        fold = row("AMB-3") == "nocase"
        if row("AMB-1") == "crossing" and not short:
            if glob(wild(":".join(cut[:5]) + ":") + last, self.resource):
                return True
        for i in range(5):
            p, f = cut[i], self.fields[i]
            if fold and i:
                p, f = lower_ascii(p), lower_ascii(f)
            if not glob(wild(p), f):
                return False
        return glob(last, self.fields[5])

    def resource_part(self, s, version, layer, want):
        if "Resource" in s:
            def truth(row):
                return any_of(r not in (UNRESOLVED, LACKING) and r for r in
                              (self.resource_fits(e, version, layer, row) for e in as_list(s["Resource"])))
            return self.leaf(truth, want)
        if "NotResource" in s:
            def truth(row):
                found = [self.resource_fits(e, version, layer, row, True) for e in as_list(s["NotResource"])]
                listed = any_of(r not in (UNRESOLVED, LACKING) and r for r in found)
                if listed is True:
                    return False
                if UNRESOLVED in found and row("AMB-7") == "nothing":
                    return False
                if self.bare and row("PE-9") == "no":
                    return False
                if LACKING in found and row("AMB-7") == "nothing":
                    return UNKNOWN
                return negate(listed)
            return self.leaf(truth, want)
        return layer == "trust"

    def statement(self, s, version, layer):
        """Whether a statement matches; the ways its principal matched, for resource policies."""
        want = s["Effect"] == "Deny"
        if layer not in ("identity", "boundary", "session", "scp") and not self.entries(
                s.get("Principal", s.get("NotPrincipal", {}))):
            return False, set()  # L1.5.10
        if [] in (s.get("Action"), s.get("NotAction"), s.get("Resource"), s.get("NotResource")):
            return False, set()  # L1.6.7, L1.7.8
        if "Action" in s:
            if not any(self.action_fits(e) for e in as_list(s["Action"])):
                return False, set()
        elif "NotAction" in s:
            if any(self.action_fits(e) for e in as_list(s["NotAction"])):
                return False, set()
        else:
            return False, set()
        if not self.resource_part(s, version, layer, want):
            return False, set()
        for operator, tests in (s.get("Condition") or {}).items():
            for key, values in tests.items():
                if not self.leaf(lambda row: Test(operator, key, values, version, self.fact, row).truth(), want):
                    return False, set()
        if layer in ("identity", "boundary", "session", "scp"):
            return True, set()
        if layer == "endpoint" and self.row("A25") == "ignored":
            return True, set()
        ways = self.who(s, want)
        return bool(ways), ways

    # ---- principals ----

    def who(self, s, want):
        """The ways in which the principal element matches the caller; empty if it does not."""
        if "NotPrincipal" in s:
            if not want and self.row("A5") == "nobody":
                return set()
            return {"star"} if self.leaf(lambda row: negate(self.exempt(s["NotPrincipal"], row, want)), want) else set()
        ways = set()
        if "Principal" not in s:
            return ways
        for kind, entry in self.entries(s["Principal"]):
            way, _ = self.entry_way(kind, entry)
            if way and self.leaf(lambda row: self.entry_fits(kind, entry, row), want):
                ways.add(way)
        if "star" in ways and self.asks_principal_arn(s):
            ways = ways - {"star"} | {"star-arn"}
        return ways

    @staticmethod
    def entries(element):
        if element == "*":
            return [("AWS", "*")]
        return [(kind, e) for kind, list_ in element.items() for e in as_list(list_)]

    @staticmethod
    def asks_principal_arn(s):
        """D1.3: a positive String or Arn operator that requires aws:PrincipalArn."""
        for operator, tests in (s.get("Condition") or {}).items():
            qualifier, _, name = operator.rpartition(":")
            if qualifier != "ForAllValues" and re.fullmatch("(String|Arn)(Equals|Like|EqualsIgnoreCase)", name):
                if any(k.lower() == "aws:principalarn" for k in tests):
                    return True
        return False

    def entry_way(self, kind, entry):
        """How an entry of the element stands to the caller if it matches, and its level (AMB-23)."""
        c = self.caller
        if kind == "Service":
            return "service", "own"
        if kind == "Federated":
            return "provider", "own"
        if kind == "CanonicalUser":
            return None, None
        if entry == "*":
            return "star", "all"
        if re.fullmatch("[0-9]{12}", entry) or re.fullmatch("arn:[^:]*:iam::[0-9]{12}:root", entry):
            return "account", "account"
        m = re.fullmatch("arn:[^:]*:(iam|sts)::[0-9]*:([a-z-]+)/.*", entry, re.S)
        word = m.group(2) if m else None
        if not m:
            return ("user" if c.kind == "user" else "role"), "entity"
        if word == "user":
            return ("user" if c.kind == "user" else "user-of"), "entity"
        if word == "role":
            return "role", "entity"
        return "self", "own"

    def entry_fits(self, kind, entry, row):
        c = self.caller
        if kind == "Service":
            return c.kind == "service" and c.given["service"] == entry
        if kind == "Federated":
            return c.kind == "provider" and c.given["federated"] == entry
        if kind != "AWS":
            return False
        if entry == "*":
            return True
        if c.account is None:
            return False
        if re.fullmatch("[0-9]{12}", entry):
            return c.account == entry
        if entry == "arn:%s:iam::%s:root" % (c.partition, c.account):
            return True
        if not entry.startswith("arn:"):
            return c.id is not None and c.kind in ("user", "session") and c.id.split(":")[0] == entry
        cut = entry.split(":", 5)
        if len(cut) < 6 or cut[1] != c.partition or cut[4] != c.account or cut[3]:
            return False
        word, _, name = cut[5].partition("/")
        if c.kind == "user":
            return cut[2] == "iam" and entry == c.arn
        if c.kind == "federated":
            return entry == c.arn or (c.parent is not None and entry == c.parent)
        if c.kind != "session":
            return False
        if cut[2] == "iam" and word == "role":
            last = name.rpartition("/")[2]
            return self.same_role(last, row) and self.same_path("/" + name[:len(name) - len(last)], row)
        if cut[2] == "sts" and word == "assumed-role":
            role, _, session = name.partition("/")
            if not self.same_role(role, row):
                return False
            return UNKNOWN if c.session is None else session == c.session
        return False

    def same_role(self, name, row):
        mine = self.caller.role
        return name == mine or (lower_ascii(name) == lower_ascii(mine) and row("AMB-28") == "nocase")

    def same_path(self, path, row):
        mine = self.caller.path
        if path == (mine or "/") and mine is not None:
            return True
        reading = row("A7")
        if reading == "name":
            return True
        if reading == "exact":
            return path == (mine or "/")
        return mine is None

    def exempt(self, element, row, deny):
        """AMB-23: whether a NotPrincipal spares the caller."""
        c, levels = self.caller, {}
        if deny and "boundary" in self.policies and c.kind in ("user", "session", "federated"):
            return False
        for kind, entry in self.entries(element):
            fits = self.entry_fits(kind, entry, row)
            _, level = self.entry_way(kind, entry)
            if level == "all":
                return True
            levels[level] = any_of([levels.get(level, False), fits])
        if c.kind == "session":
            need = ["own", "entity", "account"]
        elif c.kind == "user":
            need = ["entity", "account"]
        elif c.kind == "federated":
            need = ["own", "account"]
        elif c.kind == "root":
            need = ["account"]
        else:
            need = ["own"]
        have = [levels.get(n, False) for n in need]
        if all(h is True for h in have):
            return True
        if row("AMB-23") == "any-level":
            return any_of(have)
        return False if False in have else UNKNOWN

    # ---- layers ----

    def document(self, policy):
        return policy["policy"] if isinstance(policy, dict) and "policy" in policy else policy

    def layer(self, policies, layer):
        """Deny, and the ways of the Allows, of the policies of a layer."""
        deny, allow, ways = False, False, set()
        for policy in policies:
            policy = self.document(policy)
            version = policy.get("Version", "2008-10-17")
            for s in as_list(policy["Statement"]):
                fits, how = self.statement(s, version, layer)
                if not fits:
                    continue
                if s["Effect"] == "Deny":
                    deny = True
                else:
                    allow, ways = True, ways | how
        return deny, allow, ways

    def levels(self, name):
        deny, allow = False, bool(self.policies[name])
        for level in self.policies[name]:
            d, a, _ = self.layer(level, name)
            deny = deny or d
            allow = allow and (a or (name == "rcp" and bool(level) and not d))  # PE-12
        return deny, allow

    # ---- grants ----

    def grants(self):
        """The ways in which grants allow the action."""
        ways, c = set(), self.caller
        if not self.action.startswith("kms:") or self.bare:
            return ways
        for g in self.policies.get("grants") or []:
            operations = {("kms:" + o).lower() for o in g.get("Operations") or []}
            if g.get("KeyId", self.resource) not in (self.resource, self.fields[5].partition("/")[2]):
                continue
            if self.action not in operations or not self.grantee(g):
                continue
            if self.action not in ("kms:describekey", "kms:retiregrant") and not self.constraints(g):
                continue
            who = g.get("GranteePrincipal", "")
            ways.add("account" if who.endswith(":root") else "self" if ":sts:" in who else
                     "user" if self.caller.kind == "user" else "grant")
        return ways

    def grantee(self, g):
        who = g.get("GranteePrincipal", "")
        if self.caller.kind == "service":
            return self.caller.given["service"] in (who, g.get("GranteeServicePrincipal"))
        return self.leaf(lambda row: who != "*" and self.entry_fits("AWS", who, row), False)

    def constraints(self, g):
        limits = g.get("Constraints") or {}
        source = self.fact("aws:sourcearn").values
        if limits.get("SourceArn") and source != [limits["SourceArn"]]:
            return False
        equals, subset = limits.get("EncryptionContextEquals"), limits.get("EncryptionContextSubset")
        if not equals and not subset:
            return True

        def truth(row):
            pairs = {}
            for key, value in (self.case.get("context") or {}).items():
                if key.lower().startswith("kms:encryptioncontext:"):
                    pairs[key.split(":", 2)[2]] = text_of(value)
            fold = (lambda k: lower_ascii(k)) if row("AMB-34") == "nocase" else (lambda k: k)
            mine = {fold(k): v for k, v in pairs.items()}
            if equals and {fold(k): v for k, v in equals.items()} != mine:
                return False
            return all(mine.get(fold(k)) == v for k, v in (subset or {}).items())
        return self.leaf(truth, False)

    # ---- the verdict ----

    def verdict(self):
        c, p = self.caller, self.policies
        kms, trust = self.action.startswith("kms:") and self.action not in BARE, self.action.startswith("sts:assumerole")
        if self.action in ALIAS and not self.bare and self.fields[2] == "kms" and self.fields[5].startswith("alias/"):
            kms = False
        layer = "key" if kms else "trust" if trust else "resource"
        if self.case.get("only"):
            name = self.case["only"]
            deny, allow, _ = self.layer(p.get(name) or [], "identity" if name == "identity" else layer)
            return "explicitDeny" if deny else "allowed" if allow else "implicitDeny"
        owner = self.owner or c.account
        person = c.kind in ("user", "session", "federated")
        same = c.account is not None and c.account == owner and (self.bare or c.partition == self.fields[1])  # D2.1
        none = (False, True)

        rcp = none
        if "rcp" in p and not self.rcp_exempt():
            rcp = self.levels("rcp")
        scp = none
        linked = c.kind == "session" and (c.path or "").startswith("/aws-service-role/")
        if "scp" in p and not c.management and not linked and c.account is not None:
            scp = self.levels("scp")
        resource = self.layer(p.get("resource") or [], layer)
        identity = self.layer(p.get("identity") or [], "identity") if person else (False, False, set())
        boundary = self.layer(p["boundary"], "boundary") if "boundary" in p and person and not linked else none
        session = self.layer(p["session"], "session") if "session" in p and person else none
        endpoint = self.layer(p["endpoint"], "endpoint") if "endpoint" in p else none
        if any(l[0] for l in (rcp, scp, resource, identity, boundary, session, endpoint)):
            return "explicitDeny"
        if not (rcp[1] and scp[1] and endpoint[1]):
            return "implicitDeny"
        grants = self.grants()
        granted = self.allowed(kms, trust, same, resource[2] | (grants if same else set()), grants, identity[1], boundary[1], session[1])
        return "allowed" if granted else "implicitDeny"

    def rcp_exempt(self):
        c = self.caller
        if self.action == "kms:retiregrant" or self.bare or self.case.get("resource_management_account"):
            return True
        if self.action.startswith("kms:") and self.fields and self.fields[5].startswith("key/aws/"):
            return True
        if c.kind == "session" and (c.path or "").startswith("/aws-service-role/"):
            return True
        return c.kind == "service" and self.row("A31") == "exempt"

    def allowed(self, kms, trust, same, ways, grants, identity, boundary, session):
        c = self.caller
        if c.kind == "anonymous":
            return bool(ways) and not kms and not self.action.startswith("secretsmanager:")
        if c.kind in ("service", "provider"):
            return bool(ways) or bool(grants)
        if not same:
            if kms and self.action not in KMS_CROSS or self.action in SECRETS_HOME:
                return False
            if c.kind == "federated" and "session" not in self.policies:
                return False
            theirs = bool(ways)
            if grants - {"account"} and self.row("A8") == "alone":
                if boundary and session:
                    return True
            theirs = theirs or bool(grants)
            if c.kind == "root":
                return theirs
            return theirs and identity and boundary and session
        if c.kind == "root":
            return bool(ways) or bool(grants) if kms or trust else True
        if "self" in ways and (session or self.row("A1") == "uncapped"):
            return True
        if c.kind == "federated" and "session" not in self.policies:
            return False
        if "user" in ways:
            return True
        if ("role" in ways or "user-of" in ways or "grant" in ways) and boundary and session:
            return True
        if "star-arn" in ways and (session or self.row("A2") == "uncapped"):
            return True
        if "star" in ways and (session or self.row("A1") == "uncapped") and (boundary or self.row("A3") == "uncapped"):
            return True
        if kms or trust:
            return "account" in ways and identity and boundary and session
        return identity and boundary and session


def both(case, readings, touched):
    """The verdict with unknown facts: one cautious run, and one that hopes (PE-10)."""
    run = Run(case, readings, False, touched)
    low = run.verdict()
    if not run.unknown_used:
        return low
    high = Run(case, readings, True, touched).verdict()
    if low == high:
        return low
    return "unknown" if "allowed" in (low, high) else "implicitDeny"


def together(case, rows):
    """Whether the verdict changes under other readings of several rows at once, where no row does it alone."""
    readings = dict(case.get("readings") or {})
    verdict = both(case, readings, set())
    return any(both(case, dict(readings, **dict(zip(rows, names))), set()) != verdict
               for names in itertools.product(*[ROWS[row][1:] for row in rows]))


def decide(case):
    """The verdict of a case, and its assumptions."""
    readings = dict(case.get("readings") or {})
    touched = set()
    verdict = both(case, readings, touched)
    assumptions = []
    for row in sorted(touched):
        if readings.get(row, ROWS[row][0]) != ROWS[row][0]:
            continue
        if any(both(case, dict(readings, **{row: other}), set()) != verdict for other in ROWS[row][1:]):
            assumptions.append(row)
    return verdict, assumptions

# SPDX-License-Identifier: MIT
"""policyeval check-…, compare: the vectors of the analysis, each witness given back to the evaluator, options and exit
statuses."""

import glob
import json
import os
import re

from cli import KEY, PRINCIPAL, SECRET, Folder, Run, access, article, main
import source_tree

VECTORS = os.path.join(source_tree.TOP, "tests", "vectors", "analysis")
STATUS = {"PASS": 0, "FAIL": 1, "UNKNOWN": 4, "equivalent": 0, "unknown": 4}


def expand(node, values):
    """A template with its variables replaced; members without a value are dropped (None)."""
    if isinstance(node, str) and re.fullmatch(r"\$[a-z][a-z0-9_]*", node):
        return values.get(node[1:])
    if isinstance(node, dict):
        items = [(k, expand(v, values)) for k, v in node.items()]
        return {k: v for k, v in items if v is not None}
    return node


def vectors():
    for path in sorted(glob.glob(os.path.join(VECTORS, "*.json"))):
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        for vector in data["vectors"]:
            case = expand(data["template"], vector["with"]) if "template" in data else vector["case"]
            yield vector, case


def test_none_is_a_policy_that_is_not_there():
    new = article("corrected", "secret.json")
    Run("check-no-new-access", "--type", "secret", "--existing", "none", "--new", new).check(1, "FAIL", "statement with index: 0")
    Run("check-no-new-access", "--type", "secret", "--existing", new, "--new", "none").check(0, "PASS")
    Run("check-access-not-granted", "--type", "identity", "--action", "*", "none").check(0, "PASS")
    for kind in ("identity", "resource", "secret", "kms-key", "trust", "scp", "rcp", "boundary", "session", "endpoint"):
        Run("compare", "--type", kind, "none", "none").check(0, "equivalent")


def public_options(options):
    args = []
    if "rule" in options:
        args += ["--rule", options["rule"]]
    for name, option in [("trust_accounts", "--trust-account"), ("trust_orgs", "--trust-org")]:
        for value in options.get(name, []):
            args += [option, value]
    for name, option in [("ip_limit", "--ip-limit"), ("ipv6_limit", "--ipv6-limit")]:
        if name in options:
            args += [option, str(options[name])]
    return args + (["--grant-only"] if options.get("grant_only") else [])


def command(case, policy, existing):
    kind = ["--type", case["type"], "--format", "json"]
    if case["ask"] == "public":
        return ["check-no-public-access", *kind, *public_options(case.get("options", {})), policy]
    if case["ask"] == "findings":
        return ["findings", *kind, *public_options(case.get("options", {})), policy]
    if case["ask"] == "statements":
        one = case.get("options", {}).get("statement")
        return ["findings", "--statements", *kind, *([] if one is None else ["--statement", str(one)]), policy]
    if case["ask"] == "no-new-access":
        return ["check-no-new-access", *kind, "--new", policy, "--existing", existing]
    if case["ask"] == "compare":
        return ["compare", *kind, policy, existing]
    args = ["check-access-not-granted", *kind]
    for action in case.get("actions", []):
        args += ["--action", action]
    for resource in case.get("resources", []):
        args += ["--resource", resource]
    return args + [policy]


def replayed(folder, witness, document):
    """The witness given back to `simulate` with the policy in its layer."""
    case = {**witness, "policies": {witness["only"]: [document]}}
    path = folder.write("case.jsonl", json.dumps(case) + "\n")
    run = Run("simulate", "--cases", path, "--format", "json")
    return json.loads(run.out.splitlines()[0])["decision"]


def check_needs(folder, vector, case, answer, run):
    """Each statement has the expected word; its witness is decided otherwise once the statement is gone."""
    expect, told = vector["expect"], {one["statementIndex"]: one for one in answer["statements"]}
    for index, wanted in enumerate(expect["needs"]):
        one = told.get(index, {"answer": "unknown", "statements": []})
        assert [one["answer"], *one["statements"]] == wanted, f"{vector['id']} {index}\n{run.out}"
    assert run.status == {"PASS": 1, "FAIL": 0, "UNKNOWN": 4}[expect["result"]], f"{vector['id']}: {run.status}"
    stays = [s for i, s in enumerate(case["policy"]["Statement"]) if told.get(i, {}).get("answer", "needed") in ("needed", "unknown")]
    for index, one in told.items():
        if not one["witness"] or case["type"] in ("scp", "rcp"):
            continue
        mine = case["policy"]["Statement"][index]
        others = {**case["policy"], "Statement": [s for s in stays if s is not mine]}
        deny = mine["Effect"] == "Deny"
        assert (replayed(folder, one["witness"], case["policy"]) == "explicitDeny") == deny, f"{vector['id']}: {one}"
        without = replayed(folder, one["witness"], others) if others["Statement"] else "implicitDeny"
        assert without == "implicitDeny" or (deny and without == "allowed"), f"{vector['id']}: {without} {one}"


def check_vector(folder, vector, case):
    policy = folder.write("policy.json", json.dumps(case["policy"]))
    existing = folder.write("existing.json", json.dumps(case["existing"])) if "existing" in case else None
    expect = vector["expect"]
    run = Run(*command(case, policy, existing))
    if run.err:
        raise AssertionError(f"{vector['id']}: {run.err}")
    answer = run.json()
    if case["ask"] == "findings":
        members = ("principal", "condition", "isPublic", "statements", "assumptions")
        found = [{name: f[name] for name in members} for f in answer["findings"]]
        listed = [{"assumptions": [], **f} for f in expect["findings"]]
        order = lambda f: json.dumps(f, sort_keys=True)
        assert sorted(found, key=order) == sorted(listed, key=order), f"{vector['id']}\n{run.out}"
        complete = expect.get("complete", True)
        assert answer["complete"] == complete and ("message" in answer) != complete, f"{vector['id']}\n{run.out}"
        assert run.status == (1 if found else 0 if complete else 4), f"{vector['id']}\n{run.out}"
        for finding in answer["findings"]:
            assert replayed(folder, finding["witness"], case["policy"]) == "allowed", f"{vector['id']}: {finding}"
        return
    if case["ask"] == "statements":
        check_needs(folder, vector, case, answer, run)
        return
    word = answer["relation"] if case["ask"] == "compare" else answer["result"]
    wanted = expect.get("relation", expect.get("result"))
    if word != wanted or run.status != STATUS.get(word, 1):
        raise AssertionError(f"{vector['id']}: {word}, expected {wanted}, status {run.status}\n{run.out}")
    if "statements" in expect:
        assert [r["statementIndex"] for r in answer["reasons"]] == expect["statements"], f"{vector['id']}\n{run.out}"
    if "conditions" in expect:
        assert answer["conditions"] == expect["conditions"], f"{vector['id']}\n{run.out}"
    assert answer["assumptions"] == expect.get("assumptions", []), f"{vector['id']}\n{run.out}"
    if case["ask"] == "compare":
        sides = [("only_in_first", case["policy"], case["existing"]), ("only_in_second", case["existing"], case["policy"])]
        for name, document, other in sides:
            if answer[name]:
                assert replayed(folder, answer[name], document) == "allowed", f"{vector['id']}: {name}"
                assert replayed(folder, answer[name], other) != "allowed", f"{vector['id']}: {name}"
        return
    assert (answer["witness"] is not None) == (word == "FAIL"), f"{vector['id']}: witness\n{run.out}"
    if answer["witness"] and not case.get("options", {}).get("grant_only"):
        assert replayed(folder, answer["witness"], case["policy"]) == "allowed", f"{vector['id']}: not allowed\n{run.out}"
        if existing:
            assert replayed(folder, answer["witness"], case["existing"]) != "allowed", f"{vector['id']}: not new"


def test_vectors():
    count, wrong = 0, []
    with Folder() as folder:
        for vector, case in vectors():
            count += 1
            try:
                check_vector(folder, vector, case)
            except AssertionError as error:
                wrong.append(str(error))
    assert count > 80 and not wrong, "\n".join(wrong)


def test_text_and_aws_say_what_changed():
    old = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    new = {"Version": "2012-10-17", "Statement": [{"Sid": "More", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    with Folder() as folder:
        a, b = folder.write("new.json", json.dumps(new)), folder.write("old.json", json.dumps(old))
        Run("compare", "--type", "identity", a, b).check(
            1, "broader: ", "new.json allows what ", "statement 0 (More)", "the action is not s3:GetObject", "e.g.")
        Run("compare", "--type", "identity", a, a).check(0, "equivalent: ")
        Run("check-no-new-access", "--type", "identity", "--new", a, "--existing", b).check(
            1, "FAIL: The modified permissions grant new access", "New access in the statement with sid: More.")
        answer = Run("check-no-new-access", "--type", "identity", "--format", "aws", "--new", a, "--existing", b).json()
        assert set(answer) == {"result", "message", "reasons"}, answer
        Run("check-no-new-access", "--type", "identity", "--expect", "FAIL", "--new", a, "--existing", b).check(0)
        Run("compare", "--type", "identity", "--expect", "narrower", a, b).check(1)


def test_grants_over_all_requests():
    """A grant is one more Allow of the key's leg, with its constraint as a condition."""
    grant = {"KeyId": KEY, "GrantId": "g", "GranteePrincipal": PRINCIPAL, "Operations": ["Decrypt"]}
    root = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*",
                                                    "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}]}
    for constraint, answer, told in [
            (None, "always", []), ({"EncryptionContextSubset": {"SecretARN": SECRET}}, "always", []),
            ({"EncryptionContextSubset": {"SecretARN": "other"}}, "never", ["no resource-based policy allows the key leg"]),
            ({"EncryptionContextEquals": {"SecretARN": SECRET}}, "never", []),
            ({"EncryptionContextSubset": {"SecretVersionId": "v"}}, "sometimes",
             ["kms:EncryptionContext:SecretVersionId is v", "key : kms:EncryptionContext:SecretVersionId = v"])]:
        with Folder() as folder:
            one = {**grant, "Constraints": constraint} if constraint else grant
            run = access("--secret-policy", article("corrected", "secret.json"), "--identity-policy", article("corrected", "role.json"),
                         "--key", KEY, "--key-policy", folder.write("key.json", json.dumps(root)), "--version-stage", "AWSCURRENT",
                         "--grants", folder.write("grants.json", json.dumps({"Grants": [one]})), "--all-requests")
            assert run.out.startswith(answer + ": ") and all(word in run.out for word in told), (constraint, run.out, run.err)


def test_keys_that_only_have_to_be_there():
    keys = {"aws:SourceIp": "203.0.113.1", "aws:MultiFactorAuthAge": "1", "aws:TokenIssueTime": "2026-01-01T00:00:00Z",
            "aws:SecureTransport": "true", "aws:PrincipalTag/team": "example"}
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
                                                      "Condition": {"Null": {key: "false" for key in keys}}}]}
    with Folder() as folder:
        run = Run("check-access-not-granted", "--type", "identity", "--action", "*", "--format", "json",
                  folder.write("policy.json", json.dumps(policy)))
        assert run.json()["witness"]["context"] == keys, run.out


def test_witnesses_of_every_type_can_be_given_back():
    allow = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    for kind in ("identity", "boundary", "session", "scp", "endpoint", "resource"):
        policy = {"Version": "2012-10-17", "Statement": [
            {**allow, **({"Principal": "*"} if kind in ("endpoint", "resource") else {})}]}
        with Folder() as folder:
            path = folder.write("policy.json", json.dumps(policy))
            witness = Run("check-no-new-access", "--type", kind, "--new", path, "--existing", "none", "--format", "json").json()["witness"]
            assert witness["only"] == kind, witness
            levels = [policy] if kind != "scp" else [[policy]]
            case = folder.write("case.jsonl", json.dumps({**witness, "policies": {kind: levels}}) + "\n")
            run = Run("simulate", "--cases", case, "--format", "json")
            assert json.loads(run.out.splitlines()[0])["decision"] == "allowed", (kind, run.out)


def test_addresses_are_counted_only_when_nothing_else_is_public():
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
        {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:DescribeSecret", "Resource": "*",
         "Condition": {"IpAddress": {"aws:SourceIp": ["11.0.0.0/8", "12.0.0.0/8", "13.0.0.0/8"]}}}]}
    with Folder() as folder:
        path = folder.write("policy.json", json.dumps(policy))
        answer = Run("check-no-public-access", "--type", "secret", "--format", "json", path).json()
        assert not answer["too_many_addresses"] and answer["witness"]["action"] == "secretsmanager:GetSecretValue", answer
        assert [one["statementIndex"] for one in answer["reasons"]] == [0, 1], answer


def test_statements():
    twice = {"Version": "2012-10-17", "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    with Folder() as folder:
        path = folder.write("policy.json", json.dumps(twice))
        Run("findings", "--statements", "--type", "identity", path).check(
            1, "1 statement changes nothing", "statement 1: redundant", "All that it allows is allowed by statement 0 (All).", "e.g.")
        Run("findings", "--statements", "--type", "identity", "--expect", "FAIL", path).check(0)
        Run("findings", "--statement", "0", "--type", "identity", path).check(0, "each statement is needed")
        Run("findings", "--statement", "2", "--type", "identity", path).check(2, "there is no such statement")
        Run("findings", "--statement", "x", "--type", "identity", path).check(2, "--statement x is no number")
        Run("findings", "--statements", "--trust-account", "111122223333", "--type", "identity", path).check(2, "plays no part")
        Run("findings", "--statements", "--format", "aws", "--type", "identity", path).check(2, "--format")


def test_access_over_all_requests():
    triple = ["--secret-policy", article("corrected", "secret.json"), "--key", KEY, "--key-policy",
              article("corrected", "key.json"), "--all-requests"]
    role = ["--identity-policy", article("corrected", "role.json")]
    access(*triple, *role).check(1, "sometimes: ", "when   secretsmanager:VersionStage is AWSCURRENT, or is absent")
    access(*triple, *role, "--version-stage", "AWSCURRENT").check(0, "always: ")
    access(*triple, "--identity-policy", "none").check(1, "never: ", "no identity-based policy allows the secret leg")
    access(*triple, *role, "--expect", "sometimes").check(0)
    access(*triple, *role, "--expect", "allowed").check(2, "none of always")
    answer = access(*triple, *role, "--format", "json").json()
    assert answer["answer"] == "sometimes" and set(answer["witness"]) == {"secret", "key"}, answer
    assert set(answer) == {"answer", "witness", "counterexample", "conditions", "blocked_by", "assumptions", "limits",
                           "operability"}, answer
    assert "readings" not in answer["witness"]["secret"], answer


def test_what_is_given_stands_for_its_variable():
    """The tag is given, so that the role's policy names one secret in every request."""
    both = [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
             "Resource": "arn:aws:secretsmanager:us-east-1:444455556666:secret:${aws:PrincipalTag/secret}-??????"},
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]
    with Folder() as folder:
        role = folder.write("role.json", json.dumps({"Version": "2012-10-17", "Statement": both}))
        triple = ["--secret-policy", article("corrected", "secret.json"), "--key", KEY, "--key-policy",
                  article("corrected", "key.json"), "--identity-policy", role, "--version-stage", "AWSCURRENT", "--all-requests"]
        access(*triple, "--context", "aws:PrincipalTag/secret=SECURITY_SECRET").check(0, "always: ")
        access(*triple, "--context", "aws:PrincipalTag/secret=OTHER").check(1, "never: ")


def test_types_that_meet_on_one_key():
    """Of the values that are 3 the analysis tries one; "3.0" would do, so neither "never" nor PASS is known."""
    both = {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "kms:Decrypt"], "Resource": "*",
            "Condition": {"NumericEquals": {"my:k": "3"}, "StringLike": {"my:k": "?.0"}}}
    with Folder() as folder:
        role = folder.write("role.json", json.dumps({"Version": "2012-10-17", "Statement": [both]}))
        triple = ["--secret-policy", article("corrected", "secret.json"), "--key", KEY, "--key-policy",
                  article("corrected", "key.json"), "--identity-policy", role]
        access(*triple, "--context", "my:k=3.0").check(0, "allowed")
        access(*triple, "--all-requests").check(4, "unknown", "one condition key is compared as values of different types")
        Run("check-access-not-granted", "--type", "identity", "--action", "kms:Decrypt", role).check(
            4, "UNKNOWN", "one condition key is compared as values of different types")
        for word, status, answer in (("3.0", 1, "sometimes: "), ("4", 1, "never: ")):  # words can all be tried
            both["Condition"]["StringLike"] = {"my:k": ["x", word]}
            folder.write("role.json", json.dumps({"Version": "2012-10-17", "Statement": [both]}))
            access(*triple, "--all-requests").check(status, answer)


def test_who_can():
    base = ["who-can", "--secret", SECRET, "--key", KEY, "--secret-policy", article("corrected", "secret.json"),
            "--key-policy", article("corrected", "key.json")]
    Run(*base).check(0, f"sometimes  {PRINCIPAL}, if its own policies allow it", "any principal of 444455556666")
    given = ["--identity-policy", f"{PRINCIPAL}:" + article("corrected", "role.json"),
             "--identity-policy", "arn:aws:iam::444455556666:role/Other:none"]
    answer = Run(*base, *given, "--format", "json").check(0).json()
    assert set(answer) == {"principals", "complete"} and answer["complete"], answer
    named = [p for p in answer["principals"] if p.get("principal") == PRINCIPAL]
    assert named and named[0]["own_policies"] == "given" and named[0]["answer"] == "sometimes", answer
    assert not any("Other" in p.get("principal", "") for p in answer["principals"]), answer
    Run(*base[:3], "--secret-policy", "none").check(0, "any principal of 444455556666")
    Run("who-can", "--secret-policy", "none").check(2, "--secret is missing")
    Run(*base[:5], "--secret-policy", "none").check(2, "--key-policy is missing")
    Run(*base, "--identity-policy", "x").check(2, "is not ARN:FILE")


def test_who_can_as_an_assertion():
    base = ["who-can", "--secret", SECRET]
    with Folder() as folder:
        nobody = folder.write("deny.json", '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",'
                                           ' "Action": "*", "Resource": "*"}}')
        for path, word, other in (("none", "somebody", "nobody"), (nobody, "nobody", "somebody")):
            Run(*base, "--secret-policy", path, "--expect", word).check(0)
            Run(*base, "--secret-policy", path, "--expect", other).check(1)
            Run(*base, "--secret-policy", path, "--expect", "unknown").check(1)
        Run(*base, "--secret-policy", "none", "--expect", "PASS").check(
            2, "--expect PASS is none of somebody, nobody, unknown", out="")


def test_trust_is_of_the_rule_zone():
    zone = ["--trust-account", "111122223333"]
    with Folder() as folder:
        path = folder.write("p.json", json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "222233334444"}, "Action": "secretsmanager:*", "Resource": "*"}]}))
        base = ["check-no-public-access", "--type", "secret", path]
        Run(*base).check(0)
        Run(*base, *zone).check(1)
        Run(*base, *zone, "--rule", "zone").check(1)
        Run(*base, "--rule", "zone", *zone).check(1)
        for rule in ("article", "fixed-values"):
            for args in ([*zone, "--rule", rule], ["--rule", rule, *zone]):
                Run(*base, *args).check(2, f"--trust-account is of --rule zone: it does not go with --rule {rule}", out="")


def test_contradictions():
    with Folder() as folder:
        path = folder.write("p.json", json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}))
        granted = ["check-access-not-granted", "--type", "identity", path]
        Run(*granted, "--action", "s3:PutObject", "--action", "s3:DeleteObject").check(0)
        Run(*granted, "--action", "s3:PutObject", "--action", "s3:GetObject").check(1)
        Run(*granted, "--action", "s3:PutObject", "--type", "secret").check(2, "--type secret contradicts --type identity")
        new = ["check-no-new-access", "--type", "identity", "--existing", path, "--new"]
        Run(*new, path, "--new", path).check(0)
        Run(*new, path, "--new", "none").check(2, "--new none contradicts")
        Run("findings", "--statements", "--type", "identity", "--statement", "0", "--statement", "1", path).check(2, "contradicts")
        for option, values in (("--rule", ("zone", "article")), ("--ip-limit", ("1", "2"))):
            Run("check-no-public-access", "--type", "secret", path, option, values[0], option, values[1]).check(
                2, f"{option} {values[1]} contradicts {option} {values[0]}")
        who = ["who-can", "--secret", SECRET, "--secret-policy", "none"]
        Run(*who, "--secret-policy", path).check(2, "contradicts --secret-policy none")
        Run(*who, "--identity-policy", f"{PRINCIPAL}:none", "--identity-policy", f"{PRINCIPAL}:{path}").check(2, "contradicts")
        Run(*who, "--identity-policy", f"{PRINCIPAL}:none", "--identity-policy", f"{PRINCIPAL}2:{path}").check(0)


def test_usage():
    with Folder() as folder:
        path = folder.write("p.json", json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
        Run("compare", path, path).check(2, "--type is missing")
        Run("compare", "--type", "identity", path).check(2, "two policy files are needed")
        Run("compare", "--type", "identity", "--format", "aws", path, path).check(2)
        Run("check-no-public-access", "--type", "identity", path).check(2, "only a resource policy lets others in")
        Run("check-no-public-access", "--type", "secret", "--rule", "x", path).check(2, "--rule x is none of")
        Run("check-no-public-access", "--type", "secret", "--trust-account", "1", path).check(
            2, "--trust-account 1: ", "twelve digits")
        Run("findings", "--type", "secret", "--trust-account", "1", path).check(2, "--trust-account 1: ")
        Run("check-no-public-access", "--type", "secret", "--ip-limit", "-1", path).check(2, "--ip-limit")
        Run("check-access-not-granted", "--type", "identity", path).check(2, "--action is missing")
        Run("check-access-not-granted", "--type", "identity", "--action", "x", path).check(2, "SERVICE:NAME")
        Run("check-no-new-access", "--type", "identity", "--new", path).check(2, "--existing is missing")
        Run("check-no-new-access", "--type", "nothing").check(2, "--type nothing is none of")
        Run("check-no-public-access", "--type", "secret", "--expect", "maybe", path).check(2, "none of PASS, FAIL")
        Run("check-no-public-access", "--type", "secret", os.path.join(folder.path, "none.json")).check(3)


main(globals())

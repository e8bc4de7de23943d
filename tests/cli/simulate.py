# SPDX-License-Identifier: MIT
"""policyeval simulate: one request, files of cases, every bad case with its own message."""

import json
import os
import subprocess

from cli import TOOL, Folder, Run, main

USER = "arn:aws:iam::111122223333:user/alice"
SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf"
READ = "secretsmanager:GetSecretValue"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": READ, "Resource": "*"}]}
TAGGED = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": READ, "Resource": "*",
                                                 "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}]}
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def put(folder, name, content):
    """A file of that name: text as it is, anything else as JSON."""
    return folder.write(name, content if isinstance(content, str) else json.dumps(content))


def case(**members):
    return {"id": "x", "principal": USER, "action": READ, "resource": SECRET, "policies": {"identity": [ALLOW]}, **members}


def without(name):
    left = case()
    del left[name]
    return left


def cases(*lines, options=(), status=0):
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    run = Run("simulate", "--cases", "-", *options, stdin=text.encode()).check(status)
    return [json.loads(line) for line in run.out.splitlines()]


def refused(line, message, column=None, identity="x"):
    """The line is refused with this message; the one after it is answered all the same."""
    for jobs in "1", "2":
        first, second = cases(line, case(id="next"), options=["--jobs", jobs], status=3)
        assert first.get("id") == identity and set(first) <= {"id", "error"}, first
        assert set(first["error"]) == {"message", "line", "column"} and first["error"]["line"] == 1, first
        assert message in first["error"]["message"], first
        assert column is None or first["error"]["column"] == column, first
        assert second["id"] == "next" and second["decision"] == "allowed", second


# ---- one request

def one(*args, **more):
    return Run("simulate", "--principal", USER, "--action", READ, "--resource", SECRET, *args, **more)


def test_one_request_is_allowed():
    f = Folder()
    one("--identity-policy", put(f, "a.json", ALLOW)).check(
        0, "allowed: alice of 111122223333 can call " + READ + " on " + SECRET, "a.json:1:", "statement 0 (Read) allows it")


def test_a_denial_says_what_nearly_allows():
    f = Folder()
    path = put(f, "a.json", TAGGED)
    one("--identity-policy", path, "--principal-tag", "team=blue").check(
        1, "implicitDeny: alice of 111122223333 cannot call", "because no identity-based policy allows the " + READ,
        'statement 0 would allow it but for its Condition: StringEquals aws:PrincipalTag/team, and the request has "blue"')
    one("--identity-policy", path).check(1, "the request does not have this key", "depends on aws:PrincipalTag/team")
    one("--identity-policy", path, "--unknown", "aws:PrincipalTag/team").check(4, "unknown: it is not certain whether")


def test_long_policies_list_what_matched_once_and_in_order():
    """An index finds the statements of the second policy: in no order, and twice where two actions of one fit."""
    first = {"Statement": [{"Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": "*"}] * 3}
    other = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    twice = {"Effect": "Allow", "Action": ["secretsmanager:*", READ, "secretsmanager:Get*"], "Resource": "*"}
    second = {"Statement": [twice, *[other] * 100, {**twice, "Action": READ}, *[other] * 100, twice]}
    for options in (), ("--explain",):
        answer, = cases(case(policies={"identity": [first, second]}), options=options)
        matched = [m["statement"] for layer in answer["layers"] if layer["type"] == "identity" for m in layer["matched"]]
        assert matched == [0, 1, 2, 0, 101, 202], answer


def test_a_cap_without_a_policy_is_shown():
    answer, = cases(case(policies={"identity": [ALLOW], "scp": [], "rcp": []}))
    shown = [(layer["type"], layer["source"], layer["level"], layer["decision"]) for layer in answer["layers"]
             if layer["type"] in ("scp", "rcp")]
    assert sorted(shown) == [("rcp", None, 1, "implicitDeny"), ("scp", None, 1, "implicitDeny")], answer["layers"]


def test_all_layers_of_one_request():
    f = Folder()
    allow, deny = put(f, "a.json", ALLOW), put(f, "d.json", DENY)
    base = ["--identity-policy", allow]
    for option, words in (("--boundary", "permissions boundary"), ("--session-policy", "session policy"),
                          ("--scp", "service control policy")):
        one(*base, option, deny).check(1, "explicitDeny: ", "statement 0 denies it")
        one(*base, option, put(f, "s3.json", {**ALLOW, "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
            ).check(1, "implicitDeny: ", "because no %s allows the %s action" % (words, READ))
    one(*base, "--scp", allow, "--scp", "2:none").check(1, "implicitDeny")
    for none in ("--scp", "--rcp", "--session-policy", "--endpoint-policy"):
        one(*base, none, "none").check(0, "allowed")
    one(*base, "--scp", allow, "--scp", "1:" + deny).check(1, "explicitDeny")
    one(*base, "--boundary", "none").check(0, "allowed")


def test_that_there_are_none_and_one_of_them_is_refused():
    f = Folder()
    allow = put(f, "a.json", ALLOW)
    for option in ("--identity-policy", "--resource-policy", "--session-policy", "--scp", "--rcp"):
        for first, second in ((allow, "none"), ("none", allow)):
            one(option, first, option, second).check(2, f"{option} {second} contradicts {option} {first}", out="")
        one(option, "none", option, "none").check(1, "implicitDeny")
    for levels in (["1:none", "1:" + allow], ["1:" + allow, "1:none"], ["none", "2:" + allow], ["none", "2:none"]):
        one("--scp", levels[0], "--scp", levels[1]).check(2, f"--scp {levels[1]} contradicts --scp {levels[0]}")
    one("--scp", allow, "--scp", "1:none").check(2, "--scp: level 1 is given a policy and none at once")
    one("--rcp", "2:none", "--rcp", allow, "--rcp", "3:none").check(2, "--rcp: level 3 is given a policy and none at once")
    one("--identity-policy", allow, "--scp", allow, "--scp", "2:none").check(1, "implicitDeny")


def test_json_and_aws():
    f = Folder()
    path = put(f, "a.json", ALLOW)
    answer = one("--identity-policy", path, "--format", "json").check(0).json()
    assert list(answer) == ["decision", "blocked_by", "layers", "missing_context", "assumptions"], answer
    result = one("--identity-policy", path, "--format", "aws").check(0).json()["EvaluationResults"][0]
    assert result["EvalDecision"] == "allowed" and result["EvalActionName"] == READ, result
    assert result["MatchedStatements"][0]["SourcePolicyId"] == path, result
    assert result["ResourceSpecificResults"][0]["EvalResourceDecision"] == "allowed", result
    out = os.path.join(f.path, "out.json")
    one("--identity-policy", path, "--format", "json", "--output", out).check(0, out="")
    with open(out, encoding="utf-8") as file:
        assert json.load(file) == answer


def test_other_callers():
    f = Folder()
    path = put(f, "r.json", {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                                                                 "Action": READ, "Resource": "*"}})
    rest = ["--action", READ, "--resource", SECRET, "--resource-policy", path]
    Run("simulate", "--service", "lambda.amazonaws.com", *rest).check(0, "allowed: lambda.amazonaws.com can call")
    Run("simulate", "--anonymous", *rest).check(1, "an anonymous caller")
    trust = put(f, "t.json", {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {
        "Federated": "arn:aws:iam::111122223333:saml-provider/idp"}}})
    Run("simulate", "--federated", "arn:aws:iam::111122223333:saml-provider/idp", "--action", "sts:AssumeRoleWithSAML",
        "--resource", "arn:aws:iam::111122223333:role/R", "--resource-policy", trust).check(0, "allowed")


def test_usage_errors():
    f = Folder()
    Run("simulate").check(2, "who asks?")
    Run("simulate", "--principal", USER, "--anonymous", "--action", READ, "--resource", SECRET).check(2, "give one of")
    Run("simulate", "--principal", USER, "--resource", SECRET).check(2, "--action is missing")
    Run("simulate", "--principal", USER, "--action", READ).check(2, "--resource is missing")
    Run("simulate", "--principal", "bob", "--action", READ, "--resource", SECRET).check(2, "--principal bob: ")
    Run("simulate", "--principal", USER, "--action", "s3:*", "--resource", SECRET).check(2, "without wildcards")
    one("--jobs", "2").check(2, "--jobs goes with --cases")
    Run("simulate", "--cases", "-", "--jobs", "0").check(2, "--jobs takes a number")
    Run("simulate", "--cases", "-", "--principal", USER).check(2, "--cases brings requests, policies and facts along")
    Run("simulate", "--cases", "-", "--context", "a=b").check(2, "--cases brings")
    Run("simulate", "--cases", "-", "--format", "text").check(2, "--format text is none of json, aws")
    Run("simulate", "--cases", os.path.join(f.path, "none.jsonl")).check(3, "No such file")
    one("--boundary", "none", "--boundary", "none").check(1, "implicitDeny")
    one("--boundary", "none", "--boundary", "x.json").check(2, "--boundary x.json contradicts --boundary none")
    Run("simulate", "--help").check(0, "usage: policyeval simulate", err="")


# ---- cases

def test_results_keep_the_order_of_the_input():
    lines = [case(id=str(i), policies="red" if i % 3 else {"identity": []}) for i in range(3000)]
    expected = [(str(i), "allowed" if i % 3 else "implicitDeny") for i in range(3000)]
    for jobs in "1", "2", "7":
        got = cases({"define": "red", "policies": {"identity": [ALLOW]}}, *lines, options=["--jobs", jobs])
        assert [(r["id"], r["decision"]) for r in got] == expected, jobs


def test_definitions_hold_for_later_lines():
    define = {"define": "d", "policies": {"identity": [ALLOW]}}
    got = cases(case(policies="d"), define, case(policies="d"), define, status=3)
    assert len(got) == 2 and "no set of policies was defined as \"d\"" in got[0]["error"]["message"], got
    assert got[1]["decision"] == "allowed", got
    other = {"define": "d", "policies": {"identity": [DENY]}}
    got = cases(define, other, case(policies="d"), status=3)
    assert got[0]["error"]["message"] == '"d" was defined before, with other policies' and got[1]["decision"] == "allowed", got
    # The name of the member may be written with escapes.
    escaped = '{"\\u0064efine": "d", "policies": {"identity": [%s]}}' % json.dumps(ALLOW)
    for jobs in "1", "4":
        assert [r["decision"] for r in cases(escaped, *[case(policies="d")] * 50, options=["--jobs", jobs])] == ["allowed"] * 50
    got = cases({"define": "d", "policies": {"identity": [{"Statement": 1}]}}, case(policies="d"), status=3)
    assert all("error" in r for r in got), got


def test_a_defined_set_fits_its_resource():
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}}
    got = cases({"define": "trust", "policies": {"identity": [ALLOW], "resource": [trust]}},
                case(action="sts:AssumeRole", resource="arn:aws:iam::111122223333:role/R", policies="trust"),
                case(policies="trust"), status=3)
    assert got[0]["decision"] == "allowed" and "error" in got[1], got


def test_missing_and_empty_caps():
    for layer in "boundary", "session", "endpoint", "scp", "rcp":
        got = cases(case(policies={"identity": [ALLOW], layer: []}))[0]
        assert got["decision"] == "implicitDeny" and got["blocked_by"] == [layer], got
    got = cases(case(policies={"identity": [ALLOW], "resource": []}))[0]
    assert got["decision"] == "allowed", got
    got = cases(case(policies={"identity": [ALLOW], "scp": [[ALLOW], []]}))[0]
    assert got["blocked_by"] == ["scp"], got


def test_members_of_a_case():
    got = cases(case(only="identity"), case(policies={"resource": [{"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": "*", "Action": READ, "Resource": "*"}}]}, only="resource"),
        case(policies={"identity": [TAGGED]}, unknown=["aws:PrincipalTag/team"]),
        case(policies={"identity": [TAGGED]}, principal={"arn": USER, "tags": {"team": "red"}}),
        case(policies={"identity": [{"name": "n.json", "policy": json.dumps(ALLOW)}]}),
        case(resource="*", action="secretsmanager:ListSecrets", policies={}), without("policies"), status=4)
    assert [r["decision"] for r in got] == ["allowed", "allowed", "unknown", "allowed", "allowed", "implicitDeny", "implicitDeny"], got
    assert got[2]["missing_context"] == ["aws:PrincipalTag/team"], got[2]
    assert [layer["source"] for layer in got[4]["layers"] if layer["matched"]] == ["n.json"], got[4]


def test_bad_cases():
    refused(case(colour="red"), 'a case has no member "colour"')
    refused(case(action="s3:Get*"), "without wildcards")
    refused(case(action=7), '"action" is a string')
    refused(case(principal="bob"), "a principal is an ARN")
    refused(case(principal={"arn": USER, "role": "x"}), 'a principal with an ARN has no member "role"')
    refused(case(principal={}), 'one of "arn", "service", "federated" and "anonymous"')
    refused(case(principal={"anonymous": False}), '"anonymous" is true, or not there')
    refused(case(principal={"service": "a.amazonaws.com", "tags": {}}), 'a service principal has no member "tags"')
    refused(case(resource="secret"), "a resource is an ARN")
    refused(case(resource_account="12"), "twelve digits")
    refused(case(resource_account="444455556666"), "differs from the one in its ARN")
    refused(case(resource_management_account="yes"), "true or false, without quotes")
    refused(case(context=[]), '"context" is an object')
    refused(case(context={"aws:SourceIp": 7}), "write it in double quotes")
    refused(case(context={"aws:SourceIp": None}), "a string or a list of strings")
    refused(case(context={"aws:TagKeys": ["a", 1]}), "a value of a context key is a string")
    refused(case(context={"aws:SourceIp": "a", "aws:sourceip": "b"}), "aws:sourceip is given twice")
    refused(case(context={"": "a"}), "a context key has a name")
    refused(case(context={"aws:SourceIp": "a"}, unknown=["AWS:SourceIp"]), "AWS:SourceIp is given twice")
    refused(case(principal={"arn": USER, "org_id": "o-1"}, context={"aws:PrincipalOrgID": "o-2"}), "is given twice")
    refused(case(unknown="aws:SourceIp"), '"unknown" is a list of context keys')
    refused(case(readings={"AMB-0": "x"}), 'there is no row "AMB-0"')
    refused(case(readings={"AMB-8": "x"}), 'row AMB-8 has no reading "x"')
    refused(case(only="grant"), '"only" is "identity", "resource", "boundary", "session", "scp", "rcp" or "endpoint"')
    refused(case(policies=[]), '"policies" is an object, or the name of a defined set')
    refused(case(policies="none"), 'no set of policies was defined as "none"')
    refused(case(policies={"identity": ALLOW}), "a list of policies")
    refused(case(policies={"groups": []}), 'there is no layer "groups"')
    refused(case(policies={"scp": [ALLOW]}), "a list of policies")
    refused(case(policies={"identity": ["text"]}), "a policy document")
    refused(case(policies={"identity": [{"policy": ALLOW, "kind": "x"}]}), '"name" and "policy" alone')
    refused(case(policies={"identity": [{"policy": 1}]}), "a policy document, or a string that holds one")
    refused(case(policies={"identity": [{"Statement": [{"Effect": "Alow", "Action": "*", "Resource": "*"}]}]}), "Effect is")
    refused(case(policies={"grants": [{"Operations": "x"}]}), "")
    refused(case(context={"k%d" % i: "v" * 1000 for i in range(10000)}), "the context is longer than 1 MiB")
    for name in "principal", "action", "resource":
        refused(without(name), 'the case has no "%s"' % name)
    refused({"define": "", "policies": {}}, "a set of policies has a name", identity=None)
    refused({"define": "d"}, 'the line has no "policies"', identity=None)
    refused({"define": "d", "policies": {}, "action": READ}, 'a line with "define" has no member "action"', identity=None)
    refused(case(id=1), '"id" is a string', identity=None)
    refused("[]", "a case is an object", 0, identity=None)
    refused('{"id": "x", "principal": ', "the text ends inside a value", identity="x")
    refused('{"id": "x", "action": "a:b", "action": "a:b"}', '"action" is given twice')
    refused('{"id": "x\\n", } ', "", identity="x\n")
    refused("nonsense", "", 0, identity=None)


def test_places_of_errors():
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Alow", "Action": "*", "Resource": "*"}]}'
    for text in policy, json.dumps(policy):
        line = '{"id": "ü", "principal": "%s", "action": "%s", "resource": "%s", "policies": {"identity": [{"policy": %s}]}}' % (
            USER, READ, SECRET, text)
        got = cases("", case(), line, status=3)[1]
        assert got["error"]["line"] == 3 and got["error"]["column"] == line.index("Alow") - (2 if text != policy else 1), got


def test_lines_are_bounded():
    refused('{"id": "x", "action": "' + "a" * (17 << 20) + '"}', "longer than 16777216 bytes", identity=None)


def test_expect_and_status():
    text = "\n".join(json.dumps(case(id=str(i))) for i in range(3)).encode()
    Run("simulate", "--cases", "-", "--expect", "allowed", stdin=text).check(0)
    Run("simulate", "--cases", "-", "--expect", "explicitDeny", stdin=text).check(1)
    Run("simulate", "--cases", "-", "--expect", "perhaps", stdin=text).check(2)
    Run("simulate", "--cases", "-", stdin=b"").check(0, out="")
    result = Run("simulate", "--cases", "-", "--format", "aws", stdin=text).check(0).out.splitlines()
    assert [json.loads(r)["EvaluationResults"][0]["EvalDecision"] for r in result] == ["allowed"] * 3, result


def test_strict_and_readings():
    wide = case(policies={"identity": [{"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": READ, "Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": "a"}}}}]},
        context={"aws:TagKeys": ["a"]})
    got = cases(wide)[0]
    assert got["decision"] == "implicitDeny" and got["assumptions"] == ["A20"], got
    assert cases(wide, options=["--strict"], status=4)[0]["decision"] == "unknown"
    assert cases({**wide, "readings": {"A20": "any"}})[0]["decision"] == "allowed"
    assert cases(wide, options=["--reading", "A20=any"])[0]["decision"] == "allowed"


def test_an_explanation_changes_nothing_else():
    """Without --explain only the statements are looked at whose action fits: the rest of a result is the same."""
    statements = [{"Sid": "S%d" % i, "Effect": "Deny" if i % 17 == 0 else "Allow", "Action": [
        "secretsmanager:*" if i % 11 == 0 else "s3:Get%d*" % i, READ if i % 13 == 0 else "ec2:Run%d" % i], "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/k%d" % (i % 5): "v"}}} for i in range(60)]
    policies = {"identity": [{"Version": "2012-10-17", "Statement": statements}, ALLOW], "scp": [[ALLOW]]}
    lines = [case(policies=policies), case(policies=policies, unknown=["aws:PrincipalTag/k1"]), case(policies=policies, action="s3:Get7x"),
             case(policies=policies, context={"aws:PrincipalTag/k0": "v", "aws:PrincipalTag/k3": "v"})]
    plain, explained = cases(*lines), cases(*lines, options=["--explain"])
    assert any(len(layer["missed"]) > 40 for layer in explained[0]["layers"]), explained[0]
    for result in explained:
        for layer in result["layers"]:
            del layer["missed"]
    assert plain == explained, (plain, explained)
    assert [len(layer["matched"]) for layer in plain[3]["layers"] if layer["type"] == "identity"][0] > 1, plain[3]


def test_output_appears_whole_or_not_at_all():
    f = Folder()
    out = os.path.join(f.path, "out.jsonl")
    Run("simulate", "--cases", "-", "--output", out, stdin=json.dumps(case()).encode()).check(0, out="")
    with open(out, encoding="utf-8") as file:
        assert json.loads(file.read())["decision"] == "allowed"
    Run("simulate", "--cases", "-", "--output", os.path.join(f.path, "no", "out"), stdin=b"").check(3, "cannot write")
    assert sorted(os.listdir(f.path)) == ["out.jsonl"], os.listdir(f.path)


def test_memory_is_bounded():
    """40 MB of cases, each with policies of its own, in 60 MB over what the caches hold."""
    lines = "".join(json.dumps(case(id=str(i), policies={"identity": [{**ALLOW, "Id": "p%d" % i + "x" * 1500}]})) + "\n"
                    for i in range(20000))
    f = Folder()
    path = put(f, "cases.jsonl", lines)
    script = 'ulimit -v 600000; exec "$0" simulate --cases "$1" --jobs 2'
    done = subprocess.run(["sh", "-c", script, TOOL, path], capture_output=True, timeout=120)
    sanitized = b"AddressSanitizer" in done.stderr or b"ThreadSanitizer" in done.stderr
    assert sanitized or (done.returncode == 0 and done.stdout.count(b"\n") == 20000), done.stderr


main(globals())

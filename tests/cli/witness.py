# SPDX-License-Identifier: MIT
"""A witness is a request that a reader understands: names from the policies at hand, real actions, AWS's example accounts."""

import json

from cli import KEY, PRINCIPAL, SECRET as QUESTION_SECRET, Folder, Run, article, main

NOTHING = {"identity": {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}},
           "resource": {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}}
EXAMPLE = {"arn": "arn:aws:sts::999988887777:assumed-role/Example/example-session",
           "role_arn": "arn:aws:iam::999988887777:role/Example"}
SECRET = "arn:aws:secretsmanager:us-east-1:444455556666:secret:example-AbCdEf"


def allow(**members):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **members}]}



def witness(run):
    return run.check(1).json()["witness"]


def new_access(kind, policy):
    folder = Folder()
    new, old = folder.write("new.json", json.dumps(policy)), folder.write("old.json", json.dumps(NOTHING[kind]))
    return witness(Run("check-no-new-access", "--type", kind, "--format", "json", "--new", new, "--existing", old))


def expect(got, principal, action, resource):
    assert (got["principal"], got["action"], got["resource"]) == (principal, action, resource), got


def test_an_outsider_reads_the_secret():
    folder = Folder()
    for resource, shown in (("*", SECRET), ("arn:aws:secretsmanager:*:111122223333:secret:prod-??????",
                                            "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod-AbCdEf")):
        path = folder.write("secret.json", json.dumps(allow(Principal="*", Action="secretsmanager:*", Resource=resource)))
        got = witness(Run("check-no-public-access", "--type", "secret", "--format", "json", path))
        expect(got, EXAMPLE, "secretsmanager:GetSecretValue", shown)
    path = folder.write("key.json", json.dumps(allow(Principal="*", Action="kms:*", Resource="*")))
    got = witness(Run("check-no-public-access", "--type", "kms-key", "--format", "json", path))
    expect(got, EXAMPLE, "kms:Decrypt", "arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab")


def test_wildcards_are_filled_in():
    expect(new_access("identity", allow(Action="*", Resource="*")), EXAMPLE, "secretsmanager:GetSecretValue", SECRET)
    for resource, shown in (("arn:aws:secretsmanager:us-east-1:444455556666:secret:prod/*",
                             "arn:aws:secretsmanager:us-east-1:444455556666:secret:prod/example"),
                            (["arn:aws:secretsmanager:*:*:secret:b"], "arn:aws:secretsmanager:us-east-1:111122223333:secret:b")):
        expect(new_access("identity", allow(Action="secretsmanager:Get*", Resource=resource)), EXAMPLE,
               "secretsmanager:GetSecretValue", shown)
    expect(new_access("identity", allow(Action="s3:?etObject", Resource="arn:aws:s3:::b/*")), EXAMPLE, "s3:GetObject",
           "arn:aws:s3:::b/example")


def test_what_is_written_many_times_takes_one_place():
    folder = Folder()
    many = ["arn:aws:s3:::a/*"] * 100 + ["arn:aws:s3:::b/*"]
    new = folder.write("new.json", json.dumps(allow(Action="s3:GetObject", Resource=many)))
    old = folder.write("old.json", json.dumps(allow(Action="s3:GetObject", Resource="arn:aws:s3:::a/*")))
    expect(witness(Run("check-no-new-access", "--type", "identity", "--format", "json", "--new", new, "--existing", old)),
           EXAMPLE, "s3:GetObject", "arn:aws:s3:::b/example")


def test_named_principals_are_the_callers():
    role, user = "arn:aws:iam::444455556666:role/R", "arn:aws:iam::444455556666:user/U"
    for named, caller in (
            ("444455556666", {"arn": "arn:aws:sts::444455556666:assumed-role/Example/example-session",
                              "role_arn": "arn:aws:iam::444455556666:role/Example"}),
            (role, {"arn": "arn:aws:sts::444455556666:assumed-role/R/example-session", "role_arn": role}),
            ("arn:aws:sts::444455556666:assumed-role/R/S", {"arn": "arn:aws:sts::444455556666:assumed-role/R/S",
                                                            "role_arn": role}),
            (user, {"arn": user})):
        got = new_access("resource", allow(Principal={"AWS": named}, Action="s3:*", Resource="arn:aws:s3:::b/*"))
        expect(got, caller, "s3:GetObject", "arn:aws:s3:::b/example")
    got = new_access("resource", allow(Principal={"Service": "sns.amazonaws.com"}, Action="sqs:SendMessage", Resource="*"))
    assert got["principal"] == {"service": "sns.amazonaws.com"} and got["action"] == "sqs:SendMessage", got


def test_more_names_than_are_kept():
    actions = ["a%d:Do" % i for i in range(200)]
    resources = ["arn:aws:s3:::b%d/*" % i for i in range(200)]
    got = new_access("identity", allow(Action=actions, Resource=resources))
    assert got["action"].lower() in [a.lower() for a in actions] and got["resource"].startswith("arn:aws:s3:::b"), got


def test_values_of_keys_have_the_form_of_their_key():
    condition = {"StringLike": {"aws:PrincipalOrgID": "o-*", "aws:SourceVpc": "*", "aws:SourceVpce": "*"},
                 "ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}
    got = new_access("identity", allow(Action="s3:*", Resource="arn:aws:s3:::b/*", Condition=condition))
    assert got["context"]["aws:PrincipalOrgID"] == "o-a1b2c3d4e5", got
    assert got["context"]["aws:SourceVpc"].startswith("vpc-") and got["context"]["aws:SourceVpce"].startswith("vpce-"), got
    assert got["context"]["aws:SourceArn"].startswith("arn:aws:s3:::"), got


def test_variables_stand_for_values_of_the_form_of_their_key():
    """What the variable of a resource is assumed to be."""
    for key, value in (("aws:PrincipalTag/team", "example"), ("aws:username", "Example"), ("aws:PrincipalOrgID", "o-a1b2c3d4e5"),
                       ("aws:PrincipalAccount", "999988887777"), ("aws:ResourceAccount", "999988887777"),
                       ("aws:userid", "AROAEXAMPLEID:example-session")):
        got = new_access("identity", allow(Action="s3:GetObject", Resource="arn:aws:s3:::b/${%s}/x" % key))
        assert got["resource"] == f"arn:aws:s3:::b/{value}/x", got
        for other in ("", "-like"):  # beside a test of the same key
            test = {"StringLike": {key: "*"}} if other else {"Null": {key: "false"}}
            got = new_access("identity", allow(Action="s3:GetObject", Resource="arn:aws:s3:::b/${%s}/x" % key, Condition=test))
            assert got["resource"] == f"arn:aws:s3:::b/{value}/x", got


def test_witnesses_of_the_access_question_are_complete_cases():
    """Given back with the policies of the question, both legs are allowed."""
    def document(name):
        with open(article("corrected", name), encoding="utf-8") as file:
            return json.load(file)

    folder, own = Folder(), [document("role.json")]
    question = ["--secret", QUESTION_SECRET, "--key", KEY, "--secret-policy", article("corrected", "secret.json"), "--key-policy",
                article("corrected", "key.json")]
    role = article("corrected", "role.json")
    asked = Run("access", "--principal", PRINCIPAL, *question, "--identity-policy", role, "--all-requests", "--format", "json")
    who = Run("who-can", *question, "--identity-policy", f"{PRINCIPAL}:{role}", "--format", "json")
    found = [p["witness"] for p in who.json()["principals"] if p.get("principal") == PRINCIPAL]
    assert len(found) == 1, who.out
    for both in (asked.json()["witness"], found[0]):
        lines = [{**both[leg], "policies": {"identity": own, "resource": [document(name)]}}
                 for leg, name in (("secret", "secret.json"), ("key", "key.json"))]
        cases = folder.write("cases.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        answers = Run("simulate", "--cases", cases).check(0).out.splitlines()
        assert [json.loads(answer)["decision"] for answer in answers] == ["allowed", "allowed"], answers


def test_findings_show_what_rests_on_a_variable():
    """Given back with the policy, the witness is allowed."""
    policy = allow(Principal={"AWS": "*"}, Action="secretsmanager:?etSecretValue", Resource=SECRET,
                   Condition={"StringLike": {"aws:PrincipalTag/team": ["red", "${aws:PrincipalTag/x}"]},
                              "ForAllValues:StringLike": {"aws:username": "b*"}})
    folder = Folder()
    run = Run("findings", "--type", "secret", "--trust-account", "444455556666", "--format", "json",
              folder.write("secret.json", json.dumps(policy)))
    found = run.check(1).json()["findings"]
    assert len(found) == 1 and found[0]["principal"] == "*" and found[0]["isPublic"] and found[0]["witness"], found
    case = {**found[0]["witness"], "policies": {"resource": [policy]}}
    answer = Run("simulate", "--cases", folder.write("case.jsonl", json.dumps(case) + "\n")).check(0).json()
    assert answer["decision"] == "allowed", answer


main(globals())

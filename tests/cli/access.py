# SPDX-License-Identifier: MIT
"""policyeval access: the article step by step, every wrong input with its own answer and exit status."""

import json
import os
import shutil
import stat
import urllib.parse

from cli import ARTICLE, KEY, PRINCIPAL, SECRET, Folder, Run, access, article, main

CORRECTED = ["--secret-policy", article("corrected", "secret.json"), "--key", KEY, "--key-policy",
             article("corrected", "key.json"), "--identity-policy", article("corrected", "role.json")]
SET = ["--set", "PRODUCTION=111122223333", "--set", "CENTRAL_SECURITY=444455556666", "--set",
       "SECURITY_CMK=1234abcd-12ab-34cd-56ef-1234567890ab"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def with_secret(path, *more, **rest):
    """The corrected triple with another secret policy."""
    return access("--secret-policy", path, *CORRECTED[2:], *more, **rest)


def test_corrected_triple_is_allowed():
    access(*CORRECTED).check(0, "allowed: PRODUCTION_ROLE of 111122223333 can read SECURITY_SECRET", "statement 1 (AllowUseOfTheKey)")


def test_json_has_the_documented_members():
    answer = access(*CORRECTED, "--format", "json").check(0).json()
    assert answer["decision"] == "allowed" and answer["operability"] == {"ok": True, "problems": []}, answer
    assert [leg["action"] for leg in answer["legs"]] == ["secretsmanager:GetSecretValue", "kms:Decrypt"], answer
    leg = answer["legs"][0]
    assert set(leg) == {"action", "resource", "decision", "layers", "blocked_by", "missing_context", "hints", "assumptions"}, leg
    assert {layer["type"] for layer in leg["layers"]} == {"resource", "identity"}, leg
    match = leg["layers"][0]["matched"][0]
    assert match["statement"] == 0 and match["effect"] == "Allow" and match["span"]["start"]["line"] == 4, match


def test_no_text_helps_where_the_managed_key_keeps_another_account_out():
    question = ["--secret-policy", article("corrected", "secret.json"), "--identity-policy", article("corrected", "role.json")]
    run = access(*question).check(1, "no   key", "AWS managed key aws/secretsmanager never serves another account")
    assert "add  {" not in run.out and "checked" not in run.out, run.out
    hints = access(*question, "--format", "json").check(1).json()["legs"][1]["hints"]
    assert [(h["rule"], h["change"], h["replacement"]) for h in hints] == [("MANAGED_KEY_OTHER_ACCOUNT", "key", None)], hints


def test_standard_input_is_given_once():
    text = read(article("corrected", "secret.json")).encode()
    access("--secret-policy", "-", "--key", KEY, "--key-policy", article("corrected", "key.json"), "--identity-policy", "-",
           stdin=text).check(2, "standard input can be given once")


def test_output_never_replaces_a_device():
    f = Folder()
    pipe = os.path.join(f.path, "pipe")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    access(*CORRECTED, "--output", pipe).check(0)
    assert os.read(reader, 7) == b"allowed"
    os.close(reader)
    assert stat.S_ISFIFO(os.stat(pipe).st_mode)


def test_a_policy_cannot_take_over_the_terminal():
    f = Folder()
    policy = json.loads(read(article("corrected", "secret.json")))
    policy["Statement"][0]["Sid"] = "a\x1b[31mb\u009bc\u202ed\x07"
    path = f.write("secret.json", json.dumps(policy))
    runs = [with_secret(path), with_secret(path, "--all-requests"), Run("validate", "--type", "secret", path),
            Run("findings", "--type", "secret", path), Run("compare", "--type", "secret", path, article("corrected", "secret.json"))]
    for run in runs:
        said = run.out + run.err
        assert run.status in (0, 1) and not any(c in said for c in "\x1b\u009b\u202e\x07"), repr(said)
    assert "(a\ufffd[31mb\ufffdc\ufffdd\ufffd)" in runs[0].out, runs[0].out


def test_a_list_of_grants_that_is_cut_short_is_refused():
    f = Folder()
    grants = {"Grants": [], "Truncated": True}
    access(*CORRECTED, "--grants", f.write("grants.json", json.dumps(grants))).check(3, "cut short", "grants.json:1:29")
    access(*CORRECTED, "--grants", f.write("grants.json", json.dumps({**grants, "Truncated": False}))).check(0)


def test_a_file_beyond_the_limit_says_so():
    f = Folder()
    with_secret(f.write("long.json", b"[" * (17 << 20))).check(3, "LIMIT_REACHED", "longer than the limit")


def test_help_of_a_command():
    assert Run("help", "access").check(0).out == Run("access", "--help").check(0).out
    assert Run("--help").check(0).out == Run("help").check(0).out
    Run("help", "acess").check(2, "there is no command acess")


def test_the_article_as_printed():
    access("--secret-policy", article("printed", "secret.json"), "--key", KEY, "--key-policy", article("printed", "key.json"),
           "--identity-policy", article("printed", "role.json")).check(
        3, "This resource policy contains an unsupported principal.", "--set PRODUCTION=<12-digit account id>",
        "one or more invalid principals", "BARE_STATEMENT", "SECURITY_CMK", err="role.json:7:60")


def test_the_article_filled_in_gives_both_hints():
    run = access("--secret-policy", article("printed", "secret.json"), "--key", KEY, "--key-policy",
                 article("wrapped", "key.json"), "--identity-policy", article("printed", "role.json"), *SET)
    run.check(1, "role.json:7:26", "blank at the start", "no six-character suffix",
              'write  "arn:aws:secretsmanager:us-east-1:444455556666:secret:SECURITY_SECRET-??????"',
              "--version-stage AWSCURRENT", '"StringEqualsIfExists"')


def test_hint_sets_are_minimal_and_numbered():
    answer = access("--secret-policy", article("printed", "secret.json"), "--key", KEY, "--key-policy",
                    article("wrapped", "key.json"), "--identity-policy", article("printed", "role.json"), *SET,
                    "--version-stage", "AWSCURRENT", "--format", "json").check(1).json()
    hints = answer["legs"][0]["hints"]
    assert [h["rule"] for h in hints] == ["RESOURCE_LEADING_SPACE", "RESOURCE_MISSING_SUFFIX"], hints
    assert len({h["set"] for h in hints}) == 1, hints


def test_a_listed_version_stage_is_what_the_call_should_pass():
    folder = Folder()
    policy = folder.write("secret.json", json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": PRINCIPAL}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
        "Condition": {"StringEquals": {"secretsmanager:VersionStage": ["AWSPREVIOUS", "AWSPENDING"]}}}}))
    answer = access("--secret-policy", policy, *CORRECTED[2:], "--format", "json").check(1).json()
    hints = [(h["rule"], h["replacement"]) for h in answer["legs"][0]["hints"]]
    assert hints == [("VERSION_STAGE_NOT_PASSED", "AWSPREVIOUS"), ("VERSION_STAGE_NOT_PASSED", "StringEqualsIfExists")], hints


def test_a_pattern_is_no_version_stage_to_pass():
    policy = json.loads(read(article("corrected", "secret.json")))
    policy["Statement"] = policy["Statement"][:1] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    for condition in ({"StringLike": {"secretsmanager:VersionStage": "AWS*"}}, {"Null": {"secretsmanager:VersionStage": "false"}}):
        policy["Statement"][0]["Condition"] = condition
        f = Folder()
        hints = with_secret(f.write("secret.json", json.dumps(policy)), "--format", "json").check(1).json()["legs"][0]["hints"]
        call = [h["replacement"] for h in hints if h["change"] == "call"]
        assert call == ["AWSCURRENT"], (condition, hints)


def test_sets_are_numbered_over_both_legs():
    folder = Folder()
    statement = {"Effect": "Allow", "Principal": {"AWS": PRINCIPAL}, "Resource": "*"}
    secret = folder.write("secret.json", json.dumps({"Statement": {
        **statement, "Action": "secretsmanager:GetSecretValue",
        "Condition": {"StringEquals": {"secretsmanager:VersionStage": "AWSPREVIOUS"}}}}))
    key = folder.write("key.json", json.dumps({"Statement": {
        **statement, "Action": "kms:Decrypt",
        "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}}}))
    answer = access("--secret-policy", secret, "--key", KEY, "--key-policy", key, *CORRECTED[6:], "--format",
                    "json").check(1).json()
    assert [[h["set"] for h in leg["hints"]] for leg in answer["legs"]] == [[0, 1], [2]], answer["legs"]


def test_the_statement_to_add_names_the_resource():
    folder = Folder()
    other = folder.write("role.json", json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}))
    answer = access(*CORRECTED[:6], "--identity-policy", other, "--format", "json").check(1).json()
    added = [[(h["rule"], json.loads(h["replacement"])) for h in leg["hints"]] for leg in answer["legs"]]
    assert added == [[("IDENTITY_NO_STATEMENT", {"Effect": "Allow", "Action": action, "Resource": resource})]
                     for action, resource in (("secretsmanager:GetSecretValue", SECRET[:-6] + "??????"),
                                              ("kms:Decrypt", KEY))], added


def test_the_statement_that_lets_identity_policies_count_names_the_account():
    folder = Folder()
    everything = folder.write("role.json", json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}))
    nothing = {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}}
    question = ["--principal", "arn:aws:iam::444455556666:role/R", "--secret", SECRET, "--key", KEY, "--secret-policy", "none"]
    answer = Run("access", *question, "--key-policy", folder.write("key.json", json.dumps(nothing)), "--identity-policy", everything,
                 "--format", "json").check(1).json()
    added = {h["rule"]: json.loads(h["replacement"]) for h in answer["legs"][1]["hints"]}
    assert added == {
        "KEY_POLICY_NO_ROOT_STATEMENT": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
                                         "Action": "kms:*", "Resource": "*"},
        "KEY_NO_STATEMENT": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/R"},
                             "Action": "kms:Decrypt", "Resource": "*"}}, added


def test_a_tag_in_another_spelling_is_another_tag():
    """AMB-36, as in a request: not a list of one tag."""
    tags = ["--context", "aws:PrincipalTag/team=red", "--context", "aws:PrincipalTag/Team=blue"]
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}
    with Folder() as folder:
        role = folder.write("role.json", json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
        question = ["--secret-policy", article("corrected", "secret.json"), "--key-policy", article("corrected", "key.json"),
                    "--key", KEY, "--version-stage", "AWSCURRENT", "--identity-policy", role]
        assert access(*question, *tags, "--format", "json").json()["legs"][0]["assumptions"] == ["AMB-36"]
        access(*question, *tags, "--reading", "AMB-36=first").check(0, "allowed")
        access(*question, *tags, "--reading", "AMB-36=last").check(1, "implicitDeny")
        access(*question, *tags[:2], "--unknown", "aws:PrincipalTag/Team").check(2, "at once")


def test_usage_errors():
    Run("access").check(2, "--principal is missing")
    access().check(2, "--secret-policy is missing: give a file, or 'none'")
    access("--secret-policy", "none").check(2, "--identity-policy is missing: give a file, or 'none'")
    access("--secret-policy", "none", "--identity-policy", "none", "--key", KEY).check(2, "--key-policy is missing")
    access(*CORRECTED, "--nonsense").check(2, "there is no option --nonsense")
    access(*CORRECTED, "extra").check(2, "unexpected argument extra")
    access(*CORRECTED, "--format", "yaml").check(2, "--format yaml is none of text, json")
    access(*CORRECTED, "--expect", "yes").check(2, "--expect yes is none of")
    access(*CORRECTED, "--key-state", "Broken").check(2, "a key state is one of")
    access(*CORRECTED, "--reading", "AMB-8=sometimes").check(2, "no such row or reading")
    access(*CORRECTED, "--set", "PRODUCTION").check(2, "--set takes NAME=VALUE")
    access(*CORRECTED, "--context", "aws:SourceIp").check(2, "KEY=VALUE is wanted")
    Run("nonsense").check(2, "there is no command nonsense")


def test_options_may_come_after_files():
    Run("check-no-public-access", article("corrected", "secret.json"), "--type", "secret", "--format", "json").check(0, '"PASS"')


def test_principal_secret_and_key_must_be_what_they_are():
    Run("access", "--principal", "PRODUCTION_ROLE", "--secret", SECRET, *CORRECTED).check(2, "--principal PRODUCTION_ROLE")
    Run("access", "--principal", PRINCIPAL, "--secret", "SECURITY_SECRET", *CORRECTED).check(2, "a name is looked up in the caller's own account")
    Run("access", "--principal", PRINCIPAL, "--secret", SECRET[:-7], *CORRECTED).check(2, "a hyphen and six characters")
    access("--secret-policy", "none", "--identity-policy", "none", "--key-policy", "none", "--key",
           "arn:aws:kms:us-east-1:444455556666:alias/x").check(2, "an alias is not a key")
    access("--secret-policy", "none", "--identity-policy", "none", "--key-policy", "none", "--key",
           KEY.replace("us-east-1", "us-west-2")).check(2, "a key of its own Region")


def test_unreadable_files():
    folder = Folder()
    with_secret(os.path.join(folder.path, "missing.json")).check(3, "there is no such file")
    with_secret(folder.path).check(3, "this is a folder, not a file")
    with_secret(folder.write("empty.json", "")).check(3, "the text is empty")
    with_secret(folder.write("many.json", b"[" * 1000000)).check(3, "nested deeper than the limit")
    with_secret(folder.write("huge.json", b"[" * (100 * 1024 * 1024))).check(3, "longer than the limit")


def test_texts_that_are_no_policy():
    folder = Folder()
    good = read(article("corrected", "secret.json"))
    with_secret(folder.write("trailing.json", good + "Plain text\n")).check(3, "text after the end of the document", "trailing.json:19:1")
    with_secret(folder.write("quotes.json", good.replace('"Version"', "\u201cVersion\u201d"))).check(3, "typographic quotes", "quotes.json:2:5")
    with_secret(folder.write("list.json", "[]")).check(3, "list.json:1:1")
    with_secret(folder.write("utf16.json", good.encode("utf-16"))).check(3, "UTF-16")
    with_secret(folder.write("lower.json", good.replace("Statement", "statement"))).check(3, 'write "Statement"', "lower.json:3:5")


def test_replies_of_the_aws_cli():
    folder = Folder()
    document = read(article("corrected", "secret.json"))
    reply = folder.write("reply.json", json.dumps({"ARN": SECRET, "Name": "SECURITY_SECRET", "ResourcePolicy": document}))
    with_secret(reply).check(0, "reply.json:1:")
    with_secret(folder.write("string.json", json.dumps(document))).check(0)
    key_reply = folder.write("key.json", json.dumps({"Policy": read(article("corrected", "key.json")), "PolicyName": "default"}))
    access(*CORRECTED[:4], "--key-policy", key_reply, *CORRECTED[6:]).check(0)
    encoded = urllib.parse.quote(read(article("corrected", "role.json")))
    role = folder.write("role.json", json.dumps({"RoleName": "R", "PolicyName": "P", "PolicyDocument": encoded}))
    access(*CORRECTED[:6], "--identity-policy", role).check(0)
    none = folder.write("none.json", json.dumps({"ARN": SECRET, "Name": "SECURITY_SECRET"}))
    with_secret(none).check(1, "no   resource")


def test_standard_input():
    with open(article("corrected", "secret.json"), "rb") as file:
        with_secret("-", stdin=file.read()).check(0, "<stdin>:4:9")


def test_managed_key_cross_account():
    access("--secret-policy", article("corrected", "secret.json"), "--identity-policy", article("corrected", "role.json")).check(
        1, "the AWS managed key aws/secretsmanager (no --key was given)")


def test_the_state_of_the_key_counts_over_all_requests():
    stage = ["--version-stage", "AWSCURRENT", "--all-requests"]
    access(*CORRECTED, *stage).check(0, "always")
    off = [*stage, "--key-state", "Disabled"]
    access(*CORRECTED, *off).check(1, "can always read SECURITY_SECRET, but not now: the")
    access(*CORRECTED, *off, "--expect", "always").check(1)
    answer = access(*CORRECTED, *off, "--format", "json").check(1).json()
    assert answer["answer"] == "always" and answer["operability"]["problems"][0]["error"] == "DisabledException", answer
    assert access(*CORRECTED, *stage, "--format", "json").check(0).json()["operability"] == {"ok": True, "problems": []}
    access("--secret-policy", "none", *CORRECTED[2:], *off, "--expect", "never").check(0)


def test_key_state_is_apart_from_authorization():
    run = access(*CORRECTED, "--key-state", "Disabled", "--format", "json").check(1)
    answer = run.json()
    assert answer["decision"] == "allowed" and not answer["operability"]["ok"], answer
    assert answer["operability"]["problems"][0]["error"] == "DisabledException", answer


def test_expect_turns_the_answer_into_an_assertion():
    access(*CORRECTED, "--expect", "allowed").check(0)
    access(*CORRECTED, "--expect", "implicitDeny").check(1)
    with_secret("none", "--expect", "implicitDeny").check(0)
    access(*CORRECTED, "--key-state", "Disabled", "--expect", "allowed").check(1)
    Run("version", "--expect", "allowed").check(2, "--expect is for commands that answer with a verdict", out="")


def test_unknown_has_a_status_of_its_own():
    folder = Folder()
    secret = json.loads(read(article("corrected", "secret.json")))
    secret["Statement"][0]["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    path = folder.write("org.json", json.dumps(secret))
    with_secret(path).check(1, "depends on aws:PrincipalOrgID")
    with_secret(path, "--unknown", "aws:PrincipalOrgID").check(4, "unknown: it is not certain")
    with_secret(path, "--principal-org", "o-abcdefghij").check(0)


def test_a_deny_that_holds_for_want_of_a_key_says_so():
    folder = Folder()
    role = json.loads(read(article("corrected", "role.json")))
    role["Statement"].append({"Effect": "Deny", "Action": "kms:*", "Resource": "*",
                              "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}})
    path = folder.write("deny.json", json.dumps(role))
    access(*CORRECTED[:6], "--identity-policy", path, "--context", "aws:SourceVpce=vpce-1").check(
        1, "explicitDeny:", "StringNotEquals aws:SourceVpce holds because the request has no such key: Secrets Manager calls KMS")


def test_explain_tells_why_the_others_do_not_match():
    access(*CORRECTED, "--version-stage", "AWSPREVIOUS", "--explain").check(
        1, 'StringEqualsIfExists secretsmanager:VersionStage: no value matches (the request has "AWSPREVIOUS")')
    answer = access(*CORRECTED, "--explain", "--format", "json").check(0).json()
    missed = answer["legs"][0]["layers"][1]["missed"]
    assert [m["failed"] for m in missed] == [["action", "resource"]], missed


def test_contradictions_are_refused():
    """The last word does not win; what is said twice in the same words is said once."""
    other = {"--principal": PRINCIPAL + "2", "--secret": SECRET.replace("SECURITY", "OTHER"), "--key": KEY[:-1] + "0",
             "--key-policy": "none"}
    given = dict(zip(CORRECTED[::2], CORRECTED[1::2]), **{"--principal": PRINCIPAL, "--secret": SECRET})
    for option, value in other.items():
        for args in ([], ["--all-requests"]):
            access(*CORRECTED, *args, option, value).check(2, f"{option} {value} contradicts {option} {given[option]}", out="")
        access(*CORRECTED, option, given[option]).check(0, "allowed")
    for option, first, second in (
            ("--key-state", "Enabled", "Disabled"), ("--version-stage", "AWSCURRENT", "AWSPREVIOUS"),
            ("--version-id", "a" * 32, "b" * 32), ("--session-name", "one", "two"), ("--grants", "none", "g.json"),
            ("--boundary", "none", "b.json"), ("--endpoint-policy", "none", "e.json"), ("--format", "json", "text"),
            ("--output", "/dev/null", "/dev/full"), ("--expect", "allowed", "unknown"), ("--set", "X=1", "X=2"),
            ("--reading", "AMB-8=live", "AMB-8=absent"), ("--principal-id", "AROAAAAAAAAAAAAAAAAA1", "AROAAAAAAAAAAAAAAAAA2"),
            ("--principal-org", "o-abcdefghij", "o-abcdefghik"), ("--principal-tag", "a=1", "a=2"),
            ("--catalog", "one", "two")):
        if option != "--catalog":
            access(*CORRECTED, option, first, option, second).check(2, f"{option} {second} contradicts {option} {first}", out="")
    access(*CORRECTED, "--set", "X=1", "--set", "Y=2", "--set", "X=1", "--expect", "allowed", "--expect", "allowed").check(0)
    access(*CORRECTED, "--key-p", "none").check(2, "--key-policy none contradicts")  # a name that is cut short


def test_a_fact_has_one_value_or_is_unknown():
    access(*CORRECTED, "--unknown", "aws:X", "--context", "aws:x=1").check(2, "is given a value and --unknown at once")
    access(*CORRECTED, "--context", "aws:x=1", "--unknown", "aws:X").check(2, "is given a value and --unknown at once")
    access(*CORRECTED, "--principal-tag", "a=1", "--principal-tag", "a=2").check(2, "contradicts --principal-tag a=1")
    for two in (["--principal-org", "o-1", "--context", "aws:PrincipalOrgID=o-2"],
                ["--context", "aws:PrincipalOrgID=o-2", "--principal-org", "o-1"]):
        access(*CORRECTED, *two).check(2, "aws:PrincipalOrgID is given twice, and --principal-org says its one value")
    access(*CORRECTED, "--context", "aws:TagKeys=a", "--context", "aws:TagKeys=a", "--context", "aws:TagKeys=b").check(0)


def test_a_fact_that_is_refused_says_why():
    for asks in (lambda *args: access(*CORRECTED, *args),
                 lambda *args: Run("simulate", "--principal", PRINCIPAL, "--action", "s3:GetObject", "--resource", "*", *args)):
        for path in ("team", "/team", "team/", ""):
            asks("--principal-path", path).check(2, err=f"--principal-path {path}: a path begins and ends with /")
        asks("--session-name", "").check(2, err="--session-name : the name of a session is not empty")
        asks("--principal-id", "").check(2, err="--principal-id : a unique id is not empty")


def test_levels_are_counted_from_one():
    triple = [os.path.abspath(a) if os.path.exists(a) else a for a in CORRECTED]  # names are looked for in another folder
    with Folder() as folder:
        shutil.copy(article("corrected", "role.json"), os.path.join(folder.path, "role.json"))
        shutil.copy(article("corrected", "role.json"), os.path.join(folder.path, "0:there.json"))
        for level in ("0:role.json", "00:role.json", "1000:role.json", "99999999999999999999999:none", "0:none"):
            for option in ("--scp", "--rcp"):
                access(*triple, option, level, cwd=folder.path).check(
                    2, err=f"{option} {level}: levels are counted from 1 (to 999)")
        access(*triple, "--scp", "0:there.json", cwd=folder.path).check(0, "allowed")
        access(*triple, "--scp", "1:role.json", cwd=folder.path).check(0, "allowed")


def test_output_keeps_the_mode_of_what_it_replaces():
    with Folder() as folder:
        old = folder.write("answer.json", "old")
        for mode in (0o640, 0o600, 0o664):
            os.chmod(old, mode)
            access(*CORRECTED, "--output", old).check(0, out="")
            assert os.stat(old).st_mode & 0o7777 == mode, oct(os.stat(old).st_mode)
        before, new = os.umask(0o027), os.path.join(folder.path, "new.json")
        try:
            access(*CORRECTED, "--output", new).check(0)
        finally:
            os.umask(before)
        assert os.stat(new).st_mode & 0o7777 == 0o640, oct(os.stat(new).st_mode)


def test_output_follows_links():
    with Folder() as folder:
        os.mkdir(os.path.join(folder.path, "data"))
        old, link = folder.write("data/answer.txt", "old"), os.path.join(folder.path, "link.txt")
        os.chmod(old, 0o640)
        os.symlink("data/answer.txt", link)
        for _ in range(2):  # a file that is there, and one that is not
            access(*CORRECTED, "--output", link).check(0)
            assert os.path.islink(link) and read(old).startswith("allowed"), read(old)
            assert sorted(os.listdir(folder.path)) == ["data", "link.txt"], os.listdir(folder.path)
            assert os.listdir(os.path.join(folder.path, "data")) == ["answer.txt"]
            os.unlink(old)
        other = os.path.join(folder.path, "other.txt")
        os.symlink("link.txt", other)
        access(*CORRECTED, "--output", other).check(0)
        assert os.path.islink(other) and read(old).startswith("allowed")
        os.unlink(link)
        os.symlink("other.txt", link)
        access(*CORRECTED, "--output", link).check(3, "cannot write")


def test_output_goes_through_a_temporary_file():
    folder = Folder()
    target = folder.write("answer.json", "old")
    run = access(*CORRECTED, "--format", "json", "--output", target).check(0)
    assert run.out == "" and json.loads(read(target))["decision"] == "allowed", run.out
    assert sorted(os.listdir(folder.path)) == ["answer.json"], os.listdir(folder.path)
    access(*CORRECTED, "--output", os.path.join(folder.path, "no", "such")).check(3, "cannot write")


def test_version():
    assert Run("version").check(0).json()["features"], "no features"
    assert os.path.isdir(ARTICLE)


def test_all_requests_says_what_is_open_and_says_it_once():
    folder = Folder()
    stage = {"StringEqualsIfExists": {"secretsmanager:VersionStage": "AWSCURRENT"}}
    via = {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com", "kms:EncryptionContext:SecretARN": SECRET}}

    def policy(name, *statements):
        return folder.write(name, json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition, **more}
            for action, condition, more in statements]}))

    who = {"Principal": {"AWS": PRINCIPAL}}
    files = ["--secret-policy", policy("secret.json", ("secretsmanager:GetSecretValue", stage, who)), "--key", KEY,
             "--key-policy", policy("key.json", ("kms:Decrypt", via, who)), "--identity-policy",
             policy("role.json", ("secretsmanager:GetSecretValue", stage, {}), ("kms:Decrypt", via, {}))]
    run = access(*files, "--all-requests").check(1, "sometimes: ", "  e.g.   ", "  not    ")
    assert run.out.count("AWSCURRENT, or is absent") == 1 and "kms:ViaService" not in run.out and "SecretARN" not in run.out, run.out
    answer = access(*files, "--all-requests", "--format", "json").check(1).json()
    assert answer["conditions"] == ["secretsmanager:VersionStage is AWSCURRENT, or is absent"], answer
    run = access(*files, "--version-stage", "AWSPREVIOUS", "--all-requests").check(1, "never: ", "  not    ")
    assert "e.g." not in run.out, run.out


main(globals())

# SPDX-License-Identifier: MIT
"""policyeval validate: levels, rule selection, formats, fixes, every wrong input with its own answer and exit status."""

import json
import os
import subprocess

from cli import Folder, Run, article, main

GOOD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}
REDUNDANT = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "*"}\n  ]\n}\n'
CALLER = "arn:aws:iam::111122223333:user/admin"
PUBLIC = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}]}
DENIED = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}]}


def validate(kind, text, *args, **more):
    data = text if isinstance(text, str) else json.dumps(text)
    return Run("validate", "--type", kind, *args, "-", stdin=data.encode(), **more)


def test_a_good_policy_has_nothing_to_say():
    run = validate("identity", GOOD).check(0)
    assert run.out == "" and run.err == "", run.out + run.err
    answer = validate("identity", GOOD, "--format", "json").check(0).json()
    assert answer == {"findings": [], "summary": {"error": 0, "security_warning": 0, "warning": 0, "suggestion": 0}}, answer


def test_levels():
    validate("identity", REDUNDANT).check(0, out="suggestion REDUNDANT_ACTION")
    for level, status in (("error", 0), ("security-warning", 0), ("warning", 0), ("suggestion", 1)):
        validate("identity", REDUNDANT, "--fail-on", level).check(status)
    validate("identity", REDUNDANT, "--fail-on", "serious").check(2, err="--fail-on serious is none of")


def test_expect_turns_findings_into_an_assertion():
    validate("identity", REDUNDANT, "--expect", "PASS").check(0, out="REDUNDANT_ACTION")
    validate("identity", REDUNDANT, "--expect", "FAIL").check(1)
    validate("identity", REDUNDANT, "--fail-on", "suggestion", "--expect", "FAIL").check(0)
    validate("identity", REDUNDANT, "--fail-on", "suggestion", "--expect", "PASS").check(1)
    validate("identity", "no JSON", "--expect", "FAIL").check(3)
    validate("identity", GOOD, "--expect", "allowed").check(2, "--expect allowed is none of PASS, FAIL", out="")
    validate("identity", GOOD, "--diff", "--expect", "PASS").check(2, "not for --fix or --diff", out="")


def test_rules_are_chosen():
    validate("identity", REDUNDANT, "--ignore", "REDUNDANT_ACTION", "--fail-on", "suggestion").check(0)
    validate("identity", REDUNDANT, "--only", "MISSING_VERSION", "--fail-on", "suggestion").check(0)
    validate("identity", REDUNDANT, "--only", "REDUNDANT_ACTION", "--fail-on", "suggestion").check(1)
    validate("identity", REDUNDANT, "--ignore", "NO_SUCH").check(2, err="there is no such rule")


def test_text_shows_the_line_and_the_fix():
    run = validate("identity", REDUNDANT).check(0)
    assert run.out == (
        '<stdin>:4:47: suggestion REDUNDANT_ACTION: "s3:GetObject" is covered by "s3:Get*".\n'
        '  4 |     {"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "*"}\n'
        '    |                                               ^^^^^^^^^^^^^^\n'
        '  fix: Remove it\n'), run.out


def test_json_has_the_documented_members():
    answer = validate("identity", REDUNDANT, "--format", "json").check(0).json()
    finding = answer["findings"][0]
    assert set(finding) == {"source", "type", "code", "message", "locations", "fix", "url"}, finding
    assert finding["locations"] == [{
        "path": [{"value": "Statement"}, {"index": 0}, {"value": "Action"}, {"index": 1}],
        "span": {"start": {"line": 4, "column": 46, "offset": 92}, "end": {"line": 4, "column": 60, "offset": 106}}}], finding
    assert finding["fix"]["replacement"] == "" and finding["fix"]["safe"] is True, finding


def test_sarif_counts_from_one():
    run = validate("identity", REDUNDANT, "--format", "sarif").check(0).json()["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints", run
    result = run["results"][0]
    assert result["ruleId"] == "REDUNDANT_ACTION" == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"], result
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (4, 47, 61), region
    assert list(result["partialFingerprints"]) == ["policyevalFinding/v1"], result


def test_a_file_that_cannot_be_read_is_a_finding_beside_the_others():
    with Folder() as folder:
        bad, gone = folder.write("bad.json", REDUNDANT), os.path.join(folder.path, "gone.json")
        for files in ((bad, gone), (gone, bad)):
            run = Run("validate", "--type", "identity", *files).check(
                3, out=f"{gone}: error FILE_UNREADABLE: there is no such file", err="")
            assert f"{bad}:4:47: suggestion REDUNDANT_ACTION" in run.out and run.err == "", run.out + run.err
        answer = Run("validate", "--type", "identity", "--format", "json", bad, gone).check(3).json()
        assert [(f["code"], f["source"]) for f in answer["findings"]] == [
            ("FILE_UNREADABLE", gone), ("REDUNDANT_ACTION", bad)], answer
        assert answer["findings"][0]["locations"] == [] and answer["summary"]["error"] == 1, answer
        sarif = Run("validate", "--type", "identity", "--format", "sarif", gone).check(3).json()
        assert [r["ruleId"] for r in sarif["runs"][0]["results"]] == ["FILE_UNREADABLE"], sarif
        Run("validate", "--type", "identity", folder.path).check(3, out="this is a folder, not a file")
        Run("validate", "--type", "identity", "--expect", "FAIL", gone).check(3)
        two = Run("validate", "--type", "identity", "--format", "json", gone, gone + "2", bad).check(3, err="gone.json2")
        assert [f["code"] for f in two.json()["findings"]] == ["FILE_UNREADABLE", "REDUNDANT_ACTION"], two.out
        Run("validate", "--type", "identity", "--diff", gone).check(3, err="No such file")
        Run("validate", "--type", "identity", "--diff", folder.path).check(3, err="this is a folder, not a file")


def test_no_policy_has_no_findings():
    for kind in ("identity", "secret", "kms-key", "trust", "scp"):
        run = Run("validate", "--type", kind, "none", "--expect", "PASS").check(0, err="none: there is no policy")
        assert run.out == "", run.out
        answer = Run("validate", "--type", kind, "--format", "json", "none").check(0).json()
        assert answer["findings"] == [] and answer["summary"]["error"] == 0, answer
    with Folder() as folder:
        bad = folder.write("bad.json", REDUNDANT)
        Run("validate", "--type", "identity", "none", bad).check(0, out="REDUNDANT_ACTION")
        assert Run("validate", "--type", "identity", "--fix", "none").check(0, err="there is no policy").out == ""


def test_several_files_share_a_report():
    with Folder() as folder:
        bad, good = folder.write("a b.json", REDUNDANT), folder.write("good.json", json.dumps(GOOD))
        answer = Run("validate", "--type", "identity", "--format", "json", good, bad).check(0).json()
        assert [f["source"] for f in answer["findings"]] == [bad], answer
        sarif = Run("validate", "--type", "identity", "--format", "sarif", good, bad).check(0).json()
        uri = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.endswith("/a%20b.json"), uri


def test_fix_and_diff():
    fixed = validate("identity", REDUNDANT, "--fix").check(0).out
    assert fixed == REDUNDANT.replace(', "s3:GetObject"', ""), fixed
    assert validate("identity", fixed, "--fix").check(0).out == fixed
    validate("identity", fixed, "--fail-on", "suggestion").check(0)
    with Folder() as folder:
        path = folder.write("policy.json", REDUNDANT)
        diff = Run("validate", "--type", "identity", "--diff", path).check(0).out
        assert diff.startswith(f"--- {path}\n+++ {path}\n@@ -1,6 +1,6 @@\n"), diff
        done = subprocess.run(["patch", "-s", path], input=diff.encode(), capture_output=True, check=False)
        with open(path, encoding="utf-8") as file:
            assert done.returncode == 0 and file.read() == fixed, done
    assert validate("identity", GOOD, "--diff").check(0).out == ""


def test_published_messages():
    def aws(document, *more):
        return validate("secret", document, "--caller", CALLER, "--format", "aws", *more)
    answer = aws(DENIED).check(1).json()
    assert answer == {"PolicyValidationPassed": False, "ValidationErrors": [
        {"CheckName": "LockOutCheck",
         "ErrorMessage": "Your requested changes will not allow you to manage this secret in the future."}]}, answer
    answer = aws(PUBLIC).check(1).json()
    assert [e["CheckName"] for e in answer["ValidationErrors"]] == ["BlockPublicPolicyCheck"], answer
    assert "grants broad access to your secret" in answer["ValidationErrors"][0]["ErrorMessage"], answer
    good = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": CALLER},
                                                    "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}
    assert aws(good).check(0).json() == {"PolicyValidationPassed": True, "ValidationErrors": []}
    with Folder() as folder:
        known = folder.write("known.txt", "# people\narn:aws:iam::111122223333:user/somebody\n")
        answer = aws(good, "--known-principals", known).check(1).json()
        assert [e["ErrorMessage"] for e in answer["ValidationErrors"]] == \
            ["This resource policy contains an unsupported principal."], answer
        identity = folder.write("identity.json", json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "kms:PutKeyPolicy", "Resource": "*"}]}))
        key = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
                                                       "Action": "kms:*", "Resource": "*"}]}
        validate("kms-key", key, "--caller", CALLER).check(1, out="KEY_POLICY_LOCKS_OUT_CALLER")
        validate("kms-key", key, "--caller", CALLER, "--identity-policy", identity).check(0)


def test_the_article_is_corrected():
    for part, kind in (("secret", "secret"), ("key", "kms-key"), ("role", "identity")):
        Run("validate", "--type", kind, article("corrected", f"{part}.json")).check(0)


def test_wrong_input():
    validate("identity", "{").check(3, out="JSON_SYNTAX_ERROR")
    validate("identity", "[]").check(3, out="DATA_TYPE_MISMATCH")
    validate("secret", {"ARN": "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-AbCdEf", "Name": "a"}).check(3)
    Run("validate", "--type", "identity", "no/such/file").check(3, out="no/such/file")
    Run("validate", "-").check(2, err="--type")
    Run("validate", "--type", "bucket", "-").check(2, err="--type bucket is no kind")
    Run("validate", "--type", "identity").check(2, err="give a file")
    Run("validate", "--type", "identity", "--fix", "--diff", "-").check(2)
    Run("validate", "--type", "identity", "--caller", CALLER, "-").check(2, err="--caller goes with")
    Run("validate", "--type", "secret", "--caller", "me", "-").check(2, err="--caller me is no ARN")
    Run("validate", "--type", "identity", "--format", "aws", "-").check(2, err="--format aws goes with")
    Run("validate", "--type", "identity", "--nonsense").check(2)
    Run("validate", "--help").check(0, out="usage: policyeval validate")


main(globals())

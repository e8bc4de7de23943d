# SPDX-License-Identifier: MIT
"""policyeval grant and revoke: the vectors of area grant, formats, files, what is refused."""

import json
import os
import shlex
import subprocess

from cli import KEY, PRINCIPAL, SECRET, TOOL, Folder, Run, article, main, source_tree

VECTORS = os.path.join(source_tree.TOP, "tests", "vectors", "grant")
NONE = ["--secret-policy", "none", "--key-policy", "none", "--identity-policy", "none"]
QUESTION = ["--principal", PRINCIPAL, "--secret", SECRET, "--key", KEY]
LAYERS = ["resource", "key", "identity"]
OPTION = {"resource": "--secret-policy", "key": "--key-policy", "identity": "--identity-policy"}


def grant(*args, **more):
    return Run("grant", *args, **more)


def arguments(folder, case, documents):
    """documents: layer -> list of texts; caps come from the case."""
    args = ["--principal", case["principal"], "--secret", case["secret"]]
    for layer in LAYERS:
        if layer == "key" and not case["key"]:
            continue
        texts = documents[layer] or ["none"]
        for i, text in enumerate(texts):
            name = text if text == "none" else folder.write(f"{layer}-{i}.json", text)
            args += [OPTION[layer], name]
    for cap in ("boundary", "scp", "rcp"):
        for i, policy in enumerate(case["policies"].get(cap, [])):
            args += ["--" + cap, folder.write(f"{cap}-{i}.json", json.dumps(policy))]
    if "key_state" in case:
        args += ["--key-state", case["key_state"]]
    return args


def texts_of(case):
    policies = case["policies"]
    one = {layer: [policies[layer]] if policies[layer] else [] for layer in ("resource", "key")}
    return {layer: [json.dumps(p, indent=2) for p in found]
            for layer, found in {**one, "identity": policies["identity"] or []}.items()}


def key_of(case):
    return ["--key", case["key"] or "none"]


def merged(answer, before, case):
    """What is attached after the change."""
    after = {layer: [] for layer in LAYERS}
    for policy in answer["policies"]:
        if policy["text"] is not None and (policy["type"] != "key" or case["key"]):
            after[policy["type"]].append(policy["text"])
    return after


def check_statements(answer, expect):
    for policy in answer["policies"]:
        for index in policy["added"]:
            statement = policy["document"]["Statement"][index]
            assert statement["Sid"].isalnum(), statement
            if policy["type"] != "identity" and "principal" in expect:
                assert statement["Principal"] == {"AWS": expect["principal"]}, statement
            if policy["type"] == "resource" and "condition" in expect:
                condition = statement.get("Condition")
                wanted = expect["condition"]
                assert condition == wanted or (wanted and condition and wanted.items() <= condition.items()), statement


def run_vector(vector):
    folder, case, expect = Folder(), vector["case"], vector["expect"]
    options = case.get("options", [])
    before = texts_of(case)
    run = grant(*key_of(case), *arguments(folder, case, before), *options, "--format", "json")
    answer = run.json()
    if "blocked_by" in expect:
        run.check(1)
        told = [{"type": b["type"], "statement": b["statement"]} for b in answer["blocked_by"]]
        assert all(b in told for b in expect["blocked_by"]), (told, run.out)
        assert not answer["changed"] and not answer["proved"] and not any(p["changed"] for p in answer["policies"]), run.out
        return
    run.check(0)
    added = {layer: [] for layer in LAYERS}
    for policy in answer["policies"]:
        added[policy["type"]] += policy["added"]
    assert added == expect["added"], (added, run.out)
    assert all(p["answer"] == "yes" for p in answer["proofs"]) and answer["proved"], run.out
    check_statements(answer, expect)
    after = merged(answer, before, case)
    question = arguments(folder, case, after)
    key = ["--key", case["key"]] if case["key"] else []
    stage = [] if "--strict-stage" in options or "--version-stage" in options else [None]
    for named in stage + [options[1] if "--version-stage" in options else "AWSCURRENT"]:
        Run("access", *key, *question, *(["--version-stage", named] if named else [])).check(0, "allowed")
    again = grant(*key_of(case), *question, *options, "--format", "json").check(0).json()
    assert not again["changed"], again


def test_vectors():
    count = 0
    for name in sorted(os.listdir(VECTORS)):
        with open(os.path.join(VECTORS, name), encoding="utf-8") as file:
            for vector in json.load(file)["vectors"]:
                try:
                    run_vector(vector)
                except AssertionError as error:
                    raise AssertionError(f"{vector['id']}: {error}") from error
                count += 1
    assert count >= 30, count


def test_article_in_one_command():
    run = grant(*QUESTION, *NONE).check(0, "granted: PRODUCTION_ROLE of 111122223333 can read SECURITY_SECRET",
                                        "over all requests nobody gains anything but what was asked for",
                                        "every session of it")
    assert " no " not in run.out.split("\nproved\n")[1].split("\nwhat")[0].replace("no finding", "").replace("no changed", "")


def test_old_faults_are_told():
    """The printed policy of the article's role begins an ARN with a blank; IAM would refuse it with the new statement, too."""
    filled = ["--set", "PRODUCTION=111122223333", "--set", "CENTRAL_SECURITY=444455556666",
              "--set", "SECURITY_CMK=1234abcd-12ab-34cd-56ef-1234567890ab"]
    policies = ["--secret-policy", article("printed", "secret.json"), "--key-policy", article("wrapped", "key.json"),
                "--identity-policy", article("printed", "role.json")]
    run = grant(*QUESTION, *policies, *filled).check(0, "role.json had faults before, for which AWS may refuse it")
    assert run.out.count("added statement") == 2 and "key.json: nothing to change" in run.out, run.out
    Run("access", *QUESTION, *policies, *filled).check(1)


def test_a_policy_option_must_not_be_left_out():
    for i in range(0, 6, 2):
        grant(*QUESTION, *NONE[:i], *NONE[i + 2:]).check(2, NONE[i] + " is missing", "none")
    grant("--principal", PRINCIPAL, "--secret", SECRET, *NONE).check(2, "--key is missing")
    grant("--principal", PRINCIPAL, "--secret", SECRET, "--key", "none", *NONE).check(2, "leave --key-policy out")
    grant(*QUESTION, *NONE, "--any-version", "--strict-stage").check(2, "--any-version goes with neither")


def test_layout_of_the_author_stays():
    folder = Folder()
    tabs = ('{\r\n\t"Statement" : [\r\n\t\t{\r\n\t\t\t"Effect" : "Allow",\r\n\t\t\t"Principal" : {"AWS" : "444455556666"},\r\n'
            '\t\t\t"Action" : "secretsmanager:*", "Resource" : "*"\r\n\t\t}\r\n\t],\r\n\t"Version" : "2012-10-17"\r\n}\r\n')
    compact = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
    answer = grant(*QUESTION, "--secret-policy", folder.write("s.json", tabs), "--key-policy", "none", "--identity-policy",
                   folder.write("i.json", compact), "--format", "json").check(0).json()
    secret, identity = answer["policies"][0]["text"], answer["policies"][2]["text"]
    head, tail = tabs[:tabs.index("\r\n\t],")], tabs[tabs.index("\r\n\t],"):]
    assert secret.startswith(head + ",\r\n\t\t{\r\n\t\t\t\"Sid\" : ") and secret.endswith("\r\n\t\t}" + tail), secret
    assert "\n" not in secret.replace("\r\n", ""), secret
    assert identity.startswith(compact[:-2].replace('"Statement":{', '"Statement":[{') + "},") and "\n" not in identity, identity
    assert len(json.loads(identity)["Statement"]) == 3, identity


def test_sids_never_collide():
    folder = Folder()
    first = grant(*QUESTION, *NONE, "--format", "json").check(0).json()["policies"]
    sids = [s["Sid"] for s in first[2]["document"]["Statement"]]
    taken = {"Version": "2012-10-17", "Statement": [
        {"Sid": sid, "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} for sid in (sids[0], sids[0] + "n2", sids[1])]}
    path = folder.write("i.json", json.dumps(taken))
    new = grant(*QUESTION, *NONE[:4], "--identity-policy", path, "--format", "json").check(0).json()["policies"][2]
    all_sids = [s["Sid"] for s in new["document"]["Statement"]]
    assert len(set(all_sids)) == 5 and all_sids[3] == sids[0] + "n3", all_sids


def test_sizes():
    """A policy that AWS would refuse is not written; the size and what to shorten are told."""
    folder = Folder()

    def long(kind, size):
        statement = {"Sid": "Long", "Effect": "Allow", "Action": [f"{'kms' if kind == 'key' else 'secretsmanager'}:Describe*"],
                     "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/t": ""}}}
        if kind != "identity":
            statement["Principal"] = {"AWS": "arn:aws:iam::444455556666:root"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
        return text.replace('"aws:PrincipalTag/t":""', '"aws:PrincipalTag/t":"' + "x" * (size - len(text)) + '"')

    for kind, limit, option in (("secret", 20480, 0), ("key", 32768, 2), ("identity", 6144, 4)):
        for size, status in ((limit - 200, 1), (limit - 1000, 0)):
            args = list(NONE)
            args[option + 1] = folder.write(f"{kind}.json", long(kind, size))
            run = grant(*QUESTION, *args).check(status)
            if status:
                run.check(1, f"and AWS takes {limit}", "shorten it by", "statement 0 is the longest")


def test_blanks_are_told_when_they_are_too_many():
    folder = Folder()
    text = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "secretsmanager:DescribeSecret", "Resource": "*"}]},
        indent=2).replace("\n", "\n" + " " * 1500)
    path = folder.write("s.json", text)
    grant(*QUESTION, "--secret-policy", path, *NONE[2:]).check(1, "are blanks between values")


def test_expect_turns_the_outcome_into_an_assertion():
    grant(*QUESTION, *NONE, "--expect", "proved").check(0)
    grant(*QUESTION, *NONE, "--expect", "blocked").check(1)
    grant(*QUESTION, *NONE, "--expect", "unproved").check(1)
    with Folder() as folder:
        deny = folder.write("deny.json", json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]}))
        blocked = [*QUESTION, *NONE[:4], "--identity-policy", deny]
        grant(*blocked).check(1)
        grant(*blocked, "--expect", "blocked").check(0)
        grant(*blocked, "--expect", "proved").check(1)
    for command in ("grant", "revoke"):
        Run(command, *QUESTION, *NONE, "--expect", "PASS").check(
            2, "--expect PASS is none of proved, unproved, blocked", out="")


def test_commands():
    run = grant(*QUESTION, *NONE, "--format", "aws-cli").check(0)
    lines = [line for line in run.out.splitlines() if line.startswith(("#", "aws "))]
    assert [line.split()[1:3] for line in lines if line.startswith("aws")] == [
        ["secretsmanager", "put-resource-policy"], ["kms", "put-key-policy"], ["iam", "put-role-policy"]], lines
    assert [("444455556666" in line, "111122223333" in line) for line in lines if line[0] == "#"] == [
        (True, False), (True, False), (False, True)], lines
    words = shlex.split(run.out, comments=True)
    assert "--block-public-policy" in words and words.count("aws") == 3, words
    for option in ("--resource-policy", "--policy", "--policy-document"):
        assert json.loads(words[words.index(option) + 1])["Statement"], option
    syntax = subprocess.run(["sh", "-n"], input=run.out.encode(), check=False)
    assert syntax.returncode == 0


def test_names_from_replies_and_quotes():
    folder = Folder()
    doc = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::it's/*"}}
    reply = folder.write("reply.json", json.dumps({"RoleName": "PRODUCTION_ROLE", "PolicyName": "Own.Name", "PolicyDocument": doc},
                                                  indent=4))
    words = shlex.split(grant(*QUESTION, *NONE[:4], "--identity-policy", reply, "--format", "aws-cli").check(0).out, comments=True)
    assert words[words.index("--policy-name", words.index("iam")) + 1] == "Own.Name", words
    assert json.loads(words[words.index("--policy-document") + 1])["Statement"][0] == doc["Statement"], words
    version = folder.write("version.json", json.dumps({"PolicyVersion": {"Document": doc, "VersionId": "v1",
                                                                         "IsDefaultVersion": True}}))
    grant(*QUESTION, *NONE[:4], "--identity-policy", version, "--format", "aws-cli").check(
        0, "create-policy-version --set-as-default --policy-arn \"${POLICY_ARN:?")


def test_diff_applies():
    folder = Folder()
    text = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}, indent=2) + "\n"
    path = folder.write("i.json", text)
    run = grant(*QUESTION, *NONE[:4], "--identity-policy", path, "--format", "diff").check(0)
    assert f"--- {path}" in run.out and "+++ " in run.out and "\n-" not in run.out.replace("\n---", ""), run.out
    added = [line for line in run.out.splitlines() if line.startswith("+ ")]
    assert any("secretsmanager:GetSecretValue" in line for line in added), run.out
    blocked = grant("--principal", PRINCIPAL, "--secret", SECRET, "--key", "none", "--secret-policy", "none",
                    "--identity-policy", "none", "--format", "diff").check(1, "customer managed key")
    assert blocked.out == "", blocked.out


def test_write_makes_new_files_only():
    folder = Folder()
    target = os.path.join(folder.path, "new")
    os.mkdir(target)
    grant(*QUESTION, *NONE, "--write", target).check(0)
    assert sorted(os.listdir(target)) == ["identity-policy.json", "key-policy.json", "secret-policy.json"]
    written = [x for layer in LAYERS for x in
               (OPTION[layer], os.path.join(target, {"resource": "secret"}.get(layer, layer) + "-policy.json"))]
    Run("access", *QUESTION, *written).check(0, "allowed")
    grant(*QUESTION, *NONE, "--write", target).check(0)
    grant(*QUESTION, *written, "--write", target).check(0, "nothing to change")
    # An input of that name is not written over, whatever the change is.
    grant(*QUESTION, *written, "--any-version", "--write", target).check(3, "--write makes new files only")
    grant(*QUESTION, *NONE, "--write", os.path.join(folder.path, "none")).check(3, "cannot write")
    words = shlex.split(grant(*QUESTION, *NONE, "--write", target, "--format", "aws-cli").check(0).out, comments=True)
    assert f"file://{target}/key-policy.json" in words, words


def test_placeholders_are_filled_in():
    folder = Folder()
    text = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": '
            '"arn:aws:iam::CENTRAL:root"}, "Action": "secretsmanager:*", "Resource": "*"}]}')
    answer = grant(*QUESTION, "--secret-policy", folder.write("s.json", text), *NONE[2:], "--set", "CENTRAL=444455556666",
                   "--format", "json").check(0).json()
    assert answer["policies"][0]["document"]["Statement"][0]["Principal"]["AWS"] == "arn:aws:iam::444455556666:root", answer


def documents(folder, answer):
    args = []
    for i, policy in enumerate(answer["policies"]):
        args += [OPTION[policy["type"]], folder.write(f"{i}.json", policy["text"]) if policy["text"] else "none"]
    return args


def test_revoke_takes_back_what_was_granted():
    folder = Folder()
    text = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}, indent=2) + "\n"
    start = ["--secret-policy", "none", "--key-policy", "none", "--identity-policy", folder.write("start.json", text)]
    granted = grant(*QUESTION, *start, "--format", "json").check(0).json()
    run = Run("revoke", *QUESTION, *documents(folder, granted), "--format", "json").check(0)
    revoked = run.json()
    assert revoked["policies"][0]["document"] is None and revoked["policies"][2]["text"] == text, run.out
    assert [p["claim"] for p in revoked["proofs"]] == ["denied", "never", "valid", "managed", "nothing-lost"], run.out
    assert all(p["answer"] == "yes" for p in revoked["proofs"]), run.out
    Run("revoke", *QUESTION, *documents(folder, granted), "--format", "aws-cli").check(0, "delete-resource-policy", "put-key-policy",
                                                                                       "put-role-policy")
    Run("revoke", *QUESTION, *documents(folder, revoked)).check(0, "unchanged")


def test_revoke_leaves_others_in_a_statement():
    folder = Folder()
    other = "arn:aws:iam::111122223333:role/OTHER"
    secret = folder.write("s.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": [PRINCIPAL, other]}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}))
    key = folder.write("k.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": [other, PRINCIPAL]}, "Action": "kms:Decrypt", "Resource": "*"}]}))
    admin = folder.write("i.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    run = Run("revoke", *QUESTION, "--secret-policy", secret, "--key-policy", key, "--identity-policy", admin, "--format", "json")
    policies = run.check(0).json()["policies"]
    assert policies[0]["document"]["Statement"][0]["Principal"] == {"AWS": [other]} and policies[0]["cut"] == [0], run.out
    assert policies[1]["document"]["Statement"][1]["Principal"] == {"AWS": [other]}, run.out
    assert not policies[2]["changed"], run.out


def test_revoke_refuses_what_does_not_name_the_principal():
    folder = Folder()
    secret = folder.write("s.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}))
    key = folder.write("k.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:Decrypt", "Resource": "*"}]}))
    admin = folder.write("i.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    run = Run("revoke", *QUESTION, "--secret-policy", secret, "--key-policy", key, "--identity-policy", admin)
    run.check(1, "blocked", secret, key, admin, "does not name this principal alone")


def test_revoke_looks_at_all_requests():
    """A condition on a fact that is not given keeps this call out, but not every call."""
    folder = Folder()
    secret = folder.write("s.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
         "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}))
    key = folder.write("k.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:Decrypt", "Resource": "*"}]}))
    admin = folder.write("i.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    policies = ["--secret-policy", secret, "--key-policy", key, "--identity-policy", admin]
    Run("access", *QUESTION, *policies).check(1)
    Run("revoke", *QUESTION, *policies).check(1, "the principal can never read the secret: there is a request that is allowed", secret)
    Run("revoke", *QUESTION, *policies, "--context", "aws:SourceIp=198.51.100.7").check(0, "unchanged")


def test_revoke_does_not_lock_the_key():
    folder = Folder()
    me = "arn:aws:iam::444455556666:role/ADMIN"
    key = folder.write("k.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": me}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/USER"}, "Action": "kms:Decrypt", "Resource": "*"}]}))
    secret = folder.write("s.json", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": me}, "Action": "secretsmanager:*", "Resource": "*"}]}))
    Run("revoke", "--principal", me, "--secret", SECRET, "--key", KEY, "--secret-policy", secret, "--key-policy", key,
        "--identity-policy", "none").check(1, "the key policy could no longer be changed")


def test_help_is_for_both():
    for command in ("grant", "revoke"):
        Run(command, "--help").check(0, "usage: policyeval grant|revoke")
    assert os.access(TOOL, os.X_OK)


main(globals())

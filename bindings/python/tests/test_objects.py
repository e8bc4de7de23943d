# SPDX-License-Identifier: MIT
"""Contexts, policies, sets, requests, questions: what they take, what they give, how they end."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from pathlib import Path
from typing import Any, Callable, Dict

import policyeval
import pytest
from conftest import ARTICLE, KEY, ROLE, S3, SECRET, TOP, USER, run
from policyeval import (Access, Analysis, Answer, Context, Effect, Kind, Layer, Limits, Policy, PolicySet, Principal, Reach,
                        Relation, Request, Severity, Simulator, Validator)

GET = {"principal": USER, "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key"}
REPLY = {"PolicyName": "p", "RoleName": "r", "PolicyDocument": S3}


def article(**more: Any) -> Dict[str, Any]:
    return {"principal": ROLE, "secret": SECRET, "key": KEY, "secret_policies": ARTICLE / "secret.json",
            "key_policy": ARTICLE / "key.json", "identity_policies": ARTICLE / "role.json", **more}


# ---- policies ----


def test_a_policy_from_everything(tmp_path: Path) -> None:
    text = json.dumps(S3)
    path = tmp_path / "p.json"
    path.write_text(text, "utf-8")
    policies = [Policy(source) for source in (text, text.encode(), S3, path, REPLY, json.dumps(REPLY))]
    assert all(policy == policies[0] and len(policy) == 2 and policy for policy in policies)
    assert policies[0].kind is Kind.IDENTITY and Policy(S3, "boundary").kind is Kind.BOUNDARY
    assert json.loads(str(policies[0]))["Statement"][0]["Sid"] == "Reading"
    assert policies[0] != Policy(WIDE) and policies[0] != "text"
    assert repr(policies[0]) == "<Policy identity, 2 statements>"
    with pytest.raises(TypeError):
        hash(policies[0])


def test_a_refused_policy_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Alow"}]\n}', "utf-8")
    with pytest.raises(policyeval.NotAPolicyError) as raised:
        Policy(path)
    error = raised.value
    assert (error.source, error.line, error.column) == (str(path), 3, 16)
    assert str(error).startswith(f"{path}:3:17: ") and error.findings[0].severity is Severity.ERROR
    assert error.report and "3:17" in error.report.text and json.loads(error.report.sarif)["version"] == "2.1.0"
    assert isinstance(error, ValueError)
    again = pickle.loads(pickle.dumps(error))
    assert (again.line, again.findings, str(again)) == (error.line, error.findings, str(error))


def test_not_json_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(policyeval.NotJSONError) as raised:
        Policy("{", name="x")
    assert raised.value.source == "x" and raised.value.code.name == "EJSON"
    with pytest.raises(policyeval.FileError) as missing:
        Policy(tmp_path / "missing.json")
    assert isinstance(missing.value, OSError) and "missing.json" in str(missing.value)
    with pytest.raises(policyeval.FileError):
        Policy(tmp_path)


def test_a_reply_that_says_that_there_is_no_policy() -> None:
    reply = {"ARN": SECRET, "Name": "SECURITY_SECRET"}
    with pytest.raises(policyeval.NotFoundError):
        Policy(reply, Kind.SECRET)
    with Access(**article(secret_policies=reply)) as asked:
        assert asked.effect() is Effect.IMPLICIT_DENY


# ---- contexts ----


def test_a_context_has_limits_placeholders_readings() -> None:
    with Context(limits=Limits(depth=5), placeholders={"TEAM": "blue"}, readings={"AMB-8": "live"}, strict=True) as ctx:
        assert ctx.limits.depth == 5 and (ctx.limits.nodes or 0) > 1000
        with pytest.raises(policyeval.LimitError):
            Policy(json.dumps({"a": [[[[[[1]]]]]]}), ctx=ctx)
        policy = Policy({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
                                                               "Resource": "arn:aws:s3:::TEAM/*"}}, ctx=ctx)
        assert "arn:aws:s3:::blue/*" in str(policy)


def test_a_context_holds_no_more_memory_than_it_may() -> None:
    with Context() as ctx:
        with pytest.raises(policyeval.StateError, match="memory_bytes"):
            ctx.memory
        assert ctx.limits.memory_bytes is None
    with Context(limits=Limits(memory_bytes=1 << 40)) as ctx:
        before = ctx.memory
        policy = Policy(S3, ctx=ctx)
        assert ctx.memory.held > before.held and ctx.memory.most >= ctx.memory.held and ctx.memory.refused == 0
        most = ctx.memory.most
        policy.close()
        assert ctx.memory.held == before.held
    with Context(limits=Limits(memory_bytes=most - 1)) as ctx:
        assert ctx.limits.memory_bytes == most - 1
        with pytest.raises(policyeval.MemoryLimitError, match="memory_bytes") as caught:
            Policy(S3, ctx=ctx)
        assert isinstance(caught.value, policyeval.LimitError) and isinstance(caught.value, MemoryError)
        assert ctx.memory.refused > 0 and ctx.memory.held == 0
    with Context(limits=Limits(memory_bytes=most)) as ctx:
        Policy(S3, ctx=ctx).close()


@pytest.mark.parametrize("options, error", [
    ({"limits": Limits(depth=1 << 40)}, policyeval.InvalidArgumentError), ({"limits": Limits(depth=-1)}, ValueError),
    ({"limits": Limits(depth="5")}, TypeError), ({"placeholders": {"no token!": "x"}}, ValueError),
    ({"placeholders": {"A": 5}}, TypeError), ({"readings": {"AMB-999": "x"}}, policyeval.NotFoundError),
    ({"readings": {"AMB-8": "nonsense"}}, policyeval.NotFoundError), ({"readings": {"AMB-8\0": "live"}}, ValueError),
    ({"catalog": "/no/such/folder"}, policyeval.FileError),
])
def test_what_a_context_refuses(options: Dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        Context(**options)


def test_explaining() -> None:
    with Context(explain=True) as ctx:
        policies = PolicySet(identity=S3, ctx=ctx)
        decision = policies.evaluate(Request(USER, "s3:PutObject", GET["resource"], ctx=ctx))
    missed = decision.layers[-1].missed
    assert missed[0].failed == ("action",) and missed[1].condition is not None
    assert missed[1].condition.key == "aws:SecureTransport"
    assert PolicySet(identity=S3).evaluate(GET).layers[-1].missed == ()


# ---- sets and requests ----


def test_a_decision_says_why() -> None:
    policies = PolicySet(identity=[Policy(S3, name="s3.json")])
    allowed = policies.evaluate(GET)
    assert allowed.effect and allowed.effect is Effect.ALLOW and allowed.reason == ""
    identity = [layer for layer in allowed.layers if layer.type is Layer.IDENTITY][0]
    assert identity.source == "s3.json" and identity.matched[0].sid == "Reading"
    denied = policies.evaluate(Request(USER, "s3:GetObject", GET["resource"], context={"aws:SecureTransport": False}))
    assert denied.effect is Effect.EXPLICIT_DENY and not denied.effect and "explicit deny" in denied.reason
    unknown = policies.evaluate(Request(USER, "s3:GetObject", GET["resource"], unknown=["aws:SecureTransport"]))
    assert unknown.effect is Effect.UNKNOWN and unknown.missing_context == ("aws:SecureTransport",)
    assert json.loads(allowed.aws)
    assert pickle.loads(pickle.dumps(denied)) == denied == copy.deepcopy(denied)
    with pytest.raises(dataclasses.FrozenInstanceError):
        denied.effect = Effect.ALLOW  # type: ignore[misc]


def test_caps_and_levels() -> None:
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    def effect(**layers: Any) -> Effect:
        with PolicySet(identity=S3, **layers) as policies:
            return policies.effect(GET)
    assert effect() is Effect.ALLOW
    assert effect(boundary=everything, scp=[everything, [everything, S3]]) is Effect.ALLOW
    for cap in ({"boundary": []}, {"session": ()}, {"endpoint": []}, {"scp": []}, {"scp": [everything, []]}, {"rcp": [[]]}):
        assert effect(**cap) is Effect.IMPLICIT_DENY, cap
    with pytest.raises(TypeError):
        PolicySet(scp=everything)
    with pytest.raises(TypeError):
        PolicySet(scp="{}")


def test_a_frozen_set_takes_no_more() -> None:
    policies = PolicySet()
    policies.add("identity", S3)
    policies.add(Layer.SCP, S3, 2)
    policies.freeze()
    policies.freeze()
    for change in (lambda: policies.add("identity", S3), lambda: policies.declare("boundary"),
                   lambda: policies.add_grants([])):
        with pytest.raises(policyeval.StateError):
            change()
    with pytest.raises(ValueError):
        PolicySet().add("grant", S3)
    with pytest.raises(policyeval.InvalidArgumentError):
        PolicySet().add("identity", Policy(S3, "boundary").__class__(ARTICLE / "secret.json", "secret"))


def test_principals() -> None:
    trust = Policy({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}]}, Kind.TRUST)
    policies = PolicySet(resource=trust, identity={"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "*", "Resource": "*"}})
    def effect(principal: Any) -> Effect:
        return policies.effect(Request(principal, "sts:AssumeRole", ROLE))
    assert effect({"service": "lambda.amazonaws.com"}) is Effect.ALLOW
    assert effect(Principal(service="ec2.amazonaws.com")) is not Effect.ALLOW
    assert effect(Principal(arn=USER, tags={"team": "blue"}, org_id="o-1", management_account=True)) is Effect.ALLOW
    assert effect({"anonymous": True}) is not Effect.ALLOW
    assert effect({"federated": "accounts.google.com"}) is not Effect.ALLOW


def test_a_request_as_a_case() -> None:
    request = Request(USER, "s3:GetObject", "arn:aws:s3:::bucket/key", context={
        "aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b"], "s3:max-keys": 10, "aws:ViaAWSService": True},
        unknown=["aws:PrincipalOrgID"], readings={"AMB-8": "live"}, only="identity", resource_account="111122223333")
    case = json.loads(request.json)
    assert case["context"] == {"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b"], "s3:max-keys": "10",
                               "aws:ViaAWSService": "true"}
    assert case["unknown"] == ["aws:PrincipalOrgID"] and case["readings"] == {"AMB-8": "live"}
    assert Request.from_case(case).json == request.json and "s3:GetObject" in repr(request)


# ---- the question ----


def test_the_question() -> None:
    with Access(**article()) as asked:
        first = asked.decide()
        assert first and first.effect is Effect.ALLOW and first.operable and asked.effect() is Effect.ALLOW
        asked.set(key_state="PendingDeletion")
        held = asked.decide()
        assert held.effect is Effect.ALLOW and not held and held.problems[0].error
        asked.set(key_state="Enabled", version_stage="AWSPREVIOUS")
        assert asked.effect() is Effect.IMPLICIT_DENY
        asked.add_policy("boundary", S3)
        asked.declare("session")
        denied = asked.decide()
        assert Layer.BOUNDARY in denied.secret.blocked_by and Layer.SESSION in denied.key.blocked_by
        assert asked.decide() == denied
        with pytest.raises(ValueError):
            asked.add_policy("grant", S3)


def test_hints() -> None:
    printed = ARTICLE.parent / "printed"
    ctx = Context(placeholders={"PRODUCTION": "111122223333", "CENTRAL_SECURITY": "444455556666",
                                "SECURITY_CMK": KEY.rsplit("/", 1)[1]})
    answer = policyeval.access(**article(secret_policies=printed / "secret.json", identity_policies=printed / "role.json",
                                         key_policy=ARTICLE.parent / "wrapped" / "key.json", ctx=ctx))
    assert not answer and {"RESOURCE_LEADING_SPACE"} <= {hint.rule for hint in answer.hints}
    hint = answer.hints[0]
    assert hint.source and hint.span and hint.replacement and answer.legs == (answer.secret, answer.key)


def test_grants(tmp_path: Path) -> None:
    grants = [{"KeyId": KEY, "GrantId": "g", "GranteePrincipal": ROLE, "Operations": ["Decrypt"]}]
    path = tmp_path / "grants.json"
    path.write_text(json.dumps({"Grants": grants}), "utf-8")
    key = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*",
                                                 "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}}
    for given in (grants, tuple(grants), {"Grants": grants}, path, json.dumps(grants), json.dumps(grants).encode()):
        answer = policyeval.access(**article(key_policy=key, grants=given))
        assert answer.key.effect is Effect.ALLOW
    with pytest.raises(policyeval.NotAPolicyError):
        PolicySet(grants=[{"GrantId": 5}])
    with pytest.raises(policyeval.FileError):
        PolicySet(grants=tmp_path / "missing")
    with pytest.raises(policyeval.NotJSONError):
        Access(**article(grants="{"))
    with pytest.raises(TypeError):
        PolicySet(grants=5)


# ---- simulator, validation, analysis ----


def lines() -> str:
    define = {"define": "team", "policies": {"identity": [{"name": "s3.json", "policy": S3}]}}
    cases = [{**GET, "id": str(i), "action": action, "policies": "team"}
             for i, action in enumerate(("s3:GetObject", "s3:PutObject", "kms:Decrypt"))]
    unknown = {**GET, "id": "u", "unknown": ["aws:SecureTransport"], "policies": "team"}
    return "\n".join([json.dumps(define), "", *map(json.dumps, cases * 7), "{bad", json.dumps(unknown), "[]"])


@pytest.mark.parametrize("form", ["json", "aws"])
@pytest.mark.parametrize("jobs", [1, 4])
def test_simulated_cases_are_the_commands(tool: str, form: str, jobs: int) -> None:
    with Simulator(format=form) as simulator:
        results = simulator.run_many(lines().split("\n"), jobs=jobs)
    done = run(tool, "simulate", "--cases", "-", "--format", form, stdin=lines())
    assert "".join(result.json + "\n" for result in results) == done.stdout.decode("utf-8")
    assert done.returncode == 3 and [result.malformed for result in results].count(True) == 2
    bad = [result for result in results if result.malformed][0]
    assert bad.effect is None and bad.error
    assert results[0].effect is Effect.ALLOW and results[0].error is None


def test_a_case_is_what_its_parts_are() -> None:
    with Simulator() as simulator:
        assert simulator.run({"define": "team", "policies": {"identity": [{"name": "s3.json", "policy": S3}]}}) is None
        result = simulator.run({**GET, "policies": "team"})
        assert result and result.json == PolicySet(identity=Policy(S3, name="s3.json")).evaluate(GET).json
        assert simulator.run("") is None and simulator.run(b"  ") is None
        wrong = simulator.run("{", 17)
        assert wrong and wrong.data["error"]["line"] == 17


BAD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "*"}]}


@pytest.mark.parametrize("form", ["json", "text", "sarif"])
def test_findings_are_the_commands(tool: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(json.dumps(BAD), "utf-8")
    Path("b.json").write_text(json.dumps(S3, indent=1), "utf-8")
    report = policyeval.validate([Path("a.json"), Path("b.json")], Kind.IDENTITY)
    done = run(tool, "validate", "--type", "identity", "--format", form, "a.json", "b.json", cwd=tmp_path)
    assert done.stdout.decode("utf-8").rstrip("\n") == getattr(report, form).rstrip("\n")
    assert report.worst in set(Severity) and {finding.source for finding in report.findings} <= {"a.json", "b.json"}


def test_validators(tmp_path: Path) -> None:
    assert "REDUNDANT_ACTION" in {finding.code for finding in policyeval.validate(BAD, "identity").findings}
    with Validator(ignore=["REDUNDANT_ACTION"]) as validator:
        assert "REDUNDANT_ACTION" not in {finding.code for finding in validator.validate(BAD, "identity").findings}
    with Validator(only=["REDUNDANT_ACTION"]) as validator:
        fixed = validator.fix(BAD, "identity", name="a.json")
        assert fixed.complete and "s3:Get*" in fixed.text and "s3:GetObject" not in fixed.text
        assert fixed.diff.startswith("--- a.json") and validator.fix(fixed.text, "identity").diff == ""
        assert validator.validate(fixed.text, "identity").findings == ()
    with pytest.raises(policyeval.NotJSONError) as raised:
        policyeval.validate(["{}", "{"], "identity", name="x")
    assert raised.value.report and raised.value.source == "x"
    secret = (ARTICLE / "secret.json")
    with Validator(caller=USER, identity_policies=[S3], known_principals=[USER]) as validator:
        assert json.loads(validator.validate(secret, "secret").aws)["PolicyValidationPassed"] in (True, False)
    for options, error in (({"ignore": ["NO_SUCH_RULE"]}, policyeval.NotFoundError), ({"only": "X"}, TypeError),
                           ({"caller": "nobody"}, policyeval.InvalidArgumentError), ({"caller": 5}, TypeError),
                           ({"known_principals": "[5]"}, policyeval.PolicyEvalError)):
        with pytest.raises(error):
            Validator(**options)
    with pytest.raises(policyeval.InvalidArgumentError):
        policyeval.validate([], "identity")
    with pytest.raises(policyeval.FileError):
        policyeval.validate(tmp_path / "missing", "identity")


WIDE = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
NARROW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}


def test_checks(tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, policy in (("wide.json", WIDE), ("narrow.json", NARROW)):
        Path(name).write_text(json.dumps(policy), "utf-8")
    wide, narrow = Path("wide.json"), Path("narrow.json")

    def same(answer: policyeval.AnalysisAnswer, *command: str) -> policyeval.AnalysisAnswer:
        done = run(tool, *command, cwd=tmp_path)
        assert done.stdout.decode("utf-8").rstrip("\n") == answer.json.rstrip("\n"), done.stderr
        assert json.loads(answer.json) == answer.data
        return answer

    fine = same(policyeval.check_no_new_access(narrow, wide), "check-no-new-access", "--type", "identity", "--format",
                "json", "--new", "narrow.json", "--existing", "wide.json")
    assert fine and fine.answer is Answer.NO and fine.witness is None
    more = same(policyeval.check_no_new_access(wide, narrow), "check-no-new-access", "--type", "identity", "--format",
                "json", "--new", "wide.json", "--existing", "narrow.json")
    assert not more and more.answer is Answer.YES and more.reasons == (0,) and more.witness
    assert PolicySet(identity=wide).effect(more.witness) is Effect.ALLOW
    assert PolicySet(identity=narrow).effect(more.witness) is Effect.IMPLICIT_DENY
    compared = same(policyeval.compare(wide, narrow), "compare", "--type", "identity", "--format", "json", "wide.json",
                    "narrow.json")
    assert compared.relation is Relation.BROADER and compared.witness and compared.second_witness is None
    assert not policyeval.check_access_not_granted(wide, actions="s3:PutObject")
    assert policyeval.check_access_not_granted(narrow, actions=["s3:PutObject"], resources=["arn:aws:s3:::b/*"])
    anyone = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                                    "Resource": "*"}}
    assert not policyeval.check_no_public_access(anyone, kind="resource")
    assert policyeval.check_no_public_access(ARTICLE / "secret.json", kind=Kind.SECRET)
    assert not policyeval.check_no_public_access(ARTICLE / "secret.json", kind="secret", rule="zone",
                                                 trust={"account": ["444455556666"]}, ip_limit=256, grant_only=True,
                                                 closed_catalog=True)
    for options, error in (({"trust": {"moon": []}}, ValueError), ({"trust": {"account": ["x"]}}, ValueError),
                           ({"rule": "none"}, ValueError), ({"ip_limit": -1}, ValueError)):
        with pytest.raises(error):
            Analysis("public", anyone, kind="resource", **options)
    with pytest.raises(policyeval.InvalidArgumentError):
        Analysis("new-access", wide).run()


def test_all_requests(tool: str) -> None:
    with Access(**article()) as asked:
        answer = asked.all_requests()
        assert not answer.reach or answer
        for form in ("json", "text"):
            done = run(tool, "access", "--principal", ROLE, "--secret", SECRET, "--key", KEY, "--all-requests",
                       "--secret-policy", str(ARTICLE / "secret.json"), "--key-policy", str(ARTICLE / "key.json"),
                       "--identity-policy", str(ARTICLE / "role.json"), "--format", form)
            assert done.stdout.decode("utf-8").rstrip("\n") == getattr(answer, form).rstrip("\n"), done.stderr
        assert answer.data["answer"] == answer.reach.text and answer.reach is Reach.SOMETIMES
        assert answer.witness and answer.counterexample and not answer
        asked.declare("boundary")
        assert asked.all_requests().reach is Reach.NEVER
    with Access(**{**article(), "key_state": "Disabled"}) as asked:
        assert not asked.all_requests().operable and answer.operable


@pytest.mark.parametrize("word", ["grant", "revoke"])
def test_changes_are_the_commands(tool: str, word: str) -> None:
    secret: Any = () if word == "grant" else ARTICLE / "secret.json"
    files = {"secret_policies": secret, "identity_policies": ARTICLE / "role.json", "key_policy": ARTICLE / "key.json"}
    with Access(**article(**files)) as asked:
        change = asked.grant() if word == "grant" else asked.revoke()
        strict = asked.grant(strict_stage=True, folder="there")
        with pytest.raises(ValueError):
            asked.grant(folder="a\0b")
    for form, mine in (("json", change.json), ("text", change.text), ("diff", change.diff), ("aws-cli", change.commands)):
        done = run(tool, word, "--principal", ROLE, "--secret", SECRET, "--key", KEY, "--secret-policy",
                   str(secret or "none"), "--identity-policy", str(ARTICLE / "role.json"), "--key-policy", str(ARTICLE / "key.json"),
                   "--format", form)
        assert done.stdout.decode("utf-8").rstrip("\n") == mine.rstrip("\n"), form
        assert done.returncode == (0 if change else 1 if change.blocked_by else 4)
    assert change and change.changed and change.proofs and not change.blocked_by and strict.commands != change.commands
    assert {one.layer for one in change.policies if one.changed} <= {Layer.RESOURCE, Layer.KEY, Layer.IDENTITY}
    if word == "grant":
        after = {one.layer: one.text for one in change.policies}
        assert policyeval.access(**article(**{**files, "secret_policies": after[Layer.RESOURCE]}))


# ---- the end ----


MAKERS: Dict[str, Callable[[], Any]] = {
    "Context": Context, "Policy": lambda: Policy(S3), "PolicySet": lambda: PolicySet(identity=S3),
    "Request": lambda: Request.from_case(GET), "Access": lambda: Access(**article()), "Simulator": Simulator,
    "Validator": Validator, "Analysis": lambda: Analysis("compare", WIDE, NARROW)}
USES: Dict[str, Callable[[Any], Any]] = {
    "Context": lambda one: Policy(S3, ctx=one), "Policy": lambda one: PolicySet(identity=one),
    "PolicySet": lambda one: one.evaluate(GET), "Request": lambda one: PolicySet().effect(one),
    "Access": lambda one: one.decide(), "Simulator": lambda one: one.run(GET),
    "Validator": lambda one: one.validate(S3, "identity"), "Analysis": lambda one: one.run()}


def test_every_owner_is_tested() -> None:
    owners = {cls.__name__ for cls in policyeval._handle.Owner.__subclasses__()}
    assert owners == set(MAKERS) == set(USES)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_closed_object_raises(name: str) -> None:
    with MAKERS[name]() as one:
        USES[name](one)
        assert not one.closed
    assert one.closed
    one.close()
    for attempt in (USES[name], lambda one: one.__enter__()):
        with pytest.raises(policyeval.ClosedError) as raised:
            attempt(one)
        assert name in str(raised.value)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            attempt(MAKERS[name]())
    assert name in repr(one)


def test_a_closed_context_keeps_what_was_made_with_it() -> None:
    ctx = Context()
    policy = Policy(S3, ctx=ctx)
    policies = PolicySet(identity=policy, ctx=ctx)
    request = Request.from_case(GET, ctx=ctx)
    ctx.close()
    policy.close()
    assert policies.evaluate(request).effect is Effect.ALLOW and "s3:GetObject" in request.json
    with pytest.raises(policyeval.ClosedError):
        policies.add("identity", policy)


def test_the_default_context_comes_back() -> None:
    policyeval.default_context().close()
    assert PolicySet(identity=S3).effect(GET) is Effect.ALLOW


def test_examples_say_the_same() -> None:
    assert (TOP / "examples" / "access.expected").read_text("utf-8").splitlines()[0] == policyeval.access(
        **article()).text.splitlines()[0]

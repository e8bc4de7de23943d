# SPDX-License-Identifier: MIT
"""The vectors of tests/vectors, through this package; and its JSON is the command's, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import policyeval
import pytest
from conftest import TOP, areas, run, vectors
from policyeval import Access, Context, Decision, Kind, Layer, Policy, PolicySet, Request, Validator

RUN_HERE = {"decide", "access", "load", "validate", "analysis", "grant"}
DECIDE, ACCESS, LOAD, VALIDATE, ANALYSIS, GRANT = (vectors(area) for area in (
    "decide", "access", "load", "validate", "analysis", "grant"))


def ids(found: Any) -> Any:
    return {"ids": [name for name, _ in found], "argvalues": [vector for _, vector in found]}


def test_every_area_is_run() -> None:
    assert set(areas()) == RUN_HERE
    assert len(DECIDE) > 500 and len(ACCESS) > 30 and len(LOAD) > 30
    assert len(VALIDATE) > 300 and len(ANALYSIS) > 50 and len(GRANT) > 20


# ---- decide ----


def resource_kind(case: Dict[str, Any]) -> Kind:
    if case["resource"].startswith("arn:aws:kms:"):
        return Kind.KMS_KEY
    if case["resource"].startswith("arn:aws:secretsmanager:"):
        return Kind.SECRET
    return Kind.TRUST if case["action"].startswith("sts:") else Kind.RESOURCE


def document(policy: Any) -> Any:
    return policy["policy"] if isinstance(policy, dict) and "policy" in policy else policy


def policyset(case: Dict[str, Any]) -> PolicySet:
    policies = case.get("policies", {})
    caps: Dict[str, Any] = {name: [document(one) for one in policies[name]]
                            for name in ("boundary", "session", "endpoint") if name in policies}
    caps.update((name, [[document(one) for one in level] for level in policies[name]])
                for name in ("scp", "rcp") if name in policies)
    return PolicySet(identity=[document(one) for one in policies.get("identity", [])],
                     resource=[Policy(document(one), resource_kind(case)) for one in policies.get("resource", [])],
                     grants=policies.get("grants"), **caps)


def names(values: Any) -> List[str]:
    return [one.text for one in values]


@pytest.mark.parametrize("vector", **ids(DECIDE))
def test_decide(vector: Dict[str, Any]) -> None:
    case, expect = vector["case"], vector["expect"]
    with policyset(case) as policies, Request.from_case(case) as request:
        decision = policies.evaluate(request)
        assert decision.effect.text == expect["decision"]
        assert sorted(decision.assumptions) == sorted(expect.get("assumptions", []))
        if "blocked_by" in expect:
            assert sorted(names(decision.blocked_by)) == sorted(expect["blocked_by"])
        if "missing_context" in expect:
            assert sorted(decision.missing_context) == sorted(expect["missing_context"])
        if "matched" in expect:
            assert sorted([layer.type.text, match.statement] for layer in decision.layers
                          for match in layer.matched) == sorted(expect["matched"])
        assert policies.effect(request) is decision.effect
        assert policies.evaluate_many([request, case]).tolist() == [decision.effect] * 2
        same_as_getters(decision)
        if not spelled_twice(case):
            again = Request.from_case(json.loads(request.json))
            assert policies.evaluate(again).json == decision.json and again.json == request.json


def spelled_twice(case: Dict[str, Any]) -> bool:
    """A key in two spellings (AMB-36), of which the library prints one."""
    keys = [key.lower() for key in case.get("context", {})]
    return len(keys) != len(set(keys))


def same_as_getters(decision: Decision) -> None:
    assert bool(decision.effect) == (decision.effect is policyeval.Effect.ALLOW)
    assert (decision.reason != "") == decision.effect.text.endswith("Deny")
    assert json.loads(decision.json)["decision"] == decision.effect.text


# ---- access ----


def question(case: Dict[str, Any], policies: Dict[str, Any]) -> Access:
    given = {name: case[name] for name in ("key", "key_state", "version_stage", "version_id", "context", "unknown",
                                           "readings") if name in case}
    layers = {"boundary": "boundary", "session": "session_policies", "endpoint": "endpoint_policy", "scp": "scp",
              "rcp": "rcp", "grants": "grants"}
    caps = {ours: policies[name] for name, ours in layers.items() if name in policies}
    keys = policies.get("key", [])
    assert len(keys) <= 1
    return Access(case["principal"], case["secret"], secret_policies=policies.get("resource", []),
                  identity_policies=policies.get("identity", []), key_policy=keys[0] if keys else None,
                  **given, **caps)


def has_arn(vector: Dict[str, Any]) -> bool:
    caller = vector["case"]["principal"]
    return isinstance(caller, str) or "arn" in caller


def test_access_needs_an_arn() -> None:
    """The library's question has no setter for a caller without one."""
    assert all(map(has_arn, (vector for _, vector in ACCESS)))
    with pytest.raises(policyeval.InvalidArgumentError):
        Access({"anonymous": True}, "arn", secret_policies=(), identity_policies=())


@pytest.mark.parametrize("vector", **ids(ACCESS))
def test_access(vector: Dict[str, Any]) -> None:
    case, expect = vector["case"], vector["expect"]
    with question(case, case.get("policies", {})) as asked:
        answer = asked.decide()
        assert answer.effect.text == expect["decision"]
        for leg, wanted in zip(answer.legs, expect["legs"]):
            assert leg.effect.text == wanted["decision"]
            assert sorted(leg.assumptions) == sorted(wanted.get("assumptions", []))
            if "blocked_by" in wanted:
                assert sorted(names(leg.blocked_by)) == sorted(wanted["blocked_by"])
            if "hints" in wanted:
                assert {hint.rule for hint in leg.hints} == set(wanted["hints"])
        if "operability_ok" in expect:
            assert answer.operable == expect["operability_ok"]
        assert "all_requests" not in expect or asked.all_requests().reach.text == expect["all_requests"]
        assert asked.effect() is answer.effect
        assert asked.decide() == answer
        lib, pointer = policyeval._ffi.lib, asked._use().pointer
        assert lib.policyeval_access_decision(pointer) == answer.effect
        assert [lib.policyeval_access_leg(pointer, leg) for leg in (0, 1)] == [leg.effect for leg in answer.legs]
        assert bool(lib.policyeval_access_operable(pointer)) == answer.operable
        count = lib.policyeval_access_hints(pointer)
        assert sorted((lib.policyeval_access_hint_rule(pointer, i).text(),
                       lib.policyeval_access_hint_message(pointer, i).text()) for i in range(count)) == sorted(
                           (hint.rule, hint.message) for hint in answer.hints)


def options(case: Dict[str, Any], files: Dict[str, Any]) -> List[str]:
    """The case as options of `policyeval access`."""
    caller = case["principal"]
    caller = {"arn": caller} if isinstance(caller, str) else caller
    found = ["--principal", caller["arn"], "--secret", case["secret"]]
    for name, option in (("session_name", "--session-name"), ("path", "--principal-path"), ("id", "--principal-id"),
                         ("parent", "--federated-parent"), ("org_id", "--principal-org")):
        if name in caller:
            found += [option, caller[name]]
    for tag, value in caller.get("tags", {}).items():
        found += ["--principal-tag", f"{tag}={value}"]
    if caller.get("management_account"):
        found.append("--management-account")
    for name in ("key", "key_state", "version_stage", "version_id"):
        if name in case:
            found += ["--" + name.replace("_", "-"), case[name]]
    for key, value in case.get("context", {}).items():
        many = isinstance(value, list)
        for one in value if many else [value]:
            found += ["--context", f"{key}{'[]' if many else ''}={one}"]
    for key in case.get("unknown", []):
        found += ["--unknown", key]
    for row, reading in case.get("readings", {}).items():
        found += ["--reading", f"{row}={reading}"]
    for layer, option in (("resource", "--secret-policy"), ("identity", "--identity-policy"), ("key", "--key-policy"),
                          ("boundary", "--boundary"), ("session", "--session-policy"),
                          ("endpoint", "--endpoint-policy")):
        for path in files.get(layer, []):
            found += [option, str(path)]
    for option in ("--secret-policy", "--identity-policy"):
        if option not in found:
            found += [option, "none"]
    for layer in ("scp", "rcp"):
        for number, level in enumerate(files.get(layer, []), 1):
            for path in level or ["none"]:
                found += [f"--{layer}", f"{number}:{path}"]
    if "grants" in files:
        found += ["--grants", str(files["grants"])]
    return found


def with_path(case: Dict[str, Any]) -> Dict[str, Any]:
    """The role's ARN said as its path, for which there is an option."""
    caller = case["principal"]
    if isinstance(caller, str) or "role_arn" not in caller:
        return case
    role = caller["role_arn"].split(":role", 1)[1]
    caller = {name: caller[name] for name in caller if name != "role_arn"}
    return {**case, "principal": {**caller, "path": role[:role.rindex("/") + 1]}}


def tool_can(vector: Dict[str, Any]) -> bool:
    """Whether options can say the case: none says a cap without policies, a key without its policy, or a list without values."""
    case = vector["case"]
    policies = case.get("policies", {})
    return (("key" not in case or bool(policies.get("key")))
            and all(policies.get(cap, True) != [] for cap in ("boundary", "session", "scp", "rcp"))
            and all(value != [] for value in case.get("context", {}).values()))


SAID = [(name, vector) for name, vector in ACCESS if tool_can(vector)]


@pytest.mark.parametrize("vector", **ids(SAID))
def test_access_json_is_the_commands(vector: Dict[str, Any], tool: str, tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    count = 0

    def write(data: Any) -> Path:
        nonlocal count
        count += 1
        path = Path(f"{count}.json")
        path.write_text(json.dumps(data), "utf-8")
        return path

    case, files = with_path(vector["case"]), {}  # type: Dict[str, Any], Dict[str, Any]
    for layer, policies in case.get("policies", {}).items():
        if layer in ("scp", "rcp"):
            files[layer] = [[write(one) for one in level] for level in policies]
        elif layer == "grants":
            files[layer] = write(policies)
        else:
            files[layer] = [write(one) for one in policies]
    done = run(tool, "access", "--format", "json", *options(case, files))
    with question(case, files) as asked:
        answer = asked.decide()
    assert done.stdout.decode("utf-8") == answer.json + "\n", done.stderr
    assert done.returncode == (0 if answer else 4 if answer.effect is policyeval.Effect.UNKNOWN else 1)
    told = run(tool, "access", *options(case, files))
    assert told.stdout.decode("utf-8") == answer.text, told.stderr


def test_enough_is_compared_with_the_command() -> None:
    assert len(SAID) > len(ACCESS) / 2


# ---- load ----


@pytest.mark.parametrize("vector", **ids(LOAD))
def test_load(vector: Dict[str, Any]) -> None:
    expect, source = vector["expect"], vector.get("text", vector.get("document"))
    if expect.get("ok"):
        with Policy(source, vector["kind"]) as policy:
            assert "statements" not in expect or len(policy) == expect["statements"]
            with Policy(str(policy), vector["kind"]) as again:
                assert policy == again and str(again) == str(policy)
        return
    with pytest.raises(policyeval.PolicyEvalError) as raised:
        Policy(source, vector["kind"])
    error = raised.value
    assert error.code.name == expect["error"]
    for finding, wanted in zip(error.findings, expect.get("findings", [])):
        assert finding.code == wanted.get("code", finding.code)
        if "line" in wanted:
            assert finding.span and finding.span.start.line == wanted["line"]
        if "column" in wanted:
            assert finding.span and finding.span.start.column == wanted["column"]
    assert len(error.findings) >= len(expect.get("findings", []))
    if error.findings and error.findings[0].span:
        start = error.findings[0].span.start
        assert (error.line, error.column) == (start.line, start.column)
    assert error.report is None or json.loads(error.report.json)["findings"][0]["code"] == error.findings[0].code


# ---- validate ----


def write(name: str, data: Any) -> Path:
    path = Path(name)
    path.write_text(data if isinstance(data, str) else json.dumps(data, indent=2, ensure_ascii=False), "utf-8")
    return path


@pytest.mark.parametrize("vector", **ids(VALIDATE))
def test_validate(vector: Dict[str, Any], tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    expect, given, kind = vector["expect"], dict(vector.get("options", {})), vector["kind"]
    catalog = given.pop("catalog", None)
    ctx = Context(catalog=TOP / catalog) if catalog else None
    source = write("document.json", vector.get("text", vector.get("document")))
    with Validator(identity_policies=given.pop("identity", None), ctx=ctx, **given) as validator:
        refused = None
        try:
            report = validator.validate(source, kind)
        except policyeval.PolicyEvalError as error:
            assert error.report
            report, refused = error.report, error
        assert {finding.code for finding in report.findings} == set(expect["codes"])
        for finding, wanted in zip(report.findings, expect.get("findings", [])):
            assert finding.span
            assert (finding.code, finding.span.start.line, finding.span.start.column) == (
                wanted["code"], wanted["line"], wanted["column"])
        fixed = validator.fix(source, kind)
        assert refused is not None or fixed.complete
        assert (fixed.diff == "") == (fixed.text == source.read_text("utf-8"))
        assert validator.fix(fixed.text, kind).text == fixed.text
        if "fixed" in expect:
            assert json.loads(fixed.text) == expect["fixed"]
    if "options" not in vector:
        done = run(tool, "validate", "--type", kind, "--format", "json", "document.json")
        assert done.stdout.decode("utf-8").rstrip("\n") == report.json.rstrip("\n")
        assert (done.returncode == 3) == (refused is not None)


# ---- analysis ----


OPTIONS = {"rule": "--rule", "trust_accounts": "--trust-account", "trust_orgs": "--trust-org", "grant_only":
           "--grant-only", "ip_limit": "--ip-limit", "ipv6_limit": "--ipv6-limit", "statement": "--statement", "actions": "--action",
           "resources": "--resource"}
COMMANDS = {"findings": "findings", "statements": "findings", "public": "check-no-public-access", "no-new-access": "check-no-new-access", "compare": "compare",
            "not-granted": "check-access-not-granted"}


def asked_of(case: Dict[str, Any], kind: str) -> Any:
    """(answer of the package, arguments of the command) for a case of a question about all requests."""
    policy, given = write("policy.json", case["policy"]), {**case.get("options", {})}
    arguments = [COMMANDS[case["ask"]], "--type", kind, "--format", "json"]
    for name in ("actions", "resources"):
        if name in case:
            given[name] = case[name]
    for name, value in given.items():
        for one in value if isinstance(value, list) else [value]:
            arguments += [OPTIONS[name]] if one is True else [OPTIONS[name], str(one)]
    trust = {what: given.pop(name) for name, what in (("trust_accounts", "account"), ("trust_orgs", "org"))
             if name in given}
    if case["ask"] in ("public", "findings"):
        ask = policyeval.findings if case["ask"] == "findings" else policyeval.check_no_public_access
        answer = ask(policy, kind=kind, trust=trust, **given)
        return answer, [*arguments, "policy.json"]
    if case["ask"] == "not-granted":
        return policyeval.check_access_not_granted(policy, kind=kind, **given), [*arguments, "policy.json"]
    if case["ask"] == "statements":
        return policyeval.statements(policy, kind=kind, **given), [*arguments, "--statements", "policy.json"]
    existing = write("existing.json", case["existing"])
    if case["ask"] == "compare":
        return policyeval.compare(policy, existing, kind=kind), [*arguments, "policy.json", "existing.json"]
    answer = policyeval.check_no_new_access(policy, existing, kind=kind)
    return answer, [*arguments, "--new", "policy.json", "--existing", "existing.json"]


def allows(witness: Any, policy: Any, kind: str) -> bool:
    layer = {"only": Layer.IDENTITY if kind in ("identity", "boundary", "scp", "session") else Layer.RESOURCE, **witness}
    with policyeval.Simulator() as simulator:
        result = simulator.run({**witness, "policies": {layer["only"]: [policy]}})
    assert result and result.effect is not None, result
    return bool(result.effect)


@pytest.mark.parametrize("vector", **ids(ANALYSIS))
def test_analysis(vector: Dict[str, Any], tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    case, expect = vector["case"], vector["expect"]
    answer, arguments = asked_of(case, case["type"])
    done = run(tool, *arguments)
    assert done.stdout.decode("utf-8").rstrip("\n") == answer.json.rstrip("\n"), done.stderr
    if "relation" in expect:
        assert answer.relation.text == expect["relation"]
    if "result" in expect:
        assert {"PASS": "no", "FAIL": "yes", "UNKNOWN": "unknown"}[expect["result"]] == answer.answer.text
        assert bool(answer) == (expect["result"] == "PASS")
    if "statements" in expect:
        assert list(answer.reasons) == expect["statements"]
    if "conditions" in expect:
        assert answer.data["conditions"] == expect["conditions"]
    if "findings" in expect:
        assert bool(answer) == (expect["findings"] == [] and expect.get("complete", True))
        found = [{name: finding[name] for name in wanted} for finding, wanted in zip(answer.data["findings"],
                                                                                     expect["findings"])]
        assert found == expect["findings"] and len(found) == len(answer.data["findings"])
        assert all(allows(one["witness"], case["policy"], case["type"]) for one in answer.data["findings"])
        return
    if "needs" in expect:
        unknown = policyeval.StatementNeed(policyeval.Need.UNKNOWN, (), None)
        found = [answer.needs.get(index, unknown) for index in range(len(expect["needs"]))]
        assert [[one.need.text, *one.by] for one in found] == expect["needs"]
        assert all(bool(one) == (one.witness is not None) for one in found)
        return
    assert sorted(answer.data["assumptions"]) == sorted(expect.get("assumptions", []))
    assert bool(answer.answer) == (answer.witness is not None or answer.second_witness is not None)
    if answer.witness is not None:
        assert case.get("options", {}).get("grant_only") or allows(answer.witness, case["policy"], case["type"])
        assert "existing" not in case or not allows(answer.witness, case["existing"], case["type"])
    if answer.second_witness is not None:
        assert allows(answer.second_witness, case["existing"], case["type"])


# ---- grant ----


WORDS = {"resource": "--secret-policy", "identity": "--identity-policy", "key": "--key-policy", "boundary": "--boundary",
         "scp": "--scp", "rcp": "--rcp"}


@pytest.mark.parametrize("vector", **ids(GRANT))
def test_grant(vector: Dict[str, Any], tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    case, expect, key = vector["case"], vector["expect"], vector["case"].get("key")
    files: Dict[str, List[Path]] = {}
    arguments = ["--principal", case["principal"], "--secret", case["secret"], "--key", key or "none"]
    for layer, option in WORDS.items():
        policies = case["policies"].get(layer) or []
        policies = policies if isinstance(policies, list) else [policies]
        files[layer] = [write(f"{layer}{i}.json", policy) for i, policy in enumerate(policies)]
        for path in files[layer]:
            arguments += [option, str(path)]
        if not policies and (layer in ("resource", "identity") or layer == "key" and key):
            arguments += [option, "none"]
    options = case.get("options", [])
    stage = options[1] if "--version-stage" in options else None
    if "key_state" in case:
        arguments += ["--key-state", case["key_state"]]
    caps: Dict[str, Any] = {layer: files[layer] for layer in ("boundary", "scp", "rcp") if layer in case["policies"]}
    with Access(case["principal"], case["secret"], key, secret_policies=files["resource"], version_stage=stage,
                identity_policies=files["identity"], key_policy=(files["key"] or [None])[0],
                key_state=case.get("key_state"), **caps) as asked:
        change = asked.grant(strict_stage="--strict-stage" in options, any_version="--any-version" in options)
    for form, mine in (("json", change.json), ("aws-cli", change.commands)):
        done = run(tool, "grant", *arguments, *options, "--format", form)
        assert done.stdout.decode("utf-8").rstrip("\n") == mine.rstrip("\n"), done.stderr
    if "blocked_by" in expect:
        told = [{"type": one.layer and one.layer.text, "statement": one.statement} for one in change.blocked_by]
        assert all(one in told for one in expect["blocked_by"]) and not change and not change.changed
        return
    assert change and change.proved
    added: Dict[str, List[int]] = {layer: [] for layer in ("resource", "key", "identity")}
    for policy in change.policies:
        added[policy.layer.text] += policy.added
        for index in policy.added:
            statement = json.loads(policy.text or "")["Statement"][index]
            if policy.layer is not Layer.IDENTITY and "principal" in expect:
                assert statement["Principal"] == {"AWS": expect["principal"]}
    assert added == expect["added"]

# SPDX-License-Identifier: MIT
"""Bad input, many threads, Ctrl-C, memory: an exception, never a crash, and nothing left behind."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import weakref
from array import array
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List

import policyeval
import pytest
from conftest import ARTICLE, KEY, ROLE, S3, SECRET, USER
from hypothesis import given, strategies as st
from policyeval import Access, Analysis, Columns, Context, Effect, Policy, PolicySet, Request, Simulator, Validator

BUCKET = "arn:aws:s3:::bucket/key"
GET = {"principal": USER, "action": "s3:GetObject", "resource": BUCKET}
WRONG: List[Any] = [None, 5, 5.5, True, object(), b"\xff\xfe", [], {}, "\ud800", "a\0b", "", "*" * 100_000, ("x",), {1}]


# ---- bad input ----


CALLS: Dict[str, Callable[[Any], Any]] = {
    "policy": lambda x: Policy(x), "kind": lambda x: Policy(S3, x), "name": lambda x: Policy("{", name=x),
    "policy ctx": lambda x: Policy(S3, ctx=x), "identity": lambda x: PolicySet(identity=x),
    "scp": lambda x: PolicySet(scp=x), "grants": lambda x: PolicySet(grants=x),
    "principal": lambda x: Request(x, "s3:GetObject", BUCKET), "action": lambda x: Request(USER, x, BUCKET),
    "resource": lambda x: Request(USER, "s3:GetObject", x),
    "account": lambda x: Request(USER, "s3:GetObject", BUCKET, resource_account=x),
    "context": lambda x: Request(USER, "s3:GetObject", BUCKET, context=x),
    "key": lambda x: Request(USER, "s3:GetObject", BUCKET, context={x: "v"}),
    "value": lambda x: Request(USER, "s3:GetObject", BUCKET, context={"k:k": x}),
    "values": lambda x: Request(USER, "s3:GetObject", BUCKET, context={"k:k": ["v", x]}),
    "unknown": lambda x: Request(USER, "s3:GetObject", BUCKET, unknown=x),
    "unknowns": lambda x: Request(USER, "s3:GetObject", BUCKET, unknown=[x]),
    "readings": lambda x: Request(USER, "s3:GetObject", BUCKET, readings=x),
    "row": lambda x: Request(USER, "s3:GetObject", BUCKET, readings={x: "live"}),
    "reading": lambda x: Request(USER, "s3:GetObject", BUCKET, readings={"AMB-8": x}),
    "only": lambda x: Request(USER, "s3:GetObject", BUCKET, only=x),
    "case": lambda x: Request.from_case(x), "member": lambda x: Request.from_case({**GET, "strange": x}),
    "evaluate": lambda x: PolicySet().evaluate(x), "effect": lambda x: PolicySet().effect(x),
    "many": lambda x: PolicySet().evaluate_many(x), "many of": lambda x: PolicySet().evaluate_many([x]),
    "cancel": lambda x: PolicySet().evaluate_many([GET], cancel=x),
    "columns": lambda x: Columns(x), "column": lambda x: PolicySet().evaluate_many(Columns({**GET, "action": [x]})),
    "cell": lambda x: PolicySet().evaluate_many(Columns({**GET, "k:k": ["v", x]})),
    "column key": lambda x: PolicySet().evaluate_many(Columns({**GET, x: ["v", "w"]})),
    "layer": lambda x: PolicySet().add(x, S3), "level": lambda x: PolicySet().add("scp", S3, x),
    "secret": lambda x: policyeval.access(ROLE, x, KEY, secret_policies=(), identity_policies=()),
    "access key": lambda x: policyeval.access(ROLE, SECRET, x, secret_policies=(), identity_policies=()),
    "stage": lambda x: policyeval.access(ROLE, SECRET, secret_policies=(), identity_policies=(), version_stage=x),
    "identities": lambda x: Access(ROLE, SECRET, secret_policies=(), identity_policies=[x]),
    "case line": lambda x: Simulator().run(x), "line number": lambda x: Simulator().run(GET, x),
    "format": lambda x: Simulator(format=x), "lines": lambda x: Simulator().run_many(x),
    "ignore": lambda x: Validator(ignore=[x]), "caller": lambda x: Validator(caller=x),
    "known": lambda x: Validator(known_principals=x), "document": lambda x: Validator().validate(x, "identity"),
    "fix": lambda x: Validator().fix(x, "identity"), "ask": lambda x: Analysis(x, S3),
    "asked": lambda x: Analysis("public", x), "actions": lambda x: Analysis("access-granted", S3, actions=[x]),
    "trust": lambda x: Analysis("public", S3, trust={"account": [x]}), "rule": lambda x: Analysis("public", S3, rule=x),
    "limit": lambda x: Analysis("public", S3, ip_limit=x), "strict": lambda x: Context(placeholders={"A": x}),
}
FINE = (policyeval.PolicyEvalError, TypeError, ValueError, LookupError, AttributeError)


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: ascii(wrong)[:12])
def test_bad_input_is_an_exception(call: str, wrong: Any) -> None:
    """Some of it is right here and there; what counts is that nothing else happens."""
    try:
        CALLS[call](wrong)
    except FINE as error:
        assert str(error)


@pytest.mark.parametrize("call, wrong, error", [
    ("policy", 5, TypeError), ("policy", None, TypeError), ("policy", "\ud800", policyeval.InvalidArgumentError),
    ("policy", '{"Version": "2012-10-17\0"}', policyeval.NotJSONError), ("policy", b"\xff", policyeval.NotJSONError),
    ("kind", "nonsense", ValueError), ("kind", 99, ValueError), ("kind", True, TypeError), ("name", "a\0b", ValueError),
    ("policy ctx", 5, TypeError), ("principal", 5, TypeError), ("principal", "\ud800", ValueError),
    ("principal", "nobody", policyeval.InvalidArgumentError), ("principal", {"nonsense": 1}, TypeError),
    ("principal", {}, policyeval.InvalidArgumentError), ("action", "s3:*", policyeval.InvalidArgumentError),
    ("action", "s3:Get\0", policyeval.InvalidArgumentError), ("action", None, policyeval.InvalidArgumentError),
    ("resource", "x", ValueError), ("resource", 5, TypeError), ("value", 5.5, TypeError), ("value", b"x", TypeError),
    ("value", "\0", policyeval.InvalidArgumentError), ("values", None, TypeError), ("unknown", "aws:x", TypeError),
    ("reading", "x", policyeval.NotFoundError), ("only", "grant", policyeval.InvalidArgumentError),
    ("member", 1, policyeval.InvalidArgumentError), ("evaluate", 5, TypeError), ("many", "text", TypeError),
    ("many of", 5, TypeError), ("cancel", 5, TypeError), ("column", None, TypeError), ("column", 5, TypeError),
    ("column", "s3:*", policyeval.InvalidArgumentError), ("cell", "\0", policyeval.InvalidArgumentError),
    ("cell", 5.5, TypeError), ("cell", "\ud800", policyeval.InvalidArgumentError), ("column key", 5, TypeError),
    ("layer", "nonsense", ValueError), ("level", -1, ValueError), ("level", "1", TypeError), ("case line", 5, TypeError),
])
def test_which_exception(call: str, wrong: Any, error: Any) -> None:
    with pytest.raises(error):
        CALLS[call](wrong)


TEXTS = st.text(st.characters() | st.sampled_from("\0\ud800*?$:/{}\"\\ "), max_size=60)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, lambda inner: st.lists(inner, max_size=4)
                    | st.dictionaries(TEXTS | st.sampled_from(["Version", "Statement", "Effect", "Action", "Resource",
                                                               "Condition", "Principal"]), inner, max_size=5),
                    max_leaves=20)


@given(TEXTS | st.binary(max_size=60) | st.dictionaries(TEXTS, JSON, max_size=5), st.sampled_from(list(policyeval.Kind)))
def test_any_document(document: Any, kind: policyeval.Kind) -> None:
    try:
        with Policy(document, kind) as policy:
            assert Policy(str(policy), kind) == policy
    except policyeval.PolicyEvalError as error:
        assert str(error)


@given(TEXTS, TEXTS, TEXTS, st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans() | st.lists(TEXTS)))
def test_any_request(principal: str, action: str, resource: str, context: Any) -> None:
    try:
        assert PolicySet().effect(Request(principal, action, resource, context=context)) in set(Effect)
    except policyeval.PolicyEvalError as error:
        assert str(error)


# ---- batches ----


USERS = [f"arn:aws:iam::{account}:user/{name}" for account in ("111122223333", "444455556666") for name in ("a", "b")]
ROW = st.tuples(st.sampled_from(USERS), st.sampled_from(["s3:GetObject", "s3:PutObject", "kms:Decrypt"]),
                st.sampled_from([BUCKET, "arn:aws:s3:::other/x"]), st.sampled_from([None, "true", "false"]),
                st.sampled_from([None, "x", "é☂", ""]))


@given(st.lists(ROW, min_size=1, max_size=40))
def test_columns_are_requests(rows: List[Any]) -> None:
    policies = PolicySet(identity=S3)
    cases = [{"principal": p, "action": a, "resource": r, "context": {
        key: value for key, value in (("aws:SecureTransport", s), ("aws:PrincipalTag/é", t)) if value is not None}}
        for p, a, r, s, t in rows]
    principals, actions, resources, secure, tags = (list(column) for column in zip(*rows))
    columns = Columns({"principal": principals, "action": tuple(actions), "aws:SecureTransport": secure},
                      resource=iter(resources), context={"aws:PrincipalTag/é": tags})
    one_by_one = [policies.effect(case) for case in cases]
    assert len(columns) == len(rows)
    assert policies.evaluate_many(columns).tolist() == one_by_one == policies.evaluate_many(cases).tolist()
    assert policies.evaluate_many(columns) == policies.evaluate_many([Request.from_case(case) for case in cases])


def test_an_array_for_everyone() -> None:
    effects = PolicySet(identity=S3).evaluate_many({**GET, "aws:SecureTransport": [True, False, None]})
    assert isinstance(effects, array) and effects.tolist() == [Effect.ALLOW, Effect.EXPLICIT_DENY, Effect.ALLOW]
    view = memoryview(effects)
    assert view.format == "i" and view.itemsize == 4 and view.contiguous
    assert PolicySet().evaluate_many([]).tolist() == [] and PolicySet(identity=S3).evaluate_many(GET).tolist() == [2]
    assert PolicySet().evaluate_many({**GET, "action": []}).tolist() == []


def test_numpy_takes_it_without_a_copy() -> None:
    numpy = pytest.importorskip("numpy")
    effects = PolicySet(identity=S3).evaluate_many({**GET, "action": numpy.array(["s3:GetObject", "s3:PutObject"])})
    seen = numpy.asarray(effects)
    assert seen.tolist() == [2, 0] and seen.dtype == numpy.dtype("i")
    effects[1] = 1
    assert seen[1] == 1


def test_the_row_that_was_refused() -> None:
    policies = PolicySet(identity=S3)
    with pytest.raises(policyeval.InvalidArgumentError) as raised:
        policies.evaluate_many({**GET, "action": ["s3:GetObject"] * 700 + ["s3:*"]})
    assert raised.value.row == 700 and str(raised.value).startswith("row 700: ")
    for columns, words in (({"principal": USER, "action": ["s3:GetObject"]}, "resource"), ({}, "action, principal"),
                           ({**GET, "action": ["a:b", "a:b"], "k:k": ["x"]}, "length")):
        with pytest.raises(policyeval.InvalidArgumentError, match=words):
            policies.evaluate_many(columns)
    with pytest.raises(policyeval.InvalidArgumentError, match="two columns"):
        policies.evaluate_many({**GET, "k:K": ["x"], "K:k": ["x"]})
    with pytest.raises(TypeError):
        import pickle
        pickle.dumps(Columns(GET))


def test_a_request_may_be_there_twice() -> None:
    one, other = Request.from_case(GET), Request(USER, "s3:PutObject", BUCKET)
    assert PolicySet(identity=S3).evaluate_many([one, other, one, one]).tolist() == [2, 0, 2, 2]


# ---- stopping ----


def test_cancel_stops() -> None:
    policies, asked = PolicySet(identity=S3), []
    columns = Columns({**GET, "action": ["s3:GetObject", "s3:PutObject"] * 2000})
    with pytest.raises(policyeval.CanceledError) as raised:
        policies.evaluate_many(columns, cancel=lambda: asked.append(1) or len(asked) > 3)
    assert len(asked) == 4 and raised.value.row == 768
    with pytest.raises(ZeroDivisionError):
        policies.evaluate_many([GET], cancel=lambda: 1 / 0)
    assert len(policies.evaluate_many(columns, cancel=lambda: False)) == 4000


def test_cancel_stops_an_analysis() -> None:
    """It asks now and then, so the question is one that takes a while."""
    every = {"Action": "s3:GetObject", "Resource": "*"}
    slow = {"Version": "2012-10-17", "Statement": [
        {**every, "Effect": "Allow", "Condition": {"StringLike": {"my:key": "*a" + "?" * 14}, "StringLikeIfExists": {"my:key": "*b*"}}},
        {**every, "Effect": "Deny", "Condition": {"StringLike": {"my:key": ["*b*a*", "*a*b*"]}}}]}
    nothing = {"Version": "2012-10-17", "Statement": {**every, "Effect": "Deny"}}
    with pytest.raises(policyeval.CanceledError):
        policyeval.compare(slow, nothing, cancel=lambda: True)
    with pytest.raises(ZeroDivisionError):
        policyeval.compare(slow, nothing, cancel=lambda: 1 / 0)
    assert policyeval.compare(slow, nothing, cancel=lambda: False).relation.text == "equivalent"


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no pthread_kill")
def test_control_c_stops() -> None:
    policies = PolicySet(identity=S3)
    rows = 3_000_000
    columns = Columns({**GET, "action": ["s3:GetObject", "s3:PutObject"] * (rows // 2)})
    main = threading.main_thread().ident
    assert main is not None and threading.current_thread() is threading.main_thread()
    old = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for _ in range(3):
            timer = threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGINT))
            timer.start()
            start = time.monotonic()
            with pytest.raises(KeyboardInterrupt):
                policies.evaluate_many(columns)
                time.sleep(5)  # had it come too late, it would come here, and the clock below would tell
            assert time.monotonic() - start < 0.5
            timer.join()
    finally:
        signal.signal(signal.SIGINT, old)
    assert policies.effect(GET) is Effect.ALLOW


# ---- threads ----


def in_threads(work: Callable[[int], Any], count: int = 8) -> List[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_eight_threads_share_everything() -> None:
    ctx = Context()
    policies, request = PolicySet(identity=S3, ctx=ctx), Request.from_case(GET, ctx=ctx)
    requests = [Request(USER, action, BUCKET) for action in ("s3:GetObject", "s3:PutObject") * 20]
    columns = Columns({**GET, "action": ["s3:GetObject", "s3:PutObject"] * 200})
    asked = Access(ROLE, SECRET, KEY, secret_policies=ARTICLE / "secret.json", key_policy=ARTICLE / "key.json",
                   identity_policies=ARTICLE / "role.json")
    simulator, validator, analysis = Simulator(), Validator(), Analysis("compare", S3, S3)
    wanted = asked.decide()

    def work(number: int) -> None:
        for _ in range(15):
            assert policies.effect(request) is Effect.ALLOW and policies.evaluate(request).effect is Effect.ALLOW
            mixed = requests if number % 2 else requests[::-1]
            assert sum(policies.evaluate_many(mixed)) == 2 * 20
            assert sum(policies.evaluate_many(columns)) == 2 * 200
            assert asked.decide() == wanted and asked.effect() is Effect.ALLOW
            result = simulator.run({**GET, "policies": {"identity": [S3]}})
            assert result and result.effect is Effect.ALLOW
            assert validator.validate(S3, "identity").json and analysis.run().relation.text == "equivalent"
            assert len(Policy(S3, ctx=ctx)) == 2 and request.json

    in_threads(work)


def test_many_threads_freeze_one_set() -> None:
    for _ in range(50):
        policies = PolicySet(identity=S3)
        barrier = threading.Barrier(8)

        def work(number: int) -> Any:
            barrier.wait()
            if number % 4 == 0:
                try:
                    policies.add("boundary", S3)
                except policyeval.StateError:
                    pass
            return policies.effect(GET)

        assert set(in_threads(work)) == {Effect.ALLOW}


def test_closing_while_others_use_it() -> None:
    """What is closed under a running call is freed behind it; later calls raise."""
    seen = set()
    for round in range(30):
        ctx = Context()
        policy = Policy(S3, ctx=ctx)
        policies, request = PolicySet(identity=policy, ctx=ctx), Request.from_case(GET, ctx=ctx)
        asked = Access(ROLE, SECRET, KEY, secret_policies=(), identity_policies=S3,
                       key_policy=ARTICLE / "key.json", ctx=ctx)
        simulator = Simulator(ctx=ctx)
        columns = Columns({**GET, "action": ["s3:GetObject"] * 2000})
        barrier = threading.Barrier(8)
        calls: List[Callable[[], Any]] = [
            lambda: policies.evaluate(request), lambda: policies.effect(request), lambda: policies.evaluate_many(columns),
            lambda: policies.evaluate_many([request] * 600), lambda: asked.decide(), lambda: str(policy),
            lambda: simulator.run({**GET, "policies": {"identity": [S3]}})]

        def work(number: int) -> None:
            barrier.wait()
            if number == 7:
                time.sleep(0.0005 * (round % 4))
                for one in (policies, request, asked, policy, simulator, ctx):
                    one.close()
                return
            try:
                for _ in range(40):
                    calls[number]()
                seen.add("through")
            except policyeval.ClosedError:
                seen.add("closed")

        in_threads(work)
    assert "closed" in seen


# ---- memory ----


def make_and_drop(n: int) -> None:
    for _ in range(n):
        policies = PolicySet(identity=S3)
        request = Request(USER, "s3:GetObject", BUCKET, context={"aws:TagKeys": ["a", "b"]})
        policies.evaluate(request)
        policies.evaluate_many(Columns({**GET, "action": ["s3:GetObject"] * 300}))
        policies.evaluate_many([request])
        Simulator().run({**GET, "policies": {"identity": [S3]}})
        policyeval.validate(S3, "identity")
        policyeval.compare(S3, S3)
        asked = Access(ROLE, SECRET, secret_policies=S3 and (), identity_policies=S3)
        asked.decide()
        for call in (lambda: Policy("{"), lambda: Request(USER, "x", BUCKET), lambda: Policy({"Version": "1"})):
            with pytest.raises(policyeval.PolicyEvalError):
                call()


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="no /proc")
def test_memory_does_not_grow() -> None:
    make_and_drop(60)
    gc.collect()
    before = resident()
    make_and_drop(300)
    gc.collect()
    assert resident() - before < 3_000_000  # one lost policy a round would be some 10 MB


def test_nothing_waits_for_the_cycle_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        made = [Context(), Policy(S3), PolicySet(identity=S3), Request.from_case(GET), Simulator(), Validator(),
                Access(ROLE, SECRET, secret_policies=(), identity_policies=S3), Analysis("compare", S3, S3)]
        made[2].evaluate_many(Columns({**GET, "action": ["s3:GetObject"] * 300}))
        made[7].run()
        handles = [weakref.ref(one._use()) for one in made]
        owners = [weakref.ref(one) for one in made]
        del made
        assert all(one() is None for one in handles + owners)
    finally:
        gc.enable()


def test_a_cycle_is_collected() -> None:
    class Holder(Request):
        pass

    one = Holder.from_case(GET)
    one.itself = one  # type: ignore[attr-defined]
    handle = weakref.ref(one._use())
    del one
    gc.collect()
    assert handle() is None


def test_a_constructor_that_raises_leaves_nothing() -> None:
    freed: List[int] = []
    real = policyeval._ffi.lib.policyeval_request_free
    policyeval._ffi.lib.policyeval_request_free = lambda pointer: (freed.append(pointer), real(pointer))
    try:
        for _ in range(10):
            with pytest.raises(policyeval.InvalidArgumentError):
                Request(USER, "nonsense", BUCKET)
    finally:
        policyeval._ffi.lib.policyeval_request_free = real
    assert len(freed) == 10


def test_the_end_of_the_process_is_quiet() -> None:
    import subprocess
    program = ("import policyeval, threading, time\n"
               f"policies = policyeval.PolicySet(identity={S3!r})\n"
               f"request = policyeval.Request.from_case({GET!r})\n"
               "def work():\n    while True: policies.effect(request)\n"
               "[threading.Thread(target=work, daemon=True).start() for _ in range(4)]\n"
               "time.sleep(0.05)\n")
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30,
                              env={**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(policyeval.__file__))})
        assert (done.returncode, done.stderr) == (0, b"")

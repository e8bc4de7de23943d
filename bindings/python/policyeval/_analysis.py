# SPDX-License-Identifier: MIT
"""Questions about all requests at once."""

from __future__ import annotations

import ctypes
import json
import threading
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

from ._cancel import Cancel, Watch
from ._context import Context, handle_of
from ._errors import NotFoundError, error_of
from ._facts import Setter
from ._ffi import lib
from ._handle import Handle, Owner, utf8
from ._policy import Policy, PolicyLike, kind_of, loaded
from ._types import AnalysisAnswer, Answer, Ask, Kind, Need, PublicRule, Relation, StatementNeed, Trust

SIZE_MAX = ctypes.c_size_t(-1).value
Texts = Union[str, Iterable[str]]


def _texts(texts: Texts) -> List[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def _number(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is a number, not {type(value).__name__}")
    if not 0 <= value < 1 << 64:
        raise ValueError(f"{name} {value} is out of range")
    return value


class Analysis(Owner):
    """One question about all requests. Every question is put so that YES comes with a request that shows it; NO is
    proved. Threads that use one at the same time take turns.

    policy: the one that is asked about; existing: the one it is held against; kind: of documents that are not loaded
    yet. actions, resources: for ACCESS_GRANTED, as policies write them. rule, trust ({"account": […], "org": […],
    "vpc": […], "vpce": […]}), ip_limit (IPv4 addresses), ipv6_limit (networks of 2^64 IPv6 addresses), grant_only: for PUBLIC.
    closed_catalog: no actions but the known ones exist. statement: for STATEMENTS, the only one to ask about."""

    __slots__ = ("_lock", "_statement_question")

    def __init__(self, ask: Union[Ask, str], policy: PolicyLike, existing: Optional[PolicyLike] = None, *,
                 kind: Union[Kind, str] = Kind.IDENTITY, actions: Texts = (), resources: Texts = (),
                 rule: Union[PublicRule, str, None] = None,
                 trust: Optional[Mapping[Union[Trust, str], Texts]] = None, ip_limit: Optional[int] = None,
                 ipv6_limit: Optional[int] = None, statement: Optional[int] = None, grant_only: bool = False, closed_catalog: bool = False, ctx: Optional[Context] = None) -> None:
        made, context = ctypes.c_void_p(), handle_of(ctx)
        asked = Ask.find(ask) if isinstance(ask, str) else Ask(ask)
        rc = lib.policyeval_analysis_new(context.pointer, asked, ctypes.byref(made))
        if rc or made.value is None:
            raise error_of(rc)
        handle = Handle(made.value, lib.policyeval_analysis_free)
        self._lock = threading.Lock()
        self._statement_question = asked is Ask.STATEMENTS
        to = Setter("analysis", handle.pointer)
        for name, one in (("set_policy", policy), ("set_existing", existing)):
            if one is not None:
                its = self._policy(one, kind_of(kind), ctx)._use()
                to.call(name, its.pointer)
        for action in _texts(actions):
            data = utf8(action, "an action")
            to.call("add_action", data, len(data))
        for resource in _texts(resources):
            data = utf8(resource, "a resource")
            to.call("add_resource", data, len(data))
        if rule is not None:
            to.call("set_rule", PublicRule.find(rule) if isinstance(rule, str) else PublicRule(rule))
        for what, values in (trust or {}).items():
            number = Trust.find(what) if isinstance(what, str) else Trust(what)
            for value in _texts(values):
                data = utf8(value, "what is trusted")
                to.call("add_trust", number, data, len(data))
        for name, limit in (("ip_limit", ip_limit), ("ipv6_limit", ipv6_limit)):
            if limit is not None:
                to.call("set_" + name, _number(name, limit))
        if statement is not None:
            to.call("set_statement", _number("statement", statement))
        to.call("set_grant_only", 1 if grant_only else 0)
        to.call("set_closed_catalog", 1 if closed_catalog else 0)
        self._handle = handle

    @staticmethod
    def _policy(policy: PolicyLike, kind: Kind, ctx: Optional[Context]) -> Policy:
        one = loaded(policy, kind, ctx)
        if one is None:
            raise NotFoundError("the reply says that no policy is attached")
        return one

    def run(self, *, cancel: Optional[Cancel] = None) -> AnalysisAnswer:
        """Answers within the limits of the context. Ctrl-C stops it, and so does `cancel`, as in evaluate_many."""
        handle, watch = self._use(), Watch(cancel)
        pointer = handle.pointer
        with self._lock:
            to = Setter("analysis", pointer)
            to.call("set_cancel", watch.callback, None)
            rc = lib.policyeval_analysis_run(pointer)
            watch.finish()
            if rc:
                raise error_of(rc, to.detail())
            count = lib.policyeval_analysis_reasons(pointer)
            reasons = [lib.policyeval_analysis_reason(pointer, i) for i in range(count)]
            relation = Relation(lib.policyeval_analysis_relation(pointer))
            answer = Answer(lib.policyeval_analysis_answer(pointer))
            needs = self._statements(pointer)
            witnesses = [None if needs else self._text(lib.policyeval_analysis_witness(pointer, which, None))
                         for which in (0, 1)]
            forms = [self._text(form(pointer, None)) for form in (
                lib.policyeval_analysis_json, lib.policyeval_analysis_text, lib.policyeval_analysis_aws)]
        if forms[0] is None or forms[1] is None:
            raise error_of(-2)
        first, second = (None if text is None else json.loads(text) for text in witnesses)
        return AnalysisAnswer(answer, relation, tuple(reasons), first, second, needs, forms[0], forms[1],
                              forms[2])

    def _statements(self, pointer: int) -> Dict[int, StatementNeed]:
        """What STATEMENTS found, by statement; empty for all other questions."""
        data = self._text(lib.policyeval_analysis_json(pointer, None))
        needs: Dict[int, StatementNeed] = {}
        for one in json.loads(data or "{}").get("statements", ()) if self._statement_question else ():
            index = one["statementIndex"]
            need = Need(lib.policyeval_analysis_need(pointer, index))
            by: List[int] = []
            while (other := lib.policyeval_analysis_need_by(pointer, index, len(by))) < SIZE_MAX:
                by.append(other)
            witness = self._text(lib.policyeval_analysis_witness(pointer, index, None))
            needs[index] = StatementNeed(need, tuple(by), None if witness is None else json.loads(witness))
        return needs

    @staticmethod
    def _text(data: Optional[bytes]) -> Optional[str]:
        return None if data is None else data.decode("utf-8", "replace")


def _run(ask: Ask, *operands: Any, cancel: Optional[Cancel], **options: Any) -> AnalysisAnswer:
    with Analysis(ask, *operands, **options) as analysis:
        return analysis.run(cancel=cancel)


def check_no_new_access(policy: PolicyLike, existing: PolicyLike, *, cancel: Optional[Cancel] = None,
                        **options: Any) -> AnalysisAnswer:
    """Does a policy allow no request that the existing one does not? True in a condition when that is proved. The
    options are those of Analysis."""
    return _run(Ask.NEW_ACCESS, policy, existing, cancel=cancel, **options)


def check_access_not_granted(policy: PolicyLike, *, actions: Texts = (), resources: Texts = (),
                             cancel: Optional[Cancel] = None, **options: Any) -> AnalysisAnswer:
    """Is none of the actions ever allowed on one of the resources?"""
    return _run(Ask.ACCESS_GRANTED, policy, cancel=cancel, actions=actions, resources=resources, **options)


def check_no_public_access(policy: PolicyLike, *, cancel: Optional[Cancel] = None, **options: Any) -> AnalysisAnswer:
    """Is the policy of a resource not public?"""
    return _run(Ask.PUBLIC, policy, cancel=cancel, **options)


def compare(first: PolicyLike, second: PolicyLike, *, cancel: Optional[Cancel] = None,
            **options: Any) -> AnalysisAnswer:
    """What the first policy is, compared with the second: `relation`, with a witness for each direction."""
    return _run(Ask.COMPARE, first, second, cancel=cancel, **options)


def findings(policy: PolicyLike, *, cancel: Optional[Cancel] = None, **options: Any) -> AnalysisAnswer:
    """Who outside of the zone of trust gets what, under which conditions: `data["findings"]`. True in a condition when
    nobody does."""
    return _run(Ask.FINDINGS, policy, cancel=cancel, **options)


def statements(policy: PolicyLike, *, cancel: Optional[Cancel] = None, **options: Any) -> AnalysisAnswer:
    """Which statements change nothing: `reasons`, and `needs` with what is said of each. True in a condition when there
    is one that is not needed."""
    return _run(Ask.STATEMENTS, policy, cancel=cancel, **options)

# SPDX-License-Identifier: MIT
"""Policies, and the findings about them."""

from __future__ import annotations

import ctypes
import json
import os
from typing import Any, Iterable, Mapping, Optional, Sequence, Tuple, Union

from . import _ffi
from ._context import Context, handle_of
from ._errors import NotFoundError, error_of
from ._ffi import lib
from ._handle import Handle, Owner, taken, terminated, utf8
from ._types import Finding, Kind, Position, Report, Severity, Span

Document = Union[str, bytes, "os.PathLike[str]", Mapping[str, Any]]


def _finding(report: int, i: int) -> Finding:
    c = _ffi.Span()
    span = None
    if lib.policyeval_report_span(report, i, ctypes.byref(c)) == 0:
        span = Span(Position(c.start.line, c.start.column, c.start.offset),
                    Position(c.end.line, c.end.column, c.end.offset))
    return Finding(severity=Severity(lib.policyeval_report_severity(report, i)),
                   code=lib.policyeval_report_code(report, i).text() or "",
                   message=lib.policyeval_report_message(report, i).text() or "",
                   source=lib.policyeval_report_source(report, i).text() or None, span=span,
                   fix=lib.policyeval_report_fix(report, i).text())


def report_of(report: ctypes.c_void_p) -> Optional[Report]:
    """Copies a report of the library and frees it."""
    if report.value is None:
        return None
    try:
        findings = tuple(_finding(report.value, i) for i in range(lib.policyeval_report_count(report)))
        forms = [form(report, None) for form in (lib.policyeval_report_json, lib.policyeval_report_text,
                                                 lib.policyeval_report_sarif, lib.policyeval_report_aws)]
        if None in forms:
            raise error_of(-2)
        return Report(findings, *(form.decode("utf-8", "replace") for form in forms))
    finally:
        lib.policyeval_report_free(report)


def kind_of(kind: Union[Kind, str]) -> Kind:
    if isinstance(kind, str):
        return Kind.find(kind)
    if isinstance(kind, bool) or not isinstance(kind, int):
        raise TypeError(f"kind is a Kind or its name, not {type(kind).__name__}")
    return Kind(kind)


def json_bytes(data: Any, what: str) -> bytes:
    """A document as text. Places in findings count in this text."""
    return utf8(json.dumps(data, ensure_ascii=False, allow_nan=False), what)


class Policy(Owner):
    """One loaded document: immutable, may be shared by any number of threads.

    source: the document as str, bytes or dict; or the path of a file as os.PathLike. It may be the reply of the AWS
    CLI that carries the policy. name: how messages call it; a file has its path."""

    __slots__ = ("_report", "_context")

    def __init__(self, source: Document, kind: Union[Kind, str] = Kind.IDENTITY, *, name: Optional[str] = None,
                 ctx: Optional[Context] = None) -> None:
        context, number = handle_of(ctx), kind_of(kind)
        made, report = ctypes.c_void_p(), ctypes.c_void_p()
        if isinstance(source, os.PathLike):
            path = terminated(os.fsencode(source), "the path")
            rc = lib.policyeval_policy_load_file(context.pointer, number, path, ctypes.byref(made),
                                                 ctypes.byref(report))
            name = os.fsdecode(source)
        else:
            called = None if name is None else terminated(name, "name")
            if isinstance(source, (str, bytes)):
                text = utf8(source, "the policy")
            elif isinstance(source, Mapping):
                text = json_bytes(dict(source), "the policy")
            else:
                raise TypeError("a policy is str, bytes, dict, or os.PathLike for a file, not "
                                + type(source).__name__)
            rc = lib.policyeval_policy_load(context.pointer, number, text, len(text), called, ctypes.byref(made),
                                            ctypes.byref(report))
        handle = None if made.value is None else Handle(made.value, lib.policyeval_policy_unref)
        told = report_of(report)
        if rc or handle is None:
            raise error_of(rc, report=told, source=name)
        self._report, self._context = told, context
        self._handle = handle

    @property
    def kind(self) -> Kind:
        handle = self._use()
        return Kind(lib.policyeval_policy_kind(handle.pointer))

    @property
    def findings(self) -> Tuple[Finding, ...]:
        """What loading it had to say."""
        return self._report.findings if self._report else ()

    @property
    def report(self) -> Optional[Report]:
        """The same with its JSON and text forms; None when there was nothing to say."""
        return self._report

    def __len__(self) -> int:
        """Number of statements."""
        handle = self._use()
        return int(lib.policyeval_policy_statements(handle.pointer))

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        """The document in one canonical form."""
        handle = self._use()
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        rc = lib.policyeval_policy_print(handle.pointer, ctypes.byref(text), ctypes.byref(length))
        if rc:
            raise error_of(rc)
        return taken(self._context.pointer, lib.policyeval_free, text, length)

    def __repr__(self) -> str:
        return "<Policy, closed>" if self.closed else f"<Policy {self.kind.text}, {len(self)} statements>"

    def __eq__(self, other: object) -> bool:
        """True when both say the same, places and names aside. A closed policy equals itself alone."""
        if not isinstance(other, Policy):
            return NotImplemented
        if self is other:
            return True
        mine, its = self._handle, other._handle
        return bool(mine and its and lib.policyeval_policy_equal(mine.pointer, its.pointer))

    # Nothing cheap is the same for all equal policies.
    __hash__ = None  # type: ignore[assignment]


PolicyLike = Union[Policy, Document]
Policies = Union[PolicyLike, Sequence[PolicyLike], None]


def listed(policies: Policies) -> Iterable[PolicyLike]:
    """One policy or several as several."""
    if policies is None:
        return ()
    if isinstance(policies, (Policy, str, bytes, os.PathLike, Mapping)):
        return (policies,)
    return tuple(policies)


def loaded(policy: PolicyLike, kind: Kind, ctx: Optional[Context]) -> Optional[Policy]:
    """A policy as it is, or loaded; None when a reply says that there is none."""
    if isinstance(policy, Policy):
        return policy
    try:
        return Policy(policy, kind, ctx=ctx)
    except NotFoundError:
        return None


def grants_text(grants: Any) -> bytes:
    """Grants as str or bytes, as a file, or as the data that `aws kms list-grants` prints."""
    if isinstance(grants, (str, bytes)):
        return utf8(grants, "grants")
    if isinstance(grants, os.PathLike):
        try:
            with open(grants, "rb") as file:
                return file.read()
        except OSError as error:
            raise error_of(-4, error.strerror or str(error), source=os.fsdecode(grants)) from None
    if not isinstance(grants, (Mapping, list, tuple)):
        raise TypeError(f"grants are text, a file, or what list-grants prints, not {type(grants).__name__}")
    return json_bytes(grants if not isinstance(grants, tuple) else list(grants), "grants")

# SPDX-License-Identifier: MIT
"""Validation: what is wrong with documents, or could be better."""

from __future__ import annotations

import ctypes
import os
from typing import Any, Callable, Iterable, Optional, Sequence, Tuple, Union

from ._context import Context, handle_of
from ._errors import InvalidArgumentError, error_of
from ._ffi import lib
from ._handle import Handle, Owner, taken, terminated, utf8
from ._policy import Document, Policies, json_bytes, kind_of, listed, loaded, report_of
from ._types import Fixed, Kind, Report

Documents = Union[Document, Sequence[Document]]


def document(source: Document, name: Optional[str]) -> Tuple[bytes, Optional[bytes]]:
    """Text and name of a document."""
    if isinstance(source, os.PathLike):
        path = os.fspath(source)
        try:
            with open(path, "rb") as file:
                return file.read(), terminated(os.fsencode(path), "the path")
        except OSError as error:
            raise error_of(-4, error.strerror or str(error), source=os.fsdecode(path)) from None
    called = None if name is None else terminated(name, "name")
    if isinstance(source, (str, bytes)):
        return utf8(source, "the policy"), called
    if hasattr(source, "keys"):
        return json_bytes(dict(source), "the policy"), called
    raise TypeError(f"a policy is str, bytes, dict, or os.PathLike for a file, not {type(source).__name__}")


def _names(names: Iterable[str], what: str) -> Tuple[str, ...]:
    if isinstance(names, (str, bytes)):
        raise TypeError(f"{what} is a list of codes")
    return tuple(names)


class Validator(Owner):
    """How to validate. It does not change, so any number of threads may share it.

    ignore: codes of rules to leave out; only: the codes of all rules that count; caller: who would put the policy of a
    secret or key, and identity_policies, which that caller has: may the caller still change it afterwards?
    known_principals: those that exist, as a list, as a file or as its text; others are findings."""

    __slots__ = ("_context",)

    def __init__(self, *, ignore: Iterable[str] = (), only: Iterable[str] = (), caller: Optional[str] = None,
                 identity_policies: Policies = None,
                 known_principals: Union[None, str, bytes, "os.PathLike[str]", Iterable[str]] = None,
                 ctx: Optional[Context] = None) -> None:
        self._context = handle_of(ctx)
        made = ctypes.c_void_p()
        rc = lib.policyeval_validation_new(self._context.pointer, ctypes.byref(made))
        if rc or made.value is None:
            raise error_of(rc)
        handle = Handle(made.value, lib.policyeval_validation_free)
        pointer = handle.pointer
        for code in _names(ignore, "ignore"):
            self._rule(lib.policyeval_validation_ignore, pointer, code)
        for code in _names(only, "only"):
            self._rule(lib.policyeval_validation_only, pointer, code)
        if caller is not None:
            arn = utf8(caller, "caller")
            rc = lib.policyeval_validation_set_caller(pointer, arn, len(arn))
            if rc:
                raise error_of(rc, "the caller is the ARN of a user, role, session or root user")
        for policy in listed(identity_policies):
            one = loaded(policy, Kind.IDENTITY, ctx)
            if one is not None:
                its = one._use()
                rc = lib.policyeval_validation_add_identity_policy(pointer, its.pointer)
                if rc:
                    raise error_of(rc)
        if known_principals is not None:
            text = self._known(known_principals)
            rc = lib.policyeval_validation_add_known_principals(pointer, text, len(text))
            if rc:
                raise error_of(rc, "this is no list of principals")
        self._handle = handle

    @staticmethod
    def _known(known: Any) -> bytes:
        if isinstance(known, (str, bytes, os.PathLike)):
            return document(known, None)[0]
        return json_bytes(list(known), "known_principals")

    @staticmethod
    def _rule(function: Callable[[int, bytes], int], pointer: int, code: str) -> None:
        rc = function(pointer, terminated(code, "the code of a rule"))
        if rc:
            raise error_of(rc, f"there is no rule {code}")

    def validate(self, documents: Documents, kind: Union[Kind, str], *, name: Optional[str] = None) -> Report:
        """The findings about one document or several. What is not JSON, or no object, raises; its `report` has the
        findings all the same."""
        handle, number, report = self._use(), kind_of(kind), ctypes.c_void_p()
        failed: Optional[Tuple[int, Optional[str]]] = None
        told: Optional[Report] = None
        try:
            for source in listed(documents):
                text, called = document(source, name)  # type: ignore[arg-type]
                rc = lib.policyeval_validate(handle.pointer, number, text, len(text), called, ctypes.byref(report))
                if rc and failed is None:
                    failed = (rc, called.decode("utf-8", "replace") if called else None)
        finally:
            told = report_of(report)
        if failed is not None:
            raise error_of(failed[0], report=told, source=failed[1])
        if told is None:
            raise InvalidArgumentError("there is no document to validate")
        return told

    def fix(self, source: Document, kind: Union[Kind, str], *, name: Optional[str] = None) -> Fixed:
        """The document with every safe fix applied, and the difference as `diff -u` prints it."""
        handle, number = self._use(), kind_of(kind)
        text, called = document(source, name)
        fixed, fixed_length = ctypes.c_void_p(), ctypes.c_size_t()
        diff, diff_length = ctypes.c_void_p(), ctypes.c_size_t()
        rc = lib.policyeval_fix(handle.pointer, number, text, len(text), called, ctypes.byref(fixed),
                                ctypes.byref(fixed_length), ctypes.byref(diff), ctypes.byref(diff_length))
        if fixed.value is None:
            raise error_of(rc, source=called.decode("utf-8", "replace") if called else None)
        free, context = lib.policyeval_free, self._context.pointer
        mended = taken(context, free, fixed, fixed_length)
        return Fixed(mended, taken(context, free, diff, diff_length) if diff.value is not None else "", rc == 0)


def validate(documents: Documents, kind: Union[Kind, str], *, name: Optional[str] = None, **options: Any) -> Report:
    """Validates once. The options are those of Validator."""
    with Validator(**options) as validator:
        return validator.validate(documents, kind, name=name)

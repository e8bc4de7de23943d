# SPDX-License-Identifier: MIT
"""What goes wrong, as exceptions."""

from __future__ import annotations

import enum
from typing import Any, Dict, Optional, Tuple, Type

from ._ffi import lib
from ._types import Finding, Report


class ErrorCode(enum.IntEnum):
    """The library's error codes."""

    EINVAL = -1
    ENOMEM = -2
    ELIMIT = -3
    EIO = -4
    EJSON = -5
    EPOLICY = -6
    ESTATE = -7
    ECANCELED = -8
    ENOTFOUND = -9
    EINTERNAL = -10
    EMEMLIMIT = -11


class PolicyEvalError(Exception):
    """Base of all. `source`, `line` (from 1) and `column` (from 0, in characters) are those of the first finding, None
    when there is no place; `report` holds all findings. `row` is the request of a batch that was refused."""

    default_code = ErrorCode.EINTERNAL

    def __init__(self, message: str, *, code: Optional[ErrorCode] = None, source: Optional[str] = None,
                 line: Optional[int] = None, column: Optional[int] = None, report: Optional[Report] = None,
                 row: Optional[int] = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = self.default_code if code is None else code
        self.source, self.line, self.column = source, line, column
        self.report, self.row = report, row

    @property
    def findings(self) -> Tuple[Finding, ...]:
        return self.report.findings if self.report else ()

    def __str__(self) -> str:
        place = [] if self.source is None else [self.source]
        if self.line is not None and self.column is not None:
            place += [str(self.line), str(self.column + 1)]
        if self.row is not None:
            place.append(f"row {self.row}")
        return ": ".join([":".join(place), self.message]) if place else self.message

    def __reduce__(self) -> Tuple[Any, ...]:
        return (self.__class__, (self.message,), self.__dict__)


class InvalidArgumentError(PolicyEvalError, ValueError):
    """An argument is missing, out of range or malformed."""

    default_code = ErrorCode.EINVAL


class OutOfMemoryError(PolicyEvalError, MemoryError):
    """The library had no memory."""

    default_code = ErrorCode.ENOMEM


class LimitError(PolicyEvalError):
    """A limit of the context was reached."""

    default_code = ErrorCode.ELIMIT


class MemoryLimitError(LimitError, MemoryError):
    """The memory that the context may use, its limit memory_bytes, is used up."""

    default_code = ErrorCode.EMEMLIMIT


class FileError(PolicyEvalError, OSError):
    """A file could not be read."""

    default_code = ErrorCode.EIO

    def __str__(self) -> str:
        return PolicyEvalError.__str__(self)


class NotJSONError(PolicyEvalError, ValueError):
    """The text is not JSON."""

    default_code = ErrorCode.EJSON


class NotAPolicyError(PolicyEvalError, ValueError):
    """The document is not a policy of that kind."""

    default_code = ErrorCode.EPOLICY


class StateError(PolicyEvalError):
    """The object is frozen, or the question was not run yet."""

    default_code = ErrorCode.ESTATE


class ClosedError(StateError):
    """The object was closed."""


class CanceledError(PolicyEvalError):
    """The caller's cancel function stopped the call."""

    default_code = ErrorCode.ECANCELED


class NotFoundError(PolicyEvalError, LookupError):
    """There is no such item; or a reply of the AWS CLI says that no policy is attached."""

    default_code = ErrorCode.ENOTFOUND


class InternalError(PolicyEvalError):
    """The library disagrees with itself: please report it."""


_CLASSES: Dict[int, Type[PolicyEvalError]] = {one.default_code: one for one in (
    InvalidArgumentError, OutOfMemoryError, LimitError, MemoryLimitError, FileError, NotJSONError, NotAPolicyError,
    StateError, CanceledError, NotFoundError, InternalError)}


def text_of(rc: int) -> str:
    return str(lib.policyeval_error_text(rc).decode("utf-8"))


def error_of(rc: int, detail: str = "", report: Optional[Report] = None, source: Optional[str] = None,
             row: Optional[int] = None) -> PolicyEvalError:
    """The exception for an error code. Findings know more than a detail, a detail more than the code."""
    first = report.findings[0] if report and report.findings else None
    span = first.span if first else None
    message = f"{first.code}: {first.message}" if first else detail or text_of(rc)
    return _CLASSES.get(rc, InternalError)(
        message, source=(first.source if first else None) or source, line=span.start.line if span else None,
        column=span.start.column if span else None, report=report, row=row)

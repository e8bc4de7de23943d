# SPDX-License-Identifier: MIT
"""Contexts: limits, strictness, placeholders, readings, catalogue."""

from __future__ import annotations

import ctypes
import os
import threading
from dataclasses import dataclass, fields
from typing import Mapping, Optional, Union

from . import _ffi
from ._errors import InvalidArgumentError, error_of
from ._ffi import lib
from ._handle import Handle, Owner, terminated, utf8


NO_LIMIT = ctypes.c_size_t(-1).value


@dataclass(frozen=True)
class Limits:
    """Limits of a context. None leaves a limit at its default; that of memory_bytes is none."""

    text_bytes: Optional[int] = None
    depth: Optional[int] = None
    nodes: Optional[int] = None
    statements: Optional[int] = None
    pattern_bytes: Optional[int] = None
    states: Optional[int] = None
    search_nodes: Optional[int] = None
    analysis_bytes: Optional[int] = None
    memory_bytes: Optional[int] = None


@dataclass(frozen=True)
class Memory:
    """Bytes that a context and all that was made with it hold, the most so far, and how often memory_bytes was in the way."""

    held: int
    most: int
    refused: int


def _limits(limits: Limits) -> _ffi.Limits:
    c = _ffi.Limits(size=ctypes.sizeof(_ffi.Limits))
    for one in fields(limits):
        value = getattr(limits, one.name)
        if value is None:
            continue
        most = 8 * getattr(_ffi.Limits, one.name).size
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"limit {one.name} is a number, not {type(value).__name__}")
        if not 0 < value < 1 << most:
            raise InvalidArgumentError(f"limit {one.name}: {value} is out of range")
        setattr(c, one.name, value)
    return c


class Context(Owner):
    """What everything else is made with. It does not change, so any number of threads may share it.

    placeholders: names that stand for values in the policies loaded with it; readings: rows of docs/semantics.md and
    the reading to take; catalog: a folder of AWS Service Reference files; strict: a verdict that an undocumented
    reading decides is unknown; explain: answers also tell why each other statement did not match."""

    __slots__ = ()

    def __init__(self, *, limits: Optional[Limits] = None, strict: bool = False, explain: bool = False,
                 placeholders: Optional[Mapping[str, str]] = None, readings: Optional[Mapping[str, str]] = None,
                 catalog: Union[None, str, "os.PathLike[str]"] = None) -> None:
        made = ctypes.c_void_p()
        rc = lib.policyeval_context_new(None, ctypes.byref(made))
        if rc or made.value is None:
            raise error_of(rc)
        handle = Handle(made.value, lib.policyeval_context_unref)
        if limits is not None:
            self._must(lib.policyeval_context_set_limits(handle.pointer, ctypes.byref(_limits(limits))), "limits")
        self._must(lib.policyeval_context_set_strict(handle.pointer, 1 if strict else 0), "strict")
        self._must(lib.policyeval_context_set_explain(handle.pointer, 1 if explain else 0), "explain")
        for name, value in (placeholders or {}).items():
            n, v = utf8(name, "the name of a placeholder"), utf8(value, "the value of a placeholder")
            self._must(lib.policyeval_context_set_placeholder(handle.pointer, n, len(n), v, len(v)),
                       f"placeholder {name!r}")
        for row, reading in (readings or {}).items():
            self._must(lib.policyeval_context_set_reading(handle.pointer, terminated(row, "a row"),
                                                          terminated(reading, "a reading")),
                       f"reading {reading!r} of row {row!r}")
        if catalog is not None:
            detail = ctypes.c_char_p()
            folder = terminated(os.fsencode(catalog), "catalog")
            rc = lib.policyeval_context_load_catalog(handle.pointer, folder, ctypes.byref(detail))
            if rc:
                raise error_of(rc, (detail.value or b"").decode("utf-8", "replace"), source=os.fsdecode(catalog))
        self._handle = handle

    @staticmethod
    def _must(rc: int, what: str) -> None:
        if rc:
            raise error_of(rc, source=what)

    @property
    def limits(self) -> Limits:
        """The limits in force."""
        handle = self._use()
        c = _ffi.Limits(size=ctypes.sizeof(_ffi.Limits))
        self._must(lib.policyeval_context_get_limits(handle.pointer, ctypes.byref(c)), "limits")
        found = {one.name: getattr(c, one.name) for one in fields(Limits)}
        if found["memory_bytes"] == NO_LIMIT:
            found["memory_bytes"] = None
        return Limits(**found)

    @property
    def memory(self) -> Memory:
        """What the context takes from the C library's heap, to choose the limit memory_bytes by. It is counted only with
        that limit, which may be one that is never met."""
        handle = self._use()
        c = _ffi.Memory(size=ctypes.sizeof(_ffi.Memory))
        rc = lib.policyeval_context_memory(handle.pointer, ctypes.byref(c))
        if rc:
            raise error_of(rc, "memory is counted only with a limit memory_bytes")
        return Memory(**{one.name: getattr(c, one.name) for one in fields(Memory)})


_lock = threading.Lock()
_default: Optional[Context] = None


def default_context() -> Context:
    """The context of everything that was given none: all defaults, made when it is first needed."""
    global _default
    with _lock:
        if _default is None or _default.closed:
            _default = Context()
        return _default


def handle_of(ctx: Optional[Context]) -> Handle:
    if ctx is None:
        return default_context()._use()
    if not isinstance(ctx, Context):
        raise TypeError(f"ctx is a Context, not {type(ctx).__name__}")
    return ctx._use()

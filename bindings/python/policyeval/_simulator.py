# SPDX-License-Identifier: MIT
"""Cases as `policyeval simulate --cases` reads them."""

from __future__ import annotations

import ctypes
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterable, Iterator, List, Mapping, Optional, Tuple, Union

from ._context import Context, handle_of
from ._errors import error_of
from ._ffi import lib
from ._handle import Handle, Owner, taken, utf8
from ._policy import json_bytes
from ._types import CaseResult, Effect, Format

Case = Union[str, bytes, Mapping[str, Any]]


def _line(case: Case) -> bytes:
    return json_bytes(dict(case), "a case") if isinstance(case, Mapping) else utf8(case, "a case")


def _may_define(line: bytes) -> bool:
    """Whether the line may be a definition; an escape may hide the word."""
    return b'fine"' in line or b"\\u00" in line


class Simulator(Owner):
    """Answers cases, one JSON line or dict each; keeps the policies of {"define": NAME} lines, and compiles each
    distinct text once. Any number of threads may run cases at once; a definition must have been run before."""

    __slots__ = ("_context",)

    def __init__(self, *, format: Union[Format, str] = Format.JSON, ctx: Optional[Context] = None) -> None:
        self._context = handle_of(ctx)
        chosen = Format.find(format) if isinstance(format, str) else Format(format)
        made = ctypes.c_void_p()
        rc = lib.policyeval_simulator_new(self._context.pointer, ctypes.byref(made))
        if rc or made.value is None:
            raise error_of(rc)
        handle = Handle(made.value, lib.policyeval_simulator_free)
        rc = lib.policyeval_simulator_set_format(handle.pointer, chosen)
        if rc:
            raise error_of(rc)
        self._handle = handle

    def run(self, case: Case, number: int = 1) -> Optional[CaseResult]:
        """Answers one case; None for a definition and for a blank line. A malformed case has a result, too: its
        `error` says what is wrong with it. number: of the line in its file, for the places of errors."""
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError(f"number is a number, not {type(number).__name__}")
        if not 0 <= number < 1 << 31:
            raise ValueError(f"there is no line {number}")
        return self._run(_line(case), number)

    def _run(self, line: bytes, number: int) -> Optional[CaseResult]:
        handle = self._use()
        effect, text, length = ctypes.c_int(-1), ctypes.c_void_p(), ctypes.c_size_t()
        rc = lib.policyeval_simulator_run(handle.pointer, line, len(line), number, ctypes.byref(effect),
                                          ctypes.byref(text), ctypes.byref(length))
        if text.value is None:
            if rc:
                raise error_of(rc)
            return None
        result = taken(self._context.pointer, lib.policyeval_free, text, length)
        return CaseResult(Effect(effect.value) if effect.value >= 0 else None, bool(rc), result)

    def run_many(self, cases: Iterable[Case], *, jobs: int = 1) -> List[CaseResult]:
        """Answers many cases, in order, with that many threads; definitions and blank lines have no result."""
        if isinstance(cases, (str, bytes, Mapping)):
            raise TypeError("cases are a list of cases, or a file")
        if jobs < 1:
            raise ValueError("jobs is a number from 1")
        lines = [(_line(case), number) for number, case in enumerate(cases, 1)]
        if jobs == 1:
            return [one for one in (self._run(*line) for line in lines) if one is not None]
        found: List[Optional[CaseResult]] = []
        with ThreadPoolExecutor(jobs) as pool:
            for part in _parts(lines):
                size = max(1, len(part) // (4 * jobs))
                chunks = [part[i:i + size] for i in range(0, len(part), size)]
                for results in pool.map(lambda chunk: [self._run(*line) for line in chunk], chunks):
                    found += results
        return [one for one in found if one is not None]


def _parts(lines: List[Tuple[bytes, int]]) -> Iterator[List[Tuple[bytes, int]]]:
    """Lines that may run at once; what may be a definition goes by itself."""
    part: List[Tuple[bytes, int]] = []
    for line in lines:
        if not _may_define(line[0]):
            part.append(line)
            continue
        if part:
            yield part
        yield [line]
        part = []
    if part:
        yield part

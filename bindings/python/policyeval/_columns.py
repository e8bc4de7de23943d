# SPDX-License-Identifier: MIT
"""Many requests as columns, made ready once and evaluated as often as wanted."""

from __future__ import annotations

import ctypes
from array import array
from itertools import accumulate, chain
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from . import _ffi
from ._errors import InvalidArgumentError
from ._facts import Context_, Principal, PrincipalLike, value_text
from ._handle import utf8
from ._types import Layer

_FIELDS = {"principal": _ffi.COLUMN_PRINCIPAL, "action": _ffi.COLUMN_ACTION, "resource": _ffi.COLUMN_RESOURCE}
_WORD = "Q" if ctypes.sizeof(ctypes.c_void_p) == 8 else "I"


class Columns:
    """Requests as columns: "principal", "action", "resource", and context keys such as "aws:SourceIp". A column is a
    list, array or series of as many values as there are requests, or one value for all of them. None in a column of a
    context key: this request does not have the key. A pandas DataFrame will do. Immutable, for any thread.

    The other arguments count for all requests and are those of Request."""

    __slots__ = ("count", "_base", "_columns", "_number", "_keep")

    def __init__(self, columns: Any = None, *, principal: Union[PrincipalLike, Iterable[str], None] = None,
                 action: Union[str, Iterable[str], None] = None, resource: Union[str, Iterable[str], None] = None,
                 context: Optional[Mapping[str, Any]] = None, resource_account: Optional[str] = None,
                 resource_management_account: bool = False, unknown: Iterable[str] = (),
                 readings: Optional[Mapping[str, str]] = None, only: Union[Layer, str, None] = None) -> None:
        given: Dict[str, Any] = {} if columns is None else {key: columns[key] for key in columns.keys()}
        own: Dict[str, Any] = {"principal": principal, "action": action, "resource": resource}
        given.update((name, value) for name, value in own.items() if value is not None)
        given.update(context or {})
        constant: Dict[str, Any] = {}
        shared: Dict[str, Any] = {}
        varying: List[Tuple[str, Sequence[Any]]] = []
        for key, value in given.items():
            if not isinstance(key, str):
                raise TypeError(f"a column is named by text, not {type(key).__name__}")
            if isinstance(value, (str, bool, int, Principal, Mapping)):
                (constant if key in _FIELDS else shared)[key] = value
            else:
                varying.append((key, value if isinstance(value, (list, tuple)) else list(value)))
        lengths = {len(values) for _, values in varying}
        if len(lengths) > 1:
            raise InvalidArgumentError("columns differ in length: " + ", ".join(map(str, sorted(lengths))))
        missing = sorted(set(_FIELDS) - set(given))
        if missing:
            raise InvalidArgumentError("there is no column " + ", ".join(missing))
        #: number of requests
        self.count: int = lengths.pop() if lengths else 1
        context_: Context_ = shared
        self._base: Mapping[str, Any] = {
            **constant, "context": context_, "unknown": tuple(unknown), "readings": readings, "only": only,
            "resource_account": resource_account, "resource_management_account": resource_management_account}
        self._keep: List[Any] = []
        self._number = len(varying)
        self._columns = (_ffi.Column * self._number)()
        for column, (key, values) in zip(self._columns, varying):
            self._fill(column, key, values)

    def __len__(self) -> int:
        return self.count

    def _fill(self, column: Any, key: str, values: Sequence[Any]) -> None:
        column.field = _FIELDS.get(key, _ffi.COLUMN_CONTEXT)
        if column.field == _ffi.COLUMN_CONTEXT:
            name = utf8(key, "a context key")
            self._keep.append(name)
            column.key.ptr = ctypes.cast(ctypes.c_char_p(name), ctypes.c_void_p)
            column.key.len = len(name)
        column.values = self._slices(key, values, column.field == _ffi.COLUMN_CONTEXT)

    def _slices(self, key: str, values: Sequence[Any], optional: bool) -> int:
        """Each distinct text once, and pointer and length for each row; by whole columns, because a statement for each
        value would cost more than the decision."""
        if not all(issubclass(kind, (str, type(None))) for kind in set(map(type, values))):
            if not optional:
                raise TypeError(f"the column {key} holds texts, and something else")
            values = [None if value is None else value_text(value, key).decode("utf-8") for value in values]
        distinct: Dict[Optional[str], None] = dict.fromkeys(values)
        absent = None in distinct
        if absent and not optional:
            raise TypeError(f"the column {key} has no value in some row")
        distinct.pop(None, None)
        texts = [utf8(value or "", key) for value in distinct]
        blob = b"".join(texts)
        start = ctypes.cast(ctypes.c_char_p(blob), ctypes.c_void_p).value or 0
        pointers = dict(zip(distinct, accumulate(chain((start,), map(len, texts)))))
        lengths = dict(zip(distinct, map(len, texts)))
        if absent:
            pointers[None] = lengths[None] = 0
        slices = array(_WORD, bytes(2 * len(values) * array(_WORD).itemsize))
        slices[::2] = array(_WORD, map(pointers.__getitem__, values))
        slices[1::2] = array(_WORD, map(lengths.__getitem__, values))
        self._keep += [blob, slices]
        return _ffi.address(slices.buffer_info())

    def __reduce__(self) -> Any:
        raise TypeError("Columns hold memory of this process: they cannot be pickled or copied")

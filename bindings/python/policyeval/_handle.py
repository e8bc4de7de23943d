# SPDX-License-Identifier: MIT
"""Objects of the library, and texts on their way to it.

An object is freed when the last Python reference to its Handle goes. A method holds one while it calls, so that
close() in another thread ends the object for later calls, and frees it only after the last running one."""

from __future__ import annotations

import ctypes
import weakref
from types import TracebackType
from typing import Any, Callable, Optional, Type, TypeVar, Union

from ._errors import ClosedError, InvalidArgumentError

S = TypeVar("S", bound="Owner")


class Handle:
    """One pointer, freed once."""

    __slots__ = ("pointer", "__weakref__")

    def __init__(self, pointer: int, release: Callable[[int], Any]) -> None:
        self.pointer = pointer
        # Not at exit: threads that still run may be using it.
        weakref.finalize(self, release, pointer).atexit = False


class Owner:
    """Base of the classes that hold an object of the library. Use as a context manager, or close()."""

    __slots__ = ("_handle", "__weakref__")
    _handle: Optional[Handle]

    def __new__(cls: Type[S], *arguments: Any, **options: Any) -> S:
        self = super().__new__(cls)
        self._handle = None  # closed until the constructor is through
        return self

    def close(self) -> None:
        """Gives the object back. Calls that are running in other threads end first; later ones raise ClosedError."""
        self._handle = None

    @property
    def closed(self) -> bool:
        return self._handle is None

    def __enter__(self: S) -> S:
        self._use()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def _use(self) -> Handle:
        handle = self._handle
        if handle is None:
            raise ClosedError(f"this {type(self).__name__} is closed")
        return handle

    def __copy__(self: S) -> S:
        raise TypeError(f"a {type(self).__name__} cannot be copied")

    def __deepcopy__(self: S, memo: Any) -> S:
        raise TypeError(f"a {type(self).__name__} cannot be copied")

    def __reduce__(self) -> Any:
        raise TypeError(f"a {type(self).__name__} cannot be pickled")


def utf8(value: Union[str, bytes], what: str) -> bytes:
    """Text for the library, which itself refuses bytes that are not UTF-8, and NUL. TypeError when it is no text."""
    if isinstance(value, str):
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InvalidArgumentError(f"{what}: a text must be UTF-8, without surrogates ({error.reason})") from None
    if isinstance(value, bytes):
        return value
    raise TypeError(f"{what} is text, not {type(value).__name__}")


def terminated(value: Union[str, bytes], what: str) -> bytes:
    """Text that the library takes up to its NUL."""
    data = utf8(value, what)
    if b"\0" in data:
        raise InvalidArgumentError(f"{what}: a text must be without NUL")
    return data


def taken(context: int, free: Callable[[int, Any], Any], text: ctypes.c_void_p, length: ctypes.c_size_t) -> str:
    """A text that the library handed over: copied, then freed."""
    try:
        return ctypes.string_at(text, length.value).decode("utf-8")
    finally:
        free(context, text)

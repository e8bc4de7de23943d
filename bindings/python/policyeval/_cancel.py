# SPDX-License-Identifier: MIT
"""Stopping long calls: Ctrl-C, or a function of the caller."""

from __future__ import annotations

from typing import Any, Callable, Generator, List, Optional

from . import _ffi

Cancel = Callable[[], Any]


def _watch(cancel: Optional[Cancel], stopped: List[BaseException]) -> Generator[int, Any, None]:
    """Yields whether to stop. A generator, because a signal is handled where Python code starts to run: in a plain
    function that is before its first statement, where no `try` can be, and ctypes would drop the KeyboardInterrupt.
    Here it is at the `yield`, inside."""
    try:
        yield 0  # where next() leaves it, inside the try
        while True:
            yield 1 if cancel is not None and cancel() else 0
    except GeneratorExit:
        raise
    except BaseException as error:
        stopped.append(error)
    while True:
        yield 1


class Watch:
    """The callback of one call; finish() raises what stopped it."""

    __slots__ = ("callback", "_stopped", "_watching")

    def __init__(self, cancel: Optional[Cancel] = None) -> None:
        if cancel is not None and not callable(cancel):
            raise TypeError(f"cancel is a function, not {type(cancel).__name__}")
        self._stopped: List[BaseException] = []
        self._watching = _watch(cancel, self._stopped)
        next(self._watching)
        self.callback = _ffi.CANCEL(self._watching.send)

    def finish(self) -> None:
        if self._stopped:
            raise self._stopped.pop()

# SPDX-License-Identifier: MIT
"""Finds libpolicyeval: POLICYEVAL_LIBRARY, then beside this file, then the system."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import sys
from typing import Any, Iterator, List, Tuple

from ._version import ABI, VERSION

if sys.platform == "darwin":
    NAMES: Tuple[str, ...] = (f"libpolicyeval.{ABI}.dylib", "libpolicyeval.dylib")
elif os.name == "nt":
    NAMES = (f"libpolicyeval-{ABI}.dll", "policyeval.dll")
else:
    NAMES = (f"libpolicyeval.so.{ABI}", "libpolicyeval.so")


def candidates() -> Iterator[str]:
    """Where to look, best first. The environment has the only word when it speaks."""
    named = os.environ.get("POLICYEVAL_LIBRARY")
    if named:
        yield named
        return
    here = os.path.dirname(os.path.abspath(__file__))
    beside = [os.path.join(here, name) for name in NAMES]
    yield from (path for path in beside if os.path.exists(path))
    yield NAMES[0]
    found = ctypes.util.find_library("policyeval")
    if found:
        yield found


def numbers(version: str) -> Tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def check(lib: Any, where: str) -> None:
    """Raises ImportError when the library is not one that this package can call."""
    try:
        lib.policyeval_version_json.restype = ctypes.c_char_p
        facts = json.loads(lib.policyeval_version_json())
        version, abi = str(facts["version"]), int(facts["abi"])
    except (AttributeError, ValueError, KeyError, TypeError) as error:
        raise ImportError(f"{where} is not libpolicyeval: {error}") from None
    if abi != ABI:
        raise ImportError(f"{where} is libpolicyeval {version} with ABI {abi}, but policyeval {VERSION} for Python "
                          f"needs ABI {ABI}: install the package that came with the library")
    if numbers(version)[:2] < numbers(VERSION)[:2]:
        raise ImportError(f"{where} is libpolicyeval {version}, but policyeval {VERSION} for Python needs {VERSION} "
                          "or newer")


def load() -> Any:
    """The library, with nothing declared yet."""
    tried: List[str] = []
    for path in candidates():
        try:
            lib = ctypes.CDLL(path)
        except OSError as error:
            tried.append(f"{path}: {error}")
            continue
        check(lib, path)
        return lib
    raise ImportError("libpolicyeval was not found; install it, or name the file in POLICYEVAL_LIBRARY. Tried:\n  "
                      + "\n  ".join(tried))

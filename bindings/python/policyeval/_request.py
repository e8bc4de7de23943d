# SPDX-License-Identifier: MIT
"""Requests."""

from __future__ import annotations

import ctypes
import threading
from typing import Any, Dict, Iterable, Mapping, Optional, Union

from ._context import Context, handle_of
from ._errors import InvalidArgumentError, error_of
from ._facts import Context_, PrincipalLike, Setter, principal_of
from ._ffi import lib
from ._handle import Handle, Owner, taken
from ._types import Layer


def layer_of(layer: Union[Layer, str]) -> Layer:
    if isinstance(layer, str):
        return Layer.find(layer)
    if isinstance(layer, bool) or not isinstance(layer, int):
        raise TypeError(f"a layer is a Layer or its name, not {type(layer).__name__}")
    return Layer(layer)


def new_request(context: Handle, fields: Mapping[str, Any]) -> Handle:
    """A request of the library with these facts; what is left out is not set."""
    made = ctypes.c_void_p()
    rc = lib.policyeval_request_new(context.pointer, ctypes.byref(made))
    if rc or made.value is None:
        raise error_of(rc)
    handle = Handle(made.value, lib.policyeval_request_free)
    to = Setter("request", handle.pointer)
    for name in ("action", "resource", "resource_account"):
        if fields.get(name) is not None:
            to.text(name, fields[name])
    management = bool(fields.get("resource_management_account"))
    if fields.get("principal") is not None:
        to.principal(principal_of(fields["principal"]), management)
    else:
        to.call("set_management", 0, 1 if management else 0)
    to.facts(fields.get("context"), fields.get("unknown") or (), fields.get("readings"))
    if fields.get("only") is not None:
        to.call("set_only", layer_of(fields["only"]))
    return handle


CASE_MEMBERS = frozenset(("principal", "action", "resource", "resource_account", "resource_management_account",
                          "context", "unknown", "readings", "only"))


class Request(Owner):
    """One request: who does what to which resource, with which context. It does not change; threads that use one at
    the same time take turns.

    context: keys and values, a list for a multivalued key; unknown: keys whose value is not known; readings: rows of
    docs/semantics.md; only: judge the identity or the resource layer by itself."""

    __slots__ = ("_lock", "_context")

    def __init__(self, principal: PrincipalLike, action: str, resource: str, *, resource_account: Optional[str] = None,
                 resource_management_account: bool = False, context: Optional[Context_] = None,
                 unknown: Iterable[str] = (), readings: Optional[Mapping[str, str]] = None,
                 only: Union[Layer, str, None] = None, ctx: Optional[Context] = None) -> None:
        self._fill({"principal": principal, "action": action, "resource": resource,
                    "resource_account": resource_account, "resource_management_account": resource_management_account,
                    "context": context, "unknown": unknown, "readings": readings, "only": only}, ctx)

    def _fill(self, fields: Mapping[str, Any], ctx: Optional[Context]) -> None:
        for name in ("principal", "action", "resource"):
            if fields.get(name) is None:
                raise InvalidArgumentError(f"the request has no {name}")
        self._lock = threading.Lock()
        self._context = handle_of(ctx)
        self._handle = new_request(self._context, fields)

    @classmethod
    def from_case(cls, case: Mapping[str, Any], *, ctx: Optional[Context] = None) -> Request:
        """From a case as `policyeval simulate --cases` reads them; its policies and id are left aside."""
        fields: Dict[str, Any] = {name: case[name] for name in case if name not in ("id", "policies")}
        strange = sorted(set(fields) - CASE_MEMBERS)
        if strange:
            raise InvalidArgumentError("a case has no member " + ", ".join(strange))
        request = cls.__new__(cls)
        request._fill(fields, ctx)
        return request

    @property
    def json(self) -> str:
        """The request as a case, without policies."""
        handle = self._use()
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        with self._lock:
            rc = lib.policyeval_request_json(handle.pointer, ctypes.byref(text), ctypes.byref(length))
            if rc:
                raise error_of(rc, Setter("request", handle.pointer).detail())
        return taken(self._context.pointer, lib.policyeval_free, text, length)

    def __repr__(self) -> str:
        return "<Request, closed>" if self.closed else f"<Request {self.json}>"


def request_of(request: Union[Request, Mapping[str, Any]]) -> Request:
    if isinstance(request, Request):
        return request
    if isinstance(request, Mapping):
        return Request.from_case(request)
    raise TypeError(f"a request is a Request or a case as a dict, not {type(request).__name__}")

# SPDX-License-Identifier: MIT
"""Facts of a request, set alike on a request and on an access question."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, Callable, Iterable, List, Mapping, Optional, Sequence, Union

from . import _ffi
from ._errors import InvalidArgumentError, error_of
from ._ffi import lib
from ._handle import terminated, utf8

Scalar = Union[str, bool, int]
Context_ = Mapping[str, Union[Scalar, Sequence[Scalar]]]


@dataclass(frozen=True)
class Principal:
    """Who asks: an ARN (user, role, session, federated user, account root), or a service, or a federated provider, or
    nobody; and what its ARN does not tell."""

    arn: Optional[str] = None
    service: Optional[str] = None
    federated: Optional[str] = None
    anonymous: bool = False
    role_arn: Optional[str] = None
    session_name: Optional[str] = None
    path: Optional[str] = None
    id: Optional[str] = None
    parent: Optional[str] = None
    org_id: Optional[str] = None
    tags: Optional[Mapping[str, str]] = None
    management_account: bool = False


PrincipalLike = Union[str, Principal, Mapping[str, Any]]


def principal_of(principal: PrincipalLike) -> Principal:
    if isinstance(principal, str):
        return Principal(arn=principal)
    if isinstance(principal, Principal):
        return principal
    if isinstance(principal, Mapping):
        return Principal(**principal)
    raise TypeError(f"a principal is an ARN, a Principal or a dict, not {type(principal).__name__}")


def value_text(value: Scalar, what: str) -> bytes:
    """A context value as AWS writes it."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return str(value).encode("ascii")
    return utf8(value, what)


class Setter:
    """Calls policyeval_KIND_set_NAME on one object and raises what it refuses."""

    def __init__(self, kind: str, pointer: int) -> None:
        self.kind, self.pointer = kind, pointer

    def call(self, name: str, *arguments: Any) -> None:
        function: Callable[..., int] = getattr(lib, f"policyeval_{self.kind}_{name}")
        rc = function(self.pointer, *arguments)
        if rc:
            raise error_of(rc, self.detail())

    def detail(self) -> str:
        detail: bytes = getattr(lib, f"policyeval_{self.kind}_detail")(self.pointer)
        return detail.decode("utf-8", "replace")

    def text(self, name: str, value: Union[str, bytes]) -> None:
        data = utf8(value, name)
        self.call(f"set_{name}", data, len(data))

    def principal(self, principal: Principal, resource_management: bool) -> None:
        given = [principal.arn is not None, principal.service is not None, principal.federated is not None,
                 bool(principal.anonymous)]
        if sum(given) != 1:
            raise InvalidArgumentError("a principal is one of arn, service, federated and anonymous")
        if principal.arn is not None:
            self.text("principal", principal.arn)
        elif self.kind != "request":
            raise InvalidArgumentError("an access question is asked for a principal with an ARN")
        elif principal.service is not None:
            self.text("service", principal.service)
        elif principal.federated is not None:
            self.text("provider", principal.federated)
        else:
            self.call("set_anonymous")
        for number, name in ((_ffi.FACT_ROLE_ARN, "role_arn"), (_ffi.FACT_SESSION_NAME, "session_name"),
                             (_ffi.FACT_PATH, "path"), (_ffi.FACT_ID, "id"), (_ffi.FACT_PARENT, "parent")):
            value = getattr(principal, name)
            if value is not None:
                data = utf8(value, name)
                self.call("set_principal_fact", number, data, len(data))
        self.call("set_management", 1 if principal.management_account else 0, 1 if resource_management else 0)
        if principal.org_id is not None:
            self.value("aws:PrincipalOrgID", principal.org_id)
        for tag, value in (principal.tags or {}).items():
            if not isinstance(tag, str):
                raise TypeError(f"the key of a tag is text, not {type(tag).__name__}")
            self.value(f"aws:PrincipalTag/{tag}", value)

    def value(self, key: str, value: Union[Scalar, Sequence[Scalar]]) -> None:
        name = utf8(key, "a context key")
        if isinstance(value, (str, bool, int)):
            data = value_text(value, key)
            self.call("set_context", name, len(name), data, len(data))
        elif isinstance(value, (bytes, Mapping)) or not isinstance(value, Iterable):
            raise TypeError(f"{key} is text, a number, true or false, or a list of these, not {type(value).__name__}")
        else:
            items: List[bytes] = [value_text(one, key) for one in value]
            texts = (ctypes.c_char_p * len(items))(*items)
            lengths = (ctypes.c_size_t * len(items))(*map(len, items))
            self.call("set_context_list", name, len(name), texts, lengths, len(items))

    def facts(self, context: Optional[Context_], unknown: Iterable[str], readings: Optional[Mapping[str, str]]) -> None:
        for key, value in (context or {}).items():
            self.value(key, value)
        if isinstance(unknown, (str, bytes)):
            raise TypeError("unknown is a list of context keys")
        for key in unknown:
            data = utf8(key, "an unknown key")
            self.call("set_unknown", data, len(data))
        for row, reading in (readings or {}).items():
            self.call("set_reading", terminated(row, "a row"), terminated(reading, "a reading"))

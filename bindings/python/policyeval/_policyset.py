# SPDX-License-Identifier: MIT
"""Sets of policies, and decisions about requests."""

from __future__ import annotations

import ctypes
import json
import threading
from array import array
from typing import Any, Callable, Iterable, List, Mapping, Optional, Sequence, Union

from . import _ffi
from ._cancel import Cancel, Watch
from ._columns import Columns
from ._context import Context, handle_of
from ._errors import error_of
from ._facts import Setter
from ._ffi import lib
from ._handle import Handle, Owner, terminated
from ._policy import Policies, Policy, PolicyLike, grants_text, listed, loaded, report_of
from ._request import Request, layer_of, new_request, request_of
from ._types import EFFECTS, Decision, Effect, Kind, Layer, decision_of

Requests = Union[Columns, Mapping[str, Any], Iterable[Union[Request, Mapping[str, Any]]]]

#: what a document of each layer is loaded as
KINDS: Mapping[Layer, Kind] = {
    Layer.IDENTITY: Kind.IDENTITY, Layer.RESOURCE: Kind.RESOURCE, Layer.KEY: Kind.KMS_KEY,
    Layer.BOUNDARY: Kind.BOUNDARY, Layer.SESSION: Kind.SESSION, Layer.SCP: Kind.SCP, Layer.RCP: Kind.RCP,
    Layer.ENDPOINT: Kind.ENDPOINT,
}
Levels = Optional[Sequence[Policies]]


def add_layers(add: Callable[[Layer, PolicyLike, int], bool], declare: Callable[[Layer, int], None],
               identity: Policies, resource: Policies, boundary: Policies, session: Policies, endpoint: Policies,
               scp: Levels, rcp: Levels) -> None:
    """Adds what a constructor was given. A cap that is None does not apply; one without any policy allows nothing."""
    for layer, policies in ((Layer.IDENTITY, identity), (Layer.RESOURCE, resource)):
        for policy in listed(policies):
            add(layer, policy, 0)
    for layer, cap in ((Layer.BOUNDARY, boundary), (Layer.SESSION, session), (Layer.ENDPOINT, endpoint)):
        if cap is not None and not any([add(layer, policy, 0) for policy in listed(cap)]):
            declare(layer, 0)
    for layer, levels in ((Layer.SCP, scp), (Layer.RCP, rcp)):
        if levels is None:
            continue
        if isinstance(levels, (str, bytes, Policy, Mapping)):
            raise TypeError(f"{layer.text} is a list of levels, root first, each a policy or a list of policies")
        if not levels:
            declare(layer, 1)
        for level, cap in enumerate(levels, 1):
            if not any([add(layer, policy, level) for policy in listed(cap)]):
                declare(layer, level)


class PolicySet(Owner):
    """Which policies apply in which layer. The first decision freezes it; then any number of threads may use it.

    Policies are given loaded or as documents, one or several. A document for `resource` is loaded as Kind.RESOURCE:
    load secret, key and trust policies as such first. scp, rcp: one item a level of the organization, root first.
    boundary, session, endpoint, scp, rcp: None means that none applies, an empty list that they apply and none allows."""

    __slots__ = ("_lock", "_context", "_frozen", "_ctx")

    def __init__(self, *, identity: Policies = None, resource: Policies = None, boundary: Policies = None,
                 session: Policies = None, endpoint: Policies = None, scp: Levels = None, rcp: Levels = None,
                 grants: Any = None, ctx: Optional[Context] = None) -> None:
        self._ctx, self._context = ctx, handle_of(ctx)
        made = ctypes.c_void_p()
        rc = lib.policyeval_policyset_new(self._context.pointer, ctypes.byref(made))
        if rc or made.value is None:
            raise error_of(rc)
        self._handle = Handle(made.value, lib.policyeval_policyset_unref)
        self._lock = threading.Lock()
        self._frozen = False
        add_layers(self._add, self.declare, identity, resource, boundary, session, endpoint, scp, rcp)
        if grants is not None:
            self.add_grants(grants)

    def _add(self, layer: Layer, policy: PolicyLike, level: int) -> bool:
        one = loaded(policy, KINDS[layer], self._ctx)
        if one is None:
            return False
        handle, its = self._use(), one._use()
        with self._lock:
            rc = lib.policyeval_policyset_add(handle.pointer, layer, level, its.pointer)
        if rc:
            raise error_of(rc)
        return True

    def add(self, layer: Union[Layer, str], policy: PolicyLike, level: int = 0) -> None:
        """Adds a policy to a layer. level: of the organization, from 1 (root), for SCP and RCP. StateError when the
        set is frozen."""
        one = layer_of(layer)
        if one not in KINDS:
            raise ValueError("grants are added by add_grants")
        self._add(one, policy, level_of(level))

    def declare(self, layer: Union[Layer, str], level: int = 0) -> None:
        """Says that a cap applies even if it has no policy: then it allows nothing."""
        handle, one = self._use(), layer_of(layer)
        with self._lock:
            rc = lib.policyeval_policyset_declare(handle.pointer, one, level_of(level))
        if rc:
            raise error_of(rc)

    def add_grants(self, grants: Any, *, name: str = "grants") -> None:
        """Adds KMS grants as `aws kms list-grants` prints them: text, a file, or the data."""
        handle, text = self._use(), grants_text(grants)
        report = ctypes.c_void_p()
        with self._lock:
            rc = lib.policyeval_policyset_add_grants(handle.pointer, text, len(text), terminated(name, "name"),
                                                     ctypes.byref(report))
        told = report_of(report)
        if rc:
            raise error_of(rc, report=told, source=name)

    def freeze(self) -> None:
        """No more policies from here on."""
        self._ready()

    def _ready(self) -> Handle:
        """Freezing is a change, so only one thread does it; what is frozen needs no lock."""
        handle = self._use()
        if not self._frozen:
            with self._lock:
                rc = lib.policyeval_policyset_freeze(handle.pointer)
            if rc:
                raise error_of(rc)
            self._frozen = True
        return handle

    def evaluate(self, request: Union[Request, Mapping[str, Any]]) -> Decision:
        """Decides one request, and says why."""
        handle, one = self._ready(), request_of(request)
        its, made = one._use(), ctypes.c_void_p()
        with one._lock:
            rc = lib.policyeval_decide(handle.pointer, its.pointer, ctypes.byref(made))
            detail = Setter("request", its.pointer).detail() if rc else ""
        if rc or made.value is None:
            raise error_of(rc, detail)
        try:
            reason = lib.policyeval_decision_reason(made).text() or ""
            forms = [form(made, None) for form in (lib.policyeval_decision_json, lib.policyeval_decision_text,
                                                   lib.policyeval_decision_aws)]
        finally:
            lib.policyeval_decision_free(made)
        if None in forms:
            raise error_of(-2)
        as_json, as_text, as_aws = (form.decode("utf-8", "replace") for form in forms)
        return decision_of(json.loads(as_json), reason, as_json, as_text, as_aws)

    def effect(self, request: Union[Request, Mapping[str, Any]]) -> Effect:
        """The verdict alone, which is much cheaper."""
        handle = self._ready()
        one = request if isinstance(request, Request) else request_of(request)
        its, effect = one._use(), ctypes.c_int()
        with one._lock:
            rc = lib.policyeval_decide_effect(handle.pointer, its.pointer, ctypes.byref(effect))
            if rc:
                raise error_of(rc, Setter("request", its.pointer).detail())
        return EFFECTS[effect.value]

    def evaluate_many(self, requests: Requests, *, cancel: Optional[Cancel] = None) -> "array[int]":
        """The verdicts about many requests: an array of C ints, one a request, to compare with Effect; NumPy takes it
        without a copy. requests: Columns, or a dict or DataFrame of columns, or an iterable of requests or cases.

        The GIL is released meanwhile. Ctrl-C stops it, and so does `cancel`, a function that is asked now and then,
        when it returns true (CanceledError). A request that is refused raises with its number as `row`."""
        if isinstance(requests, Columns):
            return self._columns(requests, cancel)
        if hasattr(requests, "keys"):
            return self._columns(Columns(requests), cancel)
        if isinstance(requests, (str, bytes)):
            raise TypeError("requests are Columns, columns, or an iterable of requests")
        return self._requests([one if type(one) is Request else request_of(one) for one in requests], cancel)

    def _columns(self, columns: Columns, cancel: Optional[Cancel]) -> "array[int]":
        handle, base, count = self._ready(), new_request(self._context, columns._base), columns.count
        effects, done, watch = array("i", bytes(4 * count)), ctypes.c_size_t(), _watch(cancel, count)
        rc = lib.policyeval_decide_columns(handle.pointer, base.pointer, columns._columns, columns._number, count,
                                           _ffi.address(effects.buffer_info()), watch.callback if watch else _ffi.NO_CANCEL, None,
                                           ctypes.byref(done))
        if watch:
            watch.finish()
        if rc:
            raise error_of(rc, Setter("request", base.pointer).detail(), row=done.value)
        return effects

    def _requests(self, requests: List[Request], cancel: Optional[Cancel]) -> "array[int]":
        handle, count = self._ready(), len(requests)
        handles = [one._use() for one in requests]
        pointers = (ctypes.c_void_p * count)(*[one.pointer for one in handles])
        effects, done, watch = array("i", bytes(4 * count)), ctypes.c_size_t(), _watch(cancel, count)
        # In one order everywhere, so that two batches cannot wait for each other.
        locks = [one._lock for one in sorted(set(requests), key=id)]
        held, detail = 0, ""
        try:
            for lock in locks:
                lock.acquire()
                held += 1
            rc = lib.policyeval_decide_many(handle.pointer, pointers, count, _ffi.address(effects.buffer_info()),
                                            watch.callback if watch else _ffi.NO_CANCEL, None, ctypes.byref(done))
            if rc and done.value < count:
                detail = Setter("request", handles[done.value].pointer).detail()
        finally:
            for lock in locks[:held]:
                lock.release()
        if watch:
            watch.finish()
        if rc:
            raise error_of(rc, detail, row=done.value)
        return effects


def _watch(cancel: Optional[Cancel], count: int) -> Optional[Watch]:
    """The library asks before the first request and then every 256: a short batch ends sooner than it is asked."""
    return Watch(cancel) if cancel is not None or count > 256 else None


def level_of(level: int) -> int:
    if isinstance(level, bool) or not isinstance(level, int):
        raise TypeError(f"a level is a number, not {type(level).__name__}")
    if not 0 <= level < 1 << 31:
        raise ValueError(f"there is no level {level}")
    return level


# SPDX-License-Identifier: MIT
"""The question: may this principal read this secret?"""

from __future__ import annotations

import ctypes
import json
import os
import threading
from typing import Any, Callable, Iterable, Mapping, Optional, Union

from ._context import Context, handle_of
from ._errors import StateError, error_of
from ._facts import Context_, PrincipalLike, Setter, principal_of
from ._ffi import lib
from ._handle import Handle, Owner, terminated
from ._policy import Policies, PolicyLike, grants_text, loaded, report_of
from ._policyset import KINDS, Levels, add_layers, level_of
from ._request import layer_of
from ._types import AccessAnswer, Change, Effect, Kind, Layer, Reach, ReachAnswer, answer_of, change_of


class Access(Owner):
    """May this principal read this secret: secretsmanager:GetSecretValue on the secret and kms:Decrypt on its key.

    Without `key` and `key_policy` the secret is taken to use the AWS managed key aws/secretsmanager. Policies are
    given loaded, as documents, or as paths (os.PathLike); () says that there is none. scp, rcp: one item a level of
    the organization, root first. Threads that use one question at the same time take turns."""

    __slots__ = ("_lock", "_ctx")

    def __init__(self, principal: PrincipalLike, secret: str, key: Optional[str] = None, *, secret_policies: Policies,
                 identity_policies: Policies, key_policy: Optional[PolicyLike] = None, boundary: Policies = None,
                 session_policies: Policies = None, endpoint_policy: Policies = None, scp: Levels = None,
                 rcp: Levels = None, grants: Any = None, key_state: Optional[str] = None,
                 version_stage: Optional[str] = None, version_id: Optional[str] = None,
                 context: Optional[Context_] = None, unknown: Iterable[str] = (),
                 readings: Optional[Mapping[str, str]] = None, resource_management_account: bool = False,
                 ctx: Optional[Context] = None) -> None:
        made = ctypes.c_void_p()
        rc = lib.policyeval_access_new(handle_of(ctx).pointer, ctypes.byref(made))
        if rc or made.value is None:
            raise error_of(rc)
        self._handle = Handle(made.value, lib.policyeval_access_free)
        self._lock, self._ctx = threading.Lock(), ctx
        Setter("access", made.value).principal(principal_of(principal), resource_management_account)
        self.set(secret=secret, key=key, key_state=key_state, version_stage=version_stage, version_id=version_id,
                 context=context, unknown=unknown, readings=readings)
        if key_policy is not None:
            self.add_policy(Layer.KEY, key_policy)
        add_layers(self._add, self.declare, identity_policies, secret_policies, boundary, session_policies,
                   endpoint_policy, scp, rcp)
        if grants is not None:
            self.add_grants(grants)

    def set(self, *, secret: Optional[str] = None, key: Optional[str] = None, key_state: Optional[str] = None,
            version_stage: Optional[str] = None, version_id: Optional[str] = None, context: Optional[Context_] = None,
            unknown: Iterable[str] = (), readings: Optional[Mapping[str, str]] = None) -> None:
        """Changes facts of the question; what is left out stays as it is."""
        handle = self._use()
        to = Setter("access", handle.pointer)
        with self._lock:
            for name, value in (("secret", secret), ("key", key), ("key_state", key_state),
                                ("version_stage", version_stage), ("version_id", version_id)):
                if value is not None:
                    to.text(name, value)
            to.facts(context, unknown, readings)

    def _add(self, layer: Layer, policy: PolicyLike, level: int) -> bool:
        kind = Kind.SECRET if layer is Layer.RESOURCE else KINDS[layer]
        one = loaded(policy, kind, self._ctx)
        if one is None:
            return False
        handle, its = self._use(), one._use()
        with self._lock:
            Setter("access", handle.pointer).call("add_policy", layer, level, its.pointer)
        return True

    def add_policy(self, layer: Union[Layer, str], policy: PolicyLike, level: int = 0) -> None:
        """Adds a policy: RESOURCE is the secret's, KEY the key policy, the others as in PolicySet.add."""
        one = layer_of(layer)
        if one not in KINDS:
            raise ValueError("grants are added by add_grants")
        self._add(one, policy, level_of(level))

    def declare(self, layer: Union[Layer, str], level: int = 0) -> None:
        """Says that a cap applies even if it has no policy: then it allows nothing."""
        handle, one = self._use(), layer_of(layer)
        with self._lock:
            Setter("access", handle.pointer).call("declare", one, level_of(level))

    def add_grants(self, grants: Any, *, name: str = "grants") -> None:
        """Adds KMS grants as `aws kms list-grants` prints them: text, a file, or the data."""
        handle, text = self._use(), grants_text(grants)
        report = ctypes.c_void_p()
        with self._lock:
            rc = lib.policyeval_access_add_grants(handle.pointer, text, len(text), terminated(name, "name"),
                                                  ctypes.byref(report))
            detail = Setter("access", handle.pointer).detail()
        told = report_of(report)
        if rc:
            raise error_of(rc, detail, told, name)

    def decide(self) -> AccessAnswer:
        """Both decisions, with hints."""
        handle = self._use()
        with self._lock:
            Setter("access", handle.pointer).call("decide")
            as_json, as_text = (lib.policyeval_access_json(handle.pointer, None),
                                lib.policyeval_access_text(handle.pointer, None))
        if as_json is None or as_text is None:
            raise StateError("the question was not decided")
        text = as_json.decode("utf-8")
        return answer_of(json.loads(text), text, as_text.decode("utf-8", "replace"))

    def effect(self) -> Effect:
        """The verdict alone, without hints and explanations."""
        handle, effect = self._use(), ctypes.c_int()
        with self._lock:
            Setter("access", handle.pointer).call("effect", ctypes.byref(effect))
        return Effect(effect.value)

    def all_requests(self) -> ReachAnswer:
        """The question over all requests: what is set holds, every other fact may have any value or be absent."""
        handle = self._use()
        with self._lock:
            Setter("access", handle.pointer).call("all_requests")
            reach = Reach(lib.policyeval_access_reach(handle.pointer))
            as_json, as_text = (lib.policyeval_access_reach_json(handle.pointer, None),
                                lib.policyeval_access_reach_text(handle.pointer, None))
        if as_json is None or as_text is None:
            raise error_of(-2)
        text = as_json.decode("utf-8")
        data = json.loads(text)
        return ReachAnswer(reach, data["witness"], data["counterexample"], tuple(data["assumptions"]), text,
                           as_text.decode("utf-8", "replace"), data["operability"]["ok"])

    def who_can(self, candidates: Optional[Mapping[str, Iterable[PolicyLike]]] = None) -> Mapping[str, Any]:
        """Who can read the secret, over all requests, as `policyeval who-can --format json` prints it; this question's own
        principal plays no part. candidates: identity policies by the principal's ARN, () for none."""
        handle = self._use()
        with self._lock:
            to = Setter("access", handle.pointer)
            for arn, policies in (candidates or {}).items():
                data = arn.encode("utf-8")
                to.call("add_candidate", data, len(data), None)
                for policy in policies:
                    one = loaded(policy, Kind.IDENTITY, self._ctx)
                    if one is not None:
                        to.call("add_candidate", data, len(data), one._use().pointer)
            to.call("who_can")
            found = lib.policyeval_access_who_json(handle.pointer, None)
        if found is None:
            raise StateError("the question was not answered")
        answer: Mapping[str, Any] = json.loads(found)
        return answer

    def grant(self, *, any_version: bool = False, strict_stage: bool = False,
              folder: Union[None, str, "os.PathLike[str]"] = None) -> Change:
        """The smallest change of the policies with which the principal can read the secret, and what is proved about
        it. any_version: of all versions; strict_stage: only calls that name the stage; folder: where the printed
        commands read the policies from (without it they carry them). Nothing is written."""
        return self._change(lib.policyeval_grant_run, any_version, strict_stage, folder)

    def revoke(self, *, any_version: bool = False, strict_stage: bool = False,
               folder: Union[None, str, "os.PathLike[str]"] = None) -> Change:
        """The reverse: only statements that name the principal are changed."""
        return self._change(lib.policyeval_grant_run_revoke, any_version, strict_stage, folder)

    def _change(self, run: Callable[[Any], int], any_version: bool, strict_stage: bool,
                folder: Union[None, str, "os.PathLike[str]"]) -> Change:
        handle, made = self._use(), ctypes.c_void_p()
        path = None if folder is None else terminated(os.fsencode(folder), "folder")
        with self._lock:
            rc = lib.policyeval_grant_new(handle.pointer, ctypes.byref(made))
            try:
                rc = rc or lib.policyeval_grant_set_any_version(made, 1 if any_version else 0)
                rc = rc or lib.policyeval_grant_set_strict_stage(made, 1 if strict_stage else 0)
                rc = rc or lib.policyeval_grant_set_folder(made, path)
                rc = rc or run(made)
                if rc:
                    raise error_of(rc, Setter("access", handle.pointer).detail())
                forms = [form(made, None) for form in (lib.policyeval_grant_json, lib.policyeval_grant_text,
                                                       lib.policyeval_grant_diff, lib.policyeval_grant_commands)]
            finally:
                lib.policyeval_grant_free(made)
        if None in forms:
            raise error_of(-2)
        texts = [form.decode("utf-8", "replace") for form in forms]
        return change_of(json.loads(texts[0]), texts[0], texts[1], texts[2], texts[3])


def access(principal: PrincipalLike, secret: str, key: Optional[str] = None, **question: Any) -> AccessAnswer:
    """Asks once. The arguments are those of Access."""
    with Access(principal, secret, key, **question) as one:
        return one.decide()

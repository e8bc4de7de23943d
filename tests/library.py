# SPDX-License-Identifier: MIT
"""The built library in this process, for tests that ask many thousand questions about all requests. Import of it ends
the test as skipped where the library cannot be loaded into Python: sanitizers, no shared library."""

import ctypes
import json
import os
import sys

import source_tree

_FILE = os.path.join(os.environ.get("LIBPOLICYEVAL") or os.path.join(source_tree.BUILD, ".libs"), "libpolicyeval.so")
if os.environ.get("PLAIN_BUILD", "yes") != "yes" or not os.path.exists(_FILE):
    print("skipped: no libpolicyeval.so of a plain build to load into Python")
    sys.exit(77)
os.environ.setdefault("POLICYEVAL_LIBRARY", _FILE)
sys.path.insert(0, os.path.join(source_tree.TOP, "bindings", "python"))
from policyeval._ffi import Limits, lib  # noqa: E402

UNKNOWN, NO, YES = "UNKNOWN", "NO", "YES"
_ANSWERS = {0: UNKNOWN, 1: NO, 2: YES}
NEW_ACCESS, PUBLIC = 1, 3
KEPT = 4096  # policies that stay loaded


class Library:
    """One context. `states`, `search_nodes`: budgets of a question, 0 for the default."""

    def __init__(self, states=0, search_nodes=0):
        self._context = self._new(lib.policyeval_context_new, None)
        limits = Limits(size=ctypes.sizeof(Limits), states=states, search_nodes=search_nodes)
        self._check(lib.policyeval_context_set_limits(self._context, ctypes.byref(limits)), "limits")
        self._simulator = self._new(lib.policyeval_simulator_new, self._context)
        self._policies, self._line = {}, 0
        self.questions = self.replays = self.undecided = 0

    @staticmethod
    def _check(rc, what):
        if rc:
            raise SystemExit(f"{what}: {lib.policyeval_error_name(rc).decode()}")

    def _new(self, make, *arguments):
        out = ctypes.c_void_p()
        self._check(make(*arguments, ctypes.byref(out)), make.__name__)
        return out

    def policy(self, document, kind):
        """A loaded policy; `document` is an object or its text."""
        text = document if isinstance(document, str) else json.dumps(document)
        known = self._policies.get((text, kind))
        if known:
            return known
        if len(self._policies) >= KEPT:
            for old in self._policies.values():
                lib.policyeval_policy_unref(old)
            self._policies.clear()
        data, out = text.encode(), ctypes.c_void_p()
        rc = lib.policyeval_policy_load(self._context, lib.policyeval_kind_find(kind.encode()), data, len(data), None,
                                        ctypes.byref(out), None)
        self._check(rc, f"load of {text}")
        self._policies[text, kind] = out
        return out

    def ask(self, question, document, existing, kind):
        """The answer, and the witness as JSON or None. What the library calls an internal error is an answer, too."""
        analysis = self._new(lib.policyeval_analysis_new, self._context, question)
        lib.policyeval_analysis_set_policy(analysis, self.policy(document, kind))
        if existing is not None:
            lib.policyeval_analysis_set_existing(analysis, self.policy(existing, kind))
        rc = lib.policyeval_analysis_run(analysis)
        answer = _ANSWERS[lib.policyeval_analysis_answer(analysis)] if rc == 0 else lib.policyeval_error_name(rc).decode()
        witness = lib.policyeval_analysis_witness(analysis, 0, None) if answer == YES else None
        lib.policyeval_analysis_free(analysis)
        self.questions += 1
        self.undecided += answer == UNKNOWN
        return answer, witness.decode() if witness else None

    def new_access(self, document, existing, kind):
        return self.ask(NEW_ACCESS, document, existing, kind)

    def public(self, document):
        return self.ask(PUBLIC, document, None, "resource")

    def define(self, name, document, kind):
        """Gives the policy a name for `allows`."""
        self._run(json.dumps({"define": name, "policies": {kind: [document]}}))

    def allows(self, witness, document, kind):
        """Whether the evaluator allows the witness by a policy (or the name that it was given), for each reading it names."""
        self.replays += 1
        case = witness.rstrip()[:-1] + ', "policies": '
        case += json.dumps(document) if isinstance(document, str) else json.dumps({kind: [document]})
        return self._run(case + "}") == b"allowed"

    def _run(self, line):
        self._line += 1
        data, text, effect = line.encode(), ctypes.c_void_p(), ctypes.c_int(-1)
        rc = lib.policyeval_simulator_run(self._simulator, data, len(data), self._line, ctypes.byref(effect),
                                          ctypes.byref(text), None)
        said = ctypes.string_at(text.value).decode() if text.value else ""
        lib.policyeval_free(self._context, text)
        if rc:
            raise SystemExit(f"{line}\n{said}")
        return lib.policyeval_effect_name(effect) if effect.value >= 0 else None

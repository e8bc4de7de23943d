# SPDX-License-Identifier: MIT
"""Evaluates AWS access policies: may this principal read that secret, and if not, why not?

    import policyeval
    answer = policyeval.access("arn:aws:iam::111122223333:role/App", "arn:aws:secretsmanager:…",
                               secret_policies=Path("secret.json"), identity_policies=Path("role.json"))
    print(answer.text)

docs/python.md is the guide. The work is done by libpolicyeval; POLICYEVAL_LIBRARY names its file."""

from __future__ import annotations

from ._access import Access, access
from ._analysis import (Analysis, check_access_not_granted, check_no_new_access, check_no_public_access, compare,
                        findings, statements)
from ._columns import Columns
from ._context import Context, Limits, Memory, default_context
from ._errors import (CanceledError, ClosedError, ErrorCode, FileError, InternalError, InvalidArgumentError, LimitError,
                      MemoryLimitError, NotAPolicyError, NotFoundError, NotJSONError, OutOfMemoryError, PolicyEvalError,
                      StateError)
from ._facts import Principal
from ._ffi import lib as _lib
from ._policy import Policy
from ._policyset import PolicySet
from ._request import Request
from ._simulator import Simulator
from ._types import (AccessAnswer, AnalysisAnswer, Answer, Ask, CaseResult, Change, ChangedPolicy, Decision, Effect,
                     FailedCondition, Finding, Fixed, Format, Hint, Kind, Layer, LayerResult, Leg, Match, Miss,
                     Need, Obstacle, Position, Problem, Proof, PublicRule, Reach, ReachAnswer, Relation, Report,
                     Severity, Span, StatementNeed, Trust)
from ._validation import Validator, validate
from ._version import VERSION as __version__


def version() -> str:
    """The version of the library that runs."""
    return str(_lib.policyeval_version().decode("ascii"))


def version_json() -> str:
    """Library and build facts as JSON."""
    return str(_lib.policyeval_version_json().decode("ascii"))


__all__ = [
    "Access", "AccessAnswer", "Analysis", "AnalysisAnswer", "Answer", "Ask", "CanceledError", "CaseResult",
    "Change", "ChangedPolicy", "ClosedError", "Columns", "Context", "Decision", "Effect", "ErrorCode",
    "FailedCondition", "FileError", "Finding", "Fixed", "Format", "Hint", "InternalError",
    "InvalidArgumentError", "Kind", "Layer", "LayerResult", "Leg", "LimitError", "Limits", "Match",
    "Memory", "MemoryLimitError", "Miss", "Need", "NotAPolicyError", "NotFoundError", "NotJSONError", "Obstacle", "OutOfMemoryError", "Policy",
    "PolicyEvalError", "PolicySet", "Position", "Principal", "Problem", "Proof", "PublicRule", "Reach",
    "ReachAnswer", "Relation", "Report", "Request", "Severity", "Simulator", "Span", "StateError",
    "StatementNeed", "Trust",
    "Validator", "__version__", "access", "check_access_not_granted", "check_no_new_access",
    "check_no_public_access", "compare", "default_context", "findings", "statements", "validate", "version", "version_json",
]

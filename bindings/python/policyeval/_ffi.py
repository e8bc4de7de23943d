# SPDX-License-Identifier: MIT
"""Every export of libpolicyeval: its prototype, and what it is in Python or why it is nothing there.

A test holds the table against include/policyeval. To wrap a new call: one line here, one method in a class."""

from __future__ import annotations

import ctypes
from typing import Any, Dict, NamedTuple, Optional, Sequence, Tuple

from . import _library

# Names as short as a table needs them.
I, U, Z, T, H, V = ctypes.c_int, ctypes.c_uint, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_void_p, None
OUT = ctypes.c_void_p  # byref() of what the call fills in


class Slice(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]

    def text(self) -> Optional[str]:
        """The bytes as text; None when there are none."""
        return None if self.ptr is None else ctypes.string_at(self.ptr, self.len).decode("utf-8", "replace")


class Position(ctypes.Structure):
    _fields_ = [("line", ctypes.c_uint32), ("column", ctypes.c_uint32), ("offset", ctypes.c_uint32)]


class Span(ctypes.Structure):
    _fields_ = [("start", Position), ("end", Position)]


class Column(ctypes.Structure):
    _fields_ = [("field", ctypes.c_int), ("key", Slice), ("values", ctypes.c_void_p)]


class Limits(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("text_bytes", ctypes.c_size_t), ("depth", ctypes.c_uint32),
                ("nodes", ctypes.c_uint32), ("statements", ctypes.c_uint32), ("pattern_bytes", ctypes.c_uint32),
                ("states", ctypes.c_uint32), ("search_nodes", ctypes.c_uint32), ("analysis_bytes", ctypes.c_size_t),
                ("memory_bytes", ctypes.c_size_t)]


class Memory(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("held", ctypes.c_size_t), ("most", ctypes.c_size_t),
                ("refused", ctypes.c_size_t)]


CANCEL = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
NO_CANCEL = ctypes.cast(ctypes.c_void_p(), CANCEL)  # NULL

COLUMN_PRINCIPAL, COLUMN_ACTION, COLUMN_RESOURCE, COLUMN_CONTEXT = 1, 2, 3, 4
FACT_ROLE_ARN, FACT_SESSION_NAME, FACT_PATH, FACT_ID, FACT_PARENT = 1, 2, 3, 4, 5


class Prototype(NamedTuple):
    result: Any
    arguments: Sequence[Any]
    counterpart: str  # a dotted name of the package, or "-" and the reason why there is none


COUNTED = "- Python counts references itself"
ENDED = "- an object frees what it holds when it is closed or collected"
IN_JSON = "- the JSON document, which is read, says it"
IN_ENUM = "- the enumeration knows its values; a test compares them"

PROTOTYPES: Dict[str, Prototype] = {name: Prototype(*rest) for name, rest in {
    # version.h
    "policyeval_version": (T, (), "version"),
    "policyeval_version_json": (T, (), "version_json"),
    # context.h
    "policyeval_context_new": (I, (H, OUT), "Context"),
    "policyeval_context_ref": (H, (H,), COUNTED),
    "policyeval_context_unref": (V, (H,), "Context.close"),
    "policyeval_context_set_limits": (I, (H, H), "Context"),
    "policyeval_context_get_limits": (I, (H, OUT), "Context.limits"),
    "policyeval_context_memory": (I, (H, OUT), "Context.memory"),
    "policyeval_context_set_strict": (I, (H, I), "Context"),
    "policyeval_context_set_explain": (I, (H, I), "Context"),
    "policyeval_context_set_placeholder": (I, (H, T, Z, T, Z), "Context"),
    "policyeval_context_set_reading": (I, (H, T, T), "Context"),
    "policyeval_context_load_catalog": (I, (H, T, OUT), "Context"),
    "policyeval_free": (V, (H, H), ENDED),
    "policyeval_error_name": (T, (I,), IN_ENUM),
    "policyeval_error_text": (T, (I,), "PolicyEvalError"),
    "policyeval_effect_name": (T, (I,), "Effect.text"),
    "policyeval_kind_name": (T, (I,), "Kind.text"),
    "policyeval_kind_find": (I, (T,), "Kind.find"),
    "policyeval_layer_name": (T, (I,), "Layer.text"),
    # report.h
    "policyeval_report_free": (V, (H,), ENDED),
    "policyeval_report_count": (Z, (H,), "Report.findings"),
    "policyeval_report_severity": (I, (H, Z), "Finding.severity"),
    "policyeval_report_code": (Slice, (H, Z), "Finding.code"),
    "policyeval_report_message": (Slice, (H, Z), "Finding.message"),
    "policyeval_report_source": (Slice, (H, Z), "Finding.source"),
    "policyeval_report_fix": (Slice, (H, Z), "Finding.fix"),
    "policyeval_report_span": (I, (H, Z, OUT), "Finding.span"),
    "policyeval_report_json": (T, (H, OUT), "Report.json"),
    "policyeval_report_text": (T, (H, OUT), "Report.text"),
    # policy.h
    "policyeval_policy_load": (I, (H, I, T, Z, T, OUT, OUT), "Policy"),
    "policyeval_policy_load_file": (I, (H, I, T, OUT, OUT), "Policy"),
    "policyeval_policy_ref": (H, (H,), COUNTED),
    "policyeval_policy_unref": (V, (H,), "Policy.close"),
    "policyeval_policy_kind": (I, (H,), "Policy.kind"),
    "policyeval_policy_statements": (Z, (H,), "Policy.__len__"),
    "policyeval_policy_print": (I, (H, OUT, OUT), "Policy.__str__"),
    "policyeval_policy_equal": (I, (H, H), "Policy.__eq__"),
    "policyeval_policyset_new": (I, (H, OUT), "PolicySet"),
    "policyeval_policyset_ref": (H, (H,), COUNTED),
    "policyeval_policyset_unref": (V, (H,), "PolicySet.close"),
    "policyeval_policyset_add": (I, (H, I, U, H), "PolicySet.add"),
    "policyeval_policyset_declare": (I, (H, I, U), "PolicySet.declare"),
    "policyeval_policyset_add_grants": (I, (H, T, Z, T, OUT), "PolicySet.add_grants"),
    "policyeval_policyset_freeze": (I, (H,), "PolicySet.freeze"),
    # request.h
    "policyeval_request_new": (I, (H, OUT), "Request"),
    "policyeval_request_free": (V, (H,), "Request.close"),
    "policyeval_request_clear": (I, (H,), "- a Request does not change; make another one"),
    "policyeval_request_detail": (T, (H,), "PolicyEvalError"),
    "policyeval_request_set_principal": (I, (H, T, Z), "Principal.arn"),
    "policyeval_request_set_service": (I, (H, T, Z), "Principal.service"),
    "policyeval_request_set_provider": (I, (H, T, Z), "Principal.federated"),
    "policyeval_request_set_anonymous": (I, (H,), "Principal.anonymous"),
    "policyeval_request_set_principal_fact": (I, (H, I, T, Z), "Principal"),
    "policyeval_request_set_management": (I, (H, I, I), "Principal.management_account"),
    "policyeval_request_set_action": (I, (H, T, Z), "Request"),
    "policyeval_request_set_resource": (I, (H, T, Z), "Request"),
    "policyeval_request_set_resource_account": (I, (H, T, Z), "Request"),
    "policyeval_request_set_context": (I, (H, T, Z, T, Z), "Request"),
    "policyeval_request_set_context_list": (I, (H, T, Z, H, H, Z), "Request"),
    "policyeval_request_set_unknown": (I, (H, T, Z), "Request"),
    "policyeval_request_set_reading": (I, (H, T, T), "Request"),
    "policyeval_request_set_only": (I, (H, I), "Request"),
    "policyeval_request_json": (I, (H, OUT, OUT), "Request.json"),
    # decision.h
    "policyeval_decide": (I, (H, H, OUT), "PolicySet.evaluate"),
    "policyeval_decide_effect": (I, (H, H, OUT), "PolicySet.effect"),
    "policyeval_decide_many": (I, (H, H, Z, H, CANCEL, H, OUT), "PolicySet.evaluate_many"),
    "policyeval_decide_columns": (I, (H, H, H, Z, Z, H, CANCEL, H, OUT), "PolicySet.evaluate_many"),
    "policyeval_decision_free": (V, (H,), ENDED),
    "policyeval_decision_effect": (I, (H,), IN_JSON),
    "policyeval_decision_blocked_by": (I, (H, I), IN_JSON),
    "policyeval_decision_reason": (Slice, (H,), "Decision.reason"),
    "policyeval_decision_assumption": (Slice, (H, Z), IN_JSON),
    "policyeval_decision_missing": (Slice, (H, Z), IN_JSON),
    "policyeval_decision_json": (T, (H, OUT), "Decision.json"),
    "policyeval_decision_text": (T, (H, OUT), "Decision.text"),
    "policyeval_decision_aws": (T, (H, OUT), "Decision.aws"),
    "policyeval_simulator_new": (I, (H, OUT), "Simulator"),
    "policyeval_simulator_free": (V, (H,), "Simulator.close"),
    "policyeval_simulator_set_format": (I, (H, I), "Simulator"),
    "policyeval_simulator_run": (I, (H, T, Z, Z, OUT, OUT, OUT), "Simulator.run"),
    # validate.h
    "policyeval_validation_new": (I, (H, OUT), "Validator"),
    "policyeval_validation_free": (V, (H,), "Validator.close"),
    "policyeval_validation_ignore": (I, (H, T), "Validator"),
    "policyeval_validation_only": (I, (H, T), "Validator"),
    "policyeval_validation_set_caller": (I, (H, T, Z), "Validator"),
    "policyeval_validation_add_identity_policy": (I, (H, H), "Validator"),
    "policyeval_validation_add_known_principals": (I, (H, T, Z), "Validator"),
    "policyeval_validate": (I, (H, I, T, Z, T, OUT), "Validator.validate"),
    "policyeval_fix": (I, (H, I, T, Z, T, OUT, OUT, OUT, OUT), "Validator.fix"),
    "policyeval_report_sarif": (T, (H, OUT), "Report.sarif"),
    "policyeval_report_aws": (T, (H, OUT), "Report.aws"),
    # access.h
    "policyeval_access_new": (I, (H, OUT), "Access"),
    "policyeval_access_free": (V, (H,), "Access.close"),
    "policyeval_access_detail": (T, (H,), "PolicyEvalError"),
    "policyeval_access_set_principal": (I, (H, T, Z), "Access.set"),
    "policyeval_access_set_principal_fact": (I, (H, I, T, Z), "Principal"),
    "policyeval_access_set_management": (I, (H, I, I), "Principal.management_account"),
    "policyeval_access_set_secret": (I, (H, T, Z), "Access.set"),
    "policyeval_access_set_key": (I, (H, T, Z), "Access.set"),
    "policyeval_access_set_key_state": (I, (H, T, Z), "Access.set"),
    "policyeval_access_set_version_stage": (I, (H, T, Z), "Access.set"),
    "policyeval_access_set_version_id": (I, (H, T, Z), "Access.set"),
    "policyeval_access_set_context": (I, (H, T, Z, T, Z), "Access.set"),
    "policyeval_access_set_context_list": (I, (H, T, Z, H, H, Z), "Access.set"),
    "policyeval_access_set_unknown": (I, (H, T, Z), "Access.set"),
    "policyeval_access_set_reading": (I, (H, T, T), "Access.set"),
    "policyeval_access_add_policy": (I, (H, I, U, H), "Access.add_policy"),
    "policyeval_access_declare": (I, (H, I, U), "Access.declare"),
    "policyeval_access_add_grants": (I, (H, T, Z, T, OUT), "Access.add_grants"),
    "policyeval_access_decide": (I, (H,), "Access.decide"),
    "policyeval_access_effect": (I, (H, OUT), "Access.effect"),
    "policyeval_access_decision": (I, (H,), IN_JSON),
    "policyeval_access_leg": (I, (H, I), IN_JSON),
    "policyeval_access_operable": (I, (H,), IN_JSON),
    "policyeval_access_hints": (Z, (H,), IN_JSON),
    "policyeval_access_hint_rule": (Slice, (H, Z), IN_JSON),
    "policyeval_access_hint_message": (Slice, (H, Z), IN_JSON),
    "policyeval_access_json": (T, (H, OUT), "AccessAnswer.json"),
    "policyeval_access_text": (T, (H, OUT), "AccessAnswer.text"),
    "policyeval_access_all_requests": (I, (H,), "Access.all_requests"),
    "policyeval_access_reach": (I, (H,), "ReachAnswer.reach"),
    "policyeval_reach_name": (T, (I,), "Reach.text"),
    "policyeval_access_reach_json": (T, (H, OUT), "ReachAnswer.json"),
    "policyeval_access_reach_text": (T, (H, OUT), "ReachAnswer.text"),
    "policyeval_access_add_candidate": (I, (H, T, Z, H), "Access.who_can"),
    "policyeval_access_who_can": (I, (H,), "Access.who_can"),
    "policyeval_access_who_count": (Z, (H,), IN_JSON),
    "policyeval_access_who_complete": (I, (H,), IN_JSON),
    "policyeval_access_who_json": (T, (H, OUT), "Access.who_can"),
    "policyeval_access_who_text": (T, (H, OUT), IN_JSON),
    # analysis.h
    "policyeval_analysis_new": (I, (H, I, OUT), "Analysis"),
    "policyeval_analysis_free": (V, (H,), "Analysis.close"),
    "policyeval_analysis_detail": (T, (H,), "PolicyEvalError"),
    "policyeval_analysis_set_policy": (I, (H, H), "Analysis"),
    "policyeval_analysis_set_existing": (I, (H, H), "Analysis"),
    "policyeval_analysis_add_action": (I, (H, T, Z), "Analysis"),
    "policyeval_analysis_add_resource": (I, (H, T, Z), "Analysis"),
    "policyeval_analysis_set_rule": (I, (H, I), "Analysis"),
    "policyeval_analysis_add_trust": (I, (H, I, T, Z), "Analysis"),
    "policyeval_analysis_set_ip_limit": (I, (H, ctypes.c_uint64), "Analysis"),
    "policyeval_analysis_set_ipv6_limit": (I, (H, ctypes.c_uint64), "Analysis"),
    "policyeval_analysis_set_statement": (I, (H, Z), "Analysis"),
    "policyeval_analysis_set_grant_only": (I, (H, I), "Analysis"),
    "policyeval_analysis_set_closed_catalog": (I, (H, I), "Analysis"),
    "policyeval_analysis_set_cancel": (I, (H, CANCEL, H), "Analysis.run"),
    "policyeval_analysis_run": (I, (H,), "Analysis.run"),
    "policyeval_analysis_answer": (I, (H,), "AnalysisAnswer.answer"),
    "policyeval_analysis_relation": (I, (H,), "AnalysisAnswer.relation"),
    "policyeval_analysis_reasons": (Z, (H,), "AnalysisAnswer.reasons"),
    "policyeval_analysis_reason": (Z, (H, Z), "AnalysisAnswer.reasons"),
    "policyeval_analysis_need": (I, (H, Z), "AnalysisAnswer.needs"),
    "policyeval_analysis_need_by": (Z, (H, Z, Z), "AnalysisAnswer.needs"),
    "policyeval_analysis_witness": (T, (H, I, OUT), "AnalysisAnswer.witness"),
    "policyeval_analysis_json": (T, (H, OUT), "AnalysisAnswer.json"),
    "policyeval_analysis_text": (T, (H, OUT), "AnalysisAnswer.text"),
    "policyeval_analysis_aws": (T, (H, OUT), "AnalysisAnswer.aws"),
    "policyeval_answer_name": (T, (I,), "Answer.text"),
    "policyeval_relation_name": (T, (I,), "Relation.text"),
    "policyeval_need_name": (T, (I,), "Need.text"),
    # grant.h
    "policyeval_grant_new": (I, (H, OUT), "Access.grant"),
    "policyeval_grant_free": (V, (H,), ENDED),
    "policyeval_grant_set_any_version": (I, (H, I), "Access.grant"),
    "policyeval_grant_set_strict_stage": (I, (H, I), "Access.grant"),
    "policyeval_grant_set_folder": (I, (H, T), "Access.grant"),
    "policyeval_grant_run": (I, (H,), "Access.grant"),
    "policyeval_grant_run_revoke": (I, (H,), "Access.revoke"),
    "policyeval_grant_changed": (I, (H,), IN_JSON),
    "policyeval_grant_proved": (I, (H,), IN_JSON),
    "policyeval_grant_blocked": (Z, (H,), IN_JSON),
    "policyeval_grant_documents": (Z, (H,), IN_JSON),
    "policyeval_grant_document_layer": (I, (H, Z), IN_JSON),
    "policyeval_grant_document_changed": (I, (H, Z), IN_JSON),
    "policyeval_grant_document": (Slice, (H, Z), IN_JSON),
    "policyeval_grant_document_file": (Slice, (H, Z), IN_JSON),
    "policyeval_grant_json": (T, (H, OUT), "Change.json"),
    "policyeval_grant_text": (T, (H, OUT), "Change.text"),
    "policyeval_grant_diff": (T, (H, OUT), "Change.diff"),
    "policyeval_grant_commands": (T, (H, OUT), "Change.commands"),
}.items()}


def declare(lib: Any, table: Dict[str, Prototype]) -> Any:
    """Gives the library's functions their types."""
    for name, prototype in table.items():
        try:
            function = getattr(lib, name)
        except AttributeError:
            raise ImportError(f"{lib._name} is older than this package: it has no {name}") from None
        function.restype, function.argtypes = prototype.result, list(prototype.arguments)
    return lib


lib: Any = declare(_library.load(), PROTOTYPES)


def address(value: Tuple[Any, ...]) -> int:
    """Where array.array.buffer_info() says that the items are."""
    return int(value[0])

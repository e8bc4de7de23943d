# SPDX-License-Identifier: MIT
"""Enumerations and results. Everything here is immutable and holds nothing of the library."""

from __future__ import annotations

import enum
import json as json_
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Tuple, Type, TypeVar

from ._ffi import lib

E = TypeVar("E", bound="_Named")


class _Named(enum.IntEnum):
    """An enumeration whose members have names in documents."""

    @property
    def text(self) -> str:
        """The name as JSON documents and the command write it."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def find(cls: Type[E], name: str) -> E:
        """The member of that name. ValueError when there is none."""
        for member in cls:
            if member.text == name:
                return member
        raise ValueError(f"{name!r} is no {cls.__name__}: " + ", ".join(member.text for member in cls))


class _Told(_Named):
    """One whose names the library tells."""

    @property
    def text(self) -> str:
        """The name as JSON documents and the command write it."""
        name: bytes = getattr(lib, f"policyeval_{type(self).__name__.lower()}_name")(self.value)
        return name.decode("ascii")


class Effect(_Told):
    """A verdict. Only ALLOW is true."""

    IMPLICIT_DENY = 0
    EXPLICIT_DENY = 1
    ALLOW = 2
    UNKNOWN = 3

    def __bool__(self) -> bool:
        return self is Effect.ALLOW


class Kind(_Told):
    """What a policy document is attached to."""

    IDENTITY = 1
    RESOURCE = 2
    SECRET = 3
    KMS_KEY = 4
    TRUST = 5
    SCP = 6
    RCP = 7
    BOUNDARY = 8
    SESSION = 9
    ENDPOINT = 10

    @classmethod
    def find(cls, name: str) -> Kind:
        """The kind of that name. ValueError when there is none."""
        value = lib.policyeval_kind_find(name.encode("utf-8")) if "\0" not in name else 0
        if value == 0:
            raise ValueError(f"{name!r} is no Kind: " + ", ".join(member.text for member in cls))
        return cls(value)


class Layer(_Told):
    """A layer of a decision."""

    IDENTITY = 1
    RESOURCE = 2
    KEY = 3
    GRANT = 4
    BOUNDARY = 5
    SESSION = 6
    SCP = 7
    RCP = 8
    ENDPOINT = 9


class Severity(_Named):
    """How bad a finding is, worst first."""

    ERROR = 1
    SECURITY_WARNING = 2
    WARNING = 3
    SUGGESTION = 4

    @property
    def text(self) -> str:
        return self.name


class Format(_Named):
    """The form of a Simulator's results."""

    JSON = 1
    AWS = 2


class Ask(_Named):
    """What can be asked about all requests."""

    NEW_ACCESS = 1
    ACCESS_GRANTED = 2
    PUBLIC = 3
    COMPARE = 4
    FINDINGS = 5
    STATEMENTS = 6


class Answer(_Told):
    """The answer. Only YES is true."""

    UNKNOWN = 0
    NO = 1
    YES = 2

    def __bool__(self) -> bool:
        return self is Answer.YES


class Relation(_Told):
    """What the first policy is, compared with the second."""

    UNKNOWN = 0
    EQUIVALENT = 1
    NARROWER = 2
    BROADER = 3
    INCOMPARABLE = 4


class Need(_Told):
    """What a statement is for. Only NEEDED is true."""

    UNKNOWN = 0
    NEEDED = 1
    REDUNDANT = 2
    SHADOWED = 3
    NEVER = 4

    def __bool__(self) -> bool:
        return self is Need.NEEDED


class Reach(_Told):
    """The answer to an access question over all requests. Only ALWAYS is true."""

    UNKNOWN = 0
    NEVER = 1
    SOMETIMES = 2
    ALWAYS = 3

    def __bool__(self) -> bool:
        return self is Reach.ALWAYS


class PublicRule(_Named):
    """What makes a policy public."""

    FIXED_VALUES = 0
    ARTICLE = 1
    ZONE = 2


class Trust(_Named):
    """What can be trusted."""

    ACCOUNT = 1
    ORG = 2
    VPC = 3
    VPCE = 4


@dataclass(frozen=True)
class Position:
    """A place in a file: line from 1; column (characters) and offset (bytes) from 0."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True)
class Span:
    """From start up to, not including, end."""

    start: Position
    end: Position


@dataclass(frozen=True)
class Finding:
    """Something about a document."""

    severity: Severity
    code: str
    message: str
    source: Optional[str]
    span: Optional[Span]
    fix: Optional[str]


@dataclass(frozen=True)
class Report:
    """Findings in order of place. sarif: as SARIF 2.1.0; aws: as the reply of ValidateResourcePolicy."""

    findings: Tuple[Finding, ...]
    json: str = field(repr=False)
    text: str = field(repr=False)
    sarif: str = field(repr=False)
    aws: str = field(repr=False)

    @property
    def worst(self) -> Optional[Severity]:
        return min((finding.severity for finding in self.findings), default=None)


@dataclass(frozen=True)
class Fixed:
    """A mended document. complete: the rest of it is a policy; else it was mended as far as could be."""

    text: str
    diff: str
    complete: bool


@dataclass(frozen=True)
class CaseResult:
    """The answer to a case. effect: None when it was malformed."""

    effect: Optional[Effect]
    malformed: bool
    json: str

    @property
    def data(self) -> Mapping[str, Any]:
        """The answer, read."""
        found: Mapping[str, Any] = json_.loads(self.json)
        return found

    @property
    def error(self) -> Optional[str]:
        """What is wrong with the case."""
        return str(self.data["error"]["message"]) if self.malformed else None


@dataclass(frozen=True)
class Match:
    """A statement that matched a request."""

    statement: int
    sid: Optional[str]
    effect: str
    span: Span


@dataclass(frozen=True)
class FailedCondition:
    """The condition that made a statement not match."""

    operator: str
    key: str
    why: str
    request: Optional[str]
    policy: Optional[str]


@dataclass(frozen=True)
class Miss:
    """A statement that did not match, and its elements that failed; told when the context explains."""

    statement: int
    sid: Optional[str]
    effect: str
    failed: Tuple[str, ...]
    condition: Optional[FailedCondition]
    span: Span


@dataclass(frozen=True)
class LayerResult:
    """What one policy of a layer says about a request."""

    type: Layer
    source: Optional[str]
    level: Optional[int]
    effect: Effect
    matched: Tuple[Match, ...]
    missed: Tuple[Miss, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The verdict about a request, and why."""

    effect: Effect
    blocked_by: Tuple[Layer, ...]
    layers: Tuple[LayerResult, ...]
    missing_context: Tuple[str, ...]
    assumptions: Tuple[str, ...]
    reason: str = field(repr=False)
    json: str = field(repr=False)
    text: str = field(repr=False)
    aws: str = field(repr=False)


@dataclass(frozen=True)
class Hint:
    """What to write instead. Hints with the same number in `set` belong together."""

    rule: str
    set: int
    layer: Layer
    message: str
    change: str
    source: Optional[str]
    statement: Optional[int]
    span: Optional[Span]
    value_span: Optional[Span]
    replacement: Optional[str]


@dataclass(frozen=True)
class Leg:
    """One of the two decisions of an access question."""

    action: str
    resource: str
    effect: Effect
    blocked_by: Tuple[Layer, ...]
    layers: Tuple[LayerResult, ...]
    missing_context: Tuple[str, ...]
    assumptions: Tuple[str, ...]
    hints: Tuple[Hint, ...]


@dataclass(frozen=True)
class Problem:
    """What stands in the way besides authorization."""

    error: str
    message: str


@dataclass(frozen=True)
class AccessAnswer:
    """May this principal read this secret? True in a condition when it may, and nothing else is in the way."""

    effect: Effect
    secret: Leg
    key: Leg
    operable: bool
    problems: Tuple[Problem, ...]
    json: str = field(repr=False)
    text: str = field(repr=False)

    @property
    def legs(self) -> Tuple[Leg, Leg]:
        return (self.secret, self.key)

    @property
    def hints(self) -> Tuple[Hint, ...]:
        return self.secret.hints + self.key.hints

    def __bool__(self) -> bool:
        return self.effect is Effect.ALLOW and self.operable


@dataclass(frozen=True)
class StatementNeed:
    """What a statement is for. True in a condition when it is needed.

    by: the statements that are why it is not; witness: a case that only this statement allows or, a Deny, denies."""

    need: Need
    by: Tuple[int, ...]
    witness: Optional[Mapping[str, Any]]

    def __bool__(self) -> bool:
        return bool(self.need)


@dataclass(frozen=True)
class AnalysisAnswer:
    """The answer about all requests. True in a condition when NO was proved, which is what a check asks for.

    reasons: statements of the policy that are the reason for YES (STATEMENTS: for NO, those that are not needed); witness: a
    case that shows YES, second_witness: one that only the other policy allows; needs: of STATEMENTS, by the index
    of the statement; aws: in the form of Access Analyzer's API, None when it has no such question."""

    answer: Answer
    relation: Relation
    reasons: Tuple[int, ...]
    witness: Optional[Mapping[str, Any]]
    second_witness: Optional[Mapping[str, Any]]
    needs: Mapping[int, StatementNeed]
    json: str = field(repr=False)
    text: str = field(repr=False)
    aws: Optional[str] = field(repr=False)

    @property
    def data(self) -> Mapping[str, Any]:
        """The JSON form, read."""
        found: Mapping[str, Any] = json_.loads(self.json)
        return found

    def __bool__(self) -> bool:
        return self.answer is Answer.NO


@dataclass(frozen=True)
class ReachAnswer:
    """An access question over all requests. witness: the cases "secret" and "key" in which the principal may read the
    secret, counterexample: those in which it may not; operable: nothing else, such as the state of the key, stands in the
    way. True in a condition when it always may, and can."""

    reach: Reach
    witness: Optional[Mapping[str, Any]]
    counterexample: Optional[Mapping[str, Any]]
    assumptions: Tuple[str, ...]
    json: str = field(repr=False)
    text: str = field(repr=False)
    operable: bool = True

    @property
    def data(self) -> Mapping[str, Any]:
        """The JSON form, read."""
        found: Mapping[str, Any] = json_.loads(self.json)
        return found

    def __bool__(self) -> bool:
        return self.reach is Reach.ALWAYS and self.operable


@dataclass(frozen=True)
class ChangedPolicy:
    """A policy after a change. text: None when there is none (left); added, removed, cut: indices of statements."""

    layer: Layer
    source: Optional[str]
    file: str
    changed: bool
    text: Optional[str]
    added: Tuple[int, ...]
    removed: Tuple[int, ...]
    cut: Tuple[int, ...]


@dataclass(frozen=True)
class Proof:
    """A claim about a change, and what came of proving it."""

    claim: str
    message: str
    answer: str
    note: Optional[str]


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way of a change."""

    layer: Optional[Layer]
    source: Optional[str]
    statement: Optional[int]
    span: Optional[Span]
    message: str


@dataclass(frozen=True)
class Change:
    """The smallest change of the policies that grants or revokes. True in a condition when nothing stands in the way
    and every claim is proved. diff: as `diff -u` prints it; commands: of the AWS CLI, which apply it."""

    changed: bool
    proved: bool
    policies: Tuple[ChangedPolicy, ...]
    proofs: Tuple[Proof, ...]
    blocked_by: Tuple[Obstacle, ...]
    json: str = field(repr=False)
    text: str = field(repr=False)
    diff: str = field(repr=False)
    commands: str = field(repr=False)

    def __bool__(self) -> bool:
        return self.proved


# ---- documents of the library, read ----

#: by value: cheaper than Effect(value)
EFFECTS: Tuple[Effect, ...] = tuple(Effect)
_EFFECTS: Mapping[str, Effect] = {member.text: member for member in Effect}
_LAYERS: Mapping[str, Layer] = {member.text: member for member in Layer}


def _span(data: Mapping[str, Any]) -> Span:
    return Span(Position(**data["start"]), Position(**data["end"]))


def span_of(data: Optional[Mapping[str, Any]]) -> Optional[Span]:
    return None if data is None else _span(data)


def _match(data: Mapping[str, Any]) -> Match:
    return Match(data["statement"], data["sid"], data["effect"], _span(data["span"]))


def _miss(data: Mapping[str, Any]) -> Miss:
    condition = data["condition"]
    return Miss(data["statement"], data["sid"], data["effect"], tuple(data["failed"]),
                None if condition is None else FailedCondition(**condition), _span(data["span"]))


def _layer(data: Mapping[str, Any]) -> LayerResult:
    return LayerResult(_LAYERS[data["type"]], data["source"], data.get("level"), _EFFECTS[data["decision"]],
                       tuple(_match(one) for one in data["matched"]),
                       tuple(_miss(one) for one in data.get("missed", ())))


def _hint(data: Mapping[str, Any]) -> Hint:
    return Hint(data["rule"], data["set"], _LAYERS[data["layer"]], data["message"], data["change"], data["source"],
                data["statement"], span_of(data["span"]), span_of(data["value_span"]), data["replacement"])


def _verdict(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "effect": _EFFECTS[data["decision"]],
        "blocked_by": tuple(_LAYERS[name] for name in data["blocked_by"]),
        "layers": tuple(_layer(one) for one in data["layers"]),
        "missing_context": tuple(data["missing_context"]),
        "assumptions": tuple(data["assumptions"]),
    }


def decision_of(data: Mapping[str, Any], reason: str, json: str, text: str, aws: str) -> Decision:
    return Decision(reason=reason, json=json, text=text, aws=aws, **_verdict(data))


def _leg(data: Mapping[str, Any]) -> Leg:
    return Leg(action=data["action"], resource=data["resource"], hints=tuple(_hint(one) for one in data["hints"]),
               **_verdict(data))


def answer_of(data: Mapping[str, Any], json: str, text: str) -> AccessAnswer:
    secret, key = (_leg(one) for one in data["legs"])
    operability = data["operability"]
    return AccessAnswer(_EFFECTS[data["decision"]], secret, key, operability["ok"],
                        tuple(Problem(one["error"], one["message"]) for one in operability["problems"]), json, text)


def _changed(data: Mapping[str, Any]) -> ChangedPolicy:
    return ChangedPolicy(_LAYERS[data["type"]], data["source"], data["file"], data["changed"],
                         None if data["document"] is None else data["text"],
                         *(tuple(data[name]) for name in ("added", "removed", "cut")))


def _obstacle(data: Mapping[str, Any]) -> Obstacle:
    return Obstacle(None if data["type"] is None else _LAYERS[data["type"]], data["source"], data["statement"],
                    span_of(data["span"]), data["message"])


def change_of(data: Mapping[str, Any], json: str, text: str, diff: str, commands: str) -> Change:
    return Change(data["changed"], data["proved"], tuple(_changed(one) for one in data["policies"]),
                  tuple(Proof(one["claim"], one["message"], one["answer"], one["note"]) for one in data["proofs"]),
                  tuple(_obstacle(one) for one in data["blocked_by"]), json, text, diff, commands)

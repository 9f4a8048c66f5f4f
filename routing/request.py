"""What routing is told and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its door knows it.

    `region_code` is where the matter lies, said by a person; `caller_region_code` where the caller sits.
    Codes that the directory no longer has are ignored, so that old requests can be decided again.
    """

    subject: str
    body: str
    topic_code: str | None = None
    hotline_number: str | None = None
    region_code: str | None = None
    caller_region_code: str | None = None
    type: str | None = None


class Kind(StrEnum):
    """What may follow: dispatch without asking, propose to a dispatcher, or leave it to the dispatcher."""

    AUTO = "auto"
    PROPOSE = "propose"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence in words a clerk accepts; `evidence` is the word or code it rests on."""

    kind: str
    text_zh: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bureau that may answer, with the probability that it is the right one."""

    bureau_code: str
    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers and why. An abstention names no bureau, only candidates, best first."""

    kind: Kind
    bureau_code: str | None
    region_code: str | None
    topic_code: str | None
    line: str | None
    candidates: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]
    versions: Mapping[str, str]

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


class Ground(StrEnum):
    """What a reason says; who shows it has a sentence for each, in the reader's language."""

    TOPIC = "topic"
    KEYWORD = "keyword"
    LEARNT = "learnt"
    HOTLINE = "hotline"
    ORGAN = "organ"
    DUTY = "duty"
    REGION_EXPLICIT = "region_explicit"
    REGION_TEXT = "region_text"
    REGION_HOTLINE = "region_hotline"
    REGION_CALLER = "region_caller"
    REGION_SEVERAL = "region_several"
    REGION_AMBIGUOUS = "region_ambiguous"
    REGION_UNKNOWN = "region_unknown"
    NO_EVIDENCE = "no_evidence"
    NOBODY = "nobody"
    WEAK = "weak"
    TIE = "tie"
    SEVERAL = "several"
    CONFLICT = "conflict"
    OVERSEER = "overseer"


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: its ground, the words of the text it quotes and the codes it names."""

    kind: Ground
    words: tuple[str, ...] = ()
    topic: str = ""
    hotline: str = ""
    regions: tuple[str, ...] = ()
    bureaus: tuple[str, ...] = ()

    def stored(self) -> dict[str, str | list[str]]:
        """Return what is said, as plain data: `{"kind": "keyword", "words": ["复工备案"], "topic": "T1503"}`."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            name: list(value) if isinstance(value, tuple) else str(value)
            for name, value in values.items()
            if value
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bureau that may answer, with the probability that it is the right one."""

    bureau_code: str
    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers and why. An abstention names no bureau, only candidates, best first.

    `lines` are the likeliest lines with their probability, best first, before anything is known of the place;
    the empty line stands for nobody. `place` is where the matter lies as far as it was told or read.
    """

    kind: Kind
    bureau_code: str | None
    region_code: str | None
    topic_code: str | None
    line: str | None
    candidates: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]
    versions: Mapping[str, str]
    lines: tuple[tuple[str, float], ...] = ()
    place: str | None = None

"""The rule book: every weight, threshold and cue of routing, as a versioned document of the province."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from routing.directory import HOTLINE_KINDS, TYPES
from routing.document import Node

CRITICAL = "critical"
URGENCIES = (CRITICAL, "pressing")
UNKNOWN_PLACES = ("province", "ask")
_LATER = ("name_suffixes_unless", "bare_after", "bare_never_before")
"""Cues of place that rules written before them do not have."""
REGION_SOURCES = ("explicit", "text", "hotline", "caller", "not_needed", "unknown")


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of evidence; `nobody` is what all evidence competes with, `topic_chosen` what a person said."""

    topic_chosen: float
    keyword: float
    keyword_more: float
    in_subject: float
    weak_word: float
    hotline: float
    organ_named: float
    nobody: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities: dispatch from `auto`, propose from `propose`, a tie when two lie within `margin`."""

    auto: float
    propose: float
    margin: float


@dataclass(frozen=True, slots=True)
class RegionRules:
    """How places are told from products, streets and other provinces, and the project's from the caller's.

    `unknown` says what happens to a local matter whose place nobody told: the line's department at the
    `province` has it, or a dispatcher is to `ask`.
    """

    guards: tuple[str, ...]
    name_suffixes: tuple[str, ...]
    never_alone: tuple[str, ...]
    caller_before: tuple[str, ...]
    caller_after: tuple[str, ...]
    origin_before: tuple[str, ...]
    toward_before: tuple[str, ...]
    errand_after: tuple[str, ...]
    project: tuple[str, ...]
    window: int
    unknown: str
    certainty: Mapping[str, float]
    name_suffixes_unless: tuple[str, ...] = ()
    bare_after: tuple[str, ...] = ()
    bare_never_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HotlineUse:
    """Whether the number that was called says something about the line, and about the place."""

    line: bool
    region: bool


@dataclass(frozen=True, slots=True)
class Signal:
    """A hint `says` something when one word of each group stands within `within` characters of the first."""

    says: str
    groups: tuple[tuple[str, ...], ...]
    within: int


@dataclass(frozen=True, slots=True)
class HintRules:
    """Signals in order of precedence: the first that fires wins; `ignore` are phrases that mean nothing.

    `over` are words that put what stands up to `over_within` characters from them in the past, in a hope or in
    a question of principle: a word of urgency near one of them is not heard. `signs` are things that can be
    dangerous with the words that name them, for the alarm to weigh, also two within `signs_within` characters.
    """

    urgency: tuple[Signal, ...]
    type: tuple[Signal, ...]
    ignore: tuple[str, ...]
    over: tuple[str, ...]
    over_within: int
    signs: Mapping[str, tuple[str, ...]]
    signs_within: int


@dataclass(frozen=True, eq=False)
class RuleBook:
    """One version of the rules. Compared by identity: what is compiled from one belongs to it."""

    version: int
    author: str
    date: dt.date
    weights: Weights
    thresholds: Thresholds
    regions: RegionRules
    hotlines: Mapping[str, HotlineUse]
    coordinating_line: str
    operator_lines: tuple[str, ...]
    weak_words: tuple[str, ...]
    complaint_words: tuple[str, ...]
    matter_words: tuple[str, ...]
    hints: HintRules

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Build the rules from plain data; raises `RuleError` with the path of the first thing wrong."""
        parts = Node(document).mapping(
            "version", "author", "date", "weights", "thresholds", "regions", "hotlines", "coordinating_line",
            "operator_lines", "weak_words", "complaint_words", "matter_words", "hints", optional=("note",),
        )  # fmt: skip
        return cls(
            version=parts["version"].whole(),
            author=parts["author"].text(),
            date=parts["date"].date(),
            weights=_weights(parts["weights"]),
            thresholds=_thresholds(parts["thresholds"]),
            regions=_regions(parts["regions"]),
            hotlines=_hotlines(parts["hotlines"]),
            coordinating_line=parts["coordinating_line"].text(),
            operator_lines=parts["operator_lines"].words(),
            weak_words=parts["weak_words"].words(),
            complaint_words=parts["complaint_words"].words(),
            matter_words=parts["matter_words"].words(),
            hints=_hints(parts["hints"]),
        )


def _weights(node: Node) -> Weights:
    names = tuple(Weights.__dataclass_fields__)
    entries = node.mapping(*names)
    return Weights(**{name: entries[name].number(high=20.0) for name in names})


def _thresholds(node: Node) -> Thresholds:
    names = tuple(Thresholds.__dataclass_fields__)
    entries = node.mapping(*names)
    thresholds = Thresholds(**{name: entries[name].number(high=1.0) for name in names})
    if thresholds.propose > thresholds.auto:
        entries["propose"].fail("must not be above auto")
    return thresholds


def _regions(node: Node) -> RegionRules:
    entries = node.mapping(
        *(name for name in RegionRules.__dataclass_fields__ if name not in _LATER), optional=_LATER
    )
    certainty = entries["certainty"].mapping(*REGION_SOURCES)
    return RegionRules(
        guards=entries["guards"].words(),
        name_suffixes=entries["name_suffixes"].words(shortest=1),
        never_alone=entries["never_alone"].words(),
        caller_before=entries["caller_before"].words(),
        caller_after=entries["caller_after"].words(shortest=1),
        origin_before=entries["origin_before"].words(shortest=1),
        toward_before=entries["toward_before"].words(shortest=1),
        errand_after=entries["errand_after"].words(shortest=1),
        project=entries["project"].words(shortest=1),
        window=entries["window"].whole(high=50),
        unknown=entries["unknown"].one_of(UNKNOWN_PLACES),
        certainty={source: certainty[source].number(high=1.0) for source in REGION_SOURCES},
        **{name: entries[name].words(shortest=1) for name in _LATER if name in entries},
    )


def _hotlines(node: Node) -> dict[str, HotlineUse]:
    uses = {}
    for kind, entry in node.mapping(*HOTLINE_KINDS).items():
        use = entry.mapping("line", "region")
        uses[kind] = HotlineUse(line=use["line"].flag(), region=use["region"].flag())
    return uses


def _hints(node: Node) -> HintRules:
    entries = node.mapping(
        "urgency", "type", "ignore", "over", "over_within", optional=("signs", "signs_within")
    )
    signs = entries["signs"].table() if "signs" in entries else {}
    return HintRules(
        urgency=tuple(_signal(item, URGENCIES) for item in entries["urgency"].items()),
        type=tuple(_signal(item, TYPES) for item in entries["type"].items()),
        ignore=entries["ignore"].words(),
        over=entries["over"].words(),
        over_within=entries["over_within"].whole(high=50),
        signs={name: words.words() for name, words in signs.items()},
        signs_within=entries["signs_within"].whole(high=200) if "signs_within" in entries else 24,
    )


def _signal(node: Node, allowed: tuple[str, ...]) -> Signal:
    entries = node.mapping("says", "words", optional=("with", "within"))
    groups = [entries["words"].words()]
    if "with" in entries:
        groups.append(entries["with"].words())
    within = entries["within"].whole(high=200) if "within" in entries else 1
    return Signal(says=entries["says"].one_of(allowed), groups=tuple(groups), within=within)

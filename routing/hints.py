"""Hints for the operator: how urgent, of what type, and the words that say so. A person decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from routing import signs
from routing.lexicon import Lexicon, Match
from routing.model import Model
from routing.rules import CRITICAL, RuleBook, Signal
from routing.text import normalise

_SENTENCE_ENDS = frozenset("。!?！？\n")


@dataclass(frozen=True, slots=True)
class Hint:
    """`says` is a type or an urgency, `because` the words of the text that caused it."""

    says: str
    because: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What the text suggests; nothing where it is silent."""

    urgency: Hint | None
    type: Hint | None


@dataclass(frozen=True, slots=True)
class _Reader:
    lexicon: Lexicon
    ignore: frozenset[str]
    over: frozenset[str]
    urgency: tuple[Signal, ...]
    type: tuple[Signal, ...]


def read(text: str, rules: RuleBook, model: Model | None = None) -> Hints:
    """Return the first signal of each kind that fires in `text`, in the order of the rules.

    Danger that no signal names is heard where the text resembles those that people called critical: the price
    of one question too many is small beside that of one that was missed.
    """
    reader = _reader(rules)
    clean = normalise(text)
    found = _meant(list(reader.lexicon.every(clean)), reader.ignore)
    now = _present(found, reader.over, clean, rules.hints.over_within)
    urgency = _first(reader.urgency, now, clean)
    if model is not None and (urgency is None or urgency.says != CRITICAL):
        alike = model.danger(clean, signs.read(clean, rules))
        urgency = Hint(CRITICAL, "、".join(alike)) if alike else urgency
    return Hints(urgency=urgency, type=_first(reader.type, found, clean))


@lru_cache(maxsize=4)
def _reader(rules: RuleBook) -> _Reader:
    signals = (*rules.hints.urgency, *rules.hints.type)
    words = [word for signal in signals for group in signal.groups for word in group]
    return _Reader(
        lexicon=Lexicon([*words, *rules.hints.ignore, *rules.hints.over]),
        ignore=frozenset(map(normalise, rules.hints.ignore)),
        over=frozenset(map(normalise, rules.hints.over)),
        urgency=tuple(map(_normalised, rules.hints.urgency)),
        type=tuple(map(_normalised, rules.hints.type)),
    )


def _normalised(signal: Signal) -> Signal:
    groups = tuple(tuple(map(normalise, group)) for group in signal.groups)
    return Signal(says=signal.says, groups=groups, within=signal.within)


def _meant(found: list[Match], ignore: frozenset[str]) -> list[Match]:
    """Drop what stands inside a phrase that means nothing: no `火灾` in a fire insurance."""
    empty = [(match.start, match.end) for match in found if match.word in ignore]
    return [
        match for match in found if not any(start <= match.start and match.end <= end for start, end in empty)
    ]


def _present(found: list[Match], over: frozenset[str], text: str, within: int) -> list[Match]:
    """Drop what is over: a word beside `去年` or `修好了` in the same sentence."""
    past = [match for match in found if match.word in over]
    return [match for match in found if not any(_beside(match, one, text, within) for one in past)]


def _beside(match: Match, other: Match, text: str, within: int) -> bool:
    first, last = sorted((match, other), key=lambda one: one.start)
    between = text[first.end : last.start]
    return len(between) <= within and not _SENTENCE_ENDS.intersection(between)


def _first(signals: Iterable[Signal], found: list[Match], text: str) -> Hint | None:
    for signal in signals:
        span = _span(signal, found)
        if span is not None:
            return Hint(signal.says, text[span[0] : span[1]])
    return None


def _span(signal: Signal, found: list[Match]) -> tuple[int, int] | None:
    """Return where the signal stands: a word of the first group with one of each other group near it."""
    for head in (match for match in found if match.word in signal.groups[0]):
        partners = [_nearest(head, group, signal.within, found) for group in signal.groups[1:]]
        if all(partner is not None for partner in partners):
            spots = [head, *(partner for partner in partners if partner is not None)]
            return min(spot.start for spot in spots), max(spot.end for spot in spots)
    return None


def _nearest(head: Match, group: tuple[str, ...], within: int, found: list[Match]) -> Match | None:
    near = [
        match
        for match in found
        if match.word in group and max(match.start - head.end, head.start - match.end) <= within
    ]
    return min(near, key=lambda match: abs(match.start - head.start), default=None)

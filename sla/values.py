"""The small values of time: units, targets and pauses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from sla.instants import from_axis, to_axis


class Unit(StrEnum):
    """What a target is measured in. Seconds and minutes run around the clock."""

    WORKING_DAYS = "working_days"
    WORKING_MINUTES = "working_minutes"
    MINUTES = "minutes"
    SECONDS = "seconds"

    @property
    def ticks(self) -> int:
        """Return the ticks in one unit: a day clock ticks in closes, every other one in seconds."""
        return _TICKS[self]

    @property
    def round_the_clock(self) -> bool:
        """Whether time passes outside working hours too."""
        return self in _ROUND


UNITS = {unit.value: unit for unit in Unit}
"""The units by their words, as `sla.ledger.KINDS`."""
_TICKS = {Unit.WORKING_DAYS: 1, Unit.WORKING_MINUTES: 60, Unit.MINUTES: 60, Unit.SECONDS: 1}
_ROUND = frozenset({Unit.MINUTES, Unit.SECONDS})


@dataclass(frozen=True, slots=True)
class Target:
    """An amount of time allowed, at least 1 of its unit."""

    unit: Unit
    amount: int

    def __post_init__(self) -> None:
        """Refuse a target of nothing: a clock that is due before it starts is a mistake in the data."""
        if self.amount < 1:
            raise ValueError(f"a target of {self.amount} {self.unit}: at least 1 is needed")

    @property
    def ticks(self) -> int:
        """Return the amount in ticks of its unit."""
        return self.amount * _TICKS[self.unit]


@dataclass(frozen=True, slots=True)
class Pause:
    """A half-open stretch [start, end) in which the clock stands; `end` is None while it lasts."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a pause that ends before it starts."""
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a pause ends {self.end} before it starts {self.start}")


_start = attrgetter("start")
Span = tuple[int, int | None]


def spans(pauses: Iterable[Pause]) -> list[Span]:
    """Return the pauses as seconds of the axis, in order, joined where they touch; empty ones vanish (5.2)."""
    if not pauses:
        return []
    merged: list[Span] = []
    for pause in sorted(pauses, key=_start):
        begin, end = to_axis(pause.start), None if pause.end is None else to_axis(pause.end)
        if begin == end:
            continue
        since, last = merged[-1] if merged else (begin, begin - 1)
        if last is not None and last < begin:
            merged.append((begin, end))
        elif last is not None and (end is None or end > last):
            merged[-1] = (since, end)
    return merged


def merge_pauses(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the pauses in order, joined where they touch or overlap."""
    return tuple(
        Pause(from_axis(begin), None if end is None else from_axis(end)) for begin, end in spans(pauses)
    )

"""The small values of time: units, targets and pauses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla.instants import to_axis


class Unit(StrEnum):
    """What a target is measured in. Seconds and minutes run around the clock."""

    WORKING_DAYS = "working_days"
    WORKING_MINUTES = "working_minutes"
    MINUTES = "minutes"
    SECONDS = "seconds"

    @property
    def ticks(self) -> int:
        """Return the ticks in one unit: a day clock ticks in closes, every other one in seconds."""
        return 60 if self in (Unit.WORKING_MINUTES, Unit.MINUTES) else 1

    @property
    def round_the_clock(self) -> bool:
        """Whether time passes outside working hours too."""
        return self in (Unit.MINUTES, Unit.SECONDS)


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
        return self.amount * self.unit.ticks


@dataclass(frozen=True, slots=True)
class Pause:
    """A half-open stretch [start, end) in which the clock stands; `end` is None while it lasts."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a pause that ends before it starts."""
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a pause ends {self.end} before it starts {self.start}")


def merge_pauses(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the pauses in order, joined where they touch or overlap; empty ones vanish (section 5.2)."""
    pauses = tuple(pauses)
    if not pauses:
        return ()
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.start):
        if pause.end == pause.start:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < pause.start):
            merged.append(pause)
        elif last.end is not None and (pause.end is None or pause.end > last.end):
            merged[-1] = Pause(last.start, pause.end)
    return tuple(merged)


Span = tuple[int, int | None]


def spans(pauses: Iterable[Pause]) -> list[Span]:
    """Return merged pauses as seconds of the axis, the form that arithmetic uses."""
    return [
        (to_axis(pause.start), None if pause.end is None else to_axis(pause.end))
        for pause in merge_pauses(pauses)
    ]

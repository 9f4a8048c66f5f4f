"""How a promise was kept: the readings of a ledger on which figures rest that resist gaming (domain section 11)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.calendar import Calendar
from sla.ledger import ClockState, Entry, Kind, follow

LAST_HOUR = timedelta(hours=1)
NEAR = 80
"""The per cent of a target past which a pause counts as opened close to due: the ladder's second warning."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """`first_due`: as first made; `due`: in force at the first answer, or today's without one.

    `answered_at`: the first answer. `late`: whether the newest answer was past the due time then in force.
    `late_pauses`: pauses opened past 80 % of the target. `last_hour`: some answer came within the hour before due.
    """

    first_due: datetime | None
    due: datetime | None
    answered_at: datetime | None
    late: bool
    late_pauses: int
    last_hour: bool


def conduct(
    entries: Sequence[Entry], calendar_of: Callable[[ClockState], Calendar], *, answers: Iterable[str]
) -> Conduct:
    """Read a promise's ledger; `answers`: the reasons of a stop that are answers. A contest's pause is none."""
    given = frozenset(answers)
    state = follow(None, entries[0])
    first_due = in_force = _due(state, calendar_of)
    answered_at: datetime | None = None
    late, late_pauses, last_hour = False, 0, False
    for entry in entries[1:]:
        if entry.kind is Kind.PAUSED and _near(state, entry.at, calendar_of):
            late_pauses += 1
        state = follow(state, entry)
        moment = _due(state, calendar_of)
        if answered_at is None:
            in_force = moment
        if entry.kind is Kind.STOPPED and entry.reason in given:
            answered_at = answered_at or entry.at
            late = moment is not None and entry.at > moment
            last_hour |= moment is not None and timedelta() <= moment - entry.at <= LAST_HOUR
    return Conduct(first_due, in_force, answered_at, late, late_pauses, last_hour)


def _due(state: ClockState, calendar_of: Callable[[ClockState], Calendar]) -> datetime | None:
    return state.course(calendar_of(state)).due


def _near(state: ClockState, at: datetime, calendar_of: Callable[[ClockState], Calendar]) -> bool:
    moment = state.course(calendar_of(state)).at(NEAR)
    return moment is not None and at >= moment

"""What is kept of a ledger for indexes: all of it follows from the entries, the calendar and the ladder."""

from datetime import datetime
from typing import NamedTuple

from sla.calendar import Calendar
from sla.ladder import next_on
from sla.ledger import ClockState
from sla.rungs import Rung


class Derived(NamedTuple):
    """The columns of a clock's row that a ledger gives; `rungs_passed` is the one fact from outside it."""

    unit: str
    amount: int
    started_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None
    due_at: datetime | None
    provisional: bool
    cycle: int
    due_version: int
    rungs_passed: int
    next_rung: str | None
    next_rung_at: datetime | None
    policy_version: str
    calendar_version: str


def derive(state: ClockState, calendar: Calendar, rungs: tuple[Rung, ...], *, passed: int) -> Derived:
    """Return the columns; `calendar` and `rungs` are those of the versions that the state names."""
    course = state.course(calendar)
    step = next_on(rungs, course, state, passed=passed)
    return Derived(
        unit=state.target.unit.value,
        amount=state.target.amount,
        started_at=state.started_at,
        paused_at=state.paused_since,
        stopped_at=state.stopped_at,
        due_at=course.due,
        provisional=course.provisional,
        cycle=state.cycle,
        due_version=state.due_version,
        rungs_passed=passed,
        next_rung=step.rung.code if step else None,
        next_rung_at=step.moment if step else None,
        policy_version=state.policy,
        calendar_version=state.calendar,
    )

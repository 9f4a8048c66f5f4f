"""Targets that are what another clock has left: a bureau's share of the promise, rework after a contest."""

from datetime import datetime

from sla.arithmetic import due, left
from sla.calendar import Calendar
from sla.ledger import ClockState
from sla.policy import Limit
from sla.values import Target, Unit


def rest_target(limit: Limit, calendar: Calendar, promise: ClockState, now: datetime) -> Target:
    """Return what `promise` has left at `now`, as the target of a clock started then, or the limit's least.

    Of the two the one that falls due later counts, so a floor in another unit is compared by its due time
    (section 4: share and rework). Working minutes are cut to whole ones: never later than the promise.
    """
    ticks = left(calendar, promise.started_at, promise.target, now, pauses=promise.held)
    rest = _target(promise.target.unit, ticks)
    if rest is None:
        return limit.target
    return max(rest, limit.target, key=lambda target: due(calendar, now, target) or now)


def _target(unit: Unit, ticks: int) -> Target | None:
    if unit.round_the_clock:
        unit = Unit.SECONDS if ticks % 60 else Unit.MINUTES
    amount = ticks // unit.ticks
    return Target(unit, amount) if amount >= 1 else None

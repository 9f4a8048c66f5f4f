"""Between the rows of steps and the arithmetic of plans: when what is still to come happens."""

import datetime as dt
from collections.abc import Sequence

from sla.calendar import Calendar
from sla.values import Target, Unit
from ticketing.domain.case_plan import PlanStep, Schedule, schedule
from ticketing.domain.case_workflow import SETTLED, StepState
from ticketing.models import CaseStep, CoordinationCase
from ticketing.services.province import Province

#: What a step at an hour not yet agreed is taken to last while the plan is a draft.
GUESS = Target(Unit.WORKING_DAYS, 1)


def calendar_of(case: CoordinationCase, province: Province) -> Calendar:
    """Return the calendar of the place where the case is."""
    return province.calendars.at(province.around(case.region_code))


def plan(case: CoordinationCase, rows: Sequence[CaseStep], now: dt.datetime, province: Province) -> Schedule:
    """Return when everything happens if each owner uses the whole time from here on.

    Raises:
        Invalid: as `case_plan.schedule`.
    """
    return schedule([as_planned(row, now) for row in rows], start=now, calendar=calendar_of(case, province))


def as_planned(row: CaseStep, now: dt.datetime) -> PlanStep:
    """Return a step as the arithmetic sees it; one that runs ends when it is due, at the earliest now."""
    time: Target | dt.datetime = GUESS
    if row.unit is not None and row.amount is not None:
        time = Target(Unit(row.unit), row.amount)
    elif row.agreed_at is not None:
        time = row.agreed_at
    if row.begun_at is not None and StepState(row.state) not in SETTLED:
        time = max(row.due_at, now)
    return PlanStep(row.number, time, tuple(row.depends_on), row.begun_at, row.ended_at)


def reckon(
    case: CoordinationCase, rows: Sequence[CaseStep], now: dt.datetime, province: Province
) -> Schedule:
    """Bring the due times of steps that wait up to date with the plan."""
    found = plan(case, rows, now, province)
    for row in rows:
        if row.begun_at is None and row.state == StepState.WAITING:
            row.due_at = found.slots[row.number].end
    return found

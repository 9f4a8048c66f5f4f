"""Limits of single steps (a decision, a return, a reply): the policy's row for them, reckoned at the ticket's place."""

import datetime as dt

from sla.arithmetic import after
from sla.rungs import ClockKind
from sla.values import Target, Unit
from ticketing.models import Ticket
from ticketing.services.province import Province
from ticketing.services.segments import segment

#: What holds where a province's policy has no row for a step.
USUAL = {
    ClockKind.RETURN_WINDOW: Target(Unit.WORKING_DAYS, 1),
    ClockKind.ADJUDICATION: Target(Unit.WORKING_MINUTES, 240),
    ClockKind.APPROVAL: Target(Unit.WORKING_MINUTES, 240),
    ClockKind.SUPPLY: Target(Unit.WORKING_DAYS, 5),
    ClockKind.SUPERVISION: Target(Unit.WORKING_DAYS, 1),
}


def until(step: ClockKind, ticket: Ticket, start: dt.datetime, province: Province) -> dt.datetime:
    """Return by when a step that begins at `start` has to be taken."""
    row = province.policy.limit(step, segment(ticket, province))
    return days_after(start, row.target if row else USUAL[step], ticket, province)


def days_after(start: dt.datetime, target: Target, ticket: Ticket, province: Province) -> dt.datetime:
    """Return the instant that lies `target` after `start` by the calendar of the ticket's place."""
    moment = after(province.calendar_at(ticket.region_code), start, target)
    return moment if moment is not None else start

"""What the ladder of a clock did and will do, for the page that explains its deadline."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from sla.ladder import steps
from sla.ledger import ClockState
from sla.rungs import Rung
from ticketing.domain.vocabulary import ClockKind
from ticketing.extensions import db
from ticketing.models import CaseClock, CaseClockRung, ClockRung, TicketClock
from ticketing.services.clock_rows import ladder
from ticketing.services.province import Province

AHEAD = "ahead"


@dataclass(frozen=True)
class RungTold:
    """A rung, its moment, and whether it was reached, reached late, missed on import, or lies ahead."""

    rung: Rung
    at: dt.datetime
    outcome: str


def climbed(clock_ids: Collection[int], *, of_steps: bool = False) -> dict[int, list[Any]]:
    """Return the rungs that clocks have climbed, in the order of their moments; one statement."""
    table = CaseClockRung if of_steps else ClockRung
    wanted = select(table).where(table.clock_id.in_(clock_ids)).order_by(table.planned_at, table.id)
    found: dict[int, list[Any]] = {}
    for row in db.session.scalars(wanted):
        found.setdefault(row.clock_id, []).append(row)
    return found


def tell(
    clock: TicketClock | CaseClock, state: ClockState, done: Sequence[Any], province: Province
) -> list[RungTold]:
    """Return the rungs of a clock's present cycle: those it climbed, then those that come if nothing happens."""
    rungs = ladder(ClockKind(clock.kind), state, province)
    known = {rung.code: rung for rung in rungs}
    told = [
        RungTold(known[row.rung], row.planned_at, row.outcome)
        for row in done
        if row.rung in known and row.cycle == state.cycle
    ]
    if state.stopped_at is None:
        ahead = steps(rungs, province.calendar_of(state), state)
        told += [RungTold(one.rung, one.moment, AHEAD) for one in ahead if one.index >= clock.rungs_passed]
    return told

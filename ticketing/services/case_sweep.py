"""The clockwork of cases: rungs of steps' ladders that have come, each once, whatever crashes or runs twice.

Works a batch of cases with a fixed number of statements; what people have locked is left for the next look.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from sla.ladder import Step, key
from sla.rungs import Act as RungAct
from ticketing.domain import events
from ticketing.domain.actors import SYSTEM
from ticketing.domain.case_workflow import OPEN_CASE_STATES, WITH_OWNER, StepState
from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseClock, CaseClockRung, CaseStep, CaseTicket, CoordinationCase, Ticket
from ticketing.services import case_clocks, outbox, supervision
from ticketing.services.climbing import come, rung_rows
from ticketing.services.clock_rows import Ledger
from ticketing.services.history import Act
from ticketing.services.province import Province

ORDERED = N_("协调环节超过时限仍未完成，请牵头单位说明原因并限时推进。")
CLOCK = N_("协调环节时限")


def climb(now: dt.datetime, province: Province, limit: int) -> int:
    """Fire the rungs that are due in up to `limit` cases; return how many clocks were looked at."""
    due = select(CaseClock.case_id).where(CaseClock.next_rung_at <= now).order_by(CaseClock.next_rung_at)
    wanted = select(CoordinationCase).where(CoordinationCase.id.in_(due.limit(limit)))
    cases = {case.id: case for case in db.session.scalars(wanted.with_for_update(skip_locked=True))}
    if not cases:
        return 0
    clocks = select(CaseClock).where(CaseClock.case_id.in_(cases), CaseClock.next_rung_at <= now)
    ledgers = case_clocks.ledgers(list(db.session.scalars(clocks)))
    ids = [ledger.clock.step_id for ledger in ledgers]  # type: ignore[union-attr]
    steps = {row.id: row for row in db.session.scalars(select(CaseStep).where(CaseStep.id.in_(ids)))}
    tickets = _first_tickets(cases)
    climbs = [(ledger, come(ledger, now, province)) for ledger in ledgers]
    fresh = _record(climbs, now)
    for ledger, found in climbs:
        passed = found[-1].index + 1 if found else ledger.clock.rungs_passed
        ledger.rearm(
            province, passed=passed
        )  # also where its row was out of date, or it is found again at once
        row = steps[ledger.clock.step_id]  # type: ignore[union-attr]
        case = cases[row.case_id]
        if found and _key(ledger, found[-1]) in fresh and _waits_for_owner(row, case):
            _speak(row, found[-1], tickets.get(case.id), Act(SYSTEM, now), province)
    return len(ledgers)


def _first_tickets(case_ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    wanted = select(CaseTicket.case_id, CaseTicket.ticket_id).where(CaseTicket.case_id.in_(list(case_ids)))
    for case_id, ticket_id in db.session.execute(wanted.order_by(CaseTicket.id)):
        found.setdefault(case_id, ticket_id)
    return found


Key = tuple[int, int, str, int]


def _key(ledger: Ledger, step: Step) -> Key:
    firing = key(step.rung, ledger.state)
    return ledger.clock.id, firing.cycle, firing.rung, firing.due_version


def _record(climbs: Sequence[tuple[Ledger, Sequence[Step]]], now: dt.datetime) -> set[Key]:
    """Write all rungs with one statement; return those that had not been written before."""
    rows = [row for ledger, found in climbs for row in rung_rows(ledger, found, now)]
    if not rows:
        return set()
    table = CaseClockRung.__table__.c
    statement = insert(CaseClockRung.__table__).values(rows).on_conflict_do_nothing()
    told = statement.returning(table.clock_id, table.cycle, table.rung, table.due_version)
    return {tuple(row) for row in db.session.execute(told)}


def _waits_for_owner(row: CaseStep, case: CoordinationCase) -> bool:
    """The condition of a rung, looked at when it fires: a step handed in waits for the other side, not its owner."""
    return case.state in OPEN_CASE_STATES and StepState(row.state) in WITH_OWNER


def _speak(row: CaseStep, step: Step, ticket_id: int | None, act: Act, province: Province) -> None:
    if ticket_id is None:
        return
    for deed in step.rung.acts:
        if deed is RungAct.PROPOSE_CASE:
            continue
        if deed is RungAct.SUPERVISE:
            _order(ticket_id, act, province)
        outbox.record(
            events.StepRungReached(ticket_id, row.case_id, row.id, step.rung.code, deed.value, step.rung.to),
            act.now,
        )


def _order(ticket_id: int, act: Act, province: Province) -> None:
    """督办: one order at a time goes to the lead; a ticket that somebody works on right now is left alone."""
    wanted = select(Ticket).where(Ticket.id == ticket_id).with_for_update(skip_locked=True)
    ticket = db.session.scalar(wanted, execution_options={"populate_existing": True})
    if ticket is not None and ticket.state != State.CLOSED and not supervision.waiting([ticket.id]):
        supervision.supervise(ticket, ORDERED, act, province, clock=CLOCK)

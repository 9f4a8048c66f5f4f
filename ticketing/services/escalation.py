"""The clockwork: rungs of ladders that have come, questions nobody answered, suspensions at their end.

Each rung fires exactly once (clock, cycle, rung, due version), whatever crashes or runs twice: the row in
`clock_rung` is written in the transaction that acts. What people have locked is left for the next look.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from sla.ladder import Step, key, next_step
from sla.rungs import Act as RungAct
from ticketing.domain import events
from ticketing.domain.actors import SYSTEM
from ticketing.domain.vocabulary import CLOCK_WORDS, State
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import Approval, ClockEntry, ClockRung, SupervisionOrder, Ticket, TicketClock
from ticketing.services import clocks, handling, judging, moves, outbox, supervision
from ticketing.services.clock_rows import Ledger, ladder
from ticketing.services.history import Act, Said
from ticketing.services.province import Province

URGED = N_("时限已到，请尽快办理。")
REACHED, LATE = "reached", "late"
ORDERED = N_("超过时限仍未办结，请说明原因并限时办理。")


def climb(now: dt.datetime, province: Province, limit: int) -> int:
    """Fire the rungs that are due on up to `limit` tickets; return how many tickets were looked at."""
    due = (
        select(TicketClock.ticket_id)
        .where(TicketClock.next_rung_at <= now)
        .order_by(TicketClock.next_rung_at)
    )
    found = db.session.scalars(
        select(Ticket)
        .where(Ticket.id.in_(due.limit(limit)))
        .order_by(Ticket.id)
        .with_for_update(skip_locked=True)
    )
    tickets = list(found)
    for ticket in tickets:
        for ledger in clocks.ledgers(ticket):
            if ledger.clock.next_rung_at is not None and ledger.clock.next_rung_at <= now:
                _climb(ticket, ledger, Act(SYSTEM, now), province)
    return len(tickets)


def _climb(ticket: Ticket, ledger: Ledger, act: Act, province: Province) -> None:
    """Fire every rung that has come; of several only the newest speaks, the others are recorded as late."""
    come = _come(ledger, act.now, province)
    for step in come:
        newest = step is come[-1]
        if _record(ledger, step, act.now, REACHED if newest else LATE) and newest:
            _act(ticket, ledger, step, act, province)
    ledger.rearm(province, passed=come[-1].index + 1 if come else ledger.clock.rungs_passed)


def _come(ledger: Ledger, now: dt.datetime, province: Province) -> list[Step]:
    rungs, calendar = ladder(ledger.kind, ledger.state, province), province.calendar_of(ledger.state)
    steps: list[Step] = []
    passed = ledger.clock.rungs_passed
    while (step := next_step(rungs, calendar, ledger.state, passed=passed)) and step.moment <= now:
        steps.append(step)
        passed = step.index + 1
    return steps


def _record(ledger: Ledger, step: Step, now: dt.datetime, outcome: str) -> bool:
    """Write that the rung was climbed; False when it had been."""
    firing = key(step.rung, ledger.state)
    row = {
        "clock_id": ledger.clock.id,
        "cycle": firing.cycle,
        "rung": firing.rung,
        "due_version": firing.due_version,
        "planned_at": step.moment,
        "reached_at": now,
        "outcome": outcome,
    }
    statement = insert(ClockRung.__table__).values(row).on_conflict_do_nothing().returning(ClockRung.id)
    return db.session.execute(statement).first() is not None


def _act(ticket: Ticket, ledger: Ledger, step: Step, act: Act, province: Province) -> None:
    for deed in step.rung.acts:
        if deed is RungAct.URGE and State(ticket.state) in TABLE[Action.REMIND].sources:
            said = Said(URGED, {"clock": ledger.kind.value}, public=False)
            moves.move(ticket, Action.REMIND, act, said)
        if deed is RungAct.SUPERVISE and not _ordered(ticket):
            supervision.supervise(ticket, ORDERED, act, province, clock=CLOCK_WORDS[ledger.kind])
        outbox.record(
            events.RungReached(
                ticket.id,
                clock_id=ledger.clock.id,
                clock_kind=ledger.kind.value,
                rung=step.rung.code,
                act=deed.value,
                roles=step.rung.to,
                bureau_code=ticket.bureau_code,
            ),
            act.now,
        )


def _ordered(ticket: Ticket) -> bool:
    """Tell whether an order waits for its reply: one clock more does not deserve another piece of paper."""
    waiting = exists().where(SupervisionOrder.ticket_id == ticket.id, SupervisionOrder.replied_at.is_(None))
    return bool(db.session.scalar(select(waiting)))


@dataclass(frozen=True)
class Foreseen:
    """A rung that the next look would climb."""

    number: str
    kind: str
    rung: str
    planned_at: dt.datetime
    outcome: str


def foreseen(now: dt.datetime, province: Province) -> Iterator[Foreseen]:
    """Return what the next look would climb, in the order of the clocks, and touch nothing."""
    due = (
        select(TicketClock, Ticket.number)
        .join(Ticket, Ticket.id == TicketClock.ticket_id)
        .where(TicketClock.next_rung_at <= now)
        .order_by(TicketClock.next_rung_at, TicketClock.id)
    )
    found = db.session.execute(due).all()
    lines: dict[int, list[ClockEntry]] = {clock.id: [] for clock, _number in found}
    for line in db.session.scalars(clocks.ENTRIES, {"clocks": list(lines)}):
        lines[line.clock_id].append(line)
    for clock, number in found:
        come = _come(Ledger.read(clock, lines[clock.id]), now, province)
        for step in come:
            outcome = REACHED if step is come[-1] else LATE
            yield Foreseen(number, clock.kind, step.rung.code, step.moment, outcome)


def pass_on(now: dt.datetime, limit: int) -> int:
    """Tell the supervisors, and the head again, of requests that nobody decided in time, once; return how many.

    Supervisors may decide what a head may; nothing else changes: it goes on waiting, and the clocks go on.
    """
    overdue = (
        select(Approval)
        .where(Approval.decision.is_(None), Approval.escalated_at.is_(None), Approval.due_at <= now)
        .order_by(Approval.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(db.session.scalars(overdue))
    for approval in found:
        approval.escalated_at = now
        outbox.record(events.ApprovalOverdue(approval.ticket_id, approval.id), now)
    return len(found)


def wake(now: dt.datetime, limit: int) -> int:
    """Go on with tickets whose waiting is over; return how many."""
    waiting = (
        select(Ticket)
        .where(Ticket.wake_at <= now)
        .order_by(Ticket.wake_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    tickets = list(db.session.scalars(waiting))
    act = Act(SYSTEM, now)
    for ticket in tickets:
        match ticket.state:
            case State.AWAITING_REQUESTER:
                handling.resume_unsupplied(ticket, act)
            case State.SUSPENDED:
                handling.resume(ticket, act, by_clockwork=True)
            case State.ANSWERED:
                judging.silence(ticket, act)
            case _:
                ticket.wake_at = None
    return len(tickets)

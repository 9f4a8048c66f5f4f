"""The clockwork: rungs of ladders that have come, questions nobody answered, suspensions at their end.

Each rung fires exactly once (clock, cycle, rung, due version), whatever crashes or runs twice: the row in
`clock_rung` is written in the transaction that acts. What people have locked is left for the next look.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import BigInteger, bindparam, select

from sla.ladder import FiringKey, Step, key, next_step
from sla.ledger import LedgerError
from sla.notices import CalendarError
from sla.rungs import Act as RungAct
from ticketing.domain import events
from ticketing.domain.actors import SYSTEM
from ticketing.domain.vocabulary import CLOCK_WORDS, State
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import Approval, ClockEntry, ClockRung, Ticket, TicketClock
from ticketing.services import clocks, handling, judging, listing, moves, outbox, supervision
from ticketing.services.bulk import insert_rows
from ticketing.services.clock_rows import Ledger, ladder
from ticketing.services.history import Act, Said
from ticketing.services.province import Province

URGED = N_("时限已到，请尽快办理。")
REACHED, LATE = "reached", "late"
ORDERED = N_("超过时限仍未办结，请说明原因并限时办理。")
#: Deeds that leave a paper: done even where the machine slept past their hour. Warnings are not made up for.
KEPT = frozenset({RungAct.SUPERVISE, RungAct.PROPOSE_LIST, RungAct.PROPOSE_CASE, RungAct.LIST})
#: Tickets with a rung that has come, the longest due first; what another sweep or a person holds is passed over.
DUE = (
    select(Ticket)
    .join(TicketClock, TicketClock.ticket_id == Ticket.id)
    .where(
        TicketClock.next_rung_at <= bindparam("now"),
        TicketClock.id.not_in(bindparam("unreadable", expanding=True)),
    )
    .order_by(TicketClock.next_rung_at)
    .limit(bindparam("most", type_=BigInteger))
    .with_for_update(of=Ticket, skip_locked=True)
)
COME = (
    select(TicketClock)
    .where(
        TicketClock.ticket_id.in_(bindparam("tickets", expanding=True)),
        TicketClock.next_rung_at <= bindparam("now"),
        TicketClock.id.not_in(bindparam("unreadable", expanding=True)),
    )
    .order_by(TicketClock.ticket_id, TicketClock.id)
)
FRESH = {"populate_existing": True}
log = structlog.get_logger()


@dataclass(frozen=True)
class Climb:
    """A clock with the rungs that it has reached, lowest first."""

    ticket: Ticket
    ledger: Ledger
    steps: list[Step]


def climb(now: dt.datetime, province: Province, limit: int, unreadable: set[int]) -> int:
    """Fire the rungs that have come on up to `limit` tickets; return how many tickets were looked at.

    A clock whose ledger cannot be read joins `unreadable` and stops nobody else's. The statements are as many
    for a batch as for one ticket, but for the deeds that write into a ticket's own history.
    """
    asked = {"now": now, "most": limit, "unreadable": list(unreadable)}
    tickets = {one.id: one for one in db.session.scalars(DUE, asked, execution_options=FRESH)}
    if not tickets:
        return 0
    act = Act(SYSTEM, now)
    climbs = [
        Climb(tickets[ledger.clock.ticket_id], ledger, _come(ledger, now, province))
        for ledger in _ledgers(tickets, now, unreadable)
    ]
    fired = _record(climbs, now)
    _deeds([one for one in climbs if one.steps], fired, act, province)
    for one in climbs:
        passed = one.steps[-1].index + 1 if one.steps else one.ledger.clock.rungs_passed
        one.ledger.rearm(province, passed=passed)
    return len(tickets)


def _ledgers(tickets: Iterable[int], now: dt.datetime, unreadable: set[int]) -> list[Ledger]:
    asked = {"tickets": list(tickets), "now": now, "unreadable": list(unreadable)}
    found = list(db.session.scalars(COME, asked, execution_options=FRESH))
    lines: dict[int, list[ClockEntry]] = {clock.id: [] for clock in found}
    for line in db.session.scalars(clocks.ENTRIES, {"clocks": list(lines)}):
        lines[line.clock_id].append(line)
    ledgers = []
    for clock in found:
        try:
            ledgers.append(Ledger.read(clock, lines[clock.id]))
        except (LedgerError, CalendarError) as error:
            unreadable.add(clock.id)
            log.error("a ledger cannot be read", clock_id=clock.id, error=str(error))  # noqa: TRY400  the sentence says all
    return ledgers


def _come(ledger: Ledger, now: dt.datetime, province: Province) -> list[Step]:
    rungs, calendar = ladder(ledger.kind, ledger.state, province), province.calendar_of(ledger.state)
    steps: list[Step] = []
    passed = ledger.clock.rungs_passed
    while (step := next_step(rungs, calendar, ledger.state, passed=passed)) and step.moment <= now:
        steps.append(step)
        passed = step.index + 1
    return steps


Fired = set[tuple[int, FiringKey]]


def _record(climbs: list[Climb], now: dt.datetime) -> Fired:
    """Write the rungs that were climbed, `late` where a newer one speaks; return those that had not been."""
    rows = []
    for one in climbs:
        for step in one.steps:
            firing = key(step.rung, one.ledger.state)
            rows.append(
                {
                    "clock_id": one.ledger.clock.id,
                    "cycle": firing.cycle,
                    "rung": firing.rung,
                    "due_version": firing.due_version,
                    "planned_at": step.moment,
                    "reached_at": now,
                    "outcome": REACHED if step is one.steps[-1] else LATE,
                }
            )
    if not rows:
        return set()
    ending = "ON CONFLICT DO NOTHING RETURNING clock_id, cycle, rung, due_version"
    written = insert_rows(ClockRung, rows, ending=ending)
    return {(row.clock_id, FiringKey(row.cycle, row.rung, row.due_version)) for row in written}


def _deeds(climbs: list[Climb], fired: Fired, act: Act, province: Province) -> None:
    """Do what the rungs ask for: the newest of a clock speaks, the others leave their papers alone."""
    told: list[events.Event] = []
    wanted: list[tuple[Climb, RungAct]] = []
    for one in climbs:
        for step in one.steps:
            if (one.ledger.clock.id, key(step.rung, one.ledger.state)) not in fired:
                continue
            newest = step is one.steps[-1]
            wanted += [(one, deed) for deed in step.rung.acts if newest or deed in KEPT]
            if newest:
                told += [_reached(one, step, deed) for deed in step.rung.acts]
    _urge([one for one, deed in wanted if deed is RungAct.URGE], act)
    _order([one for one, deed in wanted if deed is RungAct.SUPERVISE], act, province)
    for one, deed in wanted:
        if deed in listing.STAGES:
            listing.by_ladder(one.ticket, one.ledger.clock, listing.STAGES[deed], act)
    outbox.record_many(told, act.now)


def _reached(one: Climb, step: Step, deed: RungAct) -> events.RungReached:
    return events.RungReached(
        one.ticket.id,
        clock_id=one.ledger.clock.id,
        clock_kind=one.ledger.kind.value,
        rung=step.rung.code,
        act=deed.value,
        roles=step.rung.to,
        bureau_code=one.ticket.bureau_code,
    )


def _urge(climbs: Sequence[Climb], act: Act) -> None:
    """催办, once a ticket however many of its clocks are due at this moment."""
    seen: set[int] = set()
    for one in climbs:
        if one.ticket.id not in seen and State(one.ticket.state) in TABLE[Action.REMIND].sources:
            seen.add(one.ticket.id)
            said = Said(URGED, {"clock": one.ledger.kind.value}, public=False)
            moves.move(one.ticket, Action.REMIND, act, said)


def _order(climbs: Sequence[Climb], act: Act, province: Province) -> None:
    """督办: one order at a time; one clock more does not deserve another piece of paper."""
    if not climbs:
        return
    first = {one.ticket.id: one for one in reversed(climbs) if State(one.ticket.state) != State.CLOSED}
    waiting = supervision.waiting(first)
    supervision.supervise_many(
        [
            (one.ticket, CLOCK_WORDS[one.ledger.kind])
            for one in first.values()
            if one.ticket.id not in waiting
        ],
        ORDERED,
        act,
        province,
    )


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
    tickets = list(db.session.scalars(waiting, execution_options=FRESH))
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

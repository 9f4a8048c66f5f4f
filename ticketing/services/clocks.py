"""The clocks of a ticket: started, paused, resumed and stopped by the steps of the workflow.

Promise clocks (contact, answer) start when the enterprise spoke and are never reset: not by a new
dispatch, a merge, a rework or a case. Share clocks start and end with each stay at a bureau.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from sla.arithmetic import due
from sla.ladder import rearmed
from sla.ledger import ClockState, Entry, Handing, Kind, follow
from sla.rungs import ClockKind as PolicyClock
from sla.shares import rest_target
from sla.values import Target
from sla.whatif import Book, Held, successor
from ticketing.domain.messages import CLOCK_SKEW
from ticketing.domain.vocabulary import ClockKind, State
from ticketing.domain.workflow import Effect
from ticketing.extensions import db
from ticketing.models import ClockEntry, Ticket, TicketClock
from ticketing.services import province as provinces
from ticketing.services.clock_rows import Ledger, derived_columns, entry_columns, ladder
from ticketing.services.history import Act
from ticketing.services.kept import Kept
from ticketing.services.province import Province
from ticketing.services.segments import segment

#: The clocks whose time several bureaus may have used; the others belong to one stay.
PROMISES = frozenset({ClockKind.CONTACT, ClockKind.ANSWER, ClockKind.REWORK})


CLOCKS = select(TicketClock).where(TicketClock.ticket_id == bindparam("ticket")).order_by(TicketClock.id)
RUNNING = CLOCKS.where(TicketClock.stopped_at.is_(None))
ENTRIES = (
    select(ClockEntry)
    .where(ClockEntry.clock_id.in_(bindparam("clocks", expanding=True)))
    .order_by(ClockEntry.clock_id, ClockEntry.seq)
)


def apply(ticket: Ticket, effects: Iterable[tuple[Effect, ClockKind]], act: Act, *, reason: str) -> None:
    """Turn the clocks as a step of the workflow says; a step on a clock that does not run is nothing."""
    effects = tuple(effects)
    if not effects:
        return
    province = provinces.current()
    running = ledgers(ticket)
    for effect, kind in effects:
        for ledger in [one for one in running if one.kind == kind]:
            _turn(ledger, effect, act, province, reason=reason)
        if effect in (Effect.START, Effect.RESTART):
            start(ticket, kind, act, province)
    note_nearest_due(ticket)


def ledgers(ticket: Ticket, *, stopped: bool = False) -> list[Ledger]:
    """Return the ticket's clocks with their states, oldest first; two statements however many there are."""
    clocks = list(db.session.scalars(CLOCKS if stopped else RUNNING, {"ticket": ticket.id}))
    rows: dict[int, list[ClockEntry]] = {clock.id: [] for clock in clocks}
    for row in db.session.scalars(ENTRIES, {"clocks": list(rows)}):
        rows[row.clock_id].append(row)
    return [Ledger.read(clock, rows[clock.id]) for clock in clocks]


READ_CLOCKS = Kept(CLOCKS)
READ_ENTRIES = Kept(
    select(ClockEntry)
    .join(TicketClock, TicketClock.id == ClockEntry.clock_id)
    .where(TicketClock.ticket_id == bindparam("ticket"))
    .order_by(ClockEntry.clock_id, ClockEntry.seq)
)


def read(ticket: Ticket) -> list[Ledger]:
    """Return every clock of the ticket for a page that only shows them; stopped ones too, oldest first."""
    entries: dict[int, list[Any]] = {}
    for row in READ_ENTRIES.rows(ticket=ticket.id):
        entries.setdefault(row.clock_id, []).append(row)
    return [Ledger.read(clock, entries[clock.id]) for clock in READ_CLOCKS.rows(ticket=ticket.id)]


_ENTRY_OF = {
    Effect.STOP: Kind.STOPPED,
    Effect.RESTART: Kind.STOPPED,
    Effect.PAUSE: Kind.PAUSED,
    Effect.RESUME: Kind.RESUMED,
}


def _turn(ledger: Ledger, effect: Effect, act: Act, province: Province, *, reason: str) -> None:
    kind = _ENTRY_OF.get(effect)
    paused = ledger.state.paused_since is not None
    if kind is None or (effect is Effect.PAUSE and paused) or (effect is Effect.RESUME and not paused):
        return
    _append(ledger, entry(kind, act, versions_of(ledger.state), reason=reason), province)


@dataclass(frozen=True)
class Versions:
    """What a line of a ledger reckons by."""

    policy: str
    calendar: str


def versions_of(state: ClockState) -> Versions:
    """Return the versions by which a clock goes on: they change by a superseding entry alone."""
    return Versions(state.policy, state.calendar)


def versions_at(regions: frozenset[str], province: Province) -> Versions:
    """Return the versions with which a clock at a place starts today."""
    return Versions(province.policy.version, province.calendars.at(regions).version)


def entry(kind: Kind, act: Act, versions: Versions, *, reason: str) -> Entry:
    """Return a line of a ledger at the act's instant."""
    return Entry(
        kind=kind,
        at=act.now,
        actor=act.actor.name or act.actor.kind.value,
        reason=reason,
        policy=versions.policy,
        calendar=versions.calendar,
    )


def _append(ledger: Ledger, entry: Entry, province: Province) -> None:
    """Append an entry; one that had to wait for a lock happened right after what it waited for."""
    late = ledger.state.last_at - entry.at
    if dt.timedelta() < late <= CLOCK_SKEW:
        entry = entry._replace(at=ledger.state.last_at)
    db.session.add(ledger.append(entry, province))


def start(ticket: Ticket, kind: ClockKind, act: Act, province: Province) -> Ledger | None:
    """Start a clock of the ticket now, by the policy's target; None where the policy keeps no such clock."""
    row = province.policy.limit(PolicyClock(kind.value), segment(ticket, province))
    if row is None or row.by_template:
        return None  # the limit of a plan is its template's: who opens the case begins the clock
    target = row.target
    if row.rest_of is not None:
        promise = [one for one in ledgers(ticket) if one.kind == ClockKind(row.rest_of.value)]
        if promise:
            state = promise[-1].state
            target = rest_target(row, province.calendar_of(state), state, act.now)
    return begin(ticket, kind, target, act, province)


def begin(ticket: Ticket, kind: ClockKind, target: Target, act: Act, province: Province) -> Ledger:
    """Write a clock that starts now, with the first line of its ledger."""
    versions = versions_at(province.around(ticket.region_code), province)
    entry, state = first_entry(kind, target, act, versions, at=act.now, holder=ticket.bureau_code)
    clock = TicketClock(
        ticket_id=ticket.id,
        kind=kind.value,
        bureau_code=ticket.bureau_code,
        entries=1,
        **derived_columns(state, kind, province, passed=0),
    )
    db.session.add(clock)
    db.session.flush()
    db.session.add(ClockEntry(**entry_columns(entry, clock_id=clock.id, seq=1)))
    return Ledger(clock, state)


def first_entry(
    kind: ClockKind, target: Target, act: Act, versions: Versions, *, at: dt.datetime, holder: str
) -> tuple[Entry, ClockState]:
    """Return the first line of a ledger and the state that it gives; `at` may lie before `act.now`."""
    said = entry(Kind.STARTED, act, versions, reason=kind.value)
    first = said._replace(at=at, target=target, holder=holder)
    return first, follow(None, first)


def note_nearest_due(ticket: Ticket) -> None:
    """Keep on the ticket the nearest due time of its running clocks, for lists alone."""
    db.session.flush()
    ticket.due_at = db.session.scalar(
        select(TicketClock.due_at)
        .where(
            TicketClock.ticket_id == ticket.id,
            TicketClock.stopped_at.is_(None),
            TicketClock.due_at.is_not(None),
        )
        .order_by(TicketClock.due_at)
        .limit(1)
    )


def supersede(
    ledger: Ledger, target: Target | None, versions: Versions, act: Act, province: Province
) -> None:
    """Let a clock go on under another calendar, policy or target."""
    said = entry(Kind.SUPERSEDED, act, versions, reason=Kind.SUPERSEDED.value)
    move_due(ledger, said._replace(target=target), act, province)


def move_due(ledger: Ledger, said: Entry, act: Act, province: Province) -> None:
    """Append an entry that may move the due time; where it does, the due rung and later ones are armed anew."""
    state = follow(ledger.state, said._replace(at=max(said.at, ledger.state.last_at)))
    calendar = province.calendar_of(state)
    passed, version = ledger.clock.rungs_passed, ledger.state.due_version
    moved = due(calendar, state.started_at, state.target, state.held)
    if moved != ledger.clock.due_at or moved is None:
        passed, version = rearmed(
            ladder(ledger.kind, state, province),
            passed=passed,
            due_version=version,
            new_due=moved,
            now=act.now,
        )
    _append(ledger, said._replace(due_version=version), province)
    ledger.rearm(province, passed=passed)


def catch_up(ticket: Ticket, ledger: Ledger, act: Act, province: Province) -> None:
    """Let a clock that stood while something was published go on by it, as the others did."""
    kind = PolicyClock(ledger.kind.value)
    held = Held(ledger.clock.id, ticket.number, kind, ledger.state, segment(ticket, province))
    go_on_by(held, ledger, act, province)


def go_on_by(held: Held, ledger: Ledger, act: Act, province: Province) -> None:
    """Let a clock go on by what is in force now, where that is anything else."""
    found = successor(held, Book(province.calendars, province.policy))
    if found is not None:
        supersede(ledger, found.target, Versions(found.policy, found.calendar), act, province)


def hand_over(ticket: Ticket, why: Handing, act: Act, province: Province) -> None:
    """Note in the promises' ledgers who has the ticket from now on; no due time moves."""
    for ledger in ledgers(ticket):
        if ledger.kind in PROMISES and ledger.state.holders[-1].holder != ticket.bureau_code:
            said = entry(Kind.HANDED_OVER, act, versions_of(ledger.state), reason=why.value)
            _append(ledger, said._replace(holder=ticket.bureau_code), province)


def retarget(ticket: Ticket, act: Act, province: Province) -> None:
    """After a correction of type or urgency: running clocks take the targets of their new segment."""
    where = segment(ticket, province)
    for ledger in ledgers(ticket):
        row = province.policy.limit(PolicyClock(ledger.kind.value), where)
        if row is None or row.rest_of is not None or row.by_template or row.target == ledger.state.target:
            continue
        versions = dataclasses.replace(versions_of(ledger.state), policy=province.policy.version)
        supersede(ledger, row.target, versions, act, province)
    note_nearest_due(ticket)


def reopen(ticket: Ticket, act: Act, province: Province) -> None:
    """After a contest: the same promise goes on, the time since the answer is a pause in its ledger.

    Beside it run a rework clock of what was left and, at a bureau, a new share; a ticket that no bureau
    had goes to the dispatch desk with a dispatch clock.
    """
    promise = [one for one in ledgers(ticket, stopped=True) if one.kind == ClockKind.ANSWER]
    if promise and promise[-1].state.stopped_at is not None:
        said = entry(Kind.RESUMED, act, versions_of(promise[-1].state), reason="contest")
        _append(promise[-1], said, province)
        catch_up(ticket, promise[-1], act, province)
        db.session.flush()
    at_desk = ticket.state == State.NEW
    for kind in (ClockKind.DISPATCH,) if at_desk else (ClockKind.REWORK, ClockKind.SHARE):
        start(ticket, kind, act, province)
    note_nearest_due(ticket)


def stop_follow_up(ticket: Ticket, act: Act) -> None:
    """The follow-up call reached somebody."""
    apply(ticket, ((Effect.STOP, ClockKind.FOLLOW_UP),), act, reason="follow_up")

"""The clocks of a ticket: started, paused, resumed and stopped by the steps of the workflow.

Promise clocks (contact, answer) start when the enterprise spoke and are never reset: not by a new
dispatch, a merge, a rework or a case. Share clocks start and end with each stay at a bureau.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from sqlalchemy import bindparam, select

from sla.arithmetic import after, due
from sla.ladder import rearmed
from sla.ledger import ClockState, Entry, Kind, follow
from sla.policy import Segment
from sla.rungs import ClockKind as PolicyClock
from sla.shares import rest_target
from sla.values import Target, Unit
from ticketing.domain.errors import Invalid
from ticketing.domain.messages import CLOCK_SKEW
from ticketing.domain.vocabulary import ClockKind, State
from ticketing.domain.words import N_
from ticketing.domain.workflow import Effect
from ticketing.extensions import db
from ticketing.models import ClockEntry, Ticket, TicketClock
from ticketing.services import province as provinces
from ticketing.services.clock_rows import Ledger, derived_columns, entry_columns, ladder
from ticketing.services.history import Act
from ticketing.services.province import Province

#: The clocks that an extension makes longer, the one that is asked about first.
EXTENDABLE = (ClockKind.REWORK, ClockKind.ANSWER)
ASK_BEFORE = Target(Unit.WORKING_DAYS, 1)
#: Round-the-clock clocks: an extension is asked while at least this share is left.
LEFT_PERCENT = 25


def segment(ticket: Ticket, province: Province) -> Segment:
    """Return what the policy may look at."""
    return segment_of(
        ticket.type, ticket.urgency, ticket.line, ticket.region_code, ticket.hotline_number, province
    )


def segment_of(
    kind: str, urgency: str, line: str | None, region: str | None, hotline: str | None, province: Province
) -> Segment:
    """Return the segment of a ticket that is being written; its region counts with all around it."""
    around = []
    while region is not None:
        around.append(region)
        region = province.archive.regions[region].parent_code
    return Segment(kind, urgency, line=line, regions=frozenset(around), hotline=hotline)


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
    _append(ledger, entry(kind, act, province, reason=reason), act, province)


def entry(kind: Kind, act: Act, province: Province, *, reason: str, target: Target | None = None) -> Entry:
    """Return a line of a ledger at the act's instant, naming the versions in force."""
    return Entry(
        kind=kind,
        at=act.now,
        actor=act.actor.name or act.actor.kind.value,
        reason=reason,
        target=target,
        policy=province.policy.version,
        calendar=province.calendar.version,
    )


def _append(ledger: Ledger, entry: Entry, act: Act, province: Province) -> None:
    """Append an entry; one that had to wait for a lock happened right after what it waited for."""
    late = ledger.state.last_at - entry.at
    if dt.timedelta() < late <= CLOCK_SKEW:
        entry = dataclasses.replace(entry, at=ledger.state.last_at)
    db.session.add(ledger.append(entry, province, act.now))


def start(ticket: Ticket, kind: ClockKind, act: Act, province: Province) -> Ledger | None:
    """Start a clock of the ticket now, by the policy's target; None where the policy keeps no such clock."""
    row = province.policy.limit(PolicyClock(kind.value), segment(ticket, province))
    if row is None:
        return None
    target = row.target
    if row.rest_of is not None:
        promise = [one for one in ledgers(ticket) if one.kind == ClockKind(row.rest_of.value)]
        target = rest_target(row, province.calendar, promise[-1].state, act.now) if promise else row.target
    return begin(ticket, kind, target, act, province)


def begin(ticket: Ticket, kind: ClockKind, target: Target, act: Act, province: Province) -> Ledger:
    """Write a clock that starts now, with the first line of its ledger."""
    entry, state = first_entry(kind, target, act, province, at=act.now, holder=ticket.bureau_code)
    clock = TicketClock(
        ticket_id=ticket.id,
        kind=kind.value,
        bureau_code=ticket.bureau_code,
        entries=1,
        **derived_columns(state, kind, province, act.now, passed=0),
    )
    db.session.add(clock)
    db.session.flush()
    db.session.add(ClockEntry(**entry_columns(entry, clock_id=clock.id, seq=1)))
    return Ledger(clock, state)


def first_entry(
    kind: ClockKind, target: Target, act: Act, province: Province, *, at: dt.datetime, holder: str
) -> tuple[Entry, ClockState]:
    """Return the first line of a ledger and the state that it gives; `at` may lie before `act.now`."""
    entry = Entry(
        kind=Kind.STARTED,
        at=at,
        actor=act.actor.name or act.actor.kind.value,
        reason=kind.value,
        target=target,
        policy=province.policy.version,
        calendar=province.calendar.version,
        holder=holder,
    )
    return entry, follow(None, entry)


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


def check_extension(ticket: Ticket, amount: int, now: dt.datetime, province: Province) -> Ledger:
    """Return the clock that an extension of `amount` would make longer.

    Raises:
        Invalid: no such clock runs, it is too late to ask, or it is more than the target itself.
    """
    running = {ledger.kind: ledger for ledger in ledgers(ticket)}
    ledger = next((running[kind] for kind in EXTENDABLE if kind in running), None)
    if ledger is None:
        raise Invalid(N_("没有正在计时的答复时限。"), field="amount")
    if not 1 <= amount <= ledger.state.target.amount:
        raise Invalid(
            N_("延期不能超过原时限，最多 %(most)s。"), field="amount", most=ledger.state.target.amount
        )
    if not _asked_in_time(ledger, now, province):
        raise Invalid(N_("延期要在到期前至少 1 个工作日提出，现在已晚。"), field="amount")
    return ledger


def _asked_in_time(ledger: Ledger, now: dt.datetime, province: Province) -> bool:
    due_at = ledger.clock.due_at
    if due_at is None:
        return True
    if ledger.state.target.unit.round_the_clock:
        whole = (due_at - ledger.state.started_at).total_seconds()
        return (due_at - now).total_seconds() * 100 >= whole * LEFT_PERCENT
    latest = after(province.calendar, now, ASK_BEFORE)
    return latest is not None and latest <= due_at


def extend(ticket: Ticket, amount: int, act: Act, province: Province) -> dt.datetime | None:
    """Make the target n + m from the same start, for promise and share; return the promise's due time.

    Raises:
        Invalid: as `check_extension`.
    """
    ledger = check_extension(ticket, amount, act.now, province)
    more = Target(ledger.state.target.unit, amount)
    moved = due(
        province.calendar,
        ledger.state.started_at,
        Target(more.unit, ledger.state.target.amount + amount),
        ledger.state.held,
    )
    _move_due(ledger, Kind.EXTENDED, more, moved, act, province)
    share = next((one for one in ledgers(ticket) if one.kind == ClockKind.SHARE), None)
    if share is not None and share.state.target.unit == more.unit:
        longer = Target(more.unit, share.state.target.amount + amount)
        ends = due(province.calendar, share.state.started_at, longer, share.state.held)
        _move_due(share, Kind.SUPERSEDED, longer, ends, act, province)
    note_nearest_due(ticket)
    return ledger.clock.due_at


def _move_due(
    ledger: Ledger, kind: Kind, target: Target, moved: dt.datetime | None, act: Act, province: Province
) -> None:
    """Append an entry that moves the due time; the due rung and later ones are armed anew."""
    rungs = ladder(ledger.kind, ledger.state.target, province)
    passed, version = rearmed(
        rungs,
        passed=ledger.clock.rungs_passed,
        due_version=ledger.state.due_version,
        new_due=moved,
        now=act.now,
    )
    entry = Entry(
        kind=kind,
        at=act.now,
        actor=act.actor.name or act.actor.kind.value,
        reason=kind.value,
        target=target,
        policy=province.policy.version,
        calendar=province.calendar.version,
        due_version=version,
    )
    _append(ledger, entry, act, province)
    ledger.rearm(province, act.now, passed=passed)


def retarget(ticket: Ticket, act: Act, province: Province) -> None:
    """After a correction of type or urgency: running clocks take the targets of their new segment."""
    where = segment(ticket, province)
    for ledger in ledgers(ticket):
        row = province.policy.limit(PolicyClock(ledger.kind.value), where)
        if row is None or row.rest_of is not None or row.by_template or row.target == ledger.state.target:
            continue
        moved = due(province.calendar, ledger.state.started_at, row.target, ledger.state.held)
        _move_due(ledger, Kind.SUPERSEDED, row.target, moved, act, province)
    note_nearest_due(ticket)


def reopen(ticket: Ticket, act: Act, province: Province) -> None:
    """After a contest: the same promise goes on, the time since the answer is a pause in its ledger.

    Beside it run a rework clock of what was left and, at a bureau, a new share; a ticket that no bureau
    had goes to the dispatch desk with a dispatch clock.
    """
    promise = [one for one in ledgers(ticket, stopped=True) if one.kind == ClockKind.ANSWER]
    if promise and promise[-1].state.stopped_at is not None:
        _append(promise[-1], entry(Kind.RESUMED, act, province, reason="contest"), act, province)
        db.session.flush()
    at_desk = ticket.state == State.NEW
    for kind in (ClockKind.DISPATCH,) if at_desk else (ClockKind.REWORK, ClockKind.SHARE):
        start(ticket, kind, act, province)
    note_nearest_due(ticket)


def stop_follow_up(ticket: Ticket, act: Act) -> None:
    """The follow-up call reached somebody."""
    apply(ticket, ((Effect.STOP, ClockKind.FOLLOW_UP),), act, reason="follow_up")

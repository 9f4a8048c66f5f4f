"""What was published reaches the open clocks: one superseding entry each, in batches that may be cut anywhere.

The rows are the queue: a clock whose ledger names the versions in force needs nothing. `cursor` only spares a run
that was cut the way it had gone already. A recomputation is no update of the ticket: its version, its history and
its notices stay as they are. Rungs are armed anew by the rules of the ledger (`clocks.move_due`).
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select, update

from sla.rungs import ClockKind
from sla.whatif import Book, Held, successor
from ticketing.domain.actors import SYSTEM, Actor
from ticketing.extensions import db
from ticketing.models import Account, ClockEntry, PolicyRollout, Ticket, TicketClock
from ticketing.services import clocks
from ticketing.services.clock_rows import Ledger
from ticketing.services.foresight import FACTS, Reader
from ticketing.services.history import Act
from ticketing.services.province import Province

BATCH = 200
#: Who was at work while something was published may have begun a clock by the old versions: a last look waits.
SETTLES = dt.timedelta(minutes=1)
#: Tickets that somebody had locked are looked at again after this long.
AGAIN = dt.timedelta(seconds=5)


def step(now: dt.datetime, province: Province, *, size: int = BATCH) -> bool:
    """Take one batch of clocks on; return whether another batch follows at once.

    One worker at a time: the row of the rollout is locked, a second worker finds nothing to do. The newest goes
    first and takes every clock to all that is in force, so that those before it have nothing left to do.
    """
    wanted = (
        select(PolicyRollout)
        .where(PolicyRollout.finished_at.is_(None), PolicyRollout.retry_at <= now)
        .order_by(PolicyRollout.id.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    rollout = db.session.scalar(wanted)
    if rollout is None:
        return False
    if rollout.cursor == 0:
        running = select(func.count()).where(TicketClock.stopped_at.is_(None))
        rollout.whole, rollout.looked = db.session.scalar(running) or 0, 0
    open_clocks = FACTS.where(TicketClock.stopped_at.is_(None), TicketClock.id > rollout.cursor)
    rows = db.session.execute(open_clocks.limit(size)).all()
    if not rows:
        _end_pass(rollout, now)
        return False
    reader = Reader(province, Book(province.calendars, province.policy))
    _take_on(rollout, [row for row in rows if reader.behind(row)], reader, province, now)
    rollout.cursor = rows[-1].id
    rollout.looked += len(rows)
    return True


def _end_pass(rollout: PolicyRollout, now: dt.datetime) -> None:
    settled = rollout.published_at + SETTLES
    if rollout.passed_over:
        rollout.retry_at = now + AGAIN
    elif now < settled:
        rollout.retry_at = settled
    else:
        rollout.finished_at = now
        older = PolicyRollout.id < rollout.id, PolicyRollout.finished_at.is_(None)
        db.session.execute(update(PolicyRollout).where(*older).values(finished_at=now))
    rollout.cursor, rollout.passed_over = 0, False


def _take_on(
    rollout: PolicyRollout, behind: Sequence[Row[Any]], reader: Reader, province: Province, now: dt.datetime
) -> None:
    locked = _locked({row.ticket_id for row in behind})
    rollout.passed_over = rollout.passed_over or any(row.ticket_id not in locked for row in behind)
    by_id = {row.id: row for row in behind if row.ticket_id in locked}
    act = Act(_publisher(rollout), now)
    book = Book(province.calendars, province.policy)
    moved = set()
    for ledger in _ledgers(list(by_id)):
        row = by_id[ledger.clock.id]
        held = Held(row.id, row.number, ClockKind(row.kind), ledger.state, reader.segment(row))
        if _supersede(rollout, ledger, held, book, act, province):
            moved.add(row.ticket_id)
    db.session.flush()
    _note_nearest(moved)


def _locked(tickets: set[int]) -> set[int]:
    """Lock tickets as every verb does before it writes into their ledgers; what others hold is left."""
    wanted = select(Ticket.id).where(Ticket.id.in_(sorted(tickets))).order_by(Ticket.id)
    return set(db.session.scalars(wanted.with_for_update(skip_locked=True)))


def _publisher(rollout: PolicyRollout) -> Actor:
    account = db.session.get(Account, rollout.published_by_id) if rollout.published_by_id else None
    return dataclasses.replace(SYSTEM, name=account.name) if account else SYSTEM


def _ledgers(clock_ids: Sequence[int]) -> list[Ledger]:
    wanted = select(TicketClock).where(TicketClock.id.in_(clock_ids), TicketClock.stopped_at.is_(None))
    found = list(
        db.session.scalars(wanted.order_by(TicketClock.id), execution_options={"populate_existing": True})
    )
    lines: dict[int, list[ClockEntry]] = {clock.id: [] for clock in found}
    for line in db.session.scalars(clocks.ENTRIES, {"clocks": list(lines)}):
        lines[line.clock_id].append(line)
    return [Ledger.read(clock, lines[clock.id]) for clock in found]


def _supersede(
    rollout: PolicyRollout, ledger: Ledger, held: Held, book: Book, act: Act, province: Province
) -> bool:
    """Let one clock go on by its successor; return whether its due time moved."""
    found = successor(held, book)
    if found is None:
        return False
    was = ledger.clock.due_at
    clocks.supersede(ledger, found.target, clocks.Versions(found.policy, found.calendar), act, province)
    becomes = ledger.clock.due_at
    before, after = _late(was, act.now), _late(becomes, act.now)
    rollout.superseded += 1
    rollout.moved += was != becomes
    rollout.unbreached += before and not after
    rollout.breached += after and not before
    return was != becomes


def _late(due: dt.datetime | None, now: dt.datetime) -> bool:
    return due is not None and due < now


def _note_nearest(tickets: set[int]) -> None:
    """Bring the nearest due time of tickets up to date without a new version of them."""
    if not tickets:
        return
    table = Ticket.__table__
    nearest = (
        select(func.min(TicketClock.due_at))
        .where(TicketClock.ticket_id == table.c.id, TicketClock.stopped_at.is_(None))
        .scalar_subquery()
    )
    db.session.execute(update(table).where(table.c.id.in_(sorted(tickets))).values(due_at=nearest))


def running() -> PolicyRollout | None:
    """Return the newest rollout that has not ended."""
    wanted = (
        select(PolicyRollout).where(PolicyRollout.finished_at.is_(None)).order_by(PolicyRollout.id.desc())
    )
    return db.session.scalar(wanted.limit(1))

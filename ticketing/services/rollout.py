"""What was published reaches the open clocks: one superseding entry each, in batches that may be cut anywhere.

The rows are the queue: a clock whose ledger names the versions in force needs nothing. `cursor` only spares a run
that was cut the way it had gone already. A recomputation is no update of the ticket: its version, its history and
its notices stay as they are. Rungs are armed anew by the rules of the ledger (`clocks.move_due`).
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Row, func, select, update

from sla.ledger import LedgerError
from sla.whatif import Book, Held, successor
from ticketing.domain.actors import SYSTEM, Actor
from ticketing.extensions import db
from ticketing.models import Account, CaseClock, CoordinationCase, PolicyRollout, Ticket, TicketClock
from ticketing.services import case_schedule, cases, clocks
from ticketing.services.clock_rows import Ledger
from ticketing.services.clock_tables import ALL, STEPS, TICKETS, Tables
from ticketing.services.foresight import Reader
from ticketing.services.history import Act
from ticketing.services.province import Province

log = structlog.get_logger()
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
    tables = STEPS if rollout.of_steps else TICKETS
    if rollout.cursor == 0 and not rollout.of_steps:
        rollout.whole, rollout.looked = sum(_running(one) for one in ALL), 0
    open_clocks = tables.facts.where(tables.clock.stopped_at.is_(None), tables.clock.id > rollout.cursor)
    rows = db.session.execute(open_clocks.limit(size)).all()
    if not rows and tables is TICKETS:
        rollout.of_steps, rollout.cursor = True, 0
        return True
    if not rows:
        _end_pass(rollout, now)
        return False
    reader = Reader(province, Book(province.calendars, province.policy))
    _take_on(
        rollout, [row for row in rows if reader.behind(row)], tables, reader, Act(_publisher(rollout), now)
    )
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
    rollout.cursor, rollout.of_steps, rollout.passed_over = 0, False, False


def _running(tables: Tables) -> int:
    return db.session.scalar(select(func.count()).where(tables.clock.stopped_at.is_(None))) or 0


def _take_on(
    rollout: PolicyRollout, behind: Sequence[Row[Any]], tables: Tables, reader: Reader, act: Act
) -> None:
    locked = _locked(tables, {row.owner_id for row in behind})
    rollout.passed_over = rollout.passed_over or any(row.owner_id not in locked for row in behind)
    by_id = {row.id: row for row in behind if row.owner_id in locked}
    moved = set()
    for ledger in _ledgers(tables, list(by_id)):
        row = by_id[ledger.clock.id]
        if _supersede(rollout, ledger, reader.held(row, ledger.state, tables), reader, act):
            moved.add(row.owner_id)
    db.session.flush()
    if tables is TICKETS:
        _note_nearest(moved)
    else:
        _note_steps(moved, act.now, reader.province)


def _locked(tables: Tables, owners: set[int]) -> set[int]:
    """Lock tickets or cases as every verb does before it writes into their ledgers; what others hold is left."""
    wanted = select(tables.owner.id).where(tables.owner.id.in_(sorted(owners))).order_by(tables.owner.id)
    return set(db.session.scalars(wanted.with_for_update(skip_locked=True)))


def _publisher(rollout: PolicyRollout) -> Actor:
    account = db.session.get(Account, rollout.published_by_id) if rollout.published_by_id else None
    return dataclasses.replace(SYSTEM, name=account.name) if account else SYSTEM


def _ledgers(tables: Tables, clock_ids: Sequence[int]) -> list[Ledger]:
    wanted = select(tables.clock).where(tables.clock.id.in_(clock_ids), tables.clock.stopped_at.is_(None))
    found = list(
        db.session.scalars(wanted.order_by(tables.clock.id), execution_options={"populate_existing": True})
    )
    lines: dict[int, list[Any]] = {clock.id: [] for clock in found}
    for line in db.session.scalars(tables.entries, {"clocks": list(lines)}):
        lines[line.clock_id].append(line)
    read = (_read(clock, lines[clock.id]) for clock in found)
    return [one for one in read if one is not None]


def _read(clock: Any, lines: Sequence[Any]) -> Ledger | None:
    """Return a ledger; one that does not replay is left as it is and told, and stops nobody else's."""
    try:
        return Ledger.read(clock, lines)
    except LedgerError as error:
        log.error("a clock cannot be read", clock_id=clock.id, kind=clock.kind, error=str(error))  # noqa: TRY400  its sentence says all
        return None


def _supersede(rollout: PolicyRollout, ledger: Ledger, held: Held, reader: Reader, act: Act) -> bool:
    """Let one clock go on by its successor; return whether its due time moved."""
    found = successor(held, reader.book)
    if found is None:
        return False
    was = ledger.clock.due_at
    versions = clocks.Versions(found.policy, found.calendar)
    clocks.supersede(ledger, found.target, versions, act, reader.province)
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


def _note_steps(case_ids: set[int], now: dt.datetime, province: Province) -> None:
    """Bring what steps show up to date: those that run by their clocks, those that wait by the plan."""
    for case in db.session.scalars(select(CoordinationCase).where(CoordinationCase.id.in_(sorted(case_ids)))):
        rows = cases.steps(case)
        kept = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.stopped_at.is_(None))
        due = {clock.step_id: clock.due_at for clock in db.session.scalars(kept)}
        for row in rows:
            row.due_at = due.get(row.id) or row.due_at
        case_schedule.reckon(case, rows, now, province)


def running() -> PolicyRollout | None:
    """Return the newest rollout that has not ended."""
    wanted = (
        select(PolicyRollout).where(PolicyRollout.finished_at.is_(None)).order_by(PolicyRollout.id.desc())
    )
    return db.session.scalar(wanted.limit(1))

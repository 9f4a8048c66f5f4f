"""What a draft would do to the open clocks: read by columns, without objects, and kept for the pages.

A hundred thousand clocks are read in stretches; of those that go on as they are not even the ledger is read.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Row, insert, select

from sla.ledger import ClockState, Entry, LedgerError, replay
from sla.notices import CalendarError
from sla.policy import Segment
from sla.rungs import ClockKind
from sla.whatif import Book, Change, Held, change
from ticketing.extensions import db
from ticketing.models import PolicyDraft, PolicyEffect
from ticketing.services import policy_texts
from ticketing.services.clock_rows import to_entry
from ticketing.services.clock_tables import STEPS, TICKETS, Tables
from ticketing.services.pack_documents import CALENDAR, SLA
from ticketing.services.province import Province
from ticketing.services.segments import Facts, facts_of, segment_of

log = structlog.get_logger()
STRETCH = 5_000
#: A look whose worker died is taken up by another after this long.
CLAIM = dt.timedelta(minutes=5)
#: Drafts that move due times; those of routing are replayed (`policy_replays`).
OF_CLOCKS = (CALENDAR, SLA, policy_texts.COORDINATION)
BREACHES, UNBREACHES, MOVES, UNREADABLE = "breaches", "unbreaches", "moves", "unreadable"
#: The order in which people want to read them: what would newly be late comes first.
CHANGES = (BREACHES, UNBREACHES, MOVES)


class Reader:
    """Turns rows into what the pure layer looks at; segments are few, so each is put together once."""

    def __init__(self, province: Province, book: Book) -> None:
        self.province, self.book = province, book
        self._segments: dict[Facts, Segment] = {}

    def segment(self, row: Row[Any]) -> Segment:
        """Return what a policy may look at of a row."""
        key = facts_of(row)
        if key not in self._segments:
            self._segments[key] = segment_of(key, self.province)
        return self._segments[key]

    def behind(self, row: Row[Any]) -> bool:
        """Whether the book would let this clock go on by something else."""
        return not self.book.passes_by(
            ClockKind(row.kind),
            self.segment(row).regions,
            policy=row.policy_version,
            calendar=row.calendar_version,
        )

    def held(self, row: Row[Any], state: ClockState, tables: Tables) -> Held:
        """Return a clock as it stands."""
        kind = ClockKind(row.kind)
        return Held(row.id, row.number, kind, state, self.segment(row), own_target=tables.own_targets)


@dataclass(frozen=True)
class Unreadable:
    """A clock of which nobody can say what would become: which one, and why in a sentence for the operator."""

    clock_id: int
    of_step: bool
    sentence: str


@dataclass
class Foresight:
    """How many clocks were looked at and what would change: of tickets, and of the steps of cases.

    `unreadable`: clocks of which nobody can say it: the ledger does not replay, or names a calendar that no notice
    gives. The others are told all the same.
    """

    clocks: int
    of_tickets: list[Change]
    of_steps: list[Change]
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """Return the list itself."""
        return self.of_tickets + self.of_steps

    def count(self) -> Counter[str]:
        """Return how many of each change there are."""
        return Counter(change_word(one) for one in self.changes)


def change_word(one: Change) -> str:
    """Return what happens to a clock, in one word."""
    if one.is_breached and not one.was_breached:
        return BREACHES
    return UNBREACHES if one.was_breached and not one.is_breached else MOVES


def look(book: Book, province: Province, now: dt.datetime, *, since: dt.datetime | None = None) -> Foresight:
    """Return what a book would do to the open clocks; `since`: and to all that started from then on."""
    reader, found = Reader(province, book), Foresight(0, [], [])
    for tables, changes in ((TICKETS, found.of_tickets), (STEPS, found.of_steps)):
        for rows in stretches(tables, since):
            found.clocks += len(rows)
            ledgers = _ledgers([row for row in rows if reader.behind(row)], tables)
            for row, entries in ledgers:
                try:
                    held = reader.held(row, replay(entries), tables)
                    one = change(held, province.calendars, book, now)
                except (LedgerError, CalendarError) as error:
                    found.unreadable.append(_unreadable(row, error, of_step=tables is STEPS))
                    continue
                if one is not None:
                    changes.append(one)
    return found


def _unreadable(row: Row[Any], error: Exception, *, of_step: bool) -> Unreadable:
    log.error("a clock cannot be read", clock_id=row.id, number=row.number, kind=row.kind, error=str(error))
    return Unreadable(row.id, of_step, f"{row.number}: the {row.kind} clock cannot be read ({error})")


def stretches(tables: Tables, since: dt.datetime | None) -> Iterator[Sequence[Row[Any]]]:
    """Return the open clocks, or all that started from `since` on, a stretch at a time."""
    clock, after = tables.clock, 0
    wanted = tables.facts.where(clock.stopped_at.is_(None) if since is None else clock.started_at >= since)
    while rows := db.session.execute(wanted.where(clock.id > after).limit(STRETCH)).all():
        yield rows
        after = rows[-1].id


def _ledgers(rows: Sequence[Row[Any]], tables: Tables) -> Iterator[tuple[Row[Any], list[Entry]]]:
    by_id = {row.id: row for row in rows}
    lines: dict[int, list[Entry]] = {}
    for line in db.session.execute(tables.lines, {"clocks": list(by_id)}):
        lines.setdefault(line.clock_id, []).append(to_entry(line))
    return ((by_id[clock_id], entries) for clock_id, entries in lines.items())


def claim(now: dt.datetime) -> tuple[int, dt.datetime] | None:
    """Take up the oldest look that is asked for; return its draft and when it was asked, or None."""
    free = PolicyDraft.claimed_at.is_(None) | (PolicyDraft.claimed_at <= now - CLAIM)
    wanted = (
        select(PolicyDraft)
        .where(PolicyDraft.wanted_at.is_not(None), PolicyDraft.kind.in_(OF_CLOCKS), free)
        .order_by(PolicyDraft.wanted_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    one = db.session.scalar(wanted)
    if one is None or one.wanted_at is None:
        return None
    one.claimed_at = now
    return one.id, one.wanted_at


def reckon(draft_id: int, province: Province, now: dt.datetime) -> Foresight | None:
    """Return what a draft would do, or None where its text has been broken since."""
    one = db.session.get_one(PolicyDraft, draft_id)
    read = policy_texts.read(one.kind, one.text, province)
    if read.calendars is None or read.policy is None:
        return None
    return look(Book(read.calendars, read.policy), province, now)


def keep(
    draft_id: int, asked: dt.datetime, found: Foresight | None, province: Province, now: dt.datetime
) -> None:
    """Write down what was found, for the pages; nothing where the draft was changed meanwhile."""
    wanted = select(PolicyDraft).where(PolicyDraft.id == draft_id, PolicyDraft.wanted_at == asked)
    one = db.session.scalar(wanted.with_for_update(), execution_options={"populate_existing": True})
    if one is None:
        return
    one.wanted_at = one.claimed_at = None
    if found is None:
        return
    counts = found.count()
    one.looked_at, one.looked_revision = now, province.revision
    one.clocks, one.moved = found.clocks, len(found.changes)
    one.unbreached, one.breached = counts[UNBREACHES], counts[BREACHES]
    rows = [_moved(draft_id, change, of_step=False) for change in found.of_tickets]
    rows += [_moved(draft_id, change, of_step=True) for change in found.of_steps]
    rows.sort(key=lambda row: (CHANGES.index(row["change"]), row["due_at"] or now))
    rows += [_row(draft_id, UNREADABLE, one.clock_id, of_step=one.of_step) for one in found.unreadable]
    if rows:
        db.session.execute(insert(PolicyEffect.__table__), rows)


def _moved(draft_id: int, change: Change, *, of_step: bool) -> dict[str, Any]:
    row = _row(draft_id, change_word(change), change.held.id, of_step=of_step)
    return row | {"was_due_at": change.was, "due_at": change.becomes}


def _row(draft_id: int, change: str, clock_id: int, *, of_step: bool) -> dict[str, Any]:
    """Return the row of a clock; one that could not be read is named beside those that move."""
    return {
        "draft_id": draft_id,
        "change": change,
        "clock_id": None if of_step else clock_id,
        "case_clock_id": clock_id if of_step else None,
        "was_due_at": None,
        "due_at": None,
    }

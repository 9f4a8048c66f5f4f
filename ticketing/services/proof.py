"""Deadlines that prove themselves: why a clock of a ticket says what it says, and all of them for a checker."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select

from sla.derived import Derived
from sla.explain import Explanation, explain
from sla.export import Header, Kept, write
from sla.ledger import Entry, Part, Reading, evaluate, parts, replay
from sla.truths import Truth, truths
from ticketing.domain.vocabulary import ClockKind
from ticketing.extensions import db
from ticketing.models import ClockEntry, PolicyDocument, Ticket, TicketClock
from ticketing.services import clocks
from ticketing.services.clock_rows import to_entry
from ticketing.services.province import Province

#: Clocks are read in stretches of this many, so that an export of millions keeps little in memory.
STRETCH = 5_000


@dataclass(frozen=True)
class Told:
    """One clock: what it is, its ledger, what it shows, the days behind that, and who had the matter."""

    kind: ClockKind
    bureau_code: str | None
    entries: Sequence[Entry]
    reading: Reading
    explanation: Explanation
    parts: Sequence[Part]
    #: Each promise that was ever made, the first one first, and whether it was kept.
    truths: Sequence[Truth]
    day_seconds: int


def tell(ticket: Ticket, province: Province, now: dt.datetime) -> list[Told]:
    """Return every clock of a ticket, oldest first; two statements."""
    rows = {clock.id: clock for clock in db.session.scalars(clocks.CLOCKS, {"ticket": ticket.id})}
    entries = db.session.scalars(clocks.ENTRIES, {"clocks": list(rows)})
    return [
        _tell(rows[clock_id], [to_entry(line) for line in lines], province, now)
        for clock_id, lines in groupby(entries, key=lambda line: line.clock_id)
    ]


def _tell(clock: TicketClock, entries: list[Entry], province: Province, now: dt.datetime) -> Told:
    state = replay(entries)
    calendar = province.calendar_of(state)
    until = state.stopped_at or now
    return Told(
        kind=ClockKind(clock.kind),
        bureau_code=clock.bureau_code,
        entries=entries,
        reading=evaluate(state, calendar, now),
        explanation=explain(calendar, state.started_at, state.target, until=until, pauses=state.held),
        parts=parts(state, calendar, now),
        truths=truths(entries, province.calendars, now),
        day_seconds=calendar.day_seconds,
    )


def export(now: dt.datetime) -> Iterator[str]:
    """Return the lines of an export of every clock, with the documents by which to check them."""
    documents: dict[str, list[dict[str, Any]]] = {"calendar": [], "sla": []}
    wanted = select(PolicyDocument.kind, PolicyDocument.body).where(PolicyDocument.kind.in_(documents))
    for kind, body in db.session.execute(wanted.order_by(PolicyDocument.id)):
        documents[kind].append(body)
    yield from write(Header(now, documents["calendar"], documents["sla"]), _kept())


SHOWN = Derived._fields
STORED = select(
    TicketClock.id, Ticket.number, TicketClock.kind, *(getattr(TicketClock, name) for name in SHOWN)
).join(Ticket, Ticket.id == TicketClock.ticket_id)


def _kept() -> Iterator[Kept]:
    last = 0
    while True:
        wanted = STORED.where(TicketClock.id > last).order_by(TicketClock.id).limit(STRETCH)
        rows = db.session.execute(wanted).all()
        if not rows:
            return
        last = rows[-1].id
        lines = _lines(rows[0].id, last)
        for row in rows:
            shown = Derived(*row[3:])
            yield Kept(row.id, row.number, row.kind, lines.get(row.id, []), shown)


def _lines(first: int, last: int) -> dict[int, list[tuple[int, Entry]]]:
    between = ClockEntry.clock_id.between(first, last)
    wanted = select(ClockEntry.__table__).where(between).order_by(ClockEntry.clock_id, ClockEntry.seq)
    found: dict[int, list[tuple[int, Entry]]] = {}
    for line in db.session.execute(wanted):
        found.setdefault(line.clock_id, []).append((line.seq, to_entry(line)))
    return found

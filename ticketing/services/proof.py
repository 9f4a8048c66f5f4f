"""Deadlines that prove themselves: why a clock of a ticket says what it says, and all of them for a checker."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select

from sla.derived import Derived
from sla.explain import Explanation, explain
from sla.export import Header, Kept, write
from sla.ledger import Entry, Kind, Part, Reading, evaluate, parts, replay
from sla.rungs import ClockKind as PolicyClock
from sla.truths import Truth, truths
from ticketing.domain.vocabulary import ClockKind
from ticketing.extensions import db
from ticketing.models import (
    CaseClock,
    CaseStep,
    CaseTicket,
    CoordinationCase,
    PolicyDocument,
    Ticket,
    TicketClock,
)
from ticketing.services import clocks, rungs_told, segments
from ticketing.services.clock_rows import to_entry
from ticketing.services.clock_tables import ALL, STEP_NUMBER, STEPS, Tables
from ticketing.services.province import Province
from ticketing.services.rungs_told import RungTold

#: Clocks are read in stretches of this many, so that an export of millions keeps little in memory.
STRETCH = 5_000
#: The lines of a ledger that give a limit anew; an extension only adds to it.
GIVING = (Kind.STARTED, Kind.SUPERSEDED)


@dataclass(frozen=True)
class Told:
    """One clock: what it is, its ledger, what it shows, the days behind that, and who had the matter."""

    kind: ClockKind
    bureau_code: str | None
    #: The number of a step of a case (12/4), of whose clock it tells; empty for a ticket's own.
    step: str
    entries: Sequence[Entry]
    reading: Reading
    explanation: Explanation
    parts: Sequence[Part]
    #: Each promise that was ever made, the first one first, and whether it was kept.
    truths: Sequence[Truth]
    day_seconds: int
    #: What its ladder did, and what it will do if nothing happens.
    rungs: Sequence[RungTold] = ()
    #: The enterprise lists by which the policy gave this limit; nothing where another row gave it.
    lists: Sequence[str] = ()


def tell(ticket: Ticket, province: Province, now: dt.datetime) -> list[Told]:
    """Return every clock of a ticket, oldest first; three statements."""
    rows = {clock.id: clock for clock in db.session.scalars(clocks.CLOCKS, {"ticket": ticket.id})}
    entries = db.session.scalars(clocks.ENTRIES, {"clocks": list(rows)})
    climbed = rungs_told.climbed(rows)
    told = [
        _tell(rows[clock_id], [to_entry(line) for line in lines], climbed.get(clock_id, []), province, now)
        for clock_id, lines in groupby(entries, key=lambda line: line.clock_id)
    ]
    return [replace(one, lists=_lists(ticket, one, province)) for one in told]


def _lists(ticket: Ticket, told: Told, province: Province) -> tuple[str, ...]:
    """Return the enterprise lists that made the target in force: those of the policy's row that gave it."""
    made = next(one for one in reversed(told.entries) if one.target and one.kind in GIVING)
    segment = segments.segment(ticket, province)
    row = province.policies[made.policy].limit(PolicyClock(told.kind.value), segment)
    if row is None or row.by_template or (row.rest_of is None and row.target != made.target):
        return ()
    return tuple(sorted(row.when.get("tag", frozenset()) & segment.tags))


def tell_step(step: CaseStep, province: Province, now: dt.datetime) -> list[Told]:
    """Return the clock of a step of a case, none before it began; three statements."""
    wanted = (
        select(CaseClock, STEP_NUMBER)
        .join(CoordinationCase, CoordinationCase.id == CaseClock.case_id)
        .join(CaseStep, CaseStep.id == CaseClock.step_id)
        .where(CaseClock.step_id == step.id)
    )
    return _tell_steps(wanted, province, now)


def tell_steps(ticket: Ticket, province: Province, now: dt.datetime) -> list[Told]:
    """Return the clocks of the steps of the cases that carry a ticket, in the order in which they began."""
    wanted = (
        select(CaseClock, STEP_NUMBER)
        .join(CoordinationCase, CoordinationCase.id == CaseClock.case_id)
        .join(CaseStep, CaseStep.id == CaseClock.step_id)
        .join(CaseTicket, CaseTicket.case_id == CaseClock.case_id)
        .where(CaseTicket.ticket_id == ticket.id)
        .order_by(CaseClock.id)
    )
    return _tell_steps(wanted, province, now)


def _tell_steps(wanted: Select[tuple[CaseClock, str]], province: Province, now: dt.datetime) -> list[Told]:
    rows = {clock.id: (clock, number) for clock, number in db.session.execute(wanted)}
    entries = db.session.scalars(STEPS.entries, {"clocks": list(rows)})
    climbed = rungs_told.climbed(rows, of_steps=True)
    told = []
    for clock_id, lines in groupby(entries, key=lambda line: line.clock_id):
        clock, number = rows[clock_id]
        one = _tell(clock, [to_entry(line) for line in lines], climbed.get(clock_id, []), province, now)
        told.append(replace(one, step=number))
    return told


def _tell(
    clock: TicketClock | CaseClock,
    entries: list[Entry],
    climbed: Sequence[Any],
    province: Province,
    now: dt.datetime,
) -> Told:
    state = replay(entries)
    calendar = province.calendar_of(state)
    until = state.stopped_at or now
    return Told(
        kind=ClockKind(clock.kind),
        bureau_code=None if isinstance(clock, CaseClock) else clock.bureau_code,
        step="",
        entries=entries,
        reading=evaluate(state, calendar, now),
        explanation=explain(calendar, state.started_at, state.target, until=until, pauses=state.held),
        parts=parts(state, calendar, now),
        truths=truths(entries, province.calendars, now),
        day_seconds=calendar.day_seconds,
        rungs=rungs_told.tell(clock, state, climbed, province),
    )


def export(now: dt.datetime) -> Iterator[str]:
    """Return the lines of an export of every clock, with the documents by which to check them."""
    documents: dict[str, list[dict[str, Any]]] = {"calendar": [], "sla": []}
    wanted = select(PolicyDocument.kind, PolicyDocument.body).where(PolicyDocument.kind.in_(documents))
    for kind, body in db.session.execute(wanted.order_by(PolicyDocument.id)):
        documents[kind].append(body)
    yield from write(Header(now, documents["calendar"], documents["sla"]), _kept())


SHOWN = Derived._fields


def count() -> int:
    """Return how many clocks an export holds."""
    return sum(db.session.scalar(select(func.count(tables.clock.id))) or 0 for tables in ALL)


def _kept() -> Iterator[Kept]:
    for tables in ALL:
        yield from _of(tables)


def _of(tables: Tables) -> Iterator[Kept]:
    columns = (getattr(tables.clock, name) for name in SHOWN)
    stored, last = tables.facts.add_columns(*(column.label(f"shown_{column.key}") for column in columns)), 0
    while rows := db.session.execute(stored.where(tables.clock.id > last).limit(STRETCH)).all():
        lines = _lines(tables.entry, rows[0].id, rows[-1].id)
        last = rows[-1].id
        for row in rows:
            yield Kept(row.id, row.number, row.kind, lines.get(row.id, []), Derived(*row[-len(SHOWN) :]))


def _lines(entry: Any, first: int, last: int) -> dict[int, list[tuple[int, Entry]]]:
    between = entry.clock_id.between(first, last)
    wanted = select(entry.__table__).where(between).order_by(entry.clock_id, entry.seq)
    found: dict[int, list[tuple[int, Entry]]] = {}
    for line in db.session.execute(wanted):
        found.setdefault(line.clock_id, []).append((line.seq, to_entry(line)))
    return found

"""Figures that resist gaming, over a period, and the tickets behind each (domain section 11).

A ticket belongs to the day on which its promise *as first made* fell due. Nobody can move it to another month: not
by answering late, not by an extension, not by leaving it open. Each figure is a share of one condition in another, and
the same conditions choose the tickets of the list that it opens.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, select, tuple_

from ticketing.domain.clock import LOCAL
from ticketing.extensions import db
from ticketing.models import BureauTime, Callback, Ticket, TicketFact
from ticketing.services.callbacks import UNFILED
from ticketing.services.measured import ANSWERED, FIGURES, PROMISED, base_of
from ticketing.services.province import Province
from ticketing.services.worklists import COLUMNS, PAGE, Cursor, Page

F = TicketFact
Condition = ColumnElement[bool]
#: A period is read row by row; longer ones are what monthly reports are for.
LONGEST = dt.timedelta(days=91)
#: What rows of the table may stand for, by the name in an address.
DIMENSIONS = {
    "bureau": F.bureau_code,
    "hotline": F.hotline_number,
    "line": F.line,
    "region": F.region_code,
    "type": F.type,
}


@dataclass(frozen=True)
class Asked:
    """A period of days, both ends in it, and what else a ticket must be; empty: anything."""

    first: dt.date
    last: dt.date
    bureau: str = ""
    hotline: str = ""
    line: str = ""
    region: str = ""
    type: str = ""

    @property
    def days(self) -> int:
        """The length of the period."""
        return (self.last - self.first).days + 1

    def before(self) -> "Asked":
        """Return the period just before, of the same length, with the same conditions."""
        last = self.first - dt.timedelta(days=1)
        return self.between(last - dt.timedelta(days=self.days - 1), last)

    def between(self, first: dt.date, last: dt.date) -> "Asked":
        """Return the same of another period."""
        return Asked(first, last, self.bureau, self.hotline, self.line, self.region, self.type)


def condition(asked: Asked, province: Province) -> Condition:
    """Return which facts belong to a period and its conditions; a region counts with all below it."""
    wanted: list[Condition] = [F.due_day.between(asked.first, asked.last)]
    for name, column in DIMENSIONS.items():
        value = getattr(asked, name)
        if value and name == "region":
            wanted.append(F.region_code.in_(below(value, province)))
        elif value:
            wanted.append(column == value)
    return and_(*wanted)


def below(region: str, province: Province) -> list[str]:
    """Return a region's code and those of everything in it."""
    return [code for code in province.archive.regions if region in province.around(code)]


def _count(of: Condition) -> ColumnElement[int]:
    return func.count().filter(of)


COUNTED = [
    func.count().label("all"),
    _count(PROMISED).label("promised"),
    _count(ANSWERED).label("answered"),
    _count(F.dispatched).label("dispatched"),
    func.coalesce(func.sum(F.hops), 0).label("hops"),
    *(_count(and_(one.base, one.hit)).label(name) for name, one in FIGURES.items()),
]


@dataclass(frozen=True)
class Counts:
    """What was counted, by name."""

    numbers: dict[str, int]

    def share(self, name: str) -> float | None:
        """Return a figure, 0 … 1; None where nothing could be counted."""
        base = self.numbers[base_of(name)]
        return self.numbers[name] / base if base else None

    @classmethod
    def of(cls, row: Row[Any]) -> "Counts":
        """Take the counts of a row."""
        return cls({column.name: getattr(row, column.name) for column in COUNTED})


@dataclass
class Table:
    """The counts of a period: of all, of each day, and of each value of a dimension."""

    total: Counts
    days: dict[dt.date, Counts] = field(default_factory=dict)
    rows: dict[str, Counts] = field(default_factory=dict)


NOTHING = Counts({column.name: 0 for column in COUNTED})


def table(asked: Asked, by: str, province: Province) -> Table:
    """Count a period in one pass over its rows."""
    dimension = DIMENSIONS[by]
    grouped = func.grouping(dimension, F.due_day).label("level")
    wanted = (
        select(dimension.label("value"), F.due_day.label("day"), grouped, *COUNTED)
        .where(condition(asked, province))
        .group_by(func.grouping_sets(tuple_(dimension), tuple_(F.due_day), tuple_()))
    )
    found = Table(NOTHING)
    for row in db.session.execute(wanted):
        counts = Counts.of(row)
        if row.level == 3:
            found.total = counts
        elif row.level == 2:
            found.days[row.day] = counts
        elif row.value is not None:
            found.rows[row.value] = counts
    return found


def total(asked: Asked, province: Province) -> Counts:
    """Count a period as a whole."""
    return Counts.of(db.session.execute(select(*COUNTED).where(condition(asked, province))).one())


def months(last: dt.date, how_many: int) -> list[tuple[dt.date, dt.date]]:
    """Return first and last days of the months up to that of a day, oldest first."""
    found = []
    first = last.replace(day=1)
    for _ in range(how_many):
        following = (first + dt.timedelta(days=32)).replace(day=1)
        found.append((first, following - dt.timedelta(days=1)))
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return found[::-1]


@dataclass(frozen=True)
class Borne:
    """What a bureau bears of a period's promises: working seconds, and its returns."""

    seconds: int
    upheld: int
    refused: int


def borne(asked: Asked, province: Province) -> dict[str, Borne]:
    """Return by bureau the working time borne of answered promises, and returns by who returned."""
    wanted = (
        select(
            BureauTime.bureau_code,
            func.coalesce(func.sum(BureauTime.seconds).filter(not_(BureauTime.around_the_clock)), 0),
            func.sum(BureauTime.returns_upheld),
            func.sum(BureauTime.returns_refused),
        )
        .where(BureauTime.due_day.between(asked.first, asked.last))
        .group_by(BureauTime.bureau_code)
    )
    if any((asked.bureau, asked.hotline, asked.line, asked.region, asked.type)):
        wanted = wanted.join(F, F.ticket_id == BureauTime.ticket_id).where(condition(asked, province))
    return {row[0]: Borne(int(row[1]), int(row[2]), int(row[3])) for row in db.session.execute(wanted)}


def topics(asked: Asked, province: Province) -> dict[str, int]:
    """Return how many tickets of a period each topic had."""
    wanted = select(F.topic_code, func.count()).where(condition(asked, province), F.topic_code.is_not(None))
    return {row[0]: row[1] for row in db.session.execute(wanted.group_by(F.topic_code))}


CALLED_BACK = and_(Callback.done_at.is_not(None), Callback.done_at <= Callback.due_at)
"""A call-back that was made in time."""


def instants(asked: Asked) -> tuple[dt.datetime, dt.datetime]:
    """Return when a period begins and ends, here."""
    start = dt.datetime.combine(asked.first, dt.time(), LOCAL)
    return start, dt.datetime.combine(asked.last + dt.timedelta(days=1), dt.time(), LOCAL)


def due_callbacks(asked: Asked, now: dt.datetime) -> Condition | None:
    """Return which call-backs fell due in a period; None for a choice that calls have not: a type, a place."""
    if asked.line or asked.region or asked.type:
        return None
    start, end = instants(asked)
    wanted = [Callback.due_at >= start, Callback.due_at < min(end, now), Callback.kind != UNFILED]
    if asked.hotline:
        wanted.append(Callback.hotline_number == asked.hotline)
    if asked.bureau:
        wanted.append(Callback.bureau_code == asked.bureau)
    return and_(*wanted)


def callbacks(asked: Asked, now: dt.datetime) -> tuple[int, int] | None:
    """Return how many call-backs fell due in a period, and how many of them were made in time."""
    due = due_callbacks(asked, now)
    if due is None:
        return None
    row = db.session.execute(select(func.count(), func.count().filter(CALLED_BACK)).where(due)).one()
    return row[0], row[1]


#: What a bureau bears, by the name in an address, with the tickets that it counts.
BORNE = {
    "time": and_(BureauTime.seconds > 0, not_(BureauTime.around_the_clock)),
    "upheld": BureauTime.returns_upheld > 0,
    "refused": BureauTime.returns_refused > 0,
}


def behind(name: str, asked: Asked, province: Province, *, miss: bool, after: Cursor | None) -> Page:
    """Return a page of the tickets behind a figure, or with `miss` of those of its base that are not in it."""
    figure = FIGURES[name]
    hit = func.coalesce(figure.hit, False)
    wanted = _listed().where(condition(asked, province), figure.base, not_(hit) if miss else hit)
    return _page(wanted, after)


def borne_by(bureau: str, what: str, asked: Asked, province: Province, after: Cursor | None) -> Page:
    """Return a page of the tickets of which a bureau bears something, whoever has them now."""
    wanted = _listed().join(BureauTime, BureauTime.ticket_id == F.ticket_id)
    wanted = wanted.where(condition(asked, province), BureauTime.bureau_code == bureau, BORNE[what])
    return _page(wanted, after)


def _listed() -> Select[Any]:
    wanted = select(*COLUMNS, F.due_day.label("due_day")).join(Ticket, Ticket.id == F.ticket_id)
    return wanted.order_by(F.due_day.desc(), F.ticket_id.desc()).limit(PAGE + 1)


def _page(wanted: Select[Any], after: Cursor | None) -> Page:
    if after is not None and after.at is not None:
        wanted = wanted.where(tuple_(F.due_day, F.ticket_id) < (after.at.date(), after.id))
    rows: Sequence[Row[Any]] = db.session.execute(wanted).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    midnight = dt.datetime.combine(last.due_day, dt.time(), dt.UTC) if last is not None else None
    return Page(rows[:PAGE], Cursor(midnight, last.id) if last is not None else None)


def tickets(asked: Asked, province: Province, limit: int) -> Sequence[Row[Any]]:
    """Return the facts of a period for an export, oldest first, `limit` at most; no word of anybody's in them."""
    columns = [column for column in F.__table__.columns if column.name not in ("ticket_id", "seq")]
    wanted = select(Ticket.number, Ticket.received_at, *columns).join(Ticket, Ticket.id == F.ticket_id)
    wanted = wanted.where(condition(asked, province)).order_by(F.due_day, F.ticket_id)
    return db.session.execute(wanted.limit(limit)).all()

"""How well the router does: sums of outcomes by week, and the tickets behind each of them.

The sums are read, never the tickets: a period of months is some ten thousand rows however many requests it had.
"""

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Row, Select, Text, and_, bindparam, case, func, select

from ticketing.domain.actors import Actor
from ticketing.extensions import db
from ticketing.models import RoutingOutcome, RoutingTally, Ticket, TicketReturn
from ticketing.services.kept import INSTANT, Kept
from ticketing.services.lately import lately
from ticketing.services.outcomes import week_of
from ticketing.services.visibility import readable
from ticketing.services.worklists import COLUMNS, Cursor, Page, page_of

WEEK = dt.timedelta(weeks=1)
CONFUSIONS = 12
LISTED = 50
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Period:
    """Whole weeks up to the one that is running, of all models or of one."""

    first: dt.date
    last: dt.date
    model: str = ""

    @classmethod
    def of(cls, weeks: int, now: dt.datetime, model: str = "") -> "Period":
        """Return the last `weeks` weeks."""
        last = week_of(now)
        return cls(last - (weeks - 1) * WEEK, last, model)

    def condition(self) -> Condition:
        """Return the condition of the outcomes that lie in it."""
        inside = RoutingOutcome.week.between(self.first, self.last)
        return and_(inside, RoutingOutcome.model == self.model) if self.model else inside


def _sum(condition: Condition | None = None) -> ColumnElement[int]:
    counted = RoutingTally.count if condition is None else case((condition, RoutingTally.count), else_=0)
    return func.coalesce(func.sum(counted), 0)


FIRST_RIGHT = RoutingTally.first_code == RoutingTally.ended_code
TOP_RIGHT = RoutingTally.top_code == RoutingTally.ended_code
AUTO = RoutingTally.kind == "auto"


@dataclass(frozen=True)
class _Sums:
    """The statements over a period, of all models or of one."""

    by_week: Kept
    calibration: Kept
    confusions: Kept


@functools.lru_cache
def _sums(of_a_model: bool) -> _Sums:
    period = RoutingTally.week.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
    if of_a_model:
        period = and_(period, RoutingTally.model == bindparam("model", type_=Text))
    return _Sums(Kept(_by_week(period)), Kept(_calibration(period)), Kept(_confusions(period)))


def by_week(period: Period) -> Sequence[Row[Any]]:
    """Return for each week: ended, first dispatch right, auto, of these right, proposed, abstained."""
    return _sums(bool(period.model)).by_week.rows(**vars(period))


def calibration(period: Period) -> Sequence[Row[Any]]:
    """Return for each tenth of probability that a best candidate had: how many, and how many ended there."""
    return _sums(bool(period.model)).calibration.rows(**vars(period))


def confusions(period: Period) -> Sequence[Row[Any]]:
    """Return where the router pointed and where it ended instead, the most frequent first."""
    return _sums(bool(period.model)).confusions.rows(**vars(period))


class Returned(NamedTuple):
    """The returns for one reason: how many were asked, upheld, refused, and how many wait."""

    reason_code: str
    asked: int
    upheld: int
    refused: int
    waiting: int


def returns(since: dt.datetime, now: dt.datetime) -> Sequence[Returned]:
    """Return the returns of the period by reason, as of some seconds ago: they are read one by one."""
    found = lately(f"returns|{since.date()}", now, lambda: [list(row) for row in RETURNS.rows(since=since)])
    return [Returned(*one) for one in found.value]


def _by_week(period: Condition) -> Select[Any]:
    wanted = select(
        RoutingTally.week,
        _sum().label("ended"),
        _sum(FIRST_RIGHT).label("first_right"),
        _sum(AUTO).label("auto"),
        _sum(and_(AUTO, FIRST_RIGHT)).label("auto_right"),
        _sum(RoutingTally.kind == "propose").label("proposed"),
        _sum(RoutingTally.kind == "abstain").label("abstained"),
    ).where(period)
    return wanted.group_by(RoutingTally.week).order_by(RoutingTally.week)


def _calibration(period: Condition) -> Select[Any]:
    wanted = (
        select(RoutingTally.tenth, _sum().label("said"), _sum(TOP_RIGHT).label("right"))
        .where(period, RoutingTally.top_code != "")
        .group_by(RoutingTally.tenth)
        .having(_sum() > 0)
    )
    return wanted.order_by(RoutingTally.tenth)


def _confusions(period: Condition) -> Select[Any]:
    count = _sum().label("tickets")
    wanted = (
        select(RoutingTally.top_code, RoutingTally.ended_code, count)
        .where(period, RoutingTally.top_code != "", ~TOP_RIGHT)
        .group_by(RoutingTally.top_code, RoutingTally.ended_code)
        .having(_sum() > 0)
    )
    return wanted.order_by(count.desc(), RoutingTally.top_code, RoutingTally.ended_code).limit(CONFUSIONS)


DECIDED = TicketReturn.decision
RETURNS = Kept(
    select(
        TicketReturn.reason_code,
        func.count().label("asked"),
        func.count(case((DECIDED == "upheld", 1))).label("upheld"),
        func.count(case((DECIDED == "refused", 1))).label("refused"),
        func.count(case((DECIDED.is_(None), 1))).label("waiting"),
    )
    .where(TicketReturn.asked_at >= bindparam("since", type_=INSTANT))
    .group_by(TicketReturn.reason_code)
    .order_by(func.count().desc())
)


@dataclass(frozen=True)
class Point:
    """Which outcomes a figure is made of; an empty part does not restrict."""

    kind: str = ""
    tenth: int | None = None
    top: str = ""
    ended: str = ""
    wrong: bool = False

    def condition(self) -> list[Condition]:
        """Return the conditions on outcomes."""
        found: list[Condition] = []
        found += [RoutingOutcome.kind == self.kind] if self.kind else []
        found += (
            [RoutingOutcome.tenth == self.tenth, RoutingOutcome.top_code != ""]
            if self.tenth is not None
            else []
        )
        found += [RoutingOutcome.top_code == self.top] if self.top else []
        found += [RoutingOutcome.ended_code == self.ended] if self.ended else []
        return [*found, RoutingOutcome.first_code != RoutingOutcome.ended_code] if self.wrong else found


def tickets(period: Period, point: Point, actor: Actor, after: Cursor | None) -> Page:
    """Return the tickets behind a figure, as far as the actor may read them, the newest first."""
    wanted = (
        select(*COLUMNS)
        .join(RoutingOutcome, RoutingOutcome.ticket_id == Ticket.id)
        .where(period.condition(), *point.condition(), readable(actor))
        .order_by(Ticket.id.desc())
    )
    return _page(wanted, after)


def returned(reason: str, since: dt.datetime, actor: Actor, after: Cursor | None) -> Page:
    """Return the tickets that were returned for a reason."""
    ids = select(TicketReturn.ticket_id).where(
        TicketReturn.asked_at >= since, TicketReturn.reason_code == reason
    )
    wanted = select(*COLUMNS).where(Ticket.id.in_(ids), readable(actor)).order_by(Ticket.id.desc())
    return _page(wanted, after)


def _page(wanted: Any, after: Cursor | None) -> Page:
    if after is not None:
        wanted = wanted.where(Ticket.id < after.id)
    return page_of(db.session.execute(wanted.limit(LISTED + 1)).all(), "received_at", LISTED)

"""The supervisors' figures of the moment; each counts with the condition of the very list that it opens."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import DateTime, Row, String, and_, bindparam, case, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from sla.arithmetic import after
from sla.calendar import Calendar
from sla.values import Target, Unit
from ticketing.domain.actors import Actor
from ticketing.domain.clock import local
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import ClockKind, State
from ticketing.models import Ticket, TicketClock
from ticketing.services import approval_lists, worklists
from ticketing.services.kept import Kept
from ticketing.services.province import Province
from ticketing.services.worklists import COLUMNS, OPEN, Cursor, Newest, Page, Standing

SOON = Target(Unit.WORKING_DAYS, 1)
BURNING = 12
BUREAUS = 20
INSTANT = DateTime(timezone=True)
NOW = bindparam("now", type_=INSTANT)
#: By when something is due soon: the usual instant, the last anywhere, and of places with one of their own a JSON
#: object, by code.
USUAL, LAST = bindparam("usual", type_=INSTANT), bindparam("last", type_=INSTANT)
ELSEWHERE = cast(bindparam("elsewhere", type_=String), JSONB)
OVERDUE = Ticket.due_at < NOW
DUE_SOON = and_(
    Ticket.due_at.between(NOW, LAST),
    Ticket.due_at <= func.coalesce(cast(ELSEWHERE[Ticket.region_code].astext, INSTANT), USUAL),
)
UNACCEPTED = Ticket.id.in_(
    select(TicketClock.ticket_id).where(
        TicketClock.kind == ClockKind.ACCEPTANCE.value,
        TicketClock.stopped_at.is_(None),
        TicketClock.due_at < NOW,
    )
)
#: The supervisors' lists by name.
LISTS: Mapping[str, Standing] = {
    "tickets": Standing(OPEN),
    "soon": Standing(DUE_SOON),
    "overdue": Standing(OVERDUE),
    "at_desk": Standing(worklists.waiting_for_dispatch()),
    "unaccepted": Standing(UNACCEPTED),
    "returns": Standing(worklists.returned()),
    "orders": Standing(worklists.ordered()),
}
COUNTS = Kept(
    select(*(select(func.count()).where(OPEN, one.condition).scalar_subquery() for one in LISTS.values()))
)
BURNS = Kept(
    select(*COLUMNS)
    .where(OPEN, Ticket.due_at.is_not(None), Ticket.state != State.ANSWERED.value)
    .order_by(Ticket.due_at, Ticket.id)
    .limit(BURNING)
)
OVER, NEARLY = func.count(case((OVERDUE, 1))), func.count(case((DUE_SOON, 1)))
WORST = Kept(
    select(Ticket.bureau_code, func.count().label("open"), NEARLY.label("soon"), OVER.label("over"))
    .where(OPEN)
    .group_by(Ticket.bureau_code)
    .order_by(OVER.desc(), NEARLY.desc(), Ticket.bureau_code)
    .limit(BUREAUS)
)
#: What the news bar of the wallboard compares.
POLLED = ("overdue", "at_desk", "unaccepted", "returns")
NEWS = worklists.counting([LISTS[name].condition for name in POLLED])
TODAY = Ticket.received_at >= bindparam("midnight", type_=INSTANT)
CAME_IN = Newest(TODAY)
CAME = Kept(select(Ticket.door, func.count().label("came")).where(TODAY).group_by(Ticket.door))


@dataclass(frozen=True)
class Board:
    """Counts by the name of their list, what burns most, the bureaus, and what came in today by door."""

    counts: dict[str, int]
    approvals: int
    burning: Sequence[Row[Any]]
    bureaus: Sequence[Row[Any]]
    today: Sequence[Row[Any]]


def of_moment(now: dt.datetime, province: Province) -> dict[str, Any]:
    """Return the values that the lists take; soon is by the close of the next day that is worked at the place."""
    usual = last = _next_close(now, province.calendar)
    elsewhere: dict[str, str] = {}
    for calendar, codes in province.other_calendars:
        until = _next_close(now, calendar)
        last = max(last, until)
        elsewhere |= dict.fromkeys(codes, until.isoformat())
    return {"now": now, "usual": usual, "last": last, "elsewhere": json.dumps(elsewhere)}


def _next_close(now: dt.datetime, calendar: Calendar) -> dt.datetime:
    return after(calendar, now, SOON) or now


def midnight(now: dt.datetime) -> dt.datetime:
    """Return when this day began."""
    return local(now).replace(hour=0, minute=0, second=0)


def came_in(now: dt.datetime, door: str, after: Cursor | None) -> Page:
    """Return a page of what came in since midnight, through one door where one is named."""
    values = {"midnight": midnight(now)}
    if not door:
        return CAME_IN.page(after, **values)
    return worklists.newest(and_(TODAY, Ticket.door == door), after, values)


def news(now: dt.datetime, province: Province) -> dict[str, int]:
    """Return how long the lists are that a wallboard watches, as `worklists.counts` has it."""
    return dict(zip(POLLED, NEWS.rows(**of_moment(now, province))[0], strict=True))


def page(name: str, bureau: str, after: Cursor | None, values: Mapping[str, Any]) -> tuple[Page, int]:
    """Return a page of a list, of one bureau where one is named, and how long it is as `worklists.counts` has it."""
    standing = LISTS[name]
    if not bureau:
        return standing.by_due(after, **values), standing.count(**values)
    condition = and_(standing.condition, worklists.of_bureau(bureau))
    return worklists.by_due(condition, after, values=values), worklists.counts([condition], values)[0]


def board(actor: Actor, now: dt.datetime, province: Province) -> Board:
    """Return the wallboard in five statements; none reads more than what is open, or came in today."""
    values = of_moment(now, province)
    return Board(
        counts=dict(zip(LISTS, COUNTS.rows(**values)[0], strict=True)),
        approvals=approval_lists.count(actor, Permission.APPROVE_AS_SUPERVISOR),
        burning=BURNS.rows(),
        bureaus=WORST.rows(**values),
        today=CAME.rows(midnight=midnight(now)),
    )

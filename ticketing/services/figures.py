"""The supervisors' figures of the moment; each counts with the condition of the very list that it opens."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, String, and_, bindparam, case, cast, func, select
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
from ticketing.services.kept import INSTANT, Kept
from ticketing.services.lately import lately
from ticketing.services.province import Province
from ticketing.services.worklists import COLUMNS, OPEN, Condition, Cursor, Newest, Page, Standing

SOON = Target(Unit.WORKING_DAYS, 1)
BURNING = 12
BUREAUS = 20
NOW = bindparam("now", type_=INSTANT)
#: By when something is due soon: the usual instant, the last anywhere, and of places with one of their own a JSON
#: object, by code.
USUAL, LAST = bindparam("usual", type_=INSTANT), bindparam("last", type_=INSTANT)
ELSEWHERE = cast(bindparam("elsewhere", type_=String), JSONB)
OVERDUE = Ticket.due_at < NOW
#: What all have who live by one calendar, and what is asked where some do not: it is read row by row.
DUE_SOON = Ticket.due_at.between(NOW, USUAL)
DUE_SOON_THERE = and_(
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
LISTS: dict[str, Standing] = {
    "tickets": Standing(OPEN),
    "soon": Standing(DUE_SOON),
    "overdue": Standing(OVERDUE),
    "at_desk": Standing(worklists.waiting_for_dispatch()),
    "unaccepted": Standing(UNACCEPTED),
    "returns": Standing(worklists.returned()),
    "orders": Standing(worklists.ordered()),
}
SOON_THERE = Standing(DUE_SOON_THERE)
BURNS = Kept(
    select(*COLUMNS)
    .where(OPEN, Ticket.due_at.is_not(None), Ticket.state != State.ANSWERED.value)
    .order_by(Ticket.due_at, Ticket.id)
    .limit(BURNING)
)


def _counted(due_soon: Condition) -> Kept:
    conditions = [due_soon if name == "soon" else one.condition for name, one in LISTS.items()]
    return Kept(select(*(select(func.count()).where(OPEN, one).scalar_subquery() for one in conditions)))


def _worst(due_soon: Condition) -> Kept:
    over, nearly = func.count(case((OVERDUE, 1))), func.count(case((due_soon, 1)))
    wanted = select(Ticket.bureau_code, func.count().label("open"), nearly.label("soon"), over.label("over"))
    worst_first = (over.desc(), nearly.desc(), Ticket.bureau_code)
    return Kept(wanted.where(OPEN).group_by(Ticket.bureau_code).order_by(*worst_first).limit(BUREAUS))


#: By whether all live by one calendar.
COUNTS = {True: _counted(DUE_SOON), False: _counted(DUE_SOON_THERE)}
WORST = {True: _worst(DUE_SOON), False: _worst(DUE_SOON_THERE)}
#: What the news bar of the wallboard compares.
POLLED = ("overdue", "at_desk", "unaccepted", "returns")
NEWS = worklists.counting([LISTS[name].condition for name in POLLED])
TODAY = Ticket.received_at >= bindparam("midnight", type_=INSTANT)
CAME_IN = Newest(TODAY)
CAME = Kept(select(Ticket.door, func.count().label("came")).where(TODAY).group_by(Ticket.door))


class Bureau(NamedTuple):
    """What a bureau has open, and of it due soon and overdue."""

    bureau_code: str
    open: int
    soon: int
    over: int


@dataclass(frozen=True)
class Board:
    """Counts by the name of their list, what burns most, the bureaus, and what came in today by door.

    `at`: the instant of the counts.
    """

    counts: dict[str, int]
    approvals: int
    burning: Sequence[Row[Any]]
    bureaus: Sequence[Bureau]
    today: dict[str, int]
    at: dt.datetime


def of_moment(now: dt.datetime, province: Province) -> dict[str, Any]:
    """Return the values that the lists take; soon is by the close of the next day that is worked at the place."""
    usual = last = _next_close(now, province.calendar)
    elsewhere: dict[str, str] = {}
    for calendar, codes in province.other_calendars:
        until = _next_close(now, calendar)
        if until != usual:
            last = max(last, until)
            elsewhere |= dict.fromkeys(codes, until.isoformat())
    return {"now": now, "usual": usual, "last": last, "elsewhere": json.dumps(elsewhere)}


def _alike(values: Mapping[str, Any]) -> bool:
    """Tell whether soon is the same instant everywhere."""
    return values["elsewhere"] == "{}"


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
    standing = SOON_THERE if name == "soon" and not _alike(values) else LISTS[name]
    if not bureau:
        return standing.by_due(after, **values), standing.count(**values)
    condition = and_(standing.condition, worklists.of_bureau(bureau))
    return worklists.by_due(condition, after, values=values), worklists.counts([condition], values)[0]


def board(actor: Actor, now: dt.datetime, province: Province) -> Board:
    """Return the wallboard: what burns and waits now, and the counts of some seconds ago.

    Those read what is open and what came in today, and nothing else.
    """
    found = lately("wallboard", now, lambda: _reckon(now, province))
    return Board(
        counts=found.value["counts"],
        approvals=approval_lists.count(actor, Permission.APPROVE_AS_SUPERVISOR),
        burning=BURNS.rows(),
        bureaus=[Bureau(*one) for one in found.value["bureaus"]],
        today=found.value["today"],
        at=found.at,
    )


def _reckon(now: dt.datetime, province: Province) -> dict[str, Any]:
    values = of_moment(now, province)
    alike = _alike(values)
    return {
        "counts": dict(zip(LISTS, COUNTS[alike].rows(**values)[0], strict=True)),
        "bureaus": [list(one) for one in WORST[alike].rows(**values)],
        "today": {row.door: row.came for row in CAME.rows(midnight=midnight(now))},
    }

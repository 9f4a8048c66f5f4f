"""The supervisors' figures of the moment; each counts with the condition of the very list that it opens."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, case, func, select

from sla.arithmetic import after
from sla.calendar import Calendar
from sla.values import Target, Unit
from ticketing.domain.actors import Actor
from ticketing.domain.clock import local
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import State
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import worklists
from ticketing.services.province import Province
from ticketing.services.worklists import COLUMNS, OPEN, Condition

SOON = Target(Unit.WORKING_DAYS, 1)
BURNING = 12
BUREAUS = 20


@dataclass(frozen=True)
class Board:
    """Counts by the name of their list, what burns most, the bureaus, and what came in today by door."""

    counts: dict[str, int]
    approvals: int
    burning: Sequence[Row[Any]]
    bureaus: Sequence[Row[Any]]
    today: Sequence[Row[Any]]


def soon(now: dt.datetime, province: Province) -> Condition:
    """Return the condition of due times that are soon: by the close of the next day that is worked at the place."""
    usual = _next_close(now, province.calendar)
    elsewhere: dict[dt.datetime, list[str]] = {}
    for code in province.archive.regions:
        until = _next_close(now, province.calendar_at(code))
        if until != usual:
            elsewhere.setdefault(until, []).append(code)
    if not elsewhere:
        return worklists.soon(now, usual)
    ways = [(Ticket.region_code.in_(codes), until) for until, codes in elsewhere.items()]
    return and_(worklists.soon(now, max(usual, *elsewhere)), Ticket.due_at <= case(*ways, else_=usual))


def _next_close(now: dt.datetime, calendar: Calendar) -> dt.datetime:
    return after(calendar, now, SOON) or now


def today(now: dt.datetime) -> Condition:
    """Return the condition of what came in since midnight."""
    return Ticket.received_at >= local(now).replace(hour=0, minute=0, second=0)


def lists(now: dt.datetime, province: Province) -> dict[str, Condition]:
    """Return the conditions of the supervisors' lists by name."""
    return {
        "tickets": OPEN,
        "soon": soon(now, province),
        "overdue": worklists.overdue(now),
        "at_desk": worklists.waiting_for_dispatch(),
        "unaccepted": worklists.unaccepted(now),
        "returns": worklists.returned(),
        "orders": worklists.ordered(),
    }


def board(actor: Actor, now: dt.datetime, province: Province) -> Board:
    """Return the wallboard in five statements; none reads more than what is open, or came in today."""
    conditions = lists(now, province)
    counted = [select(func.count()).where(OPEN, one).scalar_subquery() for one in conditions.values()]
    counts = db.session.execute(select(*counted)).one()
    return Board(
        counts=dict(zip(conditions, counts, strict=True)),
        approvals=worklists.waiting_approvals(actor, Permission.APPROVE_AS_SUPERVISOR),
        burning=_burning(),
        bureaus=_bureaus(now, soon(now, province)),
        today=db.session.execute(
            select(Ticket.door, func.count().label("came")).where(today(now)).group_by(Ticket.door)
        ).all(),
    )


def _burning() -> Sequence[Row[Any]]:
    wanted = select(*COLUMNS).where(OPEN, Ticket.due_at.is_not(None), Ticket.state != State.ANSWERED.value)
    return db.session.execute(wanted.order_by(Ticket.due_at, Ticket.id).limit(BURNING)).all()


def _bureaus(now: dt.datetime, due_soon: Condition) -> Sequence[Row[Any]]:
    """Return (bureau, open, soon, over), the worst first."""
    over = func.count(case((worklists.overdue(now), 1)))
    soon = func.count(case((due_soon, 1)))
    wanted = (
        select(Ticket.bureau_code, func.count().label("open"), soon.label("soon"), over.label("over"))
        .where(OPEN)
        .group_by(Ticket.bureau_code)
        .order_by(over.desc(), soon.desc(), Ticket.bureau_code)
        .limit(BUREAUS)
    )
    return db.session.execute(wanted).all()

"""The supervisors' figures of the moment; each is a count over a partial index and opens its list."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, func, select

from sla.arithmetic import after
from sla.values import Target, Unit
from ticketing.domain.vocabulary import ClockKind, State
from ticketing.extensions import db
from ticketing.models import Approval, SupervisionOrder, Ticket, TicketClock, TicketReturn
from ticketing.services.province import Province
from ticketing.services.worklists import COLUMNS, OPEN

SOON = Target(Unit.WORKING_DAYS, 1)
BURNING = 12
BUREAUS = 20


@dataclass(frozen=True)
class Board:
    """Counts of what is open, and what burns most."""

    open: int
    soon: int
    over: int
    at_desk: int
    unaccepted: int
    returns: int
    approvals: int
    orders: int
    burning: Sequence[Row[Any]]
    bureaus: Sequence[Row[Any]]


def board(now: dt.datetime, province: Province) -> Board:
    """Return the wallboard in four statements."""
    until = after(province.calendar, now, SOON) or now
    soon = Ticket.due_at.between(now, until)
    counted = db.session.execute(
        select(
            func.count(),
            func.count().filter(soon),
            func.count().filter(Ticket.due_at < now),
            func.count().filter(Ticket.state == State.NEW.value),
        ).where(OPEN)
    ).one()
    others = db.session.execute(
        select(
            _count(TicketReturn.decision.is_(None)),
            _count(Approval.decision.is_(None)),
            _count(SupervisionOrder.replied_at.is_(None)),
            _count(_running(ClockKind.ACCEPTANCE), TicketClock.due_at < now),
        )
    ).one()
    return Board(
        open=counted[0],
        soon=counted[1],
        over=counted[2],
        at_desk=counted[3],
        returns=others[0],
        approvals=others[1],
        orders=others[2],
        unaccepted=others[3],
        burning=_burning(),
        bureaus=_bureaus(now, until),
    )


def _count(*conditions: Any) -> Any:
    return select(func.count()).where(*conditions).scalar_subquery()


def _running(kind: ClockKind) -> Any:
    return (TicketClock.kind == kind.value) & TicketClock.stopped_at.is_(None)


def _burning() -> Sequence[Row[Any]]:
    wanted = select(*COLUMNS).where(OPEN, Ticket.due_at.is_not(None), Ticket.state != State.ANSWERED.value)
    return db.session.execute(wanted.order_by(Ticket.due_at, Ticket.id).limit(BURNING)).all()


def _bureaus(now: dt.datetime, until: dt.datetime) -> Sequence[Row[Any]]:
    """Return (bureau, open, soon, over), the worst first."""
    over = func.count(case((Ticket.due_at < now, 1)))
    soon = func.count(case((Ticket.due_at.between(now, until), 1)))
    wanted = (
        select(Ticket.bureau_code, func.count().label("open"), soon.label("soon"), over.label("over"))
        .where(OPEN)
        .group_by(Ticket.bureau_code)
        .order_by(over.desc(), soon.desc(), Ticket.bureau_code)
        .limit(BUREAUS)
    )
    return db.session.execute(wanted).all()

"""The audit log: one line a deed, written in the deed's own transaction, searched by who, what, whom and when."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from ticketing.domain.actors import SYSTEM
from ticketing.domain.audit import AuditKind
from ticketing.domain.clock import LOCAL
from ticketing.extensions import db
from ticketing.models import Account, AuditEntry, Ticket
from ticketing.services.history import Act
from ticketing.services.trace import request_id
from ticketing.services.worklists import Cursor

PAGE = 50
#: So many lines go into one sheet; a longer period is asked for in parts.
SHEET_MOST = 20_000
#: So many accounts a part of a name may stand for.
PEOPLE = 200


@dataclass(frozen=True)
class Whom:
    """To whom or what something was done."""

    subject: str = ""
    account: Account | None = None
    ticket: Ticket | None = None


def record(
    kind: AuditKind, act: Act, whom: Whom, data: dict[str, Any] | None = None, *, address: str = ""
) -> None:
    """Append a line; `address` is where a person at the door came from."""
    account, ticket = whom.account, whom.ticket
    named = (account.username if account else "") or (ticket.number if ticket else "")
    db.session.add(
        AuditEntry(
            at=act.now,
            kind=kind.value,
            actor_id=act.actor.account_id,
            actor_name=act.actor.name,
            account_id=account.id if account else None,
            ticket_id=ticket.id if ticket else None,
            subject=whom.subject or named,
            data=data or {},
            address=address,
            request_id=request_id(),
        )
    )


def by_system(now: dt.datetime) -> Act:
    """Return an act of nobody in particular: a command, a stranger at the door."""
    return Act(SYSTEM, now)


@dataclass(frozen=True)
class Asked:
    """A search: parts of the name of who did it, whom or what it was done to, what kind, the days."""

    who: str = ""
    whom: str = ""
    kind: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Page:
    """Some lines, and where the next page begins."""

    rows: list[AuditEntry]
    after: Cursor | None


def found(asked: Asked, after: Cursor | None = None, size: int = PAGE) -> Page:
    """Return a page of what was asked for, the newest first."""
    wanted = select(AuditEntry).where(*_conditions(asked))
    if after is not None and after.at is not None:
        wanted = wanted.where(tuple_(AuditEntry.at, AuditEntry.id) < (after.at, after.id))
    wanted = wanted.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(size + 1)
    rows = list(db.session.scalars(wanted))
    more = len(rows) > size
    return Page(rows[:size], Cursor(rows[size - 1].at, rows[size - 1].id) if more else None)


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.kind in frozenset(AuditKind):
        conditions.append(AuditEntry.kind == asked.kind)
    if asked.who:
        conditions.append(AuditEntry.actor_id.in_(_people(asked.who)))
    if asked.whom:
        named = asked.whom.replace("-", "").strip()
        conditions.append(
            or_(AuditEntry.subject.in_({asked.whom, named}), AuditEntry.account_id.in_(_people(asked.whom)))
        )
    if asked.first:
        conditions.append(AuditEntry.at >= _midnight(asked.first))
    if asked.last:
        conditions.append(AuditEntry.at < _midnight(asked.last + dt.timedelta(days=1)))
    return conditions


def _people(part: str) -> list[int]:
    """Return the accounts whose name or user name has a part; who left is still there."""
    named = or_(
        Account.name.icontains(part, autoescape=True), Account.username.icontains(part, autoescape=True)
    )
    return list(db.session.scalars(select(Account.id).where(named).order_by(Account.id).limit(PEOPLE)))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LOCAL)


def count(asked: Asked, most: int) -> int:
    """Return how many lines there are, `most` + 1 at most."""
    capped = select(AuditEntry.id).where(*_conditions(asked)).limit(most + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0

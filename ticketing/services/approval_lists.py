"""The requests that wait for a decision, as those who decide see them: list and count."""

import functools
from typing import Any

from sqlalchemy import Select, and_, false, func, select, true, tuple_

from ticketing.domain.actors import Actor, Grant
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Approval, Ticket
from ticketing.services.kept import Kept
from ticketing.services.worklists import COLUMNS, COUNTED, FOREVER, PAGE, Condition, Cursor, Page

#: The request, beside the columns of its ticket.
ASKED = (Approval.kind, Approval.reason, Approval.id.label("approval_id"), Approval.due_at.label("decide_by"))


def page(actor: Actor, permission: Permission, after: Cursor | None = None) -> Page:
    """Return the requests that wait for this actor's decision, the most pressing first, each with its ticket."""
    if after is None:
        rows = _first(actor.account_id, actor.grants, permission).rows()
    else:
        wanted = _waiting(_decides(actor.account_id, actor.grants, permission))
        place = (after.at or FOREVER, after.id)
        rows = db.session.execute(wanted.where(tuple_(Approval.due_at, Approval.id) > place)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], Cursor(last.decide_by, last.approval_id) if last is not None else None)


def count(actor: Actor, permission: Permission) -> int:
    """Return how many requests wait for this actor, `COUNTED` + 1 at most."""
    return int(_count(actor.account_id, actor.grants, permission).rows()[0][0])


@functools.lru_cache(maxsize=512)
def _first(account_id: int | None, grants: frozenset[Grant], permission: Permission) -> Kept:
    return Kept(_waiting(_decides(account_id, grants, permission)))


@functools.lru_cache(maxsize=512)
def _count(account_id: int | None, grants: frozenset[Grant], permission: Permission) -> Kept:
    wanted = select(Approval.id).join(Ticket, Ticket.id == Approval.ticket_id)
    capped = wanted.where(_decides(account_id, grants, permission)).limit(COUNTED + 1).subquery()
    return Kept(select(func.count()).select_from(capped))


def _waiting(condition: Condition) -> Select[Any]:
    wanted = select(*ASKED, *COLUMNS).join(Ticket, Ticket.id == Approval.ticket_id).where(condition)
    return wanted.order_by(Approval.due_at, Approval.id).limit(PAGE + 1)


def _decides(account_id: int | None, grants: frozenset[Grant], permission: Permission) -> Condition:
    """Return the condition of the requests of one power that are this person's to decide.

    A head decides where they are head, not where they only handle; nobody decides what they asked themselves.
    """
    heads = {grant.bureau_code for grant in grants if grant.role == Role.HEAD}
    supervises = any(grant.role == Role.SUPERVISOR for grant in grants)
    anywhere = supervises or (permission is Permission.APPROVE_AT_BUREAU and None in heads)
    own = permission is Permission.APPROVE_AT_BUREAU and bool(heads)
    where = true() if anywhere else Ticket.bureau_code.in_(sorted(heads - {None})) if own else false()
    return and_(
        Approval.decision.is_(None),
        Approval.permission == permission.value,
        Approval.asked_by_id != account_id,
        where,
    )

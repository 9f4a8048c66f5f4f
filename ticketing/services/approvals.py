"""审核: what one person asks and another decides; each request has a due time and lapses with its ticket."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from sla.rungs import ClockKind
from ticketing.domain import events
from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action, step_from
from ticketing.extensions import db
from ticketing.models import Approval, Ticket
from ticketing.services import limits, moves, outbox
from ticketing.services.history import Act, Said
from ticketing.services.province import Province


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for: the step, its words and values, who may decide it, and when it was asked.

    A limit on asking ("a working day before it is due") is measured when it is asked, not when it is decided.
    """

    action: Action
    reason: str
    data: dict[str, Any]
    permission: Permission
    asked_at: dt.datetime


Carry = Callable[[Ticket, Wanted, Act, Province], None]


def ask_or_do(
    ticket: Ticket, wanted: Wanted, act: Act, province: Province, *, carry: Carry
) -> Approval | None:
    """Carry the step out when the asker could approve it alone, else let it wait for a decision.

    Raises:
        WrongState: the step cannot begin from here.
        NotAllowed: the asker could not take the step even with approval.
        Invalid: the same is being asked already.
    """
    step = step_from(State(ticket.state), wanted.action)
    moves.require(act, step.permission, ticket)
    if may(act.actor, wanted.permission, ticket):
        carry(ticket, wanted, act, province)
        return None
    if pending(ticket, wanted.action):
        raise Invalid(N_("同样的请求已经在等审核。"))
    moves.move(ticket, Action.SUBMIT, act, Said(wanted.reason, {"kind": wanted.action.value, **wanted.data}))
    approval = Approval(
        ticket_id=ticket.id,
        kind=wanted.action.value,
        asked_by_id=act.actor.account_id,
        asked_at=act.now,
        due_at=limits.until(ClockKind.APPROVAL, ticket, act.now, province),
        permission=wanted.permission.value,
        reason=wanted.reason,
        data=wanted.data,
    )
    db.session.add(approval)
    db.session.flush()
    by_supervisor = wanted.permission is Permission.APPROVE_AS_SUPERVISOR
    outbox.record(events.ApprovalAsked(ticket.id, approval.id, by_supervisor), act.now)
    return approval


def pending(ticket: Ticket, action: Action) -> Approval | None:
    """Return the request of this kind that waits."""
    return db.session.scalar(
        select(Approval).where(
            Approval.ticket_id == ticket.id, Approval.kind == action.value, Approval.decision.is_(None)
        )
    )

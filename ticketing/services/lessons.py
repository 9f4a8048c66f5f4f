"""What people teach the router: corrections, upheld returns, adjudications. A plain dispatch teaches nothing.

A lesson names the ticket, not its words: what is erased from a ticket is gone from the next training with it.
"""

from enum import StrEnum, auto

from sqlalchemy import select

from ticketing.extensions import db
from ticketing.models import RoutingDecision, RoutingLesson, Ticket
from ticketing.services.history import Act


class Lesson(StrEnum):
    """How a bureau came to be known as the right one."""

    CORRECTION = auto()  #: a dispatcher sent it elsewhere than the router, or than it had been sent
    UPHELD = auto()  #: a return was upheld
    REFUSED = auto()  #: a return was refused: the bureau that returned it is the right one


def learn(ticket: Ticket, bureau_code: str, source: Lesson, act: Act) -> None:
    """Keep a labelled example; only what a person checked teaches."""
    if act.actor.account_id is not None:
        lesson = RoutingLesson(
            ticket_id=ticket.id,
            bureau_code=bureau_code,
            source=source.value,
            taught_by_id=act.actor.account_id,
            taught_at=act.now,
        )
        db.session.add(lesson)


def corrects(ticket: Ticket, bureau_code: str) -> bool:
    """Tell whether sending the ticket there corrects somebody: the router, or whoever sent it before."""
    if ticket.dispatched_at is not None:
        return True
    decision = newest_decision(ticket)
    return decision is not None and decision.bureau_code not in (None, bureau_code)


def newest_decision(ticket: Ticket) -> RoutingDecision | None:
    """Return what the router last decided for the ticket."""
    wanted = select(RoutingDecision).where(RoutingDecision.ticket_id == ticket.id)
    return db.session.scalar(wanted.order_by(RoutingDecision.id.desc()).limit(1))

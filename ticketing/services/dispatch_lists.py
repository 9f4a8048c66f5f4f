"""The dispatchers' queue and its parts: what the router left to them, what bureaus sent back, what is disputed."""

from sqlalchemy import and_, exists, select, tuple_

from ticketing.extensions import db
from ticketing.models import RoutingDecision, Ticket, TicketReturn
from ticketing.services.worklists import (
    COLUMNS,
    FOREVER,
    OPEN,
    PAGE,
    Condition,
    Cursor,
    Page,
    page_of,
    returned,
    waiting_for_dispatch,
)

PENDING = select(TicketReturn.id).where(TicketReturn.ticket_id == Ticket.id, TicketReturn.decision.is_(None))


def disputed() -> Condition:
    """Return the condition of disputes of responsibility: a return that is not the ticket's first."""
    return and_(returned(), Ticket.returns > 1)


def proposed() -> Condition:
    """Return the condition of tickets for which the router proposes a bureau."""
    return _left_by_router("propose", "auto")


def unsure() -> Condition:
    """Return the condition of tickets that the router did not know."""
    return _left_by_router("abstain")


def _left_by_router(*kinds: str) -> Condition:
    decided = exists().where(RoutingDecision.ticket_id == Ticket.id, RoutingDecision.kind.in_(kinds))
    return and_(waiting_for_dispatch(), decided, ~exists(PENDING))


def returns_by_due(condition: Condition, after: Cursor | None) -> Page:
    """Return tickets whose return waits; their due time here is that of the adjudication, nearest first."""
    due = TicketReturn.due_at.label("due_at")
    columns = [column for column in COLUMNS if column is not Ticket.due_at]
    wanted = (
        select(*columns, due)
        .join(TicketReturn, and_(TicketReturn.ticket_id == Ticket.id, TicketReturn.decision.is_(None)))
        .where(OPEN, condition)
        .order_by(TicketReturn.due_at, Ticket.id)
    )
    if after is not None:
        wanted = wanted.where(tuple_(TicketReturn.due_at, Ticket.id) > (after.at or FOREVER, after.id))
    return page_of(db.session.execute(wanted.limit(PAGE + 1)).all(), "due_at", PAGE)

"""The dispatchers' queue and its parts: what the router left to them, what bureaus sent back, what is disputed."""

from typing import Any

from sqlalchemy import Select, and_, exists, select, tuple_

from ticketing.extensions import db
from ticketing.models import RoutingDecision, Ticket, TicketReturn
from ticketing.services.kept import Kept
from ticketing.services.worklists import (
    COLUMNS,
    FOREVER,
    OPEN,
    PAGE,
    Condition,
    Cursor,
    Page,
    Standing,
    counting,
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


class Returns(Standing):
    """A list of tickets whose return waits; their due time here is that of the adjudication, nearest first."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(condition)
        self._wanted = _adjudicated(condition)
        self._nearest = Kept(self._wanted)

    def by_due(self, after: Cursor | None, **values: object) -> Page:
        """Return a page of it."""
        if after is None:
            return page_of(self._nearest.rows(**values), "due_at", PAGE)
        place = (after.at or FOREVER, after.id)
        further = self._wanted.where(tuple_(TicketReturn.due_at, Ticket.id) > place)
        return page_of(db.session.execute(further, values).all(), "due_at", PAGE)


def _adjudicated(condition: Condition) -> Select[Any]:
    due = TicketReturn.due_at.label("due_at")
    columns = [column for column in COLUMNS if column is not Ticket.due_at]
    return (
        select(*columns, due)
        .join(TicketReturn, and_(TicketReturn.ticket_id == Ticket.id, TicketReturn.decision.is_(None)))
        .where(OPEN, condition)
        .order_by(TicketReturn.due_at, Ticket.id)
        .limit(PAGE + 1)
    )


#: The parts of the queue by their name in an address.
LISTS: dict[str, Standing] = {
    "": Standing(waiting_for_dispatch()),
    "unsure": Standing(unsure()),
    "proposed": Standing(proposed()),
    "returns": Returns(returned()),
    "disputed": Returns(disputed()),
}
COUNTS = counting([one.condition for one in LISTS.values()])


def counts() -> dict[str, int]:
    """Return how long each part is, as `worklists.counts` has it."""
    return dict(zip(LISTS, COUNTS.rows()[0], strict=True))

"""What the router said of each ticket beside where it ended, and the sums that its page shows.

Written as a fact's handler when a ticket is answered; answered anew, the old sum is taken back. A ticket that no
bureau was ever given (answered on the call, not accepted) says nothing of routing.
"""

import datetime as dt
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from ticketing.domain.clock import local
from ticketing.domain.events import Event
from ticketing.domain.vocabulary import State
from ticketing.extensions import db
from ticketing.models import RoutingDecision, RoutingOutcome, RoutingTally, Ticket
from ticketing.services.notifications import Told

COUNTED = ("week", "model", "kind", "tenth", "top_code", "first_code", "ended_code")
BATCH = 1_000
Row = dict[str, Any]


def note_end(event: Event, _told: Told) -> None:
    """Write down where a ticket ended."""
    note([event.ticket_id])


def note(ticket_ids: list[int]) -> int:
    """Write down where tickets ended; what was noted before is corrected. Return how many have an end."""
    rows = [*map(_outcome, _ended(ticket_ids))]
    old = delete(RoutingOutcome).where(RoutingOutcome.ticket_id.in_(ticket_ids)).returning(RoutingOutcome)
    for before in db.session.scalars(old).all():
        _count({name: getattr(before, name) for name in COUNTED}, -1)
    for row in rows:
        db.session.execute(insert(RoutingOutcome).values(row))
        _count({name: row[name] for name in COUNTED}, 1)
    return len(rows)


def rebuild(after_id: int) -> tuple[int, int]:
    """Note the next batch of answered tickets after a key; return the last key and how many have an end."""
    wanted = select(Ticket.id).where(Ticket.id > after_id, Ticket.answered_at.is_not(None))
    ids = list(db.session.scalars(wanted.order_by(Ticket.id).limit(BATCH)))
    return (ids[-1], note(ids)) if ids else (0, 0)


def _ended(ticket_ids: list[int]) -> list[Any]:
    first = (
        select(RoutingDecision)
        .ext(distinct_on(RoutingDecision.ticket_id))
        .where(RoutingDecision.ticket_id.in_(ticket_ids))
        .order_by(RoutingDecision.ticket_id, RoutingDecision.id)
        .subquery()
    )
    wanted = (
        select(
            Ticket.id, Ticket.answered_at, Ticket.bureau_code, Ticket.first_receiver_code,
            first.c.kind, first.c.candidates, first.c.versions,
        )
        .join(first, first.c.ticket_id == Ticket.id)
        .where(
            Ticket.id.in_(ticket_ids),
            Ticket.answered_at.is_not(None),
            Ticket.dispatched_at.is_not(None),
            Ticket.state.in_([State.ANSWERED.value, State.CLOSED.value]),
        )
    )  # fmt: skip
    return list(db.session.execute(wanted).mappings().all())


def _outcome(found: Any) -> Row:
    best = found["candidates"][0] if found["candidates"] else {"bureau_code": "", "probability": 0.0}
    return {
        "ticket_id": found["id"],
        "week": week_of(found["answered_at"]),
        "model": found["versions"].get("model", ""),
        "kind": found["kind"],
        "tenth": min(9, int(best["probability"] * 10)),
        "top_code": best["bureau_code"],
        "first_code": found["first_receiver_code"],
        "ended_code": found["bureau_code"],
    }


def week_of(moment: dt.datetime) -> dt.date:
    """Return the Monday of the week in which an instant lies here."""
    day = local(moment).date()
    return day - dt.timedelta(days=day.weekday())


def _count(names: Row, by: int) -> None:
    """Add to the sum of all outcomes that are alike."""
    added = insert(RoutingTally).values(names | {"count": by})
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=COUNTED, set_={"count": RoutingTally.count + added.excluded.count}
        )
    )

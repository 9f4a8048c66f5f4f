"""Facts for after the commit: stored beside what made them true, told by the relay."""

import datetime as dt
from typing import Any

from ticketing.domain.events import Event
from ticketing.extensions import db
from ticketing.models import OutboxEvent
from ticketing.services.bulk import insert_rows
from ticketing.services.trace import request_id


def record(event: Event, now: dt.datetime) -> None:
    """Store a fact in the caller's transaction."""
    db.session.add(OutboxEvent(**row(event, now)))


def record_many(events: list[Event], now: dt.datetime) -> None:
    """Store many facts with one statement."""
    if events:
        insert_rows(OutboxEvent, [row(event, now) for event in events])


def row(event: Event, now: dt.datetime) -> dict[str, Any]:
    """Return the columns of a fact that waits to be told."""
    return {
        "name": event.name,
        "ticket_id": event.ticket_id,
        "payload": event.payload(),
        "recorded_at": now,
        "retry_at": now,
        "request_id": request_id(),
    }

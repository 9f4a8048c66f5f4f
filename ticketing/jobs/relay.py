"""Tells recorded facts to their handlers: once each, in order of recording, one transaction a fact."""

import datetime as dt

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.events import EVENTS
from ticketing.extensions import db, transaction
from ticketing.handlers import SUBSCRIBERS, name_of
from ticketing.models import HandlerReceipt, OutboxEvent
from ticketing.services import trace
from ticketing.services.notifications import Told

AT_ONCE = 500
LONGEST_PAUSE = dt.timedelta(hours=1)
log = structlog.get_logger()


def run() -> int:
    """Relay what waits, `AT_ONCE` facts at most; return how many were told to everybody."""
    now = current_app.extensions["clock"]()
    told = 0
    for _ in range(AT_ONCE):
        outcome = _next(now)
        if outcome is None:
            break
        told += outcome
    return told


def _next(now: dt.datetime) -> bool | None:
    """Tell the oldest waiting fact; None when none waits, False when a handler failed."""
    with transaction():
        row = db.session.scalar(
            select(OutboxEvent)
            .where(OutboxEvent.relayed_at.is_(None), OutboxEvent.retry_at <= now)
            .order_by(OutboxEvent.retry_at, OutboxEvent.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        trace.begin(row.request_id)
        identifier, attempts = row.id, row.attempts
        try:
            with db.session.begin_nested():
                _tell(row, now)
        except Exception as error:
            db.session.refresh(row)
            pause = min(LONGEST_PAUSE, dt.timedelta(seconds=5 * 2**attempts))
            row.attempts, row.retry_at, row.error = (
                attempts + 1,
                now + pause,
                f"{type(error).__name__}: {error}"[:500],
            )
            log.exception("a handler failed", event_id=identifier, event_name=row.name)
            return False
        row.relayed_at, row.error = now, None
        return True


def _tell(row: OutboxEvent, now: dt.datetime) -> None:
    """Run the handlers that have no receipt yet; receipts are written with what they did."""
    kind = EVENTS[row.name]
    event = kind(row.ticket_id, **row.payload)  # type: ignore[arg-type]
    told = Told(row.id, now, current_app.config["ADDRESS"], frozenset(current_app.extensions["channels"]))
    for handler in SUBSCRIBERS[kind]:
        receipt = {"event_id": row.id, "handler": name_of(handler), "done_at": now}
        statement = insert(HandlerReceipt.__table__).values(receipt).on_conflict_do_nothing()
        if db.session.execute(statement.returning(HandlerReceipt.handler)).first() is not None:
            handler(event, told)

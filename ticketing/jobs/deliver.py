"""Hands deliveries to their channels, with no database session held while a provider thinks.

A claim is committed before anything is sent. A worker that dies in between leaves a claim that ends by itself, so
a message may go twice but never not at all; its key is the same each time.
"""

import datetime as dt

import structlog
from flask import current_app
from sqlalchemy import select, update

from ticketing.channels.base import Channel, Missing, Refused, Retry
from ticketing.domain.messages import Outbound
from ticketing.extensions import db, transaction
from ticketing.models import Delivery
from ticketing.services import trace

AT_ONCE = 20
CLAIM = dt.timedelta(minutes=5)
TRIES = 8
LONGEST_PAUSE = dt.timedelta(hours=2)
log = structlog.get_logger()


def run() -> int:
    """Send what is due, in small claims, until nothing is; return how many were sent."""
    sent = 0
    while claimed := _claim(current_app.extensions["clock"]()):
        sent += sum(_send(message, attempts, request_id) for message, attempts, request_id in claimed)
    return sent


Claimed = tuple[Outbound, int, str | None]


def _claim(now: dt.datetime) -> list[Claimed]:
    with transaction():
        due = (
            select(Delivery.id)
            .where(Delivery.status.in_(["waiting", "sending"]), Delivery.due_at <= now)
            .order_by(Delivery.due_at, Delivery.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        identifiers = list(db.session.scalars(due))
        rows = db.session.scalars(
            update(Delivery)
            .where(Delivery.id.in_(identifiers))
            .values(status="sending", claimed_at=now, due_at=now + CLAIM, attempts=Delivery.attempts + 1)
            .returning(Delivery)
        )
        return [(_outbound(row), row.attempts, row.request_id) for row in rows]


def _outbound(row: Delivery) -> Outbound:
    return Outbound(
        key=str(row.id),
        channel=row.channel,
        address=row.address,
        subject=row.subject,
        body=row.body,
        data=row.data,
    )


def _send(message: Outbound, attempts: int, request_id: str | None) -> bool:
    trace.begin(request_id)
    channel: Channel = current_app.extensions["channels"].get(message.channel, Missing())
    now = current_app.extensions["clock"]
    try:
        provider_id = channel.send(message)
    except Retry as reason:
        final = attempts >= TRIES
        pause = min(LONGEST_PAUSE, dt.timedelta(seconds=30 * 2**attempts))
        _note(message, status="failed" if final else "waiting", due_at=now() + pause, error=str(reason))
        return False
    except Refused as reason:
        _note(message, status="failed", error=str(reason))
        return False
    _note(message, status="sent", sent_at=now(), provider_id=provider_id, error=None)
    return True


def _note(message: Outbound, **values: object) -> None:
    """Write what became of a message; one that carried a secret is forgotten once it needs no other try."""
    if message.data.get("secret") and values["status"] != "waiting":
        values |= {"body": "", "data": {"secret": True}}
    log.info("delivery", delivery_id=message.key, channel=message.channel, status=values["status"])
    with transaction():
        db.session.execute(update(Delivery).where(Delivery.id == int(message.key)).values(**values))

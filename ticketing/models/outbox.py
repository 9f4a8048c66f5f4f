"""Facts that go out after commit: events with a receipt for each handler, deliveries, in-app notices."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class OutboxEvent(Model):
    """A fact recorded in the transaction that made it true; the relay tells the subscribers."""

    __tablename__ = "outbox_event"
    __table_args__ = (
        Index("ix_outbox_event_waiting", "retry_at", "id", postgresql_where=text("relayed_at IS NULL")),
        Index("ix_outbox_event_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    payload: Mapped[dict[str, Any]]
    recorded_at: Mapped[dt.datetime]
    retry_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    relayed_at: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    request_id: Mapped[str | None]


class HandlerReceipt(Model):
    """A handler has done its part for an event; it never does it again."""

    __tablename__ = "handler_receipt"

    event_id: Mapped[int] = mapped_column(ForeignKey("outbox_event.id"), primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[dt.datetime]


class Delivery(Model):
    """One message to one recipient on one channel; the row is the queue, its status the truth."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "recipient", "channel"),
        Index(
            "ix_delivery_waiting", "due_at", "id", postgresql_where=text("status IN ('waiting', 'sending')")
        ),
        Index("ix_delivery_failed", "id", postgresql_where=text("status = 'failed'")),
        Index("ix_delivery_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None: asked for by the recipient just now, as a code for a new password.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_event.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    recipient: Mapped[str]
    channel: Mapped[str]
    address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    urgent: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="waiting")
    #: When it may next be tried: now, the recipient's morning, the end of a back-off, or of a claim.
    due_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    provider_id: Mapped[str | None]
    #: What the provider told after it took the message: delivered or not, and when it said so.
    receipt: Mapped[str | None]
    receipt_at: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    request_id: Mapped[str | None]


class Notice(Model):
    """In-app notice to a member of staff."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("event_id", "account_id"),
        Index("ix_notice_unread", "account_id", "id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("outbox_event.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    text: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]


class ConsoleMessage(Model):
    """What a console twin would have sent; the demo shows it on a page."""

    __tablename__ = "console_message"

    delivery_key: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(index=True)

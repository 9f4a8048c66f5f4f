"""What people and the router decided about a ticket: approvals, returns, routing, orders, cases."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class Approval(Model):
    """审核: an answer, extension, suspension or rejection that waits for somebody's decision."""

    __tablename__ = "approval"
    __table_args__ = (
        Index(
            "uq_approval_pending", "ticket_id", "kind", unique=True, postgresql_where=text("decision IS NULL")
        ),
        Index("ix_approval_open", "due_at", postgresql_where=text("decision IS NULL")),
        Index(
            "ix_approval_unescalated",
            "due_at",
            postgresql_where=text("decision IS NULL AND escalated_at IS NULL"),
        ),
        Index("ix_approval_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    #: When it was passed on because nobody had decided in time.
    escalated_at: Mapped[dt.datetime | None]
    #: Which permission decides it; a suspension beyond a head's power needs the supervisor's.
    permission: Mapped[str]
    reason: Mapped[str]
    data: Mapped[dict[str, Any]]
    decision: Mapped[str | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[dt.datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")


class TicketReturn(Model):
    """退单 and its 裁定: a bureau says not ours, the dispatcher upholds or refuses."""

    __tablename__ = "ticket_return"
    __table_args__ = (
        Index(
            "uq_ticket_return_pending", "ticket_id", unique=True, postgresql_where=text("decision IS NULL")
        ),
        Index("ix_ticket_return_open", "due_at", postgresql_where=text("decision IS NULL")),
        Index("ix_ticket_return_ticket_id", "ticket_id"),
        Index("ix_ticket_return_asked_at", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    reason_code: Mapped[str]
    basis: Mapped[str]
    proposed_bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    decision: Mapped[str | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[dt.datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    #: When the supervisors were told that the time to adjudicate had passed: once.
    late_told_at: Mapped[dt.datetime | None]


class RoutingDecision(Model):
    """What the router decided for a ticket, with reasons and versions."""

    __tablename__ = "routing_decision"
    __table_args__ = (Index("ix_routing_decision_ticket_id", "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[dt.datetime]
    kind: Mapped[str]
    bureau_code: Mapped[str | None]
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    versions: Mapped[dict[str, Any]]


class RoutingLesson(Model):
    """A labelled example: a correction, an upheld return or an adjudication; a plain dispatch is none."""

    __tablename__ = "routing_lesson"
    __table_args__ = (Index("ix_routing_lesson_ticket_id", "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    source: Mapped[str]
    taught_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    taught_at: Mapped[dt.datetime]


class SupervisionOrder(Model):
    """督办单: a numbered order with its own due time and reply."""

    __tablename__ = "supervision_order"
    __table_args__ = (
        Index("ix_supervision_order_open", "due_at", postgresql_where=text("replied_at IS NULL")),
        Index("ix_supervision_order_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    issued_at: Mapped[dt.datetime]
    reason: Mapped[str]
    due_at: Mapped[dt.datetime]
    reply: Mapped[str | None]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    replied_at: Mapped[dt.datetime | None]


class Listing(Model):
    """通报: proposed by a ladder or done by it, once a broken promise; `kind` case: a coordination case proposed."""

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("clock_id", "kind"),
        Index("ix_listing_waiting", "kind", "proposed_at", "id", postgresql_where=text("decision IS NULL")),
        Index("ix_listing_listed", "decided_at", "id", postgresql_where=text("decision = 'listed'")),
        Index("ix_listing_opened", "proposed_at", "id", postgresql_where=text("decision = 'opened'")),
        Index("ix_listing_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    clock_id: Mapped[int] = mapped_column(ForeignKey("ticket_clock.id"))
    clock_kind: Mapped[str]
    bureau_code: Mapped[str] = mapped_column(ForeignKey("bureau.code"))
    kind: Mapped[str]
    due_at: Mapped[dt.datetime | None]
    proposed_at: Mapped[dt.datetime]
    #: None while it waits; `listed` by the ladder or a person, `spared` by a person alone; of a case `opened`, or
    #: `lapsed` where the ticket had gone on meanwhile.
    decision: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decision_reason: Mapped[str] = mapped_column(default="", server_default="")

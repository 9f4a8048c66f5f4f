"""Clocks and their ledgers: each due time is derived from the entries, stored for indexes only."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class ClockColumns:
    """What a clock's row keeps of its ledger for indexes alone: `sla.derived` gives all of it."""

    kind: Mapped[str]
    cycle: Mapped[int] = mapped_column(SmallInteger, default=0)
    unit: Mapped[str]
    amount: Mapped[int]
    started_at: Mapped[dt.datetime]
    paused_at: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]
    due_at: Mapped[dt.datetime | None]
    due_version: Mapped[int] = mapped_column(SmallInteger, default=0)
    provisional: Mapped[bool] = mapped_column(default=False)
    #: How many rungs of its ladder lie behind it in this cycle.
    rungs_passed: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_rung: Mapped[str | None]
    next_rung_at: Mapped[dt.datetime | None]
    entries: Mapped[int] = mapped_column(SmallInteger, default=0)
    #: The versions by which its ledger reckons, to find those that a newer one has not reached.
    policy_version: Mapped[str]
    calendar_version: Mapped[str]


class EntryColumns:
    """One line of a ledger."""

    seq: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    at: Mapped[dt.datetime]
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    policy_version: Mapped[str]
    calendar_version: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RungColumns:
    """A rung that was climbed or missed."""

    cycle: Mapped[int] = mapped_column(SmallInteger)
    rung: Mapped[str]
    due_version: Mapped[int] = mapped_column(SmallInteger)
    planned_at: Mapped[dt.datetime]
    reached_at: Mapped[dt.datetime]
    outcome: Mapped[str]


class TicketClock(ClockColumns, Model):
    """One clock of a ticket: a promise, a bureau's share, a rework, a plan."""

    __tablename__ = "ticket_clock"
    __table_args__ = (
        Index("ix_ticket_clock_ticket_id", "ticket_id"),
        Index("ix_ticket_clock_running", "id", postgresql_where=text("stopped_at IS NULL")),
        Index(
            "ix_ticket_clock_unaccepted",
            "due_at",
            "ticket_id",
            postgresql_where=text("kind = 'acceptance' AND stopped_at IS NULL"),
        ),
        Index("ix_ticket_clock_rung", "next_rung_at", postgresql_where=text("next_rung_at IS NOT NULL")),
        Index(
            "ix_ticket_clock_overdue",
            "due_at",
            postgresql_where=text("stopped_at IS NULL AND due_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))


class ClockEntry(EntryColumns, Model):
    """One line of a clock's ledger; append-only."""

    __tablename__ = "clock_entry"
    __table_args__ = (UniqueConstraint("clock_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("ticket_clock.id"))


class ClockRung(RungColumns, Model):
    """A rung of a ladder that was climbed, or missed on import: once each, whatever crashes or runs twice."""

    __tablename__ = "clock_rung"
    __table_args__ = (UniqueConstraint("clock_id", "cycle", "rung", "due_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("ticket_clock.id"))

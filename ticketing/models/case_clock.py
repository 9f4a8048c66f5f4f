"""The clocks of steps: the same ledgers and ladders as those of tickets, in tables of their own (ADR 17)."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model
from ticketing.models.clock import ClockColumns, EntryColumns, RungColumns


class CaseClock(ClockColumns, Model):
    """The clock of one step; it starts when the step can begin."""

    __tablename__ = "case_clock"
    __table_args__ = (
        UniqueConstraint("step_id"),
        Index("ix_case_clock_case_id", "case_id"),
        Index("ix_case_clock_running", "id", postgresql_where=text("stopped_at IS NULL")),
        Index("ix_case_clock_rung", "next_rung_at", postgresql_where=text("next_rung_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("coordination_case.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("case_step.id"))


class CaseClockEntry(EntryColumns, Model):
    """One line of a step's ledger; append-only."""

    __tablename__ = "case_clock_entry"
    __table_args__ = (UniqueConstraint("clock_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id"))


class CaseClockRung(RungColumns, Model):
    """A rung that a step's clock climbed: once each, whatever crashes or runs twice."""

    __tablename__ = "case_clock_rung"
    __table_args__ = (UniqueConstraint("clock_id", "cycle", "rung", "due_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id"))

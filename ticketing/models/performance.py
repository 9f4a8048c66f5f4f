"""What figures are counted from: a row of facts a ticket, derived from its ledgers; reports and exports."""

import datetime as dt
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class TicketFact(Model):
    """One ticket as figures see it. `due_day`: the local day of the promise as first made, which nobody can move."""

    __tablename__ = "ticket_fact"
    __table_args__ = (
        Index("ix_ticket_fact_due_day", "due_day", "ticket_id"),
        Index("ix_ticket_fact_bureau", "bureau_code", "due_day", "ticket_id"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True, autoincrement=False)
    due_day: Mapped[dt.date] = mapped_column(Date)
    bureau_code: Mapped[str]
    hotline_number: Mapped[str | None]
    line: Mapped[str | None]
    region_code: Mapped[str | None]
    type: Mapped[str]
    topic_code: Mapped[str | None]
    #: The number of the newest history line that this row knows of: an older reading never overwrites a newer.
    seq: Mapped[int]
    first_due_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    late: Mapped[bool] = mapped_column(server_default=text("false"))
    dispatched: Mapped[bool] = mapped_column(server_default=text("false"))
    hops: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    returns_upheld: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    returns_refused: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    contests: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    late_pauses: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    last_hour: Mapped[bool] = mapped_column(server_default=text("false"))
    result: Mapped[str | None]
    close_reason: Mapped[str | None]


class BureauTime(Model):
    """What a ticket's promise cost a bureau: the time that it bears, and its returns, upheld and refused."""

    __tablename__ = "bureau_time"
    __table_args__ = (Index("ix_bureau_time_due_day", "due_day"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True, autoincrement=False)
    bureau_code: Mapped[str] = mapped_column(primary_key=True)
    due_day: Mapped[dt.date] = mapped_column(Date)
    #: Working seconds; of promises around the clock, seconds, which are no part of shares.
    seconds: Mapped[int]
    around_the_clock: Mapped[bool]
    returns_upheld: Mapped[int] = mapped_column(SmallInteger)
    returns_refused: Mapped[int] = mapped_column(SmallInteger)


class MonthlyReport(Model):
    """月报: the figures of a month as they stood when it was made, and the paper. `made_at` None: asked for."""

    __tablename__ = "monthly_report"
    __table_args__ = (Index("ix_monthly_report_asked", "month", postgresql_where=text("made_at IS NULL")),)

    month: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    asked_at: Mapped[dt.datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[dt.datetime | None]
    data: Mapped[dict[str, Any] | None]
    blob_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))
    #: Why there is no paper, in one sentence.
    problem: Mapped[str] = mapped_column(default="", server_default="")


class ExportRecord(Model):
    """Somebody took figures out of the house: who, when, which, how many rows."""

    __tablename__ = "export_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime]
    kind: Mapped[str]
    asked: Mapped[dict[str, Any]]
    rows: Mapped[int]

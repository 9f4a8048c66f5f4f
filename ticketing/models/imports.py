"""Lists that somebody takes over on a page: the file until it is through, how far it has come, what was refused."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class ImportJob(Model):
    """One list on its way; `cursor` is how many of its rows were taken or refused."""

    __tablename__ = "import_job"
    __table_args__ = (
        Index("ix_import_job_running", "id", postgresql_where=text("state = 'running'")),
        Index("ix_import_job_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    #: As the file was called, and the name under which its numbers are known; the command uses the same by default.
    name: Mapped[str]
    source: Mapped[str]
    #: Whether promises begin when the list says, or at the import.
    from_source: Mapped[bool]
    #: Nothing once it is through or thrown away.
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    size: Mapped[int]
    uploaded_at: Mapped[dt.datetime]
    #: looked | running | stopped | done | broken | dropped
    state: Mapped[str]
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    #: Rows in the list; not known before it was begun.
    total: Mapped[int | None]
    cursor: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    #: Why it broke off: a row far down that is none.
    problem: Mapped[str | None]


class ImportRefusal(Model):
    """A row that became no ticket, kept until its file was fetched and the weeks for fetching it are over."""

    __tablename__ = "import_refusal"
    __table_args__ = (Index("ix_import_refusal_job_id", "job_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("import_job.id"))
    line: Mapped[int]
    reasons: Mapped[list[str]]
    #: In the order of the columns, which an object of the database would not keep.
    names: Mapped[list[str]]
    cells: Mapped[dict[str, Any]]
    surplus: Mapped[list[str]]

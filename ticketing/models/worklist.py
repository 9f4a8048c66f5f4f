"""What people make of work lists: saved views, and things done to many tickets at once."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class SavedView(Model):
    """A query with the columns and the order in which its tickets are shown; it gives no right to see any."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_owner_id", "owner_id"),
        Index("ix_saved_view_shared", "shared", postgresql_where=text("shared <> 'own'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    query: Mapped[str]
    columns: Mapped[list[str]]
    order: Mapped[str]
    #: `own`, `all`, or the role whose people see it too.
    shared: Mapped[str]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]


class BulkAction(Model):
    """A verb for many tickets, carried out some seconds after it was asked for unless it is undone before."""

    __tablename__ = "bulk_action"
    __table_args__ = (
        Index(
            "ix_bulk_action_waiting", "run_at", postgresql_where=text("done_at IS NULL AND undone_at IS NULL")
        ),
        Index("ix_bulk_action_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    verb: Mapped[str]
    values: Mapped[dict[str, Any]]
    #: Ticket id -> the number of the last history line that was seen.
    tickets: Mapped[dict[str, Any]]
    #: Ticket id -> what became of it: {} done, else {"why": a catalog word, "values": its places}.
    results: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[dt.datetime]
    run_at: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]

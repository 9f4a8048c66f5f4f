"""What administrators and auditors look back at: who changed which account, looked behind a mask, took what out."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class AuditEntry(Model):
    """One deed: by whom (None: the system, or a stranger at the door), to whom or what, when. Append-only."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "at", "id"),
        Index("ix_audit_entry_kind", "kind", "at", "id"),
        Index("ix_audit_entry_actor_id", "actor_id", "at", "id"),
        Index("ix_audit_entry_account_id", "account_id", "at", "id"),
        Index("ix_audit_entry_subject", "subject", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[str]
    #: The account that it was done to.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    #: What it was done to, as people would look for it: a user name, a ticket's digits, a sheet, a bureau's code.
    subject: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str] = mapped_column(default="")
    request_id: Mapped[str | None]

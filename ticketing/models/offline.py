"""Numbers issued in advance: blocks for desks that go on writing while the server is away."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class NumberBlock(Model):
    """A run of ticket numbers of one day, given to one colleague's browser; it may be withdrawn."""

    __tablename__ = "number_block"
    __table_args__ = (
        UniqueConstraint("day", "first"),
        Index("ix_number_block_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    day: Mapped[dt.date]
    first: Mapped[int]
    size: Mapped[int] = mapped_column(SmallInteger)
    issued_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]


class SealedNumber(Model):
    """One number of a block; its password is known to the browser that holds the block, here only its hash."""

    __tablename__ = "sealed_number"

    number: Mapped[str] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("number_block.id"), index=True)
    password_hash: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    used_at: Mapped[dt.datetime | None]

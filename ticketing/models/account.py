"""Accounts of staff, what they may be and where, and drafts of what they are writing."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketing.extensions import Model


class Account(Model):
    """A person who logs in."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(default="zh")
    phone: Mapped[str | None]
    email: Mapped[str | None]
    #: The telephone on the desk: `client:name`, a SIP address, a number, or the exchange's own name for it.
    desk_phone: Mapped[str | None] = mapped_column(unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    #: Changes when a password or a right does, so that sessions begun before it end.
    session_key: Mapped[str]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]
    last_login_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="account",
        foreign_keys="RoleGrant.account_id",
        lazy="selectin",
        order_by="RoleGrant.id",
    )


class RoleGrant(Model):
    """A role at a bureau (or everywhere), for good or, for a deputy (代理人), between two instants."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_standing",
            "account_id",
            "role",
            text("coalesce(bureau_code, '')"),
            unique=True,
            postgresql_where=text("deputy_for_id IS NULL"),
        ),
        Index("ix_role_grant_bureau_code_role", "bureau_code", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]
    bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    deputy_for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    starts_at: Mapped[dt.datetime | None]
    ends_at: Mapped[dt.datetime | None]

    account: Mapped[Account] = relationship(back_populates="grants", foreign_keys=[account_id])


class Draft(Model):
    """Typed but not yet sent: belongs to an account and a page, or to a visitor's secret token."""

    __tablename__ = "draft"
    __table_args__ = (
        Index(
            "uq_draft_account_page",
            "account_id",
            "page",
            unique=True,
            postgresql_where=text("account_id IS NOT NULL"),
        ),
        Index("ix_draft_page", "page", postgresql_where=text("account_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    page: Mapped[str]
    data: Mapped[dict[str, Any]]
    updated_at: Mapped[dt.datetime] = mapped_column(index=True)

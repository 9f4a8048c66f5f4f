"""Enterprises that have proved who they are, their people, and what each of them may see and is told."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketing.extensions import Model


class RegisterEntry(Model):
    """What the business register says of an enterprise: the telephone to which its proof goes."""

    __tablename__ = "register_entry"

    register_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    #: The legal person's mobile telephone, E.164; None: proved by a checked call alone.
    phone: Mapped[str | None]
    loaded_at: Mapped[dt.datetime]


class Enterprise(Model):
    """An enterprise that proved itself once; its people come and go."""

    __tablename__ = "enterprise"

    id: Mapped[int] = mapped_column(primary_key=True)
    register_code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    proved_at: Mapped[dt.datetime]
    #: `register_phone` or `checked_call`.
    proved_by: Mapped[str]


class Person(Model):
    """Somebody who signs in for an enterprise: known by a telephone that took our code; never a member of staff."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    openid: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="zh")
    #: By what the person wants to be told: of `sms`, `mail`, `wechat`.
    told_by: Mapped[list[str]] = mapped_column(default=list)
    password_hash: Mapped[str | None]
    #: Changes with the password and when all sessions are to end.
    session_key: Mapped[str]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]
    last_login_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", lazy="selectin", order_by="Membership.id"
    )


class Membership(Model):
    """A person acts for an enterprise, until somebody ends it."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_standing",
            "person_id",
            "enterprise_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_membership_enterprise_id", "enterprise_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    began_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    person: Mapped[Person] = relationship(back_populates="memberships")
    enterprise: Mapped[Enterprise] = relationship(lazy="joined", innerjoin=True)


class Invitation(Model):
    """One link for one telephone: whoever follows it must hold that telephone as well."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_enterprise_id", "enterprise_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Keyed digest of the secret in the link.
    token: Mapped[str] = mapped_column(unique=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    phone: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

    enterprise: Mapped[Enterprise] = relationship(lazy="joined", innerjoin=True)


class CheckedCall(Model):
    """A person asks to be proved by a call: an operator calls the enterprise at a number found elsewhere."""

    __tablename__ = "checked_call"
    __table_args__ = (
        Index("ix_checked_call_waiting", "id", postgresql_where=text("decided_at IS NULL")),
        Index("ix_checked_call_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    register_code: Mapped[str]
    name: Mapped[str]
    asked_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    accepted: Mapped[bool | None]
    #: Who was called, where the number is from, what was said.
    note: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class EnterpriseTicket(Model):
    """A request that is an enterprise's own: sent while signed in, or taken over with number and password."""

    __tablename__ = "enterprise_ticket"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "ticket_id"),
        Index("ix_enterprise_ticket_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: `sent` or `claimed`.
    how: Mapped[str]
    at: Mapped[dt.datetime]


class EnterpriseEntry(Model):
    """One line of an enterprise's own log, append-only: who proved, invited, joined, left, took over, and when."""

    __tablename__ = "enterprise_entry"
    __table_args__ = (
        Index("ix_enterprise_entry_enterprise_id", "enterprise_id", "id"),
        CheckConstraint("what <> ''", name="says_what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    at: Mapped[dt.datetime]
    what: Mapped[str]
    who: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_id: Mapped[str | None]

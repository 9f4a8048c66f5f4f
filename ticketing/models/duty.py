"""值班: groups that lines ring, who belongs to them, shifts, exceptions, leave, gaps, hand-overs, presence."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketing.extensions import Model


class DutyGroup(Model):
    """People who pick up the same lines; the one with `is_desk` is the duty desk behind all others."""

    __tablename__ = "duty_group"
    __table_args__ = (
        Index("uq_duty_group_desk", "is_desk", unique=True, postgresql_where=text("is_desk AND active")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(unique=True)
    name_en: Mapped[str]
    is_desk: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    members: Mapped[list["DutyMember"]] = relationship(
        order_by="DutyMember.position, DutyMember.account_id", lazy="raise", cascade="all, delete-orphan"
    )
    lines: Mapped[list["DutyLine"]] = relationship(
        order_by="DutyLine.hotline_number", lazy="raise", cascade="all, delete-orphan"
    )


class DutyLine(Model):
    """Which group a line rings; a line without one rings the duty desk."""

    __tablename__ = "duty_line"

    hotline_number: Mapped[str] = mapped_column(ForeignKey("hotline.number"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("duty_group.id"), index=True)


class DutyMember(Model):
    """Somebody who can be put on a group's roster; `position` is the order of ringing."""

    __tablename__ = "duty_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("duty_group.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)


class DutyShift(Model):
    """A weekly pattern of one person in one group."""

    __tablename__ = "duty_shift"
    __table_args__ = (
        Index("ix_duty_shift_account_id", "account_id"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("duty_group.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    days: Mapped[str]
    starts: Mapped[dt.time]
    ends: Mapped[dt.time]
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]


class DutyException(Model):
    """What is different for one person on one day: an extra stretch, or not on."""

    __tablename__ = "duty_exception"
    __table_args__ = (Index("ix_duty_exception_day", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("duty_group.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    day: Mapped[dt.date]
    on: Mapped[bool]
    starts: Mapped[dt.time]
    ends: Mapped[dt.time]
    note: Mapped[str] = mapped_column(default="")


class DutyLeave(Model):
    """Leave of a person, in all groups."""

    __tablename__ = "duty_leave"
    __table_args__ = (
        Index("ix_duty_leave_account_id", "account_id", "ends_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    reason: Mapped[str]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class DutyGap(Model):
    """Nobody is on where somebody is promised: known before the telephone rings, told once."""

    __tablename__ = "duty_gap"
    __table_args__ = (
        UniqueConstraint("group_id", "starts_at", postgresql_nulls_not_distinct=True),
        Index("ix_duty_gap_open", "group_id", postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: None: of lines that belong to no group, with no duty desk behind them.
    group_id: Mapped[int | None] = mapped_column(ForeignKey("duty_group.id"))
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    #: Whether the duty desk is there instead.
    desk_takes_it: Mapped[bool]
    found_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]


class Handover(Model):
    """交接班: what the next shift must know, who takes over, and how many open duties went along."""

    __tablename__ = "handover"
    __table_args__ = (
        Index("ix_handover_group_id", "group_id", text("at DESC")),
        Index("ix_handover_unread", "to_id", postgresql_where=text("taken_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("duty_group.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime]
    note: Mapped[str]
    duties: Mapped[int] = mapped_column(SmallInteger, default=0)
    taken_at: Mapped[dt.datetime | None]


class Presence(Model):
    """What an operator is doing by their own word; `seen_at` says when their desk was last heard of."""

    __tablename__ = "presence"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    state: Mapped[str]
    since: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]

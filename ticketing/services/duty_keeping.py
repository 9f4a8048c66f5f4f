"""Keeping the roster: groups and their lines, members, shifts, exceptions, leave, and handing over."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.roster import checked_days
from ticketing.domain.text import NAME_MAX, limited, require
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import (
    Account,
    Callback,
    DutyException,
    DutyGroup,
    DutyLeave,
    DutyLine,
    DutyMember,
    DutyShift,
    Handover,
)

NOTE_MAX = 2_000
NOT_A_MEMBER = N_("请选择本组的成员。")


@dataclass(frozen=True)
class Hours:
    """From when until when on a day; equal times are a whole day, an earlier end lies on the next."""

    starts: dt.time
    ends: dt.time


def group(group_id: int) -> DutyGroup:
    """Return a group.

    Raises:
        NotFound: there is none.
    """
    row = db.session.get(DutyGroup, group_id)
    if row is None or not row.active:
        raise NotFound
    return row


def make_group(name_zh: str, name_en: str, *, is_desk: bool = False) -> DutyGroup:
    """Make a group.

    Raises:
        Invalid: no name, or one that is taken; a second duty desk.
    """
    name = require(name_zh, field="name_zh", most=NAME_MAX)
    if db.session.scalar(select(DutyGroup.id).where(DutyGroup.name_zh == name)) is not None:
        raise Invalid(N_("已经有这个名称的值班组。"), field="name_zh")
    if is_desk and db.session.scalar(select(DutyGroup.id).where(DutyGroup.is_desk, DutyGroup.active)):
        raise Invalid(N_("总值班席只能有一个。"), field="is_desk")
    row = DutyGroup(name_zh=name, name_en=require(name_en, field="name_en", most=NAME_MAX), is_desk=is_desk)
    db.session.add(row)
    db.session.flush()
    return row


def rename(row: DutyGroup, name_zh: str, name_en: str) -> None:
    """Call a group otherwise.

    Raises:
        Invalid: no name, or one that another group has.
    """
    name = require(name_zh, field="name_zh", most=NAME_MAX)
    other = select(DutyGroup.id).where(DutyGroup.name_zh == name, DutyGroup.id != row.id)
    if db.session.scalar(other) is not None:
        raise Invalid(N_("已经有这个名称的值班组。"), field="name_zh")
    row.name_zh, row.name_en = name, require(name_en, field="name_en", most=NAME_MAX)


def set_lines(row: DutyGroup, lines: Iterable[str]) -> None:
    """Let these lines ring the group, and no others; a line rings one group."""
    wanted = sorted(set(lines))
    gone = delete(DutyLine).where(DutyLine.group_id == row.id, DutyLine.hotline_number.not_in(wanted))
    db.session.execute(gone)
    if wanted:
        new = insert(DutyLine.__table__).values([{"hotline_number": n, "group_id": row.id} for n in wanted])
        db.session.execute(
            new.on_conflict_do_update(index_elements=["hotline_number"], set_={"group_id": row.id})
        )


def set_members(row: DutyGroup, accounts: Iterable[int]) -> None:
    """Let these colleagues belong to the group, rung in this order; who leaves it loses the shifts in it."""
    wanted = list(dict.fromkeys(accounts))
    for model in (DutyShift, DutyException, DutyMember):
        db.session.execute(
            delete(model).where(model.group_id == row.id, model.account_id.not_in(wanted))  # type: ignore[attr-defined]
        )
    values = [{"group_id": row.id, "account_id": account, "position": n} for n, account in enumerate(wanted)]
    if values:
        new = insert(DutyMember.__table__).values(values)
        ranked = {"position": new.excluded.position}
        db.session.execute(new.on_conflict_do_update(index_elements=["group_id", "account_id"], set_=ranked))


def add_shift(
    row: DutyGroup, account_id: int, days: str, hours: Hours, *, since: dt.date, until: dt.date | None = None
) -> DutyShift:
    """Add a weekly pattern.

    Raises:
        Invalid: no member, no days, or an end before the beginning.
    """
    if until is not None and until < since:
        raise Invalid(N_("结束日期不能早于开始日期。"), field="until")
    shift = DutyShift(
        group_id=row.id,
        account_id=_member(row, account_id),
        days=checked_days(days),
        starts=hours.starts,
        ends=hours.ends,
        since=since,
        until=until,
    )
    db.session.add(shift)
    db.session.flush()
    return shift


def end_shift(row: DutyGroup, shift_id: int, today: dt.date) -> None:
    """End a pattern: what was worked stays on record, what has not begun is gone.

    Raises:
        NotFound: it is not one of the group's.
    """
    shift = db.session.get(DutyShift, shift_id)
    if shift is None or shift.group_id != row.id:
        raise NotFound
    if shift.since >= today:
        db.session.delete(shift)
    else:
        shift.until = min(shift.until or dt.date.max, today - dt.timedelta(days=1))


def shifts_of(group_id: int, today: dt.date) -> list[DutyShift]:
    """Return the patterns of a group that hold today or later."""
    wanted = select(DutyShift).where(
        DutyShift.group_id == group_id, or_(DutyShift.until.is_(None), DutyShift.until >= today)
    )
    return list(db.session.scalars(wanted.order_by(DutyShift.starts, DutyShift.account_id, DutyShift.id)))


def exceptions_of(group_id: int, today: dt.date) -> list[DutyException]:
    """Return the exceptions of a group from yesterday on: a night of yesterday may still run."""
    wanted = select(DutyException).where(
        DutyException.group_id == group_id, DutyException.day >= today - dt.timedelta(days=1)
    )
    return list(db.session.scalars(wanted.order_by(DutyException.day, DutyException.id).limit(200)))


def except_on(
    row: DutyGroup, account_id: int, day: dt.date, hours: Hours | None, *, note: str = ""
) -> DutyException:
    """Put somebody on for one day (with hours), or take their pattern of that day off (without)."""
    times = hours or Hours(dt.time.min, dt.time.min)
    one = DutyException(
        group_id=row.id,
        account_id=_member(row, account_id),
        day=day,
        on=hours is not None,
        starts=times.starts,
        ends=times.ends,
        note=limited(note, field="note", most=NAME_MAX),
    )
    db.session.add(one)
    db.session.flush()
    return one


def drop_exception(row: DutyGroup, exception_id: int) -> None:
    """Let a day be as the pattern says.

    Raises:
        NotFound: it is not one of the group's.
    """
    one = db.session.get(DutyException, exception_id)
    if one is None or one.group_id != row.id:
        raise NotFound
    db.session.delete(one)


def _member(row: DutyGroup, account_id: int) -> int:
    if db.session.get(DutyMember, (row.id, account_id)) is None:
        raise Invalid(NOT_A_MEMBER, field="account")
    return account_id


def note_leave(
    account_id: int, starts_at: dt.datetime, ends_at: dt.datetime, *, reason: str, by: int
) -> DutyLeave:
    """Note that somebody is away, in all groups.

    Raises:
        Invalid: nobody, no reason, or an end before the beginning.
    """
    if db.session.get(Account, account_id) is None:
        raise Invalid(N_("请选择一位同事。"), field="account")
    if ends_at <= starts_at:
        raise Invalid(N_("结束时间要在开始时间之后。"), field="ends")
    row = DutyLeave(
        account_id=account_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=require(reason, field="reason", most=NAME_MAX),
        noted_by_id=by,
    )
    db.session.add(row)
    db.session.flush()
    return row


def end_leave(leave_id: int, now: dt.datetime) -> None:
    """Somebody is back, or does not go.

    Raises:
        NotFound: there is no such leave, or it is over.
    """
    row = db.session.get(DutyLeave, leave_id)
    if row is None or row.ends_at <= now:
        raise NotFound
    if row.starts_at >= now:
        db.session.delete(row)
    else:
        row.ends_at = now


def leaves_from(now: dt.datetime) -> list[DutyLeave]:
    """Return leave that runs or is to come."""
    wanted = select(DutyLeave).where(DutyLeave.ends_at > now).order_by(DutyLeave.starts_at).limit(200)
    return list(db.session.scalars(wanted))


def hand_over(row: DutyGroup, from_id: int, to_id: int, note: str, now: dt.datetime) -> Handover:
    """交班: say what the next one must know; the open duties that the leaving colleague owns go along.

    Raises:
        Invalid: to oneself or to nobody of the group, or without a word.
    """
    if to_id == from_id:
        raise Invalid(N_("请选择接班的同事。"), field="to")
    words = require(note, field="note", most=NOTE_MAX)
    _member(row, to_id)
    mine = update(Callback).where(Callback.owner_id == from_id, Callback.done_at.is_(None))
    moved = db.session.execute(mine.values(owner_id=to_id)).rowcount
    handed = Handover(group_id=row.id, from_id=from_id, to_id=to_id, at=now, note=words, duties=moved)
    db.session.add(handed)
    db.session.flush()
    return handed


def take_over(handover_id: int, account_id: int, now: dt.datetime) -> None:
    """接班: the next one has read it.

    Raises:
        NotFound: it was not handed to them.
    """
    row = db.session.get(Handover, handover_id)
    if row is None or row.to_id != account_id:
        raise NotFound
    row.taken_at = row.taken_at or now


def waiting_for(account_id: int) -> list[Handover]:
    """Return what was handed over to a colleague and not taken yet."""
    wanted = select(Handover).where(Handover.to_id == account_id, Handover.taken_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Handover.at)))


def of_group(group_id: int, limit: int = 5) -> list[Handover]:
    """Return the last hand-overs of a group."""
    wanted = select(Handover).where(Handover.group_id == group_id).order_by(Handover.at.desc())
    return list(db.session.scalars(wanted.limit(limit)))

"""值班: who is on now, who comes next, and where nobody is; read from the roster in a fixed number of statements."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Date, bindparam, or_, select

from ticketing.domain.roster import Dated, Leave, Roster, Shift, Span, Stretch, gaps, merged, promised
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import (
    Account,
    DutyException,
    DutyGroup,
    DutyLeave,
    DutyLine,
    DutyMember,
    DutyShift,
    Presence,
    RoleGrant,
)
from ticketing.services import presence
from ticketing.services.kept import INSTANT, Kept
from ticketing.services.province import Province

#: How far ahead a gap is an alarm: time enough to call somebody in.
AHEAD = dt.timedelta(hours=12)
DAY = dt.timedelta(days=1)
GROUPS = Kept(
    select(DutyGroup.id, DutyGroup.name_zh, DutyGroup.name_en, DutyGroup.is_desk)
    .where(DutyGroup.active)
    .order_by(DutyGroup.id)
)
LINES = Kept(select(DutyLine.group_id, DutyLine.hotline_number))
MEMBERS = Kept(
    select(DutyMember.group_id, DutyMember.account_id)
    .join(Account, Account.id == DutyMember.account_id)
    .where(Account.active)
    .order_by(DutyMember.group_id, DutyMember.position, DutyMember.account_id)
)
SHIFTS = Kept(select(*DutyShift.__table__.columns).order_by(DutyShift.starts, DutyShift.id))
DATED = Kept(
    select(*DutyException.__table__.columns).where(
        DutyException.day.between(bindparam("first", type_=Date), bindparam("last", type_=Date))
    )
)
LEAVES = Kept(
    select(DutyLeave.account_id, DutyLeave.starts_at, DutyLeave.ends_at).where(
        DutyLeave.ends_at > bindparam("start", type_=INSTANT),
        DutyLeave.starts_at < bindparam("end", type_=INSTANT),
    )
)


@dataclass(frozen=True)
class Group:
    """A group with its rules; `members` in the order in which they are rung."""

    id: int
    name_zh: str
    name_en: str
    is_desk: bool
    lines: tuple[str, ...]
    members: tuple[int, ...]
    roster: Roster = field(repr=False)


@dataclass(frozen=True)
class Gap:
    """A stretch in which a group's lines are promised and none of its people is on."""

    span: Span
    #: Whether the duty desk is there all through it.
    desk_takes_it: bool


@dataclass(frozen=True)
class Duty:
    """The roster as it holds between two instants."""

    groups: dict[int, Group]
    province: Province

    @property
    def desk(self) -> Group | None:
        """The duty desk behind all lines."""
        return next((group for group in self.groups.values() if group.is_desk), None)

    def of_line(self, hotline_number: str) -> Group | None:
        """Return the group that a line rings; a line without one rings the duty desk."""
        own = (group for group in self.groups.values() if hotline_number in group.lines)
        return next(own, self.desk)

    def stretches(self, group: Group, start: dt.datetime, end: dt.datetime) -> list[Stretch]:
        """Return who is on in a group between two instants."""
        return group.roster.stretches(start, end, self.province.calendar.is_working_day)

    def on(self, group: Group | None, now: dt.datetime) -> list[int]:
        """Return who is on in a group, in the order of ringing."""
        if group is None:
            return []
        there = set(group.roster.on_at(now, self.province.calendar.is_working_day))
        return [account for account in group.members if account in there]

    def gaps(self, group: Group, start: dt.datetime, end: dt.datetime) -> list[Gap]:
        """Return where somebody is promised and nobody of the group is on; who may not log in is nobody."""
        bare = gaps(self._promised(group, start, end), self._there(group, start, end))
        behind = [] if group.is_desk or self.desk is None else self._there(self.desk, start, end)
        return [Gap(span, bool(behind) and not gaps([span], behind)) for span in bare]

    def _there(self, group: Group, start: dt.datetime, end: dt.datetime) -> list[Stretch]:
        return [one for one in self.stretches(group, start, end) if one.account_id in group.members]

    def of_nobody(self) -> list[str]:
        """Return the lines that belong to no group while there is no duty desk; none before a roster is kept at all."""
        if not self.groups or self.desk is not None:
            return []
        return [number for number in self.province.directory.hotlines if self.of_line(number) is None]

    def _promised(self, group: Group, start: dt.datetime, end: dt.datetime) -> list[Span]:
        """Return when a group must be there: the duty desk always, another by the hours of its lines."""
        if group.is_desk:
            return [Span(start, end)]
        hotlines = self.province.directory.hotlines
        hours = {hotlines[number].hours for number in group.lines if number in hotlines}
        works = self.province.calendar.is_working_day
        return merged(span for one in hours for span in promised(one, start, end, works))


def load(start: dt.datetime, end: dt.datetime, province: Province) -> Duty:
    """Return the roster between two instants, in six statements."""
    rows, lines, members = GROUPS.rows(), LINES.rows(), MEMBERS.rows()
    rosters = _rosters([row.id for row in rows], start, end)
    groups = {
        row.id: Group(
            row.id,
            row.name_zh,
            row.name_en,
            row.is_desk,
            tuple(sorted(one.hotline_number for one in lines if one.group_id == row.id)),
            tuple(one.account_id for one in members if one.group_id == row.id),
            rosters[row.id],
        )
        for row in rows
    }
    return Duty(groups, province)


def _rosters(groups: Iterable[int], start: dt.datetime, end: dt.datetime) -> dict[int, Roster]:
    shifts, dated = SHIFTS.rows(), DATED.rows(first=(start - 2 * DAY).date(), last=(end + DAY).date())
    leaves = [Leave(*one) for one in LEAVES.rows(start=start - 2 * DAY, end=end + DAY)]
    return {
        group: Roster(
            [_shift(one) for one in shifts if one.group_id == group],
            [_dated(one) for one in dated if one.group_id == group],
            leaves,
        )
        for group in groups
    }


def _shift(row: Any) -> Shift:
    return Shift(row.account_id, row.days, row.starts, row.ends, row.since, row.until or dt.date.max)


def _dated(row: Any) -> Dated:
    return Dated(row.account_id, row.day, row.on, row.starts, row.ends)


def on_duty(hotline_number: str, now: dt.datetime, province: Province) -> list[Account]:
    """Return whom a line rings now: its own group, the free ones first; the duty desk where its group is away.

    Empty only where nobody at all is on duty.
    """
    duty = load(now, now + dt.timedelta(seconds=1), province)
    group = duty.of_line(hotline_number)
    return _people(duty.on(group, now) or duty.on(duty.desk, now), now)


def at_desk(now: dt.datetime, province: Province) -> list[Account]:
    """Return who is on at the duty desk, which takes what a group does not pick up."""
    duty = load(now, now + dt.timedelta(seconds=1), province)
    return _people(duty.on(duty.desk, now), now)


def everybody_on(now: dt.datetime, province: Province) -> set[int]:
    """Return the accounts that are on duty anywhere at this moment."""
    duty = load(now, now + dt.timedelta(seconds=1), province)
    return {account for group in duty.groups.values() for account in duty.on(group, now)}


def all_operators(now: dt.datetime) -> list[int]:
    """Return every operator of the moment, whom calls ring where no roster is kept yet."""
    wanted = (
        select(RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            Account.active,
            RoleGrant.role == Role.OPERATOR.value,
            or_(RoleGrant.starts_at.is_(None), RoleGrant.starts_at <= now),
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now),
        )
        .distinct()
    )
    return sorted(db.session.scalars(wanted))


def _people(accounts: Sequence[int], now: dt.datetime) -> list[Account]:
    """Return accounts in the order of ringing, those who are free before those who are not; nobody is left out."""
    if not accounts:
        return []
    rows = {
        account.id: (account, state)
        for account, state in db.session.execute(
            select(Account, Presence)
            .outerjoin(Presence, Presence.account_id == Account.id)
            .where(Account.id.in_(accounts))
        )
    }
    found = [rows[one] for one in accounts if one in rows]
    return [account for account, _ in sorted(found, key=lambda pair: presence.rank(pair[1], now))]


def names(accounts: Iterable[int]) -> dict[int, str]:
    """Return the names of accounts."""
    wanted = set(accounts)
    if not wanted:
        return {}
    return dict(db.session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))).all())


def mine(account_id: int, start: dt.datetime, end: dt.datetime, duty: Duty) -> list[tuple[Group, Stretch]]:
    """Return a colleague's own stretches, in order of time."""
    found = [
        (group, one)
        for group in duty.groups.values()
        if account_id in group.members
        for one in duty.stretches(group, start, end)
        if one.account_id == account_id
    ]
    return sorted(found, key=lambda pair: (pair[1], pair[0].id))


def groups_of(account_id: int, duty: Duty) -> list[Group]:
    """Return the groups that a colleague belongs to."""
    return [group for group in duty.groups.values() if account_id in group.members]

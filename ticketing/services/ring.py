"""Whose telephones a line rings, who of them is free, and who hears of what a call left: the roster's word."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from routing.directory import Hotline
from ticketing.extensions import db
from ticketing.models import Account, Call, Presence
from ticketing.services import duty, presence
from ticketing.services.province import Province

MOMENT = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Telephone:
    """A colleague on duty, and the address of the telephone on the desk, empty where there is none."""

    account_id: int
    address: str


@dataclass(frozen=True)
class OnDuty:
    """Who is on for a line: its own group, in the order of ringing, and the duty desk behind it."""

    group: tuple[Telephone, ...]
    desk: tuple[Telephone, ...]

    @property
    def anybody(self) -> tuple[Telephone, ...]:
        """The group, or the desk where the group is away."""
        return self.group or self.desk


def on(line: Hotline, now: dt.datetime, province: Province) -> OnDuty:
    """Return who is on for a line, with the roster read once; without any roster every operator is."""
    roster = duty.load(now, now + MOMENT, province)
    group, desk = roster.on(roster.of_line(line.number), now), roster.on(roster.desk, now)
    if not roster.groups:
        group = duty.all_operators(now)
    phones = _phones({*group, *desk}, now)
    return OnDuty(_telephones(group, phones), _telephones(desk, phones))


def free(telephones: Sequence[Telephone]) -> bool:
    """Tell whether one of them talks with nobody."""
    talking = select(Call.account_id).where(
        Call.ended_at.is_(None), Call.account_id.in_([one.account_id for one in telephones])
    )
    busy = set(db.session.scalars(talking))
    return any(one.account_id not in busy and one.address for one in telephones)


def _phones(accounts: set[int], now: dt.datetime) -> dict[int, tuple[int, str]]:
    """Return for accounts their place by what they are doing, the free ones first, and their telephones."""
    if not accounts:
        return {}
    wanted = (
        select(Account.id, Account.desk_phone, Presence)
        .outerjoin(Presence, Presence.account_id == Account.id)
        .where(Account.id.in_(accounts))
    )
    return {one: (presence.rank(row, now), phone or "") for one, phone, row in db.session.execute(wanted)}


def _telephones(accounts: Sequence[int], phones: dict[int, tuple[int, str]]) -> tuple[Telephone, ...]:
    known = sorted((one for one in accounts if one in phones), key=lambda one: phones[one][0])
    return tuple(Telephone(one, phones[one][1]) for one in known)

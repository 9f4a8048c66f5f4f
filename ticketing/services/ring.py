"""Whose telephones a line rings, who of them is free, and who hears of what a call left: the roster's word."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from routing.directory import Hotline
from ticketing.extensions import db
from ticketing.models import Account, Call
from ticketing.services import duty
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
    """Return who is on for a line, with the roster read once."""
    roster = duty.load(now, now + MOMENT, province)
    group, desk = roster.on(roster.of_line(line.number), now), roster.on(roster.desk, now)
    phones = _phones({*group, *desk})
    return OnDuty(_telephones(group, phones), _telephones(desk, phones))


def free(telephones: Sequence[Telephone]) -> bool:
    """Tell whether one of them talks with nobody."""
    talking = select(Call.account_id).where(
        Call.ended_at.is_(None), Call.account_id.in_([one.account_id for one in telephones])
    )
    busy = set(db.session.scalars(talking))
    return any(one.account_id not in busy and one.address for one in telephones)


def _phones(accounts: set[int]) -> dict[int, str]:
    if not accounts:
        return {}
    wanted = select(Account.id, Account.desk_phone).where(Account.id.in_(accounts))
    return {identifier: phone or "" for identifier, phone in db.session.execute(wanted)}


def _telephones(accounts: Sequence[int], phones: dict[int, str]) -> tuple[Telephone, ...]:
    return tuple(Telephone(one, phones[one]) for one in accounts if one in phones)

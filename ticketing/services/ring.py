"""Whose telephones a line rings, who of them is free, and who hears of what a call left."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select

from routing.directory import Hotline
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Account, Call, RoleGrant


@dataclass(frozen=True)
class Telephone:
    """A colleague on duty, and the address of the telephone on the desk, empty where there is none."""

    account_id: int
    address: str


def group(_line: Hotline, now: dt.datetime) -> list[Telephone]:
    """Return the colleagues who answer a line now."""
    return _operators(now)


def duty_desk(now: dt.datetime) -> list[Telephone]:
    """Return the colleagues who answer every line round the clock."""
    return _operators(now)


def free(telephones: list[Telephone]) -> bool:
    """Tell whether one of them talks with nobody."""
    talking = select(Call.account_id).where(
        Call.ended_at.is_(None), Call.account_id.in_([one.account_id for one in telephones])
    )
    busy = set(db.session.scalars(talking))
    return any(one.account_id not in busy and one.address for one in telephones)


def _operators(now: dt.datetime) -> list[Telephone]:
    wanted = (
        select(Account.id, Account.desk_phone)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            Account.active,
            RoleGrant.role == Role.OPERATOR.value,
            or_(RoleGrant.starts_at.is_(None), RoleGrant.starts_at <= now),
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now),
        )
        .order_by(Account.id)
        .distinct()
    )
    return [Telephone(identifier, phone or "") for identifier, phone in db.session.execute(wanted)]

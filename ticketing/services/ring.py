"""Whose telephones a line rings, and who hears of what it left."""

import datetime as dt

from sqlalchemy import or_, select

from routing.directory import Hotline
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.models import Account, RoleGrant


def group(_line: Hotline, now: dt.datetime) -> list[Account]:
    """Return the colleagues who answer a line now."""
    wanted = (
        select(Account)
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
    return list(db.session.scalars(wanted))

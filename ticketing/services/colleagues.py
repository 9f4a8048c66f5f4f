"""The colleague at the door: what every page of a room needs to know of who looks, in one statement."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, select

from ticketing.models import Account, RoleGrant
from ticketing.services import notices
from ticketing.services import province as provinces
from ticketing.services.kept import Kept


class Right(NamedTuple):
    """A grant as `accounts.actor` reads it."""

    role: str
    bureau_code: str | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None


@dataclass(frozen=True)
class Colleague:
    """An account as it stands, its rights, and how many notices wait (`notices.COUNTED` at most)."""

    id: int
    name: str
    locale: str
    session_key: str
    active: bool
    grants: tuple[Right, ...]
    unread: int


LOOKED_UP = Kept(
    select(
        Account.id,
        Account.name,
        Account.locale,
        Account.session_key,
        Account.active,
        notices.UNREAD.scalar_subquery(),
        *provinces.NEWEST,
        RoleGrant.role,
        RoleGrant.bureau_code,
        RoleGrant.starts_at,
        RoleGrant.ends_at,
    )
    .outerjoin(RoleGrant, RoleGrant.account_id == Account.id)
    .where(Account.id == bindparam("account"))
    .order_by(RoleGrant.id)
)


def find(account_id: int) -> Colleague | None:
    """Return the colleague with this id; the province's revision, seen on the way, spares its own look."""
    rows = LOOKED_UP.rows(account=account_id)
    if not rows:
        return None
    *who, unread, revision, model_id = rows[0][:8]
    provinces.seen(revision, model_id)
    grants = tuple(Right(*row[8:]) for row in rows if row[8] is not None)
    return Colleague(*who, grants=grants, unread=unread)

"""Saved views: a query with its columns and order, one's own, one's role's or everybody's."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from ticketing.domain.actors import Actor
from ticketing.domain.errors import Invalid, NotAllowed, NotFound
from ticketing.domain.query import LONGEST
from ticketing.domain.text import limited, require
from ticketing.domain.vocabulary import Role
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, SavedView
from ticketing.services import pinyin

NAME_MAX = 40
MOST = 50
OWN, ALL = "own", "all"
ORDERS = {"due": N_("最急的在前"), "newest": N_("最新的在前")}
#: What a view may show beside number and title, in the order of the offer.
COLUMNS = {
    "state": N_("状态"),
    "due": N_("时限"),
    "bureau": N_("承办单位"),
    "enterprise": N_("企业"),
    "type": N_("类型"),
    "urgency": N_("紧急程度"),
    "region": N_("地区"),
    "received": N_("受理时间"),
}


@dataclass(frozen=True)
class Wanted:
    """What a person wants kept."""

    name: str
    query: str
    columns: Sequence[str]
    order: str
    shared: str


def seen_by(actor: Actor) -> list[SavedView]:
    """Return the views that a person may open: their own first, then those shared with them, each by sound."""
    roles = {grant.role.value for grant in actor.grants}
    mine = SavedView.owner_id == actor.account_id
    wanted = select(SavedView).where(or_(mine, SavedView.shared.in_({ALL, *roles})))
    found = db.session.scalars(wanted.order_by(mine.desc(), SavedView.id).limit(2 * MOST))
    return sorted(found, key=lambda row: (row.owner_id != actor.account_id, pinyin.order(row.name)))


def owners(rows: Iterable[SavedView], actor: Actor) -> dict[int, str]:
    """Return the names of those who keep views for a person: everybody's but their own."""
    others = {row.owner_id for row in rows} - {actor.account_id}
    if not others:
        return {}
    return dict(db.session.execute(select(Account.id, Account.name).where(Account.id.in_(others))).all())


def one(identifier: int, actor: Actor) -> SavedView:
    """Return a view that this person may open.

    Raises:
        NotFound: none, or not shared with them.
    """
    row = db.session.get(SavedView, identifier)
    roles = {grant.role.value for grant in actor.grants}
    if row is None or (row.owner_id != actor.account_id and row.shared not in {ALL, *roles}):
        raise NotFound
    return row


def own(identifier: int, actor: Actor) -> SavedView:
    """Return a view that this person may change.

    Raises:
        NotFound: none, or not shared with them.
        NotAllowed: somebody else's.
    """
    row = one(identifier, actor)
    _require_own(row, actor)
    return row


def _require_own(row: SavedView, actor: Actor) -> None:
    if row.owner_id != actor.account_id:
        raise NotAllowed


def save(wanted: Wanted, actor: Actor, now: dt.datetime, row: SavedView | None = None) -> SavedView:
    """Keep a new view, or an own one in its new form.

    Raises:
        Invalid: no name, an unknown column or order, or too many.
        NotAllowed: somebody else's, or shared with a role that is not one's own.
    """
    name = require(wanted.name, field="name", most=NAME_MAX)
    query = limited(wanted.query, field="query_line", most=LONGEST)
    columns = [one for one in wanted.columns if one in COLUMNS]
    if wanted.order not in ORDERS:
        raise Invalid(N_("请选择排序。"), field="order")
    if wanted.shared not in {OWN, ALL, *(grant.role.value for grant in actor.grants)}:
        raise NotAllowed
    if row is None:
        owned = select(func.count(SavedView.id)).where(SavedView.owner_id == actor.account_id)
        if (db.session.scalar(owned) or 0) >= MOST:
            raise Invalid(N_("最多保存 %(most)s 个视图，请先删除不用的。"), field="name", most=MOST)
        row = SavedView(owner_id=actor.account_id, created_at=now)
        db.session.add(row)
    _require_own(row, actor)
    row.name, row.query, row.columns, row.order = name, query, columns, wanted.order
    row.shared, row.updated_at = wanted.shared, now
    db.session.flush()
    return row


def remove(row: SavedView, actor: Actor) -> None:
    """Drop an own view.

    Raises:
        NotAllowed: somebody else's.
    """
    _require_own(row, actor)
    db.session.delete(row)


def roles_of(actor: Actor) -> list[Role]:
    """Return the roles with which a person may share."""
    return sorted({grant.role for grant in actor.grants})

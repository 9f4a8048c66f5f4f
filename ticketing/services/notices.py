"""In-app notices of a member of staff."""

import datetime as dt

from sqlalchemy import bindparam, func, select, update

from ticketing.domain.actors import Actor
from ticketing.extensions import db
from ticketing.models import Notice

#: Counting stops here: "99+" says as much as the truth and costs less.
COUNTED = 100
UNREAD = select(func.count()).select_from(
    select(Notice.id)
    .where(Notice.account_id == bindparam("account"), Notice.read_at.is_(None))
    .limit(COUNTED)
    .subquery()
)


def newest(actor: Actor, *, limit: int, before: int | None = None) -> list[Notice]:
    """Return the newest notices, older than the id `before` where given."""
    wanted = (
        select(Notice).where(Notice.account_id == actor.account_id).order_by(Notice.id.desc()).limit(limit)
    )
    return list(db.session.scalars(wanted if before is None else wanted.where(Notice.id < before)))


def mark_read(actor: Actor, now: dt.datetime) -> None:
    """Everything shown is read."""
    db.session.execute(
        update(Notice)
        .where(Notice.account_id == actor.account_id, Notice.read_at.is_(None))
        .values(read_at=now)
    )

"""常用语: written by a person for themselves, by a head for the bureau, by those who keep the knowledge for all."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from ticketing.domain.actors import Actor
from ticketing.domain.errors import Invalid, NotAllowed, NotFound
from ticketing.domain.text import require
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Snippet
from ticketing.services import pinyin
from ticketing.services.knowledge import heads, writes_everywhere

OWN, BUREAU, ALL = "own", "bureau", "all"
NAME_MAX, SHORT_MAX, TEXT_MAX, MOST = 40, 20, 4_000, 100


@dataclass(frozen=True)
class Wanted:
    """What somebody writes; `bureau_code` where it is the bureau's."""

    name: str
    short: str
    text: str
    scope: str = OWN
    bureau_code: str | None = None


def _seen(actor: Actor) -> ColumnElement[bool]:
    return or_(
        and_(Snippet.scope == OWN, Snippet.owner_id == actor.account_id),
        and_(Snippet.scope == BUREAU, Snippet.bureau_code.in_(sorted(actor.bureau_codes))),
        Snippet.scope == ALL,
    )


def seen_by(actor: Actor) -> Sequence[Snippet]:
    """Return what a person may put into an answer, by the sound of the names."""
    rows = db.session.scalars(select(Snippet).where(_seen(actor)).order_by(Snippet.id).limit(3 * MOST)).all()
    return sorted(rows, key=lambda row: pinyin.order(row.name))


def one(identifier: int, actor: Actor) -> Snippet:
    """Return a snippet that this person may use.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = db.session.scalar(select(Snippet).where(Snippet.id == identifier, _seen(actor)))
    if row is None:
        raise NotFound
    return row


def may_write(actor: Actor, scope: str, bureau_code: str | None) -> bool:
    """Tell whether a person may write for this circle."""
    if scope == OWN:
        return True
    if scope == BUREAU:
        return bureau_code is not None and bureau_code in heads(actor)
    return scope == ALL and writes_everywhere(actor)


def changes(row: Snippet, actor: Actor) -> bool:
    """Tell whether a person may change or remove a snippet."""
    own = row.scope != OWN or row.owner_id == actor.account_id
    return own and may_write(actor, row.scope, row.bureau_code)


def save(wanted: Wanted, actor: Actor, now: dt.datetime, row: Snippet | None = None) -> Snippet:
    """Keep a new snippet, or one in its new form.

    Raises:
        Invalid: something is missing or too long, the short name is taken, or there are too many.
        NotAllowed: not for this circle.
    """
    if not may_write(actor, wanted.scope, wanted.bureau_code) or (
        row is not None and not changes(row, actor)
    ):
        raise NotAllowed
    name, text = (
        require(wanted.name, field="name", most=NAME_MAX),
        require(wanted.text, field="text", most=TEXT_MAX),
    )
    short = require(wanted.short, field="short", most=SHORT_MAX).casefold()
    if any(char.isspace() for char in short):
        raise Invalid(N_("缩写里不能有空格。"), field="short")
    taken = [other for other in seen_by(actor) if other.short == short and other is not row]
    if taken:
        raise Invalid(
            N_("缩写“%(short)s”已经用于“%(name)s”。"), field="short", short=short, name=taken[0].name
        )
    if row is None:
        _require_room(actor)
        row = Snippet(owner_id=actor.account_id)
        db.session.add(row)
    row.scope, row.bureau_code = wanted.scope, wanted.bureau_code
    row.name, row.short, row.text, row.updated_at = name, short, text, now
    db.session.flush()
    return row


OWNED = select(func.count(Snippet.id)).where(Snippet.owner_id == bindparam("owner"))


def _require_room(actor: Actor) -> None:
    if (db.session.scalar(OWNED, {"owner": actor.account_id}) or 0) >= MOST:
        raise Invalid(N_("最多保存 %(most)s 条常用语，请先删除不用的。"), field="name", most=MOST)


def remove(row: Snippet, actor: Actor) -> None:
    """Drop a snippet.

    Raises:
        NotAllowed: somebody else's.
    """
    if not changes(row, actor):
        raise NotAllowed
    db.session.delete(row)

"""What answers rest on: codes that people write, resolved to versions, and told when the article changes later."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select

from ticketing.domain import knowledge as words
from ticketing.domain.actors import Actor
from ticketing.domain.clock import local
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Article, Citation, Ticket
from ticketing.services.history import Act
from ticketing.services.visibility import readable


@dataclass(frozen=True)
class Cited:
    """An article as an answer names it."""

    number: int
    version: int
    title: str

    def data(self) -> dict[str, Any]:
        """Return the values that history keeps."""
        return {"number": self.number, "version": self.version, "title": self.title}


def cite(text: str, now: dt.datetime, *, strict: bool = True) -> list[Cited]:
    """Return what a line of codes names, as of now; not `strict`, other words may stand beside known codes.

    Raises:
        Invalid: field `cited`; a code that nobody knows, or an article that no longer holds.
    """
    numbers = words.cited(text, strict=strict)
    if not numbers:
        return []
    rows = {row.number: row for row in db.session.scalars(select(Article).where(Article.number.in_(numbers)))}
    numbers = numbers if strict else [number for number in numbers if number in rows]
    for number in numbers:
        row = rows.get(number)
        if row is None:
            raise Invalid(N_("知识库里没有 %(code)s。"), field="cited", code=words.shown(number))
        if row.withdrawn_at is not None or words.expired(row.valid_until, local(now).date()):
            raise Invalid(
                N_("%(code)s《%(title)s》已经失效，不能再引用。"),
                field="cited", code=words.shown(number), title=row.title,
            )  # fmt: skip
    return [Cited(number, rows[number].version, rows[number].title) for number in numbers]


def note_citations(ticket: Ticket, cites: Iterable[dict[str, Any]], act: Act) -> None:
    """Keep what an answer rests on, when it is given."""
    rows = list(cites)
    if not rows:
        return
    numbers = [row["number"] for row in rows]
    known = {
        one.number: one.id for one in db.session.scalars(select(Article).where(Article.number.in_(numbers)))
    }
    wanted = select(Citation.article_id, Citation.version).where(Citation.ticket_id == ticket.id)
    held = {(one.article_id, one.version) for one in db.session.execute(wanted)}
    for row in rows:
        key = (known[row["number"]], row["version"])
        if key not in held:
            db.session.add(Citation(ticket_id=ticket.id, article_id=key[0], version=key[1], at=act.now))


def outdated(ticket: Ticket) -> Sequence[Row[Any]]:
    """Return the articles that an answer rests on and that have changed since: (article, version cited)."""
    wanted = (
        select(Article, Citation.version)
        .join(Citation, Citation.article_id == Article.id)
        .where(
            Citation.ticket_id == ticket.id,
            or_(Article.version > Citation.version, Article.withdrawn_at.is_not(None)),
        )
        .order_by(Article.number)
    )
    return db.session.execute(wanted).all()


def resting_on(
    article: Article, actor: Actor, columns: Collection[Any], most: int = 20
) -> Sequence[Row[Any]]:
    """Return the newest answered tickets that rest on an article, as far as the actor may read them."""
    wanted = (
        select(*columns, Citation.version)
        .join(Ticket, Ticket.id == Citation.ticket_id)
        .where(Citation.article_id == article.id, readable(actor))
        .order_by(Citation.id.desc())
        .limit(most)
    )
    return db.session.execute(wanted).all()

"""Search within what a colleague may read: a ticket number, a telephone number, a register code, or words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY

from ticketing.domain import numbers
from ticketing.domain.actors import Actor
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.register_code import parse_register_code
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import terms
from ticketing.services.visibility import readable, reads_nearly_all
from ticketing.services.worklists import COLUMNS, Condition, Cursor, Page, newest

#: From so many hits on, the newest are found faster by looking at the newest tickets than at the hits.
COMMON = 5_000


def found(query: str, actor: Actor, after: Cursor | None) -> Page:
    """Return what a search finds, newest first."""
    condition = _named(query)
    if condition is None:
        words = terms.query(query)
        if words is None:
            return Page([], None)
        condition = _worded(words, actor)
    return newest(and_(condition, readable(actor)), after)


def mistyped(query: str) -> str | None:
    """Return what is wrong with a query that was meant as a ticket number: told before any look-up."""
    if sum(char.isdigit() for char in query) != numbers.LENGTH:
        return None
    try:
        numbers.parse(query)
    except Invalid as error:
        return error.message
    return None


def _worded(words: str, actor: Actor) -> Condition:
    """Return the condition of tickets with all these terms.

    Of a rare term all hits are fetched first: walking the newest tickets for it would walk them all. Of a
    common one the walk ends after a few steps, but only for somebody who may read nearly everything.
    """
    has = Ticket.terms.op("@@")(literal(words).cast(TSQUERY))
    capped = select(Ticket.id).where(has).limit(COMMON + 1).subquery()
    common = reads_nearly_all(actor) and _count(capped) > COMMON
    if common:
        return has
    hits = select(Ticket.id).where(has).cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
    return Ticket.id.in_(select(hits.c.id))


def _count(capped: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def _named(query: str) -> Condition | None:
    """Return the condition of what has a name of its own: number, telephone, register code."""
    readings = (
        (Ticket.number, numbers.parse),
        (Ticket.register_code, parse_register_code),
        (Ticket.phone, lambda typed: parse_phone(typed).e164),
    )
    for column, read in readings:
        try:
            if name := read(query):
                return column == name
        except Invalid:
            continue
    return None


def past_of(phone: str, actor: Actor, limit: int = 5) -> Sequence[Row[Any]]:
    """Return the last requests from a telephone number, as far as the actor may read them."""
    try:
        number = parse_phone(phone).e164
    except Invalid:
        return []
    wanted = select(*COLUMNS).where(Ticket.phone == number, readable(actor))
    return db.session.execute(wanted.order_by(Ticket.received_at.desc()).limit(limit)).all()

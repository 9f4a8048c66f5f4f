"""One stretch of time in a search: which days it holds, and the statement that looks through it."""

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal,
    select,
    tuple_,
)

from ticketing.domain.actors import Actor, Grant, bureaus_of
from ticketing.extensions import db, planned_anew
from ticketing.models import Ticket
from ticketing.services import clauses, terms
from ticketing.services.kept import INSTANT, Kept
from ticketing.services.visibility import ever_at, nearly_all, readable_with
from ticketing.services.worklists import COLUMNS, FOREVER, Condition, Cursor

SECOND = dt.timedelta(seconds=1)
#: A stretch of up to so many days is named day by day; from so many on nothing is left out.
SHORT, WHOLE = 20, 180
NEWEST_BEFORE = Kept(
    select(func.max(Ticket.received_at)).where(Ticket.received_at < bindparam("at", type_=INSTANT))
)
SO_MANY_BEFORE = Kept(
    select(Ticket.received_at)
    .where(Ticket.received_at <= bindparam("at", type_=INSTANT))
    .order_by(Ticket.received_at.desc())
    .offset(bindparam("tickets", type_=Integer))
    .limit(1)
)


@dataclass(frozen=True)
class Stretch:
    """From `since` (None: the beginning) up to but not with `until`, and the lexemes that name its days."""

    since: dt.datetime | None
    until: dt.datetime
    lexemes: tuple[str, ...] = ()


def stretch_of(until: dt.datetime, days: int) -> Stretch:
    """Return the stretch of some days that ends with an instant; longer ones are whole months, or everything."""
    end = until + SECOND
    if days > WHOLE:
        return Stretch(None, end)
    if days <= SHORT:
        first = _midnight(until) - dt.timedelta(days=days - 1)
        return Stretch(first, end, tuple(terms.day(first + dt.timedelta(days=n)) for n in range(days)))
    last = _midnight(until).replace(day=1)
    firsts = [_months_before(last, n) for n in range(-(-days // 30))]
    return Stretch(firsts[-1], end, tuple(map(terms.month, firsts)))


def newest_before(at: dt.datetime) -> dt.datetime | None:
    """Return when the last ticket before an instant came in: a search starts there."""
    newest: dt.datetime | None = NEWEST_BEFORE.rows(at=at)[0][0]
    return newest


def days_of(tickets: int, until: dt.datetime) -> int:
    """Return how many days, the one of `until` among them, so many tickets took; `WHOLE` if there are not as many."""
    found = SO_MANY_BEFORE.rows(at=until, tickets=tickets)
    return (_midnight(until) - _midnight(found[0].received_at)).days + 1 if found else WHOLE


def _midnight(at: dt.datetime) -> dt.datetime:
    return at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _months_before(first: dt.datetime, months: int) -> dt.datetime:
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return first.replace(year=year, month=month + 1)


def look(
    asked: clauses.Asked, actor: Actor, stretch: Stretch, after: Cursor | None, size: int
) -> Sequence[Row[Any]]:
    """Look through one stretch: what the index finds, of it what fits, and how many of each."""
    named = [f"({' | '.join(_quoted(one) for one in stretch.lexemes)})"] if stretch.lexemes else []
    words = " & ".join([*asked.lexemes, *named])
    shape = _Shape(actor.grants, bool(words), stretch.since is not None, after is not None)
    values = {"words": words, "until": stretch.until, "since": stretch.since, "size": size}
    if after is not None:
        values |= {"at": after.at or FOREVER, "id": after.id}
    with planned_anew():
        if asked.indexed or asked.filters:
            return db.session.execute(_statement(shape, asked.indexed, asked.filters), values).all()
        return _kept(shape).rows(**values)


@dataclass(frozen=True)
class _Shape:
    """What a stretch's statement is made for: who looks, and which bounds it has."""

    grants: frozenset[Grant]
    words: bool
    since: bool
    after: bool


@functools.lru_cache(maxsize=512)
def _kept(shape: _Shape) -> Kept:
    """Return the statement of what most look for: words, and nothing but words."""
    return Kept(_statement(shape, (), ()))


def _statement(shape: _Shape, indexed: Sequence[Condition], filters: Sequence[Condition]) -> Select[Any]:
    """Return the statement; of what the index finds it carries no more along than what it needs to choose a page."""
    until, since, at = (bindparam(name, type_=INSTANT) for name in ("until", "since", "at"))
    where = [Ticket.received_at < until, *indexed]
    if not nearly_all(shape.grants):
        where.append(ever_at(bureaus_of(shape.grants)))
    if shape.words:
        where.append(clauses.has(bindparam("words", type_=Text)))
    if shape.since:
        where.append(Ticket.received_at >= since)
    if shape.after:
        where.append(tuple_(Ticket.received_at, Ticket.id) < tuple_(at, bindparam("id", type_=BigInteger)))
    fits = and_(readable_with(shape.grants), *filters)
    hit = select(Ticket.id, Ticket.received_at, fits.label("fits")).where(*where).cte("hits")
    hit = hit.prefix_with("MATERIALIZED", dialect="postgresql")
    told = (func.count().label("looked"), func.count().filter(hit.c.fits).label("fitting"))
    counted = select(*told).select_from(hit).cte("counted")
    newest = select(hit.c.id, hit.c.received_at).where(hit.c.fits)
    newest = newest.order_by(hit.c.received_at.desc(), hit.c.id.desc())
    shown = newest.limit(bindparam("size", type_=Integer)).subquery("shown")
    joined = counted.outerjoin(shown, literal(value=True)).outerjoin(Ticket, Ticket.id == shown.c.id)
    newest_first = (shown.c.received_at.desc(), shown.c.id.desc())
    return select(*COLUMNS, counted).select_from(joined).order_by(*newest_first)


def _quoted(lexeme: str) -> str:
    return f"'{lexeme}'"

"""Search within what a colleague may read, newest first, in bounded steps.

A look goes back in time by stretches: the newest two days, then as far as promises some hundred rows more. Each is one
statement that the GIN index answers alone: the day or the month is a lexeme like the words, and so are places and
lines; the bureaus that had a ticket are the index's second column. A common word fills the page from the first
stretch, a rare one has few hits however far back; so no search reads more than a few thousand rows.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal, select, tuple_

from ticketing.domain import numbers
from ticketing.domain.actors import Actor
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.query import Query
from ticketing.domain.register_code import parse_register_code
from ticketing.domain.vocabulary import Role, TicketType
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import clauses, terms, worklists
from ticketing.services.visibility import ever_at, readable, reads_nearly_all
from ticketing.services.worklists import COLUMNS, COUNTED, FOREVER, PAGE, Condition, Cursor, Page, newest

#: Days of the first stretch; up to so many are named day by day, from so many on nothing is left out.
FIRST, SHORT, WHOLE = 2, 20, 400
#: Rows that a stretch should hold.
AT_ONCE = 400
#: The digits of a number behind its day: the serial, and the check digit behind it; so many found by a part are shown.
SERIAL, TAIL, PARTS = 6, 7, 10
#: Having looked at so many rows, a search says how far back it has come instead of going on.
ENOUGH = 5_000
SECOND = dt.timedelta(seconds=1)
DUE = "due"
#: A request is written down so long after it was spoken at most, or it is an import.
LATE_ENTRY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Found:
    """A page of hits; `total` as people see it; `back_to`: how far back the search has looked, None: to the end."""

    page: Page
    total: str = ""
    back_to: dt.datetime | None = None


NOTHING = Found(Page([], None), "0")


def found(
    query: Query, actor: Actor, after: Cursor | None, now: dt.datetime, *, order: str | None = None
) -> Found:
    """Return what a query finds.

    `order`: `due` for open tickets by due time, `newest`; None: by due time where the query asks about open tickets
    alone and for no words.
    """
    named = _named(query, actor)
    if named is not None:
        return Found(newest(and_(named, readable(actor)), after))
    parts = _by_part(query, actor) if after is None else []
    asked = clauses.conditions(query, actor, now)
    if asked is None:
        return NOTHING
    if order == DUE or (order is None and asked.open_only and not asked.lexemes):
        words = [clauses.has(" & ".join(asked.lexemes))] if asked.lexemes else []
        condition = and_(readable(actor), *words, *asked.filters)
        total = worklists.counts([condition])[0] if after is None else None
        shown = "" if total is None else worklists.shown_count(total)
        return Found(worklists.by_due(condition, after), shown)
    rest = _back_in_time(asked, actor, after, now)
    return (
        replace(rest, page=Page([*parts, *_others(rest.page.rows, parts)], rest.page.after))
        if parts
        else rest
    )


def _others(rows: Sequence[Row[Any]], known: Sequence[Row[Any]]) -> list[Row[Any]]:
    ids = {row.id for row in known}
    return [row for row in rows if row.id not in ids]


def _by_part(query: Query, actor: Actor) -> Sequence[Row[Any]]:
    """Return the newest tickets of whose number a line is a part: its end as it is read out, or its beginning.

    The serial alone (six digits), with the check digit (seven), or the day with what follows it (eight and more).
    """
    digits = query.line.replace("-", "").strip()
    if (
        query.clauses
        or not digits.isascii()
        or not digits.isdigit()
        or not SERIAL <= len(digits) < numbers.LENGTH
    ):
        return []
    column = func.right(Ticket.number, TAIL) if len(digits) <= TAIL else Ticket.number
    wanted = select(*COLUMNS).where(column >= digits, column <= digits + "9" * TAIL, readable(actor))
    newest_first = wanted.order_by(Ticket.received_at.desc(), Ticket.id.desc())
    return db.session.execute(newest_first.limit(PARTS)).all()


def newer(query: Query, actor: Actor, since: dt.datetime, now: dt.datetime) -> int:
    """Return how many tickets that a query finds were registered after an instant, `COUNTED` + 1 at most.

    What is registered now was spoken a while ago at most, so the index by that time narrows it down.
    """
    asked = clauses.conditions(query, actor, now)
    if asked is None:
        return 0
    words = [clauses.has(" & ".join(asked.lexemes))] if asked.lexemes else []
    lately = Ticket.received_at > since - LATE_ENTRY
    where = (lately, Ticket.created_at > since, readable(actor), *words, *asked.filters)
    capped = select(Ticket.id).where(*where).limit(COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def mistyped(query: str) -> str | None:
    """Return what is wrong with a query that was meant as a ticket number: told before any look-up."""
    if sum(char.isdigit() for char in query) != numbers.LENGTH:
        return None
    try:
        numbers.parse(query)
    except Invalid as error:
        return error.message
    return None


@dataclass(frozen=True)
class _Stretch:
    """From `since` (None: the beginning) up to but not with `until`, and the lexemes that name its days."""

    since: dt.datetime | None
    until: dt.datetime
    lexemes: tuple[str, ...] = ()


def _stretch(until: dt.datetime, days: int) -> _Stretch:
    """Return the stretch of some days that ends with an instant; longer ones are whole months, or everything."""
    end = until + SECOND
    if days > WHOLE:
        return _Stretch(None, end)
    if days <= SHORT:
        first = _midnight(until) - dt.timedelta(days=days - 1)
        return _Stretch(first, end, tuple(terms.day(first + dt.timedelta(days=n)) for n in range(days)))
    last = _midnight(until).replace(day=1)
    firsts = [_months_before(last, n) for n in range(-(-days // 30))]
    return _Stretch(firsts[-1], end, tuple(map(terms.month, firsts)))


def _newest_before(at: dt.datetime) -> dt.datetime | None:
    return db.session.scalar(select(func.max(Ticket.received_at)).where(Ticket.received_at < at))


def _midnight(at: dt.datetime) -> dt.datetime:
    return at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _months_before(first: dt.datetime, months: int) -> dt.datetime:
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return first.replace(year=year, month=month + 1)


def _back_in_time(asked: clauses.Asked, actor: Actor, after: Cursor | None, now: dt.datetime) -> Found:
    own = [] if reads_nearly_all(actor) else [ever_at(actor.bureau_codes)]
    filters = [readable(actor), *asked.filters]
    start = after.at if after is not None and after.at is not None else min(now, asked.until or now)
    until, days = _newest_before(start + SECOND), FIRST
    rows: list[Row[Any]] = []
    looked = fitting = 0
    while until is not None and (asked.since is None or until >= asked.since):
        stretch = _stretch(until, days)
        statement = _statement(asked, stretch, [*own, *asked.indexed], filters, after)
        seen = db.session.execute(statement.limit(PAGE + 1 - len(rows))).all()
        rows += [row for row in seen if row.id is not None]
        looked, fitting = looked + seen[0].looked, fitting + seen[0].fitting
        until = _newest_before(stretch.since) if stretch.since is not None else None
        if len(rows) > PAGE:
            break
        if looked > ENOUGH and until is not None:
            return Found(Page(rows, Cursor(stretch.since, 0)), f"{fitting}+", back_to=stretch.since)
        days = _next(days, seen[0].looked)
    page = worklists.page_of(rows, "received_at", PAGE)
    return Found(page, _total(fitting, more=page.after is not None) if after is None else "")


def _next(days: int, looked: int) -> int:
    """Return how far the next stretch reaches, so that it holds some `AT_ONCE` rows by what the last one held."""
    return max(4 * days, int(days * AT_ONCE / max(looked, 1)))


def _total(fitting: int, *, more: bool) -> str:
    if fitting > COUNTED:
        return f"{COUNTED}+"
    return f"{fitting}+" if more else str(fitting)


def _statement(
    asked: clauses.Asked,
    stretch: _Stretch,
    indexed: Sequence[Condition],
    filters: Sequence[Condition],
    after: Cursor | None,
) -> Select[Any]:
    """Return the statement of one stretch: what the index finds, of it what fits, and how many of each."""
    named = [f"({' | '.join(_quoted(one) for one in stretch.lexemes)})"] if stretch.lexemes else []
    words = " & ".join([*asked.lexemes, *named])
    where = [Ticket.received_at < stretch.until, *indexed]
    if words:
        where.append(clauses.has(words))
    if stretch.since is not None:
        where.append(Ticket.received_at >= stretch.since)
    if after is not None:
        where.append(tuple_(Ticket.received_at, Ticket.id) < (after.at or FOREVER, after.id))
    hits = select(*COLUMNS, and_(*filters).label("fits")).where(*where)
    hit = hits.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
    told = select(func.count().label("looked"), func.count().filter(hit.c.fits).label("fitting")).select_from(
        hit
    )
    counted = told.cte("counted")
    newest_first = select(hit).where(hit.c.fits).order_by(hit.c.received_at.desc(), hit.c.id.desc())
    shown = newest_first.limit(PAGE + 1).subquery("shown")
    joined = counted.outerjoin(shown, literal(value=True))
    return select(shown, counted).select_from(joined).order_by(shown.c.received_at.desc(), shown.c.id.desc())


def _quoted(lexeme: str) -> str:
    return f"'{lexeme}'"


def _named(query: Query, actor: Actor) -> Condition | None:
    """Return the condition of what has a name of its own: number, telephone, register code.

    Who reported something is hidden from bureaus and operators: a report is not found by its telephone.
    """
    if query.clauses or query.without:
        return None
    sees_reports = actor.has(Role.DISPATCHER) or actor.has(Role.SUPERVISOR)
    named = () if sees_reports else (Ticket.type != TicketType.REPORT.value,)
    readings = (
        (Ticket.number, numbers.parse, ()),
        (Ticket.register_code, parse_register_code, ()),
        (Ticket.phone, lambda typed: parse_phone(typed).e164, named),
    )
    for column, read, more in readings:
        try:
            if name := read(query.line):
                return and_(column == name, *more)
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


def reindex(ticket: Ticket, regions: Iterable[str]) -> None:
    """Write a ticket's lexemes anew, after its type changed or its terms became others."""
    findable = terms.Findable(
        ticket.received_at,
        ticket.type,
        ticket.enterprise,
        ticket.requester,
        ticket.phone,
        ticket.line,
        regions,
    )
    ticket.terms = terms.written(findable.lexemes(terms.terms(f"{ticket.subject}\n{ticket.body}")))

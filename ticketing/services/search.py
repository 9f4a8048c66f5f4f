"""Search within what a colleague may read, newest first, in bounded steps.

A look goes back in time by stretches: the newest day, then as far as promises some hundred rows more. Each is one
statement that the GIN index answers alone: the day or the month is a lexeme like the words, and so are places and
lines; the bureaus that had a ticket are the index's second column. A common word fills the page from the first
stretch, a rare one has few hits however far back; so no search reads more than a few thousand rows.
"""

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Row,
    Text,
    and_,
    bindparam,
    func,
    select,
)

from ticketing.domain import numbers
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.query import Query
from ticketing.domain.register_code import parse_register_code
from ticketing.domain.vocabulary import Role, TicketType
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import clauses, stretches, terms, worklists
from ticketing.services.kept import Kept
from ticketing.services.visibility import readable, readable_with
from ticketing.services.worklists import COLUMNS, COUNTED, PAGE, Cursor, Newest, Page

#: Days of the first stretch.
FIRST = 1
#: Rows that a stretch should hold.
AT_ONCE = 200
#: The next stretch is so many times as long at least and at most.
LEAST, MOST = 4, 16
#: A first day that finds little says little of the year before, being a morning with few tickets, or a day on which all
#: wrote of one thing: the stretch after it holds so many tickets.
SAMPLE = 1_000
#: The digits of a number behind its day: the serial, and the check digit behind it; so many found by a part are shown.
SERIAL, TAIL, PARTS = 6, 7, 10
#: Having looked at so many rows, a search says how far back it has come instead of going on.
ENOUGH = 5_000
#: How what has a name of its own is written, by its column.
NAMES: Mapping[str, Callable[[str], str | None]] = {
    "number": numbers.parse,
    "register_code": parse_register_code,
    "phone": lambda typed: parse_phone(typed).e164,
}
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
        listed, name = named
        return Found(listed.page(after, name=name))
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


@functools.lru_cache(maxsize=256)
def newest_readable(grants: frozenset[Grant]) -> Newest:
    """Return the list of everything that whoever holds these grants may read."""
    return Newest(readable_with(grants))


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
    return _part(actor.grants, len(digits) <= TAIL).rows(first=digits, last=digits + "9" * TAIL)


@functools.lru_cache(maxsize=256)
def _part(grants: frozenset[Grant], tail: bool) -> Kept:
    column = func.right(Ticket.number, TAIL) if tail else Ticket.number
    within = (column >= bindparam("first", type_=Text), column <= bindparam("last", type_=Text))
    wanted = select(*COLUMNS).where(*within, readable_with(grants))
    return Kept(wanted.order_by(Ticket.received_at.desc(), Ticket.id.desc()).limit(PARTS))


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


def _back_in_time(asked: clauses.Asked, actor: Actor, after: Cursor | None, now: dt.datetime) -> Found:
    start = after.at if after is not None and after.at is not None else min(now, asked.until or now)
    until, days = stretches.newest_before(start + stretches.SECOND), FIRST
    rows: list[Row[Any]] = []
    looked = fitting = 0
    sampled = False
    while until is not None and (asked.since is None or until >= asked.since):
        stretch = stretches.stretch_of(until, days)
        seen = stretches.look(asked, actor, stretch, after, PAGE + 1 - len(rows))
        rows += [row for row in seen if row.id is not None]
        looked, fitting = looked + seen[0].looked, fitting + seen[0].fitting
        until = stretches.newest_before(stretch.since) if stretch.since is not None else None
        if len(rows) > PAGE:
            break
        if looked > ENOUGH and until is not None:
            return Found(Page(rows, Cursor(stretch.since, 0)), f"{fitting}+", back_to=stretch.since)
        days, sampled = _next(days, seen[0].looked, None if sampled else until), True
    page = worklists.page_of(rows, "received_at", PAGE)
    return Found(page, _total(fitting, more=page.after is not None) if after is None else "")


def _next(days: int, looked: int, sampled_from: dt.datetime | None) -> int:
    """Return how far the next stretch reaches, so that it holds some `AT_ONCE` rows by what the last one held."""
    times = min(max(AT_ONCE // max(looked, 1), LEAST), MOST)
    if sampled_from is not None and times == MOST:
        return min(stretches.days_of(SAMPLE, sampled_from), MOST)
    return days * times


def _total(fitting: int, *, more: bool) -> str:
    if fitting > COUNTED:
        return f"{COUNTED}+"
    return f"{fitting}+" if more else str(fitting)


def _named(query: Query, actor: Actor) -> tuple[Newest, str] | None:
    """Return the list of what has a name of its own, number, telephone, register code, and the name."""
    if query.clauses or query.without:
        return None
    for column, read in NAMES.items():
        try:
            if name := read(query.line):
                return _by_name(actor.grants, column), name
        except Invalid:
            continue
    return None


@functools.lru_cache(maxsize=256)
def _by_name(grants: frozenset[Grant], column: str) -> Newest:
    """Return the list of what bears a name; who reported something is hidden from bureaus and operators.

    So a report is not found by its telephone.
    """
    condition = and_(getattr(Ticket, column) == bindparam("name", type_=Text), readable_with(grants))
    sees_reports = any(grant.role in (Role.DISPATCHER, Role.SUPERVISOR) for grant in grants)
    if column == "phone" and not sees_reports:
        condition = and_(condition, Ticket.type != TicketType.REPORT.value)
    return Newest(condition)


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

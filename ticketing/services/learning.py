"""Lessons as examples: what people corrected since, without the people in it.

One bureau cannot poison the router by returning everything: a return teaches only when it was upheld, or when it
was refused and the router had meant another bureau. What the router had right teaches nothing.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from routing.directory import Directory
from routing.examples import LESSONS, Example
from routing.masking import masked
from ticketing.domain.actors import Actor
from ticketing.extensions import db
from ticketing.models import Account, RoutingDecision, RoutingLesson, Ticket
from ticketing.services.lessons import Lesson
from ticketing.services.province import Province
from ticketing.services.visibility import readable
from ticketing.services.worklists import COLUMNS, PAGE, Cursor, Page

#: Heavy enough that ten teach a new topic, light enough that nothing else moves; a test measures both.
WEIGHT = 0.6
#: More would make training slow and teach little; the newest count.
MOST = 20_000


@dataclass(frozen=True)
class Taught:
    """A lesson with what the router had said and what the ticket says."""

    row: Row[Any]
    line: str
    teaches: bool


def examples(province: Province) -> list[Example]:
    """Return what the lessons teach, oldest first; of several about one ticket the newest counts."""
    return [_example(one) for one in taught(province) if one.teaches]


def taught(province: Province, most: int = MOST) -> list[Taught]:
    """Return the newest lessons, oldest first, and whether each teaches; erased tickets teach nothing."""
    newest = (
        select(RoutingLesson)
        .ext(distinct_on(RoutingLesson.ticket_id))
        .order_by(RoutingLesson.ticket_id, RoutingLesson.id.desc())
        .subquery()
    )
    decided = (
        select(RoutingDecision.bureau_code)
        .where(RoutingDecision.ticket_id == Ticket.id)
        .order_by(RoutingDecision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = (
        select(newest, Ticket.subject, Ticket.body, Ticket.enterprise, Ticket.requester, Ticket.hotline_number,
               decided.label("router_code"))
        .join(Ticket, Ticket.id == newest.c.ticket_id)
        .where(Ticket.body != "")
        .order_by(newest.c.id.desc())
        .limit(most)
    )  # fmt: skip
    rows = reversed(db.session.execute(wanted).all())
    return list(_read(rows, province.archive))


def _read(rows: Iterable[Row[Any]], archive: Directory) -> Iterable[Taught]:
    for row in rows:
        line = archive.bureaus[row.bureau_code].line
        said = archive.bureaus.get(row.router_code or "")
        silent = said is None and row.source == Lesson.REFUSED
        yield Taught(row, line, teaches=not silent and (said is None or said.line != line))


def _example(one: Taught) -> Example:
    names = (one.row.requester, one.row.enterprise)
    text = masked(f"{one.row.subject}\n{one.row.body}", names)
    return Example(text, one.line, hotline=one.row.hotline_number, weight=WEIGHT, source=LESSONS)


def newest(actor: Actor, after_id: int | None) -> Page:
    """Return the newest lessons with who taught them, each with its ticket's columns, as far as one may read."""
    wanted = (
        select(
            *COLUMNS, RoutingLesson.id.label("lesson_id"), RoutingLesson.source,
            RoutingLesson.bureau_code.label("right_code"), RoutingLesson.taught_at, Account.name.label("teacher"),
        )
        .join(Ticket, Ticket.id == RoutingLesson.ticket_id)
        .join(Account, Account.id == RoutingLesson.taught_by_id)
        .where(readable(actor))
        .order_by(RoutingLesson.id.desc())
    )  # fmt: skip
    if after_id is not None:
        wanted = wanted.where(RoutingLesson.id < after_id)
    rows = db.session.execute(wanted.limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], Cursor(last.taught_at, last.lesson_id) if last is not None else None)


def count_since(moment: dt.datetime | None) -> int:
    """Return how many lessons came after an instant, or ever."""
    wanted = select(func.count()).select_from(RoutingLesson)
    return (
        db.session.scalar(wanted if moment is None else wanted.where(RoutingLesson.taught_at > moment)) or 0
    )


def by_source(rows: Sequence[Taught]) -> dict[str, int]:
    """Return how many lessons there are of each kind."""
    return {kind.value: len([one for one in rows if one.row.source == kind]) for kind in Lesson}

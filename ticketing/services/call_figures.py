"""Figures of the telephone: what came in by line and hour, how soon it was picked up, what was lost and called back."""

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Row,
    Select,
    Text,
    bindparam,
    extract,
    func,
    literal_column,
    select,
    tuple_,
)

from ticketing.domain.calls import INCOMING, RING_PROMISE, CallState, Outcome
from ticketing.domain.clock import LOCAL
from ticketing.models import Call, Callback, CallbackTry
from ticketing.services.kept import INSTANT, Kept

DAY = dt.timedelta(days=1)
INSIDE = Call.direction == INCOMING
WAITED = extract("epoch", Call.answered_at - Call.rang_at)
ANSWERED = Call.answered_at.is_not(None)
RINGS = Call.state == CallState.RINGING.value
LOST = Call.answered_at.is_(None) & Call.ended_at.is_not(None)
#: The hour of the day here, written out: a parameter would not be known as the one that is grouped by.
HOUR = literal_column(f"extract(hour FROM timezone('{LOCAL.key}', call.rang_at))").label("hour")
Inside = tuple[ColumnElement[bool], ...]
PROMISED_SECONDS = int(RING_PROMISE.total_seconds())


@dataclass(frozen=True)
class Figures:
    """The figures of some days; each share is of what stands beside it."""

    total: Row[Any]
    lines: Sequence[Row[Any]]
    hours: dict[int, Row[Any]]
    repeat: int
    kept: Row[Any]


COLUMNS = (
    func.count().label("calls"),
    func.count().filter(ANSWERED).label("answered"),
    func.count().filter(ANSWERED & (WAITED <= PROMISED_SECONDS)).label("in_time"),
    func.count().filter(LOST).label("lost"),
    func.count().filter(LOST & (Call.outcome == Outcome.ABANDONED.value)).label("abandoned"),
    func.avg(extract("epoch", Call.ended_at - Call.answered_at)).filter(ANSWERED).cast(Float).label("talk"),
    func.avg(extract("epoch", Call.filed_at - Call.ended_at))
    .filter(ANSWERED & (Call.filed_at > Call.ended_at))
    .cast(Float)
    .label("filing"),
)


def between(start: dt.datetime, end: dt.datetime, line: str = "") -> Figures:
    """Return the figures of the calls that rang in [start, end), of all lines or of one: the calls are read once."""
    asked, values = _asked(bool(line)), {"start": start, "end": end, "line": line}
    rows = asked.calls.rows(**values)
    return Figures(
        total=next(row for row in rows if row.hotline_number is None and row.hour is None),
        lines=[row for row in rows if row.hotline_number is not None],
        hours={int(row.hour): row for row in rows if row.hour is not None},
        repeat=asked.repeat.rows(**values)[0][0],
        kept=asked.kept.rows(**values)[0],
    )


@dataclass(frozen=True)
class _Asked:
    """The statements of a page: calls by line and by hour, numbers that called again, call-backs owed and made."""

    calls: Kept
    repeat: Kept
    kept: Kept


@functools.lru_cache
def _asked(of_a_line: bool) -> _Asked:
    start, end = (bindparam(name, type_=INSTANT) for name in ("start", "end"))
    inside: Inside = (INSIDE, Call.rang_at >= start, Call.rang_at < end)
    inside += (Call.hotline_number == bindparam("line", type_=Text),) if of_a_line else ()
    calls = (
        select(Call.hotline_number, HOUR, *COLUMNS)
        .where(*inside)
        .group_by(func.grouping_sets(tuple_(), tuple_(Call.hotline_number), tuple_(HOUR)))
        .order_by(func.count().desc(), Call.hotline_number)
    )
    return _Asked(Kept(calls), Kept(_repeat(inside)), Kept(_kept(inside)))


def _repeat(inside: Inside) -> Select[Any]:
    """Count the numbers that called more than once."""
    again = (
        select(Call.caller)
        .where(*inside, Call.caller != "")
        .group_by(Call.caller)
        .having(func.count() > 1)
        .subquery()
    )
    return select(func.count()).select_from(again)


def _kept(inside: Inside) -> Select[Any]:
    """Count how many lost calls left a duty, and of how many the first try came in time."""
    first = (
        select(func.min(CallbackTry.at))
        .where(CallbackTry.callback_id == Callback.id)
        .correlate(Callback)
        .scalar_subquery()
    )
    acted = func.least(first, Callback.done_at)
    counted = (
        func.count().label("duties"),
        func.count().filter(acted <= Callback.due_at).label("in_time"),
        func.count().filter(acted.is_(None)).label("untouched"),
    )
    return select(*counted).join(Call, Call.id == Callback.call_id).where(LOST, *inside)


#: For each line how many ring, wait and talk at this moment, and since when the longest waits.
MOVING = Kept(
    select(
        Call.hotline_number,
        func.count().filter(RINGS).label("ringing"),
        func.count().filter(~RINGS).label("talking"),
        func.min(Call.rang_at).filter(RINGS).label("since"),
    )
    .where(Call.ended_at.is_(None))
    .group_by(Call.hotline_number)
)


def now_by_line() -> dict[str, Row[Any]]:
    """Return `MOVING` by line; lines on which nothing happens are not in it."""
    return {row.hotline_number: row for row in MOVING.rows()}

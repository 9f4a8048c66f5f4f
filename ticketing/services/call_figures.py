"""Figures of the telephone: what came in by line and hour, how soon it was picked up, what was lost and called back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Row, extract, func, literal_column, select, tuple_

from ticketing.domain.calls import INCOMING, RING_PROMISE, CallState, Outcome
from ticketing.domain.clock import LOCAL
from ticketing.extensions import db
from ticketing.models import Call, Callback, CallbackTry

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
    inside: Inside = (INSIDE, Call.rang_at >= start, Call.rang_at < end)
    inside += (Call.hotline_number == line,) if line else ()
    rows = db.session.execute(
        select(Call.hotline_number, HOUR, *COLUMNS)
        .where(*inside)
        .group_by(func.grouping_sets(tuple_(), tuple_(Call.hotline_number), tuple_(HOUR)))
        .order_by(func.count().desc(), Call.hotline_number)
    ).all()
    return Figures(
        total=next(row for row in rows if row.hotline_number is None and row.hour is None),
        lines=[row for row in rows if row.hotline_number is not None],
        hours={int(row.hour): row for row in rows if row.hour is not None},
        repeat=_repeat(inside),
        kept=_kept(inside),
    )


def _repeat(inside: Inside) -> int:
    """Return how many numbers called more than once."""
    again = (
        select(Call.caller)
        .where(*inside, Call.caller != "")
        .group_by(Call.caller)
        .having(func.count() > 1)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(again)) or 0


def kept_between(start: dt.datetime, end: dt.datetime) -> Row[Any]:
    """Return of the calls lost in [start, end) how many were owed a call-back, and how many got it in time."""
    return _kept((INSIDE, Call.rang_at >= start, Call.rang_at < end))


def _kept(inside: Inside) -> Row[Any]:
    """Return how many lost calls left a duty, and of how many the first try came in time."""
    first = (
        select(func.min(CallbackTry.at))
        .where(CallbackTry.callback_id == Callback.id)
        .correlate(Callback)
        .scalar_subquery()
    )
    acted = func.least(first, Callback.done_at)
    return db.session.execute(
        select(
            func.count().label("duties"),
            func.count().filter(acted <= Callback.due_at).label("in_time"),
            func.count().filter(acted.is_(None)).label("untouched"),
        )
        .join(Call, Call.id == Callback.call_id)
        .where(LOST, *inside)
    ).one()


def now_by_line() -> dict[str, Row[Any]]:
    """Return for each line how many ring, wait and talk at this moment, and since when the longest waits."""
    rows = db.session.execute(
        select(
            Call.hotline_number,
            func.count().filter(RINGS).label("ringing"),
            func.count().filter(~RINGS).label("talking"),
            func.min(Call.rang_at).filter(RINGS).label("since"),
        )
        .where(Call.ended_at.is_(None))
        .group_by(Call.hotline_number)
    )
    return {row.hotline_number: row for row in rows}

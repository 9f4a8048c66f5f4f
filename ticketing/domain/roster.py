"""值班: who is on duty when, reckoned from weekly shifts, dated exceptions and leave; values in, stretches out.

A shift belongs to the day on which it begins: one from 20:00 to 08:00 on working days runs into Saturday morning,
and the night before a holiday is worked to its end. Equal times are a whole day. Stretches are half-open.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ticketing.domain.clock import LOCAL
from ticketing.domain.errors import Invalid
from ticketing.domain.opening import ROUND_THE_CLOCK, span_of
from ticketing.domain.words import N_

WORKING, OFF = "working", "off"
DAY_WORDS = {WORKING: N_("工作日"), OFF: N_("休息日和节假日")}
_WEEKDAYS = re.compile(r"(?=.)1?2?3?4?5?6?7?")

Works = Callable[[dt.date], bool]


@dataclass(frozen=True)
class Shift:
    """A weekly pattern: `days` is `working`, `off` (by the working calendar) or weekdays like `135`, Monday 1."""

    account_id: int
    days: str
    starts: dt.time
    ends: dt.time
    since: dt.date = dt.date.min
    until: dt.date = dt.date.max


@dataclass(frozen=True)
class Dated:
    """What is different on one day: `on` adds a stretch, otherwise the person's pattern of that day is off."""

    account_id: int
    day: dt.date
    on: bool
    starts: dt.time = dt.time.min
    ends: dt.time = dt.time.min


@dataclass(frozen=True)
class Leave:
    """A person is away, in all groups."""

    account_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime


class Stretch(NamedTuple):
    """From when until when a person is on."""

    start: dt.datetime
    end: dt.datetime
    account_id: int


class Span(NamedTuple):
    """A stretch of nobody in particular."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Roster:
    """The rules of one group."""

    shifts: Sequence[Shift] = ()
    dated: Sequence[Dated] = ()
    leaves: Sequence[Leave] = ()

    def stretches(self, start: dt.datetime, end: dt.datetime, works: Works) -> list[Stretch]:
        """Return who is on between two instants, in order of time; a shift of the day before may run in."""
        first = start.astimezone(LOCAL).date() - dt.timedelta(days=1)
        count = (end.astimezone(LOCAL).date() - first).days + 1
        found = [one for n in range(count) for one in self._begun_on(first + dt.timedelta(days=n), works)]
        present = [left for one in found for left in _without(one, self.leaves)]
        return sorted(
            Stretch(max(one.start, start), min(one.end, end), one.account_id)
            for one in present
            if one.start < end and one.end > start
        )

    def on_at(self, now: dt.datetime, works: Works) -> list[int]:
        """Return the accounts that are on, once each."""
        found = self.stretches(now, now + dt.timedelta(seconds=1), works)
        return list(dict.fromkeys(one.account_id for one in found))

    def _begun_on(self, day: dt.date, works: Works) -> list[Stretch]:
        off = {one.account_id for one in self.dated if one.day == day and not one.on}
        regular = [
            _stretch(day, one.starts, one.ends, one.account_id)
            for one in self.shifts
            if one.since <= day <= one.until and one.account_id not in off and falls_on(one.days, day, works)
        ]
        extra = [
            _stretch(day, one.starts, one.ends, one.account_id)
            for one in self.dated
            if one.day == day and one.on
        ]
        return regular + extra


def falls_on(days: str, day: dt.date, works: Works) -> bool:
    """Tell whether a pattern of days means this one."""
    if days in (WORKING, OFF):
        return works(day) == (days == WORKING)
    return str(day.isoweekday()) in days


def checked_days(days: str) -> str:
    """Return a pattern of days.

    Raises:
        Invalid: with field `days`, when it is none.
    """
    if days in (WORKING, OFF) or _WEEKDAYS.fullmatch(days):
        return days
    raise Invalid(N_("请选择哪些日子值班。"), field="days")


def _stretch(day: dt.date, starts: dt.time, ends: dt.time, account_id: int) -> Stretch:
    last = day if ends > starts else day + dt.timedelta(days=1)
    return Stretch(_at(day, starts), _at(last, ends), account_id)


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, LOCAL)


def _without(one: Stretch, leaves: Iterable[Leave]) -> list[Stretch]:
    """Return what leave lets remain of a stretch."""
    left = [one]
    for leave in (leave for leave in leaves if leave.account_id == one.account_id):
        cut = Span(leave.starts_at, leave.ends_at)
        left = [Stretch(*span, one.account_id) for part in left for span in subtract(Span(*part[:2]), [cut])]
    return left


def subtract(whole: Span, parts: Iterable[Span]) -> list[Span]:
    """Return what is left of a span when the parts are taken out, in order."""
    left, start = [], whole.start
    for part in sorted(parts):
        if part.end <= start or part.start >= whole.end:
            continue
        if part.start > start:
            left.append(Span(start, part.start))
        start = part.end
    return [*left, Span(start, whole.end)] if start < whole.end else left


def gaps(wanted: Iterable[Span], stretches: Iterable[Stretch]) -> list[Span]:
    """Return when somebody is promised and nobody is on."""
    manned = [Span(one.start, one.end) for one in stretches]
    return [gap for span in wanted for gap in subtract(span, manned)]


def promised(hours: str, start: dt.datetime, end: dt.datetime, works: Works) -> list[Span]:
    """Return when a line is promised to be answered, by the hours of the pack.

    `Mon-Fri 08:30-17:00` means the working days of the calendar: a holiday is none, a make-up Sunday is one.
    """
    if hours == ROUND_THE_CLOCK:
        return [Span(start, end)]
    opens, closes = span_of(hours)
    first, last = start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    spans = [Span(max(_at(day, opens), start), min(_at(day, closes), end)) for day in days if works(day)]
    return [span for span in spans if span.start < span.end]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans that overlap or touch as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found

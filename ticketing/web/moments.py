"""Times as people here say them, exact and in words; shapes as templates/macros/ui.html wants."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flask import g
from flask_babel import ngettext

from sla.calendar import Calendar
from sla.instants import to_axis
from ticketing.domain.clock import local
from ticketing.domain.words import N_
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, words

DAY_WORDS = "一二三四五六日"
HOUR = 3600
PAPER = "dates_for_paper"
LATE = N_("超时 %(span)s")
LEFT = N_("还剩 %(span)s")


@dataclass(frozen=True)
class Moment:
    """An instant: `iso` for machines, `words` for people."""

    iso: str
    words: str


@dataclass(frozen=True)
class Reading:
    """What a clock says; `level`: ok, soon, over, paused or none."""

    level: str
    words: str
    exact: Moment | None = None
    #: Whether it rests on days that no notice has announced yet.
    provisional: bool = False


def moment(at: dt.datetime, now: dt.datetime) -> Moment:
    """Return an instant with its weekday; the year where it is not this one, and always on paper."""
    return _moment(at, unsaid_year(now), language())


def unsaid_year(now: dt.datetime) -> int | None:
    """Return the year that this page leaves out; whatever keeps dates in words has to tell them apart by it."""
    return None if g.get(PAPER) else local(now).year


def for_paper() -> None:
    """Name the year in every date of this page: it is made to be printed and read in another year."""
    setattr(g, PAPER, True)


def dated(at: dt.datetime) -> Moment:
    """Return an instant with its weekday and its year."""
    return _moment(at, None, language())


@lru_cache(maxsize=10_000)
def _moment(at: dt.datetime, this_year: int | None, tongue: str) -> Moment:
    here = local(at)
    if tongue == "en":
        year = f" {here.year}" if here.year != this_year else ""
        return Moment(at.isoformat(), f"{here:%a} {here.day} {here:%b}{year} {here:%H:%M}")
    year = f"{here.year}年" if here.year != this_year else ""
    return Moment(
        at.isoformat(), f"{year}{here.month}月{here.day}日 周{DAY_WORDS[here.weekday()]} {here:%H:%M}"
    )


def day(at: dt.date) -> str:
    """Return a date without its time."""
    return f"{at.day} {at:%b %Y}" if language() == "en" else f"{at.year}年{at.month}月{at.day}日"


def short_day(at: dt.date) -> str:
    """Return a day of a week or of a plot, which says its year elsewhere."""
    return f"{at.day} {at:%b}" if language() == "en" else f"{at.month}/{at.day}"


def reading(
    due: dt.datetime | None,
    now: dt.datetime,
    calendar: Calendar,
    *,
    paused: bool = False,
    since: dt.datetime | None = None,
) -> Reading:
    """Return what a due time means now, in working days, or in hours where less than one is left.

    Never a negative number: 超时 3 个工作日. `since`: when the clock started; the day of receipt is not counted,
    so that five days promised are not six on their first day.
    """
    return reader(now)(due, calendar, paused=paused, since=since)


def reader(now: dt.datetime) -> Callable[..., Reading]:
    """Return how to do `reading` at an instant: what the lines of a list share is asked once."""
    minute, said = now.replace(second=0, microsecond=0), (unsaid_year(now), language())

    def read(
        due: dt.datetime | None, calendar: Calendar, *, paused: bool = False, since: dt.datetime | None = None
    ) -> Reading:
        if due is None:
            return Reading("paused", _("计时暂停")) if paused else Reading("none", _("没有时限"))
        return _reading(due, minute, calendar, now > due, since, said)

    return read


@lru_cache(maxsize=10_000)
def _reading(
    due: dt.datetime,
    now: dt.datetime,
    calendar: Calendar,
    over: bool,
    since: dt.datetime | None,
    _said: tuple[int | None, str],
) -> Reading:
    """Reckon a due time once a minute, the finest that is said: the same fifty lines are read all day.

    `_said`: the year that is left out and the language, for the cache alone.
    """
    if over:
        return Reading("over", words(LATE) % {"span": _span(due, now, calendar)}, moment(due, now))
    closes = calendar.closes_through(to_axis(due)) - calendar.closes_through(to_axis(now))
    level = "soon" if closes <= 1 or (due - now).total_seconds() < 8 * HOUR else "ok"
    left = _span(_counted_from(now, since), due, calendar, now)
    return Reading(level, words(LEFT) % {"span": left}, moment(due, now))


def stopped(at: dt.datetime, due: dt.datetime | None, now: dt.datetime, calendar: Calendar) -> Reading:
    """Return how a clock that stands ended: in time, or late by so much."""
    if due is None or at <= due:
        return Reading("ok", _("按时"), moment(at, now))
    return Reading("over", words(LATE) % {"span": _span(due, at, calendar)}, moment(at, now))


def _counted_from(now: dt.datetime, since: dt.datetime | None) -> dt.datetime:
    """Return from when on closes count for who looks at a clock now."""
    here = local(now)
    if since is None or local(since).date() != here.date():
        return now
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)


def _span(start: dt.datetime, end: dt.datetime, calendar: Calendar, shown: dt.datetime | None = None) -> str:
    """Return a stretch as whole working days counted from `start`, or hours and minutes from `shown` on."""
    seconds = int((end - (shown or start)).total_seconds())
    days = calendar.closes_through(to_axis(end)) - calendar.closes_through(to_axis(start))
    if days >= 1 and seconds >= 12 * HOUR:
        return _span_words(days, 0, 0, language())
    return _span_words(0, *divmod(max(seconds, 60) // 60, 60), language())


@lru_cache(maxsize=10_000)
def _span_words(days: int, hours: int, minutes: int, _tongue: str) -> str:
    """Return the words of a stretch in the language of this request, which `_tongue` names for the cache."""
    if days:
        return ngettext("%(num)s 个工作日", "%(num)s 个工作日", days)
    if not hours:
        return ngettext("%(num)s 分钟", "%(num)s 分钟", minutes)
    if not minutes or hours >= 6:
        return ngettext("%(num)s 小时", "%(num)s 小时", hours)
    return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes)

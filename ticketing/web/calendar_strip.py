"""The strip of working days: used, paused, left, over, with today marked; and the same in a sentence."""

import datetime as dt
from dataclasses import dataclass

from sla.calendar import Calendar
from sla.explain import DayKind, explain
from sla.instants import ZONE, day_number
from sla.ledger import ClockState
from sla.values import Unit
from ticketing.web.i18n import gettext as _
from ticketing.web.moments import day as day_words

LONGEST = 30


@dataclass(frozen=True)
class Day:
    """One cell; `kind`: done, paused, left or over."""

    kind: str
    today: bool
    date: str


@dataclass(frozen=True)
class Strip:
    """The cells, and the sentence that says the same to a screen reader."""

    words: str
    days: list[Day]


def strip(state: ClockState, calendar: Calendar, now: dt.datetime) -> Strip | None:
    """Return the strip of a working-day clock; None for clocks that run by the minute."""
    if state.target.unit is not Unit.WORKING_DAYS:
        return None
    end = state.stopped_at or now
    told = explain(calendar, state.started_at, state.target, until=end, pauses=state.held)
    # A clock that has stopped has no today: what became of it lies behind.
    today = now.astimezone(ZONE).date() if state.stopped_at is None else None
    ended = end.astimezone(ZONE)
    days = []
    for row in told.rows:
        if row.kind is DayKind.PAUSED:
            days.append(Day("paused", row.day == today, day_words(row.day)))
        elif row.kind is DayKind.COUNTED:
            used = row.day < ended.date() or (row.day == ended.date() and _closed(ended, calendar))
            days.append(Day("done" if used else "left", row.day == today, day_words(row.day)))
    if told.due is not None and end > told.due:
        days += _over(told.due, end, calendar, today)
    words = _words(days, state.target.amount, state.stopped_at is not None)
    return Strip(words, days[:LONGEST]) if days else None


def _closed(moment: dt.datetime, calendar: Calendar) -> bool:
    return moment.hour * 3600 + moment.minute * 60 + moment.second >= calendar.close


def _over(due: dt.datetime, end: dt.datetime, calendar: Calendar, today: dt.date | None) -> list[Day]:
    days = []
    date = due.astimezone(ZONE).date() + dt.timedelta(days=1)
    while date <= end.astimezone(ZONE).date() and len(days) < LONGEST:
        if calendar.works(day_number(date)):
            days.append(Day("over", date == today, day_words(date)))
        date += dt.timedelta(days=1)
    return days


def _words(days: list[Day], target: int, stopped: bool) -> str:
    counted = {kind: sum(day.kind == kind for day in days) for kind in ("done", "paused", "left", "over")}
    said = [_("承诺 %(target)s 个工作日，已用 %(done)s 天", target=target, done=counted["done"])]
    if counted["over"]:
        said.append(_("超时 %(over)s 天", over=counted["over"]))
    elif not stopped:
        said.append(_("还剩 %(left)s 天", left=counted["left"]))
    if counted["paused"]:
        said.append(_("暂停 %(paused)s 天", paused=counted["paused"]))
    return _("，").join(said)

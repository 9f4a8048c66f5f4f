"""One arithmetic for due times, elapsed and remaining time and the moments between (domain section 5).

Instants in may have any zone, instants out are UTC, all are whole seconds. Ticks are closes for working-day
clocks and seconds for all others: `Target.ticks` says how many a target has.
"""

from collections.abc import Iterable
from datetime import datetime

from sla.calendar import Calendar
from sla.course import Course
from sla.instants import to_axis
from sla.measures import Measure, measure
from sla.values import Pause, Span, Target, Unit, spans


def due(calendar: Calendar, start: datetime, target: Target, pauses: Iterable[Pause] = ()) -> datetime | None:
    """Return when the target is used up, or None while an open pause holds it off."""
    return Course(calendar, start, target, pauses).due


def elapsed(
    calendar: Calendar, start: datetime, unit: Unit, now: datetime, *, pauses: Iterable[Pause] = ()
) -> int:
    """Return the ticks counted from `start` to `now`, never less than 0."""
    return _elapsed(measure(calendar, unit), to_axis(start), to_axis(now), spans(pauses))


def remaining(
    calendar: Calendar, start: datetime, target: Target, now: datetime, *, pauses: Iterable[Pause] = ()
) -> int:
    """Return the ticks left at `now`; below 0 when overdue."""
    return target.ticks - elapsed(calendar, start, target.unit, now, pauses=pauses)


def moment_at(
    calendar: Calendar, start: datetime, target: Target, percent: int, *, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return when `percent` (1 or more) of the target is used up, or None while an open pause holds it off."""
    return Course(calendar, start, target, pauses).at(percent)


def after(
    calendar: Calendar, moment: datetime, offset: Target, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return `offset` past a moment, as a rung after due needs it; time paused since does not count."""
    return due(calendar, moment, offset, pauses)


def left(
    calendar: Calendar, start: datetime, target: Target, now: datetime, *, pauses: Iterable[Pause] = ()
) -> int:
    """Return the ticks that a clock started at `now` may have to end with this one; 0 or less when none.

    Differs from `remaining` for day clocks only, where a clock does not count the day on which it starts.
    Pauses count as far as they lie before `now`; later ones will hold both clocks.
    """
    ruler, begin, point = measure(calendar, target.unit), to_axis(start), to_axis(now)
    goal = ruler.origin(begin) + target.ticks + _lost(ruler, begin, point, spans(pauses))
    return goal - max(ruler.origin(point), ruler.origin(begin))


def used_seconds(
    calendar: Calendar, start: datetime, end: datetime, *, unit: Unit, pauses: Iterable[Pause] = ()
) -> int:
    """Return who-used-how-much time: working seconds (round-the-clock units: seconds) outside pauses.

    Not the legal elapsed time of a day clock, and to be labelled so; ÷ `calendar.day_seconds` gives working
    days. It is additive: used(a, b) + used(b, c) == used(a, c), exactly.
    """
    additive = unit if unit.round_the_clock else Unit.WORKING_MINUTES
    return _elapsed(measure(calendar, additive), to_axis(start), to_axis(end), spans(pauses))


def _elapsed(ruler: Measure, start: int, now: int, held: list[Span]) -> int:
    return max(0, ruler.at(now) - ruler.origin(start) - _lost(ruler, start, now, held))


def _lost(ruler: Measure, start: int, now: int, held: list[Span]) -> int:
    origin, lost = ruler.origin(start), 0
    for begin, end in held:
        if begin >= now:
            break
        upto = ruler.at(now) if end is None or end > now else ruler.before(end)
        lost += max(0, upto - max(ruler.at(begin), origin))
    return lost

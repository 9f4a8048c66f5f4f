"""One arithmetic for due times, elapsed and remaining time and the moments between (domain section 5).

Instants in may have any zone, instants out are UTC, all are whole seconds. Ticks are closes for working-day
clocks and seconds for all others: `Target.ticks` says how many a target has.
"""

from collections.abc import Iterable
from datetime import datetime

from sla.calendar import Calendar
from sla.instants import DAY, from_axis, local_day, to_axis
from sla.measures import Measure, measure
from sla.values import Pause, Span, Target, Unit, spans


def due(calendar: Calendar, start: datetime, target: Target, pauses: Iterable[Pause] = ()) -> datetime | None:
    """Return when the target is used up, or None while an open pause holds it off."""
    ruler = measure(calendar, target.unit)
    second = _reach(ruler, to_axis(start), target.ticks, spans(pauses))
    return None if second is None else from_axis(second)


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
    """Return when `percent` (1 or more) of the target is used up, or None while an open pause holds it off.

    Minute clocks: the first whole second at or past the share. Day clocks: the whole days of the share are
    counted as closes, the rest goes as working minutes into the next day that counts, pauses left out and no
    later than its close (section 5.3: 1 day, 80 % is 312 working minutes into it).
    """
    ruler, begin, held = measure(calendar, target.unit), to_axis(start), spans(pauses)
    whole, rest = divmod(target.ticks * percent, 100)
    if rest == 0 or target.unit is not Unit.WORKING_DAYS:
        second = _reach(ruler, begin, whole + (rest > 0), held)
    else:
        close = _reach(ruler, begin, whole + 1, held)
        second = None if close is None else _into(calendar, close, rest, held)
    return None if second is None else from_axis(second)


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


def is_provisional(calendar: Calendar, start: datetime, due_at: datetime | None, unit: Unit) -> bool:
    """Whether a due time rests on days that no notice has announced yet (暂定)."""
    if due_at is None or unit.round_the_clock:
        return False
    years = range(local_day(start).year, local_day(due_at).year + 1)
    return any(year not in calendar.announced for year in years)


def _reach(ruler: Measure, start: int, ticks: int, held: list[Span]) -> int | None:
    origin = ruler.origin(start)
    goal = origin + ticks
    for begin, end in held:
        count = max(ruler.at(begin), origin)
        if count >= goal:
            break  # begins at or after the due time: does not move it
        if end is None:
            return None
        goal += max(0, ruler.before(end) - count)
    return ruler.moment(goal)


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


def _into(calendar: Calendar, close: int, percent: int, held: list[Span]) -> int:
    """Return the second, in the day with this close, by which `percent` of a day passed unpaused."""
    seconds = -(-calendar.day_seconds * percent // 100)
    morning = close // DAY * DAY
    second = _reach(measure(calendar, Unit.WORKING_MINUTES), morning, seconds, held)
    return close if second is None else min(second, close)

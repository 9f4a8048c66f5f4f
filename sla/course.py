"""The way of one clock along the axis: what its due time and each of its rungs have in common, worked out once.

Everything that asks when a share of a target is used up asks here, so due times and rungs cannot drift apart.
"""

from collections.abc import Iterable
from datetime import datetime

from sla.calendar import Calendar
from sla.instants import DAY, from_axis, to_axis
from sla.measures import Measure, measure
from sla.values import Pause, Span, Target, Unit, spans

WHOLE = 100
"""The per cent of a target that is all of it."""


class Course:
    """Start, target and merged pauses in seconds of the axis, and the second at which the target is used up."""

    __slots__ = ("_calendar", "_day", "_gaps", "_held", "_origin", "_ruler", "_ticks", "_unit", "due_second")

    def __init__(
        self, calendar: Calendar, start: datetime, target: Target, pauses: Iterable[Pause] = ()
    ) -> None:
        """Reckon the due second; `due_second` is None while an open pause holds it off."""
        self._calendar, self._unit, self._ticks = calendar, target.unit, target.ticks
        self._ruler = measure(calendar, target.unit)
        self._held, begin = spans(pauses), to_axis(start)
        self._day, self._origin = begin // DAY, self._ruler.origin(begin)
        self._gaps = gaps(self._ruler, self._held)
        self.due_second = self._second(self._ticks)

    @property
    def due(self) -> datetime | None:
        """Return when the target is used up, or None while an open pause holds it off."""
        return None if self.due_second is None else from_axis(self.due_second)

    @property
    def provisional(self) -> bool:
        """Whether the due time rests on days that no notice has announced yet (暂定)."""
        if self.due_second is None or self._unit.round_the_clock:
            return False
        return not self._calendar.announces(self._day, self.due_second // DAY)

    def at(self, percent: int) -> datetime | None:
        """Return when `percent` (1 or more) of the target is used up, or None while a pause holds it off.

        Minute clocks: the first whole second at or past the share. Day clocks: the whole days of the share are
        counted as closes, the rest goes as working minutes into the next day that counts, pauses left out and
        no later than its close (section 5.3: 1 day, 80 % is 312 working minutes into it).
        """
        whole, rest = divmod(self._ticks * percent, WHOLE)
        second = self._second(whole + 1 if rest else whole)
        if second is None:
            return None
        if rest and self._unit is Unit.WORKING_DAYS:
            second = self._into(second, rest)
        return from_axis(second)

    def past(self, offset: Target) -> datetime | None:
        """Return `offset` past the due time, as a rung after due needs it; time paused since does not count."""
        if self.due_second is None:
            return None
        ruler = measure(self._calendar, offset.unit)
        second = reach(ruler, self.due_second, offset.ticks, self._held)
        return None if second is None else from_axis(second)

    def _second(self, ticks: int) -> int | None:
        goal = passed(self._origin, ticks, self._gaps) if self._gaps else self._origin + ticks
        return None if goal is None else self._ruler.moment(goal)

    def _into(self, close: int, percent: int) -> int:
        """Return the second, in the day with this close, by which `percent` of a day passed unpaused."""
        seconds = -(-self._calendar.day_seconds * percent // WHOLE)
        morning = close // DAY * DAY
        if not self._held:
            return morning + self._calendar.into_day(seconds)
        second = reach(measure(self._calendar, Unit.WORKING_MINUTES), morning, seconds, self._held)
        return close if second is None else min(second, close)


def reach(ruler: Measure, start: int, ticks: int, held: list[Span]) -> int | None:
    """Return the second at which a clock has counted `ticks`, or None while an open pause holds it off."""
    goal = passed(ruler.origin(start), ticks, gaps(ruler, held))
    return None if goal is None else ruler.moment(goal)


def gaps(ruler: Measure, held: list[Span]) -> list[Span]:
    """Return pauses in the running count of a measure: the count at the begin of each and just before its end."""
    return [(ruler.at(begin), None if end is None else ruler.before(end)) for begin, end in held]


def passed(origin: int, ticks: int, held: list[Span]) -> int | None:
    """Return the count at which `ticks` have passed since `origin`, or None while an open pause holds it off."""
    goal = origin + ticks
    for since, until in held:
        if since >= goal:
            break  # begins at or after the due time: does not move it
        if until is None:
            return None
        lost = until - (since if since > origin else origin)
        if lost > 0:
            goal += lost
    return goal

"""The three ways in which time is counted, behind one small interface.

A measure maps the axis of instants to a running count of ticks that never falls. Everything else (due,
elapsed, remaining, rungs) is one arithmetic over it, so the three cannot drift apart.
"""

from functools import lru_cache
from typing import Protocol

from sla.calendar import Calendar
from sla.instants import DAY
from sla.values import Unit


class Measure(Protocol):
    """A running count of ticks along the axis."""

    def origin(self, second: int) -> int:
        """Return the count from which a clock started at `second` reckons."""

    def at(self, second: int) -> int:
        """Return the count at `second`; ticks of that very second included."""

    def before(self, second: int) -> int:
        """Return the count just before `second`, for the open end of a pause."""

    def moment(self, count: int) -> int:
        """Return the earliest second at which the count is reached."""


class Closes:
    """Working days: a tick is the close of a working day; the day of receipt is not counted."""

    def __init__(self, calendar: Calendar) -> None:
        """Count by this calendar."""
        self._calendar = calendar
        self.at = calendar.closes_through

    def origin(self, second: int) -> int:
        """Return the count with the whole day of receipt behind it."""
        return self._calendar.days_through(second // DAY)

    def before(self, second: int) -> int:
        """Return the closes before `second`: a pause ending at 17:00 sharp leaves that day counted."""
        return self.at(second - 1)

    def moment(self, count: int) -> int:
        """Return the close of the `count`-th working day."""
        return self._calendar.nth_day(count) * DAY + self._calendar.close


class Worked:
    """Working minutes: a tick is a second inside a working interval."""

    def __init__(self, calendar: Calendar) -> None:
        """Count by this calendar."""
        self.origin = self.at = self.before = calendar.worked_through
        self.moment = calendar.nth_second


class Passed:
    """Minutes and seconds around the clock: a tick is a second."""

    def origin(self, second: int) -> int:
        """Return the second itself."""
        return second

    at = before = moment = origin


_PASSED = Passed()


@lru_cache(maxsize=64)
def measure(calendar: Calendar, unit: Unit) -> Measure:
    """Return the measure of a unit, made once for each calendar."""
    if unit is Unit.WORKING_DAYS:
        return Closes(calendar)
    return Worked(calendar) if unit is Unit.WORKING_MINUTES else _PASSED

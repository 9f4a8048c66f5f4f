"""The working calendar: which days are worked, why, and how much working time has passed, by table look-up.

Built from notices in the order given, each overriding the days it names (State Council notices, their
amendments, overlays of a province or city). Years that no notice announces take weekends and the fixed
holidays, and are provisional. Immutable: a change is another calendar with another `version`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import accumulate, chain

from sla.instants import DAY, day_number
from sla.notices import SATURDAY, CalendarError, Notice, read_notices

FIRST, LAST = date(1992, 1, 1), date(2100, 12, 31)
"""The days that can be reckoned; outside them a CalendarError is raised."""

BASE = day_number(FIRST)
FIRST_SECOND = BASE * DAY
DAYS = day_number(LAST) + 1 - BASE
HOURS = ((time(8, 30), time(11, 30)), (time(13, 30), time(17, 0)))
FIXED = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
"""Holidays whose date is fixed by law (Decree 795, in force since 2025); the moon sets the others."""

WEEKEND, MADE_UP, WORKING = "周末", "调休上班", "工作日"


def _second(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _beyond(index: int) -> CalendarError:
    return CalendarError((), f"no calendar reaches day {index + BASE} (1970-01-01 is day 0)")


def _days(year: int) -> range:
    return range(day_number(date(year, 1, 1)), day_number(date(year + 1, 1, 1)))


def check_order(notices: Sequence[Notice]) -> None:
    """Raise CalendarError where a version is given twice or amends one that does not come before it."""
    seen: set[str] = set()
    for index, notice in enumerate(notices):
        if notice.version in seen:
            raise CalendarError((index, "version"), f"{notice.version} is given twice")
        if notice.amends is not None and notice.amends not in seen:
            raise CalendarError((index, "amends"), f"{notice.amends} does not come before it")
        seen.add(notice.version)


class Calendar:
    """Days, working intervals and their running sums; lengths in seconds, days as numbers of the axis."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        """Lay the notices over weekends and fixed holidays; raises CalendarError for an unknown `amends`."""
        check_order(notices)
        self.announced = frozenset(notice.year for notice in notices if notice.announces_year)
        self._off = {day: name for notice in notices for day, name in notice.off.items()}
        self._work: set[date] = set()
        for notice in notices:
            self._work = (self._work - notice.off.keys()) | notice.work
        for day in self._work:
            self._off.pop(day, None)
        self._fixed = next((n.fixed for n in reversed(notices) if n.fixed is not None), FIXED)
        hours = next((n.hours for n in reversed(notices) if n.hours is not None), HOURS)
        self.intervals = tuple((_second(start), _second(end)) for start, end in hours)
        self.close = self.intervals[-1][1]
        self.day_seconds = sum(end - start for start, end in self.intervals)
        self._tables()
        self.version = self._name(notices)

    @classmethod
    def from_documents(cls, documents: Sequence[Mapping[str, object]]) -> "Calendar":
        """Build from parsed documents, oldest first; an error's path starts with the document's index."""
        return cls(read_notices(documents))

    def _tables(self) -> None:
        days = range(BASE, day_number(LAST) + 1)
        flags = bytearray((day + 3) % 7 < SATURDAY for day in days)  # day 0 was a Thursday
        for year in set(range(FIRST.year, LAST.year + 1)) - self.announced:
            for month, day in self._fixed:
                if (month, day) != (2, 29):
                    flags[day_number(date(year, month, day)) - BASE] = False
        for named, flag in chain(((d, False) for d in self._off), ((d, True) for d in self._work)):
            flags[day_number(named) - BASE] = flag
        self._flags = bytes(flags)
        self._before = list(accumulate(flags, initial=0))
        strange = (
            year not in self.announced for year in range(FIRST.year, LAST.year + 1) for _ in _days(year)
        )
        self._unannounced = list(accumulate(strange, initial=0))
        self._days = [day for day, flag in zip(days, flags, strict=True) if flag]

    def _name(self, notices: Sequence[Notice]) -> str:
        facts = repr((sorted(self.announced), self.intervals, self._flags)).encode()
        national = [notice.version for notice in notices if not notice.regions]
        overlays = [notice.version for notice in notices if notice.regions]
        return f"{'+'.join([national[-1] if national else 'none', *overlays])}#{hashlib.sha256(facts).hexdigest()[:8]}"

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked."""
        return bool(self._flags[self._index(day_number(day))])

    def is_provisional(self, day: date) -> bool:
        """Whether no notice has announced the year of `day` (暂定)."""
        return day.year not in self.announced

    def announces(self, first: int, last: int) -> bool:
        """Whether notices have announced each year between two days of the axis."""
        return self._unannounced[self._index(last) + 1] == self._unannounced[self._index(first)]

    def day_reason(self, day: date) -> str:
        """Return why the day is worked or not, in the word that a page shows."""
        if day in self._off:
            return self._off[day]
        if day in self._work and day.weekday() >= SATURDAY:
            return MADE_UP
        if self.is_working_day(day):
            return WORKING
        fixed = self._fixed.get((day.month, day.day)) if self.is_provisional(day) else None
        return fixed or WEEKEND

    def _index(self, number: int) -> int:
        index = number - BASE
        if not 0 <= index < DAYS:
            raise _beyond(index)
        return index

    def works(self, number: int) -> bool:
        """Whether the day with this axis number is worked."""
        return bool(self._flags[self._index(number)])

    def closes_through(self, second: int) -> int:
        """Count the closes of working days at or before an axis second."""
        index, into = divmod(second - FIRST_SECOND, DAY)
        if not 0 <= index < DAYS:
            raise _beyond(index)
        return self._before[index] + (1 if into >= self.close and self._flags[index] else 0)

    def days_through(self, number: int) -> int:
        """Count the working days up to and including a day."""
        index = number - BASE
        if not 0 <= index < DAYS:
            raise _beyond(index)
        return self._before[index + 1]

    def nth_day(self, count: int) -> int:
        """Return the axis number of the working day that is the `count`-th, the inverse of `days_through`."""
        if not 0 < count <= len(self._days):
            raise CalendarError((), f"a deadline after {LAST} cannot be reckoned")
        return self._days[count - 1]

    def worked_through(self, second: int) -> int:
        """Return the working seconds up to an axis second."""
        index, into = divmod(second - FIRST_SECOND, DAY)
        if not 0 <= index < DAYS:
            raise _beyond(index)
        total = self._before[index] * self.day_seconds
        if self._flags[index]:
            for start, end in self.intervals:
                if into <= start:
                    break
                total += min(into, end) - start
        return total

    def nth_second(self, count: int) -> int:
        """Return the earliest axis second by which `count` working seconds have passed (`count` ≥ 1)."""
        whole, rest = divmod(count - 1, self.day_seconds)
        return self.nth_day(whole + 1) * DAY + self.into_day(rest + 1)

    def into_day(self, worked: int) -> int:
        """Return the second of a working day by which `worked` (1 … a full day) of its seconds passed."""
        for start, end in self.intervals:
            if worked <= end - start:
                return start + worked
            worked -= end - start
        raise ValueError("more seconds than a working day has")

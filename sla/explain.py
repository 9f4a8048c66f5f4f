"""Why a due time is what it is: every day from the start to it, counted or not, with the reason in a word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sla.arithmetic import elapsed, used_seconds
from sla.calendar import Calendar
from sla.course import Course
from sla.instants import DAY, day_of, from_axis, to_axis
from sla.values import Pause, Target, Unit, merge_pauses

RECEIVED, PAUSED = "收到当日", "暂停"


class DayKind(StrEnum):
    """What became of a day."""

    START = "start"
    COUNTED = "counted"
    SKIPPED = "skipped"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class DayRow:
    """One local day; `number` is its place among those counted, `seconds` what was used of it."""

    day: date
    kind: DayKind
    reason: str
    seconds: int
    number: int | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The facts behind a due time, for a strip of days on a page and for text."""

    start: datetime
    target: Target
    due: datetime | None
    provisional: bool
    calendar: str
    pauses: Sequence[Pause]
    rows: Sequence[DayRow]


def explain(
    calendar: Calendar,
    start: datetime,
    target: Target,
    *,
    until: datetime,
    pauses: Iterable[Pause] = (),
) -> Explanation:
    """Return the days from the start to the due time; to `until` while an open pause leaves no due time.

    A row's seconds are working seconds, or seconds for clocks that run around the clock; pauses are left out.
    """
    merged = merge_pauses(pauses)
    course = Course(calendar, start, target, merged)
    moment = course.due
    end = max(start, until) if moment is None else moment
    days = range(to_axis(start) // DAY, to_axis(end) // DAY + 1)
    return Explanation(
        start=start,
        target=target,
        due=moment,
        provisional=course.provisional,
        calendar=calendar.version,
        pauses=merged,
        rows=[_Day(calendar, start, end, target.unit, merged).row(number) for number in days],
    )


@dataclass(frozen=True, slots=True)
class _Day:
    calendar: Calendar
    start: datetime
    end: datetime
    unit: Unit
    pauses: Sequence[Pause]

    def row(self, number: int) -> DayRow:
        day = day_of(number)
        count = self._count(number)
        seconds = self._seconds(number)
        counted = count > self._count(number - 1) if self.unit is Unit.WORKING_DAYS else seconds > 0
        kind, reason = self._kind(number, day, counted=counted)
        return DayRow(
            day=day,
            kind=kind,
            reason=reason,
            seconds=seconds,
            number=count if counted and self.unit is Unit.WORKING_DAYS else None,
            provisional=self.calendar.is_provisional(day) and not self.unit.round_the_clock,
        )

    def _kind(self, number: int, day: date, *, counted: bool) -> tuple[DayKind, str]:
        if counted:
            return DayKind.COUNTED, self.calendar.day_reason(day)
        if not self.unit.round_the_clock and not self.calendar.works(number):
            first = number == to_axis(self.start) // DAY
            return (DayKind.START if first else DayKind.SKIPPED), self.calendar.day_reason(day)
        if number == to_axis(self.start) // DAY:
            return DayKind.START, RECEIVED
        return DayKind.PAUSED, PAUSED

    def _count(self, number: int) -> int:
        """Return the closes counted by the end of a day; only day clocks count them."""
        if self.unit is not Unit.WORKING_DAYS:
            return 0
        evening = min(from_axis((number + 1) * DAY - 1), self.end)
        return elapsed(self.calendar, self.start, self.unit, evening, pauses=self.pauses)

    def _seconds(self, number: int) -> int:
        since, until = max(from_axis(number * DAY), self.start), min(from_axis((number + 1) * DAY), self.end)
        return used_seconds(self.calendar, since, until, unit=self.unit, pauses=self.pauses)

"""Instants as whole seconds on one axis: local seconds since 1970-01-01 00:00 in Asia/Shanghai.

Working time is a matter of the local day and the second in it, so the axis is local. China has kept one
offset since 15 September 1991; the calendar starts in 1992, which makes the axis exact and the arithmetic
plain integers.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=ZONE).astimezone(UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def to_axis(moment: datetime) -> int:
    """Return the axis second of an aware instant; naive ones and fractions of a second are refused."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    gap = moment - EPOCH
    if gap.microseconds:
        raise ValueError(f"{moment!r} is not a whole second")
    return gap.days * DAY + gap.seconds


def from_axis(second: int) -> datetime:
    """Return the instant of an axis second, in UTC."""
    return EPOCH + timedelta(0, second)


def day_number(day: date) -> int:
    """Return the number of a local day on the axis (day 0 is 1970-01-01)."""
    return day.toordinal() - EPOCH_ORDINAL


def day_of(number: int) -> date:
    """Return the local day with this number."""
    return date.fromordinal(number + EPOCH_ORDINAL)


def local_day(moment: datetime) -> date:
    """Return the local day in which an instant falls."""
    return day_of(to_axis(moment) // DAY)

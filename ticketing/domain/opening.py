"""The hours of a hotline as the pack writes them: `24h`, or `Mon-Fri 08:30-17:00` for working days."""

import datetime as dt
import re

ROUND_THE_CLOCK = "24h"
_HOURS = re.compile(r"Mon-Fri (\d\d):(\d\d)-(\d\d):(\d\d)")


def is_open(hours: str, here: dt.datetime, *, works: bool) -> bool:
    """Tell whether a line answers at a moment of the local wall clock; `works`: the day is a working day."""
    if hours == ROUND_THE_CLOCK:
        return True
    found = _HOURS.fullmatch(hours)
    if found is None or not works:
        return False
    opens, closes = (dt.time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    return opens <= here.time() < closes


def opens_at(hours: str) -> dt.time:
    """Return when a line of working days opens; midnight for one that never closes."""
    found = _HOURS.fullmatch(hours)
    return dt.time(int(found[1]), int(found[2])) if found else dt.time()


def span_of(hours: str) -> tuple[dt.time, dt.time]:
    """Return from when until when a line of working days answers.

    Raises:
        ValueError: it never closes, or the hours are none that a pack may hold.
    """
    found = _HOURS.fullmatch(hours)
    if found is None:
        raise ValueError(f"{hours} are no hours of working days")
    return dt.time(int(found[1]), int(found[2])), dt.time(int(found[3]), int(found[4]))

"""The one place that reads the wall clock; below the edges every function takes `now`."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

Clock = Callable[[], dt.datetime]

LOCAL = ZoneInfo("Asia/Shanghai")


def system_clock() -> dt.datetime:
    """Return the present instant in UTC, whole seconds (domain rule: nothing is rounded later)."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def local(moment: dt.datetime) -> dt.datetime:
    """Return `moment` as people here read it on a wall clock."""
    return moment.astimezone(LOCAL)

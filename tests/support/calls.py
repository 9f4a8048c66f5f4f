"""Signals as an exchange tells them."""

import datetime as dt
from typing import Any

from tests.conftest import MONDAY
from ticketing.domain.signals import Answered, Ended, Ringing, Signal
from ticketing.models import Call
from ticketing.services import calls, province

ALWAYS, BY_DAY = "+8645187005501", "+8645187005502"
"""A line round the clock, and one of working days."""
CALLER = "+8613904510021"


def named(call: str, key: str, seconds: float = 0, since: dt.datetime = MONDAY) -> dict[str, Any]:
    return {"exchange": "test", "call": call, "key": key, "at": since + dt.timedelta(seconds=seconds)}


def rang(call: str, called: str = ALWAYS, **more: Any) -> Ringing:
    return Ringing(**(named(call, "ring") | {"called": called, "caller": CALLER} | more))


def answered(call: str, seconds: float = 8, by: str = "client:op") -> Answered:
    return Answered(**named(call, "answer", seconds), by=by)


def ended(call: str, seconds: float = 60) -> Ended:
    return Ended(**named(call, "end", seconds))


def told(*signals: Signal, now: dt.datetime = MONDAY) -> Call:
    """Record and return the one call that they are of."""
    [call] = calls.record(signals, now, province.current(), provider="test").values()
    return call

"""The three-event CTI webhook that bridges of Asterisk and 3CX speak (new call, answer, hang-up; known from Zammad).

Such a request has no instant of its own, so ours is taken and gives way to the exchange's record of the call.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.signals import INCOMING, OUTGOING, Answered, Ended, Ringing, Signal
from ticketing.domain.words import N_

PROVIDER = "cti"
WITHHELD = frozenset({"", "anonymous", "unknown", "restricted"})
LONGEST_ID = 250


def read(told: Mapping[str, Any], exchange: str, now: dt.datetime) -> list[Signal]:
    """Return what an event says.

    Raises:
        Invalid: no event of the three, no call id, or a direction that is none; `field` says which.
    """
    kind, call = _text(told, "event"), _text(told, "callId")
    direction = _text(told, "direction") or INCOMING
    if not call or len(call) > LONGEST_ID:
        raise Invalid(N_("缺少通话编号，或者太长。"), field="callId")
    if direction not in (INCOMING, OUTGOING):
        raise Invalid(N_("通话方向只能是 in 或 out。"), field="direction")
    common = {"exchange": exchange, "call": call, "at": now, "exact": False}
    ring = Ringing(
        **common, key="ring", called=number(_text(told, "to")), caller=number(_text(told, "from")),
        direction=direction,
    )  # fmt: skip
    if kind == "newCall":
        return [ring]
    if kind == "answer":
        by = _text(told, "answeringNumber") or _first(told)
        return [ring, Answered(**common, key=f"answer:{by}", by=by)]
    if kind == "hangup":
        return [ring, Ended(**common, key="end", reason=_text(told, "cause"))]
    raise Invalid(N_("不认识的事件，只接受 newCall、answer 和 hangup。"), field="event")


def number(typed: str) -> str:
    """Return a number in E.164; an extension or a foreign form stays as the exchange wrote it."""
    if typed.lower() in WITHHELD:
        return ""
    try:
        return parse_phone(typed).e164
    except Invalid:
        return typed


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    return value.strip() if isinstance(value, str) else str(value)


def _first(told: Mapping[str, Any]) -> str:
    """Return the first of the users; bridges send `user`, `user[]`, one or several."""
    for name in ("user[]", "user"):
        users = told.get(name)
        if isinstance(users, list) and users:
            return str(users[0]).strip()
        if isinstance(users, str) and users:
            return users.strip()
    return ""

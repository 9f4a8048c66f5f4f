"""回拨: the duty that a call leaves. It is made with the end of the call, so that no crash can come between them."""

import datetime as dt

from sqlalchemy import select

from ticketing.domain import opening
from ticketing.domain.calls import TOLD_BY_EXCHANGE, CallState, Outcome
from ticketing.extensions import db
from ticketing.models import Call, Callback
from ticketing.services import lines
from ticketing.services.province import Province

SOON = dt.timedelta(minutes=15)
"""A call-back on a line that never closes, and filing a call that was answered."""
MISSED, ASKED, VOICEMAIL, UNFILED = "missed", "asked", "voicemail", "unfiled"


def open_for(call: Call, now: dt.datetime, province: Province) -> Callback | None:
    """Open the duty that an ended call leaves, or fit an open one to what was learned late.

    Returns the duty where it is new, None otherwise. A call of which a person said what became of it leaves none.
    """
    kind = _kind(call)
    duty = db.session.scalar(select(Callback).where(Callback.call_id == call.id).with_for_update())
    if duty is None and kind is not None:
        return _opened(call, kind, now, province)
    if duty is not None and duty.done_at is None and kind != duty.kind:
        if kind is None:
            duty.done_at, duty.outcome = now, call.outcome
        else:
            duty.kind, duty.due_at = kind, _due(call, kind, province)
    return None


def _kind(call: Call) -> str | None:
    if call.state != CallState.ENDED:
        return None
    if call.outcome is None:
        return UNFILED
    if call.outcome not in TOLD_BY_EXCHANGE or call.outcome == Outcome.OUTGOING:
        return None
    if call.outcome == Outcome.VOICEMAIL:
        return VOICEMAIL
    return ASKED if call.callback_asked else MISSED


def _opened(call: Call, kind: str, now: dt.datetime, province: Province) -> Callback:
    duty = Callback(
        call_id=call.id,
        kind=kind,
        hotline_number=call.hotline_number,
        bureau_code=call.bureau_code,
        caller=call.caller,
        owner_id=call.account_id if kind == UNFILED else None,
        opened_at=now,
        due_at=_due(call, kind, province),
    )
    db.session.add(duty)
    return duty


def _due(call: Call, kind: str, province: Province) -> dt.datetime:
    """15 minutes for a line round the clock, the next opening for another."""
    ended = call.ended_at or call.rang_at
    line = lines.line_of(call.hotline_number, province)
    if kind == UNFILED or line.hours == opening.ROUND_THE_CLOCK:
        return ended + SOON
    return lines.opens_next(line, ended, province)

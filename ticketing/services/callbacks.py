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
PROMISED = "promised"
"""An operator promised it: no signal of the exchange undoes that."""


def open_for(call: Call, now: dt.datetime, province: Province) -> Callback | None:
    """Open the duty that an ended call leaves, or fit an open one to what was learned late.

    Returns the duty where it is new, None otherwise. A call of which a person said what became of it leaves none.
    """
    kind = _kind(call)
    duty = of_call(call.id)
    if duty is None and kind is not None:
        return _opened(call, kind, now, province)
    if duty is not None and duty.done_at is None and kind != duty.kind and duty.kind != PROMISED:
        if kind is None:
            duty.done_at, duty.outcome = now, call.outcome
        else:
            duty.kind, duty.due_at = kind, due_for(call, kind, province)
    return None


def done_with(call: Call, now: dt.datetime) -> None:
    """A person said what became of the call: whatever duty it left is done."""
    duty = of_call(call.id)
    if duty is not None and duty.done_at is None:
        duty.done_at, duty.outcome = now, call.outcome


def of_call(call_id: int) -> Callback | None:
    """Return the duty that a call left, held until the transaction ends."""
    return db.session.scalar(select(Callback).where(Callback.call_id == call_id).with_for_update())


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
        due_at=due_for(call, kind, province),
    )
    db.session.add(duty)
    return duty


def due_for(call: Call, kind: str, province: Province) -> dt.datetime:
    """Return when it is due: 15 minutes for a line round the clock, the next opening for another."""
    ended = call.ended_at or call.rang_at
    line = lines.line_of(call.hotline_number, province)
    if kind == UNFILED or line.hours == opening.ROUND_THE_CLOCK:
        return ended + SOON
    return lines.opens_next(line, ended, province)

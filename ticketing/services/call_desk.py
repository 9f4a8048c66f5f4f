"""What an operator does with a call: take it, note what is said, hold and hand over, and say what became of it.

What changes where a call is goes down as a signal, beside those of the exchange: one log, read in one way.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, and_, bindparam, func, or_, select

from ticketing.domain.calls import (
    Answered,
    CallState,
    HandedOver,
    Held,
    Outcome,
    Resumed,
    Signal,
    Transferred,
)
from ticketing.domain.errors import Conflict, Invalid, NotFound, WrongState
from ticketing.domain.text import BODY_MAX, clean, limited, require
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Call, Callback, CallEvent, Ticket
from ticketing.services import callbacks, calls
from ticketing.services.history import Act
from ticketing.services.kept import Kept
from ticketing.services.province import Province

#: The emergency services that a call is handed over to, warm.
EMERGENCY = {"110": N_("110 报警"), "119": N_("119 火警"), "120": N_("120 急救")}
REASONS = {
    "silent": N_("无人说话或断线"),
    "wrong": N_("打错了"),
    "nuisance": N_("骚扰来电"),
    "repeat": N_("重复来电，已有工单"),
    "elsewhere": N_("不属于受理范围，已告知去向"),
}
TAKEN = N_("这个来电已经由同事接听。")
COLUMNS = Call.__table__.columns
LASTING = Kept(select(*COLUMNS).where(Call.ended_at.is_(None)).order_by(Call.rang_at, Call.id).limit(200))
OWN_UNFILED = Kept(
    select(*COLUMNS)
    .join(Callback, and_(Callback.call_id == Call.id, Callback.done_at.is_(None)))
    .where(Callback.kind == callbacks.UNFILED, Call.account_id == bindparam("me", type_=BigInteger))
    .order_by(Call.rang_at)
    .limit(20)
)


def live() -> Sequence[Any]:
    """Return the calls that last, the longest waiting first, to look at."""
    return LASTING.rows()


def own_unfiled(account_id: int) -> Sequence[Any]:
    """Return calls that a colleague talked on and has not yet said anything of, to look at."""
    return OWN_UNFILED.rows(me=account_id)


def version() -> str:
    """Return a short text that changes whenever the desk would look different; read from rows alone."""
    parts = func.concat_ws(
        ":", Call.id, Call.state, Call.account_id, Call.queue_position, Call.heard_at, Call.outcome
    )
    lasting = select(func.md5(func.coalesce(func.string_agg(parts, ","), "")))
    ended = select(func.count(), func.max(Callback.id), func.max(Callback.opened_at)).where(
        Callback.done_at.is_(None)
    )
    line = db.session.scalar(lasting.where(Call.ended_at.is_(None)))
    open_ones = db.session.execute(ended).one()
    return f"{(line or '')[:12]}-{open_ones[0]}-{open_ones[1] or 0}"


def taken(call: Call, act: Act, province: Province) -> None:
    """Take a call at the desk; where the telephone said it already, nothing changes.

    Raises:
        WrongState: it is over.
        Conflict: a colleague talks on it.
    """
    if call.state == CallState.ENDED:
        raise WrongState(N_("来电已经挂断。"))
    rings = call.state == CallState.RINGING
    if call.account_id == act.actor.account_id and not rings:
        return
    if call.account_id not in (None, act.actor.account_id) and not (rings and call.transfers):
        raise Conflict(TAKEN)
    by = f"{calls.BY_DESK}{act.actor.account_id}"
    _tell(Answered(**_named(call, "answer", act), exact=False, by=by), act, province)


def line_verb(call: Call, verb: str, to: str, act: Act, province: Province) -> None:
    """Hold, resume, transfer to another line, or hand over to an emergency service; the record stays ours.

    Raises:
        WrongState: the call is over.
        Invalid: no such verb, line or service.
    """
    _tell(signal(call, verb, to, act, province), act, province)


def signal(call: Call, verb: str, to: str, act: Act, province: Province) -> Signal:
    """Return what the desk tells of a call that is held, resumed, moved or handed over.

    Raises:
        WrongState: the call is over.
        Invalid: no such verb, line or service.
    """
    if call.state == CallState.ENDED:
        raise WrongState(N_("来电已经挂断。"))
    named = _named(call, verb, act) | {"exact": False}
    if verb == "hold":
        return Held(**named)
    if verb == "resume":
        return Resumed(**named)
    if verb == "transfer" and to in province.directory.hotlines:
        return Transferred(**named, to=to)
    if verb == "emergency" and to in EMERGENCY:
        return HandedOver(**named, service=to)
    raise Invalid(N_("请选择转到哪里。"), field="to")


def _named(call: Call, what: str, act: Act) -> dict[str, Any]:
    """Return the name of a signal from the desk: each press is one, two presses in a second are the same."""
    key = f"desk-{what}-{act.actor.account_id}-{int(act.now.timestamp())}"
    return {"exchange": call.exchange, "call": call.provider_id, "key": key, "at": act.now}


def _tell(signal: Signal, act: Act, province: Province) -> None:
    provider = db.session.scalar(
        select(Call.provider).where(Call.exchange == signal.exchange, Call.provider_id == signal.call)
    )
    calls.record([signal], act.now, province, provider=provider or "")


def note(call: Call, text: str, now: dt.datetime) -> None:
    """Keep what is typed while talking."""
    call.notes, call.noted_at = clean(text)[:BODY_MAX], now


def no_ticket(call: Call, reason: str, text: str, act: Act, province: Province) -> None:
    """Say why a call leaves no ticket.

    Raises:
        Invalid: a reason that is not listed.
    """
    if reason not in REASONS:
        raise Invalid(N_("请写明为什么没有登记工单。"), field="reason")
    _mine(call, act)
    more = limited(text, field="text", most=300)
    calls.file(call, Outcome.NO_TICKET, act.now, province, reason=f"{reason}: {more}" if more else reason)


def filed(call: Call, ticket: Ticket, act: Act, province: Province, *, answered: bool) -> None:
    """The call became a ticket, or was answered while it lasted."""
    _mine(call, act)
    outcome = Outcome.ANSWERED if answered else Outcome.TICKET
    calls.file(call, outcome, act.now, province, ticket_id=ticket.id)


def promise(call: Call, text: str, due_at: dt.datetime | None, act: Act, province: Province) -> Callback:
    """Promise to call back: a duty of the operator's own, due when they said, else as the line's hours say.

    Raises:
        Invalid: without a number to call, in the past, or without a word about what.
    """
    if not call.caller:
        raise Invalid(N_("来电没有显示号码，不能约定回拨。"), field="text")
    if due_at is not None and due_at <= act.now:
        raise Invalid(N_("回拨时间要在现在之后。"), field="due")
    words = require(text, field="text", most=1_000)
    _mine(call, act)
    duty = callbacks.of_call(call.id) or Callback(
        call_id=call.id,
        hotline_number=call.hotline_number,
        bureau_code=call.bureau_code,
        caller=call.caller,
        opened_at=act.now,
    )
    duty.kind, duty.owner_id, duty.note = callbacks.PROMISED, act.actor.account_id, words
    duty.due_at = due_at or callbacks.due_for(call, callbacks.ASKED, province)
    duty.attempts, duty.done_at, duty.outcome, duty.escalated_at = 0, None, None, None
    db.session.add(duty)
    db.session.flush()
    return duty


def _mine(call: Call, act: Act) -> None:
    """Who files a call that nobody answered for is who answers for it."""
    if call.account_id is None:
        call.account_id = act.actor.account_id


def locked(call_id: int) -> Call:
    """Return a call, held until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    call = calls.locked(call_id)
    if call is None:
        raise NotFound
    return call


def events_of(call: Call) -> Sequence[CallEvent]:
    """Return what the exchange and the desk told of a call, in order."""
    wanted = select(CallEvent).where(CallEvent.call_id == call.id).order_by(CallEvent.at, CallEvent.id)
    return db.session.scalars(wanted.limit(200)).all()


def enterprise_of(caller: str) -> Row[Any] | None:
    """Return the enterprise and the person that this number stood for last time."""
    if not caller:
        return None
    wanted = (
        select(Ticket.enterprise, Ticket.requester, Ticket.register_code)
        .where(Ticket.phone == caller, or_(Ticket.enterprise != "", Ticket.requester != ""))
        .order_by(Ticket.received_at.desc())
        .limit(1)
    )
    return db.session.execute(wanted).first()


def known_callers(callers: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return for numbers the enterprise of the last request and how many tickets are open, in one statement."""
    numbers = sorted({one for one in callers if one})
    if not numbers:
        return {}
    recent = select(
        Ticket.phone,
        Ticket.enterprise,
        func.count().filter(Ticket.state != "closed").over(partition_by=Ticket.phone).label("open"),
        func.row_number().over(partition_by=Ticket.phone, order_by=Ticket.received_at.desc()).label("place"),
    ).where(Ticket.phone.in_(numbers))
    rows = recent.subquery()
    found = db.session.execute(select(rows.c.phone, rows.c.enterprise, rows.c.open).where(rows.c.place == 1))
    return {row.phone: (row.enterprise, row.open) for row in found}

"""来电: every call has a row from its first signal on, and an ended one has an outcome or an open duty.

`record` is idempotent: a call is read anew out of all its signals, so their order and number do not matter, and two
processes that hear of one call at once queue at its row. What people add (`file`) no signal overwrites.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, tuple_

from ticketing.domain import events
from ticketing.domain.calls import TOLD_BY_EXCHANGE, CallFacts, CallState, Outcome, replay
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.signals import SIGNALS, Signal
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, Call, CallEvent
from ticketing.services import callbacks, lines, outbox
from ticketing.services.bulk import insert_rows
from ticketing.services.province import Province

Key = tuple[str, str]
BY_DESK = "account:"
"""How a call that was taken at the desk names who took it, where the exchange does not say."""
FACTS = {
    callbacks.MISSED: events.CallMissed,
    callbacks.ASKED: events.CallMissed,
    callbacks.VOICEMAIL: events.VoicemailLeft,
}


def record(
    signals: Iterable[Signal], now: dt.datetime, province: Province, *, provider: str
) -> dict[Key, Call]:
    """Take down what an exchange told, in the caller's transaction; return the calls by (exchange, its id).

    What was told before changes nothing. Rows are locked in one order, so that two batches never wait for each other.
    """
    told: dict[Key, list[Signal]] = {}
    for signal in signals:
        told.setdefault((signal.exchange, signal.call), []).append(signal)
    if not told:
        return {}
    calls = _locked(told, now, province, provider)
    fresh = _keep(told, calls, now)
    accounts = _accounts(signal for identifier in fresh for signal in fresh[identifier])
    for call in calls.values():
        if call.id in fresh:
            _read(call, replay(fresh[call.id]), accounts, now, province)
    db.session.flush()
    return calls


def _locked(
    told: dict[Key, list[Signal]], now: dt.datetime, province: Province, provider: str
) -> dict[Key, Call]:
    """Make the rows that are not there yet; return all of them, held until the transaction ends."""
    rows = [
        {
            "provider": provider,
            "exchange": key[0],
            "provider_id": key[1],
            "created_at": now,
            "heard_at": now,
            **_columns(replay(told[key]), province),
        }
        for key in sorted(told)
    ]
    insert_rows(Call, rows, ending="ON CONFLICT DO NOTHING")
    wanted = (
        select(Call)
        .where(tuple_(Call.exchange, Call.provider_id).in_(list(told)))
        .order_by(Call.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(call.exchange, call.provider_id): call for call in db.session.scalars(wanted)}


def _columns(facts: CallFacts, province: Province) -> dict[str, Any]:
    line = lines.line_of(facts.called, province)
    columns = {name: getattr(facts, name) for name in CallFacts.__dataclass_fields__}
    return columns | {
        "state": facts.state.value,
        "caller": _e164(facts.caller),
        "hotline_number": line.number,
        "bureau_code": line.bureau_code,
        "language": facts.language or line.languages[0],
    }


def _e164(typed: str) -> str:
    """Return a caller's number in the form in which tickets keep theirs; what nobody could dial as it was told."""
    try:
        return parse_phone(typed).e164 if typed else ""
    except Invalid:
        return typed


def _keep(told: dict[Key, list[Signal]], calls: dict[Key, Call], now: dt.datetime) -> dict[int, list[Signal]]:
    """Store the signals; return all signals of those calls of which something new was told."""
    rows = [
        {
            "call_id": calls[key].id,
            "key": signal.key,
            "kind": signal.kind,
            "at": signal.at,
            "exact": signal.exact,
            "data": signal.data(),
            "heard_at": now,
        }
        for key in sorted(told)
        for signal in told[key]
    ]
    new = insert_rows(CallEvent, rows, ending="ON CONFLICT DO NOTHING RETURNING call_id")
    touched = set(new.scalars())
    return signals_of([call for call in calls.values() if call.id in touched])


def signals_of(calls: Sequence[Call]) -> dict[int, list[Signal]]:
    """Return what was told of each call, oldest first."""
    if not calls:
        return {}
    names = {call.id: (call.exchange, call.provider_id) for call in calls}
    found: dict[int, list[Signal]] = {}
    wanted = select(CallEvent).where(CallEvent.call_id.in_(names)).order_by(CallEvent.at, CallEvent.id)
    for row in db.session.scalars(wanted):
        exchange, call = names[row.call_id]
        signal = SIGNALS[row.kind](
            exchange=exchange, call=call, key=row.key, at=row.at, exact=row.exact, **row.data
        )
        found.setdefault(row.call_id, []).append(signal)
    return found


def _accounts(signals: Iterable[Signal]) -> dict[str, int]:
    """Return the colleagues whose telephones were picked up, by the telephone's address."""
    addresses = {by for signal in signals if (by := getattr(signal, "by", ""))}
    desks = {one: int(one.removeprefix(BY_DESK)) for one in addresses if one.startswith(BY_DESK)}
    telephones = addresses - set(desks)
    if not telephones:
        return desks
    wanted = select(Account.desk_phone, Account.id).where(Account.desk_phone.in_(telephones))
    return desks | {phone or "": account for phone, account in db.session.execute(wanted)}


def _read(
    call: Call, facts: CallFacts, accounts: dict[str, int], now: dt.datetime, province: Province
) -> None:
    for name, value in _columns(facts, province).items():
        setattr(call, name, value)
    call.heard_at = now
    call.account_id = accounts.get(facts.answered_by, call.account_id)
    if call.outcome is None or call.outcome in TOLD_BY_EXCHANGE:
        call.outcome = facts.outcome.value if facts.outcome else None
    if facts.state is CallState.ENDED:
        _leave_duty(call, now, province)


def _leave_duty(call: Call, now: dt.datetime, province: Province) -> None:
    duty = callbacks.open_for(call, now, province)
    if duty is not None and duty.kind in FACTS:
        outbox.record(FACTS[duty.kind](None, call.id), now)


def locked(call_id: int) -> Call | None:
    """Return a call, held against signals and colleagues until the transaction ends."""
    return db.session.get(Call, call_id, with_for_update=True, populate_existing=True)


def file(
    call: Call,
    outcome: Outcome,
    now: dt.datetime,
    province: Province,
    *,
    ticket_id: int | None = None,
    reason: str = "",
) -> None:
    """Say what became of a call; its duty, if it left one, is done with that.

    Raises:
        Invalid: an outcome that only the exchange can tell, a ticket outcome without a ticket, no reason for none.
    """
    needs_ticket = outcome is Outcome.TICKET and ticket_id is None
    if (
        outcome in TOLD_BY_EXCHANGE
        or needs_ticket
        or (outcome is Outcome.NO_TICKET and ticket_id is not None)
    ):
        raise Invalid(N_("请说明这次来电的处理结果。"), field="outcome")
    if outcome is Outcome.NO_TICKET and not reason.strip():
        raise Invalid(N_("请写明为什么没有登记工单。"), field="reason")
    call.outcome, call.ticket_id, call.reason, call.filed_at = outcome.value, ticket_id, reason.strip(), now
    callbacks.done_with(call, now)
    if call.state == CallState.ENDED:
        callbacks.open_for(call, now, province)

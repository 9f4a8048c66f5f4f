"""来电: every call has a row from its first signal on, and an ended one has an outcome or an open duty.

`record` is idempotent: a call is read anew out of all its signals, so their order and number do not matter, and two
processes that hear of one call at once queue at its row. What people add (`file`) no signal overwrites.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, text

from ticketing.domain import events
from ticketing.domain.calls import TOLD_BY_EXCHANGE, CallFacts, CallState, Outcome, replay
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.signals import OUTGOING, SIGNALS, Signal
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, Call, CallEvent
from ticketing.services import callbacks, lines, outbox
from ticketing.services.bulk import insertion
from ticketing.services.province import Province

Key = tuple[str, str]
BY_DESK = "account:"
"""How a call that was taken at the desk names who took it, where the exchange does not say."""
HELD = "ON CONFLICT (exchange, provider_id) DO UPDATE SET heard_at = call.heard_at RETURNING *"
NEW = "ON CONFLICT (call_id, key) DO NOTHING RETURNING *"
KEPT = (
    "WITH told AS (%s) SELECT call_id, key, kind, at, exact, data, true AS fresh FROM told"
    " UNION ALL SELECT call_id, key, kind, at, exact, data, false FROM call_event WHERE call_id = ANY(:calls)"
)
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
    kept = _keep(told, calls, now)
    accounts = _accounts(signal for _known, fresh in kept.values() for signal in fresh)
    for call in calls.values():
        known, fresh = kept.get(call.id, ((), ()))
        if fresh:
            _read(call, replay((*known, *fresh)), accounts, now, province)
    db.session.flush()
    return calls


def _locked(
    told: dict[Key, list[Signal]], now: dt.datetime, province: Province, provider: str
) -> dict[Key, Call]:
    """Make the rows that are not there yet; return all of them, held until the transaction ends.

    The update that changes nothing holds a row that was there, so that one statement does both.
    """
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
    statement, values = insertion(Call, rows, ending=HELD)
    wanted = select(Call).from_statement(text(statement)).execution_options(populate_existing=True)
    return {(call.exchange, call.provider_id): call for call in db.session.scalars(wanted, values)}


def _columns(facts: CallFacts, province: Province) -> dict[str, Any]:
    line = lines.line_of(facts.caller if facts.direction == OUTGOING else facts.called, province)
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


def _keep(
    told: dict[Key, list[Signal]], calls: dict[Key, Call], now: dt.datetime
) -> dict[int, tuple[list[Signal], list[Signal]]]:
    """Store the signals; return those of each call that were known and those that are new."""
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
    statement, values = insertion(CallEvent, rows, ending=NEW)
    names = {call.id: key for key, call in calls.items()}
    found: dict[int, tuple[list[Signal], list[Signal]]] = {}
    for row in db.session.execute(text(KEPT % statement), {**values, "calls": list(names)}):
        known, fresh = found.setdefault(row.call_id, ([], []))
        (fresh if row.fresh else known).append(_signal(row, names[row.call_id]))
    return found


def _signal(row: Any, name: Key) -> Signal:
    kind = SIGNALS[row.kind]
    return kind(exchange=name[0], call=name[1], key=row.key, at=row.at, exact=row.exact, **row.data)


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


def named(exchange: str, provider_id: str) -> Call | None:
    """Return the call that an exchange names so."""
    return db.session.scalar(select(Call).where(Call.exchange == exchange, Call.provider_id == provider_id))


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

"""The demo's calls: one behind each ticket that came by telephone, and what a day leaves to be called back."""

import datetime as dt
from collections.abc import Iterable

from ticketing.domain.calls import Answered, Ended, Outcome, Ringing, Signal, Voicemail
from ticketing.domain.vocabulary import CloseReason, Door
from ticketing.models import Ticket
from ticketing.services import calls
from ticketing.services.province import Province

EXCHANGE = "demo"
#: Invented callers who reached nobody: minutes ago, number, seconds of a message that they left.
UNANSWERED = ((4, "+8613945013311", None), (25, "+8613804617722", 38), (190, "+8613704518866", None))


def load(tickets: Iterable[Ticket], now: dt.datetime, province: Province) -> None:
    """Record them as an exchange tells them."""
    for ticket in tickets:
        if ticket.door == Door.TELEPHONE and ticket.created_by_id is not None:
            _filed(ticket, province)
    for n, (minutes, caller, message) in enumerate(UNANSWERED):
        at = now - dt.timedelta(minutes=minutes)
        told: list[Signal] = [_rang(f"missed-{n}", at, caller, str(province.sheet["central_line"]))]
        ended = at + dt.timedelta(seconds=30 + (message or 0))
        if message:
            left = {"recording": f"demo-{n}", "seconds": message}
            told.append(Voicemail(exchange=EXCHANGE, call=f"missed-{n}", key="message", at=ended, **left))
        told.append(Ended(exchange=EXCHANGE, call=f"missed-{n}", key="end", at=ended))
        calls.record(told, ended, province, provider=EXCHANGE)


def _rang(call: str, at: dt.datetime, caller: str, line: str) -> Ringing:
    return Ringing(exchange=EXCHANGE, call=call, key="ring", at=at, called=line, caller=caller)


def _filed(ticket: Ticket, province: Province) -> None:
    name, at = f"ticket-{ticket.id}", ticket.received_at
    line = ticket.hotline_number or str(province.sheet["central_line"])
    told = [
        _rang(name, at - dt.timedelta(seconds=9), ticket.phone or "", line),
        Answered(
            exchange=EXCHANGE, call=name, key="answer", at=at, by=f"{calls.BY_DESK}{ticket.created_by_id}"
        ),
        Ended(exchange=EXCHANGE, call=name, key="end", at=at + dt.timedelta(seconds=154)),
    ]
    [call] = calls.record(told, at, province, provider=EXCHANGE).values()
    answered = ticket.close_reason == CloseReason.ANSWERED_ON_CALL
    outcome = Outcome.ANSWERED if answered else Outcome.TICKET
    calls.file(call, outcome, at + dt.timedelta(seconds=170), province, ticket_id=ticket.id)

"""A request as its enterprise reads it in JSON: a fixed number of statements, bureaus named, persons never."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Protocol

from flask import url_for
from sqlalchemy import select

from sla.ledger import evaluate
from ticketing.domain import numbers
from ticketing.domain.vocabulary import RESULT_WORDS, Result, State, TicketType
from ticketing.domain.workflow import TABLE, Action, actions_from
from ticketing.extensions import db
from ticketing.models import Attachment, HistoryEntry, Ticket, TicketClock
from ticketing.services import attachments, clocks
from ticketing.web import moments, status_view, timeline
from ticketing.web.context import now, province
from ticketing.web.i18n import named, words
from ticketing.web.ticket_view import DRAWN, drawn_clock, reading_of

#: What an enterprise may do, by the last part of the address that it posts to.
STEPS = {
    Action.SUPPLY: "supplements",
    Action.CONFIRM: "confirmations",
    Action.CONTEST: "contests",
    Action.REMIND: "reminders",
    Action.WITHDRAW: "withdrawals",
    Action.ATTACH: "attachments",
}


class Held(Protocol):
    """A ticket or its receipt."""

    @property
    def state(self) -> str: ...
    @property
    def bureau_code(self) -> str: ...


def present(ticket: Ticket) -> dict[str, Any]:
    """Return the request with everything that an enterprise may know of it."""
    lines = _public_lines(ticket)
    return {
        "number": numbers.shown(ticket.number),
        "version": ticket.history_seq,
        "state": State(ticket.state),
        "sentence": status_view.sentence(ticket),
        "type": TicketType(ticket.type),
        "subject": ticket.subject,
        "body": ticket.body,
        "received_at": ticket.received_at,
        "bureau": bureau_of(ticket),
        "deadline": _deadline(ticket),
        "reasons": status_view.reasons(ticket, lines),
        "question": _question(ticket, lines),
        "answer": _answer(ticket, lines),
        "timeline": [entry | {"at": entry["at"].iso} for entry in timeline.entries(lines, public=True)],
        "files": [file(row) for row in attachments.of_ticket(ticket, public_only=True)],
        "steps": list(_steps(ticket, lines)),
    }


def bureau_of(held: Held) -> str:
    """Return the name of the bureau, or nothing while the centre still looks for one."""
    return "" if held.state == State.NEW else named(province().archive.bureaus[held.bureau_code])


def promise_of(ticket_id: int) -> dt.datetime | None:
    """Return when an answer is due."""
    kept = select(TicketClock.due_at).where(
        TicketClock.ticket_id == ticket_id, TicketClock.kind.in_([kind.value for kind in DRAWN])
    )
    return db.session.scalar(kept.order_by(TicketClock.id.desc()).limit(1))


def file(row: Attachment) -> dict[str, Any]:
    """Return a file and where it can be had."""
    return {
        "id": row.id,
        "name": row.name,
        "kind": attachments.KINDS[row.content_type],
        "size": row.size,
        "url": url_for("own.download", file_id=row.id),
        "added_at": row.added_at,
    }


def _public_lines(ticket: Ticket) -> list[HistoryEntry]:
    wanted = select(HistoryEntry).where(HistoryEntry.ticket_id == ticket.id, HistoryEntry.public)
    return list(db.session.scalars(wanted.order_by(HistoryEntry.seq)))


def _deadline(ticket: Ticket) -> dict[str, Any]:
    promise = drawn_clock(clocks.read(ticket))
    if promise is None:
        reading = moments.reading(None, now(), province().calendar)
        return {"at": None, "level": reading.level, "words": reading.words, "provisional": False}
    until = promise.clock.stopped_at or now()
    reading = reading_of(promise)
    return {
        "at": evaluate(promise.state, province().calendar_of(promise.state), until).due,
        "level": reading.level,
        "words": reading.words,
        "provisional": reading.provisional,
    }


def _question(ticket: Ticket, lines: list[HistoryEntry]) -> dict[str, Any] | None:
    asked = status_view.last(lines, Action.ASK_REQUESTER)
    if ticket.state != State.AWAITING_REQUESTER or asked is None:
        return None
    return {"text": asked.text, "until": dt.datetime.fromisoformat(asked.data["until"])}


def _answer(ticket: Ticket, lines: list[HistoryEntry]) -> dict[str, Any] | None:
    given = status_view.answer_line(ticket, lines)
    if given is None:
        return None
    result = Result(given.data["result"]) if "result" in given.data else None
    word = RESULT_WORDS[result] if result else TABLE[Action(given.action)].word
    return {
        "text": given.text,
        "result": result,
        "result_words": words(word),
        "bureau": named(province().archive.bureaus[given.bureau_code or ticket.bureau_code]),
        "at": given.at,
        "contest_until": status_view.contest_until(ticket),
    }


def _steps(ticket: Ticket, lines: list[HistoryEntry]) -> Iterator[str]:
    """Return what may be posted; the verb itself has the last word."""
    open_now = {
        Action.CONTEST: status_view.contest_until(ticket) is not None,
        Action.REMIND: status_view.may_remind(ticket, lines),
    }
    for step in actions_from(State(ticket.state)):
        if step.action in STEPS and open_now.get(step.action, True):
            yield STEPS[step.action]

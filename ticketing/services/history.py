"""The history of a ticket: one canonical line for everything that happened to it."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from ticketing.domain.actors import Actor
from ticketing.domain.vocabulary import Door
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import HistoryEntry, Ticket
from ticketing.services import case_words
from ticketing.services.trace import request_id


@dataclass(frozen=True)
class Act:
    """Who does something, and when; every verb takes one."""

    actor: Actor
    now: dt.datetime


@dataclass(frozen=True)
class Said:
    """What goes with an act: the words, and values that pages and reports read."""

    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    public: bool | None = None  #: None: as the table says


def line(
    action: Action, act: Act, said: Said, *, states: tuple[str | None, str], door: Door | None = None
) -> dict[str, Any]:
    """Return the columns of a history line, but for its ticket and number."""
    actor = act.actor
    return {
        "at": act.now,
        "action": action.value,
        "from_state": states[0],
        "to_state": states[1],
        "actor_kind": actor.kind.value,
        "actor_id": actor.account_id,
        "actor_name": actor.name,
        "door": (door or actor.door).value,
        "public": TABLE[action].public if said.public is None else said.public,
        "text": said.text,
        "data": said.data,
        "request_id": request_id(),
    }


def write(ticket: Ticket, action: Action, act: Act, said: Said, *, was: str) -> HistoryEntry:
    """Append a line to the ticket's history and return it.

    Raises:
        Invalid, TooMany: it carries a name that is secret in the ticket's case.
    """
    case_words.check_ticket(ticket, [said.text, *case_words.strings(said.data)], case_words.who_is(act.actor))
    ticket.history_seq += 1
    entry = HistoryEntry(
        ticket_id=ticket.id,
        seq=ticket.history_seq,
        bureau_code=ticket.bureau_code,
        **line(action, act, said, states=(was, ticket.state)),
    )
    db.session.add(entry)
    return entry

"""Answers on their way: each colleague's draft is kept by the server, and seen by those who may answer too."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from ticketing.domain.actors import Actor
from ticketing.domain.errors import NotFound
from ticketing.domain.workflow import Action
from ticketing.extensions import db
from ticketing.models import Account, Draft, HistoryEntry, Ticket
from ticketing.services import attachments, drafts
from ticketing.services.history import Act

#: The verbs that give an answer; they share one draft a ticket.
ANSWERS = (Action.ANSWER, Action.ANSWER_ON_CALL)
PREFIX = "answer:"
FIELDS = ("result", "text", "basis", "cited")
#: What colleagues have of one page, in one look.
OF_PAGE = (
    select(Draft, Account.name)
    .join(Account, Account.id == Draft.account_id)
    .where(Draft.page == bindparam("page"), Draft.account_id.is_not(None))
    .order_by(Draft.updated_at.desc(), Draft.id)
    .limit(10)
)


@dataclass(frozen=True)
class Written:
    """Somebody's text for this ticket: a draft, or what has been said or handed in already."""

    key: str
    name: str
    at: dt.datetime
    text: str
    draft: Draft | None = None


@dataclass(frozen=True)
class AtWork:
    """One's own draft, and those of the others."""

    mine: Draft | None
    others: Sequence[Written]


def page(ticket: Ticket) -> str:
    """Return under what the drafts of a ticket's answer are kept."""
    return f"{PREFIX}{ticket.id}"


def at_work(ticket: Ticket, actor: Actor) -> AtWork:
    """Return who writes an answer to a ticket; a draft without words is none."""
    rows = db.session.execute(OF_PAGE, {"page": page(ticket)}).all()
    mine = next((row[0] for row in rows if row[0].account_id == actor.account_id), None)
    others = [
        Written(f"d{draft.id}", name, draft.updated_at, text_of(draft), draft)
        for draft, name in rows
        if draft is not mine and text_of(draft).strip()
    ]
    return AtWork(mine, others)


def text_of(draft: Draft | None) -> str:
    """Return the words of a draft."""
    return str(draft.data.get("text", "")) if draft else ""


def save(ticket: Ticket, values: Mapping[str, Any], act: Act) -> Draft:
    """Keep what was typed."""
    kept = {name: values[name] for name in FIELDS if name in values}
    return drafts.save_for_account(act.actor.account_id or 0, page(ticket), kept, act.now)


def done(ticket: Ticket, act: Act) -> None:
    """The answer has gone out: the draft's files go with it, the draft ends."""
    draft = drafts.for_account(act.actor.account_id or 0, page(ticket))
    if draft is not None:
        attachments.move(draft, ticket)
        drafts.drop(draft)


def discard(ticket: Ticket, act: Act) -> None:
    """Forget what one has typed for this ticket."""
    draft = drafts.for_account(act.actor.account_id or 0, page(ticket))
    if draft is not None:
        drafts.drop(draft)


def said(ticket: Ticket, *, since: int = 0, but: int | None = None) -> Written | None:
    """Return the newest answer that somebody else has given or handed in after a history line."""
    wanted = (
        select(HistoryEntry)
        .where(
            HistoryEntry.ticket_id == ticket.id,
            HistoryEntry.seq > since,
            HistoryEntry.action.in_([*(one.value for one in ANSWERS), Action.SUBMIT.value]),
        )
        .order_by(HistoryEntry.seq.desc())
    )
    for line in db.session.scalars(wanted):
        about_answer = line.action != Action.SUBMIT or line.data.get("kind") in ANSWERS
        if about_answer and line.actor_id != but:
            return Written(f"e{line.seq}", line.actor_name, line.at, line.text)
    return None


def by_key(ticket: Ticket, key: str, actor: Actor) -> Written:
    """Return the text that an address names.

    Raises:
        NotFound: there is none, or it is one's own.
    """
    if key.startswith("e"):
        found = said(ticket, but=actor.account_id)
        others = [found] if found else []
    else:
        others = list(at_work(ticket, actor).others)
    one = next((other for other in others if other.key == key), None)
    if one is None:
        raise NotFound
    return one

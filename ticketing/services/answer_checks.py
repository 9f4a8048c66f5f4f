"""What is known of a ticket for the look at its answer: what was asked, who may be named, which policies are meant."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, or_, select, union_all

from ticketing.domain import knowledge as codes
from ticketing.domain import questions
from ticketing.domain.actors import ActorKind
from ticketing.domain.answer_check import Finding, Known, Policy, check, named_articles
from ticketing.domain.clock import local
from ticketing.domain.questions import Question, Told
from ticketing.domain.workflow import Action
from ticketing.extensions import db
from ticketing.models import Article, HistoryEntry, Ticket, TicketLink

#: What an enterprise says after its request; an operator may write it down for it.
HEARD = frozenset({Action.SUPPLY, Action.CONTEST, Action.REMIND, Action.ATTACH})
#: What colleagues tell it.
TOLD = frozenset({Action.ANSWER, Action.ANSWER_ON_CALL, Action.MESSAGE})
OTHERS_MOST = 100
Line = HistoryEntry | Row[Any]


def asked(ticket: Ticket, lines: Iterable[Line]) -> list[Question]:
    """Return what the enterprise has asked, in its request and since, each question once."""
    heard = [(1, ticket.body)]
    if not questions.asked(ticket.body):
        heard.insert(0, (1, ticket.subject))
    heard += [
        (line.seq, line.text)
        for line in lines
        if line.action in HEARD and (line.actor_kind == ActorKind.REQUESTER or line.action in _WRITTEN_DOWN)
    ]
    found: dict[str, Question] = {}
    for seq, text in heard:
        for one in questions.asked(text, at=seq):
            found[one.text] = one
    return list(found.values())[: questions.MOST]


_WRITTEN_DOWN = frozenset({Action.SUPPLY, Action.CONTEST})


def told(lines: Iterable[Line]) -> list[Told]:
    """Return what the enterprise was told before."""
    return [Told(line.text, line.seq) for line in lines if line.action in TOLD and line.public]


def look(
    ticket: Ticket,
    lines: Sequence[Line],
    text: str,
    cited: str,
    now: dt.datetime,
    *,
    colleagues: Iterable[str],
) -> list[Finding]:
    """Return what the person who answers should look at before sending."""
    known = Known(
        questions=asked(ticket, lines),
        told=told(lines),
        own_names=[one for one in (ticket.requester, ticket.enterprise) if one],
        own_phones=[ticket.phone] if ticket.phone else [],
        others=_others(ticket),
        policies=_policies(f"{text}\n{cited}", now),
        colleagues=list(colleagues),
    )
    return check(text, known)


def _others(ticket: Ticket) -> list[str]:
    """Return the people and enterprises of linked and merged tickets: an answer to one names nobody of another."""
    linked = union_all(
        select(TicketLink.high_id).where(TicketLink.low_id == ticket.id),
        select(TicketLink.low_id).where(TicketLink.high_id == ticket.id),
        select(Ticket.id).where(Ticket.head_id == ticket.id),
        select(Ticket.head_id).where(Ticket.id == ticket.id, Ticket.head_id.is_not(None)),
    )
    wanted = select(Ticket.requester, Ticket.enterprise).where(Ticket.id.in_(linked)).limit(OTHERS_MOST)
    names = {name for row in db.session.execute(wanted) for name in row if name}
    return sorted(names - {ticket.requester, ticket.enterprise})


def _policies(text: str, now: dt.datetime) -> list[Policy]:
    titles, numbers = named_articles(text)
    if not titles and not numbers:
        return []
    wanted = select(Article).where(or_(Article.number.in_(numbers), Article.title.in_(titles)))
    today = local(now).date()
    return [
        Policy(
            codes.shown(row.number),
            row.title,
            expired=row.withdrawn_at is not None or codes.expired(row.valid_until, today),
            to_review=row.review_on is not None and row.review_on <= today,
        )
        for row in db.session.scalars(wanted.order_by(Article.number))
    ]

"""Merged tickets: the head names its followers, a follower shows the head's progress and keeps its own data."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Row

from ticketing.domain import numbers
from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import PUBLIC_STATE_WORDS, STATE_WORDS, State
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import linking
from ticketing.web import moments
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words
from ticketing.web.rows import due_of

#: States whose public words speak to the head's own enterprise.
TO_OTHERS = {State.AWAITING_REQUESTER: N_("等另一家企业补充材料"), State.ANSWERED: N_("已答复")}
#: The steps of the head that another enterprise may know of: that they were taken, never what was said.
STEPS = frozenset(
    {
        Action.DISPATCH, Action.ACCEPT, Action.OPEN_CASE, Action.DISSOLVE, Action.EXTEND,
        Action.SUSPEND, Action.RESUME, Action.ANSWER, Action.REJECT,
    }
)  # fmt: skip


def head(ticket: Ticket, actor: Actor) -> dict[str, Any] | None:
    """Return the ticket that this one follows: number and progress for everybody, a link for who may read it."""
    found = db.session.get(Ticket, ticket.head_id) if ticket.head_id else None
    if found is None:
        return None
    open_to_actor = may(actor, Permission.READ_TICKET, found)
    return {
        "number": numbers.shown(found.number),
        "url": url_for("tickets.show", number=found.number) if open_to_actor else "",
        "subject": found.subject if open_to_actor else "",
        "state_word": words(STATE_WORDS[State(found.state)]),
        "bureau": named(province().archive.bureaus[found.bureau_code]),
        "due": due_of(found) if found.state not in (State.ANSWERED, State.CLOSED) else None,
        "level": due_of(found).level,
    }


def followers(ticket: Ticket, actor: Actor) -> dict[str, Any] | None:
    """Return how many follow this ticket, and which of them the person may read; nothing where none does."""
    count, found = linking.followers(ticket)
    if not count:
        return None
    shown = [one for one in found if may(actor, Permission.READ_TICKET, one)]
    return {
        "count": count,
        "hidden": count - len(shown),
        "rows": [
            {
                "number": numbers.shown(one.number),
                "url": url_for("tickets.show", number=one.number),
                "enterprise": one.enterprise,
                "state_word": words(STATE_WORDS[State(one.state)]),
                "level": due_of(one).level,
            }
            for one in shown
        ],
    }


def told(ticket: Ticket) -> str:
    """Return how the head stands, for the enterprise of a follower; empty where nothing is followed."""
    found = db.session.get(Ticket, ticket.head_id) if ticket.head_id else None
    if found is None:
        return ""
    state = State(found.state)
    said = words(TO_OTHERS.get(state) or PUBLIC_STATE_WORDS[state])
    if state is State.NEW:
        return said
    bureau = named(province().archive.bureaus[found.bureau_code])
    return _("%(bureau)s，%(progress)s", bureau=bureau, progress=said)


def progress(lines: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return the steps of the head, newest first, as another enterprise may read them."""
    archive = province().archive
    return [
        {
            "verb": words(TABLE[Action(line.action)].word),
            "who": named(archive.bureaus[line.bureau_code]) if line.bureau_code else "",
            "at": moments.moment(line.at, now()),
        }
        for line in reversed(lines)
        if line.public and line.action in STEPS and line.actor_kind != ActorKind.REQUESTER
    ]

"""Requests that may be about the same matter, as they are offered: to read, or to link; never forced."""

from collections.abc import Collection
from typing import Any

from flask import request, url_for

from ticketing.domain import numbers
from ticketing.domain.errors import NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import STATE_WORDS, State, TicketType
from ticketing.models import Ticket
from ticketing.services import linking, similar
from ticketing.services.history import Act
from ticketing.services.similar import Alike, Asked
from ticketing.web.context import act, now
from ticketing.web.guard import by_number
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import words
from ticketing.web.moments import moment
from ticketing.web.rows import due_of

#: What a form calls the tickets that are ticked.
FIELD = "alike"
SHOWN = 5
#: So many other enterprises with the same matter are no accident.
MANY = 3


def of_typed(asked: Asked) -> dict[str, Any]:
    """Return what is like a text that is being typed; what was ticked stays ticked while it is offered."""
    found = similar.duplicates(asked, act().actor, now())
    return _drawn(found, frozenset(request.form.getlist(FIELD)))


def of_ticket(ticket: Ticket, linked: Collection[str]) -> dict[str, Any] | None:
    """Return what is like a ticket, for those who may link it; `linked`: numbers that need not be offered."""
    actor = act().actor
    open_one = ticket.state != State.CLOSED and ticket.type != TicketType.REPORT
    if not open_one or not may(actor, Permission.LINK, ticket):
        return None
    asked = Asked(
        ticket.subject,
        ticket.body,
        enterprise=ticket.enterprise,
        register_code=ticket.register_code,
        phone=ticket.phone or "",
        but=ticket.id,
    )
    found = similar.duplicates(asked, actor, now())
    return _drawn([one for one in found if numbers.shown(one.row.number) not in linked], frozenset())


def _drawn(found: list[Alike], ticked: Collection[str]) -> dict[str, Any]:
    others = len([one for one in found if not one.same_enterprise])
    return {
        "rows": [_shown(one, ticked) for one in found[:SHOWN]],
        "many": _("近 30 天有 %(count)s 件相似，可能是许多企业共同的问题。", count=others)
        if others >= MANY
        else "",
    }


def _shown(one: Alike, ticked: Collection[str]) -> dict[str, Any]:
    row = one.row
    return {
        "value": row.number,
        "number": numbers.shown(row.number),
        "url": url_for("tickets.show", number=row.number),
        "subject": row.subject,
        "enterprise": row.enterprise,
        "state_word": words(STATE_WORDS[State(row.state)]),
        "level": due_of(row).level,
        "at": moment(row.received_at, now()),
        "note": _("同一家企业")
        if one.same_enterprise
        else _("相似 %(share)s%%", share=round(one.likeness * 100)),
        "ticked": row.number in ticked,
    }


def link_ticked(ticket: Ticket, act: Act) -> None:
    """Link a ticket with those that were ticked; what the person may not read is passed over."""
    for number in dict.fromkeys(request.form.getlist(FIELD)):
        try:
            other = by_number(number)
        except NotFound:
            continue
        if other.id != ticket.id and may(act.actor, Permission.READ_TICKET, other):
            linking.link(ticket, other, act)

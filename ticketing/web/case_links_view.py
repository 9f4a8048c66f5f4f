"""What a ticket's page says of cases: the one that carries it, and closed ones that are like it."""

from collections.abc import Collection
from typing import Any

from flask import url_for

from ticketing.domain.actors import Actor
from ticketing.domain.case_workflow import CASE_STATE_WORDS, CaseState
from ticketing.domain.permissions import Permission, may
from ticketing.domain.workflow import Action
from ticketing.models import Ticket
from ticketing.services import case_public, cases
from ticketing.services import precedents as past
from ticketing.web.context import province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import named, words


def of_ticket(ticket: Ticket, actor: Actor) -> list[dict[str, Any]]:
    """Return the case that carries the ticket, for those who may read it."""
    case = case_public.case_of(ticket)
    if case is None or not may(actor, Permission.READ_CASE, cases.facts(case, province())):
        return []
    return [
        {
            "relation": _("协调事项"),
            "number": _("%(n)s 号", n=case.number),
            "url": url_for("cases.show", case_no=case.number),
            "subject": case.aim,
            "state_word": words(CASE_STATE_WORDS[CaseState(case.state)]),
            "level": "none",
        }
    ]


def precedents(ticket: Ticket, possible: Collection[Action]) -> list[dict[str, Any]]:
    """Return what was done about requests like this one, for those who may open a case."""
    return like(ticket.subject, ticket.body) if Action.OPEN_CASE in possible else []


def like(subject: str, body: str) -> list[dict[str, Any]]:
    """Return closed cases like a request: who led, how long it took, what was done, what was answered."""
    return [
        {
            "title": one.aim,
            "url": url_for("precedents.show", case_no=one.number),
            "excerpt": _(
                "%(lead)s牵头，用了 %(days)s 天：%(answer)s",
                lead=named(province().archive.bureaus[one.lead_code]),
                days=max(1, (one.ended_at - one.opened_at).days),
                answer=one.answer[:60],
            ),
        }
        for one in past.like(subject, body)
    ]

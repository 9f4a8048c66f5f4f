"""Submitting a request; a repeated one, told by its key, gives the same ticket and never a second."""

from typing import Any

from flask import current_app, request

from ticketing.domain import numbers
from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.errors import Conflict, Invalid
from ticketing.domain.messages import Inbound
from ticketing.domain.text import clean
from ticketing.domain.vocabulary import PUBLIC_STATE_WORDS, Door, State
from ticketing.domain.words import N_
from ticketing.extensions import db, transaction
from ticketing.models import Membership, Ticket
from ticketing.services import guesses, intake, own_requests
from ticketing.services.history import Act
from ticketing.web import membership
from ticketing.web.api import tokens, view
from ticketing.web.api.parts import BODY, Blueprint, refuses
from ticketing.web.api.tokens import WECHAT, claim
from ticketing.web.context import now, province
from ticketing.web.guard import open_to_all
from ticketing.web.i18n import language, words
from ticketing.web.schemas.submit import NewRequest, Receipt, Repeats

submissions = Blueprint("requests", __name__, description="Submit a request")
SOURCE = "miniprogram"


@submissions.post("/requests")
@open_to_all
@submissions.doc(security=[{}, {"wechat": []}])
@submissions.response(201, Receipt)
@submissions.alt_response(200, schema=Receipt, description="It had come in before", success=True)
@refuses(submissions, 401, 409, 429, *BODY)
@submissions.arguments(Repeats, location="headers")
@submissions.arguments(NewRequest)
def submit(repeats: dict[str, str], body: dict[str, str]) -> tuple[dict[str, Any], int]:
    """Submit a request; the answer says number and password, a repeated one only the number."""
    member = _member(body.pop("account"), body.pop("account_enterprise"))
    inbound = Inbound(
        door=Door.MINIPROGRAM,
        openid=claim(WECHAT)["openid"] if "Authorization" in request.headers else None,
        source=SOURCE if "key" in repeats else None,
        source_id=repeats.get("key"),
        **{"locale": language()} | body,
    )
    guesses.submitted(request.remote_addr or "", now(), most=current_app.config["SUBMISSIONS_PER_HOUR"])
    actor = Actor(ActorKind.REQUESTER, clean(inbound.requester or inbound.enterprise), Door.MINIPROGRAM)
    with transaction():
        receipt = intake.receive(inbound, Act(actor, now()), province())
        ticket = db.session.get_one(Ticket, receipt.ticket_id)
        if receipt.duplicate:
            _same_words(ticket, inbound.body)
        own = member is not None and _own(member, ticket, receipt)
    return _told(receipt) | {"own": own}, 200 if receipt.duplicate else 201


def _member(token: str, register_code: str) -> Membership | None:
    """Return for which enterprise a request is sent; None where nobody has signed in.

    Raises:
        Invalid: the login has ended, or the person does not act for this enterprise any more.
    """
    if not token:
        return None
    who = tokens.person_of(token)
    found = membership.by_code(who, register_code) if who is not None else None
    if found is None:
        raise Invalid(N_("登录已经结束，或者您不再是这家企业账号的成员。"), field="account")
    return found


def _own(member: Membership, ticket: Ticket, receipt: intake.Receipt) -> bool:
    if receipt.duplicate:
        return own_requests.linked(member, ticket)
    return own_requests.keep_sent(member, ticket, now())


def _same_words(ticket: Ticket, body: str) -> None:
    """Refuse a key that was used for other words: whoever sends them would believe them taken in."""
    if ticket.body != clean(body):
        raise Conflict(N_("这个幂等键已用于另一件诉求，请换一个。"), field="Idempotency-Key")


def _told(receipt: intake.Receipt) -> dict[str, Any]:
    state = State(receipt.state)
    return {
        "number": numbers.shown(receipt.number),
        "password": receipt.password,
        "state": state,
        "sentence": words(PUBLIC_STATE_WORDS[state]),
        "bureau": view.bureau_of(receipt),
        "due_at": view.promise_of(receipt.ticket_id),
        "duplicate": receipt.duplicate,
    }

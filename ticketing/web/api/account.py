"""The enterprise's account: the services of the pages under `/my`, for programs.

A code to the telephone gives a token of the person. It lists the enterprise's own requests, and opens each of them
for the views that number and password open: questions, the word on an answer, files.
"""

from typing import Any

from flask import request

from ticketing.domain import numbers
from ticketing.domain.contact import mask_phone
from ticketing.domain.enterprise import ENTERPRISE_ROLE_WORDS, EnterpriseRole
from ticketing.domain.errors import NotAllowed, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import State
from ticketing.domain.words import N_
from ticketing.extensions import transaction
from ticketing.models import CheckedCall, Enterprise, Membership, Person, Ticket
from ticketing.services import enterprises, own_requests, people
from ticketing.web import membership, status_view
from ticketing.web.api import tokens, view
from ticketing.web.api.parts import BODY, Blueprint, refuses
from ticketing.web.context import now
from ticketing.web.guard import by_number, open_to_all
from ticketing.web.i18n import language, words
from ticketing.web.my import place
from ticketing.web.schemas import account as schemas
from ticketing.web.schemas.own import Token

account = Blueprint("account", __name__, description="The enterprise's account")
SECURED = [{"person": []}]
Body = dict[str, Any]


def _address() -> str:
    return request.remote_addr or ""


def member_of(who: Person, register_code: str, permission: Permission) -> Membership:
    """Return the membership by which a person does something.

    Raises:
        NotAllowed: no enterprise was proved, or the role does not go that far.
        NotFound: not an enterprise of theirs.
    """
    found = membership.by_code(who, register_code)
    if found is None:
        raise NotFound if membership.standing(who) else NotAllowed(N_("请先核实企业。"))
    return allowed(found, permission)


def allowed(member: Membership, permission: Permission) -> Membership:
    """Return a membership whose role goes so far.

    Raises:
        NotAllowed: it does not.
    """
    if not may(membership.actor_of(member), permission):
        raise NotAllowed
    return member


@account.post("/my/codes")
@open_to_all
@account.response(204)
@refuses(account, 429, 503, *BODY)
@account.arguments(schemas.Telephone)
def ask_code(body: Body) -> None:
    """Send a code to a telephone; the answer never tells whether it is known."""
    with transaction():
        people.ask_code(body["phone"], _address(), now(), locale=language())


@account.post("/my/sessions")
@open_to_all
@account.response(201, Token)
@refuses(account, 429, 503, *BODY)
@account.arguments(schemas.SignIn)
def sign_in(body: Body) -> dict[str, Any]:
    """Exchange the code for a token of the person who holds the telephone."""
    phone = people.parse_mobile(body["phone"])
    with transaction():
        found = people.with_code(phone, body["code"], _address(), now(), locale=language())
    return tokens.for_person(found)


@account.delete("/my/sessions")
@tokens.signed_in
@account.doc(security=SECURED)
@account.response(204)
@refuses(account, 401)
def sign_out(who: Person) -> None:
    """Sign out, here and on every other device."""
    with transaction():
        people.end_sessions(who)


@account.get("/my")
@tokens.signed_in
@account.doc(security=SECURED)
@account.response(200, schemas.Account)
@refuses(account, 401)
def read(who: Person) -> dict[str, Any]:
    """Say who has signed in, and for which enterprises he or she acts; none before the first proof."""
    waiting = enterprises.call_waits(who)
    return {
        "name": who.name,
        "phone": mask_phone(who.phone),
        "enterprises": [enterprise_line(one.enterprise, one.role) for one in membership.standing(who)],
        "call": _call(waiting) if waiting else None,
    }


def enterprise_line(one: Enterprise, role: str) -> dict[str, Any]:
    """Return an enterprise with the role that a person has in it."""
    held = EnterpriseRole(role)
    return {
        "register_code": one.register_code,
        "name": one.name,
        "role": held,
        "role_words": words(ENTERPRISE_ROLE_WORDS[held]),
    }


@account.post("/my/proofs")
@tokens.signed_in
@account.doc(security=SECURED)
@account.response(204)
@refuses(account, 401, 429, 503, *BODY)
@account.arguments(schemas.Proof)
def ask_proof(body: Body, who: Person) -> None:
    """Send a code to the legal person whom the register names; who does not know it cannot go on."""
    with transaction():
        enterprises.ask_proof(who, body["register_code"], _address(), now())


@account.post("/my/enterprises")
@tokens.signed_in
@account.doc(security=SECURED)
@account.response(201, schemas.OwnEnterprise)
@refuses(account, 401, 429, 503, *BODY)
@account.arguments(schemas.Proved)
def prove(body: Body, who: Person) -> dict[str, Any]:
    """Prove the enterprise by the code; the person manages its account from then on."""
    with transaction():
        found = enterprises.prove(who, body["register_code"].strip().upper(), body["code"], _address(), now())
    return enterprise_line(found, EnterpriseRole.MANAGER)


@account.post("/my/calls")
@tokens.signed_in
@account.doc(security=SECURED)
@account.response(201, schemas.Call)
@refuses(account, 401, *BODY)
@account.arguments(schemas.AskCall)
def ask_call(body: Body, who: Person) -> dict[str, Any]:
    """Ask for a checked call; asked again while it waits, the answer is the call that waits."""
    with transaction():
        waiting = enterprises.ask_call(who, body["register_code"], body["name"], now())
    return _call(waiting)


def _call(one: CheckedCall) -> dict[str, Any]:
    return {"register_code": one.register_code, "name": one.name, "asked_at": one.asked_at}


@account.get("/my/requests")
@tokens.signed_in
@account.doc(security=SECURED)
@account.response(200, schemas.Requests)
@refuses(account, 401, 403, 404, 422)
@account.arguments(schemas.Wanted, location="query")
def requests(wanted: Body, who: Person) -> dict[str, Any]:
    """List the enterprise's own requests, the newest first."""
    member = member_of(who, wanted["enterprise"], Permission.SEE_OWN_ENTERPRISE)
    found = own_requests.listed(member.enterprise, wanted["which"], place(wanted["before"]))
    older = f"{found.older[0].isoformat()},{found.older[1]}" if found.older else ""
    return {
        "waiting": own_requests.count_waiting(member.enterprise),
        "requests": [_line(ticket) for ticket in found.tickets],
        "older": older,
    }


def _line(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": numbers.shown(ticket.number),
        "subject": ticket.subject,
        "state": State(ticket.state),
        "sentence": status_view.sentence(ticket),
        "bureau": view.bureau_of(ticket),
        "received_at": ticket.received_at,
        "yours": ticket.state in own_requests.WAITING,
    }


@account.post("/my/requests/sessions")
@tokens.signed_in
@account.doc(security=SECURED)
@account.response(201, Token)
@refuses(account, 401, 404, *BODY)
@account.arguments(schemas.Number)
def open_request(body: Body, who: Person) -> dict[str, Any]:
    """Open a request of the enterprise without its password; the token is one for `/requests/current`."""
    ticket: Ticket = by_number(body["number"])
    if not own_requests.may_see(who, ticket):
        raise NotFound
    return tokens.for_ticket(ticket, who)


@account.post("/my/claims")
@tokens.signed_in
@account.doc(security=SECURED)
@account.response(201, schemas.Line)
@refuses(account, 401, 403, 404, 429, 503, *BODY)
@account.arguments(schemas.Claim)
def claim(body: Body, who: Person) -> dict[str, Any]:
    """Take an earlier request over with its number and password; colleagues see it then."""
    member = member_of(who, body["enterprise"], Permission.SEE_OWN_ENTERPRISE)
    with transaction():
        pair, tail = (body["number"], body["password"]), body["phone_tail"]
        ticket = own_requests.claim(member, *pair, _address(), now(), tail=tail)
    return _line(ticket)

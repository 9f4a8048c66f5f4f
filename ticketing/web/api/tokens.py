"""Bearer tokens: signed, short-lived, good for one ticket as long as its query password stays the same.

One that a person of the enterprise opened is good while that person may see the request and is not signed out.

The time of expiry stands inside and is compared with the clock of the application, so that a test can
wait for it. No cookie opens anything here.
"""

import datetime as dt
import functools
from typing import Any

from flask import current_app, g, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.permissions import Permission
from ticketing.domain.vocabulary import Door
from ticketing.extensions import db
from ticketing.models import Person, Ticket
from ticketing.services import own_requests
from ticketing.services.history import Act
from ticketing.web.context import now, requester_act
from ticketing.web.guard import View
from ticketing.web.membership import SIGNED_IN_FOR
from ticketing.web.status import OPEN_FOR, password_print

TICKET = "api-ticket"
WECHAT = "api-wechat"
PERSON = "api-person"
GOOD_FOR = {TICKET: OPEN_FOR, WECHAT: dt.timedelta(hours=2), PERSON: SIGNED_IN_FOR}


def issue(purpose: str, claim: dict[str, Any]) -> dict[str, Any]:
    """Return a token and when it ends."""
    until = now() + GOOD_FOR[purpose]
    token = _serializer(purpose).dumps({**claim, "until": int(until.timestamp())})
    return {"token": token, "expires_at": until}


def for_ticket(ticket: Ticket, who: Person | None = None) -> dict[str, Any]:
    """Return a token for a ticket that number and password opened, or a person of its enterprise."""
    key = {"password": password_print(ticket)} if who is None else _key(who)
    return issue(TICKET, {"ticket": ticket.id, **key})


def for_person(who: Person) -> dict[str, Any]:
    """Return a token for somebody who has signed in."""
    return issue(PERSON, _key(who))


def _key(who: Person) -> dict[str, Any]:
    return {"person": who.id, "key": who.session_key}


def _person(said: dict[str, Any]) -> Person:
    found = _named(said)
    if found is None:
        raise refused()
    return found


def _named(said: dict[str, Any]) -> Person | None:
    """Return whom a token names; None where they are gone or have ended all their tokens since."""
    found = db.session.get(Person, said["person"])
    return found if found is not None and found.session_key == said["key"] else None


def person_of(token: str) -> Person | None:
    """Return who holds a token of a person, given elsewhere than in the header; None where it opens nothing."""
    said = read(PERSON, token)
    return _named(said) if said else None


def signed_in(view: View) -> View:
    """Let in who holds a token of a person, and hand the view that `who`; signing out ends all tokens."""

    @functools.wraps(view)
    def guarded(*given: Any, **values: Any) -> Any:
        return view(*given, who=_person(claim(PERSON)), **values)

    guarded.permission = "signed in"  # type: ignore[attr-defined]
    return guarded


def claim(purpose: str) -> dict[str, Any]:
    """Return what the token of this request says.

    Raises:
        Unauthorized: there is none, it is not ours, made for something else, or has ended.
    """
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise refused()
    said = read(purpose, given.token)
    if said is None:
        raise refused()
    return said


def read(purpose: str, token: str) -> dict[str, Any] | None:
    """Return what a token says, or None: it is not ours, made for something else, or has ended."""
    try:
        said: dict[str, Any] = _serializer(purpose).loads(token)
    except BadData:
        return None
    return said if said["until"] > now().timestamp() else None


def own_request(view: View) -> View:
    """Let in who holds a token of a ticket, and hand the view that `ticket`; a new password ends old tokens."""

    @functools.wraps(view)
    def guarded(*given: Any, **values: Any) -> Any:
        said = claim(TICKET)
        ticket = db.session.get(Ticket, said["ticket"])
        g.opened_by = _person(said) if "person" in said else None
        if ticket is None or not _still(said, ticket):
            raise refused()
        return view(*given, ticket=ticket, **values)

    guarded.permission = Permission.SEE_OWN_REQUEST  # type: ignore[attr-defined]
    return guarded


def _still(said: dict[str, Any], ticket: Ticket) -> bool:
    if g.opened_by is not None:
        return own_requests.may_see(g.opened_by, ticket)
    return bool(said["password"] == password_print(ticket))


def acting(ticket: Ticket) -> Act:
    """Return an act on the request of this token: of the person who opened it, else of whoever sent it."""
    if g.opened_by is None:
        return requester_act(ticket, Door.MINIPROGRAM)
    who = Actor(ActorKind.REQUESTER, g.opened_by.name, Door.MINIPROGRAM, ticket_ids=frozenset({ticket.id}))
    return Act(who, now())


def refused() -> Unauthorized:
    """Return the refusal that names the way in."""
    return Unauthorized(www_authenticate=WWWAuthenticate("bearer"))


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=purpose)

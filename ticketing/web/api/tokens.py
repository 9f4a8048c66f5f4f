"""Bearer tokens: signed, short-lived, good for one ticket as long as its query password stays the same.

The time of expiry stands inside and is compared with the clock of the application, so that a test can
wait for it. No cookie opens anything here.
"""

import datetime as dt
import functools
from typing import Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from ticketing.domain.permissions import Permission
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.web.context import now
from ticketing.web.guard import View
from ticketing.web.status import OPEN_FOR, password_print

TICKET = "api-ticket"
WECHAT = "api-wechat"
GOOD_FOR = {TICKET: OPEN_FOR, WECHAT: dt.timedelta(hours=2)}


def issue(purpose: str, claim: dict[str, Any]) -> dict[str, Any]:
    """Return a token and when it ends."""
    until = now() + GOOD_FOR[purpose]
    token = _serializer(purpose).dumps({**claim, "until": int(until.timestamp())})
    return {"token": token, "expires_at": until}


def for_ticket(ticket: Ticket) -> dict[str, Any]:
    """Return a token for a ticket that number and password opened."""
    return issue(TICKET, {"ticket": ticket.id, "password": password_print(ticket)})


def claim(purpose: str) -> dict[str, Any]:
    """Return what the token of this request says.

    Raises:
        Unauthorized: there is none, it is not ours, made for something else, or has ended.
    """
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise refused()
    try:
        said: dict[str, Any] = _serializer(purpose).loads(given.token)
    except BadData:
        raise refused() from None
    if said["until"] <= now().timestamp():
        raise refused()
    return said


def own_request(view: View) -> View:
    """Let in who holds a token of a ticket, and hand the view that `ticket`; a new password ends old tokens."""

    @functools.wraps(view)
    def guarded(*given: Any, **values: Any) -> Any:
        said = claim(TICKET)
        ticket = db.session.get(Ticket, said["ticket"])
        if ticket is None or said["password"] != password_print(ticket):
            raise refused()
        return view(*given, ticket=ticket, **values)

    guarded.permission = Permission.SEE_OWN_REQUEST  # type: ignore[attr-defined]
    return guarded


def refused() -> Unauthorized:
    """Return the refusal that names the way in."""
    return Unauthorized(www_authenticate=WWWAuthenticate("bearer"))


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=purpose)

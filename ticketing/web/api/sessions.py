"""Number and query password open a short session: a bearer token instead of a cookie."""

from typing import Any

from flask import request

from ticketing.domain import numbers
from ticketing.extensions import transaction
from ticketing.services import status
from ticketing.web.api import tokens
from ticketing.web.api.parts import BODY, Blueprint, refuses
from ticketing.web.context import now
from ticketing.web.guard import open_to_all
from ticketing.web.schemas.own import Found, Lost, NewPair, Pair, Token

sessions = Blueprint("sessions", __name__, description="Number and query password for a token")


@sessions.post("/sessions")
@open_to_all
@sessions.response(201, Token)
@refuses(sessions, 429, 503, *BODY)
@sessions.arguments(Pair)
def open_session(body: dict[str, str]) -> dict[str, Any]:
    """Exchange number and query password for a token; wrong pairs are limited as on the web."""
    ticket = status.open_request(
        body["number"], body["password"], body["phone_tail"], request.remote_addr or "", now()
    )
    return tokens.for_ticket(ticket)


@sessions.post("/passwords/codes")
@open_to_all
@sessions.response(204)
@refuses(sessions, 429, 503, *BODY)
@sessions.arguments(Lost)
def ask_code(body: dict[str, str]) -> None:
    """Send a code to the mobile telephone on file; the answer never tells whether there is such a request."""
    with transaction():
        status.ask_code(body["number"], request.remote_addr or "", now())


@sessions.post("/passwords")
@open_to_all
@sessions.response(201, NewPair)
@refuses(sessions, 429, 503, *BODY)
@sessions.arguments(Found)
def new_password(body: dict[str, str]) -> dict[str, str]:
    """Exchange the code for a new query password, said once."""
    with transaction():
        ticket, password = status.new_password(body["number"], body["code"], request.remote_addr or "", now())
    return {"number": numbers.shown(ticket.number), "password": password}

"""Registering for a call: the form knows who called which line and what was noted, each call has a draft of its own."""

import datetime as dt
from typing import Any

from flask import g, request, url_for

from ticketing.domain.errors import NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import db
from ticketing.models import Call, Ticket
from ticketing.services import call_desk
from ticketing.web import call_view
from ticketing.web.context import act, now, province
from ticketing.web.i18n import labelled
from ticketing.web.moments import moment
from ticketing.web.requests import row_id

PAGE = "register"


def _call() -> Call | None:
    """Return the call that the address names, for those who answer calls.

    Raises:
        NotFound: there is none.
    """
    identifier = request.args.get("call", type=row_id)
    if identifier is None or not may(act().actor, Permission.ANSWER_CALLS):
        return None
    if "register_call" not in g:
        g.register_call = db.session.get(Call, identifier)
    if g.register_call is None:
        raise NotFound
    return g.register_call  # type: ignore[no-any-return]


def page() -> str:
    """Return under which name a draft is kept: two calls never share one."""
    call = _call()
    return PAGE if call is None else f"{PAGE}-{call.id}"


def here() -> dict[str, int]:
    """Return what the addresses of the form carry on."""
    call = _call()
    return {} if call is None else {"call": call.id}


def next_url() -> str:
    """Return where the next caller is: on the board for who came from a call, else an empty form."""
    return url_for("desk.register", fresh=1) if _call() is None else url_for("calls.board")


def started() -> dict[str, Any]:
    """Return what the form begins with: the caller, the line, and what was noted while talking."""
    call = _call()
    if call is None:
        return {}
    person = call_desk.enterprise_of(call.caller)
    return {
        "phone": call.caller.removeprefix("+86"),
        "hotline": call.hotline_number,
        "body": call.notes,
        "enterprise": person.enterprise if person else "",
        "name": person.requester if person else "",
        "register_code": person.register_code if person else "",
    }


def spoken_at() -> dt.datetime | None:
    """Return when the enterprise spoke: the call was answered, or the message left; None without a call."""
    call = _call()
    if call is None:
        return None
    return call.answered_at or (call.rang_at if call.voicemail else None)


def filed(ticket: Ticket, *, answered: bool) -> None:
    """The call became this ticket."""
    call = _call()
    if call is not None:
        call_desk.filed(call_desk.locked(call.id), ticket, act(), province(), answered=answered)


def shown() -> dict[str, Any] | None:
    """Return what the head of the form says of the call."""
    call = _call()
    if call is None:
        return None
    return {
        "caller": call_view.caller(call, whole=True),
        "line": labelled(call_view.line_of(call)),
        "since": moment(call.answered_at or call.rang_at, now()),
        "recording": call.recording or "",
    }

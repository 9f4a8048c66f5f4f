"""A request sent by somebody who has signed in for an enterprise: less to type, and it is the enterprise's own."""

from typing import Any

from ticketing.models import Ticket
from ticketing.services import own_requests
from ticketing.web import membership
from ticketing.web.context import now


def name() -> str:
    """Return for which enterprise a request would be sent; nothing where nobody has signed in."""
    member = membership.membership()
    return member.enterprise.name if member is not None else ""


def prefilled() -> dict[str, Any]:
    """Return what the form knows already; how to be told is by text message until somebody chooses."""
    member = membership.membership()
    if member is None:
        return {"told_by": ["sms"]}
    person = member.person
    return {
        "enterprise": member.enterprise.name,
        "register_code": member.enterprise.register_code,
        "name": person.name,
        "phone": person.phone.removeprefix("+86"),
        "email": person.email or "",
        "told_by": person.told_by,
    }


def openid() -> str | None:
    """Return the WeChat of who has signed in, where it is known."""
    member = membership.membership()
    return member.person.openid if member is not None else None


def keep(ticket: Ticket) -> None:
    """Note that the request is the enterprise's own."""
    member = membership.membership()
    if member is not None:
        own_requests.keep_sent(member, ticket, now())

"""Every route says who may enter: `needs(permission)` or `open_to_all`; a test fails for one without."""

import functools
from collections.abc import Callable
from typing import Any

from flask import redirect, session, url_for
from sqlalchemy import bindparam, select

from ticketing.domain import numbers
from ticketing.domain.errors import Invalid, NotAllowed, NotFound
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.web import unsent
from ticketing.web.context import staff

BY_NUMBER = select(Ticket).where(Ticket.number == bindparam("number"))
View = Callable[..., Any]


def open_to_all(view: View) -> View:
    """Mark a view that anybody may call."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def needs(permission: Permission) -> Callable[[View], View]:
    """Let in colleagues with the permission; `number` in the address becomes the `ticket` it names.

    Who may not read a ticket is told that there is none.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(**values: Any) -> Any:
            actor = staff()
            if actor is None:
                ended = str(session.get("_user_id", "")).partition(":")[0]
                led = redirect(url_for("auth.login", next=unsent.here()))
                return unsent.keep(led, f"staff:{ended}" if ended else "")
            if "number" not in values:
                if not may(actor, permission):
                    raise NotAllowed
                return view(**values)
            ticket = by_number(values.pop("number"))
            if not may(actor, Permission.READ_TICKET, ticket):
                raise NotFound
            if not may(actor, permission, ticket):
                raise NotAllowed
            return view(ticket=ticket, **values)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return wrap


def by_number(number: str) -> Ticket:
    """Return the ticket of an address.

    Raises:
        NotFound: no number, or nobody's.
    """
    try:
        digits = numbers.parse(number)
    except Invalid:
        raise NotFound from None
    ticket = db.session.scalar(BY_NUMBER, {"number": digits})
    if ticket is None:
        raise NotFound
    return ticket

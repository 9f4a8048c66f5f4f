"""The operators: registering, the record of requests, follow-up visits."""

from flask import Blueprint

from ticketing.domain.permissions import Permission
from ticketing.web.guard import needs

desk = Blueprint("desk", __name__)


@desk.get("/desk/register")
@needs(Permission.REGISTER)
def register() -> str:
    """Stub."""
    return "stub"


@desk.get("/desk/tickets")
@needs(Permission.SEE_DESK)
def tickets() -> str:
    """Stub."""
    return "stub"


@desk.get("/desk/follow-ups")
@needs(Permission.FOLLOW_UP)
def follow_ups() -> str:
    """Stub."""
    return "stub"

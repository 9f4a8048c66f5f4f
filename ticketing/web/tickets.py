"""The ticket page."""

from flask import Blueprint

from ticketing.domain.permissions import Permission
from ticketing.web.guard import needs

tickets = Blueprint("tickets", __name__)


@tickets.get("/tickets/<number>")
@needs(Permission.READ_TICKET)
def show(ticket: object) -> str:
    """Stub."""
    return "stub"

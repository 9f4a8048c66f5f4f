"""The enterprise: status."""

from flask import Blueprint

from ticketing.web.guard import open_to_all

status = Blueprint("status", __name__)


@status.get("/status")
@open_to_all
def login() -> str:
    """Stub."""
    return "stub"

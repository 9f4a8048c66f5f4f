"""The enterprise: submit."""

from flask import Blueprint

from ticketing.web.guard import open_to_all

submit = Blueprint("submit", __name__)


@submit.get("/submit")
@open_to_all
def begin() -> str:
    """Stub."""
    return "stub"

"""The enterprise: public."""

from flask import Blueprint

from ticketing.web.guard import open_to_all

public = Blueprint("public", __name__)


@public.get("/")
@open_to_all
def home() -> str:
    """Stub."""
    return "stub"


@public.get("/privacy")
@open_to_all
def privacy() -> str:
    """Stub."""
    return "stub"

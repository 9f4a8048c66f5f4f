"""The bureaus: what is due next."""

from flask import Blueprint

from ticketing.domain.permissions import Permission
from ticketing.web.guard import needs

bureau = Blueprint("bureau", __name__)


@bureau.get("/bureau")
@needs(Permission.SEE_BUREAU)
def queue() -> str:
    """Stub."""
    return "stub"


@bureau.get("/bureau/mine")
@needs(Permission.SEE_BUREAU)
def mine() -> str:
    """Stub."""
    return "stub"


@bureau.get("/bureau/approvals")
@needs(Permission.SEE_BUREAU)
def approvals() -> str:
    """Stub."""
    return "stub"

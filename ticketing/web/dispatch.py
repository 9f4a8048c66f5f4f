"""The dispatchers: who answers, returns and their adjudication."""

from flask import Blueprint

from ticketing.domain.permissions import Permission
from ticketing.web.guard import needs

dispatch = Blueprint("dispatch", __name__)


@dispatch.get("/dispatch")
@needs(Permission.SEE_DISPATCH)
def queue() -> str:
    """Stub."""
    return "stub"

"""The supervisors: where it burns, before it burns."""

from flask import Blueprint

from ticketing.domain.permissions import Permission
from ticketing.web.guard import needs

watch = Blueprint("watch", __name__)


@watch.get("/watch")
@needs(Permission.SEE_WATCH)
def wallboard() -> str:
    """Stub."""
    return "stub"


@watch.get("/watch/overdue")
@needs(Permission.SEE_WATCH)
def overdue() -> str:
    """Stub."""
    return "stub"


@watch.get("/watch/returns")
@needs(Permission.SEE_WATCH)
def returns() -> str:
    """Stub."""
    return "stub"


@watch.get("/watch/approvals")
@needs(Permission.SEE_WATCH)
def approvals() -> str:
    """Stub."""
    return "stub"

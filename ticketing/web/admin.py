"""Accounts and deliveries."""

from flask import Blueprint

from ticketing.domain.permissions import Permission
from ticketing.web.guard import needs

admin = Blueprint("admin", __name__)


@admin.get("/admin/accounts")
@needs(Permission.SEE_ADMIN)
def accounts() -> str:
    """Stub."""
    return "stub"


@admin.get("/admin/deliveries")
@needs(Permission.SEE_ADMIN)
def deliveries() -> str:
    """Stub."""
    return "stub"

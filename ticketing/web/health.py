"""Whether this process serves: asked by the supervisor and by load balancers."""

from flask import Blueprint
from sqlalchemy import text

from ticketing.extensions import db
from ticketing.web.guard import open_to_all

health = Blueprint("health", __name__)


@health.get("/healthz")
@open_to_all
def healthz() -> tuple[str, int]:
    """Answer 200 when the database does."""
    db.session.execute(text("select 1"))
    return "ok\n", 200

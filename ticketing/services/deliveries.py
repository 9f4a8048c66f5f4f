"""The record of what was sent, for those who look after sending."""

from sqlalchemy import select

from ticketing.domain.audit import AuditKind
from ticketing.domain.errors import NotFound
from ticketing.extensions import db
from ticketing.models import Delivery
from ticketing.services import audit
from ticketing.services.audit import Whom
from ticketing.services.history import Act

STATES = ("waiting", "sending", "sent", "failed")


def newest(state: str | None, before: int | None, limit: int) -> list[Delivery]:
    """Return the newest deliveries, in one state where given, older than the id `before` where given."""
    wanted = select(Delivery).order_by(Delivery.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Delivery.id < before)
    return list(db.session.scalars(wanted if state is None else wanted.where(Delivery.status == state)))


def retry(delivery_id: int, act: Act) -> None:
    """Let a failed delivery be tried again from the beginning.

    Raises:
        NotFound: there is none, or it has not failed.
    """
    row = db.session.get(Delivery, delivery_id, with_for_update=True)
    if row is None or row.status != "failed":
        raise NotFound
    row.status, row.due_at, row.attempts = "waiting", act.now, 0
    audit.record(AuditKind.RETRIED, act, Whom(f"delivery {row.id}"), {"channel": row.channel})

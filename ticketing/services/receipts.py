"""What a provider tells of a message after it took it; receipts come late, twice and in any order."""

import datetime as dt

from sqlalchemy import update

from ticketing.extensions import db
from ticketing.models import Delivery

#: A later word goes before an earlier one; what has arrived or failed stays so.
RANK = {"queued": 0, "sending": 1, "sent": 2, "failed": 3, "undelivered": 3, "delivered": 4}
LOST = frozenset({"failed", "undelivered"})


def note(delivery_id: int, told: str, now: dt.datetime, *, error: str = "") -> bool:
    """Note a receipt that says more than what is known; a message that was lost is shown among the failed ones."""
    if told not in RANK:
        return False
    weaker = [word for word, rank in RANK.items() if rank < RANK[told]]
    values: dict[str, object] = {"receipt": told, "receipt_at": now}
    if told in LOST:
        values |= {"status": "failed", "error": f"not delivered: {error or told}"}
    elif told == "delivered":
        values |= {"status": "sent", "error": None}
    done = db.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.receipt.is_(None) | Delivery.receipt.in_(weaker))
        .values(values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]

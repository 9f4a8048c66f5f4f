"""Returns that wait too long: four working hours to adjudicate, then the supervisors hear of it."""

import datetime as dt

from sqlalchemy import select

from ticketing.domain import events
from ticketing.extensions import db
from ticketing.models import TicketReturn
from ticketing.services import outbox


def tell_late(now: dt.datetime, limit: int) -> int:
    """Tell of returns whose time to be adjudicated has passed, once each; return how many.

    The decision stays open: it is late, not lost, and from now on it is the supervisors' as much.
    """
    late = (
        select(TicketReturn)
        .where(
            TicketReturn.decision.is_(None), TicketReturn.due_at <= now, TicketReturn.late_told_at.is_(None)
        )
        .order_by(TicketReturn.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(db.session.scalars(late))
    for returned in found:
        returned.late_told_at = now
        outbox.record(events.AdjudicationLate(returned.ticket_id, returned.id), now)
    return len(found)

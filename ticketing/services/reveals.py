"""Looks behind a mask: each is a row of its own thing, and a line of the audit log."""

from ticketing.domain.audit import AuditKind
from ticketing.domain.text import require
from ticketing.extensions import db
from ticketing.models import Call, CallReveal, Reveal, Ticket
from ticketing.services import audit
from ticketing.services.audit import Whom
from ticketing.services.history import Act

REASON_MAX = 500


def of_ticket(ticket: Ticket, reason: str, act: Act) -> None:
    """Write down that somebody looks at the whole contact of a request.

    Raises:
        Invalid: field `reason`, nothing said.
    """
    reason = require(reason, field="reason", most=REASON_MAX)
    db.session.add(Reveal(ticket_id=ticket.id, account_id=act.actor.account_id, reason=reason, at=act.now))
    audit.record(AuditKind.REVEAL, act, Whom(ticket=ticket), {"reason": reason})


def of_call(call: Call, reason: str, act: Act) -> None:
    """Write down that somebody looks at the whole number of a caller.

    Raises:
        Invalid: field `reason`, nothing said.
    """
    reason = require(reason, field="reason", most=REASON_MAX)
    db.session.add(CallReveal(call_id=call.id, account_id=act.actor.account_id, reason=reason, at=act.now))
    audit.record(AuditKind.REVEAL_CALL, act, Whom(str(call.id)), {"reason": reason})

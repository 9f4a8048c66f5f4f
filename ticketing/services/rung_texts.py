"""Text messages to staff about rungs of ladders: in-app notices reach who looks, these reach who does not.

Only colleagues who left a mobile number get them, and of warnings before a due time only those on critical
requests. They keep the quiet of the recipient's night as every text message does. No personal data goes out.
"""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from sla.rungs import Act as RungAct
from ticketing.domain import numbers
from ticketing.domain.events import RungReached
from ticketing.domain.vocabulary import CLOCK_NAMES, ClockKind, Urgency
from ticketing.extensions import db
from ticketing.models import Account, Delivery, Ticket
from ticketing.services.notifications import Told, is_mobile, people, rung_word, send_at
from ticketing.services.trace import request_id
from ticketing.services.wording import RUNG_LETTERS


def text_staff(event: RungReached, told: Told) -> None:
    """Send each colleague whom the rung concerns one text message."""
    ticket = db.session.get_one(Ticket, event.ticket_id)
    word = rung_word(event, told.now)
    letter = RUNG_LETTERS.get(word or "")
    loud = word != RungAct.WARN or ticket.urgency == Urgency.CRITICAL
    if letter is None or not loud or "sms" not in told.channels:
        return
    wanted = select(Account.id, Account.phone, Account.locale).where(
        Account.id.in_(people(event, ticket, told.now)), Account.phone.is_not(None)
    )
    rows = []
    for account in db.session.execute(wanted):
        if not is_mobile(account.phone):
            continue
        values = {
            "number": numbers.shown(ticket.number),
            "clock": CLOCK_NAMES[account.locale][ClockKind(event.clock_kind)],
            "link": f"{told.address}/tickets/{ticket.number}",
        }
        subject, body = letter.said(account.locale, values)
        rows.append(
            {
                "event_id": told.event_id,
                "ticket_id": ticket.id,
                "recipient": f"account:{account.id}",
                "channel": "sms",
                "address": account.phone,
                "subject": subject,
                "body": body,
                "data": {},
                "urgent": ticket.urgency == Urgency.CRITICAL,
                "status": "waiting",
                "attempts": 0,
                "due_at": send_at("sms", ticket, told.now),
                "created_at": told.now,
                "request_id": request_id(),
            }
        )
    if rows:
        db.session.execute(insert(Delivery.__table__).on_conflict_do_nothing(), rows)

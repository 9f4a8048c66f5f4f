"""What of all requests is an enterprise's own: what it sent signed in or took over, and what names its register code.

Anybody can type a register code into the form; so persons stay masked on these pages, and a report (举报) is never
shown by its code nor taken over: an employee who reports must not be found by the employer (decision 32).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from ticketing.domain.enterprise import Happened
from ticketing.domain.errors import Invalid
from ticketing.domain.numbers import shown
from ticketing.domain.vocabulary import State, TicketType
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Enterprise, EnterpriseTicket, Membership, Person, Ticket
from ticketing.services import enterprises, status

PAGE = 20
COUNTED = 100
#: The enterprise's move: an answer to judge, a question to answer.
WAITING = (State.ANSWERED.value, State.AWAITING_REQUESTER.value)
CLOSED = State.CLOSED.value
Place = tuple[dt.datetime, int]


@dataclass(frozen=True)
class Listed:
    """A page of own requests, the newest first, and where the next begins."""

    tickets: Sequence[Ticket]
    older: Place | None


CONDITIONS: dict[str, ColumnElement[bool]] = {
    "waiting": Ticket.state.in_(WAITING),
    "open": Ticket.state != CLOSED,
    "closed": Ticket.state == CLOSED,
}


def listed(enterprise: Enterprise, which: str, before: Place | None) -> Listed:
    """Return a page of own requests; each of the two ways to own is read from its index, and no further."""
    wanted = []
    for way in _ways(enterprise):
        one = select(Ticket).where(way)
        if which in CONDITIONS:
            one = one.where(CONDITIONS[which])
        if before is not None:
            one = one.where(tuple_(Ticket.received_at, Ticket.id) < before)
        wanted.append(one.order_by(Ticket.received_at.desc(), Ticket.id.desc()).limit(PAGE + 1))
    found = {ticket.id: ticket for one in wanted for ticket in db.session.scalars(one)}
    rows = sorted(found.values(), key=lambda one: (one.received_at, one.id), reverse=True)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Listed(rows[:PAGE], (last.received_at, last.id) if last else None)


def _ways(enterprise: Enterprise) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    linked = select(EnterpriseTicket.ticket_id).where(EnterpriseTicket.enterprise_id == enterprise.id)
    named = and_(
        Ticket.register_code == enterprise.register_code,
        Ticket.register_code != "",
        Ticket.type != TicketType.REPORT.value,
    )
    return Ticket.id.in_(linked), named


def count_waiting(enterprise: Enterprise) -> int:
    """Return how many requests wait for the enterprise; counting stops at a hundred."""
    found: set[int] = set()
    for way in _ways(enterprise):
        wanted = select(Ticket.id).where(way, CONDITIONS["waiting"]).limit(COUNTED)
        found.update(db.session.scalars(wanted))
    return len(found)


def may_see(person: Person, ticket: Ticket) -> bool:
    """Tell whether a person sees a request through one of the enterprises that he or she acts for now."""
    standing = [one.enterprise for one in person.memberships if one.ended_at is None]
    named = ticket.register_code and ticket.type != TicketType.REPORT
    if named and any(one.register_code == ticket.register_code for one in standing):
        return True
    linked = select(func.count()).where(
        EnterpriseTicket.ticket_id == ticket.id,
        EnterpriseTicket.enterprise_id.in_([one.id for one in standing]),
    )
    return bool(standing) and bool(db.session.scalar(linked))


def keep_sent(member: Membership, ticket: Ticket, now: dt.datetime) -> bool:
    """Note that a request was sent for the enterprise, and return whether it is its own now.

    A report stays nobody's, and so does a request in which another enterprise is named.
    """
    if ticket.type == TicketType.REPORT or ticket.register_code not in ("", member.enterprise.register_code):
        return False
    _link(member, ticket, "sent", now)
    return True


def linked(member: Membership, ticket: Ticket) -> bool:
    """Tell whether a request was sent for the enterprise or taken over into its account."""
    known = select(EnterpriseTicket.id).where(
        EnterpriseTicket.enterprise_id == member.enterprise_id, EnterpriseTicket.ticket_id == ticket.id
    )
    return db.session.scalar(known) is not None


def claim(
    member: Membership, number: str, password: str, address: str, now: dt.datetime, *, tail: str = ""
) -> Ticket:
    """Take an earlier request over with its number and password, and the telephone's ending where it is asked for.

    Raises:
        Invalid: as `status.open_request`; a report; another enterprise's.
    """
    ticket = status.open_request(number, password, tail, address, now)
    if ticket.type == TicketType.REPORT:
        raise Invalid(N_("举报要保密，不能归到企业账号；请继续用编码和密码查询。"), field="number")
    code = member.enterprise.register_code
    if ticket.register_code and ticket.register_code != code:
        raise Invalid(N_("这件诉求登记的是另一家企业的统一社会信用代码。"), field="number")
    if ticket.openid and ticket.phone == member.person.phone:
        # Number, password and telephone are theirs: so is the WeChat that it was sent from.
        member.person.openid = ticket.openid
    if _link(member, ticket, "claimed", now):
        enterprises.log(
            member.enterprise, Happened.CLAIMED, member.person.name, now, number=shown(ticket.number)
        )
    return ticket


def _link(member: Membership, ticket: Ticket, how: str, now: dt.datetime) -> bool:
    if linked(member, ticket):
        return False
    link = EnterpriseTicket(
        enterprise_id=member.enterprise_id,
        ticket_id=ticket.id,
        person_id=member.person_id,
        how=how,
        at=now,
    )
    db.session.add(link)
    return True

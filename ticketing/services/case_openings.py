"""Cases that nobody has to ask for: a promise long broken, or a request that its template's trigger knows.

Each begins in its first state with its reason; what the system opened a person confirms, changes or dissolves.
"""

import datetime as dt

from sqlalchemy import exists, select

from ticketing.domain.actors import SYSTEM
from ticketing.domain.case_template import CaseTemplate
from ticketing.domain.events import Event
from ticketing.domain.vocabulary import Door, State
from ticketing.domain.words import N_
from ticketing.domain.workflow import TABLE, Action
from ticketing.extensions import db
from ticketing.models import CaseTicket, Listing, RoutingDecision, Ticket
from ticketing.services import coordination, listing, moves
from ticketing.services import province as provinces
from ticketing.services.coordination import Opening, Way
from ticketing.services.history import Act
from ticketing.services.notifications import Told
from ticketing.services.province import Province

#: A line whose bureau the router gives less than this is not needed for the request.
NEEDED = 0.1
BY_LADDER = N_("答复超时三个工作日仍未办结，由督办员确认方案或撤销。")
BY_TRIGGER = N_("诉求的事项和文字符合这类协调的启动条件。")
LATE_AIM = N_("解决超时未办结的企业诉求")


def proposed(now: dt.datetime, province: Province, limit: int) -> int:
    """Open a case for each promise that the ladder says stays broken; return how many proposals were looked at.

    The ladder's rung has left a row, so that its sweep stays quick and nothing is lost; a ticket that somebody works
    on right now is left for the next look.
    """
    waiting = (
        select(Listing, Ticket)
        .join(Ticket, Ticket.id == Listing.ticket_id)
        .where(Listing.kind == listing.Kind.CASE.value, Listing.decision.is_(None))
        .order_by(Listing.proposed_at, Listing.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = db.session.execute(waiting, execution_options={"populate_existing": True}).all()
    for row, ticket in found:
        row.decision = "opened" if by_ladder(ticket, now, province) else "lapsed"
        row.decided_at = now
        db.session.flush()
    return len(found)


def by_ladder(ticket: Ticket, now: dt.datetime, province: Province) -> bool:
    """Open a case led by who has the ticket; a supervisor confirms its plan.

    Not where the ticket is past that: answered meanwhile, waiting, or in a case already.
    """
    if State(ticket.state) not in TABLE[Action.OPEN_CASE].sources:
        return False
    template = meant(ticket, province) or province.templates[str(province.sheet["default_template"])]
    opening = Opening(template.code, ticket.bureau_code, LATE_AIM, BY_LADDER, way=Way.LADDER)
    coordination.open_case(ticket, opening, Act(SYSTEM, now), province)
    return True


def by_trigger(event: Event, told: Told) -> None:
    """A bureau has a request that asks for a case by all that its template names: it is opened, that bureau leads.

    Not for what was taken over from another platform, and not again where a case carried the ticket before.
    """
    ticket = moves.locked(event.ticket_id or 0)
    at_bureau = State(ticket.state) in TABLE[Action.OPEN_CASE].sources - {State.NEW}
    if not at_bureau or ticket.door == Door.IMPORT or _was_carried(ticket):
        return
    current = provinces.current()
    template = meant(ticket, current, by_itself=True)
    if template is not None:
        opening = Opening(template.code, ticket.bureau_code, ticket.subject, BY_TRIGGER, way=Way.TRIGGER)
        coordination.open_case(ticket, opening, Act(SYSTEM, told.now), current)


def meant(ticket: Ticket, province: Province, *, by_itself: bool = False) -> CaseTemplate | None:
    """Return the kind of case that the request asks for: the first whose trigger matches, or opens by itself."""
    text, lines = f"{ticket.subject}\n{ticket.body}", len(lines_of(ticket, province))
    for template in province.templates.values():
        asks = template.opens_for if by_itself else template.meant
        if asks(ticket.topic_code, text, lines):
            return template
    return None


def lines_of(ticket: Ticket, province: Province) -> set[str]:
    """Return the lines that the router found needed for the request, by its newest decision."""
    newest = select(RoutingDecision.candidates).where(RoutingDecision.ticket_id == ticket.id)
    found = db.session.scalar(newest.order_by(RoutingDecision.id.desc()).limit(1)) or []
    bureaus = province.archive.bureaus
    return {bureaus[one["bureau_code"]].line for one in found if one["probability"] >= NEEDED}


def _was_carried(ticket: Ticket) -> bool:
    return bool(db.session.scalar(select(exists().where(CaseTicket.ticket_id == ticket.id))))

"""协调: what one bureau cannot solve alone gets a lead bureau and an aim."""

from dataclasses import dataclass

from sqlalchemy import select

from sla.ledger import Handing
from ticketing.domain import events
from ticketing.domain.actors import SYSTEM
from ticketing.domain.errors import Invalid
from ticketing.domain.text import require
from ticketing.domain.vocabulary import ClockKind
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action, Effect
from ticketing.extensions import db
from ticketing.models import CaseTicket, CoordinationCase, Ticket
from ticketing.services import clocks, outbox
from ticketing.services.history import Act, Said
from ticketing.services.moves import move
from ticketing.services.province import Province

AIM_MAX = 300


@dataclass(frozen=True)
class Opening:
    """What a case begins with: its kind, who leads, the aim in one sentence, why one bureau is not enough."""

    template_code: str
    lead_code: str
    aim: str
    reason: str


def open_case(ticket: Ticket, opening: Opening, act: Act, province: Province) -> CoordinationCase:
    """启动协调: the lead bureau becomes the ticket's owner, a plan clock starts, the promise goes on.

    Raises:
        Invalid: unknown template or lead, or no aim.
    """
    template, lead_code = province.templates.get(opening.template_code), opening.lead_code
    if template is None:
        raise Invalid(N_("请选择协调模板。"), field="template_code")
    if lead_code not in province.directory.bureaus:
        raise Invalid(N_("没有这个承办单位，请从列表中选择。"), field="lead_code")
    case = CoordinationCase(
        template_code=opening.template_code,
        template_version=str(template["version"]),
        lead_bureau_code=lead_code,
        aim=require(opening.aim, field="aim", most=AIM_MAX),
        reason=require(opening.reason, field="reason", most=1_000),
        opened_by_id=act.actor.account_id,
        opened_at=act.now,
    )
    said = Said(case.aim, {"lead": lead_code, "template": opening.template_code, "reason": case.reason})
    changes_hands = lead_code != ticket.bureau_code
    move(ticket, Action.OPEN_CASE, act, said)
    if changes_hands:
        _take_over(ticket, lead_code)
        clocks.apply(ticket, ((Effect.RESTART, ClockKind.SHARE),), act, reason="open_case")
        clocks.hand_over(ticket, Handing.CASE, act, province)
    db.session.add(case)
    db.session.flush()
    db.session.add(CaseTicket(case_id=case.id, ticket_id=ticket.id))
    outbox.record(events.CaseOpened(ticket.id, case.id), act.now)
    return case


def _take_over(ticket: Ticket, lead_code: str) -> None:
    ticket.bureau_code = lead_code
    ticket.assignee_id = None
    if lead_code not in ticket.touched_bureaus:
        ticket.touched_bureaus = [*ticket.touched_bureaus, lead_code]


def open_after_returns(ticket: Ticket, act: Act, province: Province) -> CoordinationCase:
    """The third return opens a case by itself, led by the first receiver until adjudicated."""
    opening = Opening(
        template_code=str(province.sheet["default_template"]),
        lead_code=ticket.first_receiver_code,
        aim=N_("明确承办单位并解决企业诉求"),
        reason=N_("第三次退单，由首接单位牵头协调。"),
    )
    return open_case(ticket, opening, Act(SYSTEM, act.now), province)


def dissolve(ticket: Ticket, reason: str, act: Act) -> None:
    """撤销协调: back to the bureau, or to the dispatch desk where nobody had accepted it."""
    words = require(reason, field="reason", most=1_000)
    case = current_case(ticket)
    move(ticket, Action.DISSOLVE, act, Said(words))
    if case is not None:
        case.ended_at, case.end_reason = act.now, "dissolved"


def current_case(ticket: Ticket) -> CoordinationCase | None:
    """Return the case that carries the ticket now."""
    return db.session.scalar(
        select(CoordinationCase)
        .join(CaseTicket, CaseTicket.case_id == CoordinationCase.id)
        .where(CaseTicket.ticket_id == ticket.id, CoordinationCase.ended_at.is_(None))
    )
